"""All that the database holds, as somebody with its keys would read it."""

from sqlalchemy import LargeBinary, select

from storage.database import Transaction
from storage.schema import Sealed, metadata, row_id_of


async def everything(tx: Transaction, *, without: frozenset[str] = frozenset()) -> dict[str, str]:
    """The values of every table by "table.column": sealed ones opened, one a line."""
    found: dict[str, list[str]] = {}
    for table in metadata.sorted_tables:
        if table.name in without or table.name == "index_key":
            continue
        for row in (await tx.connection.execute(select(table))).mappings():
            for column in table.columns:
                value = row[column.name]
                if isinstance(column.type, Sealed) and value is not None:
                    row_id = row_id_of(table, row)
                    body = tx.vault.open_bytes(table.name, column.name, row_id, value)
                    value = body.decode(errors="replace")
                if value is None or isinstance(column.type, LargeBinary):
                    continue
                found.setdefault(f"{table.name}.{column.name}", []).append(str(value))
    return {name: "\n".join(values) for name, values in found.items()}


async def places_with(
    tx: Transaction, text: str, *, without: frozenset[str] = frozenset()
) -> set[str]:
    """Where a text stands, however it is written."""
    stored = await everything(tx, without=without)
    return {name for name, values in stored.items() if text.casefold() in values.casefold()}
