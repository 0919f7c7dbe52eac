"""What Zoom's webhooks tell: a type for each event that is handled, and a reason for each other.

Shapes: https://developers.zoom.us/docs/api/meetings/events/ . Real events differ from that page
here and there; what is read here fits both. Addresses, phone numbers and reasons for leaving are
in them too, and go no further than this module.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final

from zoom import reading
from zoom.errors import Malformed
from zoom.reading import JsonObject

_FREE_LIMIT = "exceeded free meeting minutes limit"
_LONGEST_PLAIN_TOKEN = 128


@dataclass(frozen=True, slots=True)
class _OfMeeting:
    """What all events of a meeting have. `reported_at` is when Zoom wrote the event."""

    meeting_id: int
    host_id: str
    account_id: str
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class _OfInstance(_OfMeeting):
    """One time that a meeting is held; `started_at` is when that began."""

    meeting_uuid: str
    started_at: datetime | None


@dataclass(frozen=True, slots=True)
class MeetingStarted(_OfMeeting):
    """Somebody opened the meeting."""

    meeting_uuid: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class MeetingEnded(_OfInstance):
    """The last one left, or the host ended it.

    Where Zoom leaves the end out, `ended_at` is when it wrote the event, and
    `end_is_reported` is False.
    """

    ended_at: datetime
    end_is_reported: bool


@dataclass(frozen=True, slots=True)
class Participant:
    """One connection. Guests have no more than a name; what Zoom leaves out is empty.

    `connection_id` is Zoom's `user_id`, which lasts from a join to its leave, as does
    `participant_uuid` at least. `zoom_user_id` is the person's own; the host's is `host_id`.
    """

    connection_id: str
    participant_uuid: str
    name: str = field(repr=False)
    zoom_user_id: str = ""
    registrant_id: str = ""
    email: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ParticipantJoined(_OfInstance):
    """A connection came in, past the waiting room."""

    participant: Participant
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class ParticipantLeft(_OfInstance):
    """A connection went, or broke. `free_limit_reached`: a free plan's 40 minutes were over."""

    participant: Participant
    left_at: datetime
    free_limit_reached: bool


@dataclass(frozen=True, slots=True)
class ParticipantJoinedBreakout(_OfInstance):
    """A connection came into a breakout room, where it has an id of its own.

    `main_connection_id` is its id in the main room.
    """

    participant: Participant
    main_connection_id: str
    room_uuid: str
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class ParticipantLeftBreakout(_OfInstance):
    """A connection left a breakout room: back to the main room, or altogether."""

    participant: Participant
    main_connection_id: str
    room_uuid: str
    left_at: datetime
    free_limit_reached: bool


@dataclass(frozen=True, slots=True)
class MeetingUpdated(_OfMeeting):
    """A planned meeting was changed, by anybody; how it is now, the API tells."""


@dataclass(frozen=True, slots=True)
class MeetingDeleted(_OfMeeting):
    """A planned meeting was deleted: `occurrence_ids` of it, or all of it where there are none."""

    occurrence_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AppDeauthorized:
    """A user removed the app at Zoom: what is stored about their Zoom account must go."""

    zoom_user_id: str
    account_id: str
    client_id: str
    deauthorized_at: datetime | None


@dataclass(frozen=True, slots=True)
class UrlValidation:
    """Zoom asks whether the address is ours; webhooks.challenge_answer answers it."""

    plain_token: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """An event that is known and of no use here; IGNORED says why."""

    name: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """An event that is not in either list."""

    name: str


Event = (
    MeetingStarted
    | MeetingEnded
    | ParticipantJoined
    | ParticipantLeft
    | ParticipantJoinedBreakout
    | ParticipantLeftBreakout
    | MeetingUpdated
    | MeetingDeleted
    | AppDeauthorized
    | UrlValidation
    | Ignored
    | Unknown
)


def event_of(said: JsonObject) -> Event:
    """The event that a webhook's JSON is; raises Malformed."""
    name = reading.text(said, "event")
    parse = HANDLED.get(name)
    if parse is not None:
        return parse(said)
    return Ignored(name) if name in IGNORED else Unknown(name)


def _meeting_started(said: JsonObject) -> MeetingStarted:
    payload, meeting = _payload_and_object(said)
    return MeetingStarted(
        *_of_meeting(said, payload, meeting),
        meeting_uuid=reading.text(meeting, "uuid"),
        started_at=reading.moment(meeting, "start_time"),
    )


def _meeting_ended(said: JsonObject) -> MeetingEnded:
    payload, meeting = _payload_and_object(said)
    instance = _of_instance(said, payload, meeting)
    ended_at = reading.optional_moment(meeting, "end_time")
    reported_at = instance[3]
    return MeetingEnded(
        *instance, ended_at=ended_at or reported_at, end_is_reported=ended_at is not None
    )


def _joined(said: JsonObject) -> ParticipantJoined:
    payload, meeting = _payload_and_object(said)
    person = reading.nested(meeting, "participant")
    return ParticipantJoined(
        *_of_instance(said, payload, meeting),
        participant=_participant(person),
        joined_at=reading.moment(person, "join_time", "date_time"),
    )


def _left(said: JsonObject) -> ParticipantLeft:
    payload, meeting = _payload_and_object(said)
    person = reading.nested(meeting, "participant")
    return ParticipantLeft(
        *_of_instance(said, payload, meeting),
        participant=_participant(person),
        left_at=reading.moment(person, "leave_time", "date_time"),
        free_limit_reached=_free_limit_reached(person),
    )


