"""From reported facts to the instances of a meeting and the stays within them."""

from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple

from school.facts import Ended, Fact, Joined, Left, Place, Started
from school.identity import Credentials, Key, strong_keys
from school.intervals import Span, clipped
from school.model import Planned
from school.names import clean_name, comparable, normalised_name

PATIENCE = timedelta(hours=2)
"""A meeting of which nothing is heard for so long after its time is over: its end went missing."""


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far an instance whose end was not reported may go.

    `as_of` is the present, None where it does not matter; `is_over`: nothing more will be known.
    """

    planned: Planned
    as_of: datetime | None
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class Instance:
    """One time the meeting was held."""

    meeting_uuid: str
    started_at: datetime
    ended_at: datetime | None  # None: it is still running
    until: datetime  # its end, or as far as it is known to run
    inferred: bool  # its start or its end was not told by Zoom


class Stay(NamedTuple):
    """One join → leave of one connection, clipped to its instance; ordered by time.

    An open stay has not ended; its `left_at` is as far as it is known to last.
    """

    joined_at: datetime
    left_at: datetime
    inferred_join: bool
    inferred_leave: bool
    open: bool
    meeting_uuid: str
    place: Place = Place.MAIN

    @property
    def span(self) -> Span:
        return self.joined_at, self.left_at


class Connection(NamedTuple):
    """A device in one instance, in one place, with all its stays there."""

    credentials: Credentials
    name: str  # as last seen
    named_at: datetime
    stays: tuple[Stay, ...]


def instances_of(facts: Iterable[Fact], horizon: Horizon) -> list[Instance]:
    """The instances that any fact speaks of, by start.

    A start that no event reported but that one states in passing counts as told; else the first
    thing known of the instance is its start. An instance without an end was over when the next
    one began, as a meeting is held once at a time, and when nothing was heard of it long after
    its time; it is never taken to have gone on both past the plan and past what is known of it.
    """
    told = defaultdict[str, list[Fact]](list)
    for fact in facts:
        told[fact.meeting_uuid].append(fact)
    starts = {uuid: _start(of_instance) for uuid, of_instance in told.items()}
    in_order = sorted(start.at for start in starts.values())
    found = []
    for uuid, start in starts.items():
        later = bisect_right(in_order, start.at)
        following = in_order[later] if later < len(in_order) else None
        found.append(_instance(uuid, told[uuid], start, following, horizon))
    return sorted(found, key=lambda instance: (instance.started_at, instance.meeting_uuid))


@dataclass(frozen=True, slots=True)
class _Start:
    at: datetime
    was_told: bool


def _start(facts: Sequence[Fact]) -> _Start:
    told = _reported_starts(facts) or _stated_starts(facts)
    return _Start(min(told or [fact.at for fact in facts]), bool(told))


def _reported_starts(facts: Sequence[Fact]) -> list[datetime]:
    return [fact.at for fact in facts if isinstance(fact, Started)]


def _stated_starts(facts: Sequence[Fact]) -> list[datetime]:
    return [
        fact.instance_started_at
        for fact in facts
        if not isinstance(fact, Started) and fact.instance_started_at is not None
    ]


def _instance(
    uuid: str,
    facts: Sequence[Fact],
    start: _Start,
    following: datetime | None,
    horizon: Horizon,
) -> Instance:
    started_at = start.at
    ends = [fact.at for fact in facts if isinstance(fact, Ended)]
    if ends:
        ended_at = max(*ends, started_at)
        told = start.was_told and max(ends) >= started_at
        return Instance(uuid, started_at, ended_at, ended_at, inferred=not told)
    last_known = max(started_at, *(fact.at for fact in facts))
    latest = max(last_known, _planned_end(horizon.planned, started_at))
    if following is not None:
        ended_at = min(following, latest)
        return Instance(uuid, started_at, ended_at, ended_at, inferred=True)
    until = last_known if horizon.as_of is None else max(last_known, horizon.as_of)
    if horizon.is_over or until > latest + PATIENCE:
        ended_at = min(until, latest)
        return Instance(uuid, started_at, ended_at, ended_at, inferred=True)
    return Instance(uuid, started_at, None, until, inferred=not start.was_told)


def _planned_end(planned: Planned, started_at: datetime) -> datetime:
    """Until when an instance would go on; one held long before its time, for as long as planned."""
    is_long_before = started_at < planned.starts_at - PATIENCE
    return started_at + planned.length if is_long_before else planned.ends_at


_ConnectionKey = tuple[str, Place, str, object]
_Movement = Joined | Left
_MOVEMENTS = (Joined, Left)


def connections_of(
    facts: Iterable[Fact], instances: Sequence[Instance], host_ids: AbstractSet[str]
) -> list[Connection]:
    """The connections that facts speak of, with their stays."""
    moves = defaultdict[_ConnectionKey, list[_Movement]](list)
    for fact in facts:
        if isinstance(fact, _MOVEMENTS):
            moves[_connection_key(fact, host_ids)].append(fact)
    by_uuid = {instance.meeting_uuid: instance for instance in instances}
    spelt = cache(_spelt)  # most people come several times
    return [
        _connection(of_one, by_uuid[of_one[0].meeting_uuid], host_ids, spelt)
        for of_one in moves.values()
    ]


def _spelt(name: str) -> tuple[str, str]:
    """A name as it is shown, and as it is compared."""
    shown = clean_name(name)
    return shown, comparable(shown)


def _connection_key(fact: _Movement, host_ids: AbstractSet[str]) -> _ConnectionKey:
    """What pairs a leave with its join.

    `user_id` is of the connection alone. A `participant_uuid` may outlast it, and without either
    only who it was is left to go by.
    """
    who = fact.participant
    if who.user_id:
        return fact.meeting_uuid, who.place, "user_id", who.user_id
    if who.participant_uuid:
        return fact.meeting_uuid, who.place, "participant_uuid", who.participant_uuid
    person = (frozenset(strong_keys(who, host_ids)), normalised_name(who.display_name))
    return fact.meeting_uuid, who.place, "person", person


def _connection(
    moves: Sequence[_Movement],
    instance: Instance,
    host_ids: AbstractSet[str],
    spelt: Callable[[str], tuple[str, str]],
) -> Connection:
    named_at, name = _last_name(moves)
    shown, compared = spelt(name)
    place = moves[0].participant.place
    stays = [_stay(pair, instance, place) for pair in _pairs(moves, instance.started_at)]
    return Connection(Credentials(_keys(moves, host_ids), compared), shown, named_at, tuple(stays))


def _keys(moves: Sequence[_Movement], host_ids: AbstractSet[str]) -> frozenset[Key]:
    keys: list[Key] = []
    for move in moves:
        keys += strong_keys(move.participant, host_ids)
    return frozenset(keys)


def _last_name(moves: Sequence[_Movement]) -> tuple[datetime, str]:
    """When the connection was last seen under a name, and under which; "" if it never was."""
    seen = [(move.at, move.participant.display_name) for move in moves]
    last = max(seen)
    if last[1].strip():
        return last
    return max([one for one in seen if one[1].strip()], default=(last[0], ""))


class _Pair(NamedTuple):
    """A join with its leave; `left_at` is None where the instance's end must stand in for it."""

    joined_at: datetime
    left_at: datetime | None
    inferred_join: bool = False
    inferred_leave: bool = False


