"""A teacher's statement for a month, as it is printed.

Made in another process, because shaping the letters takes a while; so everything here is plain
data, and every word and amount comes in as it is to be read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.views.paper import SOFT_INK, WIDTH, Box, Paper, Style

_GAP = 1.6
_REMARKS_GAP = 0.6
_SECTION = 7.0

_SCHOOL = Style(size=10, colour=SOFT_INK)
_TITLE = Style(size=18, weight="B")
_STATE = Style(size=18, colour=SOFT_INK, side="end")
_TEXT = Style()
_FACT = Style(colour=SOFT_INK)
_FIGURE = Style(side="end")
_HEADING = Style(size=9, weight="B")
_FIGURE_HEADING = Style(size=9, weight="B", side="end")
_SECTION_TITLE = Style(size=11, weight="B")
_SMALL = Style(size=8.5, colour=SOFT_INK)
_TOTAL = Style(size=11, weight="B")
_TOTAL_FIGURE = Style(size=11, weight="B", side="end")

_EDGE = 1.5
_DAY = (_EDGE, 28.0)
_LESSON = (31.0, 54.0)
_TIME = (87.0, 24.0)
_RATE = (113.0, 29.0)
_AMOUNT = (144.0, WIDTH - 144.0 - _EDGE)
_REMARKS = (31.0, 111.0)
"""Where each column begins and how wide it is, in millimetres."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the head: `Teacher` and `Aisha`, `Paid` and `3 Dec 2026, reference TR-1992`."""

    words: str
    value: str


