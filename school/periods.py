"""School days, and which of them a report is asked for: "last month", "2026-11-01 2026-11-15".

A day is a date in a zone. It may be 23 or 25 hours long and begin at another time than midnight,
so nothing here adds hours to local times.
"""

import calendar
import re
from collections.abc import Callable, Mapping
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


_NAMED: Mapping[str, Callable[[date, ZoneInfo], Period]] = {
    "today": lambda today, zone: Period(today, today, zone),
    "yesterday": lambda today, zone: Period(today - _DAY, today - _DAY, zone),
    "this week": week_of,
    "last week": lambda today, zone: week_of(today - 7 * _DAY, zone),
    "this month": month_of,
    "last month": lambda today, zone: month_of(today.replace(day=1) - _DAY, zone),
}
_DATE = r"\d{4}-\d{1,2}-\d{1,2}"
_YEARS = range(2000, 3000)


def _alone(pattern: str) -> re.Pattern[str]:
    """`pattern` between spaces or ends."""
    return re.compile(rf"(?<!\S)(?:{pattern})(?!\S)", re.IGNORECASE)


def parse_period(text: str, *, today: date, zone: ZoneInfo) -> tuple[Period, str]:
    """The period that `text` speaks of (this month, if none), and the rest: a teacher's name."""
    words = clean_name(text)
    for pattern, period_of in _READERS.items():
        if found := pattern.search(words):
            rest = clean_name(f"{words[: found.start()]} {words[found.end() :]}")
            return period_of(found, today, zone), rest
    return month_of(today, zone), words


def _named(found: re.Match[str], today: date, zone: ZoneInfo) -> Period:
    return _NAMED[" ".join(found[0].lower().split())](today, zone)


def _days(found: re.Match[str], _today: date, zone: ZoneInfo) -> Period:
    first = _existing_day(found[1], typed=found[1])
    last = _existing_day(found[2], typed=found[2]) if found[2] else first
    if last < first:
        raise NotUnderstood(
            "{first} is after {last}. Write the earlier day first: {last} {first}",
            first=first.isoformat(),
            last=last.isoformat(),
        )
    return Period(first, last, zone)


def _month(found: re.Match[str], _today: date, zone: ZoneInfo) -> Period:
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


_READERS: Mapping[re.Pattern[str], Callable[[re.Match[str], date, ZoneInfo], Period]] = {
    _alone("|".join(_NAMED)): _named,
    _alone(rf"({_DATE})(?: ?(?:to|until|–|-) ?| )({_DATE})"): _days,
    _alone(rf"({_DATE})()"): _days,
    _alone(r"(\d{4})-(\d{1,2})"): _month,
}