def _joined_breakout(said: JsonObject) -> ParticipantJoinedBreakout:
    payload, meeting = _payload_and_object(said)
    person = reading.nested(meeting, "participant")
    return ParticipantJoinedBreakout(
        *_of_instance(said, payload, meeting),
        participant=_participant(person),
        main_connection_id=reading.id_text(person, "parent_user_id"),
        room_uuid=reading.optional_text(meeting, "breakout_room_uuid"),
        joined_at=reading.moment(person, "join_time", "date_time"),
    )


def _left_breakout(said: JsonObject) -> ParticipantLeftBreakout:
    payload, meeting = _payload_and_object(said)
    person = reading.nested(meeting, "participant")
    return ParticipantLeftBreakout(
        *_of_instance(said, payload, meeting),
        participant=_participant(person),
        main_connection_id=reading.id_text(person, "parent_user_id"),
        room_uuid=reading.optional_text(meeting, "breakout_room_uuid"),
        left_at=reading.moment(person, "leave_time", "date_time"),
        free_limit_reached=_free_limit_reached(person),
    )


def _meeting_updated(said: JsonObject) -> MeetingUpdated:
    return MeetingUpdated(*_of_meeting(said, *_payload_and_object(said)))


def _meeting_deleted(said: JsonObject) -> MeetingDeleted:
    payload, meeting = _payload_and_object(said)
    occurrences = reading.nested_list(meeting, "occurrences")
    everything = reading.optional_text(payload, "operation") == "all"
    return MeetingDeleted(
        *_of_meeting(said, payload, meeting),
        occurrence_ids=()
        if everything
        else tuple(reading.id_text(one, "occurrence_id") for one in occurrences),
    )


def _app_deauthorized(said: JsonObject) -> AppDeauthorized:
    payload = reading.nested(said, "payload")
    return AppDeauthorized(
        zoom_user_id=reading.text(payload, "user_id"),
        account_id=reading.optional_text(payload, "account_id"),
        client_id=reading.optional_text(payload, "client_id"),
        deauthorized_at=reading.optional_moment(payload, "deauthorization_time"),
    )


def _url_validation(said: JsonObject) -> UrlValidation:
    """Answering signs the token with the webhooks' own secret.

    A token with a colon in it could be the signed form of an event, "v0:time:body", so that the
    answer would be a signature for somebody else's event.
    """
    plain_token = reading.text(reading.nested(said, "payload"), "plainToken")
    if ":" in plain_token or len(plain_token) > _LONGEST_PLAIN_TOKEN:
        raise Malformed("plainToken: not one that is answered")
    return UrlValidation(plain_token)


def _payload_and_object(said: JsonObject) -> tuple[JsonObject, JsonObject]:
    payload = reading.nested(said, "payload")
    return payload, reading.nested(payload, "object")


def _of_meeting(
    said: JsonObject, payload: JsonObject, meeting: JsonObject
) -> tuple[int, str, str, datetime]:
    return (
        reading.number(meeting, "id"),
        reading.optional_text(meeting, "host_id"),
        reading.optional_text(payload, "account_id"),
        reading.moment_of_milliseconds(said, "event_ts"),
    )


def _of_instance(
    said: JsonObject, payload: JsonObject, meeting: JsonObject
) -> tuple[int, str, str, datetime, str, datetime | None]:
    return (
        *_of_meeting(said, payload, meeting),
        reading.text(meeting, "uuid"),
        reading.optional_moment(meeting, "start_time"),
    )


def _participant(person: JsonObject) -> Participant:
    return Participant(
        connection_id=reading.id_text(person, "user_id"),
        participant_uuid=reading.optional_text(person, "participant_uuid"),
        name=reading.optional_text(person, "user_name"),
        zoom_user_id=reading.optional_text(person, "id")
        or reading.optional_text(person, "participant_user_id"),
        registrant_id=reading.optional_text(person, "registrant_id"),
        email=reading.optional_text(person, "email"),
    )


def _free_limit_reached(person: JsonObject) -> bool:
    return _FREE_LIMIT in reading.optional_text(person, "leave_reason").lower()


HANDLED: Final[Mapping[str, Callable[[JsonObject], Event]]] = MappingProxyType(
    {
        "meeting.started": _meeting_started,
        "meeting.ended": _meeting_ended,
        "meeting.participant_joined": _joined,
        "meeting.participant_left": _left,
        "meeting.participant_joined_breakout_room": _joined_breakout,
        "meeting.participant_left_breakout_room": _left_breakout,
        "meeting.updated": _meeting_updated,
        "meeting.deleted": _meeting_deleted,
        "app_deauthorized": _app_deauthorized,
        "endpoint.url_validation": _url_validation,
    }
)
"""Each event that is handled, and what reads it."""

_WAITING = "waiting is not attendance; who is let in also joins"

IGNORED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "meeting.created": "whoever creates a meeting through the API has its answer",
        "meeting.permanently_deleted": "deleting it was reported before",
        "meeting.recovered": "the class that it was for has been called off",
        "meeting.registration_created": "nobody registers",
        "meeting.participant_jbh_waiting": _WAITING,
        "meeting.participant_jbh_waiting_left": _WAITING,
        "meeting.participant_jbh_joined": "who comes before the host also joins",
        "meeting.participant_joined_waiting_room": _WAITING,
        "meeting.participant_left_waiting_room": _WAITING,
        "meeting.participant_put_in_waiting_room": "going there is also reported as a leave",
        "meeting.participant_admitted": _WAITING,
        "meeting.participant_bind": "a phone joined to a device: both are reported by themselves",
        "meeting.participant_role_changed": "the host is known by id",
    }
)
"""Each event that Zoom may send and nothing is done with, and why."""
