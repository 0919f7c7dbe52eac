"""The picture of attendance: for each course, how many of its students were there, over time."""

from dataclasses import dataclass
from io import BytesIO
from math import ceil, nan

from bot.views.report_chart import _LOOK, _drawable

_MOST_TICKS = 6


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
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows = max(1, len(chart.courses))
    figure = Figure(figsize=(6, 1 + 1.5 * rows), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    every = figure.subplots(rows, sharex=True, sharey=True, squeeze=False)[:, 0]
    for axes, course in zip(every, chart.courses, strict=False):
        shares = [nan if share is None else share for share in course.present]
        axes.plot(shares, color="#0072B2", marker="o")
        axes.set_title(_drawable(course.name, 30) or course.otherwise, loc="left", **_LOOK)
        axes.set_title(_drawable(course.label, 30), loc="right", **_LOOK)
        axes.set_yticks([one.share for one in chart.levels], [one.words for one in chart.levels])
        axes.set_ylim(-0.05, 1.05)
    step = max(1, ceil(len(chart.slots) / _MOST_TICKS))
    places = list(range(0, len(chart.slots), step))
    every[-1].set_xticks(places, [_drawable(chart.slots[one], 12) for one in places], **_LOOK)
    figure.suptitle(_drawable(chart.title, 70), **_LOOK)
    content = BytesIO()
    figure.savefig(content, format="png")
    return content.getvalue()
