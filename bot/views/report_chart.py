"""The picture of a report: hours per teacher.

Drawn in another process, because it takes half a second and memory that the program should not
keep; so everything here is plain data.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_BARS = 40
NOT_DRAWABLE = frozenset({"am"})
"""Languages in letters that the picture's font does not have; their picture is in English."""

_FONT = "DejaVu Sans"  # comes with matplotlib, so it is always there
_BAR_COLOUR = "#0072B2"  # blue and dark grey stay apart for colour-blind readers
_TEXT_COLOUR = "#222222"
_LINE_COLOUR = "#dddddd"
_WIDTH_INCHES = 6.0
_DOTS_PER_INCH = 150  # 900 px wide: sharp on a phone
_BAR_INCHES = 0.42
_FRAME_INCHES = 1.3
_LONGEST_NAME = 24
_LONGEST_LINE = 70


@dataclass(frozen=True, slots=True)
class Bar:
    """A teacher's hours with the words beside the bar.

    `otherwise` stands for a name in letters that the picture's font does not have.
    """

    name: str
    otherwise: str
    hours: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The picture's title, the name of its axis, and its bars from the top."""

    title: str
    axis: str
    bars: tuple[Bar, ...]


class _Look(TypedDict):
    """How words look. Names are never formulas, which a dollar sign would begin."""

    parse_math: bool
    color: str
    fontfamily: str


_LOOK = _Look(parse_math=False, color=_TEXT_COLOUR, fontfamily=_FONT)


def draw_hours(chart: Chart) -> bytes:
    """A PNG with one horizontal bar per teacher."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    height = _FRAME_INCHES + _BAR_INCHES * max(len(chart.bars), 1)
    figure = Figure(figsize=(_WIDTH_INCHES, height), dpi=_DOTS_PER_INCH, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    _draw_bars(axes, chart.bars)
    axes.set_title(_drawable(chart.title, _LONGEST_LINE), loc="left", **_LOOK)
    axes.set_xlabel(_drawable(chart.axis, _LONGEST_LINE), **_LOOK)
    axes.grid(visible=True, axis="x", color=_LINE_COLOUR)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(left=False)
    picture = BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()


def _draw_bars(axes: "Axes", bars: Sequence[Bar]) -> None:
    places = range(len(bars))
    drawn = axes.barh(places, [bar.hours for bar in bars], color=_BAR_COLOUR, height=0.62)
    labels = [_drawable(bar.label, _LONGEST_NAME) for bar in bars]
    axes.bar_label(drawn, labels=labels, padding=4, **_LOOK)
    names = [_drawable(bar.name, _LONGEST_NAME) or bar.otherwise for bar in bars]
    axes.set_yticks(places, names, **_LOOK)
    axes.invert_yaxis()
    axes.margins(x=0.3)  # for the labels beside the longest bars
    axes.set_xlim(left=0, right=None if any(bar.hours for bar in bars) else 1)


def _drawable(text: str, longest: int) -> str:
    """What the font can show of a text, in one line that leaves room for the bars."""
    from matplotlib.font_manager import findfont, get_font

    font = get_font(findfont(_FONT))
    kept = (
        letter
        for letter in " ".join(text.split())
        if letter.isprintable() and font.get_char_index(ord(letter))
    )
    shown = " ".join("".join(kept).split())
    return shown if len(shown) <= longest else f"{shown[: longest - 1].rstrip()}…"
