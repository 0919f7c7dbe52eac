"""Students' attendance over several lessons."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select

from school.model import LessonState, Planned
from school.periods import Period
from storage.database import Transaction
from storage.schema import lesson, presence, student


@dataclass(frozen=True, slots=True)
class AttendedLesson:
    """A lesson that was held, and a student's part in it; without one they were absent."""

    lesson_id: int
    student_id: int
    planned: Planned
    taught: timedelta
    came: "Came | None"


@dataclass(frozen=True, slots=True)
class Came:
    """How long a student was there, all in all and with the teacher, and how."""

    total: timedelta
    together: timedelta
    late_by: timedelta
    left_early_by: timedelta
    returns: int


async def last_held(tx: Transaction, course_id: int, count: int) -> dict[int, datetime]:
    """The course's lessons that were held last, each with when it was planned to begin.

    Only those of which it is known who was there.
    """
    rows = await tx.connection.execute(
        select(lesson.c.id, lesson.c.starts_at)
        .where(
            lesson.c.course_id == course_id,
            lesson.c.state == LessonState.ENDED,
            lesson.c.began_at.is_not(None),
            lesson.c.forgotten_at.is_(None),
        )
        .order_by(lesson.c.starts_at.desc())
        .limit(count)
    )
    return {row.id: row.starts_at for row in rows}


async def who_was_there(tx: Transaction, lesson_ids: Collection[int]) -> set[tuple[int, int]]:
    """As (lesson id, student id)."""
    rows = await tx.connection.execute(
        select(presence.c.lesson_id, presence.c.student_id).where(
            presence.c.lesson_id.in_(lesson_ids), presence.c.student_id.is_not(None)
        )
    )
    return {(row.lesson_id, row.student_id) for row in rows}


async def attendance_of(
    tx: Transaction, student_ids: Collection[int], period: Period
) -> tuple[AttendedLesson, ...]:
    """The period's lessons that were held, in which they were expected or came; newest first."""
    was_expected = and_(
        student.c.since_at <= lesson.c.starts_at,
        or_(student.c.removed_at.is_(None), lesson.c.starts_at < student.c.removed_at),
    )
    came = and_(presence.c.lesson_id == lesson.c.id, presence.c.student_id == student.c.id)
    rows = await tx.connection.execute(
        select(
            lesson.c.id.label("lesson_id"),
            lesson.c.starts_at,
            lesson.c.length_seconds,
            lesson.c.taught_seconds.label("lesson_taught_seconds"),
            student.c.id.label("student_id"),
            presence.c.seconds,
            presence.c.taught_seconds,
            presence.c.late_seconds,
            presence.c.left_early_seconds,
            presence.c.returns,
        )
        .join(student, student.c.course_id == lesson.c.course_id)
        .outerjoin(presence, came)
        .where(
            student.c.id.in_(student_ids),
            lesson.c.starts_at >= period.starts_at,
            lesson.c.starts_at < period.ends_at,
            lesson.c.state == LessonState.ENDED,
            lesson.c.began_at.is_not(None),
            lesson.c.forgotten_at.is_(None),
            or_(was_expected, presence.c.student_id.is_not(None)),
        )
        .order_by(lesson.c.starts_at.desc(), lesson.c.id)
    )
    return tuple(
        AttendedLesson(
            lesson_id=row.lesson_id,
            student_id=row.student_id,
            planned=Planned(row.starts_at, _seconds(row.length_seconds)),
            taught=_seconds(row.lesson_taught_seconds or 0),
            came=None
            if row.seconds is None
            else Came(
                total=_seconds(row.seconds),
                together=_seconds(row.taught_seconds),
                late_by=_seconds(row.late_seconds),
                left_early_by=_seconds(row.left_early_seconds),
                returns=row.returns,
            ),
        )
        for row in rows
    )


def _seconds(count: int) -> timedelta:
    return timedelta(seconds=count)
