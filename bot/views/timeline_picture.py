"""The picture of one lesson: who was there when, over the clock."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from bot.views import picture
from bot.views.picture import look

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_STUDENTS = 25

_TALLEST_ROW_INCHES = 0.4
_FRAME_INCHES = 1.75
_LONGEST_LABEL = 20
_PLANNED = "#FFF3C4"
_GAP = "#C9C9C9"
_HATCH = "////"
_BAR = 0.6
_MOST_TICKS = 7
_MOST_GAPS_IN_WORDS = 4
_GAP_LINE_POINTS = 15
_GAP_LINE_INCHES = _GAP_LINE_POINTS / 72
_STEP_MINUTES = (5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440)
_STEPS = tuple(timedelta(minutes=minutes) for minutes in _STEP_MINUTES)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of time. `is_inferred`: Zoom did not report both of its ends."""

    from_at: datetime
    to_at: datetime
    is_inferred: bool = False


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One line: whose, when, and how long in words.

    `otherwise` stands for a name in letters that the picture's font does not have.
    """

    name: str
    otherwise: str
    stretches: tuple[Stretch, ...]
    label: str


@dataclass(frozen=True, slots=True)
class NoEvents:
    """Time of which Zoom told nothing, in words like `no events 10:02–10:19`."""

    from_at: datetime
    to_at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A time on the axis with its words: `10:15`."""

    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class TimelineWords:
    """What the colours mean; each is only shown where its colour is. `axis` names the zone."""

    planned: str
    taught: str
    present: str
    inferred: str
    no_events: str
    axis: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """A lesson. `students` are at most MOST_STUDENTS; `more` says how many others there were.

    `ticks` are the times of `tick_times`, in words.
    """

    title: str
    planned: Stretch
    taught: TimelineRow
    teacher: TimelineRow
    students: tuple[TimelineRow, ...]
    no_events: tuple[NoEvents, ...]
    ticks: tuple[Tick, ...]
    words: TimelineWords
    more: str = ""
    is_rtl: bool = False

    @property
    def rows(self) -> tuple[TimelineRow, ...]:
        return (self.taught, self.teacher, *self.students)


class _Ink(NamedTuple):
    """The colours of a row: of what was reported, and of what was inferred."""

    sure: str
    inferred: str


_TAUGHT = _Ink(picture.GREEN, "#A6DCCB")
_THERE = _Ink(picture.BLUE, "#A9D0EA")


def tick_times(first_at: datetime, last_at: datetime, zone: ZoneInfo) -> list[datetime]:
    """Round times of the clock in `zone` from the first to the last, a handful of them.

    Steps are real time, so in a night of daylight saving the clock jumps between two of them.
    """
    step = next((step for step in _STEPS if (last_at - first_at) / step <= _MOST_TICKS), _STEPS[-1])
    # Counted on the clock of the day, so that ticks are round there and not in UTC.
    clock = first_at.astimezone(zone).replace(tzinfo=None)
    since_midnight = clock - datetime.combine(clock, time.min)
    tick_at = first_at + -since_midnight % step
    times = []
    while tick_at <= last_at:
        times.append(tick_at)
        tick_at += step
    return times


def draw_timeline(timeline: Timeline) -> bytes:
    """A PNG: the time taught, the teacher and each student, one under the other."""
    rows = len(timeline.rows) + bool(timeline.more)
    frame = _FRAME_INCHES + min(len(timeline.no_events), _MOST_GAPS_IN_WORDS) * _GAP_LINE_INCHES
    row = picture.row_inches(rows, _TALLEST_ROW_INCHES, frame)
    figure = picture.new_figure(frame + row * rows)
    axes = figure.add_subplot()
    _set_limits(axes, timeline)
    _draw_grounds(axes, timeline)
    _draw_rows(axes, timeline)
    _draw_words(axes, timeline, picture.text_size(row))
    _draw_clock(axes, timeline)
    _draw_legend(figure, timeline)
    picture.set_title(figure, timeline.title, is_rtl=timeline.is_rtl)
    return picture.png(figure)


def _minutes(timeline: Timeline, at: datetime) -> float:
    return (at - timeline.planned.from_at) / _MINUTE


def _set_limits(axes: "Axes", timeline: Timeline) -> None:
    every: list[Stretch | NoEvents] = [timeline.planned, *timeline.no_events]
    every += [stretch for row in timeline.rows for stretch in row.stretches]
    first = min(_minutes(timeline, one.from_at) for one in every)
    last = max(_minutes(timeline, one.to_at) for one in every)
    edge = max((last - first) * 0.02, 0.5)
    axes.set_xlim(first - edge, last + edge)
    axes.set_ylim(len(timeline.rows) - 0.4 + bool(timeline.more) * 0.9, -0.6)


def _draw_grounds(axes: "Axes", timeline: Timeline) -> None:
    """Behind the rows: when the class was planned, and when Zoom told nothing."""
    begins, ends = _span(timeline, timeline.planned)
    axes.axvspan(begins, ends, color=_PLANNED, linewidth=0, zorder=0)
    for edge in (begins, ends):
        axes.axvline(edge, color=picture.SOFT_INK, linewidth=1, linestyle=":", zorder=0.5)
    for gap in timeline.no_events:
        axes.axvspan(*_span(timeline, gap), color=_GAP, linewidth=0, zorder=0.7)
    for level, gap in enumerate(timeline.no_events[:_MOST_GAPS_IN_WORDS]):
        _say_gap(axes, timeline, gap, level)


