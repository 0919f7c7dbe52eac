"""Zoom accounts that teachers have connected, and who may refresh their tokens just now."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, or_, select, update

from school.facts import Participant
from storage import former_accounts
from storage.database import Transaction, new_id
from storage.schema import person, zoom_account
from storage.sealing import Vault


@dataclass(frozen=True, slots=True)
class Tokens:
    """What Zoom gave to act for a teacher; never shown, not even in a traceback."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    access_expires_at: datetime


@dataclass(frozen=True, slots=True)
class ZoomProfile:
    """Whose Zoom account it is; `plan` is Zoom's user type (1 Basic, 2 Licensed)."""

    zoom_user_id: str
    email: str
    display_name: str
    plan: int


@dataclass(frozen=True, slots=True)
class ZoomAccount:
    """A teacher's grant; broken once Zoom has said that it is no longer valid."""

    id: int
    person_id: int
    profile: ZoomProfile
    scopes: frozenset[str]
    tokens: Tokens
    is_broken: bool
    lease_until: datetime | None
    connected_at: datetime

    @property
    def email(self) -> str:
        return self.profile.email


def _account(tx: Transaction, row: Row[Any]) -> ZoomAccount:
    def opened(column: str, sealed: bytes) -> str:
        return tx.vault.open("zoom_account", column, row.id, sealed)

    return ZoomAccount(
        id=row.id,
        person_id=row.person_id,
        profile=ZoomProfile(
            zoom_user_id=opened("sealed_zoom_user_id", row.sealed_zoom_user_id),
            email=opened("sealed_email", row.sealed_email),
            display_name=opened("sealed_display_name", row.sealed_display_name),
            plan=row.plan,
        ),
        scopes=frozenset(row.scopes.split()),
        tokens=Tokens(
            access=opened("sealed_access_token", row.sealed_access_token),
            refresh=opened("sealed_refresh_token", row.sealed_refresh_token),
            access_expires_at=row.access_expires_at,
        ),
        is_broken=row.broken_at is not None,
        lease_until=row.lease_until,
        connected_at=row.connected_at,
    )


async def connected_teachers(tx: Transaction) -> tuple[int, ...]:
    """Who has a Zoom account that lets us in."""
    rows = await tx.connection.execute(
        select(zoom_account.c.person_id).where(zoom_account.c.broken_at.is_(None))
    )
    return tuple(rows.scalars())


async def connected_without_teaching(tx: Transaction) -> tuple[int, ...]:
    """Who has an account here but does not teach: it is still to be let go of."""
    rows = await tx.connection.execute(
        select(zoom_account.c.person_id)
        .join(person, person.c.id == zoom_account.c.person_id)
        .where(~person.c.is_teacher)
    )
    return tuple(rows.scalars())


async def find_account(tx: Transaction, person_id: int) -> ZoomAccount | None:
    return await _one(tx, zoom_account.c.person_id == person_id)


async def find_account_of_zoom_user(tx: Transaction, zoom_user_id: str) -> ZoomAccount | None:
    """The account by Zoom's own id of the user, such as the host id of an event."""
    return await _one(tx, zoom_account.c.zoom_user_index == _index(tx, zoom_user_id))


async def find_account_by_index(tx: Transaction, zoom_user: bytes) -> ZoomAccount | None:
    """The same by what `zoom_user_index` gave."""
    return await _one(tx, zoom_account.c.zoom_user_index == zoom_user)


async def store_account(
    tx: Transaction, person_id: int, profile: ZoomProfile, scopes: frozenset[str], tokens: Tokens
) -> int:
    """Connect an account, in place of the one that the person had before, if any; its id."""
    await remove_account_of_person(tx, person_id)
    account_id = new_id()
    await tx.connection.execute(
        insert(zoom_account).values(
            id=account_id,
            person_id=person_id,
            zoom_user_index=_index(tx, profile.zoom_user_id),
            plan=profile.plan,
            scopes=" ".join(sorted(scopes)),
            connected_at=tx.now,
            **_sealed(
                tx,
                account_id,
                zoom_user_id=profile.zoom_user_id,
                email=profile.email,
                display_name=profile.display_name,
            ),
            **_token_columns(tx, account_id, tokens),
        )
    )
    return account_id


