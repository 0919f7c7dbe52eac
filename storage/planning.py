"""Planning courses and lessons, and changing what is planned."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, update

from school.model import LessonState, Planned
from storage.courses import OPEN, Lesson
from storage.database import Transaction, new_id
from storage.schema import course, course_chat, lesson


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


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())
