"""The picture of a report: hours per teacher.

Drawn in another process, because it takes half a second and memory that the program should not
keep; so everything here is plain data.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

_BAR_COLOUR = "#0072B2"  # blue and dark grey stay apart for colour-blind readers
_TEXT_COLOUR = "#222222"
_WIDTH_INCHES = 6.0
_DOTS_PER_INCH = 150  # 900 px wide: sharp on a phone
_BAR_INCHES = 0.42
_FRAME_INCHES = 1.3
_MOST_BARS = 40


@dataclass(frozen=True, slots=True)
class Bar:
    """A teacher's hours, with the words that stand beside the bar."""

    name: str
    hours: float
    label: str


def draw_hours(title: str, axis: str, bars: Sequence[Bar]) -> bytes:
    """A PNG with one horizontal bar per teacher, the first on top."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    shown = bars[:_MOST_BARS]
    height = _FRAME_INCHES + _BAR_INCHES * max(len(shown), 1)
    figure = Figure(figsize=(_WIDTH_INCHES, height), dpi=_DOTS_PER_INCH, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    places = range(len(shown))
    drawn = axes.barh(places, [bar.hours for bar in shown], color=_BAR_COLOUR, height=0.62)
    axes.bar_label(drawn, labels=[bar.label for bar in shown], padding=4, color=_TEXT_COLOUR)
    axes.set_yticks(places, [_plain(bar.name) for bar in shown])
    axes.invert_yaxis()
    axes.set_title(_plain(title), loc="left", fontweight="bold", color=_TEXT_COLOUR)
    axes.set_xlabel(_plain(axis), color=_TEXT_COLOUR)
    axes.margins(x=0.16)
    axes.set_xlim(left=0, right=None if any(bar.hours for bar in shown) else 1)
    axes.grid(visible=True, axis="x", color="#dddddd")
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(left=False)
    picture = BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()


def _plain(text: str) -> str:
    """Names are never formulas: a dollar sign would begin one."""
    return text.replace("$", r"\$")
