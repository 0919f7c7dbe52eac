"""The students on courses' rosters, and by what else they are recognised."""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from school.identity import Key
from school.model import LessonState
from school.names import normalised_name
from school.periods import Period
from school.roster import KnownStudent, Mark
from storage.database import Transaction
from storage.schema import course, lesson, presence, student, student_alias
from storage.sealing import Vault

_FETCHED_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name of a student's, or a mark that Zoom gives; `index` is that of the whole."""

    id: int
    mark: Mark
    value: str = field(repr=False)
    added_at: datetime
    index: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Student:
    """Somebody on a course's roster, expected in lessons planned from `since_at` on.

    Who was never a student, such as a second teacher who comes, is on it too, so as not to be
    asked about again: removed from the moment they would have been expected.
    """

    id: int
    course_id: int
    name: str
    person_id: int | None
    since_at: datetime
    added_at: datetime
    removed_at: datetime | None
    aliases: tuple[Alias, ...] = ()
    name_index: bytes | None = field(default=None, repr=False)

    @property
    def is_visitor(self) -> bool:
        return self.removed_at == self.since_at

    @property
    def is_on(self) -> bool:
        return self.removed_at is None

    def is_expected(self, starts_at: datetime) -> bool:
        """In a lesson planned to begin then."""
        return self.since_at <= starts_at and (
            self.removed_at is None or starts_at < self.removed_at
        )

    @property
    def names(self) -> frozenset[str]:
        """All of them as they are stored, normalised: initials may be those of several."""
        others = (one.value for one in self.aliases if one.mark is Mark.NAME)
        return frozenset(normalised_name(name) for name in (self.name, *others)) - {""}

    @property
    def indexes(self) -> frozenset[bytes]:
        """What all their names, in full, are found by."""
        others = (one.index for one in self.aliases if one.mark is Mark.NAME)
        return frozenset(one for one in (self.name_index, *others) if one is not None)

    @property
    def keys(self) -> frozenset[Key]:
        """The marks that are known as theirs."""
        return frozenset(
            (one.mark.value, one.value) for one in self.aliases if one.mark is not Mark.NAME
        )

    def known_among(self, names: Mapping[bytes, str]) -> KnownStudent:
        """As recognition needs them: of these names, by their indexes, those that are theirs."""
        own = frozenset(names[one] for one in self.indexes & names.keys())
        return KnownStudent(self.id, own, self.keys, is_student=not self.is_visitor)


@dataclass(frozen=True, slots=True)
class SealedRoster:
    """A course's roster that is yet to be opened: hundreds are better opened in another thread."""

    rows: Sequence[Row[Any]] = field(repr=False)

    def opened(self, vault: Vault) -> tuple[Student, ...]:
        """By name; those who are removed too."""
        aliases = defaultdict[int, list[Alias]](list)
        rows: dict[int, Row[Any]] = {}
        for row in self.rows:
            rows[row.id] = row
            if row.alias_id is not None:
                aliases[row.id].append(_alias(vault, row))
        found = [_student(vault, row, aliases[row.id]) for row in rows.values()]
        return tuple(sorted(found, key=lambda one: (one.name.casefold(), one.id)))


def _alias(vault: Vault, row: Row[Any]) -> Alias:
    sealed = row.sealed_value
    value = vault.open_optional("student_alias", "sealed_value", row.alias_id, sealed)
    return Alias(row.alias_id, Mark(row.kind), value or "", row.alias_added_at, row.value_index)


def _student(vault: Vault, row: Row[Any], aliases: Iterable[Alias]) -> Student:
    return Student(
        id=row.id,
        course_id=row.course_id,
        name=vault.open_optional("student", "sealed_name", row.id, row.sealed_name) or "",
        person_id=row.person_id,
        since_at=row.since_at,
        added_at=row.added_at,
        removed_at=row.removed_at,
        aliases=tuple(sorted(aliases, key=lambda one: (one.mark, one.value.casefold(), one.id))),
        name_index=row.name_index,
    )


# Looking up


async def sealed_roster(tx: Transaction, course_id: int) -> SealedRoster:
    return await _sealed(tx, student.c.course_id == course_id)


async def roster_of(tx: Transaction, course_id: int) -> tuple[Student, ...]:
    """Everybody on a course's roster by name, and those who are removed."""
    return (await sealed_roster(tx, course_id)).opened(tx.vault)


async def find_student(tx: Transaction, student_id: int) -> Student | None:
    found = (await _sealed(tx, student.c.id == student_id)).opened(tx.vault)
    return found[0] if found else None


