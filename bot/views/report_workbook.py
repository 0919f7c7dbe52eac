"""The workbook of a report. What people typed is always text in it, never a formula or a link."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Cell = str | int | date | datetime | timedelta | None
"""What a cell can hold; times are local and naive, as workbooks know no zones."""

_FORMATS: Mapping[str, Mapping[str, object]] = MappingProxyType(
    {
        "heading": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"},
        "day": {"num_format": "yyyy-mm-dd"},
        "time": {"num_format": "yyyy-mm-dd hh:mm"},
        "length": {"num_format": "[h]:mm:ss"},
        "total": {"bold": True, "top": 1},
        "total length": {"bold": True, "top": 1, "num_format": "[h]:mm:ss"},
    }
)
_LONGEST_TEXT = 32_767  # of a cell; a longer one would be left out altogether
# What XML, and so a workbook, cannot hold in any way.
_NOT_IN_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading and width in characters; `total` says that its sum stands below it."""

    heading: str
    width: int
    total: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with a heading row, and perhaps a row of totals under it."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    total_label: str | None = None


def write_workbook(sheets: Sequence[Sheet]) -> bytes:
    """The sheets as an XLSX file; plain data in, so that it can be made in another process."""
    from xlsxwriter import Workbook

    file = BytesIO()
    options = {
        "in_memory": True,  # names must not lie in temporary files
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with Workbook(file, options) as workbook:
        formats = {name: workbook.add_format(look) for name, look in _FORMATS.items()}
        for sheet in sheets:
            _write_sheet(workbook.add_worksheet(sheet.name), sheet, formats)
    return file.getvalue()


def _write_sheet(worksheet: "Worksheet", sheet: Sheet, formats: dict[str, "Format"]) -> None:
    worksheet.freeze_panes(1, 0)
    for number, column in enumerate(sheet.columns):
        worksheet.set_column(number, number, column.width)
        worksheet.write_string(0, number, column.heading, formats["heading"])
    for row_number, row in enumerate(sheet.rows, start=1):
        for number, value in enumerate(row):
            _write_cell(worksheet, row_number, number, value, formats)
    last = len(sheet.rows)
    worksheet.autofilter(0, 0, max(last, 1), len(sheet.columns) - 1)
    if sheet.total_label is not None and sheet.rows:
        _write_totals(worksheet, sheet, formats)


def _write_cell(
    worksheet: "Worksheet", row: int, column: int, value: Cell, formats: dict[str, "Format"]
) -> None:
    match value:
        case None:
            pass
        case str():
            text = _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", value)[:_LONGEST_TEXT]
            worksheet.write_string(row, column, text)
        case int():
            worksheet.write_number(row, column, value)
        case timedelta():
            worksheet.write_number(row, column, value / timedelta(days=1), formats["length"])
        case datetime():
            worksheet.write_datetime(row, column, value, formats["time"])
        case date():
            worksheet.write_datetime(row, column, value, formats["day"])


def _write_totals(worksheet: "Worksheet", sheet: Sheet, formats: dict[str, "Format"]) -> None:
    """Sums as formulas of ours, with their values for readers that do not calculate."""
    from xlsxwriter.utility import xl_range

    below = len(sheet.rows) + 1
    worksheet.write_string(below, 0, sheet.total_label or "", formats["total"])
    for number, column in enumerate(sheet.columns):
        if not column.total:
            continue
        values = [row[number] for row in sheet.rows]
        lengths = [value for value in values if isinstance(value, timedelta)]
        counts = [value for value in values if isinstance(value, int)]
        total = sum(lengths, timedelta()) / timedelta(days=1) if lengths else sum(counts)
        look = formats["total length"] if lengths else formats["total"]
        cells = xl_range(1, number, len(sheet.rows), number)
        worksheet.write_formula(below, number, f"=SUM({cells})", look, total)
