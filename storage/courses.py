"""Courses, their lessons, and how far each is settled with Zoom."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, and_, insert, or_, select, update

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
    """A series of lessons with one Zoom meeting; `topic` is None once erased."""

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


def _course(tx: Transaction, row: Row[Any]) -> Course:
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
    return _course(tx, row) if row else None


async def course_of_request(tx: Transaction, request_key: str) -> Course | None:
    """The course that a request has already made, if it was handled before."""
    found = await tx.connection.execute(select(course).where(course.c.request_key == request_key))
    row = found.one_or_none()
    return _course(tx, row) if row else None


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
        found = _course(tx, row)
        if found.topic is not None:
            topics.setdefault(found.topic, found.id)
    return {course_id: topic for topic, course_id in list(topics.items())[:limit]}


async def claim_course(
    tx: Transaction, course_id: int, lease_token: int, lease: timedelta
) -> Course | None:
    """Take a course to settle it with Zoom; None while somebody else has it."""
    claimed = await tx.connection.execute(
        update(course)
        .where(
            course.c.id == course_id,
            or_(course.c.lease_until.is_(None), course.c.lease_until < tx.now),
        )
        .values(lease_token=lease_token, lease_until=tx.now + lease)
        .returning(course)
    )
    row = claimed.one_or_none()
    return _course(tx, row) if row else None


async def due_courses(tx: Transaction, limit: int = 20) -> tuple[int, ...]:
    """Courses that are not yet as they should be at Zoom, and whose time has come."""
    rows = await tx.connection.execute(
        select(course.c.id)
        .where(
            and_(course.c.next_try_at.is_not(None), course.c.next_try_at <= tx.now),
            or_(course.c.lease_until.is_(None), course.c.lease_until < tx.now),
        )
        .order_by(course.c.next_try_at)
        .limit(limit)
    )
    return tuple(rows.scalars())


async def next_try_at(tx: Transaction) -> datetime | None:
    """When the next course is due to be settled."""
    found = await tx.connection.execute(
        select(course.c.next_try_at)
        .where(course.c.next_try_at.is_not(None))
        .order_by(course.c.next_try_at)
        .limit(1)
    )
    return found.scalar_one_or_none()


async def confirm_course(
    tx: Transaction, course_id: int, *, meeting_id: int, join_url: str, passcode: str
) -> None:
    """The Zoom meeting exists: its lessons are scheduled."""
    await tx.connection.execute(
        update(course)
        .where(course.c.id == course_id)
        .values(
            meeting_id=meeting_id,
            sealed_join_url=tx.vault.seal("course", "sealed_join_url", course_id, join_url),
            sealed_passcode=tx.vault.seal("course", "sealed_passcode", course_id, passcode),
            confirmed_at=tx.now,
        )
    )
    await tx.connection.execute(
        update(lesson)
        .where(lesson.c.course_id == course_id, lesson.c.state == LessonState.CREATING)
        .values(state=LessonState.SCHEDULED)
    )


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


async def begin_attempt(tx: Transaction, course_id: int) -> None:
    """Count a try before Zoom is asked, so that a crash is known to have been one."""
    await tx.connection.execute(
        update(course).where(course.c.id == course_id).values(attempts=course.c.attempts + 1)
    )


async def mark_deleted(tx: Transaction, course_id: int) -> None:
    await tx.connection.execute(
        update(course).where(course.c.id == course_id).values(deleted_at=tx.now)
    )


async def release_course(
    tx: Transaction,
    course_id: int,
    lease_token: int,
    *,
    next_try_at: datetime | None,
    problem: str | None,
) -> None:
    """Give a claimed course back: what hinders it, and when to look at it again."""
    await tx.connection.execute(
        update(course)
        .where(course.c.id == course_id, course.c.lease_token == lease_token)
        .values(lease_token=None, lease_until=None, next_try_at=next_try_at, last_problem=problem)
    )


async def wake_courses(tx: Transaction, teacher_id: int) -> None:
    """Try a teacher's unsettled courses again now: Zoom lets them in again."""
    await tx.connection.execute(
        update(course)
        .where(course.c.teacher_id == teacher_id, course.c.last_problem.is_not(None))
        .values(next_try_at=tx.now)
    )


async def wake_course(tx: Transaction, course_id: int) -> None:
    await tx.connection.execute(
        update(course).where(course.c.id == course_id).values(next_try_at=tx.now)
    )


async def _courses(tx: Transaction, ids: set[int]) -> dict[int, Course]:
    rows = await tx.connection.execute(select(course).where(course.c.id.in_(ids)))
    return {row.id: _course(tx, row) for row in rows}
