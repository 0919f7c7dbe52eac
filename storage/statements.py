"""Statements that were accepted, locked or paid; a draft has no row, or one that lapsed."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from school.statements import StatementContent, StatementState
from storage.database import Transaction, new_id
from storage.schema import statement

CLOSED = (StatementState.LOCKED, StatementState.PAID)
"""The states in which a statement never changes again."""


@dataclass(frozen=True, slots=True)
class Statement:
    """As stored; `content` is there once locked. `reference` is None before, and once erased."""

    id: int
    person_id: int
    month: str
    state: StatementState
    accepted_digest: bytes | None
    accepted_at: datetime | None
    locked_at: datetime | None
    content: StatementContent | None = field(repr=False)
    paid_on: date | None
    reference: str | None = field(repr=False)

    @property
    def is_closed(self) -> bool:
        return self.state in CLOSED


async def find_statement(tx: Transaction, person_id: int, month: str) -> Statement | None:
    found = await tx.connection.execute(
        select(statement).where(statement.c.person_id == person_id, statement.c.month == month)
    )
    row = found.one_or_none()
    return _statement(tx, row) if row else None


async def statements_of(
    tx: Transaction, teacher_ids: Collection[int] | None = None
) -> Mapping[int, Sequence[Statement]]:
    """All that are stored, by teacher; each one's by month."""
    query = select(statement).order_by(statement.c.month)
    if teacher_ids is not None:
        query = query.where(statement.c.person_id.in_(teacher_ids))
    found = defaultdict[int, list[Statement]](list)
    for row in await tx.connection.execute(query):
        found[row.person_id].append(_statement(tx, row))
    return found


async def closed_months(tx: Transaction, person_id: int) -> Sequence[str]:
    """The months of a teacher that never change again, by time."""
    rows = await tx.connection.execute(
        select(statement.c.month)
        .where(statement.c.person_id == person_id, statement.c.state.in_(CLOSED))
        .order_by(statement.c.month)
    )
    return rows.scalars().all()


async def accepted_in(tx: Transaction, month: str) -> Sequence[int]:
    """Whose statements of a month are accepted; that some have lapsed may not be noted yet."""
    rows = await tx.connection.execute(
        select(statement.c.person_id)
        .where(statement.c.month == month, statement.c.state == StatementState.ACCEPTED)
        .order_by(statement.c.person_id)
    )
    return rows.scalars().all()


async def count_lapsed(tx: Transaction, month: str) -> int:
    """How many of a month were accepted once and are drafts again; ask after locking the others."""
    found = await tx.connection.scalar(
        select(func.count()).where(
            statement.c.month == month,
            statement.c.accepted_digest.is_not(None),
            statement.c.state.not_in(CLOSED),
        )
    )
    return found or 0


async def all_accepted(tx: Transaction) -> Sequence[Statement]:
    """Of every month; some may have lapsed without its being noted."""
    rows = await tx.connection.execute(
        select(statement)
        .where(statement.c.state == StatementState.ACCEPTED)
        .order_by(statement.c.month, statement.c.person_id)
    )
    return [_statement(tx, row) for row in rows]


async def lapse(tx: Transaction, one: Statement) -> bool:
    """It is a draft again, whatever it comes to later; whether it still was accepted."""
    result = await tx.connection.execute(
        update(statement)
        .where(
            statement.c.id == one.id,
            statement.c.state == StatementState.ACCEPTED,
            statement.c.accepted_at == one.accepted_at,
        )
        .values(state=StatementState.DRAFT, accepted_at=None)
    )
    return bool(result.rowcount)


async def teachers_with_statements(tx: Transaction, months: Collection[str]) -> AbstractSet[int]:
    """Whoever has one of these months that was accepted or locked."""
    rows = await tx.connection.execute(
        select(statement.c.person_id).distinct().where(statement.c.month.in_(months))
    )
    return set(rows.scalars())


