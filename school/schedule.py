"""Local days and times in zones, as the moments they are.

A zone's day may lack an hour or show one twice, may be 23 or 25 hours long, and may begin at
another time than midnight; nothing here adds hours to local times.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from school.errors import NotUnderstood
from school.model import Planned
from school.periods import school_day
from school.text import Moment, Value

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)


class HasPassed(NotUnderstood):
    """The time is over; `suggestion` is the next one at the same hour."""

    def __init__(self, msgid: str, suggestion: Moment, **values: Value) -> None:
        super().__init__(msgid, **values)
        self.suggestion = suggestion


@dataclass(frozen=True, slots=True)
class Resolved:
    """A local day and time as a moment, in UTC.

    Where the clock shows that time twice (`repeated`), it is the first of the two.
    """

    at: datetime
    repeated: bool


class HasPlanned(Protocol):
    """Anything that is to be held at some time."""

    @property
    def planned(self) -> Planned: ...


PlannedT = TypeVar("PlannedT", bound=HasPlanned)


def resolve(day: date, at: time, zone: ZoneInfo) -> Resolved:
    """The moment at which clocks in `zone` show `at` on `day`.

    Raises NotUnderstood for a time that the clocks skip.
    """
    first = datetime.combine(day, at, tzinfo=zone)
    second = first.replace(fold=1)
    before, after = first.utcoffset(), second.utcoffset()
    assert before is not None
    assert after is not None
    if after > before:
        skipped_from, skipped_to = _gap(first, before, after)
        raise NotUnderstood(
            "{time} does not exist on {day}: clocks in {zone} go from {skipped_from} straight to"
            " {skipped_to}. Choose a time before {skipped_from}, or from {skipped_to} on.",
            time=at,
            day=day,
            zone=zone_name(zone),
            skipped_from=skipped_from,
            skipped_to=skipped_to,
        )
    return Resolved(at=first.astimezone(UTC), repeated=after < before)


def local_moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """As `resolve`, for one date of many: a time that the clocks skip moves on with them."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def _gap(skipped: datetime, before: timedelta, after: timedelta) -> tuple[time, time]:
    """What the clocks show last and first around the change that skips a local time."""
    zone, local = skipped.tzinfo, skipped.replace(tzinfo=UTC)
    low, high = local - after, local - before  # the change lies between, `high` included
    while high - low > _SECOND:
        middle = low + (high - low) // 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    change = high.replace(microsecond=0)
    return (change + before).time(), (change + after).time()


def zone_name(zone: ZoneInfo) -> str:
    """A zone as people say it: "Addis Ababa"."""
    return zone.key.rpartition("/")[2].replace("_", " ")


def check_future(starts_at: datetime, *, now: datetime, zone: ZoneInfo) -> None:
    """Raises HasPassed unless the minute of `starts_at` is still to come or running."""
    if now < starts_at + _MINUTE:
        return
    local, today = starts_at.astimezone(zone), school_day(now, zone)
    suggestion = _next_at(local.time(), now=now, zone=zone)
    suggested_day = school_day(suggestion.at, zone)
    if suggested_day == today:
        offer = "{day} at {time} has passed. Today at {time}?"
    elif suggested_day != today + _DAY:
        offer = "{day} at {time} has passed. {suggested_day} at {time}?"
    elif local.date() == today:
        offer = "{time} today has passed. Tomorrow at {time}?"
    else:
        offer = "{day} at {time} has passed. Tomorrow at {time}?"
    raise HasPassed(
        offer,
        suggestion,
        time=local.time(),
        day=local.date(),
        suggested_day=suggested_day,
    )


def _next_at(at: time, *, now: datetime, zone: ZoneInfo) -> Moment:
    """The next moment after `now` at which clocks show `at`."""
    day = school_day(now, zone)
    while True:
        try:
            moment = resolve(day, at, zone).at
        except NotUnderstood:  # skipped that day
            moment = now
        if moment > now:
            return Moment(moment, zone)
        day += _DAY


def clashes(planned: Planned, others: Iterable[PlannedT]) -> list[PlannedT]:
    """Those of `others` that overlap with `planned`, by start; back to back is no clash."""
    found = [
        other
        for other in others
        if other.planned.starts_at < planned.ends_at and planned.starts_at < other.planned.ends_at
    ]
    return sorted(found, key=lambda other: other.planned.starts_at)
