"""Lessons that are over, as they are paid for."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, and_, false, func, or_, select

from school.attendance import Sureness
from school.corrections import Correction, Measures, corrected, nobody_came
from school.intervals import Span, union
from school.model import LessonState, Planned
from school.pay import AdjustmentKind, CalledOffBy, LessonFacts
from school.periods import Period
from storage.corrections import corrections_of
from storage.database import Transaction
from storage.schema import adjustment, correction, course, lesson, presence, stay

_FETCHED_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class PaidLesson:
    """A lesson that is over, and who is paid for it; `topic` is None once erased, or not asked."""

    facts: LessonFacts
    teacher_id: int
    topic: str | None


async def paid_lessons_in(
    tx: Transaction,
    period: Period,
    teacher_ids: Collection[int] | None = None,
    *,
    with_topics: bool = True,
) -> list[PaidLesson]:
    """The lessons planned in a period that are over by now, by time.

    They were held, missed or called off; whoever held one is paid for it, else its teacher. What
    people have corrected or waived is applied.
    """
    begins = and_(
        lesson.c.starts_at >= period.starts_at, lesson.c.starts_at < min(period.ends_at, tx.now)
    )
    return await _paid_lessons(tx, begins & _paid_to(teacher_ids), with_topics=with_topics)


async def paid_lesson(tx: Transaction, lesson_id: int) -> PaidLesson | None:
    """One of them; None while it is not over."""
    found = await _paid_lessons(tx, lesson.c.id == lesson_id, with_topics=True)
    return found[0] if found else None


async def teacher_there(tx: Transaction, lesson_id: int) -> Sequence[Span]:
    """When a teacher was in a lesson, as was found; spans that neither overlap nor touch."""
    rows = await tx.connection.execute(
        select(stay.c.joined_at, stay.c.left_at)
        .join(
            presence,
            and_(
                presence.c.lesson_id == stay.c.lesson_id,
                presence.c.ordinal == stay.c.presence_ordinal,
            ),
        )
        .where(stay.c.lesson_id == lesson_id, presence.c.is_teacher)
    )
    return union((row.joined_at, row.left_at) for row in rows)


async def _paid_lessons(
    tx: Transaction, which: ColumnElement[bool], *, with_topics: bool
) -> list[PaidLesson]:
    is_over = and_(
        which,
        lesson.c.state != LessonState.LIVE,
        # One that never came to be at Zoom was nothing that anybody could hold.
        or_(lesson.c.state != LessonState.CREATING, lesson.c.began_at.is_not(None)),
    )
    said = await _corrections(tx, is_over)
    waived = await _waived(tx, is_over)
    topics = await _topics(tx, is_over) if with_topics else {}
    rows = await tx.connection.stream(
        select(*_COLUMNS)
        .where(is_over)
        .order_by(lesson.c.starts_at, lesson.c.id)
        .execution_options(yield_per=_FETCHED_AT_ONCE)
    )
    # Row by row each would cost a switch of its own.
    return [
        PaidLesson(
            _facts(row, said.get(row.id, ()), waived),
            row.hosted_by or row.teacher_id,
            topics.get(row.course_id),
        )
        async for some in rows.partitions()
        for row in some
        if row.state == LessonState.ENDED or _planned(row).ends_at <= tx.now
    ]


_COLUMNS: tuple[Column[Any], ...] = (
    lesson.c.id,
    lesson.c.course_id,
    lesson.c.teacher_id,
    lesson.c.hosted_by,
    lesson.c.state,
    lesson.c.starts_at,
    lesson.c.length_seconds,
    lesson.c.cancelled_at,
    lesson.c.began_at,
    lesson.c.actual_seconds,
    lesson.c.teacher_seconds,
    lesson.c.taught_seconds,
    lesson.c.teacher_late_seconds,
    lesson.c.teacher_waited_seconds,
    lesson.c.student_count,
    lesson.c.sureness,
)


def _paid_to(teacher_ids: Collection[int] | None) -> ColumnElement[bool]:
    if teacher_ids is None:
        return lesson.c.id.is_not(None)
    if not teacher_ids:
        return false()
    return func.coalesce(lesson.c.hosted_by, lesson.c.teacher_id).in_(teacher_ids)


async def _corrections(
    tx: Transaction, which: ColumnElement[bool]
) -> Mapping[int, Sequence[Correction]]:
    rows = await tx.connection.execute(
        select(correction.c.lesson_id)
        .distinct()
        .join(lesson, lesson.c.id == correction.c.lesson_id)
        .where(which)
    )
    return await corrections_of(tx, rows.scalars().all())


async def _waived(tx: Transaction, which: ColumnElement[bool]) -> AbstractSet[int]:
    rows = await tx.connection.execute(
        select(adjustment.c.lesson_id)
        .join(lesson, lesson.c.id == adjustment.c.lesson_id)
        .where(
            which,
            adjustment.c.kind == AdjustmentKind.WAIVER,
            adjustment.c.withdrawn_at.is_(None),
        )
    )
    return set(rows.scalars())


async def _topics(tx: Transaction, which: ColumnElement[bool]) -> Mapping[int, str]:
    """By course, as one course has many lessons."""
    courses = select(lesson.c.course_id).where(which)
    rows = await tx.connection.execute(
        select(course.c.id, course.c.sealed_topic).where(
            course.c.id.in_(courses), course.c.sealed_topic.is_not(None)
        )
    )
    return {
        row.id: tx.vault.open("course", "sealed_topic", row.id, row.sealed_topic) for row in rows
    }


def _facts(
    row: Row[Any], corrections: Sequence[Correction], waived: AbstractSet[int]
) -> LessonFacts:
    found = Measures(
        actual=_length(row.actual_seconds),
        teacher_present=_length(row.teacher_seconds),
        taught=_length(row.taught_seconds),
        late_by=_length(row.teacher_late_seconds),
        called_off_by=CalledOffBy.TEACHER,  # who else, if nobody says so
        is_inferred=row.sureness == Sureness.INFERRED,
        is_corrected=row.sureness == Sureness.CORRECTED,
    )
    counts = corrected(found, corrections) if corrections else found
    return LessonFacts(
        lesson_id=row.id,
        course_id=row.course_id,
        planned=_planned(row),
        began_at=row.began_at,
        actual=counts.actual,
        teacher_present=counts.teacher_present,
        taught=counts.taught,
        late_by=counts.late_by,
        waited=_length(row.teacher_waited_seconds),
        students=0 if nobody_came(corrections) else row.student_count or 0,
        called_off_at=row.cancelled_at if row.state == LessonState.CANCELLED else None,
        called_off_by=counts.called_off_by,
        is_waived=row.id in waived,
        is_inferred=counts.is_inferred,
        is_corrected=counts.is_corrected,
    )


def _planned(row: Row[Any]) -> Planned:
    return Planned(row.starts_at, timedelta(seconds=row.length_seconds))


def _length(seconds: int | None) -> timedelta:
    return timedelta(seconds=seconds or 0)
