"""What teachers type, and what it means. It is Monday 23 November 2026, 20:30."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from school.day_phrases import days_of, nearest_day_of
from school.errors import NotUnderstood
from school.recurrence import Repeat
from school.when import (
    ClassRequest,
    check_length,
    check_topic,
    parse_class,
    parse_day,
    parse_length,
    parse_moment,
    parse_time,
)

NOW = datetime(2026, 11, 23, 20, 30, 45, tzinfo=ZoneInfo("Africa/Addis_Ababa"))
TODAY = NOW.date()
TOMORROW = date(2026, 11, 24)


def parsed(text: str) -> ClassRequest:
    return parse_class(text, now=NOW)


def problem(text: str) -> str:
    with pytest.raises(NotUnderstood) as caught:
        parsed(text)
    return said(caught.value)


def said(error: NotUnderstood) -> str:
    return error.text.msgid.format(**error.text.values)


def test_a_class_in_one_line() -> None:
    assert parsed("Tajweed tomorrow 18:00 45m") == ClassRequest(
        topic="Tajweed",
        day=TOMORROW,
        time=time(18),
        length=timedelta(minutes=45),
        groups=(),
        repeat=None,
    )


@pytest.mark.parametrize(
    "text",
    [
        'Tajweed tomorrow 18:00 45m #"Beginners A" #sisters',
        'Tajweed #sisters 45m 18:00 #"Beginners A" tomorrow',
        "Tajweed for 45 min #“Beginners A” at 6pm on tomorrow #sisters",
        "Tajweed #«Beginners A» 6:00 PM  45 minutes #sisters 2026-11-24",
        'Tajweed 24 nov 6 p.m. 45 mins #sisters #"Beginners A"',
    ],
)
def test_behind_the_topic_the_order_is_free(text: str) -> None:
    found = parsed(text)
    assert (found.topic, found.day, found.time) == ("Tajweed", TOMORROW, time(18))
    assert found.length == timedelta(minutes=45)
    assert set(found.groups) == {"Beginners A", "sisters"}


def test_what_is_missing_is_left_open() -> None:
    assert parsed("Tajweed") == ClassRequest("Tajweed", None, None, None, (), None)
    assert parsed("Tajweed 18:00").day is None
    assert parsed("Tajweed Friday").time is None


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Surah 18 revision tomorrow 18:00", "Surah 18 revision"),
        ("Surah 18 tomorrow 18:00", "Surah 18"),
        ("Surah 18:10 tafsir tomorrow 18:00", "Surah 18:10 tafsir"),
        ('"Surah 18:10" tomorrow 18:00', "Surah 18:10"),
        ("Friday Khutbah tomorrow 18:00", "Friday Khutbah"),
        ("Friday Friday 18:00", "Friday"),
        ("Weekly tafsir tomorrow 18:00", "Weekly tafsir"),
        ("Dhikr x100 tomorrow 18:00", "Dhikr x100"),
        ("Lesson #3 of Fiqh tomorrow 18:00", "Lesson #3 of Fiqh"),
        ("👩\u200d🏫 Fiqh 📗 tomorrow 18:00", "👩\u200d🏫 Fiqh 📗"),
        ("تجويد للمبتدئين tomorrow 18:00", "تجويد للمبتدئين"),
        ("\u202bتجويد\u202c tomorrow 18:00", "تجويد"),
        ("C# & <b>HTML</b> tomorrow 18:00", "C# & <b>HTML</b>"),
        ("  Many   spaces \n here tomorrow 18:00", "Many spaces here"),
        ("A \ud83d tomorrow 18:00", "A \ufffd"),
    ],
)
def test_a_topic_may_hold_nearly_anything(text: str, topic: str) -> None:
    found = parsed(text)
    assert found.topic == topic
    assert found.time == time(18)
    assert found.day is not None
    assert found.repeat is None


def test_the_class_on_friday_about_friday() -> None:
    found = parsed("Friday Khutbah Friday 13:00")
    assert (found.topic, found.day) == ("Friday Khutbah", date(2026, 11, 27))


@pytest.mark.parametrize(
    ("text", "repeat"),
    [
        ("every Fri", "every Fri"),
        ("every Mon,Wed x10", "every Mon,Wed x10"),
        ("every Mon, Wed and Fri", "every Mon, Wed and Fri"),
        ("every 2 weeks", "every 2 weeks"),
        ("weekly", "weekly"),
        ("daily until 2027-01-31", "daily until 2027-01-31"),
        ("Daily until 31 Jan", "Daily until 31 Jan"),
    ],
)
def test_a_repeat_is_recognised(text: str, repeat: str) -> None:
    found = parsed(f"Tajweed {text} 18:00 45m")
    assert (found.topic, found.repeat_text, found.time) == ("Tajweed", repeat, time(18))


def test_a_repeat_may_be_in_pieces_and_have_a_first_date() -> None:
    found = parsed("Tajweed every Fri 18:00 x10 from 2026-12-04")
    assert (found.repeat_text, found.day) == ("every Fri x10", date(2026, 12, 4))


@pytest.mark.parametrize(
    ("text", "rule", "day"),
    [
        ("every Mon,Wed 19:00 45m x10 from 2026-12-04", "BYDAY=MO,WE;COUNT=10", date(2026, 12, 7)),
        ("x10 from 2026-12-04 45m 19:00 every Mon,Wed", "BYDAY=MO,WE;COUNT=10", date(2026, 12, 7)),
        ("19:00 every Mon, Wed x 10 45m on 7 Dec", "BYDAY=MO,WE;COUNT=10", date(2026, 12, 7)),
        ("every Fri and Sat 12 times 9pm", "BYDAY=FR,SA;COUNT=12", date(2026, 11, 27)),
        ("weekly Fri 21:00", "BYDAY=FR", date(2026, 11, 27)),
        ("weekly on Sun and Tue 21:00", "BYDAY=TU,SU", TOMORROW),
        ("18:00 until Fri 1 Jan weekdays", "BYDAY=MO,TU,WE,TH,FR;UNTIL=20270101", TOMORROW),
    ],
)
def test_a_weekly_class_in_any_order(text: str, rule: str, day: date) -> None:
    found = parsed(f"Tajweed {text}")
    assert found.topic == "Tajweed"
    assert found.repeat == Repeat.from_text(f"FREQ=WEEKLY;{rule}")
    assert found.day == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("daily until 2027-01-31 20:30", TODAY),
        ("daily until 2027-01-31 20:29", TOMORROW),
        ("daily until 2027-01-31", TODAY),
        ("every 3 days 18:00", TOMORROW),
        ("weekly 21:00", TODAY),
        ("weekly 18:00", date(2026, 11, 30)),
        ("every 2 weeks 18:00", date(2026, 11, 30)),
        ("every Mon,Wed 18:00", date(2026, 11, 25)),
        ("monthly 18:00", date(2026, 12, 23)),
        ("monthly on tomorrow 18:00", TOMORROW),
        ("every Fri from 2026-11-21", date(2026, 11, 27)),  # the first Friday is still to come
    ],
)
def test_a_series_begins_with_the_first_class_still_to_come(text: str, day: date) -> None:
    found = parsed(f"Tajweed {text}")
    assert (found.topic, found.day) == ("Tajweed", day)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "daily from 2026-11-20 18:00",
            (
                "The first class would be on 2026-11-20, and that has passed. Leave out the first"
                " day, or write a later one."
            ),
        ),
        (
            "daily today 18:00",
            (
                "The first class would be on 2026-11-23, and that has passed. Leave out the first"
                " day, or write a later one."
            ),
        ),
        (
            "every Mon from 2026-12-01 until 2026-11-30",
            (
                "The first class would be on 2026-12-07, but the last day is 2026-11-30. Choose a"
                " later last day."
            ),
        ),
        (
            "daily until 23 Nov 18:00",
            (
                "The first class would be on 2026-11-24, but the last day is 2026-11-23. Choose a"
                " later last day."
            ),
        ),
        (
            "weekly x10 x12",
            (
                "Both “x10” and “x12”? Please write one of them; what belongs to the topic goes in"
                " quotes with it."
            ),
        ),
        (
            "weekly x1000",
            "A series can have from 1 to 365 classes, not 1000. How many will there be?",
        ),
        (
            "monthly from 2027-01-31",
            "Not every month has a day 31. Choose a day from 1 to 28 for a monthly class.",
        ),
    ],
)
def test_a_series_that_cannot_be_is_answered_with_what_to_change(text: str, sentence: str) -> None:
    assert problem(f"Tajweed {text}") == sentence


@pytest.mark.parametrize("text", ["", "   ", "tomorrow 18:00 45m", "18:00", '#"Beginners A" 6pm'])
def test_a_class_without_a_topic_is_asked_for_one(text: str) -> None:
    assert problem(text) == (
        "What is the class called? Write the topic first: Tajweed tomorrow 18:00 45m"
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("A 18:00 0m", "A class can last from 1 to 1440 minutes, not 0. How long will it be?"),
        ("A 2000m", "A class can last from 1 to 1440 minutes, not 2000. How long will it be?"),
        ("A 25h", "A class can last from 1 to 1440 minutes, not 1500. How long will it be?"),
        ("A 31 Feb 18:00", "There is no “31 Feb” in the calendar. Which day?"),
        ("A 2026-02-29", "There is no “2026-02-29” in the calendar. Which day?"),
        ("A 0001-01-01", "There is no “0001-01-01” in the calendar. Which day?"),
        ("A 25:00", "“25:00” is not a time. Write it like 18:00 or 6:30 pm."),
        ("A 18:60", "“18:60” is not a time. Write it like 18:00 or 6:30 pm."),
        ("A 13pm", "“13pm” is not a time. Write it like 18:00 or 6:30 pm."),
        ("A 0 am", "“0 am” is not a time. Write it like 18:00 or 6:30 pm."),
        (
            "A tomorrow 18:00 19:00",
            (
                "Both “18:00” and “19:00”? Please write one of them; what belongs to the topic"
                " goes in quotes with it."
            ),
        ),
        (
            "A today tomorrow",
            (
                "Both “today” and “tomorrow”? Please write one of them; what belongs to the topic"
                " goes in quotes with it."
            ),
        ),
        (
            "A tomorrow 18:00 45mn",
            (
                "I do not understand “45mn”. Write the topic first, in quotes if a day or a time"
                ' belongs to it: Tajweed tomorrow 18:00 45m #"Beginners A"'
            ),
        ),
    ],
)
def test_nonsense_is_answered_with_what_to_write(text: str, sentence: str) -> None:
    assert problem(text) == sentence


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("A 45m tomorow 18:00", "tomorow"),
        ("A tomorrow 18:00 #Beginners B", "B"),
        ("#Beginners Tajweed tomorrow 18:00", "Tajweed"),
        ("A tomorrow at six", "at"),
        ("A tomorrow 18:00 -5m", "-5m"),
    ],
)
def test_a_word_in_the_middle_that_makes_no_sense_is_named(text: str, word: str) -> None:
    assert f"“{word}”" in problem(text)


def test_a_topic_of_200_characters_is_fine_and_of_201_is_not() -> None:
    assert parsed("é" * 200).topic == "é" * 200
    assert problem("é" * 201 + " tomorrow 18:00") == (
        "The topic has 201 characters; Zoom allows 200. Please shorten it."
    )


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", TODAY),
        ("Tomorrow", TOMORROW),
        ("Monday", TODAY),
        ("tue", TOMORROW),
        ("thurs", date(2026, 11, 26)),
        ("this friday", date(2026, 11, 27)),
        ("next monday", date(2026, 11, 30)),
        ("next sunday", date(2026, 12, 6)),
        ("2026-12-01", date(2026, 12, 1)),
        ("٢٠٢٦-١٢-٠١", date(2026, 12, 1)),
        ("1 Dec", date(2026, 12, 1)),
        ("1st December", date(2026, 12, 1)),
        ("Dec 1, 2027", date(2027, 12, 1)),
        ("1 Dec 2027", date(2027, 12, 1)),
        ("1dec", date(2026, 12, 1)),
        ("Tue 24 Nov", TOMORROW),
        ("23 Nov", TODAY),
        ("22 Nov", date(2027, 11, 22)),
        ("29 Feb", date(2028, 2, 29)),
        ("2026-11-01", date(2026, 11, 1)),  # a year makes it past; who asks about that decides
    ],
)
def test_days(text: str, day: date) -> None:
    assert parse_day(text, today=TODAY) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("22 Nov", date(2026, 11, 22)),
        ("1 Nov", date(2026, 11, 1)),
        ("23 Nov", TODAY),
        ("1 Dec", date(2026, 12, 1)),
        ("1 Jan", date(2027, 1, 1)),
        ("25 May", date(2026, 5, 25)),
        ("24 May", date(2027, 5, 24)),
        ("1 Nov 2027", date(2027, 11, 1)),
        ("2025-11-01", date(2025, 11, 1)),
        ("Sun 1 Nov", date(2026, 11, 1)),
        ("29 Feb", date(2028, 2, 29)),
        ("Monday", TODAY),
        ("Sunday", date(2026, 11, 29)),
        ("tomorrow", TOMORROW),
    ],
)
def test_the_nearest_day_may_be_past(text: str, day: date) -> None:
    assert nearest_day_of(text, today=TODAY) == day


def test_the_nearest_leap_day_may_be_past() -> None:
    assert nearest_day_of("29 Feb", today=date(2025, 3, 1)) == date(2024, 2, 29)
    with pytest.raises(NotUnderstood):
        nearest_day_of("30 Feb", today=TODAY)


@pytest.mark.parametrize(
    "text", ["", "someday", "30 Feb", "1", "2026-13-01", "18:00", "tomorrow 6pm"]
)
def test_what_is_not_a_day(text: str) -> None:
    with pytest.raises(NotUnderstood):
        parse_day(text, today=TODAY)


def test_a_weekday_that_contradicts_its_date_is_asked_about() -> None:
    with pytest.raises(NotUnderstood, match="another weekday"):
        parse_day("Mon 24 Nov", today=TODAY)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("18:00", time(18)),
        ("6pm", time(18)),
        ("6:30 pm", time(18, 30)),
        ("6:30 P.M.", time(18, 30)),
        ("at 6 am", time(6)),
        ("12am", time(0)),
        ("12:15 pm", time(12, 15)),
        ("٠٩:٠٥", time(9, 5)),
        ("۱۸:۳۰", time(18, 30)),
        ("１８：００", time(18)),
        ("00:00", time(0)),
        ("23:59", time(23, 59)),
    ],
)
def test_times(text: str, at: time) -> None:
    assert parse_time(text) == at


@pytest.mark.parametrize("text", ["", "18", "24:00", "6:5", "six", "18:00:00", "-1:00", "18:00 pm"])
def test_what_is_not_a_time(text: str) -> None:
    with pytest.raises(NotUnderstood):
        parse_time(text)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("45m", 45),
        ("45", 45),
        ("90 min", 90),
        ("1h", 60),
        ("1h30", 90),
        ("1h30m", 90),
        ("1 hour 30 minutes", 90),
        ("1.5h", 90),
        ("٤٥m", 45),
        ("24h", 1440),
        ("1m", 1),
    ],
)
def test_lengths(text: str, count: int) -> None:
    assert parse_length(text) == timedelta(minutes=count)


@pytest.mark.parametrize("text", ["", "0", "1441", "24h1", "long", "-5", "9" * 30, "18:00"])
def test_what_is_not_a_length(text: str) -> None:
    with pytest.raises(NotUnderstood):
        parse_length(text)


def test_the_guided_form_checks_the_same() -> None:
    assert check_topic("  Tajweed\u202e ") == "Tajweed"
    assert check_length(timedelta(hours=1)) == timedelta(hours=1)
    for nonsense in ("", "\u202e", "x" * 201):
        with pytest.raises(NotUnderstood):
            check_topic(nonsense)
    for length in (timedelta(), timedelta(minutes=1441), timedelta(minutes=-5)):
        with pytest.raises(NotUnderstood):
            check_length(length)


def test_todays_weekday_means_today_until_its_time_has_passed() -> None:
    assert parsed("A Monday 20:30").day == TODAY
    assert parsed("A Monday 20:29").day == date(2026, 11, 30)
    assert parsed("A Monday").day == TODAY
    assert parsed("A today 10:00").day == TODAY


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-12-01 20:00", (date(2026, 12, 1), time(20))),
        ("8pm tomorrow", (TOMORROW, time(20))),
        ("on Friday at 8pm", (date(2026, 11, 27), time(20))),
        ("monday 9:00", (date(2026, 11, 30), time(9))),
        ("20:00", (None, time(20))),
        ("tomorrow", (TOMORROW, None)),
    ],
)
def test_moments(text: str, found: tuple[date | None, time | None]) -> None:
    assert parse_moment(text, now=NOW) == found


@pytest.mark.parametrize("text", ["", "soon", "tomorrow 20:00 45m", "x 20:00", "20:00 21:00"])
def test_what_is_not_a_moment(text: str) -> None:
    with pytest.raises(NotUnderstood):
        parse_moment(text, now=NOW)


words = st.sampled_from(
    [
        *("Tajweed", "18", "tomorrow", "18:00", "6", "pm", "45m", "#A", '#"B', 'C"', "every"),
        *(
            "Mon,Wed",
            "x10",
            "weekly",
            "monthly",
            "1",
            "Dec",
            "2026-12-01",
            "until",
            "next",
            "Fri",
            "on",
            "at",
        ),
        *("تجويد", "٦:٣٠", "99h"),
    ]
)


@given(st.lists(words, max_size=12).map(" ".join) | st.text(max_size=80))
def test_whatever_is_typed_is_understood_or_answered_in_words(text: str) -> None:
    try:
        outcome = parsed(text).topic
    except NotUnderstood as error:
        outcome = said(error)
    assert outcome


def test_a_very_long_message_is_refused_quickly() -> None:
    assert "characters" in problem("word " * 800)
    assert problem("today " * 800)
    assert "characters" in problem(f"every {'tues,' * 800}!")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-12-20 2027-01-05", date(2026, 12, 20), date(2027, 1, 5)),
        ("20 Dec - 5 Jan", date(2026, 12, 20), date(2027, 1, 5)),
        ("from 20 Dec to 5 Jan", date(2026, 12, 20), date(2027, 1, 5)),
        ("20 Dec 2026 – 5 Jan 2027", date(2026, 12, 20), date(2027, 1, 5)),
        ("2027-01-05 2026-12-20", date(2027, 1, 5), date(2026, 12, 20)),
        ("Sun 20 Dec", date(2026, 12, 20), None),
        ("tomorrow", date(2026, 11, 24), None),
    ],
)
def test_a_holiday_is_one_day_or_the_first_and_the_last(
    text: str, first: date, last: date | None
) -> None:
    assert days_of(text, today=date(2026, 11, 23)) == (first, last)


@pytest.mark.parametrize("text", ["", "-", "2026-12-20 later", "2026-12-20 2027-01-05 2027-02-01"])
def test_what_is_no_holiday_is_said(text: str) -> None:
    with pytest.raises(NotUnderstood):
        days_of(text, today=date(2026, 11, 23))
