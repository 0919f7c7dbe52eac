"""What admins add to teachers' pay: bonuses, deductions, and lateness that is waived."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, insert, select, update

from school.money import Money
from school.pay import AdjustmentKind
from school.statements import AdjustmentLine
from storage.database import Transaction, new_id
from storage.schema import adjustment


@dataclass(frozen=True, slots=True)
class NewAdjustment:
    """What is to be added; `money` is None for a waiver, which names a lesson instead."""

    person_id: int
    kind: AdjustmentKind
    day: date
    money: Money | None
    lesson_id: int | None
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """As stored; `reason` is None once erased."""

    id: int
    person_id: int
    kind: AdjustmentKind
    day: date
    money: Money | None
    lesson_id: int | None
    reason: str | None = field(repr=False)
    is_withdrawn: bool

    @property
    def line(self) -> AdjustmentLine | None:
        """Its line of a statement; a waiver has none."""
        if self.money is None:
            return None
        signed = -self.money if self.kind is AdjustmentKind.DEDUCTION else self.money
        return AdjustmentLine(self.id, self.kind, signed, self.reason or "", self.day)


async def add_adjustment(
    tx: Transaction, new: NewAdjustment, *, by: int, request_key: str
) -> Adjustment:
    adjustment_id = new_id()
    await tx.connection.execute(
        insert(adjustment).values(
            id=adjustment_id,
            person_id=new.person_id,
            kind=new.kind,
            day=new.day,
            amount=str(new.money.amount) if new.money else None,
            currency=new.money.currency if new.money else None,
            lesson_id=new.lesson_id,
            sealed_reason=tx.vault.seal("adjustment", "sealed_reason", adjustment_id, new.reason),
            added_by=by,
            added_at=tx.now,
            request_key=request_key,
        )
    )
    made = await find_adjustment(tx, adjustment_id)
    assert made is not None
    return made


async def adjustment_of_request(tx: Transaction, request_key: str) -> Adjustment | None:
    """What a request has already added, if it was handled before."""
    found = await tx.connection.execute(
        select(adjustment).where(adjustment.c.request_key == request_key)
    )
    row = found.one_or_none()
    return _adjustment(tx, row) if row else None


async def find_adjustment(tx: Transaction, adjustment_id: int) -> Adjustment | None:
    found = await tx.connection.execute(select(adjustment).where(adjustment.c.id == adjustment_id))
    row = found.one_or_none()
    return _adjustment(tx, row) if row else None


async def waiver_of(tx: Transaction, lesson_id: int) -> Adjustment | None:
    """That of a lesson's lateness, where it was not withdrawn."""
    found = await tx.connection.execute(
        select(adjustment).where(
            adjustment.c.lesson_id == lesson_id,
            adjustment.c.kind == AdjustmentKind.WAIVER,
            adjustment.c.withdrawn_at.is_(None),
        )
    )
    row = found.first()
    return _adjustment(tx, row) if row else None


async def adjustments_in(
    tx: Transaction, first: date, last: date, teacher_ids: Collection[int] | None = None
) -> Sequence[Adjustment]:
    """Those of school days, both included, that were not withdrawn; by day."""
    query = (
        select(adjustment)
        .where(adjustment.c.day >= first, adjustment.c.day <= last)
        .where(adjustment.c.withdrawn_at.is_(None))
        .order_by(adjustment.c.day, adjustment.c.id)
    )
    if teacher_ids is not None:
        query = query.where(adjustment.c.person_id.in_(teacher_ids))
    return [_adjustment(tx, row) for row in await tx.connection.execute(query)]


async def withdraw(tx: Transaction, adjustment_id: int) -> bool:
    """Whether it still counted: of two presses, one withdraws it."""
    result = await tx.connection.execute(
        update(adjustment)
        .where(adjustment.c.id == adjustment_id, adjustment.c.withdrawn_at.is_(None))
        .values(withdrawn_at=tx.now)
    )
    return bool(result.rowcount)


async def erase_words(tx: Transaction, person_id: int) -> None:
    """The reasons go; that something was added or taken off, and how much, stays."""
    await tx.connection.execute(
        update(adjustment).where(adjustment.c.person_id == person_id).values(sealed_reason=None)
    )


def _adjustment(tx: Transaction, row: Row[Any]) -> Adjustment:
    return Adjustment(
        id=row.id,
        person_id=row.person_id,
        kind=AdjustmentKind(row.kind),
        day=row.day,
        money=Money(row.currency, Decimal(row.amount)) if row.amount is not None else None,
        lesson_id=row.lesson_id,
        reason=tx.vault.open_optional("adjustment", "sealed_reason", row.id, row.sealed_reason),
        is_withdrawn=row.withdrawn_at is not None,
    )
