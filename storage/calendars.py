"""Lessons as calendars list them, each with its course and its meeting: many in few queries."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from storage.courses import Course, Lesson, course_from_row, lesson_from_row
from storage.database import Transaction
from storage.meetings import Meeting, meeting_from_row
from storage.schema import course, course_chat, lesson, meeting

Rows = Sequence[Row[Any]]


@dataclass(frozen=True, slots=True)
class ListedLesson:
    """A lesson in whatever state, with what calendars say of it."""

    lesson: Lesson
    course: Course
    meeting: Meeting


async def listed(tx: Transaction, lesson_id: int) -> tuple[ListedLesson, ...]:
    """The one lesson; none if it is there no more."""
    return await _listed(tx, lesson.c.id == lesson_id)


async def listed_in_chat(
    tx: Transaction, chat_id: int, since: datetime
) -> tuple[ListedLesson, ...]:
    """Those announced in a chat that begin after `since`, soonest first."""
    announced = select(course_chat.c.course_id).where(course_chat.c.chat_id == chat_id)
    return await _listed(tx, lesson.c.course_id.in_(announced) & (lesson.c.starts_at > since))


async def listed_of_teacher(tx: Transaction, person_id: int) -> tuple[ListedLesson, ...]:
    """All that a teacher gives or gave, soonest first."""
    return await _listed(tx, lesson.c.teacher_id == person_id)


async def _listed(tx: Transaction, which: ColumnElement[bool]) -> tuple[ListedLesson, ...]:
    lessons = await tx.connection.execute(
        select(lesson).where(which).order_by(lesson.c.starts_at, lesson.c.id)
    )
    of_courses = select(lesson.c.course_id).where(which)
    courses = await tx.connection.execute(select(course).where(course.c.id.in_(of_courses)))
    of_meetings = select(lesson.c.meeting_row).where(which)
    meetings = await tx.connection.execute(select(meeting).where(meeting.c.id.in_(of_meetings)))
    # Hundreds of sealed values take long enough to open for others to notice.
    return await asyncio.to_thread(_opened, tx, lessons.all(), courses.all(), meetings.all())


def _opened(
    tx: Transaction, lessons: Rows, courses: Rows, meetings: Rows
) -> tuple[ListedLesson, ...]:
    courses_by_id = {row.id: course_from_row(tx, row) for row in courses}
    meetings_by_id = {row.id: meeting_from_row(tx, row) for row in meetings}
    return tuple(
        ListedLesson(one, courses_by_id[one.course_id], meetings_by_id[one.meeting_row])
        for one in map(lesson_from_row, lessons)
    )
