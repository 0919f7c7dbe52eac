"""Courses and their lessons: what is planned.

storage.planning changes it; what Zoom has of it is in storage.meetings.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select

from school.model import LessonState, Planned
from storage.chats import Chat, chat_from_row
from storage.database import Transaction
from storage.schema import chat, chat_teacher, course, course_chat, lesson

OPEN = (LessonState.CREATING, LessonState.SCHEDULED)
"""The states of lessons that are still ahead, and can be changed."""


@dataclass(frozen=True, slots=True)
class Course:
    """A series of lessons, or one; `topic` is None once erased.

    `version` tells whether somebody changed it since it was looked at.
    """

    id: int
    teacher_id: int
    topic: str | None
    zone: ZoneInfo
    repeat: str | None
    anchor_at: datetime | None
    ended_at: datetime | None  # when it was called off as a whole
    version: int

    @property
    def has_ended(self) -> bool:
        return self.ended_at is not None


@dataclass(frozen=True, slots=True)
class Lesson:
    """One sitting of a course, held in the Zoom meeting of storage.meetings' row `meeting_row`.

    `slot_at` is where the course's rule put it, None outside a series. `gone_at` is when it was
    found deleted inside Zoom while it is still planned here.
    """

    id: int
    course_id: int
    meeting_row: int
    teacher_id: int
    state: LessonState
    planned: Planned
    slot_at: datetime | None
    moved_from_at: datetime | None
    cancelled_at: datetime | None
    sequence: int
    gone_at: datetime | None
    hosted_by: int | None

    @property
    def given_by(self) -> int:
        """Who really held it, as far as that is known, or else who is to."""
        return self.hosted_by or self.teacher_id

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


def course_from_row(tx: Transaction, row: Row[Any]) -> Course:
    return Course(
        id=row.id,
        teacher_id=row.teacher_id,
        topic=tx.vault.open_optional("course", "sealed_topic", row.id, row.sealed_topic),
        zone=ZoneInfo(row.zone),
        repeat=row.repeat,
        anchor_at=row.anchor_at,
        ended_at=row.ended_at,
        version=row.version,
    )


def lesson_from_row(row: Row[Any]) -> Lesson:
    return Lesson(
        id=row.id,
        course_id=row.course_id,
        meeting_row=row.meeting_row,
        teacher_id=row.teacher_id,
        state=LessonState(row.state),
        planned=Planned(row.starts_at, timedelta(seconds=row.length_seconds)),
        slot_at=row.slot_at,
        moved_from_at=row.moved_from_at,
        cancelled_at=row.cancelled_at,
        sequence=row.sequence,
        gone_at=row.gone_at,
        hosted_by=row.hosted_by,
    )


async def find_course(tx: Transaction, course_id: int) -> Course | None:
    found = await tx.connection.execute(select(course).where(course.c.id == course_id))
    row = found.one_or_none()
    return course_from_row(tx, row) if row else None


async def get_course(tx: Transaction, course_id: int) -> Course:
    """Of a lesson that is there: courses stay as long."""
    found = await find_course(tx, course_id)
    assert found is not None, "a lesson's course stays"
    return found


async def course_of_request(tx: Transaction, request_key: str) -> Course | None:
    """The course that a request has already made, if it was handled before."""
    found = await tx.connection.execute(select(course).where(course.c.request_key == request_key))
    row = found.one_or_none()
    return course_from_row(tx, row) if row else None


async def running_out(tx: Transaction, before: datetime) -> tuple[int, ...]:
    """Repeating courses that have lessons ahead, but none that starts after that."""
    later = select(lesson.c.id).where(lesson.c.course_id == course.c.id, lesson.c.slot_at > before)
    ahead = select(lesson.c.id).where(
        lesson.c.course_id == course.c.id, lesson.c.state.in_(OPEN), lesson.c.starts_at > tx.now
    )
    rows = await tx.connection.execute(
        select(course.c.id).where(
            course.c.repeat.is_not(None),
            course.c.ended_at.is_(None),
            ahead.exists(),
            ~later.exists(),
        )
    )
    return tuple(rows.scalars())


async def find_lesson(tx: Transaction, lesson_id: int) -> Lesson | None:
    found = await tx.connection.execute(select(lesson).where(lesson.c.id == lesson_id))
    row = found.one_or_none()
    return lesson_from_row(row) if row else None


async def lessons_of_course(tx: Transaction, course_id: int) -> tuple[Lesson, ...]:
    """All of them, soonest first."""
    rows = await tx.connection.execute(
        select(lesson).where(lesson.c.course_id == course_id).order_by(lesson.c.starts_at)
    )
    return tuple(lesson_from_row(row) for row in rows)


async def lessons_ahead(tx: Transaction, course_id: int) -> list[Lesson]:
    """Those of a course that are still to come, soonest first."""
    return [
        one
        for one in await lessons_of_course(tx, course_id)
        if one.is_open and one.planned.starts_at > tx.now
    ]


async def lessons_in_meeting(tx: Transaction, meeting_row: int) -> tuple[Lesson, ...]:
    """Those that are or were to be held in a meeting, soonest first."""
    rows = await tx.connection.execute(
        select(lesson).where(lesson.c.meeting_row == meeting_row).order_by(lesson.c.starts_at)
    )
    return tuple(lesson_from_row(row) for row in rows)


async def courses_of_teacher_in(tx: Transaction, person_id: int, chat_id: int) -> tuple[int, ...]:
    """The ids of a teacher's courses that are announced in this chat."""
    rows = await tx.connection.execute(
        select(course_chat.c.course_id)
        .join(course, course.c.id == course_chat.c.course_id)
        .where(course_chat.c.chat_id == chat_id, course.c.teacher_id == person_id)
        .order_by(course_chat.c.course_id)
    )
    return tuple(rows.scalars())


