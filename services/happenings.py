"""What a Zoom event says about a lesson, in the school's own words."""

from dataclasses import dataclass
from datetime import datetime

from school import facts, waiting
from school.facts import Fact, Place
from school.waiting import WaitingFact
from zoom.webhooks import (
    Event,
    MeetingEnded,
    MeetingStarted,
    Participant,
    ParticipantJoined,
    ParticipantJoinedBreakout,
    ParticipantLeft,
    ParticipantLeftBreakout,
    ParticipantWaits,
    ParticipantWaitsNoMore,
)


@dataclass(frozen=True, slots=True)
class Happening:
    """A fact about one meeting instance; `near` is the best-known time of its start."""

    meeting_uuid: str
    meeting_id: int
    host_id: str
    near: datetime
    fact: Fact


def happening_of(event: Event) -> Happening | None:
    """None for events that attendance does not follow from."""
    match event:
        case MeetingStarted():
            fact: Fact = facts.Started(event.meeting_uuid, event.started_at)
            near = event.started_at
        case MeetingEnded():
            fact = facts.Ended(event.meeting_uuid, event.ended_at, event.started_at)
            near = event.started_at or event.ended_at
        case ParticipantJoined() | ParticipantJoinedBreakout():
            fact = facts.Joined(event.meeting_uuid, event.joined_at, _who(event), event.started_at)
            near = event.started_at or event.joined_at
        case ParticipantLeft() | ParticipantLeftBreakout():
            fact = facts.Left(event.meeting_uuid, event.left_at, _who(event), event.started_at)
            near = event.started_at or event.left_at
        case _:
            return None
    return Happening(event.meeting_uuid, event.meeting_id, event.host_id, near, fact)


def waiting_of(event: Event) -> WaitingFact | None:
    """None for events that are not about somebody at the door.

    Which instance they wait for is not said: before the host comes, there is none.
    """
    match event:
        case ParticipantWaits():
            return waiting.Waits(event.at, _participant(event.participant), event.before_host)
        case ParticipantWaitsNoMore():
            return waiting.WaitsNoMore(event.at, _participant(event.participant), event.before_host)
        case _:
            return None


def _who(
    event: ParticipantJoined
    | ParticipantJoinedBreakout
    | ParticipantLeft
    | ParticipantLeftBreakout,
) -> facts.Participant:
    in_breakout = isinstance(event, ParticipantJoinedBreakout | ParticipantLeftBreakout)
    return _participant(event.participant, Place.BREAKOUT if in_breakout else Place.MAIN)


def _participant(person: Participant, place: Place = Place.MAIN) -> facts.Participant:
    return facts.Participant(
        display_name=person.name,
        user_id=person.connection_id,
        participant_uuid=person.participant_uuid,
        zoom_user_id=person.zoom_user_id,
        registrant_id=person.registrant_id,
        email=person.email,
        place=place,
    )
