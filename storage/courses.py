"""Courses and their lessons: what is planned. What Zoom has of it is in storage.meetings."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, delete, insert, or_, select, update

from school.model import LessonState, Planned
from storage.chats import Chat, chat_from_row
from storage.database import Transaction, new_id
from storage.schema import chat, course, course_chat, lesson

OPEN = (LessonState.CREATING, LessonState.SCHEDULED)
"""The states of lessons that are still ahead, and can be changed."""


@dataclass(frozen=True, slots=True)
class NewCourse:
    """A course as asked for; `repeat` is an RFC 5545 rule whose first date is `anchor_at`."""

    teacher_id: int
    request_key: str
    topic: str
    zone: ZoneInfo
    chat_ids: tuple[int, ...]
    repeat: str | None = None
    anchor_at: datetime | None = None


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
    has_ended: bool
    version: int


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
        has_ended=row.ended_at is not None,
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
    )


# Writing


async def add_course(tx: Transaction, new: NewCourse) -> int:
    """Write a course down, without lessons yet; its id."""
    course_id = new_id()
    await tx.connection.execute(
        insert(course).values(
            id=course_id,
            teacher_id=new.teacher_id,
            request_key=new.request_key,
            sealed_topic=tx.vault.seal("course", "sealed_topic", course_id, new.topic),
            zone=new.zone.key,
            repeat=new.repeat,
            anchor_at=new.anchor_at,
            created_at=tx.now,
        )
    )
    await add_chats(tx, course_id, new.chat_ids)
    return course_id


async def add_lessons(
    tx: Transaction,
    course_id: int,
    meeting_row: int,
    teacher_id: int,
    planned: Iterable[Planned],
    *,
    is_series: bool,
) -> tuple[int, ...]:
    """Lessons to be held in a meeting that is still to be made; their ids, in the same order."""
    rows = [
        {
            "id": new_id(),
            "course_id": course_id,
            "meeting_row": meeting_row,
            "teacher_id": teacher_id,
            "state": LessonState.CREATING,
            "starts_at": one.starts_at,
            "length_seconds": _seconds(one.length),
            "slot_at": one.starts_at if is_series else None,
        }
        for one in planned
    ]
    await tx.connection.execute(insert(lesson), rows)
    return tuple(int(str(row["id"])) for row in rows)


async def plan_lesson(
    tx: Transaction, old: Lesson, planned: Planned, *, slot_at: datetime | None = None
) -> None:
    """The lesson is to be held then; with `slot_at`, the rule of its series has moved there too."""
    is_moved = planned.starts_at != old.planned.starts_at
    await tx.connection.execute(
        update(lesson)
        .where(lesson.c.id == old.id)
        .values(
            starts_at=planned.starts_at,
            length_seconds=_seconds(planned.length),
            moved_from_at=old.planned.starts_at if is_moved else old.moved_from_at,
            slot_at=slot_at or old.slot_at,
            sequence=lesson.c.sequence + 1,
        )
    )


async def set_slot(tx: Transaction, lesson_id: int, slot_at: datetime) -> None:
    """Where the rule of its series, which has moved, has a lesson that is off."""
    await tx.connection.execute(
        update(lesson).where(lesson.c.id == lesson_id).values(slot_at=slot_at)
    )


async def cancel_lessons(tx: Transaction, lesson_ids: Collection[int]) -> None:
    """Those that are still open are off."""
    await tx.connection.execute(
        update(lesson)
        .where(lesson.c.id.in_(lesson_ids), lesson.c.state.in_(OPEN))
        .values(
            state=LessonState.CANCELLED,
            cancelled_at=tx.now,
            sequence=lesson.c.sequence + 1,
            sealed_waiting=None,
        )
    )


async def hold_in(
    tx: Transaction,
    lesson_ids: Collection[int],
    meeting_row: int,
    *,
    state: LessonState,
    teacher_id: int | None = None,
) -> None:
    """The lessons are to be held in another meeting, perhaps by another teacher.

    `state` is CREATING while that meeting is still to be made.
    """
    values: dict[str, object] = {"meeting_row": meeting_row, "state": state, "gone_at": None}
    if teacher_id is not None:
        values["teacher_id"] = teacher_id
    await tx.connection.execute(
        update(lesson)
        .where(lesson.c.id.in_(lesson_ids))
        .values(sequence=lesson.c.sequence + 1, **values)
    )


async def schedule_lessons(tx: Transaction, meeting_row: int) -> None:
    """The meeting exists: what was being created in it is scheduled."""
    await tx.connection.execute(
        update(lesson)
        .where(lesson.c.meeting_row == meeting_row, lesson.c.state == LessonState.CREATING)
        .values(state=LessonState.SCHEDULED)
    )


async def mark_gone(tx: Transaction, lesson_ids: Collection[int]) -> None:
    """Deleted inside Zoom, though still planned here."""
    await tx.connection.execute(
        update(lesson).where(lesson.c.id.in_(lesson_ids)).values(gone_at=tx.now)
    )


async def raise_sequences(tx: Transaction, course_id: int) -> None:
    """Something that calendars show of all open lessons has changed."""
    await tx.connection.execute(
        update(lesson)
        .where(lesson.c.course_id == course_id, lesson.c.state.in_(OPEN))
        .values(sequence=lesson.c.sequence + 1)
    )


async def rename_course(tx: Transaction, course_id: int, topic: str) -> None:
    await tx.connection.execute(
        update(course)
        .where(course.c.id == course_id)
        .values(sealed_topic=tx.vault.seal("course", "sealed_topic", course_id, topic))
    )
    await raise_sequences(tx, course_id)


async def set_rule(
    tx: Transaction, course_id: int, repeat: str | None, anchor_at: datetime | None
) -> None:
    """The rule that a series goes on by."""
    await tx.connection.execute(
        update(course).where(course.c.id == course_id).values(repeat=repeat, anchor_at=anchor_at)
    )


async def end_course(tx: Transaction, course_id: int) -> None:
    """Its rule adds no lessons any more."""
    await tx.connection.execute(
        update(course).where(course.c.id == course_id).values(ended_at=tx.now)
    )


async def go_on_with(tx: Transaction, course_id: int) -> None:
    """It has not ended after all."""
    await tx.connection.execute(
        update(course).where(course.c.id == course_id).values(ended_at=None)
    )


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


async def count_change(tx: Transaction, course_id: int) -> None:
    """A person has changed the course: whoever looks at an earlier version is told."""
    await tx.connection.execute(
        update(course).where(course.c.id == course_id).values(version=course.c.version + 1)
    )


async def add_chats(tx: Transaction, course_id: int, chat_ids: Iterable[int]) -> None:
    """Announce the course there too."""
    rows = [{"course_id": course_id, "chat_id": chat_id} for chat_id in chat_ids]
    if rows:
        await tx.connection.execute(insert(course_chat), rows)


async def remove_chats(tx: Transaction, course_id: int, chat_ids: Collection[int]) -> None:
    await tx.connection.execute(
        delete(course_chat).where(
            course_chat.c.course_id == course_id, course_chat.c.chat_id.in_(chat_ids)
        )
    )


# Looking


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


async def _with_courses(
    tx: Transaction, lessons: Sequence[Lesson]
) -> tuple[tuple[Lesson, Course], ...]:
    ids = {one.course_id for one in lessons}
    rows = await tx.connection.execute(select(course).where(course.c.id.in_(ids)))
    courses = {row.id: course_from_row(tx, row) for row in rows}
    return tuple((one, courses[one.course_id]) for one in lessons)


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())
