"""Requests to be taken out of attendance under a name, by people who cannot be known by it."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from school.model import ErasureRequestState
from storage.database import Transaction, new_id
from storage.schema import erasure_request


@dataclass(frozen=True, slots=True)
class ErasureRequest:
    """`name` is as they typed it; None once the request is answered."""

    id: int
    person_id: int
    state: ErasureRequestState
    name: str | None = field(repr=False)

    @property
    def is_open(self) -> bool:
        return self.state is ErasureRequestState.OPEN


async def add_request(
    tx: Transaction, person_id: int, name: str, request_key: str
) -> ErasureRequest:
    """The one that is open, if there is one; of a person there is one at most."""
    known = await open_request_of(tx, person_id)
    if known is not None:
        return known
    request_id = new_id()
    await tx.connection.execute(
        insert(erasure_request).values(
            id=request_id,
            person_id=person_id,
            sealed_name=tx.vault.seal("erasure_request", "sealed_name", request_id, name),
            state=ErasureRequestState.OPEN,
            made_at=tx.now,
            request_key=request_key,
        )
    )
    return ErasureRequest(request_id, person_id, ErasureRequestState.OPEN, name)


async def find_request(tx: Transaction, request_id: int) -> ErasureRequest | None:
    found = await tx.connection.execute(
        select(erasure_request).where(erasure_request.c.id == request_id)
    )
    row = found.one_or_none()
    return _request(tx, row) if row else None


async def open_request_of(tx: Transaction, person_id: int) -> ErasureRequest | None:
    found = await tx.connection.execute(
        select(erasure_request).where(
            erasure_request.c.person_id == person_id,
            erasure_request.c.state == ErasureRequestState.OPEN,
        )
    )
    row = found.first()
    return _request(tx, row) if row else None


async def open_requests(tx: Transaction) -> tuple[int, int | None]:
    """How many there are, and the oldest of them."""
    is_open = erasure_request.c.state == ErasureRequestState.OPEN
    count = await tx.connection.scalar(
        select(func.count()).select_from(erasure_request).where(is_open)
    )
    oldest = await tx.connection.scalar(
        select(erasure_request.c.id)
        .where(is_open)
        .order_by(erasure_request.c.made_at, erasure_request.c.id)
        .limit(1)
    )
    return count or 0, oldest


async def answer_request(
    tx: Transaction, request_id: int, state: ErasureRequestState, by: int
) -> bool:
    """Whether it was still open: of two who answer, one does. The name goes."""
    changed = await tx.connection.execute(
        update(erasure_request)
        .where(
            erasure_request.c.id == request_id,
            erasure_request.c.state == ErasureRequestState.OPEN,
        )
        .values(state=state, sealed_name=None, decided_by=by, decided_at=tx.now)
    )
    return bool(changed.rowcount)


def _request(tx: Transaction, row: Row[Any]) -> ErasureRequest:
    return ErasureRequest(
        row.id,
        row.person_id,
        ErasureRequestState(row.state),
        tx.vault.open_optional("erasure_request", "sealed_name", row.id, row.sealed_name),
    )
