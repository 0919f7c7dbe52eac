"""Whatever people read is there in every language, and fits where Telegram shows it."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from gettext import NullTranslations
from html import unescape
from pathlib import Path
from string import Formatter

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from telegram import InlineKeyboardMarkup

from bot.catalogues import read_catalogues
from bot.speech import Say, Speech
from school.model import ClockFace
from tests.bot.every_view import every_view
from tests.catalogues import (
    LANGUAGES,
    forms_of,
    path_of,
    read,
    sentences,
    template,
    updated,
    written,
)
from tests.msgids import ROOMS, ROOT, VOICES, Found, Msgid, Unfindable, every_msgid

LONGEST_LABEL = 64  # characters; more is cut off on a phone
LONGEST_DESCRIPTION = 256  # of a command: BotCommand's limit
LONGEST_ALERT = 200  # answerCallbackQuery's limit
LONGEST_TEXT = 4096  # sendMessage's limit, in UTF-16 units
LONGEST_DATA = 64  # bytes; InlineKeyboardButton's limit
LONGEST_SHEET_NAME = 31  # of a workbook
FEWEST = ("zero", "one", "two")  # forms that say the number by the word itself


def each_form(language: str) -> Iterator[tuple[str, str, str]]:
    """English, the form of the language beside it, and the form's name ("other" without count)."""
    tags = sorted(Locale(language).plural_form.tags | {"other"}, key=_order)
    for message in sentences(read(language)):
        if isinstance(message.id, str):
            yield message.id, forms_of(message)[0], "other"
            continue
        for tag, form in zip(tags, forms_of(message), strict=True):
            yield message.id[1], form, tag


def _order(tag: str) -> int:
    return ("zero", "one", "two", "few", "many", "other").index(tag)


def texts() -> Iterator[tuple[str, str]]:
    """Every text with its language, English too."""
    for msgid in everything_said():
        for text in (msgid,) if isinstance(msgid, str) else msgid:
            yield "en", text
    for language in LANGUAGES:
        for _, form, _ in each_form(language):
            yield language, form


@cache
def everything_said() -> Mapping[Msgid, Found]:
    return every_msgid()


def said_by(*callees: str) -> set[str]:
    """The msgids that are said that way."""
    return {
        msgid if isinstance(msgid, str) else msgid[0]
        for msgid, found in everything_said().items()
        if found.said_by & set(callees)
    }


def translated(msgids: set[str]) -> Iterator[tuple[str, str]]:
    """Each of them in every language, beside its English."""
    for language in LANGUAGES:
        for message in sentences(read(language)):
            if first_of(message) in msgids:
                for form in forms_of(message):
                    yield first_of(message), form
    for msgid in msgids:
        yield msgid, msgid


def first_of(message: Message) -> str:
    return message.id if isinstance(message.id, str) else str(message.id[0])


