"""Who is who among the connections of one lesson.

Zoom's guests have nothing but a display name, so the rules are: the same registration, Zoom
account or e-mail is the same person; a connection with none of these belongs to whoever bears
its name; different registrations, accounts or e-mails are different people, whatever the names.

That alone would let a guest "Ali" glue two registered Alis into one person, or stick to the one
whose event came first. So strong keys are settled before names are looked at, and names never
join two people who have strong keys: a guest name that several of them bear stays a person of its
own, marked ambiguous. The outcome depends on the set of connections alone.
"""

from collections import defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from school.facts import Participant

Key = tuple[str, str]

HOST: Key = ("host", "")
"""What the teacher is known by, whatever account they came with."""


class Credentials(NamedTuple):
    """By what a connection may be recognised."""

    strong: frozenset[Key]
    name: str  # normalised; empty if it had none


@dataclass(frozen=True, slots=True)
class Person:
    """The connections of one person, as indexes into what `people` was given."""

    connections: tuple[int, ...]
    is_host: bool
    ambiguous: bool  # a guest name that several people bear


def strong_keys(participant: Participant, host_ids: AbstractSet[str]) -> list[Key]:
    """What identifies a person for certain; every host id stands for the one teacher."""
    keys: list[Key] = []
    if participant.registrant_id:
        keys.append(("registrant", participant.registrant_id))
    if participant.zoom_user_id:
        is_host = participant.zoom_user_id in host_ids
        keys.append(HOST if is_host else ("zoom", participant.zoom_user_id))
    if participant.email:
        keys.append(("email", participant.email.strip().casefold()))
    return keys


def people(connections: Sequence[Credentials]) -> list[Person]:
    """The people behind `connections`; each connection belongs to exactly one of them."""
    known = _by_strong_key(connections)
    bearers = defaultdict[str, set[int]](set)
    for number, members in enumerate(known):
        for index in members:
            bearers[connections[index].name].add(number)

    strangers: list[list[int]] = []
    doubtful: list[list[int]] = []
    for name, members in _guests_by_name(connections):
        match sorted(bearers[name]) if name else []:
            case []:
                strangers.append(members)
            case [number]:
                known[number].extend(members)
            case _:
                doubtful.append(members)
    return [
        Person(
            connections=tuple(members),
            is_host=any(HOST in connections[index].strong for index in members),
            ambiguous=ambiguous,
        )
        for group, ambiguous in ((known, False), (strangers, False), (doubtful, True))
        for members in group
    ]


def _by_strong_key(connections: Sequence[Credentials]) -> list[list[int]]:
    """The connections that share a strong key, directly or through others."""
    parents: dict[Key, Key] = {}

    def root(key: Key) -> Key:
        while (parent := parents.setdefault(key, key)) != key:
            parents[key] = key = parents[parent]
        return key

    for connection in connections:
        for one, other in pairwise(connection.strong):
            parents[root(one)] = root(other)
    groups = defaultdict[Key, list[int]](list)
    for index, connection in enumerate(connections):
        if connection.strong:
            groups[root(next(iter(connection.strong)))].append(index)
    return list(groups.values())


def _guests_by_name(connections: Sequence[Credentials]) -> list[tuple[str, list[int]]]:
    """The connections without strong keys; one without even a name stays by itself."""
    named = defaultdict[str, list[int]](list)
    nameless: list[tuple[str, list[int]]] = []
    for index, connection in enumerate(connections):
        if connection.strong:
            continue
        if connection.name:
            named[connection.name].append(index)
        else:
            nameless.append(("", [index]))
    return [*named.items(), *nameless]
