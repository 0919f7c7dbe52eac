"""What Zoom says of a meeting instance when it is asked afterwards, as facts.

It stands in place of the instance's events, not beside them: a leave that no event reported would
stretch a stay to the instance's end, and the answer could only add to that, never take away.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from school.facts import Ended, Fact, Joined, Left, Participant, Started
from school.intervals import Span


@dataclass(frozen=True, slots=True)
class AnsweredStay:
    """One line of the answer: a connection, from coming to going."""

    who: Participant
    joined_at: datetime
    left_at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """One time a meeting was held and is over, as Zoom tells it; waiting rooms left out."""

    meeting_uuid: str
    host_id: str
    started_at: datetime
    ended_at: datetime
    stays: tuple[AnsweredStay, ...]

    def facts(self) -> Iterator[Fact]:
        """All that happened in it."""
        uuid, started_at = self.meeting_uuid, self.started_at
        yield Started(uuid, started_at, reconciled=True)
        yield Ended(uuid, self.ended_at, started_at, reconciled=True)
        for number, of_one in enumerate(_by_connection(self.stays)):
            who = of_one[-1].who
            for joined_at, left_at in _apart((one.joined_at, one.left_at) for one in of_one):
                named = who if who.user_id else _numbered(who, number)
                yield Joined(uuid, joined_at, named, started_at, reconciled=True)
                yield Left(uuid, left_at, named, started_at, reconciled=True)


def standing_in(facts: Iterable[Fact], answers: Iterable[Answer]) -> list[Fact]:
    """What is known: the answers, and the events of those instances that have none."""
    known = list(answers)
    answered = {answer.meeting_uuid for answer in known}
    kept = [fact for fact in facts if fact.meeting_uuid not in answered]
    return [*kept, *(fact for answer in known for fact in answer.facts())]


def _by_connection(stays: Sequence[AnsweredStay]) -> Iterator[Sequence[AnsweredStay]]:
    """Lines of one connection together, by time; without its number a line is one by itself."""
    of_number = defaultdict[str, list[AnsweredStay]](list)
    for number, one in enumerate(sorted(stays, key=_by_time)):
        of_number[one.who.user_id or f"line {number}"].append(one)
    yield from of_number.values()


def _by_time(stay: AnsweredStay) -> tuple[datetime, datetime, str, str]:
    return stay.joined_at, stay.left_at, stay.who.user_id, stay.who.display_name


def _apart(spans: Iterable[Span]) -> Iterator[Span]:
    """In order; those that overlap as one: a breakout room may be listed beside the main room."""
    current: Span | None = None
    for begin, end in spans:
        if current is not None and begin < current[1]:
            current = current[0], max(current[1], end)
            continue
        if current is not None:
            yield current
        current = begin, end
    if current is not None:
        yield current


def _numbered(who: Participant, number: int) -> Participant:
    """Zoom left its number out: one of ours, so that its coming and going are a pair."""
    return Participant(
        display_name=who.display_name,
        user_id=f"line {number}",
        zoom_user_id=who.zoom_user_id,
        registrant_id=who.registrant_id,
        email=who.email,
    )
