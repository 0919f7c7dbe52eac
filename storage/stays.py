"""Who was in a lesson from when until when, as its timeline shows."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from storage.attendance import PresenceRow, presence_from_row
from storage.database import Transaction
from storage.schema import meeting_instance, presence, stay


@dataclass(frozen=True, slots=True)
class StayRow:
    """One join to leave; what was not reported is inferred."""

    joined_at: datetime
    left_at: datetime
    inferred_join: bool
    inferred_leave: bool


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody with their stays, by time."""

    presence: PresenceRow
    stays: tuple[StayRow, ...]


async def people_with_stays(tx: Transaction, lesson_id: int) -> tuple[PersonRow, ...]:
    """Everybody in the lesson: the teacher first, then the longest first."""
    stays = defaultdict[int, list[StayRow]](list)
    found = await tx.connection.execute(
        select(stay).where(stay.c.lesson_id == lesson_id).order_by(stay.c.joined_at, stay.c.ordinal)
    )
    for row in found:
        stays[row.presence_ordinal].append(
            StayRow(row.joined_at, row.left_at, row.inferred_join, row.inferred_leave)
        )
    rows = await tx.connection.execute(
        select(presence).where(presence.c.lesson_id == lesson_id).order_by(presence.c.ordinal)
    )
    return tuple(PersonRow(presence_from_row(tx, row), tuple(stays[row.ordinal])) for row in rows)


async def instances_of(tx: Transaction, lesson_id: int) -> tuple[tuple[datetime, datetime], ...]:
    """When the meeting was on, by time; one that still is, is not among them."""
    rows = await tx.connection.execute(
        select(meeting_instance.c.started_at, meeting_instance.c.ended_at)
        .where(
            meeting_instance.c.lesson_id == lesson_id,
            meeting_instance.c.started_at.is_not(None),
            meeting_instance.c.ended_at.is_not(None),
        )
        .order_by(meeting_instance.c.started_at)
    )
    return tuple((row.started_at, row.ended_at) for row in rows)
