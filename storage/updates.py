"""Which of Telegram's updates have been handled."""

from collections.abc import Collection

from sqlalchemy import insert, select

from storage.database import Transaction
from storage.schema import handled_update


async def handled_among(tx: Transaction, update_ids: Collection[int]) -> frozenset[int]:
    """Those of the updates that have been handled before."""
    rows = await tx.connection.execute(
        select(handled_update.c.update_id).where(handled_update.c.update_id.in_(update_ids))
    )
    return frozenset(rows.scalars())


async def mark_handled(tx: Transaction, update_id: int) -> None:
    if update_id not in await handled_among(tx, (update_id,)):
        await tx.connection.execute(
            insert(handled_update).values(update_id=update_id, handled_at=tx.now)
        )