async def accept(tx: Transaction, person_id: int, month: str, digest: bytes) -> None:
    """The teacher agrees with what they saw. Not for one that is closed."""
    values = {
        "state": StatementState.ACCEPTED,
        "accepted_digest": digest,
        "accepted_at": tx.now,
    }
    await _put(tx, person_id, month, values)


async def lock(tx: Transaction, person_id: int, content: StatementContent, *, by: int) -> None:
    """Keep it as it is for good. Not for one that is closed."""
    row = await _row(tx, person_id, content.month)
    statement_id = row.id if row else new_id()
    values = {
        "state": StatementState.LOCKED,
        "locked_by": by,
        "locked_at": tx.now,
        "sealed_content": tx.vault.seal(
            "statement", "sealed_content", statement_id, content.to_json()
        ),
    }
    await _put(tx, person_id, content.month, values, statement_id)


async def pay(
    tx: Transaction, one: Statement, paid_on: date, reference: str | None, *, by: int
) -> bool:
    """Whether it was locked and not paid yet: of two admins, one pays."""
    result = await tx.connection.execute(
        update(statement)
        .where(statement.c.id == one.id, statement.c.state == StatementState.LOCKED)
        .values(
            state=StatementState.PAID,
            paid_by=by,
            paid_on=paid_on,
            sealed_reference=tx.vault.seal_optional(
                "statement", "sealed_reference", one.id, reference
            ),
        )
    )
    return bool(result.rowcount)


async def correct_payment(
    tx: Transaction, one: Statement, paid_on: date, reference: str | None
) -> None:
    """How it was paid, for one that is; who paid it, and what was locked, stay."""
    await tx.connection.execute(
        update(statement)
        .where(statement.c.id == one.id, statement.c.state == StatementState.PAID)
        .values(
            paid_on=paid_on,
            sealed_reference=tx.vault.seal_optional(
                "statement", "sealed_reference", one.id, reference
            ),
        )
    )


async def erase_words(tx: Transaction, person_id: int) -> None:
    """Reasons of adjustments go from what was locked, and references; the figures stay."""
    rows = await tx.connection.execute(
        select(statement).where(
            statement.c.person_id == person_id, statement.c.sealed_content.is_not(None)
        )
    )
    for one in [_statement(tx, row) for row in rows]:
        if one.content is None or not one.content.adjustments:
            continue
        wordless = tuple(replace(line, reason="") for line in one.content.adjustments)
        text = replace(one.content, adjustments=wordless).to_json()
        sealed = tx.vault.seal("statement", "sealed_content", one.id, text)
        await tx.connection.execute(
            update(statement).where(statement.c.id == one.id).values(sealed_content=sealed)
        )
    await tx.connection.execute(
        update(statement).where(statement.c.person_id == person_id).values(sealed_reference=None)
    )


async def _put(
    tx: Transaction,
    person_id: int,
    month: str,
    values: Mapping[str, object],
    statement_id: int | None = None,
) -> None:
    known = await _row(tx, person_id, month)
    if known is not None:
        await tx.connection.execute(
            update(statement)
            .where(statement.c.id == known.id, statement.c.state.not_in(CLOSED))
            .values(values)
        )
        return
    row = {"id": statement_id or new_id(), "person_id": person_id, "month": month, **values}
    await tx.connection.execute(insert(statement).values(row))


async def _row(tx: Transaction, person_id: int, month: str) -> Row[Any] | None:
    found = await tx.connection.execute(
        select(statement.c.id).where(statement.c.person_id == person_id, statement.c.month == month)
    )
    return found.one_or_none()


def _statement(tx: Transaction, row: Row[Any]) -> Statement:
    opened = tx.vault.open_optional
    content = opened("statement", "sealed_content", row.id, row.sealed_content)
    return Statement(
        id=row.id,
        person_id=row.person_id,
        month=row.month,
        state=StatementState(row.state),
        accepted_digest=row.accepted_digest,
        accepted_at=row.accepted_at,
        locked_at=row.locked_at,
        content=StatementContent.from_json(content) if content else None,
        paid_on=row.paid_on,
        reference=opened("statement", "sealed_reference", row.id, row.sealed_reference),
    )
