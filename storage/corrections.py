"""What people said about lessons instead of what was found; the figures found stay."""

from sqlalchemy import insert, select

from storage.database import Transaction, new_id
from storage.schema import correction


async def add_confirmation(
    tx: Transaction, lesson_id: int, person_id: int, request_key: str
) -> bool:
    """The figures are right although something was filled in; whether that is new."""
    known = select(correction.c.id).where(correction.c.request_key == request_key)
    if (await tx.connection.execute(known)).first() is not None:
        return False
    await tx.connection.execute(
        insert(correction).values(
            id=new_id(),
            lesson_id=lesson_id,
            is_confirmation=True,
            added_by=person_id,
            added_at=tx.now,
            request_key=request_key,
        )
    )
    return True
