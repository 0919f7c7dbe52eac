"""The workbook as another program reads it."""

import os
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.utils.escape import unescape

from bot.views.report_tables import Cell as Value
from bot.views.report_tables import Column, Formula, Row, Table
from bot.views.report_workbook import XlsxFile

NAMES = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    '=HYPERLINK("http://example.org","x")',
    "http://example.org",
    "https://example.org/" + "x" * 3_000,
    "mailto:aisha@example.org",
    "internal:Sheet1!A1",
    "007",
    "1e5",
    "TRUE",
    "{=1+1}",
    "\t=1+1",
    "a\nb",
    " spaces ",
    "_x0041_",
    "<r><t>1+1</t></r>",
    "</t></is></c><c><f>1+1</f></c>",
    "\u202e=1+1",
    "عائشة 🌸",
    "<b>&amp;",
    "'quoted",
    "x" * 4_000,
]


def written(tables: dict[str, Table], most_rows: int = 1_048_576) -> bytes:
    content = BytesIO()
    file = XlsxFile(content, most_rows)
    for name, table in tables.items():
        file.sheet(name).fill(table)
    file.close()
    return content.getvalue()


def opened(tables: dict[str, Table], most_rows: int = 1_048_576) -> Workbook:
    return load_workbook(BytesIO(written(tables, most_rows)))


def formulas(book: Workbook) -> list[str]:
    return [
        str(cell.value)
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]


def names(*values: str) -> Table:
    return Table([Column("Name", 20)], [[value] for value in values])


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_always_text(name: str) -> None:
    book = opened({"Names": names(name)})
    cell = book["Names"]["A2"]
    assert isinstance(cell, Cell)
    assert (cell.data_type, unescape(str(cell.value)), cell.hyperlink) == ("s", name, None)
    assert formulas(book) == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a\x01\x1fb", "a\x01\x1fb"),  # written as _x0001_, which workbooks read back
        ("a\ufffeb\uffffc", "a\ufffdb\ufffdc"),
        ("half \ud83c of a flower", "half \ufffd of a flower"),
        ("y" * 40_000, "y" * 32_767),
        ("🌸" * 20_000, "🌸" * 16_383),
    ],
)
def test_what_a_workbook_cannot_hold_does_not_break_it(name: str, shown: str) -> None:
    cell = opened({"Names": names(name, "next")})["Names"]
    assert unescape(str(cell["A2"].value)) == shown
    assert cell["A3"].value == "next"


def test_days_times_lengths_money_and_counts_keep_their_kind() -> None:
    columns = [Column(heading, 10) for heading in ("Day", "Time", "Length", "Money", "Count", "No")]
    at = datetime(2026, 11, 24, 18, 2, 30)  # noqa: DTZ001  workbooks know no zones
    row: list[Value] = [at.date(), at, timedelta(hours=30, minutes=5), Decimal("7.50"), 7, None]
    sheet = opened({"All": Table(columns, [row])})["All"]
    day, time, length, money, count, nothing = sheet[2]
    assert (day.value, day.number_format) == (datetime(2026, 11, 24), "yyyy-mm-dd")  # noqa: DTZ001
    assert (time.value, time.number_format) == (at, "yyyy-mm-dd hh:mm")
    assert (length.value, length.number_format) == (timedelta(hours=30, minutes=5), "[h]:mm:ss")
    assert (money.value, money.number_format) == (7.5, "#,##0.00#")
    assert (count.value, nothing.value) == (7, None)


def test_the_only_formulas_are_our_sums_which_bring_their_values() -> None:
    columns = [
        Column("Name", 10),
        Column("Taught", 10, total=True),
        Column("=Held", 9, total=True),
        Column("Pay", 9, total=True),
    ]
    rows: list[Row] = [
        ["=1+1", timedelta(minutes=44), 1, Decimal("0.10")],
        ["@x", timedelta(minutes=43, seconds=30), 2, Formula("=0.1+0.1", Decimal("0.20"))],
    ]
    content = written({"Sums": Table(columns, rows, total_label="=All")})
    assert formulas(load_workbook(BytesIO(content))) == [
        "=0.1+0.1",
        "=SUBTOTAL(9,B2:B3)",
        "=SUBTOTAL(9,C2:C3)",
        "=SUBTOTAL(9,D2:D3)",
    ]
    sheet = load_workbook(BytesIO(content), data_only=True)["Sums"]
    [*_, totals] = sheet.iter_rows()
    assert [cell.value for cell in totals] == [
        "=All",
        timedelta(minutes=87, seconds=30),
        3,
        pytest.approx(0.3),
    ]
    assert (sheet.auto_filter.ref, sheet.freeze_panes) == ("A1:D3", "A2")
    assert totals[1].number_format == "[h]:mm:ss"


def test_no_rows_give_a_heading_and_no_sums() -> None:
    table = Table([Column("Taught", 10, total=True)], [], total_label="All")
    book = opened({"Empty": table})
    assert [[cell.value for cell in row] for row in book["Empty"].iter_rows()] == [["Taught"]]
    assert book["Empty"].freeze_panes == "A2"


def test_what_is_over_a_sheets_rows_goes_on_in_the_next() -> None:
    columns = [Column("Name", 10), Column("Count", 10, total=True)]
    rows: list[Row] = [[f"Student {number}", number] for number in range(5)]
    book = opened(
        {"Attendance": Table(columns, rows, total_label="All"), "Notes": names("x")}, most_rows=4
    )
    assert book.sheetnames == ["Attendance", "Attendance 2", "Attendance 3", "Notes"]
    shown = [[cell.value for cell in book[name]["A"]] for name in book.sheetnames]
    assert shown[0] == ["Name", "Student 0", "Student 1", "All"]
    assert shown[2] == ["Name", "Student 4", "All"]


def test_sheets_keep_their_places_in_whatever_order_they_are_filled() -> None:
    content = BytesIO()
    file = XlsxFile(content)
    first, second = file.sheet("First"), file.sheet("Second")
    second.fill(names("2"))
    first.fill(names("1"))
    file.close()
    book = load_workbook(content)
    assert [sheet["A2"].value for sheet in book.worksheets] == ["1", "2"]
    active = book.active
    assert active is not None
    assert active.title == "First"


def test_names_are_in_no_link_and_no_property() -> None:
    with ZipFile(BytesIO(written({"Names": names(*NAMES)}))) as archive:
        elsewhere = [name for name in archive.namelist() if b"1+1" in archive.read(name)]
    assert elsewhere == ["xl/worksheets/sheet1.xml"]


def test_rows_are_taken_one_by_one_and_leave_in_time() -> None:
    """The file grows while its rows come, so they are held nowhere."""
    content = BytesIO()
    grown: list[int] = []

    def rows() -> Iterator[Sequence[Value]]:
        for number in range(20_000):
            grown.append(content.tell())
            yield [os.urandom(20).hex(), number]

    file = XlsxFile(content)
    file.sheet("Rows").fill(Table([Column("Name", 20), Column("Number", 5)], rows()))
    file.close()
    assert max(after - before for before, after in pairwise(grown)) < 40_000


def test_no_file_is_made_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names would lie in it in the clear; so it must work where none can be made at all."""
    nowhere = tmp_path / "nowhere"
    monkeypatch.setattr("tempfile.tempdir", str(nowhere))
    assert written({"Names": names("Aisha")})
    assert not nowhere.exists()
