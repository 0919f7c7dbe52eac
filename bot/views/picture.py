"""How every picture looks: its width, its words, its colours.

A picture is read on a phone. Chat programs shrink one to 1280 px on its longer side, so none is
much taller than it is wide, and rows draw together instead.
"""

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from bot.views.lettering import BOLD, REGULAR, directed, drawable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties
    from matplotlib.text import Text

# Okabe and Ito's colours stay apart for colour-blind readers.
BLUE = "#0072B2"
SKY = "#56B4E9"
GREEN = "#009E73"
ORANGE = "#D55E00"
PURPLE = "#CC79A7"
INK = "#222222"
SOFT_INK = "#666666"
RULE = "#dddddd"

TITLE_SIZE = 13.0
TEXT_SIZE = 11.5
"""Points: 24 px, which a phone shows as large as its own text."""

SMALL_SIZE = 9.5

_WIDTH_INCHES = 6.0
_TALLEST_INCHES = 9.6
_DOTS_PER_INCH = 150  # 900 px wide
_POINTS_PER_INCH = 72
_TEXT_IN_ROW = 0.68
_SMALLEST_TEXT = 6.5
_LONGEST_LINE = 60
_LONGEST_NAME = 24


class Look(TypedDict):
    """How words look. Names are never formulas, which a dollar sign would begin."""

    parse_math: bool
    color: str
    fontproperties: "FontProperties"


def look(size: float = TEXT_SIZE, *, colour: str = INK, font: Path = REGULAR) -> Look:
    from matplotlib.font_manager import FontProperties

    return Look(
        parse_math=False, color=colour, fontproperties=FontProperties(fname=font, size=size)
    )


def row_inches(rows: int, tallest_row: float, frame: float) -> float:
    """How tall each of so many rows may be beside a frame of `frame` inches."""
    return min(tallest_row, (_TALLEST_INCHES - frame) / max(rows, 1))


def text_size(row: float) -> float:
    """Points of text that fits a row of `row` inches."""
    return max(_SMALLEST_TEXT, min(TEXT_SIZE, row * _POINTS_PER_INCH * _TEXT_IN_ROW))


def new_figure(height_inches: float) -> "Figure":
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    size = (_WIDTH_INCHES, height_inches)
    figure = Figure(figsize=size, dpi=_DOTS_PER_INCH, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def set_title(figure: "Figure", title: str, *, is_rtl: bool) -> None:
    """Over the whole picture, from the side where its language begins."""
    side = "right" if is_rtl else "left"
    place = 0.985 if is_rtl else 0.015
    words = line(title, is_rtl=is_rtl)
    figure.suptitle(words, x=place, ha=side, **look(TITLE_SIZE, font=BOLD))


def line(text: str, *, is_rtl: bool, longest: int = _LONGEST_LINE) -> str:
    """A sentence or label as it is drawn."""
    return directed(drawable(text, longest), is_rtl=is_rtl)


def name(text: str, otherwise: str, longest: int = _LONGEST_NAME) -> str:
    """A name as it is drawn, or what stands for it where the font has none of its letters."""
    return drawable(text, longest) or otherwise


def outline(words: "Text") -> None:
    """Keeps words legible where a line runs behind them."""
    from matplotlib.patheffects import withStroke

    words.set_path_effects([withStroke(linewidth=3, foreground="white")])


def take_off_frame(axes: "Axes") -> None:
    """Leaves the words at the axes, without the box and the small strokes."""
    axes.spines[:].set_visible(False)
    axes.tick_params(left=False, right=False, bottom=False)
    axes.set_axisbelow(True)


def png(figure: "Figure") -> bytes:
    picture = BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()
