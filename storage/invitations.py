"""Invitations for teachers and students; of each code only its hash is stored."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from school.model import InvitationKind
from storage.database import Transaction, new_id
from storage.schema import invitation


@dataclass(frozen=True, slots=True)
class StoredInvitation:
    """`used_by` is the person who accepted it, null as long as nobody did."""

    id: int
    invited_by: int
    expires_at: datetime
    used_by: int | None


def _invitation(row: Row[Any]) -> StoredInvitation:
    return StoredInvitation(row.id, row.invited_by, row.expires_at, row.used_by)


async def invitation_by_request(tx: Transaction, request_key: str) -> StoredInvitation | None:
    found = await tx.connection.execute(
        select(invitation).where(invitation.c.request_key == request_key)
    )
    row = found.one_or_none()
    return _invitation(row) if row else None


async def invitation_by_code(
    tx: Transaction, kind: InvitationKind, code_hash: bytes
) -> StoredInvitation | None:
    found = await tx.connection.execute(
        select(invitation).where(invitation.c.kind == kind, invitation.c.code_hash == code_hash)
    )
    row = found.one_or_none()
    return _invitation(row) if row else None


async def add_invitation(
    tx: Transaction,
    kind: InvitationKind,
    code_hash: bytes,
    invited_by: int,
    request_key: str,
    expires_at: datetime,
) -> None:
    await tx.connection.execute(
        insert(invitation).values(
            id=new_id(),
            kind=kind,
            code_hash=code_hash,
            invited_by=invited_by,
            request_key=request_key,
            created_at=tx.now,
            expires_at=expires_at,
        )
    )


async def count_open(tx: Transaction, invited_by: int) -> int:
    """Those of a person that nobody has used and that still work."""
    query = (
        select(func.count())
        .select_from(invitation)
        .where(
            invitation.c.invited_by == invited_by,
            invitation.c.used_by.is_(None),
            invitation.c.expires_at > tx.now,
        )
    )
    return await tx.connection.scalar(query) or 0


async def use_invitation(tx: Transaction, invitation_id: int, person_id: int) -> bool:
    """False if somebody used it first."""
    used = await tx.connection.execute(
        update(invitation)
        .where(invitation.c.id == invitation_id, invitation.c.used_by.is_(None))
        .values(used_by=person_id, used_at=tx.now)
    )
    return bool(used.rowcount)


async def accepted_at(tx: Transaction, kind: InvitationKind, person_id: int) -> datetime | None:
    """When a person last followed an invitation of that kind; None if they never did."""
    found: datetime | None = await tx.connection.scalar(
        select(func.max(invitation.c.used_at)).where(
            invitation.c.kind == kind, invitation.c.used_by == person_id
        )
    )
    return found


async def withdraw_open(tx: Transaction, kind: InvitationKind, invited_by: int) -> None:
    """Those of a person that nobody has used are gone."""
    await tx.connection.execute(
        delete(invitation).where(
            invitation.c.kind == kind,
            invitation.c.invited_by == invited_by,
            invitation.c.used_by.is_(None),
        )
    )
