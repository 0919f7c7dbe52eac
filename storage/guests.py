"""Teachers as guests in classes of others: with their own Zoom account and under their own name.

Either alone is not enough: a child may come with a parent's account, and others may have the same
name. Both are known here by keyed hashes alone, as an erasure must find them again when nobody
knows them any more.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product

from sqlalchemy import Select, func, or_, select

from school.facts import Participant
from school.identity import Key, strong_keys
from school.model import ErasureKind
from school.roster import Mark
from storage import erasures, former_accounts, matching
from storage.database import Transaction
from storage.erasing_students import forget_students
from storage.people import Person
from storage.schema import lesson, presence, student, student_alias
from storage.student_changes import value_index
from storage.student_names import index_of
from storage.students import Student, roster_of
from storage.zoom_accounts import find_account, zoom_user_index

Places = Mapping[int, frozenset[int]]
"""The `ordinal` of presences, by their lesson."""

_MARKS = frozenset(Mark) - {Mark.NAME}


@dataclass(frozen=True, slots=True)
class KnownBy:
    """Hashes of a teacher's Zoom ids and e-mails, and of what they are called.

    `accounts` are what their Zoom accounts are found by, those too that they let go of.
    """

    marks: frozenset[bytes] = frozenset()
    names: frozenset[bytes] = frozenset()
    accounts: frozenset[bytes] = frozenset()

    def pairs(self, tx: Transaction) -> frozenset[bytes]:
        return frozenset(_pairs(tx, self.marks, self.names))


async def known_by(tx: Transaction, person: Person) -> KnownBy:
    """By what Zoom shows somebody where they are a guest."""
    former = await former_accounts.of_person(tx, person.id)
    names = {index_of(tx.vault, person.name), *(one.name for one in former)}
    marks = frozenset[bytes]().union(*(one.marks for one in former))
    accounts = {one.zoom_user for one in former}
    account = await find_account(tx, person.id)
    if account is not None:
        profile = account.profile
        said = Participant(zoom_user_id=profile.zoom_user_id, email=profile.email)
        names.add(index_of(tx.vault, profile.display_name))
        marks |= frozenset(_mark_indexes(tx, strong_keys(said, frozenset())))
        accounts.add(zoom_user_index(tx.vault, profile.zoom_user_id))
    return KnownBy(marks, frozenset(names) - {index_of(tx.vault, "")}, frozenset(accounts))


# Where somebody is, of whom that is known


async def found(tx: Transaction, person_id: int, known: KnownBy) -> tuple[frozenset[int], Places]:
    """Who they are on lists of students, and where they were, in classes that they did not give."""
    if not known.marks:
        return frozenset(), {}
    students = await students_known_by(tx, known)
    own = await places_known_by(tx, person_id, known)
    return students, joined(own, await places_of_students(tx, students))


def joined(one: Places, other: Places) -> Places:
    nowhere = frozenset[int]()
    both = one.keys() | other.keys()
    places = {each: one.get(each, nowhere) | other.get(each, nowhere) for each in both}
    return {lesson_id: own for lesson_id, own in places.items() if own}


async def students_known_by(tx: Transaction, known: KnownBy) -> frozenset[int]:
    """Who on a list has one of the marks and one of the names, and is nobody on Telegram yet."""
    marked = select(student_alias.c.student_id).where(student_alias.c.value_index.in_(known.marks))
    called = select(student_alias.c.student_id).where(student_alias.c.value_index.in_(known.names))
    rows = await tx.connection.execute(
        select(student.c.id).where(
            student.c.person_id.is_(None),
            student.c.id.in_(marked),
            or_(student.c.name_index.in_(known.names), student.c.id.in_(called)),
        )
    )
    return frozenset(rows.scalars())


async def places_known_by(tx: Transaction, person_id: int, known: KnownBy) -> Places:
    """Who has one of the names and one of the marks in lessons that the person did not give."""
    called = await _places(
        tx,
        select(presence.c.lesson_id, presence.c.ordinal)
        .join(lesson, lesson.c.id == presence.c.lesson_id)
        .where(
            presence.c.name_index.in_(known.names),
            presence.c.sealed_keys.is_not(None),
            ~presence.c.is_teacher,
            func.coalesce(lesson.c.hosted_by, lesson.c.teacher_id) != person_id,
        ),
    )
    found: dict[int, frozenset[int]] = {}
    for lesson_id, ordinals in called.items():
        keys_in = await matching.keys_in(tx, lesson_id)
        found[lesson_id] = frozenset(
            one
            for one in ordinals
            if not known.marks.isdisjoint(_mark_indexes(tx, keys_in.get(one, ())))
        )
    return {lesson_id: own for lesson_id, own in found.items() if own}


async def places_of_students(tx: Transaction, students: Collection[int]) -> Places:
    """Where these students were."""
    return await _places(
        tx,
        select(presence.c.lesson_id, presence.c.ordinal).where(presence.c.student_id.in_(students)),
    )


async def _places(tx: Transaction, query: Select[tuple[int, int]]) -> Places:
    found = defaultdict[int, set[int]](set)
    for row in await tx.connection.execute(query):
        found[row.lesson_id].add(row.ordinal)
    return {lesson_id: frozenset(ordinals) for lesson_id, ordinals in found.items()}


async def forget_students_known(tx: Transaction, students: Collection[int]) -> None:
    """They are on no list any more."""
    await forget_students(tx, select(student.c.id).where(student.c.id.in_(students)))


# Where somebody is who was erased: of whom nothing is known but pairs of a mark and a name


async def add_erasures(tx: Transaction, known: KnownBy) -> None:
    """That it was done, so that it is done again where it must be."""
    for pair in sorted(known.pairs(tx)):
        await erasures.add(tx, ErasureKind.GUEST, pair)


async def erased_after(tx: Transaction, since: datetime) -> Mapping[datetime, frozenset[bytes]]:
    """The pairs of those who were erased at that moment or later, by when that was."""
    found = defaultdict[datetime, set[bytes]](set)
    for one in await erasures.of_kind_since(tx, ErasureKind.GUEST, since):
        found[one.erased_at].add(one.subject_index)
    return {at: frozenset(pairs) for at, pairs in found.items()}


def pseudonym_of(tx: Transaction, erased_at: datetime, course_id: int) -> str:
    """What stands in a course's reports for whoever was erased then, also in what comes later."""
    at = erased_at.astimezone(UTC).isoformat()
    return "erased-" + tx.vault.index("erased guest of", f"{course_id}:{at}").hex()[:16]


