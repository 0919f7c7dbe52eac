"""Seals everything anew under the newest key of DATA_KEY, so that the old one can be dropped.

How a rotation goes: start the program with `DATA_KEY=new,old`, which gives the database file the
new key and seals under it from then on; rotate, beside the running program or without it; then
drop the old key. What is left to do is read from the sealed values themselves, each of which says
its key: a rotation that was interrupted, at whatever point, simply goes on.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    RowMapping,
    Table,
    and_,
    func,
    or_,
    select,
    tuple_,
    update,
)

from storage.database import Database, Transaction
from storage.schema import Sealed, index_key, metadata, row_id_of
from storage.sealing import MARK_LENGTH, SealBroken

_ROWS_AT_ONCE = 200  # some 10 ms, so that others who write hardly notice

_BREATH_S = 0.01
"""Between two batches: the lock of the file is not fair to other processes that wait for it."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """How many rows were to be sealed anew when the rotation began, and how many are done."""

    done: int
    total: int
    broken: int
    """Rows that no key of DATA_KEY opens; they are left as they are, and logged."""


async def rotate(database: Database, rows_at_once: int = _ROWS_AT_ONCE) -> AsyncIterator[Progress]:
    """Seals anew what a retired key sealed; tells after each batch how far it has come.

    When it ends with nothing broken, the retired keys open nothing and may be dropped.
    """
    total = await count_old(database)
    progress = Progress(done=0, total=total, broken=0)
    yield progress
    for table in _sealed_tables():
        last: tuple[object, ...] | None = None
        while True:
            async with database.writing() as tx:
                rows = await _next_rows(tx, table, last, rows_at_once)
                resealed = [await _reseal(tx, table, row) for row in rows]
            if not rows:
                break
            last = _primary_key(table, rows[-1])
            progress = Progress(
                done=progress.done + sum(resealed),
                total=total,
                broken=progress.broken + resealed.count(False),
            )
            yield progress
            await asyncio.sleep(_BREATH_S)
    await database.forget()


async def count_old(database: Database) -> int:
    """How many rows hold a value that a retired key sealed."""
    total = 0
    async with database.reading() as tx:
        for table in _sealed_tables():
            count = select(func.count()).select_from(table).where(_is_old(tx, table))
            total += await tx.connection.scalar(count) or 0
    return total


def _sealed_tables() -> list[Table]:
    """Every table with sealed columns.

    The key of the look-up hashes comes last: it is read at start, so that whoever drops the old
    key too early is told at once.
    """
    tables = [table for table in metadata.sorted_tables if _sealed_columns(table)]
    return sorted(tables, key=lambda table: table is index_key)


def _sealed_columns(table: Table) -> list[str]:
    return [column.name for column in table.c if isinstance(column.type, Sealed)]


def _is_old(tx: Transaction, table: Table) -> ColumnElement[bool]:
    return or_(
        *(
            func.substr(table.c[name], 1, MARK_LENGTH, type_=LargeBinary) != tx.vault.mark
            for name in _sealed_columns(table)
        )
    )


async def _next_rows(
    tx: Transaction, table: Table, last: tuple[object, ...] | None, limit: int
) -> Sequence[RowMapping]:
    key = list(table.primary_key)
    query = select(table).where(_is_old(tx, table)).order_by(*key).limit(limit)
    if last is not None:
        query = query.where(tuple_(*key) > last)
    return (await tx.connection.execute(query)).mappings().all()


async def _reseal(tx: Transaction, table: Table, row: RowMapping) -> bool:
    row_id = row_id_of(table, row)
    sealed = {name: row[name] for name in _sealed_columns(table) if row[name] is not None}
    try:
        values = {
            name: tx.vault.reseal(table.name, name, row_id, value) for name, value in sealed.items()
        }
    except SealBroken:
        _log.exception("row %r of %s was not sealed anew", row_id, table.name)
        return False
    same_row = and_(*(column == row[column.name] for column in table.primary_key))
    await tx.connection.execute(update(table).where(same_row).values(values))
    return True


def _primary_key(table: Table, row: RowMapping) -> tuple[object, ...]:
    return tuple(row[column.name] for column in table.primary_key)
