"""What Zoom's webhooks tell: a type for each event that is handled."""

from dataclasses import dataclass, field
from datetime import datetime


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
class _AboutWaiting(_OfMeeting):
    """Somebody at the door of a meeting; waiting is not attendance.

    `before_host`: the meeting has not begun, and they may not join before its host. Then
    `started_at` is None, and of the participant no more than a name may be known: `meeting_uuid`
    and `participant.connection_id` can be empty, and the same person's next connection, once in,
    is another. Otherwise they are in the waiting room. `at` is when it happened.
    """

    meeting_uuid: str
    started_at: datetime | None
    participant: Participant
    at: datetime
    before_host: bool


@dataclass(frozen=True, slots=True)
class ParticipantWaits(_AboutWaiting):
    """Somebody came and cannot join yet."""


@dataclass(frozen=True, slots=True)
class ParticipantWaitsNoMore(_AboutWaiting):
    """Somebody who waited was let in, or gave up."""


@dataclass(frozen=True, slots=True)
class MeetingUpdated(_OfMeeting):
    """A planned meeting or dates of it were changed, by anybody; how it is now, the API tells."""


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
    """An event that is known and of no use here; zoom.event_table.IGNORED says why."""

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
    | ParticipantWaits
    | ParticipantWaitsNoMore
    | MeetingUpdated
    | MeetingDeleted
    | AppDeauthorized
    | UrlValidation
    | Ignored
    | Unknown
)
