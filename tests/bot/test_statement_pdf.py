"""The statement on paper, as another program reads it."""

import pickle
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pypdfium2 import PdfDocument

from bot.views.statement_pdf import (
    Fact,
    StatementAdjustment,
    StatementHeadings,
    StatementLine,
    StatementPaper,
    StatementTotal,
    write_statement,
)

LINE = StatementLine("3 Nov", "Tajweed", "45 min", "SAR 60.00 / h", "SAR 45.00")
STATEMENT = StatementPaper(
    language="en",
    is_rtl=False,
    made_at=datetime(2026, 12, 1, 9, tzinfo=UTC),
    school="Darulkubra",
    title="Statement, November 2026",
    state="Paid",
    facts=(Fact("Teacher", "Aisha"), Fact("Paid", "3 Dec 2026, reference TR-1992")),
    headings=StatementHeadings("Day", "Class", "Counted", "Rate", "Amount"),
    lines=(LINE, replace(LINE, day="4 Nov", remarks="≈ partly inferred")),
    nothing="No classes.",
    adjustments_title="Adjustments",
    adjustments=(StatementAdjustment("9 Nov", "Bonus: stood in for Musa", "SAR 10.00"),),
    totals=(StatementTotal("Total in SAR", "SAR 100.00"), StatementTotal("in ETB", "ETB 7.00")),
    notes=("Times are those of Riyadh.",),
    foot="Aisha · Statement, November 2026",
    page="Page {page} of {pages}",
)
ARABIC = replace(
    STATEMENT,
    language="ar",
    is_rtl=True,
    title="كشف حساب، نوفمبر 2026",
    state="مدفوع",
    lines=(replace(LINE, day="3 نوفمبر", lesson="تجويد", time="45 د", amount="45.00"),),
)
HOSTILE = (
    "x" * 120,
    "عائشة " * 150,
    "a\nb\x00\u202ec **bold** {page} {nb} $x$",
    "\ud800 lone",
    "李老师",
    "",
    "\u2068" * 50,
)


def pages(statement: StatementPaper) -> list[str]:
    """The text of each page."""
    document = PdfDocument(write_statement(statement))
    return [page.get_textpage().get_text_range() for page in document]


def place_of(statement: StatementPaper, text: str) -> float:
    """Where a text begins on the first page, in points from the left."""
    page = PdfDocument(write_statement(statement))[0].get_textpage()
    found = page.search(text).get_next()
    assert found is not None
    left, _, _, _ = page.get_charbox(found[0])
    return float(left)


def test_everything_stands_on_the_paper() -> None:
    [page] = pages(STATEMENT)
    for text in (
        "Darulkubra",
        "Statement, November 2026",
        "Paid",
        "3 Dec 2026, reference TR-1992",
        "Counted",
        "SAR 45.00",
        "≈ partly inferred",
        "Bonus: stood in for Musa",
        "SAR 100.00",
        "ETB 7.00",
        "Times are those of Riyadh.",
        "Page 1 of 1",
    ):
        assert text in page


def test_a_long_month_repeats_its_headings_and_numbers_its_pages() -> None:
    lines = tuple(replace(LINE, lesson=f"Lesson {number:03}") for number in range(40))
    shown = pages(replace(STATEMENT, lines=lines))
    assert len(shown) >= 2
    for number, page in enumerate(shown, start=1):
        assert f"Page {number} of {len(shown)}" in page
        assert "Aisha · Statement, November 2026" in page
        assert ("Counted" in page) == ("Lesson 0" in page)
    whole = "".join(shown)
    assert [whole.count(f"Lesson {number:03}") for number in range(40)] == [1] * 40


def test_the_totals_stay_together() -> None:
    bare = replace(STATEMENT, adjustments=(), notes=(), facts=())
    room = [pages(replace(bare, lines=(LINE,) * count)) for count in (25, 26)]
    assert [len(shown) for shown in room] == [1, 2]
    for shown in room:
        assert "Total in SAR" in shown[-1]
        assert "in ETB" in shown[-1]


def test_a_month_without_classes_says_so() -> None:
    [page] = pages(replace(STATEMENT, lines=(), adjustments=(), notes=()))
    assert "No classes." in page
    assert "Counted" not in page
    assert "Adjustments" not in page


def test_arabic_columns_begin_on_the_right() -> None:
    assert place_of(STATEMENT, "3 Nov") < 100
    assert place_of(STATEMENT, "SAR 45.00") > 450
    assert place_of(ARABIC, "45.00") < 100
    assert place_of(ARABIC, "45 د") < place_of(ARABIC, "تجويد")


def test_amharic_is_readable_to_another_program() -> None:
    [page] = pages(replace(STATEMENT, language="am", title="መግለጫ፣ ኖቬምበር 2026", state="ረቂቅ"))
    assert "መግለጫ፣ ኖቬምበር 2026" in page
    assert "ረቂቅ" in page


@pytest.mark.parametrize("statement", [STATEMENT, ARABIC])
def test_the_same_statement_is_the_same_file(statement: StatementPaper) -> None:
    assert write_statement(statement) == write_statement(statement)


@pytest.mark.parametrize("statement", [STATEMENT, ARABIC], ids=["en", "ar"])
def test_any_text_leaves_a_paper_that_can_be_read(statement: StatementPaper) -> None:
    lines = tuple(StatementLine(text, text, text, text, text, text) for text in HOSTILE)
    hostile = replace(
        statement,
        school=HOSTILE[0],
        facts=(Fact(HOSTILE[1], HOSTILE[2]),),
        lines=lines,
        adjustments=(StatementAdjustment(HOSTILE[0], HOSTILE[1], HOSTILE[2]),),
        totals=(StatementTotal(HOSTILE[1], HOSTILE[2]),),
        notes=HOSTILE,
    )
    shown = pages(hostile)
    assert f"Page 1 of {len(shown)}" in shown[0]
    assert any("**bold**" in page for page in shown)


def test_the_statement_goes_to_another_process_as_it_is() -> None:
    assert pickle.loads(pickle.dumps(STATEMENT)) == STATEMENT  # noqa: S301 -- our own bytes
