"""Attempts to connect a Zoom account: minutes old at most, every secret hashed or sealed."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, select, update

from storage.database import Transaction, new_id
from storage.schema import connect_attempt


class Stage(StrEnum):
    """How far an attempt has come; each step is made once."""

    OFFERED = "offered"  # the person has the link
    CONSENTING = "consenting"  # the person went on to Zoom
    RETURNED = "returned"  # Zoom said yes; the person must finish in Telegram


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way from /connect to a connected account; `code` is Zoom's, from RETURNED on."""

    id: int
    person_id: int
    stage: Stage
    cookie_hash: bytes | None
    typed_code_hash: bytes | None
    typed_tries: int
    expires_at: datetime
    verifier: str | None = field(repr=False)
    code: str | None = field(repr=False)


def _attempt(tx: Transaction, row: Row[Any]) -> Attempt:
    opened = tx.vault.open_optional
    return Attempt(
        id=row.id,
        person_id=row.person_id,
        stage=Stage(row.stage),
        cookie_hash=row.cookie_hash,
        typed_code_hash=row.typed_code_hash,
        typed_tries=row.typed_tries,
        expires_at=row.expires_at,
        verifier=opened("connect_attempt", "sealed_verifier", row.id, row.sealed_verifier),
        code=opened("connect_attempt", "sealed_code", row.id, row.sealed_code),
    )


async def add_attempt(
    tx: Transaction, person_id: int, link_hash: bytes, expires_at: datetime
) -> None:
    """Offer a link, in place of all that the person was offered before."""
    await remove_attempts_of(tx, person_id)
    await tx.connection.execute(
        insert(connect_attempt).values(
            id=new_id(),
            person_id=person_id,
            stage=Stage.OFFERED,
            link_hash=link_hash,
            typed_tries=0,
            expires_at=expires_at,
        )
    )


async def attempt_by_link(tx: Transaction, link_hash: bytes) -> Attempt | None:
    return await _one(tx, Stage.OFFERED, connect_attempt.c.link_hash == link_hash)


async def attempt_by_state(tx: Transaction, state_hash: bytes) -> Attempt | None:
    return await _one(tx, Stage.CONSENTING, connect_attempt.c.state_hash == state_hash)


async def attempt_by_finish(tx: Transaction, finish_hash: bytes) -> Attempt | None:
    return await _one(tx, Stage.RETURNED, connect_attempt.c.finish_hash == finish_hash)


async def attempt_by_typed_code(tx: Transaction, typed_code_hash: bytes) -> Attempt | None:
    return await _one(tx, Stage.RETURNED, connect_attempt.c.typed_code_hash == typed_code_hash)


async def returned_attempt_of(tx: Transaction, person_id: int) -> Attempt | None:
    return await _one(tx, Stage.RETURNED, connect_attempt.c.person_id == person_id)


async def begin_consent(
    tx: Transaction,
    attempt_id: int,
    *,
    state_hash: bytes,
    cookie_hash: bytes,
    verifier: str,
    expires_at: datetime,
) -> bool:
    """The person goes on to Zoom; False if another request made that step first."""
    return await _advance(
        tx,
        attempt_id,
        Stage.OFFERED,
        stage=Stage.CONSENTING,
        state_hash=state_hash,
        cookie_hash=cookie_hash,
        sealed_verifier=tx.vault.seal("connect_attempt", "sealed_verifier", attempt_id, verifier),
        expires_at=expires_at,
    )


async def keep_code(
    tx: Transaction,
    attempt_id: int,
    *,
    code: str,
    finish_hash: bytes,
    typed_code_hash: bytes,
    expires_at: datetime,
) -> bool:
    """Zoom's code waits for the person to finish; False if another request came first."""
    return await _advance(
        tx,
        attempt_id,
        Stage.CONSENTING,
        stage=Stage.RETURNED,
        sealed_code=tx.vault.seal("connect_attempt", "sealed_code", attempt_id, code),
        finish_hash=finish_hash,
        typed_code_hash=typed_code_hash,
        expires_at=expires_at,
    )


async def count_try(tx: Transaction, attempt_id: int, tries: int) -> None:
    await _advance(tx, attempt_id, Stage.RETURNED, typed_tries=tries)


async def remove_attempt(tx: Transaction, attempt_id: int) -> bool:
    """Use an attempt up; False if another request did so first."""
    gone = await tx.connection.execute(
        delete(connect_attempt).where(connect_attempt.c.id == attempt_id)
    )
    return bool(gone.rowcount)


async def remove_attempts_of(tx: Transaction, person_id: int) -> None:
    """Those of the person, and every expired one with its secrets."""
    await tx.connection.execute(
        delete(connect_attempt).where(
            (connect_attempt.c.person_id == person_id) | (connect_attempt.c.expires_at <= tx.now)
        )
    )


async def _one(tx: Transaction, stage: Stage, condition: ColumnElement[bool]) -> Attempt | None:
    """The attempt at that stage, unless it has expired."""
    found = await tx.connection.execute(
        select(connect_attempt).where(
            condition,
            connect_attempt.c.stage == stage,
            connect_attempt.c.expires_at > tx.now,
        )
    )
    row = found.first()
    return _attempt(tx, row) if row else None


async def _advance(
    tx: Transaction, attempt_id: int, at: Stage, **values: bytes | str | int | datetime
) -> bool:
    changed = await tx.connection.execute(
        update(connect_attempt)
        .where(connect_attempt.c.id == attempt_id, connect_attempt.c.stage == at)
        .values(values)
    )
    return bool(changed.rowcount)
