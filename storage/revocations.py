"""Grants that Zoom is still to end: their tokens, used for nothing else and by one at a time.

A row stands for no person: it is written when the account's own row goes, and is gone when Zoom
has taken the end in.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, or_, select, update

from storage.database import Transaction, new_id
from storage.schema import revocation
from storage.zoom_accounts import Tokens, zoom_user_index


@dataclass(frozen=True, slots=True)
class Revocation:
    """A grant that is ours to end until the lease is over; `lease` fences it."""

    id: int
    lease: int
    tokens: Tokens
    attempts: int


async def want_revocation(tx: Transaction, zoom_user_id: str, tokens: Tokens) -> int:
    """Keep the tokens of a grant until Zoom has ended it; due at once."""
    revocation_id = new_id()
    await tx.connection.execute(
        insert(revocation).values(
            id=revocation_id,
            zoom_user_index=zoom_user_index(tx.vault, zoom_user_id),
            wanted_at=tx.now,
            next_try_at=tx.now,
            **_token_columns(tx, revocation_id, tokens),
        )
    )
    return revocation_id


async def due_revocations(tx: Transaction, limit: int) -> tuple[int, ...]:
    """Those whose time has come and that nobody is at, the longest due first."""
    rows = await tx.connection.execute(
        select(revocation.c.id)
        .where(revocation.c.next_try_at <= tx.now, _is_free(tx))
        .order_by(revocation.c.next_try_at)
        .limit(limit)
    )
    return tuple(rows.scalars())


async def wanted_before(tx: Transaction, when: datetime) -> tuple[int, ...]:
    """Those that have waited since before then and that nobody is at."""
    rows = await tx.connection.execute(
        select(revocation.c.id).where(revocation.c.wanted_at < when, _is_free(tx))
    )
    return tuple(rows.scalars())


async def claim_revocation(
    tx: Transaction, revocation_id: int, lease: timedelta
) -> Revocation | None:
    """Take one to end its grant; None if it is over with, or somebody else is at it."""
    token = new_id()
    claimed = await tx.connection.execute(
        update(revocation)
        .where(revocation.c.id == revocation_id, _is_free(tx))
        .values(lease_token=token, lease_until=tx.now + lease)
        .returning(revocation)
    )
    row = claimed.one_or_none()
    return _revocation(tx, row, token) if row else None


async def keep_pair(tx: Transaction, claimed: Revocation, tokens: Tokens) -> None:
    """Zoom gave a new pair for this one; after this the old one is worth nothing."""
    await tx.connection.execute(
        update(revocation)
        .where(revocation.c.id == claimed.id)
        .values(**_token_columns(tx, claimed.id, tokens))
    )


async def put_off(tx: Transaction, claimed: Revocation, next_try_at: datetime) -> None:
    """Zoom has not taken it in; nothing happens if the lease has passed to another."""
    await tx.connection.execute(
        update(revocation)
        .where(revocation.c.id == claimed.id, revocation.c.lease_token == claimed.lease)
        .values(
            attempts=claimed.attempts + 1,
            next_try_at=next_try_at,
            lease_token=None,
            lease_until=None,
        )
    )


async def remove_revocation(tx: Transaction, revocation_id: int) -> None:
    """Zoom has ended the grant: delete its tokens."""
    await tx.connection.execute(delete(revocation).where(revocation.c.id == revocation_id))


async def is_over(tx: Transaction, revocation_id: int) -> bool:
    """Whether nothing is left to tell Zoom."""
    found = await tx.connection.execute(
        select(revocation.c.id).where(revocation.c.id == revocation_id)
    )
    return found.first() is None


async def is_revoked_just_now(tx: Transaction, zoom_user_id: str) -> bool:
    """Whether somebody is telling Zoom to end a grant of that user, this very moment."""
    found = await tx.connection.execute(
        select(revocation.c.id).where(_of_user(tx, zoom_user_id), revocation.c.lease_until > tx.now)
    )
    return found.first() is not None


async def call_off_revocations(tx: Transaction, zoom_user_id: str) -> None:
    """The user has connected again: ending the former grant would end the new one too."""
    await tx.connection.execute(delete(revocation).where(_of_user(tx, zoom_user_id)))


def _revocation(tx: Transaction, row: Row[Any], lease: int) -> Revocation:
    def opened(column: str, sealed: bytes) -> str:
        return tx.vault.open("revocation", column, row.id, sealed)

    return Revocation(
        id=row.id,
        lease=lease,
        tokens=Tokens(
            access=opened("sealed_access_token", row.sealed_access_token),
            refresh=opened("sealed_refresh_token", row.sealed_refresh_token),
            access_expires_at=row.access_expires_at,
        ),
        attempts=row.attempts,
    )


def _token_columns(
    tx: Transaction, revocation_id: int, tokens: Tokens
) -> dict[str, bytes | datetime]:
    def sealed(column: str, token: str) -> bytes:
        return tx.vault.seal("revocation", column, revocation_id, token)

    return {
        "sealed_access_token": sealed("sealed_access_token", tokens.access),
        "sealed_refresh_token": sealed("sealed_refresh_token", tokens.refresh),
        "access_expires_at": tokens.access_expires_at,
    }


def _of_user(tx: Transaction, zoom_user_id: str) -> ColumnElement[bool]:
    return revocation.c.zoom_user_index == zoom_user_index(tx.vault, zoom_user_id)


def _is_free(tx: Transaction) -> ColumnElement[bool]:
    return or_(revocation.c.lease_until.is_(None), revocation.c.lease_until <= tx.now)
