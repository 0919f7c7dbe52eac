"""What was erased, without saying whom: a keyed hash, when, and a receipt's number."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select

from school.model import ErasureKind
from storage.database import Transaction, new_id
from storage.readable import receipt_number
from storage.schema import erasure
from storage.sealing import Vault


@dataclass(frozen=True, slots=True)
class Erasure:
    """One erasure; `subject_index` is the keyed hash of whom it was about.

    `course_ids`: where a name was erased; None: everywhere.
    """

    receipt: str
    kind: ErasureKind
    subject_index: bytes = field(repr=False)
    course_ids: tuple[int, ...] | None
    erased_at: datetime


def telegram_user_index(vault: Vault, telegram_user_id: int) -> bytes:
    """What a person's erasure is found by."""
    return vault.index("erased telegram user", str(telegram_user_id))


async def add(
    tx: Transaction,
    kind: ErasureKind,
    subject_index: bytes,
    course_ids: Collection[int] | None = None,
) -> Erasure:
    """Within the transaction that erases; afterwards have it written into the list.

    services.erasures_listed.write_down does that, before anybody is told.
    """
    courses = None if course_ids is None else tuple(sorted(course_ids))
    new = Erasure(receipt_number(), kind, subject_index, courses, tx.now)
    await keep(tx, new)
    return new


async def keep(tx: Transaction, one: Erasure) -> None:
    """As it is: one that a restored backup does not know."""
    await tx.connection.execute(
        insert(erasure).values(
            id=new_id(),
            receipt=one.receipt,
            kind=one.kind,
            subject_index=one.subject_index,
            course_ids=None if one.course_ids is None else json.dumps(one.course_ids),
            erased_at=one.erased_at,
        )
    )


async def all_kept(tx: Transaction) -> Sequence[Erasure]:
    """Oldest first."""
    rows = await tx.connection.execute(select(erasure).order_by(erasure.c.erased_at, erasure.c.id))
    return [_erasure(row) for row in rows]


async def of_kind_since(tx: Transaction, kind: ErasureKind, since: datetime) -> Sequence[Erasure]:
    """Those that were done at that moment or later."""
    rows = await tx.connection.execute(
        select(erasure).where(erasure.c.kind == kind, erasure.c.erased_at >= since)
    )
    return [_erasure(row) for row in rows]


def _erasure(row: Row[Any]) -> Erasure:
    return Erasure(
        receipt=row.receipt,
        kind=ErasureKind(row.kind),
        subject_index=row.subject_index,
        course_ids=None if row.course_ids is None else tuple(json.loads(row.course_ids)),
        erased_at=row.erased_at,
    )
