"""A report as a workbook. What people typed is always text in it, never a formula or a link.

XlsxWriter keeps either all cells in memory or all rows in a temporary file, where names would lie
in the clear. So it writes all but the rows here, and these go straight into the compressed file,
which goes on to whoever wanted it: nothing but the present row is ever in memory, and nothing is
on the disk.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from io import TextIOWrapper
from types import MappingProxyType
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from xlsxwriter import Workbook
from xlsxwriter.packager import Packager
from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from bot.views.report_cells import Looks, RowWriter
from bot.views.report_tables import Cell, Formula, Number, Row, Table

MOST_ROWS = 1_048_576
"""Of a sheet; https://support.microsoft.com/office/excel-specifications-and-limits"""

_FORMATS: Mapping[str, Mapping[str, object]] = MappingProxyType(
    {
        "heading": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"},
        "day": {"num_format": "yyyy-mm-dd"},
        "time": {"num_format": "yyyy-mm-dd hh:mm"},
        "length": {"num_format": "[h]:mm:ss"},
        "money": {"num_format": "#,##0.00#"},
        "total": {"bold": True, "top": 1},
        "total length": {"bold": True, "top": 1, "num_format": "[h]:mm:ss"},
        "total money": {"bold": True, "top": 1, "num_format": "#,##0.00#"},
    }
)
_WRITTEN_AT = (1980, 1, 1, 0, 0, 0)  # as XlsxWriter itself has it: the file says nothing of when
_SUM = 9  # what SUBTOTAL is to do; it passes over rows that a filter hides


class XlsxFile:
    """A workbook that goes to `target` piece by piece; `close` writes its end."""

    def __init__(self, target: IO[bytes], most_rows: int = MOST_ROWS) -> None:
        self._archive = ZipFile(target, "w", ZIP_DEFLATED)
        self._book = _Book(self._archive)
        self._most_rows = most_rows
        formats = {name: self._book.add_format(look) for name, look in _FORMATS.items()}
        self._looks = Looks({name: one._get_xf_index() for name, one in formats.items()})  # noqa: SLF001  the library's own number for it

    def sheet(self, name: str) -> "XlsxSheet":
        return XlsxSheet(name, self._next, self._looks, self._most_rows)

    def close(self) -> None:
        self._book.close()

    def abandon(self) -> None:
        self._archive.fp = None
        self._book.fileclosed = True

    def _next(self, name: str) -> "_Page":
        worksheet: _Page = self._book.add_worksheet(name)
        worksheet.archive = self._archive
        if worksheet.index == 0:
            worksheet.activate()
        return worksheet


class XlsxSheet:
    """A table's sheet; what is over a sheet's rows goes on in the next one."""

    def __init__(
        self,
        name: str,
        new_page: Callable[[str], "_Page"],
        looks: Looks,
        most_rows: int,
    ) -> None:
        self._name = name
        self._new_page = new_page
        self._looks = looks
        self._most_rows = most_rows
        self._first = new_page(name)

    def fill(self, table: Table) -> None:
        rows, page, number = _Rows(table.rows), self._first, 1
        while True:
            page.fill(table, rows, self._looks, self._most_rows)
            if rows.are_over:
                return
            number += 1
            page = self._new_page(f"{self._name} {number}")