def _pairs(moves: Sequence[_Movement], started_at: datetime) -> Iterable[_Pair]:
    """Joins with leaves; of nearly every connection there is just one of each."""
    if len(moves) == 2:  # noqa: PLR2004
        one, other = moves if isinstance(moves[0], Joined) else reversed(moves)
        if isinstance(one, Joined) and isinstance(other, Left) and one.at <= other.at:
            return (_Pair(one.at, other.at),)
    return _paired(moves, started_at)


def _paired(moves: Sequence[_Movement], started_at: datetime) -> Iterator[_Pair]:
    """Joins with leaves, by time, first in first out.

    One device cannot come twice without leaving between, nor leave twice without coming back: a
    leave missing between two joins is put at the second, a join missing between two leaves at
    the first. What no single device can be told for may be several at once, so there each join
    waits for a leave of its own.
    """
    joins = {move.at for move in moves if isinstance(move, Joined)}
    leaves = {move.at for move in moves if isinstance(move, Left)}
    is_one_device = bool(moves[0].participant.user_id)
    waiting = deque[datetime]()
    away_since = started_at
    for at in sorted(joins | leaves):
        leaves_now = at in leaves
        if leaves_now and waiting:  # whoever comes in the same second comes after this
            yield _Pair(waiting.popleft(), at)
            leaves_now, away_since = False, at
        if at in joins:
            if is_one_device and waiting:
                yield _Pair(waiting.popleft(), at, inferred_leave=True)
            waiting.append(at)
        if leaves_now:
            missing = not waiting
            yield _Pair(away_since if missing else waiting.popleft(), at, inferred_join=missing)
            away_since = at
    for joined_at in waiting:
        yield _Pair(joined_at, None)


def _stay(pair: _Pair, instance: Instance, place: Place) -> Stay:
    is_open = pair.left_at is None and instance.ended_at is None
    until = instance.until if pair.left_at is None else pair.left_at
    joined_at, left_at = clipped((pair.joined_at, until), (instance.started_at, instance.until))
    return Stay(
        joined_at,
        left_at,
        pair.inferred_join,
        pair.inferred_leave or (pair.left_at is None and not is_open),
        is_open,
        instance.meeting_uuid,
        place,
    )
