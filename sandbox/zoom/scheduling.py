"""When a meeting is planned: start times as Zoom reads them, and dates of a recurrence.

A recurrence keeps its local time: a class at 18:00 stays at 18:00 when the clocks change.
"""

import calendar
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from .errors import invalid
from .model import Occurrence
from .requests import WEEKLY, RecurrenceBody

MOST_OCCURRENCES = 60
_DAILY = 1
_LAST_WEEK = -1
_SUNDAY_FIRST = 1  # Zoom's weekdays begin with Sunday as 1


def start_of(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """The start of a new meeting in UTC; past or missing becomes now."""
    now = now.replace(microsecond=0)
    if not text:
        return now
    return max(moment_of(text, zone), now)


def moment_of(text: str, zone: ZoneInfo) -> datetime:
    """What is written, in UTC. With Z the text is UTC, without it local."""
    try:
        written = datetime.fromisoformat(text.removesuffix("Z"))
    except ValueError as error:
        raise invalid("start_time", "No such time.") from error
    return written.replace(tzinfo=UTC if text.endswith("Z") else zone).astimezone(UTC)


def occurrences_of(
    rule: RecurrenceBody, start_at: datetime, zone: ZoneInfo, duration_min: int
) -> list[Occurrence]:
    """All dates of a recurrence, the first at or after `start_at`; at most 60."""
    until = _until(rule)
    wanted = MOST_OCCURRENCES + 1 if until else rule.end_times
    local = start_at.astimezone(zone)
    found: list[Occurrence] = []
    for day in _days(rule, local.date()):
        moment = datetime.combine(day, local.time(), zone).astimezone(UTC)
        if len(found) == wanted or (until is not None and moment > until):
            break
        found.append(Occurrence(str(int(moment.timestamp() * 1000)), moment, duration_min))
    if not 1 <= len(found) <= MOST_OCCURRENCES:
        raise invalid("recurrence", f"{len(found)} occurrences; from 1 to 60 are possible.")
    return found


def _until(rule: RecurrenceBody) -> datetime | None:
    if not rule.end_date_time:
        return None
    try:
        return datetime.fromisoformat(rule.end_date_time)
    except ValueError as error:
        raise invalid("recurrence.end_date_time", "No such time.") from error


def _days(rule: RecurrenceBody, first: date) -> Iterator[date]:
    if rule.type == _DAILY:
        return (first + timedelta(days=n * rule.repeat_interval) for n in count())
    if rule.type == WEEKLY:
        return _weekly(rule, first)
    return _monthly(rule, first)


def _weekly(rule: RecurrenceBody, first: date) -> Iterator[date]:
    weekdays = sorted({int(day) - _SUNDAY_FIRST for day in rule.weekly_days.split(",")})
    sunday = first - timedelta(days=first.isoweekday() % 7)
    for week in count(step=rule.repeat_interval):
        for weekday in weekdays:
            day = sunday + timedelta(weeks=week, days=weekday)
            if day >= first:
                yield day


def _monthly(rule: RecurrenceBody, first: date) -> Iterator[date]:
    """Months without such a day are passed over."""
    for months in count(first.month - 1, rule.repeat_interval):
        year, month = first.year + months // 12, months % 12 + 1
        day = _day_in(rule, year, month)
        if day is not None and day >= first:
            yield day


def _day_in(rule: RecurrenceBody, year: int, month: int) -> date | None:
    length = calendar.monthrange(year, month)[1]
    if "monthly_week" not in rule.model_fields_set:
        return date(year, month, rule.monthly_day) if rule.monthly_day <= length else None
    weekday = (rule.monthly_week_day - 2) % 7  # Python's weeks begin with Monday as 0
    fitting = [
        date(year, month, day)
        for day in range(1, length + 1)
        if date(year, month, day).weekday() == weekday
    ]
    week = rule.monthly_week
    return fitting[-1] if week == _LAST_WEEK else fitting[week - 1]


def at_midnight_after(moment: datetime) -> datetime:
    """When Zoom's daily limits begin anew: 00:00 GMT."""
    return datetime.combine(moment.astimezone(UTC).date() + timedelta(days=1), time(), UTC)
