"""Which of Zoom's events are handled, how each is read, and why the others are ignored.

Shapes: https://developers.zoom.us/docs/api/meetings/events/ . Real events differ from that page
here and there; what is read here fits both. Addresses, phone numbers and reasons for leaving are
in them too, and go no further than this module.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from zoom import reading
from zoom.errors import Malformed
from zoom.events import (
    AppDeauthorized,
    Event,
    Ignored,
    MeetingDeleted,
    MeetingEnded,
    MeetingStarted,
    MeetingUpdated,
    Participant,
    ParticipantJoined,
    ParticipantJoinedBreakout,
    ParticipantLeft,
    ParticipantLeftBreakout,
    ParticipantWaits,
    ParticipantWaitsNoMore,
    Unknown,
    UrlValidation,
)
from zoom.reading import JsonObject

_FREE_LIMIT = "exceeded free meeting minutes limit"
_LONGEST_PLAIN_TOKEN = 128


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


def _waits_before_host(said: JsonObject) -> ParticipantWaits:
    return ParticipantWaits(*_about_waiting(said, before_host=True))


def _waits_no_more_before_host(said: JsonObject) -> ParticipantWaitsNoMore:
    return ParticipantWaitsNoMore(*_about_waiting(said, before_host=True))


def _waits_in_room(said: JsonObject) -> ParticipantWaits:
    return ParticipantWaits(*_about_waiting(said, before_host=False))


def _waits_no_more_in_room(said: JsonObject) -> ParticipantWaitsNoMore:
    return ParticipantWaitsNoMore(*_about_waiting(said, before_host=False))


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


def _about_waiting(
    said: JsonObject, *, before_host: bool
) -> tuple[int, str, str, datetime, str, datetime | None, Participant, datetime, bool]:
    payload, meeting = _payload_and_object(said)
    of_meeting = _of_meeting(said, payload, meeting)
    person = reading.nested(meeting, "participant")
    return (
        *of_meeting,
        reading.optional_text(meeting, "uuid"),
        # Before the host, what is there is the time that was planned.
        None if before_host else reading.optional_moment(meeting, "start_time"),
        _participant(person),
        reading.optional_moment(person, "date_time") or of_meeting[3],
        before_host,
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
    # Read loosely: an event is not to be lost for the wording of a reason.
    return _FREE_LIMIT in str(person.get("leave_reason")).lower()


HANDLED: Final[Mapping[str, Callable[[JsonObject], Event]]] = MappingProxyType(
    {
        "meeting.started": _meeting_started,
        "meeting.ended": _meeting_ended,
        "meeting.participant_joined": _joined,
        "meeting.participant_left": _left,
        "meeting.participant_joined_breakout_room": _joined_breakout,
        "meeting.participant_left_breakout_room": _left_breakout,
        "meeting.participant_jbh_waiting": _waits_before_host,
        "meeting.participant_jbh_waiting_left": _waits_no_more_before_host,
        "meeting.participant_joined_waiting_room": _waits_in_room,
        "meeting.participant_left_waiting_room": _waits_no_more_in_room,
        "meeting.updated": _meeting_updated,
        "meeting.deleted": _meeting_deleted,
        "app_deauthorized": _app_deauthorized,
        "endpoint.url_validation": _url_validation,
    }
)
"""Each event that is handled, and what reads it."""

IGNORED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "meeting.created": "whoever creates a meeting through the API has its answer",
        "meeting.permanently_deleted": "deleting it was reported before",
        "meeting.recovered": "the class that it was for has been called off",
        "meeting.registration_created": "nobody registers",
        "meeting.participant_jbh_joined": "who comes before the host also joins",
        "meeting.participant_put_in_waiting_room": "the host put them there and knows; it is "
        "also reported as a leave",
        "meeting.participant_admitted": "who is let in also leaves the waiting room, and joins",
        "meeting.participant_bind": "a phone joined to a device: both are reported by themselves",
        "meeting.participant_role_changed": "the host is known by id",
    }
)
"""Each event that Zoom may send and nothing is done with, and why."""
