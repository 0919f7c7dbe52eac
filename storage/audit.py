"""Who did what: pseudonyms and ids only, so that it may be kept after an erasure."""

from sqlalchemy import insert

from storage.database import Transaction, new_id
from storage.schema import audit_entry

PROGRAM = "program"
"""The actor where no person asked."""


async def note(tx: Transaction, actor: str, action: str, subject: str | None = None) -> None:
    """Record that `actor`, a pseudonym or PROGRAM, did `action` to `subject`, never a name."""
    await tx.connection.execute(
        insert(audit_entry).values(
            id=new_id(), at=tx.now, actor=actor, action=action, subject=subject
        )
    )
