"""Which days a report is about. Today is Monday 23 November 2026."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from school.errors import NotUnderstood
from school.periods import (
    Period,
    day_starts_at,
    halves_of,
    month_of,
    parse_period,
    parts_of,
    school_day,
    term_of,
    week_of,
)
from tests.school.test_schedule import days, zones

RIYADH = ZoneInfo("Asia/Riyadh")
BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 11, 23)


def period(text: str) -> tuple[date, date, str]:
    found, name = parse_period(text, today=TODAY, zone=RIYADH)
    assert found.zone is RIYADH
    return found.first_day, found.last_day, name


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("", date(2026, 11, 1), date(2026, 11, 30)),
        ("this month", date(2026, 11, 1), date(2026, 11, 30)),
        ("last  month", date(2026, 10, 1), date(2026, 10, 31)),
        ("This Week", date(2026, 11, 23), date(2026, 11, 29)),
        ("last week", date(2026, 11, 16), date(2026, 11, 22)),
        ("today", TODAY, TODAY),
        ("yesterday", date(2026, 11, 22), date(2026, 11, 22)),
        ("2026-11", date(2026, 11, 1), date(2026, 11, 30)),
        ("2028-2", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-11-01 2026-11-15", date(2026, 11, 1), date(2026, 11, 15)),
        ("2026-11-01 to 2026-11-15", date(2026, 11, 1), date(2026, 11, 15)),
        ("2026-11-01–2026-11-15", date(2026, 11, 1), date(2026, 11, 15)),
        ("2026-11-07", date(2026, 11, 7), date(2026, 11, 7)),
    ],
)
def test_typed_periods(text: str, first: date, last: date) -> None:
    assert period(text) == (first, last, "")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Aisha", "Aisha"),
        ("2026-11 Aisha", "Aisha"),
        ("Aisha Q 2026-11", "Aisha Q"),
        ("Umm Todayah this month", "Umm Todayah"),
        ("  عائشة  2026-11-01 2026-11-30 ", "عائشة"),
    ],
)
def test_what_is_left_is_a_name(text: str, name: str) -> None:
    assert period(text) == (date(2026, 11, 1), date(2026, 11, 30), name)


@pytest.mark.parametrize("text", ["2026-13", "2026-11-31", "0001-01", "9999-12", "2026-00-01"])
def test_days_that_are_in_no_calendar_are_refused(text: str) -> None:
    with pytest.raises(NotUnderstood) as caught:
        period(text)
    assert caught.value.text.values["date"] == text


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(NotUnderstood, match="Write the earlier day first"):
        period("2026-11-15 2026-11-01")


def test_last_month_in_january_is_december() -> None:
    found, _ = parse_period("last month", today=date(2027, 1, 31), zone=RIYADH)
    assert (found.first_day, found.last_day) == (date(2026, 12, 1), date(2026, 12, 31))


def test_the_night_of_the_31st_in_riyadh_is_still_that_month() -> None:
    october = month_of(date(2026, 10, 15), RIYADH)
    assert october.ends_at == datetime(2026, 10, 31, 21, tzinfo=UTC)
    assert datetime(2026, 10, 31, 20, 59, 59, tzinfo=UTC) in october
    assert datetime(2026, 10, 31, 21, tzinfo=UTC) not in october
    assert datetime(2026, 9, 30, 21, tzinfo=UTC) in october
    assert school_day(datetime(2026, 10, 31, 21, tzinfo=UTC), RIYADH) == date(2026, 11, 1)


def test_a_month_with_a_change_of_clocks_is_an_hour_shorter_or_longer() -> None:
    march, october = month_of(date(2027, 3, 1), BERLIN), month_of(date(2026, 10, 1), BERLIN)
    assert march.ends_at - march.starts_at == timedelta(days=31, hours=-1)
    assert october.ends_at - october.starts_at == timedelta(days=31, hours=1)


def test_a_day_without_a_midnight_begins_when_it_begins() -> None:
    cairo = ZoneInfo("Africa/Cairo")
    begins = day_starts_at(date(2027, 4, 30), cairo)
    assert begins.astimezone(cairo).replace(tzinfo=None) == datetime(2027, 4, 30, 1)  # noqa: DTZ001
    assert school_day(begins - timedelta(seconds=1), cairo) == date(2027, 4, 29)


def test_weeks_begin_on_monday() -> None:
    for offset in range(7):
        week = week_of(TODAY + timedelta(days=offset), RIYADH)
        assert (week.first_day, week.last_day) == (TODAY, TODAY + timedelta(days=6))


@given(days, st.integers(0, 40), zones, st.integers(-3 * 86400, 43 * 86400))
def test_a_moment_is_in_a_period_when_its_day_is(
    first: date, more: int, zone: ZoneInfo, seconds: int
) -> None:
    whole = Period(first, first + timedelta(days=more), zone)
    at = datetime(first.year, first.month, first.day, tzinfo=UTC) + timedelta(seconds=seconds)
    assert (at in whole) == (whole.first_day <= school_day(at, zone) <= whole.last_day)


@given(days, zones)
def test_months_follow_each_other_without_gap_or_overlap(day: date, zone: ZoneInfo) -> None:
    month = month_of(day, zone)
    following = month_of(month.last_day + timedelta(days=1), zone)
    assert month.ends_at == following.starts_at
    assert month.starts_at < month.ends_at


# Terms

TERMS = ((1, 1), (5, 1), (9, 1))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("this term", date(2026, 9, 1), date(2026, 12, 31)),
        ("last term Aisha", date(2026, 5, 1), date(2026, 8, 31)),
    ],
)
def test_typed_terms(text: str, first: date, last: date) -> None:
    found, _ = parse_period(text, today=TODAY, zone=RIYADH, terms=TERMS)
    assert (found.first_day, found.last_day) == (first, last)


def test_a_term_may_begin_in_one_year_and_end_in_the_next() -> None:
    terms = ((2, 15), (9, 10))
    assert term_of(date(2027, 2, 14), RIYADH, terms) == Period(
        date(2026, 9, 10), date(2027, 2, 14), RIYADH
    )
    assert term_of(date(2027, 2, 15), RIYADH, terms).first_day == date(2027, 2, 15)


def test_a_single_term_is_a_year() -> None:
    found = term_of(date(2026, 3, 1), RIYADH, ((9, 1),))
    assert (found.first_day, found.last_day) == (date(2025, 9, 1), date(2026, 8, 31))


@given(
    day=st.dates(date(2000, 1, 1), date(2900, 1, 1)),
    terms=st.sets(
        st.dates(date(2027, 1, 1), date(2027, 12, 31)).map(lambda day: (day.month, day.day)),
        min_size=1,
        max_size=4,
    ),
)
def test_every_day_is_in_one_term_and_terms_follow_each_other(
    day: date, terms: set[tuple[int, int]]
) -> None:
    own = term_of(day, RIYADH, tuple(terms))
    assert own.first_day <= day <= own.last_day
    assert term_of(own.first_day, RIYADH, tuple(terms)) == own
    after = term_of(own.last_day + timedelta(days=1), RIYADH, tuple(terms))
    assert after.first_day == own.last_day + timedelta(days=1)


# Parts


def test_a_term_that_is_too_much_is_cut_between_months() -> None:
    term = Period(date(2026, 9, 1), date(2026, 12, 31), RIYADH)
    rows = {date(2026, month, 15): 10 for month in (9, 10, 11, 12)}
    assert parts_of(term, rows, 40) == (term,)
    assert [part.first_day.month for part in parts_of(term, rows, 20)] == [9, 11]
    assert [part.first_day.month for part in parts_of(term, rows, 10)] == [9, 10, 11, 12]


def test_one_day_stays_whole() -> None:
    day = Period(TODAY, TODAY, RIYADH)
    assert parts_of(day, {TODAY: 10}, 1) == (day,)
    assert halves_of(day) == (day,)


@given(
    first=st.dates(date(2026, 1, 1), date(2026, 12, 1)),
    length=st.integers(0, 200),
    on=st.dictionaries(st.integers(0, 250), st.integers(1, 9), max_size=20),
    most=st.integers(1, 30),
)
def test_parts_are_the_whole_and_none_is_too_much(
    first: date, length: int, on: dict[int, int], most: int
) -> None:
    whole = Period(first, first + timedelta(days=length), RIYADH)
    rows = {first + timedelta(days=day): count for day, count in on.items()}
    parts = parts_of(whole, rows, most)
    assert (parts[0].first_day, parts[-1].last_day) == (whole.first_day, whole.last_day)
    for part, following in pairwise(parts):
        assert following.first_day == part.last_day + timedelta(days=1)
    for part in parts:
        inside = [count for day, count in rows.items() if part.first_day <= day <= part.last_day]
        assert sum(inside) <= most or part.first_day == part.last_day
