"""Courses, their lessons, and how far each is settled with Zoom."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, and_, insert, select, update

from school.model import LessonState, Planned
from storage.chats import Chat, chat_from_row
from storage.database import Transaction, new_id
from storage.schema import chat, course, course_chat, lesson


@dataclass(frozen=True, slots=True)
class NewCourse:
    """What is written down before Zoom is asked; `reference` finds the meeting again."""

    teacher_id: int
    request_key: str
    reference: str
    topic: str
    zone: ZoneInfo
    planned: Planned
    chat_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """A series of lessons with one Zoom meeting; `topic` is None once erased.

    `attempts` counts the tries at Zoom that may have left a meeting there.
    """

    id: int
    teacher_id: int
    reference: str
    topic: str | None
    zone: ZoneInfo
    meeting_id: int | None
    join_url: str | None
    is_confirmed: bool
    is_discarded: bool
    is_deleted: bool
    attempts: int
    next_try_at: datetime | None
    last_problem: str | None


@dataclass(frozen=True, slots=True)
class Lesson:
    """One sitting of a course."""

    id: int
    course_id: int
    teacher_id: int
    state: LessonState
    planned: Planned


def course_from_row(tx: Transaction, row: Row[Any]) -> Course:
    return Course(
        id=row.id,
        teacher_id=row.teacher_id,
        reference=row.reference,
        topic=tx.vault.open_optional("course", "sealed_topic", row.id, row.sealed_topic),
        zone=ZoneInfo(row.zone),
        meeting_id=row.meeting_id,
        join_url=tx.vault.open_optional("course", "sealed_join_url", row.id, row.sealed_join_url),
        is_confirmed=row.confirmed_at is not None,
        is_discarded=row.discarded_at is not None,
        is_deleted=row.deleted_at is not None,
        attempts=row.attempts,
        next_try_at=row.next_try_at,
        last_problem=row.last_problem,
    )


def _lesson(row: Row[Any]) -> Lesson:
    return Lesson(
        id=row.id,
        course_id=row.course_id,
        teacher_id=row.teacher_id,
        state=LessonState(row.state),
        planned=Planned(row.starts_at, timedelta(seconds=row.length_seconds)),
    )


async def add_course(tx: Transaction, new: NewCourse) -> tuple[int, int]:
    """Write a course with its first lesson down as an intent: (course id, lesson id)."""
    course_id, lesson_id = new_id(), new_id()
    await tx.connection.execute(
        insert(course).values(
            id=course_id,
            teacher_id=new.teacher_id,
            request_key=new.request_key,
            reference=new.reference,
            sealed_topic=tx.vault.seal("course", "sealed_topic", course_id, new.topic),
            zone=new.zone.key,
            created_at=tx.now,
            next_try_at=tx.now,
        )
    )
    await tx.connection.execute(
        insert(lesson).values(
            id=lesson_id,
            course_id=course_id,
            teacher_id=new.teacher_id,
            state=LessonState.CREATING,
            starts_at=new.planned.starts_at,
            length_seconds=int(new.planned.length.total_seconds()),
        )
    )
    for chat_id in new.chat_ids:
        await tx.connection.execute(
            insert(course_chat).values(course_id=course_id, chat_id=chat_id)
        )
    return course_id, lesson_id


async def find_course(tx: Transaction, course_id: int) -> Course | None:
    found = await tx.connection.execute(select(course).where(course.c.id == course_id))
    row = found.one_or_none()
    return course_from_row(tx, row) if row else None


async def course_of_request(tx: Transaction, request_key: str) -> Course | None:
    """The course that a request has already made, if it was handled before."""
    found = await tx.connection.execute(select(course).where(course.c.request_key == request_key))
    row = found.one_or_none()
    return course_from_row(tx, row) if row else None


async def find_lesson(tx: Transaction, lesson_id: int) -> Lesson | None:
    found = await tx.connection.execute(select(lesson).where(lesson.c.id == lesson_id))
    row = found.one_or_none()
    return _lesson(row) if row else None


async def lessons_of_course(tx: Transaction, course_id: int) -> tuple[Lesson, ...]:
    rows = await tx.connection.execute(
        select(lesson).where(lesson.c.course_id == course_id).order_by(lesson.c.starts_at)
    )
    return tuple(_lesson(row) for row in rows)


async def chats_of_course(tx: Transaction, course_id: int) -> tuple[Chat, ...]:
    rows = await tx.connection.execute(
        select(chat)
        .join(course_chat, course_chat.c.chat_id == chat.c.id)
        .where(course_chat.c.course_id == course_id)
        .order_by(chat.c.id)
    )
    return tuple(chat_from_row(tx, row) for row in rows)


async def lessons_of_teacher(
    tx: Transaction, person_id: int, since: datetime, until: datetime | None = None
) -> tuple[tuple[Lesson, Course], ...]:
    """A teacher's lessons that are on and end after `since`, soonest first."""
    query = (
        select(lesson)
        .where(
            lesson.c.teacher_id == person_id,
            lesson.c.starts_at > since - timedelta(days=2),
            lesson.c.state.in_([LessonState.CREATING, LessonState.SCHEDULED, LessonState.LIVE]),
        )
        .order_by(lesson.c.starts_at)
    )
    if until is not None:
        query = query.where(lesson.c.starts_at < until)
    lessons = [_lesson(row) for row in await tx.connection.execute(query)]
    lessons = [one for one in lessons if one.planned.ends_at > since]
    courses = await _courses(tx, {one.course_id for one in lessons})
    return tuple((one, courses[one.course_id]) for one in lessons)


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


async def discard_course(tx: Transaction, course_id: int) -> None:
    """The class is off: its open lessons are cancelled, its meeting is to be deleted now."""
    await tx.connection.execute(
        update(course)
        .where(course.c.id == course_id)
        .values(discarded_at=tx.now, next_try_at=tx.now, last_problem=None)
    )
    await tx.connection.execute(
        update(lesson)
        .where(
            lesson.c.course_id == course_id,
            lesson.c.state.in_([LessonState.CREATING, LessonState.SCHEDULED]),
        )
        .values(state=LessonState.CANCELLED)
    )


async def wake_courses(tx: Transaction, teacher_id: int) -> None:
    """Try a teacher's unsettled courses again now: Zoom lets them in again."""
    await _wake(tx, and_(course.c.teacher_id == teacher_id, course.c.last_problem.is_not(None)))


async def wake_course(tx: Transaction, course_id: int) -> None:
    """Try a course again now; what hindered it before is forgotten."""
    await _wake(tx, course.c.id == course_id)


async def _wake(tx: Transaction, which: ColumnElement[bool]) -> None:
    await tx.connection.execute(
        update(course).where(which).values(next_try_at=tx.now, last_problem=None)
    )


async def _courses(tx: Transaction, ids: set[int]) -> dict[int, Course]:
    rows = await tx.connection.execute(select(course).where(course.c.id.in_(ids)))
    return {row.id: course_from_row(tx, row) for row in rows}
