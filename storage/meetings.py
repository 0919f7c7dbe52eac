"""The meetings at Zoom that lessons are held in, and what Zoom has of each, as far as is known."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, func, insert, or_, select, update

from school.mirror import Date
from school.model import LessonState, Planned
from storage.database import Transaction, new_id
from storage.schema import lesson, meeting, occurrence


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting on the account of `host_id`; `meeting_id` is Zoom's number, None until it exists.

    `reference` stands in its agenda, so that it is found again after a lost answer. `attempts`
    counts the tries at Zoom that may have left a meeting there. `topic` is the one that Zoom has,
    None where that is not known.
    """

    id: int
    course_id: int
    host_id: int
    reference: str
    is_series: bool
    meeting_id: int | None
    join_url: str | None = field(repr=False)
    passcode: str | None = field(repr=False)
    topic: str | None = field(repr=False)
    is_confirmed: bool
    is_discarded: bool
    is_deleted: bool
    attempts: int
    next_try_at: datetime | None
    last_problem: str | None


def meeting_from_row(tx: Transaction, row: Row[Any]) -> Meeting:
    opened = tx.vault.open_optional
    return Meeting(
        id=row.id,
        course_id=row.course_id,
        host_id=row.host_id,
        reference=row.reference,
        is_series=row.is_series,
        meeting_id=row.meeting_id,
        join_url=opened("meeting", "sealed_join_url", row.id, row.sealed_join_url),
        passcode=opened("meeting", "sealed_passcode", row.id, row.sealed_passcode),
        topic=opened("meeting", "sealed_topic", row.id, row.sealed_topic),
        is_confirmed=row.confirmed_at is not None,
        is_discarded=row.discarded_at is not None,
        is_deleted=row.deleted_at is not None,
        attempts=row.attempts,
        next_try_at=row.next_try_at,
        last_problem=row.last_problem,
    )


async def add_meeting(
    tx: Transaction, course_id: int, host_id: int, reference: str, *, is_series: bool
) -> int:
    """Write down that a meeting is to be made; its row's id."""
    meeting_row = new_id()
    await tx.connection.execute(
        insert(meeting).values(
            id=meeting_row,
            course_id=course_id,
            host_id=host_id,
            reference=reference,
            is_series=is_series,
            created_at=tx.now,
            next_try_at=tx.now,
        )
    )
    return meeting_row


async def count_made_since(tx: Transaction, host_id: int, since: datetime) -> int:
    """Meetings that were written down for a teacher's account, whatever became of them."""
    query = (
        select(func.count())
        .select_from(meeting)
        .where(meeting.c.host_id == host_id, meeting.c.created_at >= since)
    )
    return await tx.connection.scalar(query) or 0


async def find_meeting(tx: Transaction, meeting_row: int) -> Meeting | None:
    found = await tx.connection.execute(select(meeting).where(meeting.c.id == meeting_row))
    row = found.one_or_none()
    return meeting_from_row(tx, row) if row else None


async def get_meeting(tx: Transaction, meeting_row: int) -> Meeting:
    """Of a lesson that is there: meetings stay as long."""
    found = await find_meeting(tx, meeting_row)
    assert found is not None, "a lesson's meeting stays"
    return found


async def host_of_number(tx: Transaction, meeting_id: int) -> int | None:
    """On whose account the meeting with this number of Zoom's was made."""
    return await tx.connection.scalar(
        select(meeting.c.host_id).where(meeting.c.meeting_id == meeting_id)
    )


async def meetings_of_course(tx: Transaction, course_id: int) -> tuple[Meeting, ...]:
    """All of them, oldest first."""
    rows = await tx.connection.execute(
        select(meeting).where(meeting.c.course_id == course_id).order_by(meeting.c.created_at)
    )
    return tuple(meeting_from_row(tx, row) for row in rows)


async def discard_meeting(tx: Transaction, meeting_row: int) -> None:
    """It is no longer wanted: to be deleted at Zoom now, or not to be made."""
    await tx.connection.execute(
        update(meeting)
        .where(meeting.c.id == meeting_row, meeting.c.discarded_at.is_(None))
        .values(discarded_at=tx.now, next_try_at=tx.now, last_problem=None)
    )


async def discard_if_idle(tx: Transaction, meeting_row: int) -> bool:
    """Discard it if no lesson is to be held in it any more; whether that is so."""
    open_states = (LessonState.CREATING, LessonState.SCHEDULED, LessonState.LIVE)
    open_ = await tx.connection.execute(
        select(lesson.c.id)
        .where(lesson.c.meeting_row == meeting_row, lesson.c.state.in_(open_states))
        .limit(1)
    )
    if open_.first() is not None:
        return False
    await discard_meeting(tx, meeting_row)
    return True


async def take_back(tx: Transaction, meeting_row: int) -> bool:
    """It is wanted again after all; False if it is, or may be, deleted at Zoom already.

    What Zoom was told of it last may have got lost, so it is looked at.
    """
    kept = await tx.connection.execute(
        update(meeting)
        .where(
            meeting.c.id == meeting_row,
            meeting.c.deleted_at.is_(None),
            or_(meeting.c.lease_until.is_(None), meeting.c.lease_until <= tx.now),
        )
        .values(discarded_at=None, next_try_at=tx.now, last_problem=None, look_at=tx.now)
    )
    return bool(kept.rowcount)


