"""Who is on a course's roster."""

from collections.abc import AsyncIterator, Collection

from sqlalchemy import and_, exists, func, or_, select

from school.periods import Period
from storage.database import Transaction
from storage.schema import lesson, presence, student

_FETCHED_AT_ONCE = 500


async def absent_in(
    tx: Transaction, period: Period, teacher_ids: Collection[int] | None = None
) -> AsyncIterator[tuple[int, str | None]]:
    """Who was on the roster of a lesson that was held, and not there: (lesson id, name)."""
    was_there = exists().where(
        presence.c.lesson_id == lesson.c.id, presence.c.student_id == student.c.id
    )
    query = (
        select(lesson.c.id.label("lesson_id"), student.c.id, student.c.sealed_name)
        .join(student, student.c.course_id == lesson.c.course_id)
        .where(
            lesson.c.starts_at >= period.starts_at,
            lesson.c.starts_at < period.ends_at,
            lesson.c.began_at.is_not(None),
            and_(
                student.c.since_at <= lesson.c.starts_at,
                or_(student.c.removed_at.is_(None), student.c.removed_at > lesson.c.starts_at),
            ),
            ~was_there,
        )
        .order_by(lesson.c.starts_at, lesson.c.id, student.c.id)
        .execution_options(yield_per=_FETCHED_AT_ONCE)
    )
    if teacher_ids is not None:
        taught_by = func.coalesce(lesson.c.hosted_by, lesson.c.teacher_id)
        query = query.where(taught_by.in_(teacher_ids))
    opened = tx.vault.open_optional
    async for row in await tx.connection.stream(query):
        yield row.lesson_id, opened("student", "sealed_name", row.id, row.sealed_name)
