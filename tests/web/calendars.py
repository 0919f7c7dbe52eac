"""Calendar files as programs read them: with icalendar, and with two readers that are not it."""

from datetime import datetime, timedelta, tzinfo
from io import StringIO
from typing import Any

import vobject
from dateutil.tz import tzical
from icalendar import Calendar

from tests.web.site import Answer, Site

LONGEST_LINE = 75  # octets, RFC 5545


async def opened(site: Site, url: str) -> Answer:
    """The answer at one of our own addresses."""
    return await site.get(url.removeprefix(site.office.profile.public_url))


def read(body: bytes) -> Any:
    """As icalendar reads it; the other reader must find as many parts.

    Of no type, as the library's own lets every value be one of thirty things.
    """
    calendar = Calendar.from_ical(body)
    assert len(list(second_reading(body).components())) == len(calendar.subcomponents)
    return calendar


def second_reading(body: bytes) -> Any:
    return vobject.readOne(body.decode())


def only_event(body: bytes) -> Any:
    (event,) = read(body).events
    return event


def resolved(body: bytes) -> list[tuple[datetime, datetime]]:
    """Start and end of each class by no other zones than those that the file describes."""
    calendar = read(body)
    return [
        (
            _resolved(calendar, event["DTSTART"].to_ical().decode(), event["DTSTART"].params),
            _resolved(calendar, event["DTEND"].to_ical().decode(), event["DTEND"].params),
        )
        for event in calendar.events
    ]


def _resolved(calendar: Any, value: str, params: dict[str, str]) -> datetime:
    if value.endswith("Z"):
        return datetime.strptime(value, "%Y%m%dT%H%M%S%z")
    naive = datetime.strptime(value, "%Y%m%dT%H%M%S")  # noqa: DTZ007  its zone comes next
    (described,) = [one for one in calendar.timezones if one["TZID"] == params["TZID"]]
    zone: tzinfo | None = tzical(StringIO(described.to_ical().decode())).get(params["TZID"])
    assert naive.replace(tzinfo=described.to_tz(lookup_tzid=False)) == naive.replace(tzinfo=zone)
    return naive.replace(tzinfo=zone)


def changes(body: bytes) -> list[tuple[datetime, timedelta, timedelta]]:
    """When the clocks of the only zone change, in local time before the change; from and to."""
    (described,) = read(body).timezones
    parts = sorted(described.subcomponents, key=lambda part: part["DTSTART"].dt)
    return [(part["DTSTART"].dt, part["TZOFFSETFROM"].td, part["TZOFFSETTO"].td) for part in parts]
