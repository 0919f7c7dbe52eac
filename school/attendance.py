"""What happened in a lesson, as a pure function of the set of things Zoom reported about it.

Facts come in any order, several times, or not at all; the outcome depends only on which of them
are known. A later fact therefore just means folding anew.

facts → instances and stays (school.stays) → people (school.identity) → students on the course's
list (school.roster) → presences and lengths.
"""

from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from school.facts import Ended, Fact, Joined, Left, Participant, Place, Started
from school.identity import people
from school.intervals import Cover, Span, common, first_from, length, union
from school.model import Planned
from school.presences import (
    Attendee,
    Frame,
    Presence,
    attendee_of,
    late_by,
    namesakes_apart,
    presence_of,
    recognised_attendees,
    unreported_host,
)
from school.roster import KnownStudent
from school.stays import Horizon, Instance, Stay, connections_of, instances_of

__all__ = [
    "Ended",
    "Fact",
    "Instance",
    "Joined",
    "Left",
    "LessonAttendance",
    "MeetingState",
    "Participant",
    "Place",
    "Presence",
    "Started",
    "Stay",
    "Sureness",
    "fold",
]


class MeetingState(StrEnum):
    """Whether a lesson's meeting runs: ended when every instance of it has ended."""

    NOT_STARTED = "not_started"
    LIVE = "live"
    ENDED = "ended"


class Sureness(StrEnum):
    """How sure the figures of a lesson are."""

    COMPLETE = "complete"  # all of it was reported by events
    INFERRED = "inferred"  # something had to be filled in
    RECONCILED = "reconciled"  # what was missing, Zoom told when asked
    CORRECTED = "corrected"  # a person changed it; never the fold's own answer


@dataclass(frozen=True, slots=True)
class LessonAttendance:
    """What happened in a lesson. All lengths are exact; whoever shows or pays them rounds."""

    state: MeetingState
    instances: tuple[Instance, ...]  # by start
    presences: tuple[Presence, ...]  # the teacher first, then the longest first
    scheduled: timedelta
    actual: timedelta  # the union of the instances
    teacher_present: timedelta
    teacher_waited: timedelta  # of that, within the plan
    teacher_late_by: timedelta  # by the plan; of several accounts, the first that came counts
    students_present: timedelta  # at least one student
    taught: timedelta  # the teacher and at least one student together
    here_now: int  # students connected while live
    sureness: Sureness

    @property
    def began_at(self) -> datetime | None:
        return self.instances[0].started_at if self.instances else None

    @property
    def ended_at(self) -> datetime | None:
        """When the last instance ended; None until every one has."""
        return _end(self.instances)

    @property
    def students(self) -> tuple[Presence, ...]:
        return tuple(presence for presence in self.presences if not presence.is_teacher)

    @property
    def student_count(self) -> int:
        """Without those who are known to be no students, or may be the teacher."""
        return sum(one.is_student for one in self.presences)


def fold(
    facts: Iterable[Fact],
    *,
    host_ids: AbstractSet[str],
    planned: Planned,
    as_of: datetime | None,
    host_name: str = "",
    host_is_reported: bool = False,
    own_names: AbstractSet[str] = frozenset(),
    is_over: bool = False,
    roster: Collection[KnownStudent] = (),
) -> LessonAttendance:
    """What `facts`, all of one lesson, come to.

    `host_ids` are the Zoom user ids under which the teacher hosts. `as_of` is the present, up to
    which a running instance is counted; without it, or where it is behind Zoom's own times, the
    last thing known counts. With `is_over` nothing runs any more: more will never be known.

    A host of whom there is nothing was there throughout, under `host_name`: Zoom reports no host
    on its Basic plan. With `host_is_reported`, as on the paid plans, such a host never came.
    Beside a host who is only taken to be there, a guest of whom nothing is known but one of the
    teacher's `own_names` (normalised) may be the teacher too: with them nobody is taught, until
    they are on the roster.

    `roster` is the list of the course's students: who is known there by several names is one
    person, and with somebody known to be no student nobody is taught.
    """
    known = list(facts)
    instances = instances_of(known, Horizon(planned, as_of, is_over))
    attendees = recognised_attendees(_attendees(known, instances, host_ids), roster)
    if instances and not host_is_reported and not any(one.is_teacher for one in attendees):
        attendees = namesakes_apart(attendees, own_names)
        attendees.append(unreported_host(instances, host_name))
    teacher_runs = _runs(one for one in attendees if one.is_teacher and not one.is_visitor)
    student_runs = _runs(one for one in attendees if one.is_student)
    on = union((one.started_at, one.until) for one in instances)
    frame = Frame(
        planned,
        on_from=first_from(on, planned.starts_at) or planned.starts_at,
        ended_at=_end(instances),
        teacher=Cover(teacher_runs),
        students=Cover(student_runs),
    )
    presences = sorted(
        [presence_of(attendee, frame) for attendee in attendees], key=_teacher_then_longest
    )
    return LessonAttendance(
        state=_state(instances),
        instances=tuple(instances),
        presences=tuple(presences),
        scheduled=planned.length,
        actual=length(on),
        teacher_present=length(teacher_runs),
        teacher_waited=length(common(teacher_runs, [(planned.starts_at, planned.ends_at)])),
        teacher_late_by=late_by(teacher_runs, planned.starts_at),
        students_present=length(student_runs),
        taught=length(common(teacher_runs, student_runs)),
        here_now=sum(one.is_here for one in presences if one.is_student),
        sureness=_sureness(known, instances, presences),
    )


def _attendees(
    facts: Sequence[Fact], instances: Sequence[Instance], host_ids: AbstractSet[str]
) -> list[Attendee]:
    connections = connections_of(facts, instances, host_ids)
    return [
        attendee_of(person, connections)
        for person in people([connection.credentials for connection in connections])
    ]


def _runs(attendees: Iterable[Attendee]) -> list[Span]:
    """The time that at least one of them was there."""
    return union(run for one in attendees for run in one.runs)


def _state(instances: Sequence[Instance]) -> MeetingState:
    if not instances:
        return MeetingState.NOT_STARTED
    return MeetingState.LIVE if _end(instances) is None else MeetingState.ENDED


def _end(instances: Sequence[Instance]) -> datetime | None:
    """When the last instance ended; None if there was none, or one still runs."""
    ends = [instance.ended_at for instance in instances if instance.ended_at is not None]
    return max(ends) if ends and len(ends) == len(instances) else None


def _teacher_then_longest(presence: Presence) -> tuple[object, ...]:
    """The order of presences; two that it cannot tell apart are equal."""
    return (
        not presence.is_teacher,
        -presence.total,
        presence.name.casefold(),
        presence.name,
        presence.stays,
        presence.overlapping,
        presence.ambiguous,
        presence.student_id or 0,
        sorted(presence.keys),
    )


def _sureness(
    facts: Iterable[Fact], instances: Iterable[Instance], presences: Iterable[Presence]
) -> Sureness:
    filled_in = any(instance.inferred for instance in instances)
    if filled_in or any(presence.inferred for presence in presences):
        return Sureness.INFERRED
    if any(fact.reconciled for fact in facts):
        return Sureness.RECONCILED
    return Sureness.COMPLETE
