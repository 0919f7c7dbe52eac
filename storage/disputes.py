"""What teachers say is wrong about their lessons, and what became of it."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, delete, func, insert, select, update

from school.corrections import DisputeKind, DisputeState
from storage.database import Transaction, new_id
from storage.schema import correction, dispute, lesson


@dataclass(frozen=True, slots=True)
class Dispute:
    """A teacher's objection; `claimed` is how long they say they taught, if they say it."""

    id: int
    lesson_id: int
    person_id: int
    kind: DisputeKind
    words: str | None = field(repr=False)  # None once erased, or where none were needed
    claimed: timedelta | None
    raised_at: datetime
    state: DisputeState
    decided_by: int | None
    answer: str | None = field(repr=False)

    @property
    def is_open(self) -> bool:
        return self.state is DisputeState.OPEN


async def add_dispute(
    tx: Transaction,
    lesson_id: int,
    person_id: int,
    kind: DisputeKind,
    *,
    words: str | None,
    claimed: timedelta | None,
    request_key: str,
) -> Dispute:
    """The same request again gives the same one."""
    known = await tx.connection.execute(select(dispute).where(dispute.c.request_key == request_key))
    if (row := known.one_or_none()) is not None:
        return _dispute(tx, row)
    dispute_id = new_id()
    said = {"words": words, "claimed_seconds": claimed.total_seconds() if claimed else None}
    await tx.connection.execute(
        insert(dispute).values(
            id=dispute_id,
            lesson_id=lesson_id,
            person_id=person_id,
            kind=kind,
            sealed_words=tx.vault.seal("dispute", "sealed_words", dispute_id, json.dumps(said)),
            raised_at=tx.now,
            state=DisputeState.OPEN,
            request_key=request_key,
        )
    )
    return await get_dispute(tx, dispute_id)


async def get_dispute(tx: Transaction, dispute_id: int) -> Dispute:
    found = await find_dispute(tx, dispute_id)
    assert found is not None, "whoever asks has it from the database"
    return found


async def find_dispute(tx: Transaction, dispute_id: int) -> Dispute | None:
    found = await tx.connection.execute(select(dispute).where(dispute.c.id == dispute_id))
    row = found.one_or_none()
    return _dispute(tx, row) if row else None


async def latest_dispute(tx: Transaction, lesson_id: int) -> Dispute | None:
    """The one raised last about a lesson."""
    found = await tx.connection.execute(
        select(dispute)
        .where(dispute.c.lesson_id == lesson_id)
        .order_by(dispute.c.raised_at.desc(), dispute.c.id.desc())
        .limit(1)
    )
    row = found.one_or_none()
    return _dispute(tx, row) if row else None


async def decide(
    tx: Transaction, dispute_id: int, state: DisputeState, *, by: int, answer: str | None
) -> bool:
    """Whether it was still open: of two admins, one decides."""
    result = await tx.connection.execute(
        update(dispute)
        .where(dispute.c.id == dispute_id, dispute.c.state == DisputeState.OPEN)
        .values(
            state=state,
            decided_by=by,
            decided_at=tx.now,
            sealed_answer=tx.vault.seal_optional("dispute", "sealed_answer", dispute_id, answer),
        )
    )
    return bool(result.rowcount)


def _dispute(tx: Transaction, row: Row[Any]) -> Dispute:
    opened = tx.vault.open_optional
    said = json.loads(opened("dispute", "sealed_words", row.id, row.sealed_words) or "{}")
    seconds = said.get("claimed_seconds")
    return Dispute(
        id=row.id,
        lesson_id=row.lesson_id,
        person_id=row.person_id,
        kind=DisputeKind(row.kind),
        words=said.get("words"),
        claimed=timedelta(seconds=seconds) if seconds else None,
        raised_at=row.raised_at,
        state=DisputeState(row.state),
        decided_by=row.decided_by,
        answer=opened("dispute", "sealed_answer", row.id, row.sealed_answer),
    )


async def erase_words(tx: Transaction, person_id: int) -> None:
    """What a teacher said, and what was said to them; that it was, and what it changed, stays."""
    await tx.connection.execute(
        update(dispute)
        .where(dispute.c.person_id == person_id)
        .values(sealed_words=None, sealed_answer=None)
    )
    taught_by = func.coalesce(lesson.c.hosted_by, lesson.c.teacher_id)
    own = select(lesson.c.id).where(taught_by == person_id)
    await tx.connection.execute(
        update(correction).where(correction.c.lesson_id.in_(own)).values(sealed_reason=None)
    )


async def forget_of(tx: Transaction, lessons: Select[tuple[int]]) -> None:
    """All that was said about lessons that are forgotten themselves."""
    for table in (correction, dispute):
        await tx.connection.execute(delete(table).where(table.c.lesson_id.in_(lessons)))
