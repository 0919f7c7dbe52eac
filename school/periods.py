"""School days, and which of them a report is asked for: "last month", "2026-11-01 2026-11-15".

A day is a date in a zone. It may be 23 or 25 hours long and begin at another time than midnight,
so nothing here adds hours to local times.
"""

import calendar
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from school.errors import NotUnderstood
from school.names import clean_name

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days in a zone, the first and the last included."""

    first_day: date
    last_day: date
    zone: ZoneInfo

    @property
    def starts_at(self) -> datetime:
        return day_starts_at(self.first_day, self.zone)

    @property
    def ends_at(self) -> datetime:
        """When it is over: the first moment that is not in it."""
        return day_starts_at(self.last_day + _DAY, self.zone)

    @property
    def is_whole_month(self) -> bool:
        return self == month_of(self.first_day, self.zone)

    def __contains__(self, at: datetime) -> bool:
        return self.starts_at <= at < self.ends_at


def school_day(at: datetime, zone: ZoneInfo) -> date:
    """The date that calendars in `zone` show at a moment."""
    return at.astimezone(zone).date()


def day_starts_at(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a day, in UTC: midnight, or what comes first where that is skipped."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def month_of(day: date, zone: ZoneInfo) -> Period:
    """The calendar month that a day is in."""
    _, last = calendar.monthrange(day.year, day.month)
    return Period(day.replace(day=1), day.replace(day=last), zone)


def week_of(day: date, zone: ZoneInfo) -> Period:
    """The week that a day is in, Monday to Sunday."""
    monday = day - day.weekday() * _DAY
    return Period(monday, monday + 6 * _DAY, zone)


Terms = Sequence[tuple[int, int]]
"""The month and day on which each term begins, as of SchoolProfile; there is at least one."""


def term_of(day: date, zone: ZoneInfo, terms: Terms) -> Period:
    """The term that a day is in: it lasts until the next one begins, perhaps into another year."""
    begins = _terms_begin(day, terms)
    first = max(one for one in begins if one <= day)
    return Period(first, min(one for one in begins if one > day) - _DAY, zone)


def _terms_begin(day: date, terms: Terms) -> list[date]:
    """When terms begin around a day."""
    years = (day.year - 1, day.year, day.year + 1)
    return [date(year, month, number) for year in years for month, number in terms]


def parts_of(period: Period, rows_on: Mapping[date, int], most: int) -> tuple[Period, ...]:
    """A period cut so that no part has more than `most` rows, as far as whole days allow.

    The cuts are between months where that is enough. `rows_on` has the rows of each day.
    """
    if _rows_in(period, rows_on) <= most or period.first_day == period.last_day:
        return (period,)
    months = _months_in(period)
    if len(months) == 1:
        return tuple(part for half in halves_of(period) for part in parts_of(half, rows_on, most))
    parts = [months[0]]
    for month in months[1:]:
        longer = Period(parts[-1].first_day, month.last_day, period.zone)
        if _rows_in(longer, rows_on) <= most:
            parts[-1] = longer
        else:
            parts.append(month)
    return tuple(smaller for part in parts for smaller in parts_of(part, rows_on, most))


def halves_of(period: Period) -> tuple[Period, ...]:
    """The earlier and the later days of a period; one day stays whole."""
    days = (period.last_day - period.first_day).days + 1
    if days == 1:
        return (period,)
    second = period.first_day + days // 2 * _DAY
    return (
        Period(period.first_day, second - _DAY, period.zone),
        Period(second, period.last_day, period.zone),
    )


def _months_in(period: Period) -> list[Period]:
    """What of each month is in a period."""
    months, first = list[Period](), period.first_day
    while first <= period.last_day:
        last = min(month_of(first, period.zone).last_day, period.last_day)
        months.append(Period(first, last, period.zone))
        first = last + _DAY
    return months


def _rows_in(period: Period, rows_on: Mapping[date, int]) -> int:
    return sum(rows for day, rows in rows_on.items() if period.first_day <= day <= period.last_day)


_NAMED: Mapping[str, Callable[[date, ZoneInfo, Terms], Period]] = {
    "today": lambda today, zone, _: Period(today, today, zone),
    "yesterday": lambda today, zone, _: Period(today - _DAY, today - _DAY, zone),
    "this week": lambda today, zone, _: week_of(today, zone),
    "last week": lambda today, zone, _: week_of(today - 7 * _DAY, zone),
    "this month": lambda today, zone, _: month_of(today, zone),
    "last month": lambda today, zone, _: month_of(today.replace(day=1) - _DAY, zone),
    "this term": term_of,
    "last term": lambda today, zone, terms: term_of(
        term_of(today, zone, terms).first_day - _DAY, zone, terms
    ),
}
_DATE = r"\d{4}-\d{1,2}-\d{1,2}"
_YEARS = range(2000, 3000)


def _alone(pattern: str) -> re.Pattern[str]:
    """`pattern` between spaces or ends."""
    return re.compile(rf"(?<!\S)(?:{pattern})(?!\S)", re.IGNORECASE)


def parse_period(
    text: str, *, today: date, zone: ZoneInfo, terms: Terms = ((1, 1),)
) -> tuple[Period, str]:
    """The period that `text` speaks of (this month, if none), and the rest: a name."""
    words = clean_name(text)
    for pattern, period_of in _READERS.items():
        if found := pattern.search(words):
            rest = clean_name(f"{words[: found.start()]} {words[found.end() :]}")
            return period_of(found, today, zone, terms), rest
    return month_of(today, zone), words


def named_period(name: str, *, today: date, zone: ZoneInfo, terms: Terms) -> Period:
    """What "last week" and the like are. Raises KeyError for one that has no such name."""
    return _NAMED[name](today, zone, terms)


def _named(found: re.Match[str], today: date, zone: ZoneInfo, terms: Terms) -> Period:
    return _NAMED[" ".join(found[0].lower().split())](today, zone, terms)


def _days(found: re.Match[str], _today: date, zone: ZoneInfo, _terms: Terms) -> Period:
    first = _existing_day(found[1], typed=found[1])
    last = _existing_day(found[2], typed=found[2]) if found[2] else first
    if last < first:
        raise NotUnderstood(
            "{first} is after {last}. Write the earlier day first: {last} {first}",
            first=first.isoformat(),
            last=last.isoformat(),
        )
    return Period(first, last, zone)


def _month(found: re.Match[str], _today: date, zone: ZoneInfo, _terms: Terms) -> Period:
    return month_of(_existing_day(f"{found[0]}-01", typed=found[0]), zone)


def _existing_day(text: str, *, typed: str) -> date:
    year, month, day = (int(part) for part in text.split("-"))
    with suppress(ValueError):
        if year in _YEARS:
            return date(year, month, day)
    raise NotUnderstood(
        "There is no {date}. Write a month like {month} or days like {days}.",
        date=typed,
        month="2026-11",
        days="2026-11-01 2026-11-15",
    )


_READERS: Mapping[re.Pattern[str], Callable[[re.Match[str], date, ZoneInfo, Terms], Period]] = {
    _alone("|".join(_NAMED)): _named,
    _alone(rf"({_DATE})(?: ?(?:to|until|–|-) ?| )({_DATE})"): _days,
    _alone(rf"({_DATE})()"): _days,
    _alone(r"(\d{4})-(\d{1,2})"): _month,
}
