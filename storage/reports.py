"""The rows that reports are made of, read a few hundred at a time."""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from school.attendance import Sureness
from school.model import LessonState, Planned
from school.periods import Period
from school.reports import LessonRow
from storage.attendance import PresenceRow, presence_from_row
from storage.database import Transaction
from storage.schema import chat, course, course_chat, lesson, person, presence, student

_AT_ONCE = 250  # few enough that others are not kept waiting meanwhile
_NOTHING = timedelta()
_FIGURES = (
    lesson.c.id,
    lesson.c.course_id,
    lesson.c.teacher_id,
    lesson.c.hosted_by,
    lesson.c.state,
    lesson.c.starts_at,
    lesson.c.length_seconds,
    lesson.c.began_at,
    lesson.c.actual_seconds,
    lesson.c.teacher_seconds,
    lesson.c.taught_seconds,
    lesson.c.teacher_late_seconds,
    lesson.c.student_count,
    lesson.c.sureness,
)


class Of(StrEnum):
    """What a report can be narrowed to."""

    ALL = "a"
    TEACHER = "t"
    COURSE = "c"
    GROUP = "g"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose lessons a report is about: a person's, a course's, those announced in a chat."""

    of: Of = Of.ALL
    id: int = 0

    @property
    def teacher_ids(self) -> Collection[int] | None:
        """For queries that only know teachers; None: the lessons of all."""
        return [self.id] if self.of is Of.TEACHER else None


@dataclass(frozen=True, slots=True)
class Attended:
    """A student's part in a lesson; `student_id` is who it is on the roster, if known."""

    student_id: int | None
    presence: PresenceRow


@dataclass(frozen=True, slots=True)
class CourseName:
    """A course with what it can be told by; the topic is None once erased."""

    course_id: int
    topic: str | None
    teacher_id: int


async def lessons_in(
    tx: Transaction, period: Period, scope: Scope
) -> AsyncIterator[Sequence[LessonRow]]:
    """The lessons planned to begin in a period, by time, some hundreds at once.

    Those called off are not among them, unless they were held all the same.
    """
    names: dict[int, str] = {}
    rows = await tx.connection.stream(
        select(*_FIGURES)
        .where(_planned_in(period, scope))
        .order_by(lesson.c.starts_at, lesson.c.id)
        .execution_options(yield_per=_AT_ONCE)
    )
    async for some in rows.partitions():
        unknown = {row.hosted_by or row.teacher_id for row in some} - names.keys()
        names |= await names_of(tx, unknown)
        yield [_lesson_row(row, names) for row in some]


async def count_called_off(tx: Transaction, period: Period, scope: Scope) -> int:
    """Those that `lessons_in` leaves out because they were called off."""
    found = await tx.connection.scalar(
        select(func.count()).where(
            _all_planned_in(period, scope),
            lesson.c.state == LessonState.CANCELLED,
            lesson.c.began_at.is_(None),
        )
    )
    return found or 0


def _lesson_row(row: Row[*tuple[Any, ...]], names: Mapping[int, str]) -> LessonRow:
    teacher_id = row.hosted_by or row.teacher_id
    return LessonRow(
        lesson_id=row.id,
        course_id=row.course_id,
        teacher_id=teacher_id,
        teacher=names[teacher_id],
        planned=Planned(row.starts_at, timedelta(seconds=row.length_seconds)),
        began_at=row.began_at,
        actual=_length(row.actual_seconds),
        teacher_present=_length(row.teacher_seconds),
        taught=_length(row.taught_seconds),
        teacher_late_by=_late_by(row),
        students=row.student_count or 0,
        state=LessonState(row.state),
        sureness=Sureness(row.sureness) if row.sureness else None,
    )


def _late_by(row: Row[*tuple[Any, ...]]) -> timedelta:
    """Of a lesson from before this was kept, all there is to go by is when its meeting began."""
    if row.teacher_late_seconds is not None or row.began_at is None:
        return _length(row.teacher_late_seconds)
    began_late_by: timedelta = row.began_at - row.starts_at
    return max(began_late_by, _NOTHING)


def _length(seconds: int | None) -> timedelta:
    return timedelta(seconds=seconds) if seconds else _NOTHING


async def students_in(
    tx: Transaction, lesson_ids: Sequence[int]
) -> Mapping[int, Sequence[Attended]]:
    """Everybody but the teacher in each of a few lessons, as the fold has ordered them."""
    rows = await tx.connection.execute(
        select(presence)
        .where(presence.c.lesson_id.in_(lesson_ids), ~presence.c.is_teacher)
        .order_by(presence.c.lesson_id, presence.c.ordinal)
    )
    found = defaultdict[int, list[Attended]](list)
    for row in rows:
        found[row.lesson_id].append(Attended(row.student_id, presence_from_row(tx, row)))
    return found