async def students_of_person(tx: Transaction, person_id: int) -> tuple[Student, ...]:
    """Who somebody on Telegram is, as their teachers have confirmed."""
    return (await _sealed(tx, student.c.person_id == person_id)).opened(tx.vault)


async def students_of_teacher(tx: Transaction, person_id: int) -> tuple[Student, ...]:
    """Everybody on the rosters of a teacher's own courses."""
    own = select(course.c.id).where(course.c.teacher_id == person_id)
    return (await _sealed(tx, student.c.course_id.in_(own))).opened(tx.vault)


async def _sealed(tx: Transaction, which: ColumnElement[bool]) -> SealedRoster:
    rows = await tx.connection.execute(
        select(
            student,
            student_alias.c.id.label("alias_id"),
            student_alias.c.kind,
            student_alias.c.sealed_value,
            student_alias.c.value_index,
            student_alias.c.added_at.label("alias_added_at"),
        )
        .outerjoin(student_alias, student_alias.c.student_id == student.c.id)
        .where(which)
    )
    return SealedRoster(rows.all())


async def expected_in(tx: Transaction, lesson_id: int) -> tuple[Student, ...]:
    """Who was on the roster when the lesson was planned to begin, by name."""
    of_lesson = select(student.c.id).join(lesson, lesson.c.course_id == student.c.course_id)
    ids = of_lesson.where(lesson.c.id == lesson_id, _was_expected())
    return (await _sealed(tx, student.c.id.in_(ids))).opened(tx.vault)


def _was_expected() -> ColumnElement[bool]:
    """Of joined students and lessons; of no lesson where it is forgotten who came."""
    return and_(
        lesson.c.forgotten_at.is_(None),
        student.c.since_at <= lesson.c.starts_at,
        or_(student.c.removed_at.is_(None), lesson.c.starts_at < student.c.removed_at),
    )


def _was_there() -> ColumnElement[bool]:
    # Not by the index of students: a lesson has a few presences, a student a term of them.
    who = func.coalesce(presence.c.student_id, 0)
    return (
        select(presence.c.lesson_id)
        .where(presence.c.lesson_id == lesson.c.id, who == student.c.id)
        .exists()
    )


def _was_held() -> ColumnElement[bool]:
    return and_(lesson.c.state == LessonState.ENDED, lesson.c.began_at.is_not(None))


async def absent_in(
    tx: Transaction, period: Period, teacher_ids: Collection[int] | None = None
) -> AsyncIterator[tuple[int, str]]:
    """Who was expected in a lesson of the period that was held, and did not come.

    As (lesson id, name), in the order of storage.reports: lesson by lesson.
    """
    taught_by = func.coalesce(lesson.c.hosted_by, lesson.c.teacher_id)
    query = (
        select(lesson.c.id.label("lesson_id"), student.c.id, student.c.sealed_name)
        .join(student, student.c.course_id == lesson.c.course_id)
        .where(
            lesson.c.starts_at >= period.starts_at,
            lesson.c.starts_at < period.ends_at,
            _was_held(),
            _was_expected(),
            ~_was_there(),
        )
        .order_by(lesson.c.starts_at, lesson.c.id, student.c.added_at, student.c.id)
        .execution_options(yield_per=_FETCHED_AT_ONCE)
    )
    if teacher_ids is not None:
        query = query.where(taught_by.in_(teacher_ids))
    async for row in await tx.connection.stream(query):
        name = tx.vault.open_optional("student", "sealed_name", row.id, row.sealed_name)
        yield row.lesson_id, name or ""


async def names_of(tx: Transaction, lesson_id: int) -> dict[int, str]:
    """What those of a lesson are called who are on its course's roster, by student."""
    there = select(presence.c.student_id).where(
        presence.c.lesson_id == lesson_id, presence.c.student_id.is_not(None)
    )
    rows = await tx.connection.execute(
        select(student.c.id, student.c.sealed_name).where(student.c.id.in_(there))
    )
    opened = tx.vault.open_optional
    return {row.id: opened("student", "sealed_name", row.id, row.sealed_name) or "" for row in rows}


async def has_roster_from_elsewhere(tx: Transaction, course_id: int, starts_at: datetime) -> bool:
    """Whether anybody is, or was, on the roster but by the lesson that was planned for then."""
    found = await tx.connection.execute(
        select(student.c.id)
        .where(student.c.course_id == course_id, student.c.since_at != starts_at)
        .limit(1)
    )
    return found.first() is not None
