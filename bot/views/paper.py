"""A4 paper for what is printed: text in boxes, from the side where its language begins.

Places across are counted in millimetres from where a line of the language begins, so that a table
laid out once is mirrored for Arabic.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from bot.views.lettering import BOLD, REGULAR, printable

MARGIN = 18.0
WIDTH = 210.0 - 2 * MARGIN
INK = (34, 34, 34)
SOFT_INK = (102, 102, 102)
RULE = (200, 200, 200)
TINT = (238, 243, 247)

_BOTTOM = 297.0 - 20.0
_FOOTER = 297.0 - 13.0
_FAMILY = "School Sans"
_LINE = 1.42  # of the size of the letters: Arabic and Ethiopic ones reach far up and down
_MM_PER_POINT = 25.4 / 72
_LONGEST = 600


@dataclass(frozen=True, slots=True)
class Style:
    """How words look. `side`: where they stand in their box, for a language of either direction."""

    size: float = 9.5
    weight: Literal["", "B"] = ""
    colour: tuple[int, int, int] = INK
    side: Literal["begin", "end"] = "begin"

    @property
    def line_height(self) -> float:
        return self.size * _MM_PER_POINT * _LINE


@dataclass(frozen=True, slots=True)
class Box:
    """Words in a box that begins at `begin` and is `width` wide, both in millimetres."""

    text: str
    begin: float
    width: float
    style: Style


_FOOT = Style(size=8, colour=SOFT_INK)
_FOOT_END = replace(_FOOT, side="end")


class Paper:
    """Pages that are filled from the top; `y` is where the next thing goes.

    The same words with the same `made_at` give the same bytes.
    """

    def __init__(self, *, language: str, is_rtl: bool, title: str, made_at: datetime) -> None:
        from fpdf import FPDF

        self.is_rtl = is_rtl
        self._pdf = FPDF(format="A4")
        self._pdf.set_auto_page_break(auto=False)
        self._pdf.alias_nb_pages("")  # a name may hold the letters that stand for the count
        self._pdf.set_margin(MARGIN)
        self._pdf.c_margin = 0
        self._pdf.add_font(_FAMILY, "", REGULAR)
        self._pdf.add_font(_FAMILY, "B", BOLD)
        direction = "rtl" if is_rtl else "ltr"
        self._pdf.set_text_shaping(use_shaping_engine=True, direction=direction)
        self._pdf.set_creation_date(made_at)
        self._pdf.set_title(printable(title, _LONGEST))
        self._pdf.set_lang(language)
        self._heights: dict[Box, float] = {}  # shaping a text costs more than all else
        self.y = 0.0
        self.new_page()

    def new_page(self) -> None:
        self._pdf.add_page()
        self.y = MARGIN

    def has_room(self, height: float) -> bool:
        return self.y + height <= _BOTTOM

    def height(self, boxes: Sequence[Box]) -> float:
        """Of the tallest of boxes that stand side by side."""
        return max((self._measured(box) for box in boxes), default=0.0)

    def write(self, boxes: Sequence[Box], *, gap: float = 0.0) -> None:
        """Side by side, and goes on below the tallest and a gap."""
        for box in boxes:
            self._write(box, self.y)
        self.y += self.height(boxes) + gap

    def tint(self, height: float) -> None:
        """A pale ground, `height` high, behind what is written next."""
        self._pdf.set_fill_color(*TINT)
        self._pdf.rect(MARGIN, self.y, WIDTH, height, style="F")

    def rule(self, *, gap: float = 0.0, colour: tuple[int, int, int] = RULE) -> None:
        """A line across, and a gap below it."""
        self._pdf.set_draw_color(*colour)
        self._pdf.set_line_width(0.2)
        self._pdf.line(MARGIN, self.y, MARGIN + WIDTH, self.y)
        self.y += gap

    def write_feet(self, words: str, page_words: str) -> None:
        """The words and the page's number at the foot of each page.

        `{page}` and `{pages}` in `page_words` are filled in. Nothing is written after this.
        """
        pages = self._pdf.pages_count
        for page in range(1, pages + 1):
            self._pdf.page = page
            # A font is only named where it changes; each page needs it named for itself.
            self._pdf.set_font(_FAMILY, "B", _FOOT.size)
            number = page_words.replace("{pages}", str(pages)).replace("{page}", str(page))
            self._write(Box(words, 0, WIDTH * 2 / 3, _FOOT), _FOOTER)
            self._write(Box(number, WIDTH * 2 / 3, WIDTH / 3, _FOOT_END), _FOOTER)

    def output(self) -> bytes:
        return bytes(self._pdf.output())

    def _measured(self, box: Box) -> float:
        height = self._heights.get(box)
        if height is None:
            height = self._heights[box] = self._write(box, self.y, dry_run=True)
        return height

    def _write(self, box: Box, y: float, *, dry_run: bool = False) -> float:
        """The height of what was, or would be, written."""
        from fpdf.enums import Align, MethodReturnValue

        self._take(box.style)
        across = WIDTH - box.begin - box.width if self.is_rtl else box.begin
        self._pdf.set_xy(MARGIN + across, y)
        height = self._pdf.multi_cell(
            box.width,
            box.style.line_height,
            printable(box.text, _LONGEST),
            align=Align.R if self.is_rtl == (box.style.side == "begin") else Align.L,
            dry_run=dry_run,
            output=MethodReturnValue.HEIGHT,
        )
        assert isinstance(height, float)
        return height

    def _take(self, style: Style) -> None:
        self._pdf.set_font(_FAMILY, style.weight, style.size)
        self._pdf.set_text_color(*style.colour)
