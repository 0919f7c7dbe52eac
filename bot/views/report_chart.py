"""The picture of a report: hours per teacher.

Drawn in another process, because it takes half a second and memory that the program should not
keep; so everything here is plain data.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.views import picture
from bot.views.picture import look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_BARS = 40

_TALLEST_BAR_INCHES = 0.42
_FRAME_INCHES = 1.25
_LONGEST_LABEL = 24
_ROOM_FOR_A_LETTER = 0.03  # of the longest bar


@dataclass(frozen=True, slots=True)
class Bar:
    """A teacher's hours with the words beside the bar.

    `otherwise` stands for a name in letters that the picture's font does not have.
    `is_inferred`: some of it was not reported by Zoom; the bar is hatched.
    """

    name: str
    otherwise: str
    hours: float
    label: str
    is_inferred: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """The picture's title, the name of its axis, and its bars from the top.

    Where the words run from right to left, so do the bars.
    """

    title: str
    axis: str
    bars: tuple[Bar, ...]
    is_rtl: bool = False


def draw_hours(chart: Chart) -> bytes:
    """A PNG with one horizontal bar per teacher."""
    row = picture.row_inches(len(chart.bars), _TALLEST_BAR_INCHES, _FRAME_INCHES)
    figure = picture.new_figure(_FRAME_INCHES + row * max(len(chart.bars), 1))
    axes = figure.add_subplot()
    _set_limits(axes, chart)
    _draw_bars(axes, chart, picture.text_size(row))
    _draw_frame(axes, chart)
    picture.set_title(figure, chart.title, is_rtl=chart.is_rtl)
    return picture.png(figure)


def _draw_bars(axes: "Axes", chart: Chart, size: float) -> None:
    bars = chart.bars
    places = range(len(bars))
    drawn = axes.barh(
        places,
        [bar.hours for bar in bars],
        color=[picture.SKY if bar.is_inferred else picture.BLUE for bar in bars],
        hatch=["////" if bar.is_inferred else "" for bar in bars],
        edgecolor=picture.BLUE,
        linewidth=0,
        height=0.66,
    )
    for label in axes.bar_label(drawn, labels=_labels(chart), padding=5, **look(size)):
        picture.outline(label)
    names = [picture.name(bar.name, bar.otherwise) for bar in bars]
    axes.set_yticks(places, names, va="center", **look(size))


def _labels(chart: Chart) -> list[str]:
    return [
        picture.line(bar.label, is_rtl=chart.is_rtl, longest=_LONGEST_LABEL) for bar in chart.bars
    ]


def _set_limits(axes: "Axes", chart: Chart) -> None:
    """Room for the labels beside the longest bars, and the first bar on top."""
    longest = max((bar.hours for bar in chart.bars), default=0.0) or 1.0
    letters = max((len(label) for label in _labels(chart)), default=0)
    across = (0.0, longest * (1 + _ROOM_FOR_A_LETTER * letters))
    axes.set_xlim(*(reversed(across) if chart.is_rtl else across))
    axes.set_ylim(max(len(chart.bars), 1) - 0.45, -0.55)


def _draw_frame(axes: "Axes", chart: Chart) -> None:
    if chart.is_rtl:
        axes.yaxis.tick_right()
    axis = picture.line(chart.axis, is_rtl=chart.is_rtl)
    axes.set_xlabel(axis, **look(picture.SMALL_SIZE, colour=picture.SOFT_INK))
    axes.locator_params(axis="x", nbins=5)
    for label in axes.get_xticklabels():
        label.set(**look(picture.SMALL_SIZE, colour=picture.SOFT_INK))
    axes.grid(visible=True, axis="x", color=picture.RULE)
    axes.set_axisbelow(True)
    picture.take_off_frame(axes)
