"""The lessons of a teacher, of courses and of chats within a time, each with its course."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from school.model import LessonState
from storage.courses import OPEN, Course, Lesson, course_from_row, get_course, lesson_from_row
from storage.database import Transaction
from storage.schema import course, course_chat, lesson


async def lessons_of_teacher(
    tx: Transaction, person_id: int, since: datetime, until: datetime | None = None
) -> tuple[tuple[Lesson, Course], ...]:
    """A teacher's lessons that are on and end after `since`, soonest first."""
    query = (
        select(lesson)
        .where(
            lesson.c.teacher_id == person_id,
            lesson.c.starts_at > since - timedelta(days=2),
            lesson.c.state.in_([*OPEN, LessonState.LIVE]),
        )
        .order_by(lesson.c.starts_at)
    )
    if until is not None:
        query = query.where(lesson.c.starts_at < until)
    lessons = [lesson_from_row(row) for row in await tx.connection.execute(query)]
    return await _with_courses(tx, [one for one in lessons if one.planned.ends_at > since])


async def lessons_of_courses(
    tx: Transaction, course_ids: Collection[int], since: datetime, until: datetime
) -> tuple[tuple[Lesson, Course], ...]:
    """Their lessons that end after `since` and start before `until`; called off ones too."""
    rows = await tx.connection.execute(
        select(lesson)
        .where(
            lesson.c.course_id.in_(course_ids),
            lesson.c.starts_at > since - timedelta(days=2),
            lesson.c.starts_at < until,
        )
        .order_by(lesson.c.starts_at)
    )
    lessons = [lesson_from_row(row) for row in rows]
    return await _with_courses(tx, [one for one in lessons if one.planned.ends_at > since])


async def lessons_concerning(
    tx: Transaction, person_id: int, since: datetime
) -> tuple[tuple[Lesson, Course], ...]:
    """Lessons that a teacher gives, or that are of their courses; on, and ending after `since`."""
    rows = await tx.connection.execute(
        select(lesson)
        .join(course, course.c.id == lesson.c.course_id)
        .where(
            or_(lesson.c.teacher_id == person_id, course.c.teacher_id == person_id),
            lesson.c.starts_at > since - timedelta(days=2),
            lesson.c.state.in_([*OPEN, LessonState.LIVE]),
        )
        .order_by(lesson.c.starts_at)
    )
    lessons = [lesson_from_row(row) for row in rows]
    return await _with_courses(tx, [one for one in lessons if one.planned.ends_at > since])


async def lessons_of_chats(
    tx: Transaction, chat_ids: Collection[int], since: datetime, until: datetime
) -> tuple[tuple[Lesson, Course], ...]:
    """The lessons announced in any of these chats that end after `since` and start before `until`.

    Those that were called off are among them, soonest first.
    """
    courses = select(course_chat.c.course_id).where(course_chat.c.chat_id.in_(chat_ids))
    rows = await tx.connection.execute(
        select(lesson)
        .where(
            lesson.c.course_id.in_(courses),
            lesson.c.starts_at > since - timedelta(days=2),
            lesson.c.starts_at < until,
        )
        .order_by(lesson.c.starts_at)
    )
    lessons = [lesson_from_row(row) for row in rows]
    return await _with_courses(tx, [one for one in lessons if one.planned.ends_at > since])


async def last_lesson_of_teacher(tx: Transaction, person_id: int) -> tuple[Lesson, Course] | None:
    """The lesson of the teacher's own courses that began last, over or still on."""
    own = select(course.c.id).where(course.c.teacher_id == person_id)
    found = await tx.connection.execute(
        select(lesson)
        .where(
            lesson.c.course_id.in_(own),
            lesson.c.state.in_([LessonState.LIVE, LessonState.ENDED]),
        )
        .order_by(lesson.c.starts_at.desc())
        .limit(1)
    )
    row = found.one_or_none()
    if row is None:
        return None
    return lesson_from_row(row), await get_course(tx, row.course_id)


async def _with_courses(
    tx: Transaction, lessons: Sequence[Lesson]
) -> tuple[tuple[Lesson, Course], ...]:
    ids = {one.course_id for one in lessons}
    rows = await tx.connection.execute(select(course).where(course.c.id.in_(ids)))
    courses = {row.id: course_from_row(tx, row) for row in rows}
    return tuple((one, courses[one.course_id]) for one in lessons)
