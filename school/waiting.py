"""Who stands at the door of a lesson and waits for its host: a pure function of what was reported.

Like attendance, it depends only on which facts are known, not on their order. Waiting is not
attendance, and begins nothing.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from school.facts import Ended, Fact, Joined, Participant, Started
from school.model import LessonState, Planned
from school.names import normalised_name

AWAITED_FROM = timedelta(hours=1)
"""Before the planned start: whoever comes earlier looks whether the link works, or has the day
wrong, and is no reason to ring the teacher."""


@dataclass(frozen=True, slots=True)
class _AtTheDoor:
    """`before_host`: the meeting is not open at all, so that a later join is another connection."""

    at: datetime
    participant: Participant
    before_host: bool


@dataclass(frozen=True, slots=True)
class Waits(_AtTheDoor):
    """Somebody came and cannot join yet."""


@dataclass(frozen=True, slots=True)
class WaitsNoMore(_AtTheDoor):
    """Somebody who waited was let in, or gave up."""


WaitingFact = Waits | WaitsNoMore


def is_awaited(state: LessonState, planned: Planned, now: datetime) -> bool:
    """Whether the teacher of a lesson is to come now, for the first time or again."""
    may_come = state in {LessonState.SCHEDULED, LessonState.ENDED}
    return may_come and planned.starts_at - AWAITED_FROM <= now < planned.ends_at


def come_for(planned: Planned, waiting: Iterable[WaitingFact]) -> list[WaitingFact]:
    """Those of `waiting` that are of people who came for a lesson, not long before it.

    Also where it was moved since: whoever came at the old time need not have stayed.
    """
    return [one for one in waiting if planned.starts_at - AWAITED_FROM <= one.at]


def who_waits(
    waiting: Iterable[WaitingFact], facts: Iterable[Fact], host_ids: AbstractSet[str] = frozenset()
) -> tuple[str, ...]:
    """The names of those who wait now, in the order they came.

    Who joined waits no longer, nor does anybody once the meeting was opened, its host joined, or
    it ended. What happened in the same moment as somebody came ends their wait.
    """
    reported = list(waiting)
    known = list(facts)
    opened_at = _last_opening(known, host_ids)
    leaves = [one for one in reported if isinstance(one, WaitsNoMore)]
    joins = [one for one in known if isinstance(one, Joined)]
    still = [
        one
        for one in reported
        if isinstance(one, Waits)
        and one.participant.zoom_user_id not in host_ids
        and (opened_at is None or opened_at < one.at)
        and not _has_gone(one, leaves)
        and not _has_joined(one, joins)
    ]
    return _names_in_order(still)


def _last_opening(facts: Iterable[Fact], host_ids: AbstractSet[str]) -> datetime | None:
    """When everybody's wait was over last."""
    ends = (
        one.at
        for one in facts
        if isinstance(one, Started | Ended)
        or (isinstance(one, Joined) and one.participant.zoom_user_id in host_ids)
    )
    return max(ends, default=None)


def _has_gone(wait: Waits, leaves: Iterable[WaitsNoMore]) -> bool:
    return any(
        one.at >= wait.at
        and _is_one_person(
            wait.participant,
            one.participant,
            by_connection=wait.before_host == one.before_host,
        )
        for one in leaves
    )


def _has_joined(wait: Waits, joins: Iterable[Joined]) -> bool:
    return any(
        one.at >= wait.at
        and _is_one_person(wait.participant, one.participant, by_connection=not wait.before_host)
        for one in joins
    )


def _is_one_person(one: Participant, other: Participant, *, by_connection: bool) -> bool:
    """By the first of connection, Zoom id and name that is known of both."""
    if by_connection and one.user_id and other.user_id:
        return one.user_id == other.user_id
    if one.zoom_user_id and other.zoom_user_id:
        return one.zoom_user_id == other.zoom_user_id
    return normalised_name(one.display_name) == normalised_name(other.display_name)


def _names_in_order(waits: Sequence[Waits]) -> tuple[str, ...]:
    """Each person once, as they were called when they came; who has no name is left out."""
    came: dict[tuple[str, str], Waits] = {}
    for one in sorted(waits, key=lambda wait: (wait.at, wait.participant.display_name)):
        if normalised_name(one.participant.display_name):
            came.setdefault(_key(one.participant), one)
    ordered = sorted(came.items(), key=lambda item: (item[1].at, item[0]))
    return tuple(one.participant.display_name for _, one in ordered)


def _key(person: Participant) -> tuple[str, str]:
    if person.user_id:
        return "connection", person.user_id
    if person.zoom_user_id:
        return "zoom", person.zoom_user_id
    return "name", normalised_name(person.display_name)
