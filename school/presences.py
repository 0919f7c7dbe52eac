"""People's stays, and what they come to once set against the plan and each other."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import combinations

from school.facts import Place
from school.identity import HOST, Key, Person
from school.intervals import Cover, Span, common, first_from, length, union
from school.model import Planned
from school.roster import Comer, KnownStudent, recognised
from school.stays import Connection, Instance, Stay

_NOTHING = timedelta()


@dataclass(frozen=True, slots=True)
class Presence:
    """A person's stays within a lesson, and what they come to.

    `student_id` is who it is on the course's list, None where that is not known for certain.
    """

    name: str  # as last seen, cleaned; empty if nobody ever said it
    is_teacher: bool
    stays: tuple[Stay, ...]  # by time, at least one
    total: timedelta  # the union of the stays
    together: timedelta  # of that, with the teacher; for the teacher, with any student
    late_by: timedelta  # zero also for who was there only before they were expected
    left_early_by: timedelta  # zero until the lesson has ended
    returns: int  # how often the person went away and came back
    overlapping: bool  # several connections at once that only a name makes one person
    ambiguous: bool  # it may be several known people by the name
    inferred: bool  # some stay's join or leave was not reported
    student_id: int | None = None
    is_visitor: bool = False  # on the list as somebody who is no student
    keys: frozenset[Key] = frozenset()  # what else Zoom told them apart by
    is_namesake: bool = False  # may be the teacher on another device, by the name alone

    @property
    def is_student(self) -> bool:
        """Whether they count as one."""
        return not (self.is_teacher or self.is_visitor or self.is_namesake)

    @property
    def first_joined_at(self) -> datetime:
        return self.stays[0].joined_at

    @property
    def last_left_at(self) -> datetime:
        return max(stay.left_at for stay in self.stays)

    @property
    def is_here(self) -> bool:
        return any(stay.open for stay in self.stays)


@dataclass(frozen=True, slots=True)
class Attendee:
    """A person with their stays, before these are set against anything."""

    name: str
    is_teacher: bool
    stays: tuple[Stay, ...]  # by time
    runs: tuple[Span, ...]  # the union of the stays
    named_at: datetime  # when the name was last seen
    overlapping: bool = False
    ambiguous: bool = False
    names: frozenset[str] = frozenset()  # all of them, normalised
    keys: frozenset[Key] = frozenset()
    student_id: int | None = None
    is_visitor: bool = False
    is_namesake: bool = False

    @property
    def is_student(self) -> bool:
        """Whether anybody is taught while they are there."""
        return not (self.is_teacher or self.is_visitor or self.is_namesake)


@dataclass(frozen=True, slots=True)
class Frame:
    """What presences are measured against."""

    planned: Planned
    on_from: datetime  # the class was on; not before its planned start
    ended_at: datetime | None
    teacher: Cover  # while the teacher was there
    students: Cover  # while any student was


def attendee_of(person: Person, connections: Sequence[Connection]) -> Attendee:
    """The person with the stays of all their connections."""
    own = [connections[index] for index in person.connections]
    stays = sorted([stay for one in own for stay in one.stays])
    _, named_at, name = max((bool(one.name), one.named_at, one.name) for one in own)
    return Attendee(
        name=name,
        is_teacher=person.is_host,
        stays=tuple(stays),
        runs=tuple(union([stay.span for stay in stays])),
        overlapping=_overlap_by_name(own),
        ambiguous=person.ambiguous,
        named_at=named_at,
        names=frozenset(one.credentials.name for one in own) - {""},
        keys=frozenset(key for one in own for key in one.credentials.strong),
    )


def recognised_attendees(
    attendees: Sequence[Attendee], roster: Collection[KnownStudent]
) -> list[Attendee]:
    """Those on the course's list as such; what is certainly one student becomes one attendee."""
    if not roster:
        return list(attendees)
    comers = [Comer(one.names, one.keys, one.ambiguous) for one in attendees]
    of_student = defaultdict[int, list[Attendee]](list)
    others: list[Attendee] = []
    for attendee, found in zip(attendees, recognised(comers, roster), strict=True):
        if found.student is None:
            others.append(replace(attendee, ambiguous=attendee.ambiguous or found.doubtful))
            continue
        student = found.student
        known = replace(attendee, student_id=student.student_id, is_visitor=not student.is_student)
        of_student[student.student_id].append(known)
    return [*map(_as_one, of_student.values()), *others]


def _as_one(attendees: Sequence[Attendee]) -> Attendee:
    """Somebody who was known by several names or marks; time on two devices counts once."""
    if len(attendees) == 1:
        return attendees[0]
    latest = max(attendees, key=lambda one: (bool(one.name), one.named_at, one.name))
    stays = sorted(stay for one in attendees for stay in one.stays)
    return replace(
        latest,
        stays=tuple(stays),
        runs=tuple(union(stay.span for stay in stays)),
        overlapping=any(one.overlapping for one in attendees) or _overlap(attendees),
        ambiguous=any(one.ambiguous for one in attendees),
        names=frozenset[str]().union(*(one.names for one in attendees)),
        keys=frozenset[Key]().union(*(one.keys for one in attendees)),
    )


