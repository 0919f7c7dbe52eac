"""The CSV files as another program reads them."""

import csv
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest

from bot.views.report_csv import CsvFile
from bot.views.report_tables import Cell, Column, Formula, Row, Table
from tests.bot.test_report_workbook import NAMES


def read_back(*rows: Row) -> list[list[str]]:
    content = BytesIO()
    file = CsvFile(content)
    width = max(len(row) for row in rows)
    file.sheet("Pay / Lohn").fill(Table([Column("=Name", 10)] * width, rows, total_label="All"))
    file.close()
    with ZipFile(content) as archive:
        assert archive.namelist() == ["1-paylohn.csv"]
        raw = archive.read("1-paylohn.csv")
    assert raw.startswith(b"\xef\xbb\xbf")
    heading, *lines = csv.reader(StringIO(raw.decode("utf-8-sig"), newline=""))
    assert set(heading) == {"'=Name"}
    return lines


@pytest.mark.parametrize("name", [*NAMES, "\r=1+1", "@x", "=" + "y" * 40_000, 'a,b"c'])
def test_a_name_is_whole_and_never_the_beginning_of_a_formula(name: str) -> None:
    ((shown,),) = read_back([name])
    assert shown in {name, f"'{name}"}
    assert not shown.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_half_a_character_does_not_break_it() -> None:
    assert read_back(["half \ud83c of"]) == [["half ? of"]]


def test_days_times_lengths_and_sums_are_written_out() -> None:
    at = datetime(2026, 11, 24, 18, 2, 30, tzinfo=UTC).replace(tzinfo=None)
    row: list[Cell] = [
        date(2026, 11, 24),
        at,
        timedelta(hours=30, minutes=5, seconds=1),
        Decimal("-7.50"),
        7,
        None,
        Formula("=1+1", Decimal("2.00")),
    ]
    assert read_back(row) == [
        ["2026-11-24", "2026-11-24 18:02:30", "30:05:01", "-7.50", "7", "", "2.00"]
    ]
