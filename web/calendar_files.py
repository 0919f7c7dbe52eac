"""Calendar files (RFC 5545, RFC 7986) of plain data. Pure: fit to run in a thread of its own."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, Timezone, vDDDTypes, vDuration, vUri

from school.names import clean_name
from school.text import Text
from services.calendars import CalendarEntry, CalendarFile
from web.calendar_zones import described
from web.wording import Wording

_ASKED_AGAIN_AFTER = timedelta(hours=1)
_ALARM_BEFORE = timedelta(minutes=15)
_END = b"END:VCALENDAR\r\n"


def rendered(file: CalendarFile, wording: Wording, school_name: str, now: datetime) -> bytes:
    """The file, with `now` as the moment that it was made."""
    calendar = Calendar()
    calendar.add("PRODID", f"-//{clean_name(school_name)}//{wording.language.upper()}")
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", "PUBLISH")
    if file.is_feed:
        _describe_feed(calendar, _name(file, wording, school_name))
    # Event by event, as thousands of them at once would be a heap of objects.
    events: list[bytes] = []
    zones: set[str] = set()
    for entry in file.entries:
        event = _event(entry, wording, now)
        if not file.is_feed and not entry.is_cancelled:
            event.add_component(_alarm(entry, wording))
        if named := vDDDTypes(event.start).params.get("TZID"):
            zones.add(named)
        events.append(event.to_ical())
    for key in sorted(zones):
        calendar.add_component(_zone(file, key))
    begin = calendar.to_ical().removesuffix(_END)
    return b"".join((begin, *events, _END))


def _describe_feed(calendar: Calendar, name: str) -> None:
    """As the standard has it, and as programs had it before."""
    calendar.add("NAME", name)
    calendar.add("X-WR-CALNAME", name)
    often = vDuration(_ASKED_AGAIN_AFTER)
    calendar.add("REFRESH-INTERVAL", often, parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", vDuration(_ASKED_AGAIN_AFTER))


def _zone(file: CalendarFile, key: str) -> Timezone:
    """As far as the file's classes in that zone need it."""
    zone = ZoneInfo(key)
    planned = [one.planned for one in file.entries if one.zone.key == key]
    first = min(one.starts_at for one in planned).astimezone(zone).year
    last = max(one.ends_at for one in planned).astimezone(zone).year
    return described(zone, first, last)


def _event(entry: CalendarEntry, wording: Wording, now: datetime) -> Event:
    event = Event()
    event.add("UID", entry.uid)
    event.add("SEQUENCE", entry.sequence)
    event.add("DTSTAMP", now)
    starts_at, ends_at = _times(entry)
    event.add("DTSTART", starts_at)
    event.add("DTEND", ends_at)
    event.add("STATUS", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    event.add("SUMMARY", _summary(entry, wording))
    event.add("DESCRIPTION", _description(entry, wording))
    if entry.join_url is not None:
        event.add("LOCATION", entry.join_url)
        event.add("URL", vUri(entry.join_url))
    return event


def _times(entry: CalendarEntry) -> tuple[datetime, datetime]:
    """Start and end by the clocks of the class's zone, so that its day and hour are people's own.

    In the hour that clocks show twice only UTC is clear: readers differ on which one is meant.
    """
    planned, zone = entry.planned, entry.zone
    times = planned.starts_at.astimezone(zone), planned.ends_at.astimezone(zone)
    if any(_is_shown_twice(time) for time in times):
        return planned.starts_at.astimezone(UTC), planned.ends_at.astimezone(UTC)
    return times


def _is_shown_twice(time: datetime) -> bool:
    return time.utcoffset() != time.replace(fold=1 - time.fold).utcoffset()


def _alarm(entry: CalendarEntry, wording: Wording) -> Alarm:
    """Whoever opens one class wants to be called; feeds leave that to the reader's program."""
    alarm = Alarm()
    alarm.add("ACTION", "DISPLAY")
    alarm.add("TRIGGER", -_ALARM_BEFORE)
    topic = _topic(entry, wording)
    alarm.add("DESCRIPTION", wording.plain(Text("{topic} begins soon.", {"topic": topic})))
    return alarm


# What people read


def _name(file: CalendarFile, wording: Wording, school_name: str) -> str:
    name = clean_name(file.name or "")
    if not name:
        return clean_name(school_name)
    return wording.plain(Text("{name} · {school}", {"name": name, "school": school_name}))


def _topic(entry: CalendarEntry, wording: Wording) -> str:
    return clean_name(entry.topic or "") or wording.plain(Text("A class"))


def _summary(entry: CalendarEntry, wording: Wording) -> str:
    topic, teacher = _topic(entry, wording), clean_name(entry.teacher_name or "")
    if not teacher:
        return topic
    return wording.plain(Text("{topic} — {teacher}", {"topic": topic, "teacher": teacher}))


def _description(entry: CalendarEntry, wording: Wording) -> str:
    if entry.is_cancelled:
        return wording.plain(Text("This class is cancelled."))
    if entry.join_url is None:
        return wording.plain(Text("The link to join will be here once the class is set up."))
    return wording.plain(Text("Join the class: {link}", {"link": entry.join_url}))