async def chats_of_course(tx: Transaction, course_id: int) -> tuple[Chat, ...]:
    rows = await tx.connection.execute(
        select(chat)
        .join(course_chat, course_chat.c.chat_id == chat.c.id)
        .where(course_chat.c.course_id == course_id)
        .order_by(chat.c.id)
    )
    return tuple(chat_from_row(tx, row) for row in rows)


async def chats_to_announce_in(tx: Transaction, course_id: int) -> tuple[Chat, ...]:
    """Those of a course's chats in which its teacher may still post."""
    allowed = (
        select(chat_teacher.c.chat_id)
        .join(course, course.c.teacher_id == chat_teacher.c.person_id)
        .where(course.c.id == course_id)
    )
    allowed_ids = set((await tx.connection.execute(allowed)).scalars())
    return tuple(one for one in await chats_of_course(tx, course_id) if one.id in allowed_ids)


async def courses_of_teacher(tx: Transaction, person_id: int, limit: int) -> tuple[Course, ...]:
    """A teacher's own, the newest first."""
    rows = await tx.connection.execute(
        select(course)
        .where(course.c.teacher_id == person_id, course.c.sealed_topic.is_not(None))
        .order_by(course.c.created_at.desc(), course.c.id)
        .limit(limit)
    )
    return tuple(course_from_row(tx, row) for row in rows)


async def recent_topics(tx: Transaction, person_id: int, limit: int = 4) -> dict[int, str]:
    """The topics a teacher used last, each with the course that has it, newest first."""
    rows = await tx.connection.execute(
        select(course)
        .where(course.c.teacher_id == person_id, course.c.sealed_topic.is_not(None))
        .order_by(course.c.created_at.desc())
        .limit(50)
    )
    topics: dict[str, int] = {}
    for row in rows:
        found = course_from_row(tx, row)
        if found.topic is not None:
            topics.setdefault(found.topic, found.id)
    return {course_id: topic for topic, course_id in list(topics.items())[:limit]}
