"""The dates of a rule found by looking at every single day, as a second opinion."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from school.recurrence import Frequency, Repeat

_DAY = timedelta(days=1)
_LONGER_THAN_ANY_CHANGE = timedelta(hours=50)


def walked_days(repeat: Repeat, first: date) -> Iterator[date]:
    begun: date | None = None
    found = 0
    for number in count():
        day = first + number * _DAY
        if found == repeat.count or (repeat.until is not None and day > repeat.until):
            return
        if begun is None and (not repeat.weekdays or day.weekday() in repeat.weekdays):
            begun = day
        if begun is not None and _fits(repeat, begun, day):
            found += 1
            yield day


def _fits(repeat: Repeat, begun: date, day: date) -> bool:
    if repeat.frequency is Frequency.DAILY:
        return (day - begun).days % repeat.interval == 0
    if repeat.frequency is Frequency.WEEKLY:
        weeks = (_sunday(day) - _sunday(begun)).days // 7
        return day.weekday() in repeat.weekdays and weeks % repeat.interval == 0
    months = (day.year - begun.year) * 12 + day.month - begun.month
    return day.day == begun.day and months % repeat.interval == 0


def _sunday(day: date) -> date:
    while day.weekday() != 6:
        day -= _DAY
    return day


def shown_first(day: date, at: time, zone: ZoneInfo) -> datetime:
    """When clocks in `zone` first show that time; if they skip it, as long after the change."""
    shown = datetime.combine(day, at)
    around = shown.replace(tzinfo=UTC)
    moments = [
        around - _offset(around - _LONGER_THAN_ANY_CHANGE, zone),
        around - _offset(around + _LONGER_THAN_ANY_CHANGE, zone),
    ]
    showing = [one for one in moments if one.astimezone(zone).replace(tzinfo=None) == shown]
    return min(showing, default=moments[0])


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None
    return offset