async def keep_profile(tx: Transaction, person_id: int, profile: ZoomProfile) -> bool:
    """What Zoom says of the account now; False if it is no longer the one that is connected."""
    account = await find_account(tx, person_id)
    if account is None or account.profile.zoom_user_id != profile.zoom_user_id:
        return False
    if (account.email, account.profile.display_name) != (profile.email, profile.display_name):
        await _remember(tx, account)
    await tx.connection.execute(
        update(zoom_account)
        .where(zoom_account.c.id == account.id)
        .values(
            plan=profile.plan,
            **_sealed(tx, account.id, email=profile.email, display_name=profile.display_name),
        )
    )
    return True


async def remove_account_of_person(tx: Transaction, person_id: int) -> None:
    """Delete the row, tokens and all; by what it would be known stays, as keyed hashes."""
    account = await find_account(tx, person_id)
    if account is not None:
        await _remember(tx, account)
    await tx.connection.execute(delete(zoom_account).where(zoom_account.c.person_id == person_id))


async def _remember(tx: Transaction, account: ZoomAccount) -> None:
    profile = account.profile
    said = Participant(
        display_name=profile.display_name, zoom_user_id=profile.zoom_user_id, email=profile.email
    )
    await former_accounts.remember(tx, account.person_id, _index(tx, profile.zoom_user_id), said)


async def take_lease(tx: Transaction, account_id: int, length: timedelta) -> int | None:
    """A token for whoever may refresh from now on; None while another has that right."""
    token = new_id()
    taken = await tx.connection.execute(
        update(zoom_account)
        .where(
            zoom_account.c.id == account_id,
            or_(zoom_account.c.lease_until.is_(None), zoom_account.c.lease_until <= tx.now),
        )
        .values(lease_token=token, lease_until=tx.now + length)
    )
    return token if taken.rowcount else None


async def give_lease_back(tx: Transaction, account_id: int, lease: int) -> None:
    """Nothing happens if the lease has passed to another."""
    await tx.connection.execute(
        update(zoom_account)
        .where(zoom_account.c.id == account_id, zoom_account.c.lease_token == lease)
        .values(lease_token=None, lease_until=None)
    )


async def store_refreshed(
    tx: Transaction,
    account_id: int,
    used_refresh_token: str,
    tokens: Tokens,
    scopes: frozenset[str],
) -> bool:
    """Keep the pair that Zoom gave for `used_refresh_token`; whether it was still wanted.

    It is not if the account was disconnected or connected anew meanwhile. A pair that comes
    after its lease ended is welcome: each refresh token gives only one, and without it the
    grant would be lost.
    """
    if not await _still_holds(tx, account_id, used_refresh_token):
        return False
    await tx.connection.execute(
        update(zoom_account)
        .where(zoom_account.c.id == account_id)
        .values(
            scopes=" ".join(sorted(scopes)),
            broken_at=None,
            renewal_tries=0,
            renew_after=None,
            **_token_columns(tx, account_id, tokens),
        )
    )
    return True


async def mark_broken(
    tx: Transaction, account_id: int, used_refresh_token: str, lease: int
) -> bool:
    """Zoom refuses `used_refresh_token`; False if whoever held `lease` no longer decides that."""
    if not await _still_holds(tx, account_id, used_refresh_token):
        return False
    changed = await tx.connection.execute(
        update(zoom_account)
        .where(zoom_account.c.id == account_id, zoom_account.c.lease_token == lease)
        .values(broken_at=tx.now)
    )
    return bool(changed.rowcount)


async def _one(tx: Transaction, condition: ColumnElement[bool]) -> ZoomAccount | None:
    found = await tx.connection.execute(select(zoom_account).where(condition))
    row = found.one_or_none()
    return _account(tx, row) if row else None


async def _still_holds(tx: Transaction, account_id: int, refresh_token: str) -> bool:
    account = await _one(tx, zoom_account.c.id == account_id)
    return account is not None and account.tokens.refresh == refresh_token


def zoom_user_index(vault: Vault, zoom_user_id: str) -> bytes:
    """What an account is found by, without opening any."""
    return vault.index("zoom user", zoom_user_id)


def _index(tx: Transaction, zoom_user_id: str) -> bytes:
    return zoom_user_index(tx.vault, zoom_user_id)


def _token_columns(tx: Transaction, account_id: int, tokens: Tokens) -> dict[str, bytes | datetime]:
    return {
        **_sealed(tx, account_id, access_token=tokens.access, refresh_token=tokens.refresh),
        "access_expires_at": tokens.access_expires_at,
        "refreshed_at": tx.now,
    }


def _sealed(tx: Transaction, account_id: int, **values: str) -> dict[str, bytes]:
    return {
        f"sealed_{name}": tx.vault.seal("zoom_account", f"sealed_{name}", account_id, value)
        for name, value in values.items()
    }