class _Rows:
    """Rows that can be looked at before they are taken."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rest = iter(rows)
        self._next: Row | None = next(self._rest, None)

    @property
    def are_over(self) -> bool:
        return self._next is None

    def take(self) -> Row | None:
        taken = self._next
        if taken is not None:
            self._next = next(self._rest, None)
        return taken


class _Page(Worksheet):  # type: ignore[misc]  # the library has no types
    """One worksheet, written into the archive from its first line to its last at once.

    The library writes what stands around the rows.
    """

    archive: ZipFile
    _write_rows: Callable[[], None]

    def fill(self, table: Table, rows: _Rows, looks: Looks, most_rows: int) -> None:
        self.constant_memory = True  # rows are written when it is their turn, not kept before
        self.freeze_panes(1, 0)
        for number, column in enumerate(table.columns):
            self.set_column(number, number, column.width)
        self._write_rows = lambda: _write_table(self, table, rows, looks, most_rows)
        entry = ZipInfo(f"xl/worksheets/sheet{self.index + 1}.xml", _WRITTEN_AT)
        entry.compress_type = ZIP_DEFLATED
        with self.archive.open(entry, "w") as opened:
            text = TextIOWrapper(opened, encoding="utf-8")
            self._set_filehandle(text)
            self._assemble_xml_file()
            text.flush()
            text.detach()

    def write_line(self, line: str) -> None:
        self.fh.write(line)

    def _write_dimension(self) -> None:
        """Left out, as it may be: how many rows there are is known at their end."""

    def _write_optimized_sheet_data(self) -> None:
        self._xml_start_tag("sheetData")
        self._write_rows()
        self._xml_end_tag("sheetData")


class _Book(Workbook):  # type: ignore[misc]  # the library has no types
    """A workbook whose worksheets are in the archive already when the rest of it is written."""

    worksheet_class = _Page

    def __init__(self, archive: ZipFile) -> None:
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        super().__init__(None, options)
        self._archive = archive

    def _store_workbook(self) -> None:
        self._prepare_defined_names()
        packager = _WithoutWorksheets()
        packager._set_in_memory(in_memory=True)  # noqa: SLF001  of the library's own classes
        packager._add_workbook(self)  # noqa: SLF001
        for content, name, _ in packager._create_package():  # noqa: SLF001
            entry = ZipInfo(name, _WRITTEN_AT)
            entry.compress_type = ZIP_DEFLATED
            self._archive.writestr(entry, content.getvalue())
        self._archive.close()


class _WithoutWorksheets(Packager):  # type: ignore[misc]  # the library has no types
    def _write_worksheet_files(self) -> None:
        """They are written."""


def _write_table(page: _Page, table: Table, rows: _Rows, looks: Looks, most_rows: int) -> None:
    write = RowWriter(page.write_line, looks, len(table.columns))
    write.row(1, [column.heading for column in table.columns], "heading")
    sums = {place: _Sum() for place, column in enumerate(table.columns) if column.total}
    last, most = 1, most_rows - bool(table.total_label)
    while last < most and (row := rows.take()) is not None:
        last += 1
        write.row(last, row)
        for place, so_far in sums.items():
            so_far.add(row[place])
    page.autofilter(0, 0, max(last - 1, 1), len(table.columns) - 1)
    for below, row in enumerate(_footer(table, sums, last), start=last + 1):
        write.row(below, row, "total")


def _footer(table: Table, sums: Mapping[int, "_Sum"], last: int) -> Iterable[Row]:
    if last == 1:
        return ()
    if table.footer is not None:
        return table.footer(2, last)
    if table.total_label is None:
        return ()
    totals: list[Cell] = [None for _ in table.columns]
    totals[0] = table.total_label
    for place, so_far in sums.items():
        cells = xl_range(1, place, last - 1, place)
        totals[place] = Formula(f"=SUBTOTAL({_SUM},{cells})", so_far.value)
    return (totals,)


class _Sum:
    """The sum of a column, whose cells are all of one kind."""

    def __init__(self) -> None:
        self._length = timedelta()
        self._count = 0
        self._money = Decimal(0)
        self._kind: type[Number] = int

    def add(self, cell: Cell) -> None:
        match cell:
            case timedelta():
                self._length += cell
                self._kind = timedelta
            case Decimal():
                self._money += cell
                self._kind = Decimal
            case int():
                self._count += cell
            case Formula():
                self.add(cell.value)

    @property
    def value(self) -> Number:
        if self._kind is timedelta:
            return self._length
        return self._money + self._count if self._kind is Decimal else self._count
