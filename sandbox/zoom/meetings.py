"""Planning meetings: create, change, delete, and how a meeting is shown."""

from dataclasses import fields, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from .errors import ApiProblem, invalid
from .model import RECURRING, JsonObject, Meeting, Occurrence, ZoomUser, stamp
from .requests import MeetingBody, RecurrenceBody, SettingsBody
from .scheduling import moment_of, occurrences_of, start_of
from .world import World

_AGENDA_IN_LISTS = 250
_CHANGEABLE_IN_ONE = {"start_time", "timezone", "duration"}  # of those that are played here
_PLACE = "https://us05web.zoom.example"  # nobody's: following it by mistake leads nowhere


def create(world: World, host: ZoomUser, body: MeetingBody) -> Meeting:
    recurring = body.type == RECURRING
    if recurring != ("recurrence" in body.model_fields_set):
        raise invalid("recurrence", "Type 8 needs a recurrence, and type 2 has none.")
    zone_name = body.timezone or host.timezone
    zone = ZoneInfo(zone_name)
    start_at = start_of(body.start_time, zone, world.clock())
    meeting = Meeting(
        id=world.new_meeting_id(),
        uuid=world.new_meeting_uuid(),
        host=host,
        topic=body.topic,
        type=body.type,
        start_at=start_at,
        duration_min=body.duration,
        timezone=zone_name,
        agenda=body.agenda,
        password=body.password or (world.new_word(6) if body.default_password else ""),
        settings=_settled(SettingsBody().model_dump(), body.settings),
        created_at=world.clock(),
    )
    if recurring:
        _plan_dates(meeting, body.recurrence)
    world.meetings[meeting.id] = meeting
    world.counts["meetings_created"] += 1
    return meeting


def change(world: World, meeting: Meeting, body: MeetingBody) -> None:
    """Changes what was sent, or nothing where Zoom refuses a part of it.

    Dates are planned anew where time or recurrence changed. A start that has passed is
    overlooked, and the recurrence with it.
    """
    _check_kind(meeting, body)
    after = replace(meeting, settings=_settled(meeting.settings, body.settings))
    zone = ZoneInfo(body.timezone or meeting.timezone)
    given = _heeded(body, zone, world.clock())
    for name in given & {"topic", "agenda", "password", "timezone"}:
        setattr(after, name, getattr(body, name))
    if "duration" in given:
        after.duration_min = body.duration
    if "start_time" in given:
        after.start_at = moment_of(body.start_time, zone)
    if meeting.type == RECURRING and given & {"recurrence", "start_time", "timezone"}:
        _plan_dates(after, body.recurrence if "recurrence" in given else _rule_of(meeting))
    elif "duration" in given:
        after.occurrences = [
            replace(one, duration_min=body.duration) for one in meeting.occurrences
        ]
    for field in fields(Meeting):
        setattr(meeting, field.name, getattr(after, field.name))


def _check_kind(meeting: Meeting, body: MeetingBody) -> None:
    if "type" in body.model_fields_set and body.type != meeting.type:
        raise invalid("type", "The type of a meeting stays.")
    if "recurrence" in body.model_fields_set and meeting.type != RECURRING:
        raise invalid("recurrence", "This meeting does not recur.")


def _heeded(body: MeetingBody, zone: ZoneInfo, now: datetime) -> set[str]:
    """The fields of a change that Zoom does not overlook."""
    given = set(body.model_fields_set)
    if "start_time" in given and moment_of(body.start_time, zone) < now:
        given -= {"start_time", "recurrence"}
    return given


def change_one(world: World, meeting: Meeting, occurrence: Occurrence, body: MeetingBody) -> None:
    """Changes one date of a recurring meeting; only some fields can differ there."""
    for name in sorted(body.model_fields_set - _CHANGEABLE_IN_ONE):
        raise invalid(name, "Cannot be changed for one occurrence.")
    zone = ZoneInfo(body.timezone or meeting.timezone)
    given = _heeded(body, zone, world.clock())
    if "start_time" in given:
        occurrence.start_at = moment_of(body.start_time, zone)
    if "duration" in given:
        occurrence.duration_min = body.duration


def delete(world: World, meeting: Meeting) -> None:
    if meeting.live is not None:
        raise ApiProblem(
            400, 3002, "Sorry, you cannot delete this meeting since it is in progress."
        )
    del world.meetings[meeting.id]


