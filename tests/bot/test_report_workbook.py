"""The workbook as another program reads it."""

from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from io import BytesIO
from multiprocessing import get_context
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell

from bot.views.report_chart import Bar, Chart, draw_hours
from bot.views.report_workbook import Cell as Value
from bot.views.report_workbook import Column, Sheet, write_workbook

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
    "_x0041_",
    "\u202e=1+1",
    "عائشة 🌸",
    "<b>&amp;",
    "'quoted",
    "x" * 4_000,
]


def opened(sheets: list[Sheet]) -> Workbook:
    return load_workbook(BytesIO(write_workbook(sheets)))


def formulas(book: Workbook) -> list[str]:
    return [
        str(cell.value)
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]


def a_sheet(*values: str) -> Sheet:
    return Sheet("Names", [Column("Name", 20)], [[value] for value in values])


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_always_text(name: str) -> None:
    book = opened([a_sheet(name)])
    cell = book["Names"]["A2"]
    assert isinstance(cell, Cell)
    assert (cell.data_type, cell.value, cell.hyperlink) == ("s", name, None)
    assert formulas(book) == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a\x01\x1fb", "a\x01\x1fb"),  # written as _x0001_, which workbooks read back
        ("a\ufffeb\uffffc", "a\ufffdb\ufffdc"),
        ("half \ud83c of a flower", "half \ufffd of a flower"),
        ("y" * 40_000, "y" * 32_767),
    ],
)
def test_what_a_workbook_cannot_hold_does_not_break_it(name: str, shown: str) -> None:
    cell = opened([a_sheet(name, "next")])["Names"]
    assert str(cell["A2"].value).replace("_x0001_", "\x01").replace("_x001F_", "\x1f") == shown
    assert cell["A3"].value == "next"


def test_days_times_lengths_and_counts_keep_their_kind() -> None:
    columns = [Column(heading, 10) for heading in ("Day", "Time", "Length", "Count", "Nothing")]
    at = datetime(2026, 11, 24, 18, 2, 30)  # noqa: DTZ001  workbooks know no zones
    row: list[Value] = [at.date(), at, timedelta(hours=30, minutes=5), 7, None]
    sheet = opened([Sheet("All", columns, [row])])["All"]
    day, time, length, count, nothing = sheet[2]
    assert (day.value, day.number_format) == (datetime(2026, 11, 24), "yyyy-mm-dd")  # noqa: DTZ001
    assert (time.value, time.number_format) == (at, "yyyy-mm-dd hh:mm")
    assert (length.value, length.number_format) == (timedelta(hours=30, minutes=5), "[h]:mm:ss")
    assert (count.value, nothing.value) == (7, None)


def test_the_only_formulas_are_our_sums_which_bring_their_values() -> None:
    columns = [Column("Name", 10), Column("Taught", 10, total=True), Column("=Held", 9, total=True)]
    rows: list[list[Value]] = [
        ["=1+1", timedelta(minutes=44), 1],
        ["@x", timedelta(minutes=43, seconds=30), 2],
    ]
    content = write_workbook([Sheet("Sums", columns, rows, total_label="=All")])
    assert formulas(load_workbook(BytesIO(content))) == ["=SUM(B2:B3)", "=SUM(C2:C3)"]
    [*_, totals] = load_workbook(BytesIO(content), data_only=True)["Sums"].iter_rows()
    assert [cell.value for cell in totals] == [
        "=All",
        timedelta(minutes=87, seconds=30),
        3,
    ]


def test_no_rows_give_a_heading_and_no_sums() -> None:
    book = opened([Sheet("Empty", [Column("Taught", 10, total=True)], [], total_label="All")])
    assert [[cell.value for cell in row] for row in book["Empty"].iter_rows()] == [["Taught"]]
    assert book["Empty"].freeze_panes == "A2"


def test_a_sum_of_no_length_is_shown_as_a_length() -> None:
    columns = [Column("Name", 10), Column("Taught", 10, total=True)]
    book = opened([Sheet("Zero", columns, [["x", timedelta()]], total_label="All")])
    assert book["Zero"]["B3"].number_format == "[h]:mm:ss"


def test_names_are_in_no_link_and_no_property() -> None:
    with ZipFile(BytesIO(write_workbook([a_sheet(*NAMES)]))) as archive:
        elsewhere = [name for name in archive.namelist() if b"1+1" in archive.read(name)]
    assert elsewhere == ["xl/sharedStrings.xml"]


def test_both_files_can_be_made_in_another_process() -> None:
    chart = Chart("Hours", "Hours", (Bar("Aisha", "Teacher 1", 1.5, "1 h 30 min"),))
    with ProcessPoolExecutor(1, get_context("spawn")) as elsewhere:
        picture = elsewhere.submit(draw_hours, chart).result()
        book = elsewhere.submit(write_workbook, [a_sheet("Aisha")]).result()
    assert picture.startswith(b"\x89PNG")
    assert load_workbook(BytesIO(book))["Names"]["A2"].value == "Aisha"
