"""Who did what: pseudonyms and ids only, so that it may be kept after an erasure."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select

from storage.database import Transaction, new_id
from storage.schema import audit_entry

PROGRAM = "program"
"""The actor where no person asked."""

_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """`actor` is a pseudonym or PROGRAM; `action` a short English key, as `note` was given it."""

    at: datetime
    actor: str
    action: str
    subject: str | None


async def note(tx: Transaction, actor: str, action: str, subject: str | None = None) -> None:
    """Record that `actor`, a pseudonym or PROGRAM, did `action` to `subject`, never a name."""
    await tx.connection.execute(
        insert(audit_entry).values(
            id=new_id(), at=tx.now, actor=actor, action=action, subject=subject
        )
    )


async def times_of(tx: Transaction, actor: str, action: str, since: datetime) -> Sequence[datetime]:
    """When somebody did that since then, the first time first."""
    rows = await tx.connection.execute(
        select(audit_entry.c.at)
        .where(
            audit_entry.c.at > since, audit_entry.c.actor == actor, audit_entry.c.action == action
        )
        .order_by(audit_entry.c.at)
    )
    return rows.scalars().all()


async def count_entries(tx: Transaction) -> int:
    return await tx.connection.scalar(select(func.count()).select_from(audit_entry)) or 0


async def latest_entries(tx: Transaction, limit: int, after: int = 0) -> Sequence[AuditEntry]:
    """The newest first, without the first `after` of them."""
    rows = await tx.connection.execute(
        select(audit_entry)
        .order_by(audit_entry.c.at.desc(), audit_entry.c.id.desc())
        .limit(limit)
        .offset(after)
    )
    return [_entry(row) for row in rows]


async def all_entries(tx: Transaction) -> AsyncIterator[Sequence[AuditEntry]]:
    """Every one, the oldest first, some at once."""
    rows = await tx.connection.stream(
        select(audit_entry)
        .order_by(audit_entry.c.at, audit_entry.c.id)
        .execution_options(yield_per=_AT_ONCE)
    )
    async for some in rows.partitions():
        yield [_entry(row) for row in some]


def _entry(row: Row[Any]) -> AuditEntry:
    return AuditEntry(row.at, row.actor, row.action, row.subject)
