"""Repeating classes: what is typed, which days that means, and at what moments."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.speech import Speech
from school.errors import NotUnderstood
from school.recurrence import (
    MOST_DATES_AT_ZOOM,
    Frequency,
    Repeat,
    after,
    check_repeat,
    count_within,
    days,
    first_day,
    following_day,
    parse_end,
    parse_repeat,
    says,
    says_whole,
    shifted,
    starts,
)
from tests.school.day_by_day import shown_first, walked_days

TUESDAY = date(2026, 11, 24)
NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
CAIRO = ZoneInfo("Africa/Cairo")
APIA = ZoneInfo("Pacific/Apia")
LONDON = ZoneInfo("Europe/London")
KATHMANDU = ZoneInfo("Asia/Kathmandu")
ZONES = [NEW_YORK, LORD_HOWE, CAIRO, APIA, LONDON, KATHMANDU, ZoneInfo("Asia/Riyadh")]
ENGLISH = Speech("en").school

DAILY = Repeat(Frequency.DAILY)
MONTHLY = Repeat(Frequency.MONTHLY)


def weekly(*weekdays: int, interval: int = 1, count: int | None = None) -> Repeat:
    return Repeat(Frequency.WEEKLY, interval, weekdays, count)


def problem(text: str, first: date = TUESDAY) -> str:
    with pytest.raises(NotUnderstood) as caught:
        parse_repeat(text, first=first)
    return ENGLISH.plain(caught.value.text)


def local(moments: list[datetime], zone: ZoneInfo) -> list[str]:
    return [f"{one.astimezone(zone):%m-%d %H:%M}" for one in moments]


# --- what is typed


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("every Mon,Wed x10", "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10"),
        ("x 10 every Wed & Mon", "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10"),
        ("daily until 2027-01-31", "FREQ=DAILY;UNTIL=20270131"),
        ("until 31 Jan daily", "FREQ=DAILY;UNTIL=20270131"),
        ("Daily until Sun 31 Jan", "FREQ=DAILY;UNTIL=20270131"),
        ("every day until Friday", "FREQ=DAILY;UNTIL=20261127"),
        ("weekly", "FREQ=WEEKLY;BYDAY=TU"),
        ("every week", "FREQ=WEEKLY;BYDAY=TU"),
        ("every 2 weeks", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
        ("every 2 weeks on Mon and Thu", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH"),
        ("every other Friday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"),
        ("every ٢ weeks", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
        ("every weekday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("weekdays", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("every Friday and Saturday 12 times", "FREQ=WEEKLY;BYDAY=FR,SA;COUNT=12"),
        ("every Mon, Tue, and Sun", "FREQ=WEEKLY;BYDAY=MO,TU,SU"),
        ("every Mon and Mon", "FREQ=WEEKLY;BYDAY=MO"),
        ("monthly", "FREQ=MONTHLY"),
        ("every 10 months x365", "FREQ=MONTHLY;INTERVAL=10;COUNT=365"),
        ("every 3 days", "FREQ=DAILY;INTERVAL=3"),
        ("every 99 days", "FREQ=DAILY;INTERVAL=99"),
    ],
)
def test_what_is_typed_is_a_rule(text: str, rule: str) -> None:
    assert parse_repeat(text, first=TUESDAY) == Repeat.from_text(rule)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "daily x0",
            "A series can have from 1 to 365 classes, not 0. How many will there be?",
        ),
        (
            "daily x366",
            "A series can have from 1 to 365 classes, not 366. How many will there be?",
        ),
        (
            "every 0 days",
            "A class can be repeated every 1 to 99 days, not every 0. How often will it be?",
        ),
        (
            "every 51 weeks",
            "A class can be repeated every 1 to 50 weeks, not every 51. How often will it be?",
        ),
        (
            "every 11 months",
            "A class can be repeated every 1 to 10 months, not every 11. How often will it be?",
        ),
        (
            "daily until 2026-11-23",
            (
                "The first class would be on 2026-11-24, but the last day is 2026-11-23."
                " Choose a later last day."
            ),
        ),
        (
            "every Mon until 2026-11-29",
            (
                "The first class would be on 2026-11-30, but the last day is 2026-11-29."
                " Choose a later last day."
            ),
        ),
        (
            "daily until 2028-11-25",
            (
                "A series can go on for two years, until 2028-11-24."
                " Choose an earlier last day than 2028-11-25, or none."
            ),
        ),
        ("daily until 30 Feb", "There is no “30 feb” in the calendar. Which day?"),
    ],
)
def test_a_rule_that_cannot_be_is_answered_with_what_to_change(text: str, sentence: str) -> None:
    assert problem(text) == sentence


@pytest.mark.parametrize(
    "text",
    ["", "x10", "often", "every", "every 2 weekdays", "weekly x10 until 1 Dec", "weekly daily"],
)
def test_what_is_no_repeat_is_answered_with_examples(text: str) -> None:
    assert "Write it like every Mon,Wed x10" in problem(text)


@pytest.mark.parametrize("day", [29, 30, 31])
def test_a_monthly_class_is_on_a_day_that_every_month_has(day: int) -> None:
    assert problem("monthly", date(2027, 1, day)) == (
        f"Not every month has a day {day}. Choose a day from 1 to 28 for a monthly class."
    )
    assert parse_repeat("monthly", first=date(2027, 1, 28)) == MONTHLY


def test_two_years_from_a_leap_day_are_two_years() -> None:
    assert parse_repeat("daily until 2030-02-28", first=date(2028, 2, 29)).until
    assert "two years" in problem("daily until 2030-03-01", date(2028, 2, 29))


@given(st.text(max_size=60) | st.text(alphabet="every 2monthsxtuwdin,", max_size=60))
def test_whatever_is_typed_is_a_rule_or_answered_in_words(text: str) -> None:
    try:
        outcome = parse_repeat(text, first=TUESDAY).to_text()
    except NotUnderstood as error:
        outcome = ENGLISH.plain(error.text)
    assert outcome


# --- the rule itself


@pytest.mark.parametrize(
    ("frequency", "weekdays", "count", "until"),
    [
        (Frequency.WEEKLY, (), None, None),
        (Frequency.DAILY, (1,), None, None),
        (Frequency.WEEKLY, (2, 1), None, None),
        (Frequency.WEEKLY, (1, 1), None, None),
        (Frequency.WEEKLY, (7,), None, None),
        (Frequency.DAILY, (), 3, TUESDAY),
    ],
)
def test_parts_that_do_not_fit_together_are_no_rule(
    frequency: Frequency, weekdays: tuple[int, ...], count: int | None, until: date | None
) -> None:
    with pytest.raises(ValueError, match=r"weekdays|exclude"):
        Repeat(frequency, weekdays=weekdays, count=count, until=until)


@pytest.mark.parametrize(
    "text",
    [
        *("", "FREQ=YEARLY", "FREQ=WEEKLY", "FREQ=DAILY;BYDAY=MO", "FREQ=DAILY;BYHOUR=3"),
        *("FREQ=DAILY;UNTIL=2027-01-31", "FREQ=DAILY;COUNT=1;UNTIL=20270131"),
        *("FREQ=WEEKLY;BYDAY=1MO", "FREQ=WEEKLY;BYDAY=MO;WKST=MO"),
    ],
)
def test_a_text_that_is_not_ours_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- several sentences, for developers alone
        Repeat.from_text(text)


def test_a_rule_is_written_as_calendars_read_it() -> None:
    rule = weekly(0, 2, interval=2, count=10)
    assert rule.to_text() == "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=10;WKST=SU"
    assert Repeat.from_text("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=10") == rule


@pytest.mark.parametrize(
    ("repeat", "said"),
    [
        (DAILY, "every day"),
        (Repeat(Frequency.DAILY, 3, count=1), "every 3 days, 1 class"),
        (weekly(0, 2, count=10), "every Mon and Wed, 10 classes"),
        (weekly(4, interval=2), "every 2 weeks on Fri"),
        (Repeat(Frequency.DAILY, until=date(2027, 1, 31)), "every day, until Sun 31 Jan"),
        (MONTHLY, "every month on day 24"),
        (Repeat(Frequency.MONTHLY, 2), "every 2 months on day 24"),
    ],
)
def test_a_rule_is_said_to_people(repeat: Repeat, said: str) -> None:
    assert ENGLISH.text(says_whole(repeat, TUESDAY)) == said


def test_a_monthly_rule_without_its_first_day_says_no_day() -> None:
    assert ENGLISH.text(says(MONTHLY)) == "every month"


# --- its days and moments


def test_weeks_begin_on_sunday() -> None:
    every_other_weekend = weekly(5, 6, interval=2)
    assert list(islice(days(every_other_weekend, date(2026, 11, 28)), 3)) == [
        date(2026, 11, 28),  # a Saturday, the last day of its week
        date(2026, 12, 6),
        date(2026, 12, 12),
    ]


def test_the_first_day_is_the_next_that_fits_however_long_the_interval() -> None:
    assert first_day(weekly(0, interval=50), TUESDAY) == date(2026, 11, 30)
    assert next(days(weekly(0, interval=50), TUESDAY)) == date(2026, 11, 30)
    assert following_day(weekly(1, interval=50), TUESDAY) == date(2026, 12, 1)
    assert following_day(MONTHLY, TUESDAY) == date(2026, 12, 24)
    assert following_day(DAILY, TUESDAY) == date(2026, 11, 25)


def test_a_daily_class_is_held_on_the_29th_of_february() -> None:
    found = islice(days(DAILY, date(2028, 2, 28)), 3)
    assert list(found) == [date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1)]


def test_a_class_keeps_its_time_when_the_clocks_change() -> None:
    found = list(islice(starts(weekly(6), date(2026, 3, 1), time(18), NEW_YORK), 2))
    assert found == [datetime(2026, 3, 1, 23, tzinfo=UTC), datetime(2026, 3, 8, 22, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("zone", "first", "at", "shown"),
    [
        (NEW_YORK, date(2026, 3, 7), time(2, 30), ["03-07 02:30", "03-08 03:30", "03-09 02:30"]),
        (LONDON, date(2026, 3, 28), time(1), ["03-28 01:00", "03-29 02:00", "03-30 01:00"]),
        (LORD_HOWE, date(2026, 10, 3), time(2, 15), ["10-03 02:15", "10-04 02:45", "10-05 02:15"]),
        (CAIRO, date(2026, 4, 23), time(0), ["04-23 00:00", "04-24 01:00", "04-25 00:00"]),
        (APIA, date(2011, 12, 29), time(18), ["12-29 18:00", "12-31 18:00", "01-01 18:00"]),
    ],
)
def test_a_time_that_the_clocks_skip_moves_on_that_day_alone(
    zone: ZoneInfo, first: date, at: time, shown: list[str]
) -> None:
    assert local(list(islice(starts(DAILY, first, at, zone), 3)), zone) == shown


def test_of_a_time_that_clocks_show_twice_the_class_is_at_the_first() -> None:
    for at in (time(1, 30), time(1, 30, fold=1)):
        found = starts(DAILY, date(2026, 11, 1), at, NEW_YORK)
        assert next(found) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


@st.composite
def rules(draw: st.DrawFn) -> tuple[Repeat, date]:
    """Any rule that a school can have, and its first day."""
    frequency = draw(st.sampled_from(Frequency))
    most = {Frequency.DAILY: 99, Frequency.WEEKLY: 50, Frequency.MONTHLY: 10}[frequency]
    interval = draw(st.integers(1, 3) | st.integers(1, most))
    weekdays: tuple[int, ...] = ()
    if frequency is Frequency.WEEKLY:
        weekdays = tuple(sorted(draw(st.sets(st.integers(0, 6), min_size=1))))
    first = draw(st.dates(date(2007, 1, 1), date(2036, 12, 31)))
    if frequency is Frequency.MONTHLY:
        first = first.replace(day=min(first.day, 28))
    rule = Repeat(frequency, interval, weekdays)
    ends = draw(st.sampled_from(["never", "count", "until"]))
    if ends == "count":
        rule = Repeat(frequency, interval, weekdays, count=draw(st.integers(1, 90)))
    if ends == "until":
        last = first + timedelta(days=draw(st.integers(6, 400)))
        rule = Repeat(frequency, interval, weekdays, until=last)
    return check_repeat(rule, first=first), first


times = st.times(max_value=time(3, 59)).map(lambda at: at.replace(second=0, microsecond=0))
times |= st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
zones = st.sampled_from(ZONES)


@given(rules())
def test_a_rule_survives_being_written(case: tuple[Repeat, date]) -> None:
    assert Repeat.from_text(case[0].to_text()) == case[0]


@given(rules())
def test_the_days_are_those_found_by_looking_at_every_day(case: tuple[Repeat, date]) -> None:
    assert list(islice(days(*case), 25)) == list(islice(walked_days(*case), 25))


@given(rules())
def test_a_series_that_begins_on_its_first_real_day_is_the_same(case: tuple[Repeat, date]) -> None:
    repeat, first = case
    real = first_day(repeat, first)
    assert list(islice(days(repeat, real), 25)) == list(islice(days(repeat, first), 25))


@given(rules(), times, zones)
def test_the_moments_are_those_that_clocks_show(
    case: tuple[Repeat, date], at: time, zone: ZoneInfo
) -> None:
    moments = (shown_first(day, at, zone) for day in islice(walked_days(*case), 26))
    expected = list(dict.fromkeys(moments))[:25]  # Apia's skipped day shares its moment
    found = list(islice(starts(*case, at, zone), 25))
    assert found == expected
    assert found == sorted(set(found))


@given(rules(), times, zones, st.integers(1, MOST_DATES_AT_ZOOM))
def test_batches_continue_a_series_as_one_walk_would(
    case: tuple[Repeat, date], at: time, zone: ZoneInfo, size: int
) -> None:
    repeat, first = case
    day = first_day(repeat, first)
    anchor_at = shown_first(day, at, zone)
    if anchor_at.astimezone(zone).time() != at:
        return  # a first class cannot be at a time that is skipped
    whole = list(islice(starts(repeat, day, at, zone), 3 * size))
    found = [anchor_at]
    for _ in range(3):
        found += after(repeat, anchor_at, zone, found[-1], size)
    assert found[: len(whole)] == whole
    assert len(found) <= 3 * size + 1


def test_where_a_rule_has_ended_nothing_comes_after() -> None:
    anchor_at = datetime(2026, 11, 24, 15, tzinfo=UTC)
    four = Repeat(Frequency.DAILY, count=4)
    last = anchor_at + timedelta(days=3)
    assert after(four, anchor_at, KATHMANDU, anchor_at, 60)[-1] == last
    assert after(four, anchor_at, KATHMANDU, last, 60) == ()


# --- a series that moves to other days


@given(rules(), st.integers(-40, 40))
def test_a_series_that_moves_has_as_many_classes_each_moved(
    case: tuple[Repeat, date], by_days: int
) -> None:
    repeat, first = case
    day = first_day(repeat, first)
    move = timedelta(days=by_days)
    try:
        moved = shifted(repeat, by_days, first)
    except NotUnderstood:
        assert (day + move).day > 28 or (repeat.interval > 1 and len(repeat.weekdays) > 1)
        return
    before = list(islice(days(repeat, day), 100))
    behind = list(islice(days(moved, day + move), 100))
    assert len(behind) == len(before)
    assert behind[0] == before[0] + move
    if repeat.frequency is not Frequency.MONTHLY:
        assert behind == [one + move for one in before]


def test_days_that_would_fall_into_two_weeks_are_not_moved_together() -> None:
    with pytest.raises(NotUnderstood) as caught:
        shifted(weekly(0, 2, interval=2), -2, date(2026, 11, 30))
    assert ENGLISH.plain(caught.value.text) == (
        "The days of “every 2 weeks on Mon and Wed” would no longer be in one week, which begins"
        " on Sunday. Move the classes one by one, or make a new series."
    )
    assert shifted(weekly(0, 2, interval=2), 3, date(2026, 11, 30)) == weekly(3, 5, interval=2)


# The end alone


@pytest.mark.parametrize(
    ("typed", "count", "until"),
    [
        ("x10", 10, None),
        ("10", 10, None),
        ("10 times", 10, None),
        ("until 2027-01-31", None, date(2027, 1, 31)),
        ("31 Jan", None, date(2027, 1, 31)),
        ("1 Dec", None, date(2026, 12, 1)),
    ],
)
def test_the_end_can_be_typed_for_itself(typed: str, count: int | None, until: date | None) -> None:
    repeat = Repeat(Frequency.WEEKLY, weekdays=(0, 2), count=3)
    found = parse_end(typed, repeat, first=date(2026, 11, 24))
    assert found == replace(repeat, count=count, until=until)


@pytest.mark.parametrize("typed", ["", "whenever", "daily", "18:00", "x", "31 Foo", "x0", "x999"])
def test_what_is_no_end_is_refused(typed: str) -> None:
    with pytest.raises(NotUnderstood):
        parse_end(typed, Repeat(Frequency.DAILY), first=date(2026, 11, 24))


@pytest.mark.parametrize(
    ("repeat", "count"),
    [
        (Repeat(Frequency.DAILY), 28),
        (Repeat(Frequency.WEEKLY, weekdays=(0, 2)), 8),
        (Repeat(Frequency.WEEKLY, 2, (0, 2)), 4),
        (Repeat(Frequency.DAILY, count=3), 3),
    ],
)
def test_the_classes_of_some_weeks_are_counted(repeat: Repeat, count: int) -> None:
    for day in range(22, 29):
        assert count_within(repeat, date(2026, 11, day), timedelta(weeks=4)) == count
