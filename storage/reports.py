"""The rows that reports are made of."""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from school.model import LessonState, Planned
from school.periods import Period
from school.reports import LessonRow
from storage.attendance import PresenceRow, outcome_from_row, presence_from_row
from storage.database import Transaction
from storage.schema import course, lesson, person, presence

_FETCHED_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class LessonDetails:
    """What a workbook shows of a lesson besides its figures."""

    row: LessonRow
    topic: str | None  # None once erased


async def lessons_in(
    tx: Transaction, period: Period, teacher_ids: Collection[int] | None = None
) -> list[LessonDetails]:
    """The lessons planned to begin in a period, by time; without those called off.

    A cancelled class that was held all the same is among them.
    """
    rows = await tx.connection.stream(
        select(
            lesson,
            person.c.sealed_name,
            person.c.pseudonym,
            course.c.sealed_topic,
        )
        .join(person, person.c.id == _taught_by())
        .join(course, course.c.id == lesson.c.course_id)
        .where(_planned_in(period, teacher_ids))
        .order_by(lesson.c.starts_at, lesson.c.id)
        .execution_options(yield_per=_FETCHED_AT_ONCE)
    )
    return [_details(tx, row) async for row in rows]


def _details(tx: Transaction, row: Row[Any]) -> LessonDetails:
    opened = tx.vault.open_optional
    outcome = outcome_from_row(row)
    nothing = timedelta()
    teacher_id = row.hosted_by or row.teacher_id
    figures = LessonRow(
        lesson_id=row.id,
        teacher_id=teacher_id,
        teacher=opened("person", "sealed_name", teacher_id, row.sealed_name) or row.pseudonym,
        planned=Planned(row.starts_at, timedelta(seconds=row.length_seconds)),
        began_at=outcome.began_at,
        actual=outcome.actual or nothing,
        teacher_present=outcome.teacher_present or nothing,
        taught=outcome.taught or nothing,
        students=outcome.student_count,
        state=LessonState(row.state),
        sureness=outcome.sureness,
    )
    topic = opened("course", "sealed_topic", row.course_id, row.sealed_topic)
    return LessonDetails(figures, topic)


async def presences_in(
    tx: Transaction, period: Period, teacher_ids: Collection[int] | None = None
) -> AsyncIterator[tuple[int, PresenceRow]]:
    """Everybody in each of the period's lessons, as (lesson id, presence), lesson by lesson."""
    rows = await tx.connection.stream(
        select(presence)
        .join(lesson, lesson.c.id == presence.c.lesson_id)
        .where(_planned_in(period, teacher_ids))
        .order_by(lesson.c.starts_at, lesson.c.id, presence.c.ordinal)
        .execution_options(yield_per=_FETCHED_AT_ONCE)
    )
    async for row in rows:
        yield row.lesson_id, presence_from_row(tx, row)


def _taught_by() -> ColumnElement[int]:
    """Who really hosted it, where that is known."""
    return func.coalesce(lesson.c.hosted_by, lesson.c.teacher_id)


def _planned_in(period: Period, teacher_ids: Collection[int] | None) -> ColumnElement[bool]:
    called_off = lesson.c.state.in_([LessonState.CREATING, LessonState.CANCELLED])
    condition = and_(
        lesson.c.starts_at >= period.starts_at,
        lesson.c.starts_at < period.ends_at,
        or_(~called_off, lesson.c.began_at.is_not(None)),
    )
    return condition if teacher_ids is None else condition & _taught_by().in_(teacher_ids)
