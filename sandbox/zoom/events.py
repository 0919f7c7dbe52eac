"""The events Zoom sends, field by field as it really sends them.

Shapes: https://developers.zoom.us/docs/api/meetings/events/. `object.id` is text in what happens
in a meeting, and a number in what happens to its plan. Each builder is a pure function.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from .meetings import join_url, shown_occurrence
from .model import (
    Breakout,
    Connection,
    Instance,
    JsonObject,
    Knock,
    Meeting,
    Occurrence,
    ZoomUser,
    stamp,
)

_SOMEWHERE = "203.0.113.7"  # an address for documentation (RFC 5737)


@dataclass(frozen=True, slots=True)
class Event:
    """An event before it is addressed: account and time are added when it is sent.

    `scope` is what the app must have been granted to hear of it; `paid_only` events exist on
    paid plans alone.
    """

    name: str
    payload: JsonObject
    scope: str = "meeting:read:meeting"
    paid_only: bool = False


def started(instance: Instance) -> Event:
    return Event("meeting.started", {"object": _held(instance)})


def ended(instance: Instance) -> Event:
    assert instance.ended_at is not None
    return Event(
        "meeting.ended",
        {"object": _held(instance) | {"end_time": stamp(instance.ended_at)}},
    )


def joined(connection: Connection) -> Event:
    assert connection.joined_at is not None
    participant = _person(connection) | {
        "public_ip": _SOMEWHERE,
        "join_time": stamp(connection.joined_at),
    }
    if connection.registrant_id:
        participant["registrant_id"] = connection.registrant_id
    return _about("participant_joined", connection, participant)


def left(connection: Connection, reason: str) -> Event:
    assert connection.left_at is not None
    participant = _person(connection) | {
        "public_ip": _SOMEWHERE,
        "private_ip": _SOMEWHERE,
        "registrant_id": connection.registrant_id,
        "leave_time": stamp(connection.left_at),
        "leave_reason": reason,
    }
    return _about("participant_left", connection, participant)


def waits_for_host(knock: Knock) -> Event:
    return _before_host("participant_jbh_waiting", knock, {}, str(knock.meeting.id))


def waits_no_more_for_host(knock: Knock) -> Event:
    of_person: JsonObject = {"registrant_id": ""}
    return _before_host("participant_jbh_waiting_left", knock, of_person, knock.meeting.id)


def in_waiting_room(kind: str, connection: Connection, at: datetime) -> Event:
    """`kind`: participant_joined_waiting_room, participant_left_waiting_room."""
    return _about(kind, connection, _waiting(connection, at))


def admitted(connection: Connection, at: datetime) -> Event:
    participant = _waiting(connection, at)
    del participant["participant_user_id"]
    event = _about("participant_admitted", connection, participant)
    host = connection.instance.meeting.host
    operator: JsonObject = {
        "operator": host.email,
        "operator_id": host.id,
        "operation": "single",
    }
    return Event(event.name, operator | event.payload, event.scope)


def entered_breakout(connection: Connection, place: Breakout, at: datetime) -> Event:
    when: JsonObject = {"date_time": stamp(at)}
    return _in_breakout("participant_joined_breakout_room", connection, place, when)


def left_breakout(connection: Connection, place: Breakout, at: datetime, reason: str) -> Event:
    when: JsonObject = {"date_time": stamp(at), "leave_time": stamp(at), "leave_reason": reason}
    return _in_breakout("participant_left_breakout_room", connection, place, when)


def created(meeting: Meeting) -> Event:
    plan = _plan(meeting) | {
        "join_url": join_url(meeting),
        "password": meeting.password,
        "creation_source": "open_api",
        "settings": {
            name: meeting.settings[name] for name in ("use_pmi", "join_before_host", "jbh_time")
        },
    }
    if meeting.recurrence is not None:
        plan["recurrence"] = dict(meeting.recurrence)
        plan["occurrences"] = [shown_occurrence(one) for one in meeting.occurrences]
    return _by_host("meeting.created", meeting, {"operation": "single", "object": plan})


def comparable(meeting: Meeting) -> JsonObject:
    """What `updated` compares before and after."""
    plan: JsonObject = {
        "topic": meeting.topic,
        "start_time": stamp(meeting.start_at),
        "duration": meeting.duration_min,
        "timezone": meeting.timezone,
        "agenda": meeting.agenda,
        "password": meeting.password,
        "join_url": join_url(meeting),
        "settings": dict(meeting.settings),
    }
    if meeting.recurrence is not None:
        plan["occurrences"] = [shown_occurrence(one) for one in meeting.occurrences]
    return plan


def updated(meeting: Meeting, before: JsonObject, at: datetime) -> Event:
    """Holds only what changed, as it is and as it was; of the dates, those that changed."""
    after = comparable(meeting)
    payload: JsonObject = {
        "object": {"id": meeting.id, "uuid": meeting.uuid, "host_id": meeting.host.id}
        | _changed(after, before),
        "old_object": {"id": meeting.id} | _changed(before, after),
        "time_stamp": int(at.timestamp() * 1000),
    }
    return _by_host("meeting.updated", meeting, payload)


def deleted(meeting: Meeting, operation: str, dates: Sequence[Occurrence]) -> Event:
    """`operation`: "single" for a meeting or one date, "all" for a whole series."""
    plan = _plan(meeting)
    if dates:
        plan["occurrences"] = [
            {"occurrence_id": one.occurrence_id, "start_time": stamp(one.start_at)} for one in dates
        ]
    return _by_host("meeting.deleted", meeting, {"operation": operation, "object": plan})


def deauthorized(user: ZoomUser, client_id: str, signature: str, at: datetime) -> JsonObject:
    """The whole body: this event has a shape of its own."""
    return {
        "event": "app_deauthorized",
        "payload": {
            "account_id": user.account_id,
            "user_id": user.id,
            "signature": signature,
            "deauthorization_time": at.strftime("%Y-%m-%dT%H:%M:%S.")
            + f"{at.microsecond // 1000:03d}Z",
            "client_id": client_id,
            "event_ts": at.strftime("%Y-%m-%d %H:%M:%S"),
        },
    }


def _changed(plan: JsonObject, other: JsonObject) -> JsonObject:
    """What of a plan is not so in the other."""
    found: JsonObject = {}
    for name, value in plan.items():
        rest = other[name]
        if isinstance(value, list) and isinstance(rest, list) and value != rest:
            found[name] = [one for one in value if one not in rest]
        elif value != rest:
            found[name] = value
    return found


def _held(instance: Instance) -> JsonObject:
    """The object of started and ended."""
    return _session(instance) | {"host_email": instance.meeting.host.email}


def _session(instance: Instance) -> JsonObject:
    meeting = instance.meeting
    return {
        "duration": meeting.duration_min,  # as planned, not as held
        "start_time": stamp(instance.started_at),
        "timezone": meeting.timezone,
        "topic": meeting.topic,
        "id": str(meeting.id),
        "type": meeting.type,
        "uuid": instance.uuid,
        "host_id": meeting.host.id,
    }


def _person(connection: Connection) -> JsonObject:
    """A participant; a guest has empty text for all that would identify them."""
    zoom_id = connection.user.id if connection.user else ""
    person: JsonObject = {
        "user_id": connection.user_id,
        "user_name": connection.name,
        "participant_user_id": zoom_id,
        "id": zoom_id,
        "email": connection.email,
        "participant_uuid": connection.participant_uuid,
    }
    if connection.instance.meeting.host.paid:
        person["customer_key"] = connection.customer_key
    return person


def _about(kind: str, connection: Connection, participant: JsonObject) -> Event:
    return Event(
        f"meeting.{kind}",
        {"object": {"participant": participant} | _session(connection.instance)},
        "meeting:read:participant",
    )


def _before_host(kind: str, knock: Knock, of_person: JsonObject, meeting_id: str | int) -> Event:
    """Pro and higher plans only. Its number is text in the one event, and a number in the other."""
    meeting = knock.meeting
    person: JsonObject = {
        "id": knock.user.id if knock.user else "",
        "user_name": knock.name,
        "customer_key": knock.customer_key,
    }
    plan = _plan(meeting) | {"id": meeting_id, "participant": person | of_person}
    return Event(f"meeting.{kind}", {"object": plan}, "meeting:read:participant", paid_only=True)


def _waiting(connection: Connection, at: datetime) -> JsonObject:
    return _person(connection) | {
        "registrant_id": connection.registrant_id,
        "date_time": stamp(at),
    }


def _in_breakout(kind: str, connection: Connection, place: Breakout, when: JsonObject) -> Event:
    participant = (
        _person(connection)
        | when
        | {
            "user_id": place.user_id,
            "parent_user_id": connection.user_id,
            "registrant_id": connection.registrant_id,
        }
    )
    session = _session(connection.instance) | {"breakout_room_uuid": place.room_uuid}
    payload: JsonObject = {"object": session | {"participant": participant}}
    return Event(f"meeting.{kind}", payload, "meeting:read:participant")


def _plan(meeting: Meeting) -> JsonObject:
    """The object of created and deleted."""
    return {
        "uuid": meeting.uuid,
        "id": meeting.id,
        "host_id": meeting.host.id,
        "topic": meeting.topic,
        "type": meeting.type,
        "start_time": stamp(meeting.start_at),
        "duration": meeting.duration_min,
        "timezone": meeting.timezone,
    }


def _by_host(name: str, meeting: Meeting, payload: JsonObject) -> Event:
    host: JsonObject = {"operator": meeting.host.email, "operator_id": meeting.host.id}
    return Event(name, host | payload, paid_only=True)
