"""Sentences of pages, in several languages."""

from datetime import UTC, date, datetime, timedelta
from gettext import NullTranslations
from zoneinfo import ZoneInfo

import pytest
from aiohttp.test_utils import make_mocked_request
from markupsafe import Markup

from school.text import Moment, Text, Weekdays
from web.wording import Wording, Wordings

LANGUAGES = {"en": NullTranslations(), "ar": NullTranslations(), "pt_BR": NullTranslations()}


def chosen(accept_language: str, school_language: str = "en") -> Wording:
    request = make_mocked_request("GET", "/", headers={"Accept-Language": accept_language})
    return Wordings(LANGUAGES, school_language).for_reader(request)


@pytest.mark.parametrize(
    ("accept_language", "language"),
    [
        ("ar", "ar"),
        ("ar-EG,en;q=0.5", "ar"),
        ("en;q=0.3, ar;q=0.9", "ar"),
        ("xx, ar;q=0.1", "ar"),
        ("pt-BR", "pt-BR"),
        ("ar;q=0", "en"),
        ("ar;q=lots", "en"),
        ("", "en"),
        ("*", "en"),
        (",;,;q", "en"),
    ],
)
def test_the_reader_gets_the_first_language_that_we_have(
    accept_language: str, language: str
) -> None:
    assert chosen(accept_language).language == language


def test_whoever_asks_for_no_language_of_ours_gets_the_schools() -> None:
    assert chosen("fr", school_language="ar").language == "ar"
    assert chosen("fr", school_language="fr").language == "en"


def test_a_language_without_dates_of_its_own_has_english_ones() -> None:
    request = make_mocked_request("GET", "/", headers={"Accept-Language": "x-ours"})
    wording = Wordings({"x_ours": NullTranslations()}, "en").for_reader(request)
    assert wording.language == "x-ours"
    assert wording.say("{day}", day=date(2026, 11, 24)) == "November 24, 2026"


def test_the_direction_is_the_languages() -> None:
    assert chosen("ar").direction == "rtl"
    assert chosen("en").direction == "ltr"


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(minutes=5), "5 minutes"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=80), "80 minutes"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(days=30), "30 days"),
        (timedelta(seconds=100), "2 minutes"),
    ],
)
def test_a_length_is_said_exactly_where_a_unit_fits(length: timedelta, said: str) -> None:
    assert chosen("en").say("{length}", length=length) == said


def test_values_are_written_as_the_language_writes_them() -> None:
    noon = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    english = chosen("en")
    assert english.say("{n}", n=12_345) == "12,345"
    assert english.say("{day}", day=date(2026, 11, 24)) == "November 24, 2026"
    at = english.say("{at}", at=Moment(noon, ZoneInfo("Africa/Addis_Ababa")))
    assert at == "Nov 24, 2026, 15:00"
    assert english.say("{at}", at=noon) == "Nov 24, 2026, 12:00"
    assert "12:00" in english.say("{at}", at=noon.time())


def test_weekdays_have_the_languages_names() -> None:
    said = {"weekdays": Weekdays((0, 2))}
    assert chosen("en").say("every {weekdays}", **said) == "every Mon and Wed"
    assert chosen("ar").say("{weekdays}", **said) == "الاثنين والأربعاء"


def test_what_fills_a_placeholder_is_escaped_and_what_we_wrote_is_not() -> None:
    english = chosen("en")
    assert english.say("<b>{name}</b>", name="<i>&{x}") == "<b>&lt;i&gt;&amp;{x}</b>"
    assert english.say("{name}", name=Markup("<bdi>x</bdi>")) == "<bdi>x</bdi>"


def test_a_text_inside_a_text_is_translated_too_and_numbers_choose_the_form() -> None:
    one = Text("{count} class", plural="{count} classes", count=1)
    two = Text("{count} class", plural="{count} classes", count=2)
    english = chosen("en")
    assert english.sentence(Text("You have {what}.", {"what": one})) == "You have 1 class."
    assert english.sentence(two) == "2 classes"
