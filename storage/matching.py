"""Who in stored lessons is who on their course's roster."""

import json
from datetime import datetime

from sqlalchemy import select, update

from school.attendance import LessonAttendance
from school.identity import Key
from storage.database import Transaction
from storage.schema import lesson, presence


async def keys_in(tx: Transaction, lesson_id: int) -> dict[int, frozenset[Key]]:
    """By what else Zoom told people apart, for those of whom it did, by their `ordinal`."""
    rows = await tx.connection.execute(
        select(presence.c.ordinal, presence.c.sealed_keys).where(
            presence.c.lesson_id == lesson_id, presence.c.sealed_keys.is_not(None)
        )
    )
    opened = tx.vault.open
    return {
        row.ordinal: _keys_from_json(
            opened("presence", "sealed_keys", f"{lesson_id}:{row.ordinal}", row.sealed_keys)
        )
        for row in rows
    }


async def began_in_course(tx: Transaction, course_id: int) -> dict[int, datetime]:
    """When each of a course's lessons began that did, and of which it is known who was there."""
    rows = await tx.connection.execute(
        select(lesson.c.id, lesson.c.began_at).where(
            lesson.c.course_id == course_id,
            lesson.c.began_at.is_not(None),
            lesson.c.forgotten_at.is_(None),
        )
    )
    return {row.id: row.began_at for row in rows}


async def agrees(tx: Transaction, lesson_id: int, found: LessonAttendance) -> bool:
    """Whether the fold's answer is what is stored of the people of a lesson."""
    rows = await tx.connection.execute(
        select(
            presence.c.student_id, presence.c.seconds, presence.c.ambiguous, presence.c.overlapping
        )
        .where(presence.c.lesson_id == lesson_id)
        .order_by(presence.c.ordinal)
    )
    count = await tx.connection.scalar(
        select(lesson.c.student_count).where(lesson.c.id == lesson_id)
    )
    return count == found.student_count and [tuple(row) for row in rows] == [
        (one.student_id, round(one.total.total_seconds()), one.ambiguous, one.overlapping)
        for one in found.presences
    ]


async def set_student(
    tx: Transaction, lesson_id: int, ordinal: int, student_id: int | None, *, ambiguous: bool
) -> None:
    """Who somebody in a lesson is on the roster, where it is not folded anew."""
    await tx.connection.execute(
        update(presence)
        .where(presence.c.lesson_id == lesson_id, presence.c.ordinal == ordinal)
        .values(student_id=student_id, ambiguous=ambiguous)
    )


async def set_student_count(tx: Transaction, lesson_id: int, count: int) -> None:
    await tx.connection.execute(
        update(lesson).where(lesson.c.id == lesson_id).values(student_count=count)
    )


def _keys_from_json(text: str) -> frozenset[Key]:
    return frozenset((kind, value) for kind, value in json.loads(text))
