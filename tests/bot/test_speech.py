"""Sentences as people read them: translated, formatted, escaped."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from markupsafe import Markup

from bot.speech import Say, Speech
from school.model import ClockFace, Planned
from school.money import Money
from school.text import Moment, Text, Value, Weekdays

ADDIS_ABABA = ZoneInfo("Africa/Addis_Ababa")
SIX_IN_THE_EVENING = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
ISOLATED = "\u2068{}\u2069"


@pytest.fixture
def say() -> Say:
    return Speech("en").school


@pytest.fixture
def arabic(tmp_path: Path) -> Say:
    """A voice with a few sentences of its own."""
    catalogue = Catalog(locale="ar", fuzzy=False)
    catalogue.add("Type /link again.", "اكتب /link من جديد")
    catalogue.add("{topic} with {teacher}", "{teacher} يدرّس {topic}")
    catalogue.add(
        ("{count} student", "{count} students"),
        ["لا طلاب", "طالب واحد", "طالبان", "{count} طلاب", "{count} طالبًا", "{count} طالب"],
    )
    file = tmp_path / "ar" / "LC_MESSAGES" / "bot.po"
    file.parent.mkdir(parents=True)
    with file.open("wb") as opened:
        write_po(opened, catalogue)
    return Speech("en", tmp_path).to("ar-EG")


def test_what_people_typed_is_escaped_and_what_views_made_is_not(say: Say) -> None:
    said = say("{topic} with {teacher}", topic=say.bold("<Fiqh> & more"), teacher="A<b>isha")
    assert said == "<b>&lt;Fiqh&gt; &amp; more</b> with A&lt;b&gt;isha"
    assert isinstance(said, Markup)


def test_braces_that_people_typed_mean_nothing(say: Say) -> None:
    assert say("Topic: {topic}", topic="{0} {topic}") == "Topic: {0} {topic}"


def test_a_label_is_not_escaped(say: Say) -> None:
    assert say.label("{topic} isn't over", topic="A & B") == "A & B isn't over"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (timedelta(minutes=47), "47 min"),
        (timedelta(minutes=60), "1 h"),
        (timedelta(hours=1, minutes=20), "1 h 20 min"),
        (timedelta(minutes=46, seconds=29), "46 min"),
        (timedelta(minutes=46, seconds=30), "47 min"),
        (timedelta(minutes=59, seconds=45), "1 h"),
        (timedelta(), "0 min"),
        (timedelta(hours=149, minutes=20), "149 h 20 min"),
        (date(2026, 11, 24), "Tue 24 Nov"),
        (time(18, 5), "18:05"),
        (datetime(2026, 11, 23, 14, 2, tzinfo=ADDIS_ABABA), "23 Nov 2026, 14:02"),
        (1234, "1,234"),
        (Decimal("12.50"), "12.5"),
        (Money("ETB", Decimal("-1234.5")), "-1,234.50 ETB"),
        (Money("JPY", Decimal("1234.5")), "1,235 JPY"),
        (Money("KWD", Decimal("1.2345")), "1.235 KWD"),
        (Moment(SIX_IN_THE_EVENING, ADDIS_ABABA), "Tue 24 Nov, 18:00 (Addis Ababa)"),
        (Text("{count} left", {"count": 3}), "3 left"),
        (Weekdays((0, 2, 4)), "Mon, Wed and Fri"),
    ],
)
def test_a_value_is_shown_by_its_kind(say: Say, value: Value, shown: str) -> None:
    assert say.plain(value) == shown


def test_a_moment_is_shown_in_each_readers_own_zone(say: Say) -> None:
    said = say("It resets at {moment}.", moment=Moment(SIX_IN_THE_EVENING, ADDIS_ABABA))
    assert said == (
        'It resets at <tg-time unix="1795532400" format="wDt">'
        "Tue 24 Nov, 18:00 (Addis Ababa)</tg-time>."
    )


def test_a_range_names_the_zone_once_for_programs_that_show_no_local_time(say: Say) -> None:
    planned = Planned(SIX_IN_THE_EVENING, timedelta(minutes=45))
    assert say.time_range(planned, ADDIS_ABABA) == (
        '<tg-time unix="1795532400" format="wDt">Tue 24 Nov, 18:00</tg-time> – '
        '<tg-time unix="1795535100" format="t">18:45 (Addis Ababa)</tg-time>'
    )
    assert say.zoned_range(planned, ADDIS_ABABA) == "Tue 24 Nov, 18:00–18:45 (Addis Ababa)"


def test_a_range_stands_on_the_day_that_it_is_in_its_zone(say: Say) -> None:
    planned = Planned(datetime(2026, 11, 24, 22, 30, tzinfo=UTC), timedelta(minutes=45))
    assert say.zoned_range(planned, ADDIS_ABABA).startswith("Wed 25 Nov, 01:30")


def test_plural_forms_are_chosen_by_the_count(say: Say) -> None:
    forms = "{count} student", "{count} students"
    assert say.many(*forms, 1) == "1 student"
    assert say.many(*forms, 9) == "9 students"
    assert say.text(Text(forms[0], plural=forms[1], count=2)) == "2 students"


def test_a_right_to_left_name_does_not_turn_an_english_sentence(say: Say) -> None:
    assert say("{name} 44 min", name="عائشة") == ISOLATED.format("عائشة") + " 44 min"
    assert say("{name} 44 min", name="Aisha") == "Aisha 44 min"


def test_a_left_to_right_name_does_not_turn_an_arabic_sentence(arabic: Say) -> None:
    said = arabic("{topic} with {teacher}", topic="تجويد", teacher="Aisha")
    assert said == f"{ISOLATED.format('Aisha')} يدرّس تجويد"


def test_a_command_does_not_fall_to_pieces_in_an_arabic_sentence(arabic: Say) -> None:
    assert arabic("Type /link again.") == f"اكتب {ISOLATED.format('/link')} من جديد"


def test_a_language_has_its_own_plural_forms(arabic: Say) -> None:
    forms = "{count} student", "{count} students"
    assert [arabic.many(*forms, count) for count in (1, 2)] == ["طالب واحد", "طالبان"]


def test_weekdays_have_the_languages_names(arabic: Say) -> None:
    said = arabic.text(Text("{weekdays}", {"weekdays": Weekdays((0, 6))}))
    assert said == "الاثنين والأحد"


def test_a_sentence_without_translation_stays_english(arabic: Say) -> None:
    assert arabic("Being created at Zoom…") == "Being created at Zoom…"


def test_items_are_listed_as_people_do(say: Say) -> None:
    assert say.listed(["A", "B & C", say.bold("D")]) == "A, B &amp; C and <b>D</b>"
    assert say.listed(["{}"]) == "{}"
    assert say.listed([]) == ""


def test_days_and_months_for_buttons(say: Say) -> None:
    assert say.short_day(date(2026, 11, 25)) == "Wed 25"
    assert say.month(date(2026, 11, 1)) == "November 2026"
    assert say.full_day(date(2026, 11, 23)) == "23 Nov 2026"
    assert say.clock_time(SIX_IN_THE_EVENING, ADDIS_ABABA) == "18:00"


def test_whoever_speaks_another_language_hears_the_schools(arabic: Say, tmp_path: Path) -> None:
    speech = Speech("ar", tmp_path)
    assert speech.languages == ("ar", "en")
    assert speech.to("am").language == "ar"
    assert speech.to(None).language == "ar"
    assert speech.to("en-US").language == "en"
    assert Speech("am", tmp_path).school.language == "en"
    assert arabic.language == "ar"


def test_a_missing_value_is_a_mistake_of_ours(say: Say) -> None:
    with pytest.raises(KeyError):
        say("Topic: {topic}")


@pytest.mark.parametrize(
    ("language", "date_shown", "moment_shown", "number_shown", "year_shown", "day_of_the_week"),
    [
        ("en", "Tue 24 Nov", "Tue 24 Nov, 18:00 (Addis Ababa)", "1,234.5", "24 Nov 2026", "Tue 24"),
        (
            "ar",
            "الثلاثاء، 24 نوفمبر",
            "الثلاثاء، 24 نوفمبر، 18:00 (أديس أبابا)",
            "1,234.5",
            "24 نوفمبر 2026",
            "الثلاثاء، 24",
        ),
        (
            "am",
            "ማክሰ፣ ኖቬም 24",
            "ማክሰ፣ ኖቬም 24፣ 18:00 (አዲስ አበባ)",
            "1,234.5",
            "ኖቬም 24 2026",
            "ማክሰ 24",
        ),
    ],
)
def test_numbers_days_and_times_have_one_kind_of_digits(
    language: str,
    date_shown: str,
    moment_shown: str,
    number_shown: str,
    year_shown: str,
    day_of_the_week: str,
) -> None:
    say, day = Speech("en").to(language), date(2026, 11, 24)
    assert say.plain(day) == date_shown
    assert say.plain(Moment(SIX_IN_THE_EVENING, ADDIS_ABABA)) == moment_shown
    assert say.plain(Decimal("1234.5")) == number_shown
    assert say.full_day(day) == year_shown
    assert say.short_day(day) == day_of_the_week
    assert say.clock_time(SIX_IN_THE_EVENING, ADDIS_ABABA) == "18:00"


def test_the_ethiopian_clock_counts_from_dawn_and_from_dusk() -> None:
    say = Speech("en").to("am", ClockFace.ETHIOPIAN)
    night, morning, afternoon, evening = "ሌሊት", "ጠዋት", "ከሰዓት", "ምሽት"
    assert [say.plain(time(hour)) for hour in range(24)] == [
        *(f"{night} {hour}:00" for hour in (6, 7, 8, 9, 10, 11)),
        *(f"{morning} {hour}:00" for hour in (12, 1, 2, 3, 4, 5)),
        *(f"{afternoon} {hour}:00" for hour in (6, 7, 8, 9, 10, 11)),
        *(f"{evening} {hour}:00" for hour in (12, 1, 2, 3, 4, 5)),
    ]


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (time(0, 0), "6:00 at night"),
        (time(5, 59), "11:59 at night"),
        (time(6, 0), "12:00 in the morning"),
        (time(6, 59), "12:59 in the morning"),
        (time(7, 5), "1:05 in the morning"),
        (time(12, 0), "6:00 in the afternoon"),
        (time(18, 0), "12:00 in the evening"),
        (time(23, 59), "5:59 in the evening"),
    ],
)
def test_the_ethiopian_clock_can_be_told_in_any_language(at: time, shown: str) -> None:
    assert Speech("en").to("en", ClockFace.ETHIOPIAN).plain(at) == shown


def test_with_the_ethiopian_clock_every_time_is_told_by_us_and_in_the_classes_zone() -> None:
    say = Speech("en").to("en", ClockFace.ETHIOPIAN)
    planned = Planned(SIX_IN_THE_EVENING, timedelta(minutes=45))
    moment = Moment(SIX_IN_THE_EVENING, ADDIS_ABABA)
    range_ = "Tue 24 Nov, 12:00 in the evening–12:45 in the evening (Addis Ababa)"
    assert say.time_range(planned, ADDIS_ABABA) == range_
    assert say.zoned_range(planned, ADDIS_ABABA) == range_
    assert say("{at}", at=moment) == "Tue 24 Nov, 12:00 in the evening (Addis Ababa)"
    assert say.clock_time(SIX_IN_THE_EVENING, ADDIS_ABABA) == "12:00 in the evening"
    at = datetime(2026, 11, 23, 7, 2, tzinfo=ADDIS_ABABA)
    assert say.plain(at) == "23 Nov 2026, 1:02 in the morning"


def test_a_clock_is_a_persons_own_and_no_language_is_lost_by_it() -> None:
    speech = Speech("ar")
    assert speech.languages == ("am", "ar", "en")
    assert speech.school.clock is ClockFace.DAY
    assert speech.to("am").clock is ClockFace.DAY
    assert speech.to("am-ET", ClockFace.ETHIOPIAN).language == "am"
    unknown = speech.to("fr", ClockFace.ETHIOPIAN)
    assert (unknown.language, unknown.clock) == ("ar", ClockFace.ETHIOPIAN)


@pytest.mark.parametrize("language", ["am", "ar"])
def test_remarks_and_names_are_listed_in_every_language(language: str) -> None:
    say = Speech("en").to(language)
    for items in (["A"], ["A", "B"], ["A", "B", "C"]):
        assert all(item in say.series(items) for item in items)
        assert all(item in say.listed(items) for item in items)
