"""Rows of a workbook as its own markup: text is text, whatever it looks like.

A term has many million cells, so this is written for speed.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from xlsxwriter.utility import xl_col_to_name

from bot.views.report_tables import Cell, Formula, Row

_LONGEST_TEXT = 32_767
"""UTF-16 units of a cell; with more, Excel calls the whole file broken."""

_FIRST_DAY = datetime(1899, 12, 30)  # noqa: DTZ001  workbooks count days from it and know no zones
_DAY = timedelta(days=1)
# What XML, and so a workbook, cannot hold in any way.
_NOT_IN_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
# What it can hold written out, and what looks as if it had been.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f]")
_LOOKS_WRITTEN_OUT = re.compile("_(x[0-9a-fA-F]{4}_)")


@dataclass(frozen=True, slots=True)
class Looks:
    """The numbers that formats have in the workbook: "day", "total length"."""

    numbers: Mapping[str, int]

    def of(self, kind: str, base: str) -> str:
        """The attribute of a cell of that kind; `base` is the look of its whole row, if any."""
        number = self.numbers.get(f"{base} {kind}".strip()) or self.numbers.get(base or kind)
        return f' s="{number}"' if number else ""


class RowWriter:
    """Writes the rows of one sheet, from the first to the last."""

    def __init__(self, write: Callable[[str], None], looks: Looks, columns: int) -> None:
        self._write = write
        self._looks = {
            base: {kind: looks.of(kind, base) for kind in ("", "day", "time", "length", "money")}
            for base in ("", "heading", "total")
        }
        self._columns = [xl_col_to_name(number) for number in range(columns)]

    def row(self, number: int, row: Row, base: str = "") -> None:
        """Write a row; rows are numbered from 1."""
        looks = self._looks[base]
        cells = [
            _cell(f"{column}{number}", cell, looks)
            for column, cell in zip(self._columns, row, strict=True)
            if cell is not None
        ]
        self._write(f'<row r="{number}">{"".join(cells)}</row>')


def _cell(place: str, cell: Cell, looks: Mapping[str, str]) -> str:
    match cell:
        case str():
            return f'<c r="{place}"{looks[""]} t="inlineStr"><is>{_text(cell)}</is></c>'
        case Formula():
            kind, value = _number(cell.value)
            formula = _escaped(cell.text.removeprefix("="))
            return f'<c r="{place}"{looks[kind]}><f>{formula}</f><v>{value}</v></c>'
        case _:
            kind, value = _number(cell)
            return f'<c r="{place}"{looks[kind]}><v>{value}</v></c>'


def _number(cell: int | Decimal | date | timedelta | None) -> tuple[str, str]:
    """Its kind, and how a workbook counts it: days, for times and lengths."""
    match cell:
        case timedelta():
            return "length", f"{cell / _DAY:.15g}"
        case datetime():
            return "time", f"{(cell - _FIRST_DAY) / _DAY:.15g}"
        case date():
            return "day", str(cell.toordinal() - _FIRST_DAY.toordinal())
        case Decimal():
            return "money", str(cell)
        case _:
            return "", str(cell)


@lru_cache(maxsize=20_000)  # most names stand in many rows
def _text(text: str) -> str:
    shown = _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)
    shown = shown.encode("utf-16-le")[: 2 * _LONGEST_TEXT].decode("utf-16-le", "ignore")
    shown = _LOOKS_WRITTEN_OUT.sub(r"_x005F_\1", shown)
    shown = _CONTROLS.sub(lambda found: f"_x{ord(found[0]):04X}_", shown)
    space = ' xml:space="preserve"' if shown != shown.strip() else ""
    return f"<t{space}>{_escaped(shown)}</t>"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
