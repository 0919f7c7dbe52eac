"""Which meeting instance belongs to which lesson."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select

from school.model import LessonState, Planned
from storage.database import Transaction
from storage.schema import lesson, meeting, meeting_instance
from storage.sealing import Vault


@dataclass(frozen=True, slots=True)
class LessonPlace:
    """A lesson that a meeting instance may be of."""

    lesson_id: int
    course_id: int
    planned: Planned
    is_off: bool
    began_at: datetime | None
    is_forgotten: bool  # who was there


async def lesson_of_instance(tx: Transaction, meeting_uuid: str) -> int | None:
    found = await tx.connection.execute(
        select(meeting_instance.c.lesson_id).where(
            meeting_instance.c.uuid_index == instance_index(tx, meeting_uuid)
        )
    )
    return found.scalar_one_or_none()


async def lessons_of_meeting(tx: Transaction, meeting_id: int) -> tuple[LessonPlace, ...]:
    """The lessons that an instance of this meeting can be of: all of its course.

    Those too that are planned elsewhere or off: whoever goes to the old link holds them there.
    """
    rows = await tx.connection.execute(
        select(
            lesson.c.id,
            lesson.c.course_id,
            lesson.c.starts_at,
            lesson.c.length_seconds,
            lesson.c.state,
            lesson.c.began_at,
            lesson.c.forgotten_at,
        )
        .join(meeting, meeting.c.course_id == lesson.c.course_id)
        .where(meeting.c.meeting_id == meeting_id)
    )
    return tuple(
        LessonPlace(
            lesson_id=row.id,
            course_id=row.course_id,
            planned=Planned(row.starts_at, timedelta(seconds=row.length_seconds)),
            is_off=row.state == LessonState.CANCELLED,
            began_at=row.began_at,
            is_forgotten=row.forgotten_at is not None,
        )
        for row in rows
    )


async def remember_instance(tx: Transaction, meeting_uuid: str, lesson_id: int) -> None:
    """From now on, this instance is of that lesson."""
    await tx.connection.execute(
        insert(meeting_instance).values(
            uuid_index=instance_index(tx, meeting_uuid), lesson_id=lesson_id, inferred=False
        )
    )


async def last_start(tx: Transaction, lesson_id: int) -> datetime | None:
    """When the instance that is on was started."""
    return await tx.connection.scalar(
        select(meeting_instance.c.started_at)
        .where(meeting_instance.c.lesson_id == lesson_id, meeting_instance.c.ended_at.is_(None))
        .order_by(meeting_instance.c.started_at.desc())
        .limit(1)
    )


def instance_index(tx: Transaction, meeting_uuid: str) -> bytes:
    """What an instance is known by: Zoom's own name of it is stored nowhere bare."""
    return uuid_index(tx.vault, meeting_uuid)


def uuid_index(vault: Vault, meeting_uuid: str) -> bytes:
    """The same outside of any transaction."""
    return vault.index("meeting instance", meeting_uuid)
