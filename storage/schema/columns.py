"""What the tables are made of: kinds of columns, and the names of what stands beside them.

Columns called `sealed_*` hold values sealed by storage.sealing under (table, column, row id);
`row_id_of` says what the row id of a row is.
Columns called `*_index` hold keyed hashes for look-ups by a sealed value. Row ids are random
62-bit integers made by the program (storage.database.new_id), so that a value can be sealed
before its row exists.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    Dialect,
    LargeBinary,
    MetaData,
    RowMapping,
    Table,
    TypeDecorator,
)
from sqlalchemy.sql import operators
from sqlalchemy.sql.operators import OperatorType

from storage.sealing import RowId


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC times in and out; SQLite, which has no zones, keeps them as naive UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time cannot be stored")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Sealed(TypeDecorator[bytes]):
    """What storage.sealing made; never compared, as one value seals differently each time."""

    impl = LargeBinary
    cache_ok = True

    class Comparator(TypeDecorator.Comparator[bytes]):
        def operate(self, op: OperatorType, *other: Any, **kwargs: Any) -> ColumnElement[Any]:
            if op not in {operators.is_, operators.is_not}:
                raise TypeError("a sealed column cannot be compared; look its *_index up")
            return super().operate(op, *other, **kwargs)

    comparator_factory = Comparator


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def id_column() -> Column[int]:
    return Column("id", BigInteger, primary_key=True, autoincrement=False)


def row_id_of(table: Table, row: RowMapping | Mapping[str, Any]) -> RowId:
    """What the values of a row are sealed under: its primary key, "7:2" where that has two parts.

    Whoever changes a row's primary key must seal its values anew.
    """
    values: list[RowId] = [row[column.name] for column in table.primary_key]
    if len(values) == 1:
        return values[0]
    return ":".join(part.hex() if isinstance(part, bytes) else str(part) for part in values)