@dataclass(frozen=True, slots=True)
class StatementHeadings:
    """The names of the columns of the table."""

    day: str
    lesson: str
    time: str
    rate: str
    amount: str


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One lesson: when, which class, the counted time, its rate and what it comes to.

    `remarks` stand below it in small letters, like `≈ partly inferred`.
    """

    day: str
    lesson: str
    time: str
    rate: str
    amount: str
    remarks: str = ""


@dataclass(frozen=True, slots=True)
class StatementAdjustment:
    """A bonus, a deduction or a waiver with its reason."""

    day: str
    reason: str
    amount: str


@dataclass(frozen=True, slots=True)
class StatementTotal:
    """A sum in one currency. `is_final`: it is what is paid, and stands out."""

    words: str
    amount: str
    is_final: bool = True


@dataclass(frozen=True, slots=True)
class StatementPaper:
    """Everything on the paper. `state` is a word or two: `Draft`, `Paid`.

    `nothing` stands in place of the table where there are no lines. At the foot of each page are
    `foot`, which says whose it is and of which month, and `page` with the places {page} and {pages}
    in it, which are filled in here. `made_at` is written into the file's properties.
    """

    language: str
    is_rtl: bool
    made_at: datetime
    school: str
    title: str
    state: str
    facts: tuple[Fact, ...]
    headings: StatementHeadings
    lines: tuple[StatementLine, ...]
    nothing: str
    adjustments_title: str
    adjustments: tuple[StatementAdjustment, ...]
    totals: tuple[StatementTotal, ...]
    notes: tuple[str, ...]
    foot: str
    page: str


def write_statement(statement: StatementPaper) -> bytes:
    """The statement as a PDF of as many A4 pages as it takes."""
    paper = Paper(
        language=statement.language,
        is_rtl=statement.is_rtl,
        title=f"{statement.school} – {statement.title}",
        made_at=statement.made_at,
    )
    _write_head(paper, statement)
    _write_lines(paper, statement)
    _write_adjustments(paper, statement)
    _write_totals(paper, statement.totals)
    _write_notes(paper, statement.notes)
    paper.write_feet(statement.foot, statement.page)
    return paper.output()


def _write_head(paper: Paper, statement: StatementPaper) -> None:
    paper.write([Box(statement.school, 0, WIDTH, _SCHOOL)], gap=1)
    title = Box(statement.title, 0, 124, _TITLE)
    paper.write([title, Box(statement.state, 126, WIDTH - 126, _STATE)], gap=4)
    for fact in statement.facts:
        _write_row(
            paper, [Box(fact.words, 0, 38, _FACT), Box(fact.value, 40, WIDTH - 40, _TEXT)], gap=0.8
        )
    paper.y += _SECTION


def _write_lines(paper: Paper, statement: StatementPaper) -> None:
    if not statement.lines:
        _write_row(paper, [Box(statement.nothing, 0, WIDTH, _TEXT)], gap=_GAP)
        return
    _write_headings(paper, statement.headings)
    for line in statement.lines:
        boxes, remarks = _line_boxes(line), _remarks(line)
        height = paper.height(boxes) + paper.height(remarks) + 3 * _GAP
        if not paper.has_room(height):
            paper.new_page()
            _write_headings(paper, statement.headings)
        paper.y += _GAP
        paper.write(boxes, gap=_REMARKS_GAP)
        paper.write(remarks, gap=_GAP - _REMARKS_GAP)
        paper.rule()


def _write_headings(paper: Paper, headings: StatementHeadings) -> None:
    boxes = [
        Box(headings.day, *_DAY, _HEADING),
        Box(headings.lesson, *_LESSON, _HEADING),
        Box(headings.time, *_TIME, _FIGURE_HEADING),
        Box(headings.rate, *_RATE, _FIGURE_HEADING),
        Box(headings.amount, *_AMOUNT, _FIGURE_HEADING),
    ]
    paper.tint(paper.height(boxes) + 2 * _GAP)
    paper.y += _GAP
    paper.write(boxes, gap=_GAP)


def _line_boxes(line: StatementLine) -> list[Box]:
    return [
        Box(line.day, *_DAY, _TEXT),
        Box(line.lesson, *_LESSON, _TEXT),
        Box(line.time, *_TIME, _FIGURE),
        Box(line.rate, *_RATE, _FIGURE),
        Box(line.amount, *_AMOUNT, _FIGURE),
    ]


def _remarks(line: StatementLine) -> list[Box]:
    return [Box(line.remarks, *_REMARKS, _SMALL)] if line.remarks else []


def _write_adjustments(paper: Paper, statement: StatementPaper) -> None:
    if not statement.adjustments:
        return
    rows = [_adjustment_boxes(adjustment) for adjustment in statement.adjustments]
    title = [Box(statement.adjustments_title, 0, WIDTH, _SECTION_TITLE)]
    paper.y += _SECTION
    # The title never stays alone at the end of a page.
    if not paper.has_room(paper.height(title) + paper.height(rows[0]) + 4 * _GAP):
        paper.new_page()
    paper.write(title, gap=_GAP)
    paper.rule()
    for boxes in rows:
        _write_row(paper, boxes, before=_GAP, gap=_GAP)
        paper.rule()


def _adjustment_boxes(adjustment: StatementAdjustment) -> list[Box]:
    return [
        Box(adjustment.day, *_DAY, _TEXT),
        Box(adjustment.reason, *_REMARKS, _TEXT),
        Box(adjustment.amount, *_AMOUNT, _FIGURE),
    ]


def _write_totals(paper: Paper, totals: Sequence[StatementTotal]) -> None:
    """All together on one page, so that nobody takes a part for the whole."""
    rows = [_total_boxes(total) for total in totals]
    paper.y += _SECTION
    if not paper.has_room(sum(paper.height(boxes) + 2 * _GAP for boxes in rows)):
        paper.new_page()
    for total, boxes in zip(totals, rows, strict=True):
        if total.is_final:
            paper.tint(paper.height(boxes) + 2 * _GAP)
        _write_row(paper, boxes, before=_GAP, gap=_GAP)


def _total_boxes(total: StatementTotal) -> list[Box]:
    words, figure = (_TOTAL, _TOTAL_FIGURE) if total.is_final else (_TEXT, _FIGURE)
    return [
        Box(total.words, _EDGE, 110, words),
        Box(total.amount, 113, WIDTH - 113 - _EDGE, figure),
    ]


def _write_notes(paper: Paper, notes: Sequence[str]) -> None:
    paper.y += _SECTION
    for note in notes:
        _write_row(paper, [Box(note, 0, WIDTH, _SMALL)], gap=_GAP)


def _write_row(paper: Paper, boxes: Sequence[Box], *, before: float = 0, gap: float = 0) -> None:
    """A row that is not cut: what does not fit goes on the next page."""
    if not paper.has_room(before + paper.height(boxes) + gap):
        paper.new_page()
    paper.y += before
    paper.write(boxes, gap=gap)
