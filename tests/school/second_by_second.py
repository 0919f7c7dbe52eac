"""Attendance the slow way: for every second, who was there. Written from the rules alone.

Times are whole seconds after an arbitrary beginning; a second is named by its first instant.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import UTC, datetime

from school.attendance import Ended, Fact, Joined, Left, Participant, Started
from school.model import Planned

BEGINNING = datetime(2026, 11, 24, 18, tzinfo=UTC)
TWO_HOURS = 7_200


@dataclass(frozen=True)
class Someone:
    is_teacher: bool
    total: int
    together: int
    late_by: int


@dataclass(frozen=True)
class Attendance:
    """All lengths in seconds."""

    actual: int
    teacher_present: int
    teacher_late_by: int
    students_present: int
    taught: int
    here_now: int
    has_ended: bool
    people: tuple[Someone, ...]


def second_of(at: datetime) -> int:
    return round((at - BEGINNING).total_seconds())


def attendance(
    facts: Sequence[Fact],
    host_id: str,
    planned: Planned,
    as_of: int,
    *,
    host_is_reported: bool,
    is_over: bool,
) -> Attendance:
    uuids = {fact.meeting_uuid for fact in facts}
    began = {uuid: _start(facts, uuid) for uuid in uuids}
    running: set[int] = set()
    over: dict[str, bool] = {}
    until: dict[str, int] = {}
    for uuid in uuids:
        own = [fact for fact in facts if fact.meeting_uuid == uuid]
        over[uuid], until[uuid] = _end(own, began, planned, as_of, is_over=is_over)
        running |= set(range(began[uuid], until[uuid]))

    teacher: set[int] = set()
    students: list[set[int]] = []
    here = 0
    hosts_seen = False
    for person in _people(facts, host_id):
        seconds: set[int] = set()
        is_connected = False
        for uuid, is_one_device, moves in person:
            inside, still = _inside(moves, is_one_device, began[uuid], until[uuid])
            seconds |= inside
            is_connected |= still and not over[uuid]
        if any(m.participant.zoom_user_id == host_id for _, _, moves in person for m in moves):
            hosts_seen = True
            teacher |= seconds
        else:
            students.append(seconds)
            here += is_connected
    is_assumed = not hosts_seen and not host_is_reported
    if is_assumed:
        teacher = set(running)
    anyone: set[int] = set().union(*students)
    planned_start = second_of(planned.starts_at)
    on_from = _first_from(running, planned_start, otherwise=planned_start)
    found = [
        Someone(
            is_teacher=False,
            total=len(s),
            together=len(s & teacher),
            late_by=_first_from(s, on_from, otherwise=on_from) - on_from,
        )
        for s in students
    ]
    came_at = _first_from(teacher, planned_start, otherwise=planned_start)
    if uuids and (hosts_seen or is_assumed):
        found.append(
            Someone(
                is_teacher=True,
                total=len(teacher),
                together=len(teacher & anyone),
                late_by=came_at - planned_start,
            )
        )
    return Attendance(
        actual=len(running),
        teacher_present=len(teacher),
        teacher_late_by=came_at - planned_start,
        students_present=len(anyone),
        taught=len(teacher & anyone),
        here_now=here,
        has_ended=bool(uuids) and all(over.values()),
        people=tuple(sorted(found, key=astuple)),
    )


def _first_from(seconds: set[int], since: int, *, otherwise: int) -> int:
    return min((one for one in seconds if one >= since), default=otherwise)


def _start(facts: Sequence[Fact], uuid: str) -> int:
    own = [fact for fact in facts if fact.meeting_uuid == uuid]
    for times in (
        [fact.at for fact in own if isinstance(fact, Started)],
        [
            fact.instance_started_at
            for fact in own
            if not isinstance(fact, Started) and fact.instance_started_at
        ],
        [fact.at for fact in own],
    ):
        if times:
            return second_of(min(times))
    raise AssertionError(uuid)


def _end(
    own: Sequence[Fact], began: dict[str, int], planned: Planned, as_of: int, *, is_over: bool
) -> tuple[bool, int]:
    """Whether the instance has ended, and then when; else how far it is known to run."""
    start = began[own[0].meeting_uuid]
    ends = [second_of(fact.at) for fact in own if isinstance(fact, Ended)]
    if ends:
        return True, max(start, *ends)
    last = max(start, *(second_of(fact.at) for fact in own))
    latest = max(last, _planned_end(planned, start))
    following = [other for other in began.values() if other > start]
    if following:
        return True, min(*following, latest)
    present = max(as_of, last)
    if is_over or present - latest > TWO_HOURS:
        return True, min(present, latest)
    return False, present


def _planned_end(planned: Planned, start: int) -> int:
    length = round(planned.length.total_seconds())
    planned_start = second_of(planned.starts_at)
    return (start if planned_start - start > TWO_HOURS else planned_start) + length


_Connection = tuple[str, bool, list[Joined | Left]]


def _people(facts: Sequence[Fact], host_id: str) -> list[list[_Connection]]:
    connections: dict[object, _Connection] = {}
    for fact in facts:
        if isinstance(fact, Joined | Left):
            who = fact.participant
            paired_by: object = (
                ("user", who.user_id)
                if who.user_id
                else ("uuid", who.participant_uuid)
                if who.participant_uuid
                else ("who", frozenset(_strong(who, host_id)), _comparable(who.display_name))
            )
            key = (fact.meeting_uuid, who.place, paired_by)
            connections.setdefault(key, (fact.meeting_uuid, bool(who.user_id), []))[2].append(fact)

    groups = [[connection] for connection in connections.values()]
    while True:  # whoever shares a strong key is one, until nobody does any more
        pair = next(
            (
                (one, other)
                for one in groups
                for other in groups
                if one is not other and _keys(one, host_id) & _keys(other, host_id)
            ),
            None,
        )
        if pair is None:
            break
        pair[0].extend(pair[1])
        groups = [group for group in groups if group is not pair[1]]

    known = [group for group in groups if _keys(group, host_id)]
    people = list(known)
    bearers = {
        name: [group for group in known if name in {_name(one) for one in group}]
        for name in {_name(one) for group in groups for one in group}
    }
    strangers: dict[str, list[_Connection]] = {}
    for (guest,) in [group for group in groups if not _keys(group, host_id)]:
        name = _name(guest)
        if not name:
            people.append([guest])
        elif len(bearers[name]) == 1:
            bearers[name][0].append(guest)
        else:
            strangers.setdefault(name, []).append(guest)
    return people + list(strangers.values())


def _strong(who: Participant, host_id: str) -> set[str]:
    keys = {f"r {who.registrant_id}", f"e {who.email.lower()}", f"z {who.zoom_user_id}"}
    assert host_id
    return {key for key in keys if len(key) > 2}


def _keys(group: Sequence[_Connection], host_id: str) -> set[str]:
    return {key for _, _, moves in group for m in moves for key in _strong(m.participant, host_id)}


def _name(connection: _Connection) -> str:
    """The last name that the connection was seen under."""
    named = [m for m in connection[2] if m.participant.display_name]
    if not named:
        return ""
    latest = max(m.at for m in named)
    return _comparable(max(m.participant.display_name for m in named if m.at == latest))


def _comparable(name: str) -> str:
    return name.strip().lower()


def _inside(
    moves: Sequence[Joined | Left], is_one_device: bool, start: int, end: int
) -> tuple[set[int], bool]:
    """The seconds of [start, end) inside, and whether someone is still inside at the end."""
    joins = {second_of(move.at) for move in moves if isinstance(move, Joined)}
    leaves = {second_of(move.at) for move in moves if isinstance(move, Left)}
    everything = range(min([start, *joins, *leaves]), max([end, *joins, *leaves]) + 1)
    inside: set[int] = set()
    devices = 0
    unexplained_since = start
    for second in everything:
        comes, goes = second in joins, second in leaves
        if goes and devices:
            devices -= 1
            goes = False
            unexplained_since = second
        if comes:
            devices = 1 if is_one_device else devices + 1
        if goes and devices:
            devices -= 1
            unexplained_since = second
        elif goes:
            inside |= set(range(unexplained_since, second))
            unexplained_since = second
        if devices:
            inside.add(second)
    return {second for second in inside if start <= second < end}, devices > 0
