"""A report as CSV files, one for each sheet, in a zip."""

import csv
from collections.abc import Iterable
from datetime import datetime, timedelta
from io import TextIOWrapper
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from bot.views.report_tables import Cell, Formula, Table

_WRITTEN_AT = (1980, 1, 1, 0, 0, 0)
_WITH_MARK = "utf-8-sig"  # without it, Excel reads another encoding
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""A spreadsheet takes a cell that begins so for a formula, in Asia by the wide signs too.

https://owasp.org/www-community/attacks/CSV_Injection
"""

_MINUTE = 60


class CsvFile:
    """A zip that goes to `target` piece by piece."""

    def __init__(self, target: IO[bytes]) -> None:
        self._archive = ZipFile(target, "w", ZIP_DEFLATED)
        self._sheets = 0

    def sheet(self, name: str) -> "CsvSheet":
        self._sheets += 1
        return CsvSheet(self._archive, f"{self._sheets}-{_file_name(name)}.csv")

    def close(self) -> None:
        self._archive.close()

    def abandon(self) -> None:
        self._archive.fp = None


class CsvSheet:
    """One file of it, without sums: what reads it can make its own."""

    def __init__(self, archive: ZipFile, name: str) -> None:
        self._archive = archive
        self._name = name

    def fill(self, table: Table) -> None:
        entry = ZipInfo(self._name, _WRITTEN_AT)
        entry.compress_type = ZIP_DEFLATED
        with self._archive.open(entry, "w") as opened:
            text = TextIOWrapper(opened, encoding=_WITH_MARK, errors="replace", newline="")
            _write(text, table)
            text.flush()
            text.detach()


def _write(text: TextIOWrapper, table: Table) -> None:
    lines = csv.writer(text)
    lines.writerow([as_text(column.heading) for column in table.columns])
    lines.writerows([as_text(cell) for cell in row] for row in table.rows)


def as_text(cell: Cell) -> str:
    """As it stands in a file; what a spreadsheet would take for a formula, it is told is none."""
    match cell:
        case None:
            return ""
        case str():
            return f"'{cell}" if cell.startswith(_DANGEROUS) else cell
        case Formula():
            return as_text(cell.value)
        case timedelta():
            return _length(cell)
        case datetime():
            return cell.isoformat(" ", "seconds")
        case _:
            return str(cell)


def _length(length: timedelta) -> str:
    minutes, seconds = divmod(round(length.total_seconds()), _MINUTE)
    hours, minutes = divmod(minutes, _MINUTE)
    return f"{hours}:{minutes:02}:{seconds:02}"


def _file_name(name: str) -> str:
    """What a sheet is called, without what a file system could trip over."""
    return "".join(letter for letter in _kept(name)).casefold() or "sheet"


def _kept(name: str) -> Iterable[str]:
    return (letter for letter in name if letter.isalnum())