async def students_of_pairs(
    tx: Transaction, course_id: int, pairs: frozenset[bytes], until: datetime
) -> frozenset[int]:
    """Who on a course's list was it then already, and is nobody on Telegram."""
    return frozenset(
        one.id
        for one in await roster_of(tx, course_id)
        if one.person_id is None and min(one.added_at, one.since_at) <= until
        if not pairs.isdisjoint(_pairs_of(tx, one))
    )


def _pairs_of(tx: Transaction, one: Student) -> Iterator[bytes]:
    return _pairs(tx, _mark_indexes(tx, one.keys), one.indexes)


async def places_of_pairs(
    tx: Transaction, lesson_id: int, pairs: frozenset[bytes]
) -> frozenset[int]:
    """Who in a lesson it is, but for its teacher."""
    rows = await tx.connection.execute(
        select(presence.c.ordinal, presence.c.name_index).where(
            presence.c.lesson_id == lesson_id,
            presence.c.name_index.is_not(None),
            presence.c.sealed_keys.is_not(None),
            ~presence.c.is_teacher,
        )
    )
    keys_in = await matching.keys_in(tx, lesson_id)
    return frozenset(
        row.ordinal
        for row in rows
        if not pairs.isdisjoint(
            _pairs(tx, _mark_indexes(tx, keys_in[row.ordinal]), (row.name_index,))
        )
    )


def _mark_indexes(tx: Transaction, keys: Iterable[Key]) -> Iterator[bytes]:
    for kind, value in keys:
        if kind in _MARKS:
            yield value_index(tx, Mark(kind), value)


def _pairs(tx: Transaction, marks: Iterable[bytes], names: Iterable[bytes]) -> Iterator[bytes]:
    for mark, name in product(marks, names):
        yield tx.vault.index("erased guest", f"{mark.hex()}:{name.hex()}")
