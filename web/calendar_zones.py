"""What a calendar file says about a time zone, for programs that do not know it by its name.

icalendar can make these too, but puts the hour in which clocks go forward an hour late (RFC 5545
wants the local time before the change), and takes 20 ms for a zone whose clocks never change.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


def described(zone: ZoneInfo, first_year: int, last_year: int) -> Timezone:
    """The zone's offsets in these years; one part for each change of the clocks."""
    described = Timezone()
    described.add("TZID", zone.key)
    begins = datetime(first_year, 1, 1, tzinfo=zone).astimezone(UTC)
    described.add_component(_part(zone, begins, before=_offset(zone, begins)))
    for change in _changes(zone, begins, datetime(last_year + 1, 1, 2, tzinfo=UTC)):
        described.add_component(_part(zone, change, before=_offset(zone, change - _SECOND)))
    return described


def _part(
    zone: ZoneInfo, begins: datetime, *, before: timedelta
) -> TimezoneStandard | TimezoneDaylight:
    """What holds from `begins` on; its DTSTART is what clocks showed that had not been changed."""
    local = begins.astimezone(zone)
    part = TimezoneDaylight() if local.dst() else TimezoneStandard()
    part.DTSTART = (begins + before).replace(tzinfo=None)
    part.TZOFFSETFROM = before
    part.TZOFFSETTO = _offset(zone, begins)
    part.add("TZNAME", local.tzname())
    return part


def _changes(zone: ZoneInfo, since: datetime, until: datetime) -> Iterator[datetime]:
    """The first moment of each new offset; all are in UTC."""
    day = since
    while day < until:
        if _offset(zone, day) != _offset(zone, day + _DAY):
            yield _change(zone, day, day + _DAY)
        day += _DAY


def _change(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The moment between, `high` included, from which on the offset of `high` holds."""
    while high - low > _SECOND:
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if _offset(zone, middle) == _offset(zone, high):
            high = middle
        else:
            low = middle
    return high


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None, "every zone has one"
    return offset