async def names_of(tx: Transaction, person_ids: Collection[int]) -> dict[int, str]:
    """What people are called; the pseudonym of those whose data was erased."""
    found: dict[int, str] = {}
    opened = tx.vault.open_optional
    for some in _chunks(person_ids):
        rows = await tx.connection.execute(
            select(person.c.id, person.c.sealed_name, person.c.pseudonym).where(
                person.c.id.in_(some)
            )
        )
        for row in rows:
            name = opened("person", "sealed_name", row.id, row.sealed_name)
            found[row.id] = name or row.pseudonym
    return found


async def topics_of(tx: Transaction, course_ids: Collection[int]) -> dict[int, str | None]:
    """What courses are called; None once erased."""
    found: dict[int, str | None] = {}
    opened = tx.vault.open_optional
    for some in _chunks(course_ids):
        rows = await tx.connection.execute(
            select(course.c.id, course.c.sealed_topic).where(course.c.id.in_(some))
        )
        for row in rows:
            found[row.id] = opened("course", "sealed_topic", row.id, row.sealed_topic)
    return found


async def teachers_in(tx: Transaction, period: Period) -> dict[int, str]:
    """Who gives lessons in a period."""
    rows = await tx.connection.execute(
        select(_taught_by()).where(_planned_in(period, Scope())).distinct()
    )
    return await names_of(tx, rows.scalars().all())


async def payees_in(tx: Transaction, period: Period, scope: Scope) -> dict[int, str]:
    """Whose lessons, called off or not, are planned in a period: they may be paid for them."""
    rows = await tx.connection.execute(
        select(_taught_by()).where(_all_planned_in(period, scope)).distinct()
    )
    return await names_of(tx, rows.scalars().all())


async def courses_in(tx: Transaction, period: Period | None = None) -> list[CourseName]:
    """The courses that have lessons in a period; all, if none is given."""
    query = select(course.c.id, course.c.teacher_id, course.c.sealed_topic)
    if period is not None:
        held = select(lesson.c.course_id).where(_planned_in(period, Scope()))
        query = query.where(course.c.id.in_(held))
    opened = tx.vault.open_optional
    found = []
    rows = await tx.connection.stream(query.execution_options(yield_per=_AT_ONCE))
    async for row in rows:
        topic = opened("course", "sealed_topic", row.id, row.sealed_topic)
        found.append(CourseName(row.id, topic, row.teacher_id))
    return found


async def groups_in(tx: Transaction, period: Period | None = None) -> dict[int, str | None]:
    """The chats that lessons of a period were announced in, with their titles."""
    announced = select(course_chat.c.chat_id)
    if period is not None:
        announced = announced.join(lesson, lesson.c.course_id == course_chat.c.course_id).where(
            _planned_in(period, Scope())
        )
    rows = await tx.connection.execute(
        select(chat.c.id, chat.c.sealed_title).where(chat.c.id.in_(announced))
    )
    opened = tx.vault.open_optional
    return {row.id: opened("chat", "sealed_title", row.id, row.sealed_title) for row in rows}


async def courses_of_chat(tx: Transaction, chat_id: int) -> frozenset[int]:
    """The courses that are announced in a chat."""
    rows = await tx.connection.execute(
        select(course_chat.c.course_id).where(course_chat.c.chat_id == chat_id)
    )
    return frozenset(rows.scalars())


async def rosters_of(tx: Transaction, course_ids: Collection[int]) -> dict[int, int]:
    """How many students are on each course's roster now, where there are any."""
    rows = await tx.connection.execute(
        select(student.c.course_id, func.count().label("students"))
        .where(student.c.course_id.in_(course_ids), student.c.removed_at.is_(None))
        .group_by(student.c.course_id)
    )
    return {row.course_id: row.students for row in rows}


def _chunks(ids: Collection[int]) -> Sequence[Sequence[int]]:
    known = list(ids)
    return [known[start : start + _AT_ONCE] for start in range(0, len(known), _AT_ONCE)]


def _taught_by() -> ColumnElement[int]:
    """Who really hosted it, where that is known."""
    return func.coalesce(lesson.c.hosted_by, lesson.c.teacher_id)


def _planned_in(period: Period, scope: Scope) -> ColumnElement[bool]:
    called_off = lesson.c.state.in_([LessonState.CREATING, LessonState.CANCELLED])
    was_to_be = or_(~called_off, lesson.c.began_at.is_not(None))
    return and_(_all_planned_in(period, scope), was_to_be)


def _all_planned_in(period: Period, scope: Scope) -> ColumnElement[bool]:
    """Called off or not."""
    condition = and_(lesson.c.starts_at >= period.starts_at, lesson.c.starts_at < period.ends_at)
    match scope.of:
        case Of.ALL:
            return condition
        case Of.TEACHER:
            return condition & (_taught_by() == scope.id)
        case Of.COURSE:
            return condition & (lesson.c.course_id == scope.id)
        case Of.GROUP:
            here = select(course_chat.c.course_id).where(course_chat.c.chat_id == scope.id)
            return condition & lesson.c.course_id.in_(here)