def _say_gap(axes: "Axes", timeline: Timeline, gap: NoEvents, level: int) -> None:
    """Over the band, each a line higher than the one before it, and never beyond the edge."""
    middle = sum(_span(timeline, gap)) / 2
    first, last = axes.get_xlim()
    place = (middle - first) / (last - first)
    axes.annotate(
        picture.line(gap.words, is_rtl=timeline.is_rtl, longest=40),
        (place, 1.0),
        xycoords="axes fraction",
        xytext=(0, 4 + level * _GAP_LINE_POINTS),
        textcoords="offset points",
        ha="left" if place < 1 / 3 else "right" if place > 2 / 3 else "center",
        va="bottom",
        **look(picture.SMALL_SIZE),
    )


def _draw_rows(axes: "Axes", timeline: Timeline) -> None:
    inks = [_TAUGHT, *[_THERE] * (1 + len(timeline.students))]
    for place, (row, ink) in enumerate(zip(timeline.rows, inks, strict=True)):
        for stretch in row.stretches:
            begins, ends = _span(timeline, stretch)
            axes.barh(
                place,
                ends - begins,
                left=begins,
                height=_BAR,
                color=ink.inferred if stretch.is_inferred else ink.sure,
                hatch=_HATCH if stretch.is_inferred else "",
                edgecolor=ink.sure,
                linewidth=0.8,
                zorder=2,
            )
    axes.axhline(0.5, color=picture.SOFT_INK, linewidth=0.8, zorder=1)


def _draw_words(axes: "Axes", timeline: Timeline, size: float) -> None:
    """Names on the side where reading begins, lengths on the other."""
    names = [picture.name(row.name, row.otherwise) for row in timeline.rows]
    if timeline.more:
        names.append(picture.line(timeline.more, is_rtl=timeline.is_rtl))
    axes.set_yticks(range(len(names)), names, va="center", **look(size))
    opposite = axes.twinx()
    opposite.set_ylim(axes.get_ylim())
    opposite.set_yticks(range(len(timeline.rows)), _labels(timeline), va="center", **look(size))
    if timeline.is_rtl:
        axes.yaxis.tick_right()
        opposite.yaxis.tick_left()
    for side in (axes, opposite):
        picture.take_off_frame(side)


def _labels(timeline: Timeline) -> list[str]:
    return [
        picture.line(row.label, is_rtl=timeline.is_rtl, longest=_LONGEST_LABEL)
        for row in timeline.rows
    ]


def _draw_clock(axes: "Axes", timeline: Timeline) -> None:
    small = look(picture.SMALL_SIZE, colour=picture.SOFT_INK)
    places = [_minutes(timeline, tick.at) for tick in timeline.ticks]
    words = [
        picture.line(tick.words, is_rtl=timeline.is_rtl, longest=12) for tick in timeline.ticks
    ]
    axes.set_xticks(places, words, **small)
    axes.set_xlabel(picture.line(timeline.words.axis, is_rtl=timeline.is_rtl), **small)
    axes.grid(visible=True, axis="x", color=picture.RULE)


def _draw_legend(figure: "Figure", timeline: Timeline) -> None:
    handles = _meanings(timeline)
    legend = figure.legend(
        handles=handles,
        loc="outside lower center",
        ncols=2,
        frameon=False,
        alignment="right" if timeline.is_rtl else "left",
        markerfirst=not timeline.is_rtl,
        prop=look(picture.SMALL_SIZE)["fontproperties"],
    )
    for words in legend.get_texts():
        words.set_parse_math(False)


def _meanings(timeline: Timeline) -> list["Artist"]:
    from matplotlib.patches import Patch

    words = timeline.words
    stretches = [stretch for row in timeline.rows for stretch in row.stretches]
    meanings = [
        (words.taught, Patch(color=_TAUGHT.sure), bool(timeline.taught.stretches)),
        (words.present, Patch(color=_THERE.sure), bool(stretches)),
        (
            words.inferred,
            Patch(facecolor=_THERE.inferred, edgecolor=_THERE.sure, hatch=_HATCH),
            any(stretch.is_inferred for stretch in stretches),
        ),
        (words.planned, Patch(facecolor=_PLANNED, edgecolor=picture.SOFT_INK, linestyle=":"), True),
        (words.no_events, Patch(color=_GAP), bool(timeline.no_events)),
    ]
    shown = [(text, patch) for text, patch, is_shown in meanings if is_shown]
    for text, patch in shown:
        patch.set_label(picture.line(text, is_rtl=timeline.is_rtl, longest=34))
    return [patch for _, patch in shown]


def _span(timeline: Timeline, stretch: Stretch | NoEvents) -> tuple[float, float]:
    return _minutes(timeline, stretch.from_at), _minutes(timeline, stretch.to_at)
