"""What the stand-in remembers: Zoom users, their meetings, and what happened in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Gives the present as an aware UTC time."""

JsonObject = dict[str, object]

BASIC = 1
LICENSED = 2
SCHEDULED = 2
RECURRING = 8

ALL_SCOPES = frozenset(
    {
        "meeting:write:meeting",
        "meeting:update:meeting",
        "meeting:delete:meeting",
        "meeting:update:status",
        "meeting:read:meeting",
        "meeting:read:list_meetings",
        "meeting:read:participant",
        "meeting:read:past_meeting",
        "meeting:read:list_past_participants",
        "meeting:read:list_past_instances",
        "meeting:write:registrant",
        "user:read:user",
    },
)


@dataclass(slots=True)
class ZoomUser:
    """A person with a Zoom account of their own."""

    id: str
    account_id: str
    email: str
    name: str
    plan: int
    timezone: str
    scopes: frozenset[str]  # what the app gets when this person presses Allow
    host_events: bool  # whether Zoom reports this host's own joining and leaving
    created_at: datetime
    may_host: bool = True
    granted: frozenset[str] | None = None  # None: has not added the app, so no events are sent
    removed: bool = False

    @property
    def paid(self) -> bool:
        return self.plan != BASIC


@dataclass(slots=True)
class Occurrence:
    """One planned date of a recurring meeting."""

    occurrence_id: str
    start_at: datetime
    duration_min: int
    deleted: bool = False

    @property
    def end_at(self) -> datetime:
        return self.start_at + timedelta(minutes=self.duration_min)


@dataclass(slots=True)
class Connection:
    """One device of one participant, from joining to leaving."""

    user_id: str
    participant_uuid: str
    instance: Instance
    name: str
    customer_key: str
    user: ZoomUser | None = None  # signed in to Zoom
    registrant_id: str = ""
    email: str = ""
    waiting_since: datetime | None = None
    joined_at: datetime | None = None
    left_at: datetime | None = None
    breakout: Breakout | None = None

    @property
    def is_host(self) -> bool:
        return self.user is not None and self.user is self.instance.meeting.host

    @property
    def present(self) -> bool:
        return self.joined_at is not None and self.left_at is None

    @property
    def waiting(self) -> bool:
        return self.waiting_since is not None and self.joined_at is None and self.left_at is None


@dataclass(frozen=True, slots=True)
class Breakout:
    """A participant's place in a breakout room; there they have another user_id."""

    room_uuid: str
    user_id: str
    reported_as_left: bool  # whether the main room was said to be left


@dataclass(slots=True)
class Instance:
    """One time a meeting was held."""

    uuid: str
    meeting: Meeting
    started_at: datetime
    ended_at: datetime | None = None
    connections: list[Connection] = field(default_factory=list)


@dataclass(slots=True)
class Knock:
    """Somebody who came before the host, and may not join yet."""

    id: str
    meeting: Meeting
    name: str
    customer_key: str
    user: ZoomUser | None = None  # signed in to Zoom
    connection: Connection | None = None  # once the host came


@dataclass(slots=True)
class Meeting:
    """A planned meeting; a recurring one has occurrences."""

    id: int
    uuid: str
    host: ZoomUser
    topic: str
    type: int
    start_at: datetime
    duration_min: int
    timezone: str
    agenda: str
    password: str
    settings: JsonObject
    created_at: datetime
    recurrence: JsonObject | None = None
    occurrences: list[Occurrence] = field(default_factory=list)
    instances: list[Instance] = field(default_factory=list)
    knocks: list[Knock] = field(default_factory=list)  # of those who wait for the host

    @property
    def live(self) -> Instance | None:
        """The instance that is running now."""
        if self.instances and self.instances[-1].ended_at is None:
            return self.instances[-1]
        return None

    @property
    def end_at(self) -> datetime:
        return self.start_at + timedelta(minutes=self.duration_min)

    def occurrence(self, occurrence_id: str) -> Occurrence | None:
        for occurrence in self.occurrences:
            if occurrence.occurrence_id == occurrence_id and not occurrence.deleted:
                return occurrence
        return None


def stamp(moment: datetime) -> str:
    """The time as Zoom writes it: UTC, whole seconds, with Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
