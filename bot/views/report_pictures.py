"""What the pictures of a report show: hours per teacher, and attendance over time."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from bot.speech import Say
from bot.views.attendance_chart import AttendanceChart, CourseAttendance, Level
from bot.views.report import period_name
from bot.views.report_chart import MOST_BARS, Bar, Chart
from school.periods import Period, week_of
from school.reports import Report, Sitting, TeacherLine
from services.reporting import Found, NamedCourse

_MOST_DAYS = 31  # of a period whose days stand for themselves; of a longer one, its weeks do
_LEVELS = (0.0, 0.5, 1.0)
_WHOLE = 100


def hours_chart(say: Say, report: Report) -> Chart:
    """Hours per teacher, for as many as can be told apart."""
    bars = [_bar(say, number, line) for number, line in enumerate(report.teachers, start=1)]
    period = period_name(say, report.period)
    title = say.label("Hours taught, {period}", period=period)
    if len(bars) > MOST_BARS:
        title = say.label(
            "Hours taught, {period} (the first {count} teachers)", period=period, count=MOST_BARS
        )
    return Chart(title, say.label("Hours"), tuple(bars[:MOST_BARS]), is_rtl=say.is_rtl)


def _bar(say: Say, number: int, line: TeacherLine) -> Bar:
    taught = line.figures.taught
    shown = say.plain(taught)
    return Bar(
        name=line.name,
        otherwise=say.label("Teacher {number}", number=number),
        hours=taught / timedelta(hours=1),
        label=say.label("≈ {length}", length=taught) if line.figures.has_inferred else shown,
        is_inferred=line.figures.has_inferred,
    )


def attendance_chart(say: Say, found: Found) -> AttendanceChart | None:
    """Attendance per course over time; None where there is no more than one time to be seen."""
    period = found.order.period
    slots = sorted(
        {_slot(sitting.day, period) for one in found.courses for sitting in one.line.sittings}
    )
    if len(slots) < 2:  # noqa: PLR2004  one point is no line
        return None
    return AttendanceChart(
        title=say.label("Attendance, {period}", period=period_name(say, period)),
        slots=tuple(say.short_day(day) if _is_short(period) else say.plain(day) for day in slots),
        levels=tuple(Level(share, _percent(say, share)) for share in _LEVELS),
        courses=tuple(
            _course(say, number, one, slots, period)
            for number, one in enumerate(found.courses, start=1)
        ),
        is_rtl=say.is_rtl,
    )


def _course(
    say: Say, number: int, one: NamedCourse, slots: Sequence[date], period: Period
) -> CourseAttendance:
    most = max(one.roster, *(sitting.students for sitting in one.line.sittings), 1)
    there = defaultdict[date, list[Sitting]](list)
    for sitting in one.line.sittings:
        there[_slot(sitting.day, period)].append(sitting)
    otherwise = say.label("Class {number}", number=number)
    return CourseAttendance(
        name=one.topic or otherwise,
        otherwise=otherwise,
        present=tuple(_share(there[day], most) if day in there else None for day in slots),
        label=say.label(
            "{percent} present", percent=_percent(say, _share(one.line.sittings, most))
        ),
    )


def _share(sittings: Sequence[Sitting], most: int) -> float:
    return sum(one.students for one in sittings) / (len(sittings) * most)


def _slot(day: date, period: Period) -> date:
    """The day itself, or the Monday of its week."""
    return day if _is_short(period) else week_of(day, period.zone).first_day


def _is_short(period: Period) -> bool:
    return (period.last_day - period.first_day).days < _MOST_DAYS


def _percent(say: Say, share: float) -> str:
    return say.label("{percent} %", percent=round(share * _WHOLE))