def _overlap(attendees: Sequence[Attendee]) -> bool:
    """Whether two of them were in the same place at the same time."""
    return any(
        common(_runs_in(place, one), _runs_in(place, other))
        for place in Place
        for one, other in combinations(attendees, 2)
    )


def _runs_in(place: Place, attendee: Attendee) -> list[Span]:
    return union(stay.span for stay in attendee.stays if stay.place is place)


def namesakes_apart(attendees: Iterable[Attendee], own_names: AbstractSet[str]) -> list[Attendee]:
    """Guests of whom nothing is known but one of the teacher's own names, marked as such.

    Where Zoom tells nothing of the host, a second device of theirs would be a guest like that.
    """
    return [
        replace(one, is_namesake=True)
        if one.names and one.names <= own_names and not one.keys and one.student_id is None
        else one
        for one in attendees
    ]


def unreported_host(instances: Sequence[Instance], name: str) -> Attendee:
    """The teacher where Zoom tells nothing of the host, as on Basic plans: there throughout.

    Only where it tells nothing in the whole lesson: if it reported the host in one instance,
    then another instance without the host was held without the host.
    """
    stays = tuple(
        Stay(
            joined_at=instance.started_at,
            left_at=instance.until,
            inferred_join=True,
            inferred_leave=instance.ended_at is not None,
            open=instance.ended_at is None,
            meeting_uuid=instance.meeting_uuid,
        )
        for instance in instances
    )
    runs = tuple(union(stay.span for stay in stays))
    began_at = instances[0].started_at
    return Attendee(name=name, is_teacher=True, stays=stays, runs=runs, named_at=began_at)


def presence_of(attendee: Attendee, frame: Frame) -> Presence:
    """What an attendee's stays come to.

    A teacher is late and early by the plan. A student cannot come before the class begins nor
    stay after it ends, so for students the class's own times count where they are narrower.
    """
    expected_from, expected_until = frame.planned.starts_at, frame.planned.ends_at
    others = frame.students
    if not attendee.is_teacher:
        expected_from = frame.on_from
        expected_until = min(expected_until, frame.ended_at or expected_until)
        others = Cover([]) if attendee.is_namesake else frame.teacher
    left_at = max(stay.left_at for stay in attendee.stays)
    early_by = expected_until - left_at if frame.ended_at else _NOTHING
    return Presence(
        name=attendee.name,
        is_teacher=attendee.is_teacher,
        stays=attendee.stays,
        total=length(attendee.runs),
        together=others.within(attendee.runs),
        late_by=late_by(attendee.runs, expected_from),
        left_early_by=max(early_by, _NOTHING),
        returns=_returns(attendee.stays),
        overlapping=attendee.overlapping,
        ambiguous=attendee.ambiguous,
        inferred=any(stay.inferred_join or stay.inferred_leave for stay in attendee.stays),
        student_id=attendee.student_id,
        is_visitor=attendee.is_visitor,
        keys=attendee.keys - {HOST},
        is_namesake=attendee.is_namesake,
    )


def late_by(runs: Sequence[Span], expected_from: datetime) -> timedelta:
    """How long after they were expected somebody was there; `runs` is the union of their stays.

    A look at the link long before does not make anybody be on time. Who was there only before, as
    where a class was held earlier than planned, was not late.
    """
    came_at = first_from(runs, expected_from)
    return _NOTHING if came_at is None else came_at - expected_from


def _overlap_by_name(connections: Sequence[Connection]) -> bool:
    """Whether connections overlap that nothing but a name makes one person's.

    Someone in a breakout room may be counted in the main room too: that is no overlap.
    """
    if all(connection.credentials.strong for connection in connections):
        return False
    if len(connections) == 1 and len(connections[0].stays) == 1:
        return False
    guests, known = defaultdict[Place, list[Span]](list), defaultdict[Place, list[Span]](list)
    for connection in connections:
        spans = known if connection.credentials.strong else guests
        for stay in connection.stays:
            spans[stay.place].append(stay.span)
    return any(
        length(spans) > length(covered) or common(covered, union(known[place]))
        for place, spans in guests.items()
        for covered in [union(spans)]
    )


def _returns(stays: Sequence[Stay]) -> int:
    """How often somebody left and came back to the same instance.

    Moving between the main room and a breakout room is no return, nor is joining again after
    the meeting itself was started anew.
    """
    count = 0
    latest: dict[str, Stay] = {}
    for stay in stays:
        if stay.joined_at == stay.left_at:
            continue
        before = latest.get(stay.meeting_uuid)
        if before is None or stay.left_at > before.left_at:
            latest[stay.meeting_uuid] = stay
        if before is not None and stay.joined_at > before.left_at:
            count += stay.place is before.place is Place.MAIN
    return count