def occurrence_of(meeting: Meeting, occurrence_id: str) -> Occurrence:
    found = meeting.occurrence(occurrence_id)
    if found is None:
        raise ApiProblem(400, 300, "Invalid parameter: occurrence_id.")
    return found


def _plan_dates(meeting: Meeting, rule: RecurrenceBody) -> None:
    """All dates anew: that one of them had been moved or deleted is forgotten."""
    zone = ZoneInfo(meeting.timezone)
    meeting.occurrences = occurrences_of(rule, meeting.start_at, zone, meeting.duration_min)
    meeting.recurrence = rule.model_dump(exclude_unset=True)


def _rule_of(meeting: Meeting) -> RecurrenceBody:
    return RecurrenceBody.model_validate(meeting.recurrence)


def _settled(before: JsonObject, body: SettingsBody) -> JsonObject:
    """The settings after a change; a waiting room rules out joining before the host."""
    after = before | body.model_dump(exclude_unset=True)
    if after["waiting_room"]:
        after["join_before_host"] = False
    return after


def shown(world: World, meeting: Meeting, *, all_dates: bool = False) -> JsonObject:
    """A meeting in full, with a host link that is fresh each time."""
    now = world.clock()
    host = meeting.host
    key = world.new_word(60)
    answer: JsonObject = {
        "uuid": meeting.uuid,
        "id": meeting.id,
        "host_id": host.id,
        "host_email": host.email,
        "assistant_id": "",
        "topic": meeting.topic,
        "type": meeting.type,
        "status": "started" if meeting.live else "waiting",
        "start_time": stamp(meeting.start_at),
        "duration": meeting.duration_min,
        "timezone": meeting.timezone,
        "agenda": meeting.agenda,
        "created_at": stamp(meeting.created_at),
        "start_url": f"{_PLACE}/s/{meeting.id}?zak={key}",
        "join_url": join_url(meeting),
        "password": meeting.password,
        "h323_password": meeting.password,
        "pstn_password": meeting.password,
        "encrypted_password": meeting.password,
        "settings": dict(meeting.settings),
        "creation_source": "open_api",
        "pre_schedule": False,
    }
    if meeting.recurrence is not None:
        answer["recurrence"] = dict(meeting.recurrence)
        answer["occurrences"] = [
            shown_occurrence(one)
            for one in meeting.occurrences
            if all_dates or one.deleted or one.end_at >= now
        ]
    return answer


def shown_occurrence(occurrence: Occurrence) -> JsonObject:
    return {
        "occurrence_id": occurrence.occurrence_id,
        "start_time": stamp(occurrence.start_at),
        "duration": occurrence.duration_min,
        "status": "deleted" if occurrence.deleted else "available",
    }


def join_url(meeting: Meeting) -> str:
    password = f"?pwd={meeting.password}" if meeting.password else ""
    return f"{_PLACE}/j/{meeting.id}{password}"


def listed(meetings: list[Meeting], kind: str, now: datetime) -> list[JsonObject]:
    """A user's meetings as the list shows them, soonest first.

    `upcoming` has a line for each date of a recurring meeting, all with one id; the other kinds
    have one line for it. The agenda is cut to 250 characters.
    """
    lines: list[tuple[datetime, JsonObject]] = []
    for meeting in meetings:
        for start_at, duration in _lines(meeting, kind, now):
            lines.append((start_at, _line(meeting, start_at, duration)))
    return [line for _, line in sorted(lines, key=lambda line: line[0])]


def _lines(meeting: Meeting, kind: str, now: datetime) -> list[tuple[datetime, int]]:
    whole = [(meeting.start_at, meeting.duration_min)]
    if kind == "live":
        return whole if meeting.live else []
    if kind == "scheduled":
        return whole
    if meeting.type == RECURRING:
        return [
            (one.start_at, one.duration_min)
            for one in meeting.occurrences
            if not one.deleted and one.end_at >= now
        ]
    return whole if meeting.live or meeting.end_at >= now else []


def _line(meeting: Meeting, start_at: datetime, duration_min: int) -> JsonObject:
    return {
        "uuid": meeting.uuid,
        "id": meeting.id,
        "host_id": meeting.host.id,
        "topic": meeting.topic,
        "type": meeting.type,
        "start_time": stamp(start_at),
        "duration": duration_min,
        "timezone": meeting.timezone,
        "agenda": meeting.agenda[:_AGENDA_IN_LISTS],
        "created_at": stamp(meeting.created_at),
        "join_url": join_url(meeting),
    }
