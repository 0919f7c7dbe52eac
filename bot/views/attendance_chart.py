"""The picture of attendance: for each course, how many of its students were there, over time.

Each course has a small chart of its own over the same weeks, so no line is lost among others.
"""

from dataclasses import dataclass
from math import ceil, nan
from typing import TYPE_CHECKING, Literal, TypeAlias

from bot.views import picture
from bot.views.lettering import BOLD
from bot.views.picture import look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Side: TypeAlias = Literal["left", "right"]

MOST_COURSES = 8

_TALLEST_COURSE_INCHES = 1.55
_FRAME_INCHES = 0.95
_MOST_TICKS = 6
_LONGEST_COURSE = 30
_LONGEST_LABEL = 28
_STYLES = (
    (picture.BLUE, "o", "-"),
    (picture.ORANGE, "s", "-"),
    (picture.GREEN, "^", "-"),
    (picture.PURPLE, "D", "-"),
    (picture.INK, "v", "-"),
    (picture.BLUE, "X", "--"),
    (picture.ORANGE, "P", "--"),
    (picture.GREEN, "p", "--"),
)
"""A course can be told by its colour, its marks or its line."""


@dataclass(frozen=True, slots=True)
class CourseAttendance:
    """One course: `present` is a share from 0 to 1 for each slot, None where it was not held.

    `label` says the figure that matters, like `87 % present`; `otherwise` stands for a name in
    letters that the picture's font does not have.
    """

    name: str
    otherwise: str
    present: tuple[float | None, ...]
    label: str


@dataclass(frozen=True, slots=True)
class Level:
    """A line across, at a share from 0 to 1, with its words: `50 %`."""

    share: float
    words: str


@dataclass(frozen=True, slots=True)
class AttendanceChart:
    """`slots` are the words of the weeks or lessons, the earliest first, for all courses alike."""

    title: str
    slots: tuple[str, ...]
    levels: tuple[Level, ...]
    courses: tuple[CourseAttendance, ...]
    is_rtl: bool = False


def draw_attendance(chart: AttendanceChart) -> bytes:
    """A PNG with a small chart for each course, one under the other."""
    rows = max(len(chart.courses), 1)
    row = picture.row_inches(rows, _TALLEST_COURSE_INCHES, _FRAME_INCHES)
    figure = picture.new_figure(_FRAME_INCHES + row * rows)
    every = figure.subplots(rows, sharex=True, sharey=True, squeeze=False)[:, 0]
    for number, course in enumerate(chart.courses):
        _draw_course(every[number], chart, course, _STYLES[number % len(_STYLES)])
    for axes in every:
        _draw_levels(axes, chart)
    _draw_slots(every[-1], chart)
    picture.set_title(figure, chart.title, is_rtl=chart.is_rtl)
    return picture.png(figure)


def _draw_course(
    axes: "Axes", chart: AttendanceChart, course: CourseAttendance, style: tuple[str, str, str]
) -> None:
    colour, marker, line = style
    held = [place for place, share in enumerate(course.present) if share is not None]
    shares = [nan if share is None else share for share in course.present]
    # A thin thread over what was not held, so that the eye finds where the line goes on.
    axes.plot(held, [shares[place] for place in held], color=colour, linestyle=":", linewidth=1)
    axes.plot(
        shares,
        color=colour,
        marker=marker,
        linestyle=line,
        linewidth=2.2,
        markersize=6,
    )
    name = picture.name(course.name, course.otherwise, _LONGEST_COURSE)
    label = picture.line(course.label, is_rtl=chart.is_rtl, longest=_LONGEST_LABEL)
    begins: Side = "right" if chart.is_rtl else "left"
    ends: Side = "left" if chart.is_rtl else "right"
    axes.set_title(name, loc=begins, pad=5, **look(picture.SMALL_SIZE + 1, font=BOLD))
    axes.set_title(label, loc=ends, pad=5, **look(picture.SMALL_SIZE + 1))


def _draw_levels(axes: "Axes", chart: AttendanceChart) -> None:
    words = [picture.line(level.words, is_rtl=chart.is_rtl) for level in chart.levels]
    small = look(picture.SMALL_SIZE, colour=picture.SOFT_INK)
    axes.set_yticks([level.share for level in chart.levels], words, va="center", **small)
    axes.set_ylim(-0.05, 1.05)  # for the marks at none and at all
    axes.grid(visible=True, axis="y", color=picture.RULE)
    if chart.is_rtl:
        axes.yaxis.tick_right()
    picture.take_off_frame(axes)


def _draw_slots(axes: "Axes", chart: AttendanceChart) -> None:
    """As many words as have room, the last one among them: it is the one looked for."""
    count = len(chart.slots)
    step = max(1, ceil(count / _MOST_TICKS))
    places = list(range(count - 1, -1, -step))[::-1]
    words = [picture.line(chart.slots[place], is_rtl=chart.is_rtl, longest=12) for place in places]
    axes.set_xticks(places, words, **look(picture.SMALL_SIZE, colour=picture.SOFT_INK))
    axes.set_xlim(-0.4, max(count, 1) - 0.6)
