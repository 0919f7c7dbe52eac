"""How far a meeting is settled with Zoom, and who is settling it just now.

A meeting that waits has `next_try_at`. Whoever settles it, or looks at it, holds a lease; each try
at making one is counted before Zoom is asked, and uncounted once it is certain that it left
nothing there.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update

from storage.database import Transaction
from storage.meetings import Meeting, meeting_from_row
from storage.schema import meeting, person


async def due_meetings(tx: Transaction, limit: int = 20) -> tuple[int, ...]:
    """Meetings that are not yet as they should be at Zoom, and whose time has come."""
    rows = await tx.connection.execute(
        select(meeting.c.id)
        .where(meeting.c.next_try_at <= tx.now, _is_free(tx))
        .order_by(meeting.c.next_try_at)
        .limit(limit)
    )
    return tuple(rows.scalars())


async def claim_meeting(
    tx: Transaction, meeting_row: int, lease_token: int, lease: timedelta
) -> Meeting | None:
    """Take a meeting to settle it with Zoom; None while somebody else has it."""
    claimed = await tx.connection.execute(
        update(meeting)
        .where(meeting.c.id == meeting_row, _is_free(tx))
        .values(lease_token=lease_token, lease_until=tx.now + lease)
        .returning(meeting)
    )
    row = claimed.one_or_none()
    return meeting_from_row(tx, row) if row else None


async def holds_lease(tx: Transaction, meeting_row: int, lease_token: int) -> bool:
    """Whether the meeting is still ours to settle."""
    found = await tx.connection.execute(
        select(meeting.c.id).where(
            meeting.c.id == meeting_row, meeting.c.lease_token == lease_token
        )
    )
    return found.first() is not None


async def meetings_being_settled(tx: Transaction, host_id: int) -> frozenset[int]:
    """Those on a teacher's account that somebody holds just now."""
    rows = await tx.connection.execute(
        select(meeting.c.id).where(meeting.c.host_id == host_id, meeting.c.lease_until > tx.now)
    )
    return frozenset(rows.scalars())


async def unsettled_of(tx: Transaction, host_id: int) -> tuple[int, ...]:
    """Those on a person's account that Zoom does not have as they should be."""
    rows = await tx.connection.execute(
        select(meeting.c.id).where(
            meeting.c.host_id == host_id,
            meeting.c.deleted_at.is_(None),
            or_(meeting.c.next_try_at.is_not(None), meeting.c.discarded_at.is_not(None)),
        )
    )
    return tuple(rows.scalars())


async def count_attempt(tx: Transaction, meeting_row: int) -> None:
    """Before Zoom is asked to make one, so that a crash is known to have been a try."""
    await tx.connection.execute(
        update(meeting).where(meeting.c.id == meeting_row).values(attempts=meeting.c.attempts + 1)
    )


async def uncount_attempt(tx: Transaction, meeting_row: int, lease_token: int) -> None:
    """The try has certainly left nothing at Zoom."""
    await tx.connection.execute(
        update(meeting)
        .where(meeting.c.id == meeting_row, meeting.c.lease_token == lease_token)
        .values(attempts=meeting.c.attempts - 1)
    )


async def confirm_meeting(tx: Transaction, meeting_row: int, meeting_id: int) -> bool:
    """The meeting exists at Zoom under that number.

    False if it had another already, is over with, or is of a person whose data was deleted: this
    one is too many.
    """
    erased = select(person.c.id).where(person.c.erased_at.is_not(None))
    changed = await tx.connection.execute(
        update(meeting)
        .where(
            meeting.c.id == meeting_row,
            or_(meeting.c.meeting_id.is_(None), meeting.c.meeting_id == meeting_id),
            meeting.c.deleted_at.is_(None),
            meeting.c.host_id.not_in(erased),
        )
        .values(meeting_id=meeting_id, confirmed_at=tx.now)
    )
    return bool(changed.rowcount)


async def mark_deleted(tx: Transaction, meeting_row: int) -> None:
    """The Zoom meeting is known to be gone, or never was."""
    await tx.connection.execute(
        update(meeting).where(meeting.c.id == meeting_row).values(deleted_at=tx.now, look_at=None)
    )


async def release_meeting(
    tx: Transaction,
    meeting_row: int,
    lease_token: int,
    *,
    next_try_at: datetime | None,
    problem: str | None,
) -> None:
    """Give a claimed meeting back: what hinders it, and when to try it again."""
    await tx.connection.execute(
        update(meeting)
        .where(meeting.c.id == meeting_row, meeting.c.lease_token == lease_token)
        .values(lease_token=None, lease_until=None, next_try_at=next_try_at, last_problem=problem)
    )


async def give_back(tx: Transaction, meeting_row: int, lease_token: int) -> None:
    """Give a claimed meeting back as it was."""
    await tx.connection.execute(
        update(meeting)
        .where(meeting.c.id == meeting_row, meeting.c.lease_token == lease_token)
        .values(lease_token=None, lease_until=None)
    )


async def break_off(tx: Transaction, meeting_row: int, lease_token: int) -> None:
    """Give it back in the middle of a try: what that left, the next one finds at once."""
    await tx.connection.execute(
        update(meeting)
        .where(meeting.c.id == meeting_row, meeting.c.lease_token == lease_token)
        .values(lease_token=None, lease_until=None, next_try_at=tx.now)
    )


def _is_free(tx: Transaction) -> ColumnElement[bool]:
    return or_(meeting.c.lease_until.is_(None), meeting.c.lease_until <= tx.now)