def placeholders(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


# The catalogues


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_has_exactly_what_the_program_says(language: str) -> None:
    """`make texts` brings it there."""
    assert path_of(language).read_bytes() == written(updated(language, template()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_translated_and_nothing_is_a_guess(language: str) -> None:
    catalogue = read(language)
    assert not [one.id for one in sentences(catalogue) if not all(forms_of(one))]
    assert not [one.id for one in catalogue if one.fuzzy]
    assert not catalogue.obsolete


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_are_the_same_in_every_form(language: str) -> None:
    wrong = []
    for english, form, tag in each_form(language):
        wanted = placeholders(english)
        without_count = [name for name in wanted if name != "count"]
        allowed = [wanted, without_count] if tag in FEWEST else [wanted]
        if sorted(set(placeholders(form))) not in [sorted(set(names)) for names in allowed]:
            wrong.append((english, form))
    assert not wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_spaces_and_line_breaks_around_a_text_and_marks_in_it_are_the_same(language: str) -> None:
    for english, form, _ in each_form(language):
        assert form == form.strip(), form
        assert english == english.strip(), english
        assert form.count("\n") == english.count("\n"), form
        assert re.findall(r"</?\w+>", form) == re.findall(r"</?\w+>", english), form
        assert sorted(re.findall(r"(?<![<\w])/[a-z]+", form, re.ASCII)) == sorted(
            re.findall(r"(?<![<\w/])/[a-z]+", english, re.ASCII)
        ), form


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_plural_form_is_the_one_that_the_language_has_for_the_count(language: str) -> None:
    rule = Locale(language).plural_form
    tags = sorted(rule.tags | {"other"}, key=_order)
    catalogue = Catalog(locale=language, fuzzy=False)
    header = read(language)
    assert header.num_plurals == len(tags)
    spoken = read_catalogues()[language]
    forms = next(forms_of(one) for one in sentences(header) if first_of(one) == "{count} student")
    for count in (*range(250), 1_000, 1_002, 1_003, 1_011):
        said = spoken.ngettext("{count} student", "{count} students", count)
        assert said == forms[tags.index(rule(count))], count
    assert catalogue.num_plurals == header.num_plurals


def test_nobody_is_shouted_at() -> None:
    assert not [text for _, text in texts() if "!" in text]


def test_the_languages_are_english_arabic_and_amharic() -> None:
    assert Speech("en").languages == ("am", "ar", "en")


# What fits


def test_a_button_is_short() -> None:
    assert not [form for _, form in translated(said_by("label")) if len(form) > LONGEST_LABEL]


def test_a_commands_description_fits() -> None:
    for _, form in translated(said_by("Command", "Listed")):
        assert 3 <= len(form) <= LONGEST_DESCRIPTION, form


def test_what_fits_into_an_alert_in_english_does_in_every_language() -> None:
    errors = {"NotAllowed", "NotUnderstood", "Outdated", "NotConnected", "Reconnect"}
    for english, form in translated(said_by("SchoolError", "ZoomUnavailable", *errors)):
        assert len(form) <= LONGEST_ALERT or len(english) > LONGEST_ALERT, form


def test_a_sheets_name_can_be_one() -> None:
    for _, name in translated({"Summary", "Lessons", "Attendance"}):
        assert len(name) <= LONGEST_SHEET_NAME
        assert not set(name) & set("[]:*?/\\'")


@pytest.mark.parametrize("clock", ClockFace)
@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_every_message_can_be_sent_in_every_language(language: str, clock: ClockFace) -> None:
    for view in every_view(Speech("en").to(language, clock)):
        plain = unescape(re.sub(r"<[^>]+>", "", view.text))
        assert 0 < len(plain.encode("utf-16-le")) // 2 <= LONGEST_TEXT, plain
        assert "{" not in plain, plain
        if isinstance(view.keyboard, InlineKeyboardMarkup):
            for button in (button for row in view.keyboard.inline_keyboard for button in row):
                assert button.text
                assert "{" not in button.text
                assert len(str(button.callback_data or "").encode()) <= LONGEST_DATA


# That nothing is missed


class Recording(NullTranslations):
    """Knows what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def gettext(self, message: str) -> str:
        self.asked.add(message)
        return message

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        self.asked |= {singular}
        return super().ngettext(singular, plural, n)


def test_whatever_the_messages_say_is_in_the_catalogues() -> None:
    recording = Recording()
    for clock in ClockFace:
        for _ in every_view(Say("en", recording, clock)):
            pass
    known = {msgid if isinstance(msgid, str) else msgid[0] for msgid in everything_said()}
    assert len(recording.asked) > 150
    assert recording.asked <= known


SOURCE = """
from school.errors import NotAllowed
WORDS = {1: "one", 2: "two"}
class Late(NotAllowed):
    def __init__(self):
        super().__init__("late")
class Listed:
    what: str
def view(say, listed):
    text = "a variable" if listed else "another"
    say(text)
    say(WORDS[1])
    say.label(listed.what)
    _some(say, "one of us", "many of us")
    say("joined "
        "line", name=say.bold(say("inner")))
def _some(say, singular, plural):
    return say.many(singular, plural, 3)
Listed(what="in a field")
raise NotAllowed("not allowed")
"""


def write_rooms(root: Path, source: str) -> Path:
    for room in ("school", "bot"):
        (root / room).mkdir()
    (root / "school" / "errors.py").write_text(
        "class SchoolError(Exception):\n"
        "    def __init__(self, msgid, **values):\n"
        "        self.text = Text(msgid, values)\n"
        "class NotAllowed(SchoolError): ...\n"
    )
    (root / "bot" / "view.py").write_text(source)
    return root


def test_a_sentence_is_found_wherever_it_is_written(tmp_path: Path) -> None:
    assert set(every_msgid(write_rooms(tmp_path, SOURCE))) == {
        "late",
        "one",
        "two",
        "a variable",
        "another",
        "in a field",
        "not allowed",
        "joined line",
        "inner",
        ("one of us", "many of us"),
    }


@pytest.mark.parametrize(
    "said", ["say(f'{1} class')", "say('a' + 'b')", "say(unknown)", "say.label(call())"]
)
def test_a_sentence_that_is_not_written_anywhere_is_a_mistake(tmp_path: Path, said: str) -> None:
    with pytest.raises(Unfindable, match=r"bot/view\.py:1"):
        every_msgid(write_rooms(tmp_path, said))


def test_only_the_two_voices_ask_a_catalogue() -> None:
    """So everything else that is said goes through the calls that are followed, by their names."""
    asking, voices = set(), set()
    for room in ROOMS:
        for file in (ROOT / room).rglob("*.py"):
            source = file.read_text("utf-8")
            voices |= set(re.findall(r"(\w+): Say\b", source))
            if re.search(r"\.n?p?gettext\(", source):
                asking.add(file.relative_to(ROOT).as_posix())
    assert asking == VOICES
    assert voices == {"say"}
