"""What Zoom reports about a meeting, as attendance is folded from it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Place(StrEnum):
    """Where in the meeting a connection is. A waiting room is not in the meeting."""

    MAIN = "main"
    BREAKOUT = "breakout"


@dataclass(frozen=True, slots=True)
class Participant:
    """One connection, as an event names it; what the event left out is empty."""

    display_name: str = ""
    user_id: str = ""  # of this connection: a rejoin gets a new one
    participant_uuid: str = ""
    zoom_user_id: str = ""  # the event's participant.id
    registrant_id: str = ""
    email: str = ""
    place: Place = Place.MAIN


@dataclass(frozen=True, slots=True)
class Started:
    """A meeting instance began."""

    meeting_uuid: str
    at: datetime
    reconciled: bool = False  # asked of Zoom afterwards, not reported by an event


@dataclass(frozen=True, slots=True)
class Ended:
    """A meeting instance ended; `instance_started_at` is when Zoom says that it began."""

    meeting_uuid: str
    at: datetime
    instance_started_at: datetime | None = None
    reconciled: bool = False


@dataclass(frozen=True, slots=True)
class Joined:
    """A connection came into the meeting, or into one of its breakout rooms."""

    meeting_uuid: str
    at: datetime
    participant: Participant
    instance_started_at: datetime | None = None
    reconciled: bool = False


@dataclass(frozen=True, slots=True)
class Left:
    """A connection left the meeting, or one of its breakout rooms."""

    meeting_uuid: str
    at: datetime
    participant: Participant
    instance_started_at: datetime | None = None
    reconciled: bool = False


Fact = Started | Ended | Joined | Left