async def wake_meetings(tx: Transaction, host_id: int) -> None:
    """Try a teacher's unsettled meetings again now: Zoom lets them in again."""
    await _wake(tx, and_(meeting.c.host_id == host_id, meeting.c.last_problem.is_not(None)))


async def wake_meeting(tx: Transaction, meeting_row: int) -> None:
    """Zoom is to be told of something, or tried again: what hindered it before is forgotten."""
    await _wake(tx, meeting.c.id == meeting_row)


async def _wake(tx: Transaction, which: ColumnElement[bool]) -> None:
    await tx.connection.execute(
        update(meeting).where(which).values(next_try_at=tx.now, last_problem=None)
    )


async def look_now(tx: Transaction, meeting_id: int) -> bool:
    """Zoom says that the meeting of that number was changed; False if there is none."""
    found = await tx.connection.execute(
        update(meeting)
        .where(meeting.c.meeting_id == meeting_id, meeting.c.deleted_at.is_(None))
        .values(look_at=tx.now)
    )
    return bool(found.rowcount)


async def due_looks(tx: Transaction, limit: int = 20) -> tuple[int, ...]:
    """Rows of meetings that are to be looked at now."""
    rows = await tx.connection.execute(
        select(meeting.c.id)
        .where(
            meeting.c.look_at <= tx.now,
            meeting.c.confirmed_at.is_not(None),
            meeting.c.deleted_at.is_(None),
            or_(meeting.c.lease_until.is_(None), meeting.c.lease_until <= tx.now),
        )
        .order_by(meeting.c.look_at)
        .limit(limit)
    )
    return tuple(rows.scalars())


async def look_next(tx: Transaction, meeting_row: int, at: datetime | None) -> None:
    """When it is looked at again; None: no more."""
    await tx.connection.execute(
        update(meeting).where(meeting.c.id == meeting_row).values(look_at=at)
    )


# What Zoom has


async def keep_details(
    tx: Transaction, meeting_row: int, *, topic: str | None, join_url: str, passcode: str
) -> None:
    """The topic, link and passcode that Zoom has; no topic where none is to be kept."""
    values = {"sealed_topic": topic, "sealed_join_url": join_url, "sealed_passcode": passcode}
    sealed = {
        name: None if value is None else tx.vault.seal("meeting", name, meeting_row, value)
        for name, value in values.items()
    }
    await tx.connection.execute(update(meeting).where(meeting.c.id == meeting_row).values(sealed))


async def keep_topic(tx: Transaction, meeting_row: int, topic: str) -> None:
    sealed = tx.vault.seal("meeting", "sealed_topic", meeting_row, topic)
    await tx.connection.execute(
        update(meeting).where(meeting.c.id == meeting_row).values(sealed_topic=sealed)
    )


async def dates_of(tx: Transaction, meeting_row: int) -> tuple[Date, ...]:
    """The dates that Zoom has, as far as is known."""
    rows = await tx.connection.execute(
        select(occurrence)
        .where(occurrence.c.meeting_row == meeting_row)
        .order_by(occurrence.c.starts_at)
    )
    return tuple(
        Date(
            row.occurrence_id,
            Planned(row.starts_at, timedelta(seconds=row.length_seconds)),
            row.lesson_id,
        )
        for row in rows
    )


async def keep_dates(tx: Transaction, meeting_row: int, dates: Iterable[Date]) -> None:
    """These, and no others, are what Zoom has."""
    await tx.connection.execute(delete(occurrence).where(occurrence.c.meeting_row == meeting_row))
    rows = [_date_values(meeting_row, date) for date in dates]
    if rows:
        await tx.connection.execute(insert(occurrence), rows)


async def keep_date(tx: Transaction, meeting_row: int, occurrence_id: str, at: Planned) -> None:
    """Zoom has this date there now."""
    await tx.connection.execute(
        update(occurrence)
        .where(_is(meeting_row, occurrence_id))
        .values(starts_at=at.starts_at, length_seconds=int(at.length.total_seconds()))
    )


async def drop_date(tx: Transaction, meeting_row: int, occurrence_id: str) -> None:
    """Zoom has this date no more."""
    await tx.connection.execute(delete(occurrence).where(_is(meeting_row, occurrence_id)))


async def has_date(tx: Transaction, lesson_id: int, meeting_row: int) -> bool:
    """Whether Zoom is known to have a lesson's date in a meeting."""
    found = await tx.connection.execute(
        select(occurrence.c.occurrence_id).where(
            occurrence.c.lesson_id == lesson_id, occurrence.c.meeting_row == meeting_row
        )
    )
    return found.first() is not None


async def meetings_with_dates_of(tx: Transaction, lesson_ids: Collection[int]) -> tuple[int, ...]:
    """Rows of the meetings that have dates of these lessons at Zoom."""
    rows = await tx.connection.execute(
        select(occurrence.c.meeting_row).where(occurrence.c.lesson_id.in_(lesson_ids)).distinct()
    )
    return tuple(rows.scalars())


def _is(meeting_row: int, occurrence_id: str) -> ColumnElement[bool]:
    return and_(
        occurrence.c.meeting_row == meeting_row, occurrence.c.occurrence_id == occurrence_id
    )


def _date_values(meeting_row: int, date: Date) -> dict[str, object]:
    return {
        "meeting_row": meeting_row,
        "occurrence_id": date.occurrence_id,
        "lesson_id": date.lesson_id,
        "starts_at": date.planned.starts_at,
        "length_seconds": int(date.planned.length.total_seconds()),
    }
