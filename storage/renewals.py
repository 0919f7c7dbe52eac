"""Accounts whose tokens are to be renewed although nobody asks for them just now.

A try is counted before Zoom is asked, which also keeps another process from trying it too; a pair
that is stored ends the count.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update

from school.model import LessonState
from storage.courses import OPEN
from storage.database import Transaction
from storage.schema import lesson, zoom_account

_LONGEST_CLASS = timedelta(days=2)  # as in storage.courses


@dataclass(frozen=True, slots=True)
class Renewal:
    """An account to renew, and how often that was tried in vain."""

    account_id: int
    person_id: int
    tries: int


@dataclass(frozen=True, slots=True)
class NextClass:
    """When a teacher needs a token next, and until when they have one."""

    renewal: Renewal
    starts_at: datetime
    access_expires_at: datetime


async def unused_since(tx: Transaction, since: datetime, limit: int) -> tuple[Renewal, ...]:
    """Accounts whose present tokens are from then or older, the oldest first."""
    rows = await tx.connection.execute(
        select(zoom_account.c.id, zoom_account.c.person_id, zoom_account.c.renewal_tries)
        .where(zoom_account.c.refreshed_at <= since, _may_be_tried(tx))
        .order_by(zoom_account.c.refreshed_at)
        .limit(limit)
    )
    return tuple(Renewal(row.id, row.person_id, row.renewal_tries) for row in rows)


async def classes_until(
    tx: Transaction, until: datetime, renewed_before: datetime
) -> tuple[NextClass, ...]:
    """The last class that is on or begins until then, of each account that may be tried.

    Those are left out whose tokens are newer than `renewed_before`.
    """
    rows = await tx.connection.execute(
        select(
            *(zoom_account.c.id, zoom_account.c.person_id, zoom_account.c.renewal_tries),
            *(zoom_account.c.access_expires_at, lesson.c.starts_at),
            *(lesson.c.length_seconds, lesson.c.state),
        )
        .join(lesson, lesson.c.teacher_id == zoom_account.c.person_id)
        .where(
            lesson.c.starts_at > tx.now - _LONGEST_CLASS,
            lesson.c.starts_at <= until,
            lesson.c.state.in_([*OPEN, LessonState.LIVE]),
            zoom_account.c.refreshed_at <= renewed_before,
            _may_be_tried(tx),
        )
        .order_by(lesson.c.starts_at.desc())
    )
    latest: dict[int, NextClass] = {}
    for row in rows:
        ends_at = row.starts_at + timedelta(seconds=row.length_seconds)
        if row.state == LessonState.LIVE or ends_at > tx.now:
            renewal = Renewal(row.id, row.person_id, row.renewal_tries)
            latest.setdefault(row.id, NextClass(renewal, row.starts_at, row.access_expires_at))
    return tuple(latest.values())


async def begin_renewal(tx: Transaction, renewal: Renewal, not_before: datetime) -> bool:
    """Count a try, after which there is none before that time; False if somebody else has."""
    begun = await tx.connection.execute(
        update(zoom_account)
        .where(zoom_account.c.id == renewal.account_id, _may_be_tried(tx))
        .values(renewal_tries=renewal.tries + 1, renew_after=not_before)
    )
    return bool(begun.rowcount)


def _may_be_tried(tx: Transaction) -> ColumnElement[bool]:
    is_due = or_(zoom_account.c.renew_after.is_(None), zoom_account.c.renew_after <= tx.now)
    return zoom_account.c.broken_at.is_(None) & is_due
