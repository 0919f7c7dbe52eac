"""Settings, students and languages, as they are read."""

import re
from html import unescape

import pytest
from telegram import InlineKeyboardMarkup

from bot.speech import Speech
from bot.views import chat_settings, groups, language
from school.model import ClockFace
from services.chat_settings import ChatSettings
from tests.bot.keyboards import buttons
from tests.bot.test_welcome_view import PROFILE
from tests.bot.views_of_people import GROUP, views_of_people

SPEECH = Speech("en")


@pytest.mark.parametrize("spoken", SPEECH.languages)
def test_every_message_fits_in_every_language(spoken: str) -> None:
    for view in views_of_people(SPEECH.to(spoken)):
        plain = unescape(re.sub(r"<[^>]+>", "", view.text))
        assert 0 < len(plain.encode("utf-16-le")) // 2 <= 4096, plain
        assert "{" not in plain, plain
        if isinstance(view.keyboard, InlineKeyboardMarkup):
            rows = view.keyboard.inline_keyboard
            assert sum(map(len, rows)) <= 100
            assert all(len(str(b.callback_data or "").encode()) <= 64 for r in rows for b in r)


def test_languages_stand_in_their_own_words_and_the_spoken_one_is_marked() -> None:
    found = buttons(language.page(SPEECH.to("ar"), SPEECH.languages, ClockFace.DAY))
    assert set(found) == {"አማርኛ", "✓ العربية", "English"}


def test_the_ethiopian_clock_is_offered_in_amharic_and_to_whoever_has_it() -> None:
    def labels(spoken: str, clock: ClockFace) -> int:
        return len(buttons(language.page(SPEECH.to(spoken), SPEECH.languages, clock)))

    assert labels("en", ClockFace.DAY) == 3
    assert labels("am", ClockFace.DAY) == 4
    assert labels("en", ClockFace.ETHIOPIAN) == 4


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ar", "ar"),
        ("Arabic", "ar"),
        ("العربية", "ar"),
        ("AMHARIC", "am"),
        ("xx", None),
        ("", None),
    ],
)
def test_a_language_is_known_by_its_code_and_its_names(typed: str, meant: str | None) -> None:
    assert language.named_language(typed, SPEECH.languages) == meant


def test_the_command_for_another_city_can_be_copied_as_it_is() -> None:
    found = ChatSettings(GROUP, "https://b.example/calendar/g1.ics")
    text = chat_settings.zones(SPEECH.school, found).text
    copied = re.search("<code>(.*)</code>", text)
    assert copied is not None
    assert unescape(copied[1]) == f'/groups #"{GROUP.title}" Asia/Riyadh'


def test_many_groups_come_page_by_page() -> None:
    chats = [GROUP] * 45
    first, last = (groups.group_list(SPEECH.school, chats, PROFILE, page) for page in (0, 2))
    assert (first.text.count("·"), last.text.count("·")) == (20, 5)
    assert ("‹" in buttons(first), "›" in buttons(first)) == (False, True)
    assert ("‹" in buttons(last), "›" in buttons(last)) == (True, False)
