"""What a report's files are made of: tables with a heading, rows, and sums below them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Protocol

Number = int | Decimal | timedelta


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula of ours with its value, for readers that do not calculate.

    Nothing that a person typed is ever part of the text.
    """

    text: str
    value: Number


Cell = str | int | Decimal | date | datetime | timedelta | Formula | None
"""What a cell can hold; times are local and naive, as workbooks know no zones."""

Row = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading and width in characters; `total` says that its sum stands below it."""

    heading: str
    width: int
    total: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under their headings, which come one after the other and are never held together.

    `total_label` stands before the sums of the columns that have one; without it there are none.
    `footer` gives rows to stand below instead, from the numbers of the first and last row.
    """

    columns: Sequence[Column]
    rows: Iterable[Row]
    total_label: str | None = None
    footer: Callable[[int, int], Iterable[Row]] | None = None


class Sheet(Protocol):
    """A place for a table."""

    def fill(self, table: Table) -> None:
        """Write the whole table; once."""


class ReportFile(Protocol):
    """A file of several sheets, which keep the order in which they were asked for."""

    def sheet(self, name: str) -> Sheet: ...

    def close(self) -> None: ...
