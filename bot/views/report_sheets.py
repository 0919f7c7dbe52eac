"""The tables of a report's workbook: a summary, the lessons, who was in each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.speech import Say
from bot.views.report_workbook import Cell, Column, Sheet
from school.attendance import Sureness
from school.model import LessonState
from school.reports import Figures, LessonRow, Report
from services.reporting import Workbook
from storage.attendance import PresenceRow
from storage.reports import LessonDetails

_DAY, _TIME, _NAME, _LENGTH, _COUNT, _WORDS = 12, 17, 28, 11, 10, 24  # widths in characters


def sheets(say: Say, book: Workbook) -> list[Sheet]:
    """Days and times are those of the school's zone; lengths are exact."""
    zone = book.report.period.zone
    return [
        _summary_sheet(say, book.report),
        _lessons_sheet(say, book, zone),
        _attendance_sheet(say, book, zone),
    ]


def _summary_sheet(say: Say, report: Report) -> Sheet:
    columns = [
        Column(say.label("Teacher"), _NAME),
        Column(say.label("Classes held"), _COUNT, total=True),
        Column(say.label("Not held"), _COUNT, total=True),
        Column(say.label("Late starts"), _COUNT, total=True),
        Column(say.label("Planned"), _LENGTH, total=True),
        Column(say.label("Held"), _LENGTH, total=True),
        Column(say.label("Teacher present"), _LENGTH, total=True),
        Column(say.label("Taught"), _LENGTH, total=True),
        Column(say.label("Classes with inferred times"), _COUNT, total=True),
    ]
    rows = [_summary_row(line.name, line.figures) for line in report.teachers]
    return Sheet(say.label("Summary"), columns, rows, total_label=say.label("All"))


def _summary_row(name: str, figures: Figures) -> Sequence[Cell]:
    return (
        name,
        figures.held,
        figures.missed,
        figures.late_starts,
        figures.scheduled,
        figures.actual,
        figures.teacher_present,
        figures.taught,
        figures.inferred,
    )


def _lessons_sheet(say: Say, book: Workbook, zone: ZoneInfo) -> Sheet:
    columns = [
        Column(say.label("Day"), _DAY),
        Column(say.label("Teacher"), _NAME),
        Column(say.label("Class"), _NAME),
        Column(say.label("Planned start"), _TIME),
        Column(say.label("Planned"), _LENGTH),
        Column(say.label("Began"), _TIME),
        Column(say.label("Held"), _LENGTH, total=True),
        Column(say.label("Teacher present"), _LENGTH, total=True),
        Column(say.label("Taught"), _LENGTH, total=True),
        Column(say.label("Students"), _COUNT),
        Column(say.label("State"), _WORDS),
        Column(say.label("How sure"), _WORDS),
    ]
    sureness = _sureness_words(say)
    rows = [
        (
            _local(one.row.planned.starts_at, zone).date(),
            one.row.teacher,
            one.topic or "",
            _local(one.row.planned.starts_at, zone),
            one.row.planned.length,
            _local(one.row.began_at, zone) if one.row.began_at else None,
            one.row.actual,
            one.row.teacher_present,
            one.row.taught,
            one.row.students,
            _state(say, one.row, book.as_of),
            sureness[one.row.sureness] if one.row.sureness else "",
        )
        for one in book.lessons
    ]
    return Sheet(say.label("Lessons"), columns, rows, total_label=say.label("All"))


def _attendance_sheet(say: Say, book: Workbook, zone: ZoneInfo) -> Sheet:
    columns = [
        Column(say.label("Day"), _DAY),
        Column(say.label("Teacher"), _NAME),
        Column(say.label("Class"), _NAME),
        Column(say.label("Name"), _NAME),
        Column(say.label("Joined"), _TIME),
        Column(say.label("Left"), _TIME),
        Column(say.label("Present"), _LENGTH),
        Column(say.label("With the teacher"), _LENGTH),
        Column(say.label("Late by"), _LENGTH),
        Column(say.label("Left early by"), _LENGTH),
        Column(say.label("Came back"), _COUNT),
        Column(say.label("How sure"), _WORDS),
        Column(say.label("Remarks"), _WORDS),
    ]
    lessons = {one.row.lesson_id: one for one in book.lessons}
    words = _presence_words(say)
    rows = [
        _attendance_row(words, lessons[lesson_id], one, zone)
        for lesson_id, one in book.presences
        if not one.is_teacher
    ]
    return Sheet(say.label("Attendance"), columns, rows)


def _attendance_row(
    words: Mapping[str, str], lesson: LessonDetails, one: PresenceRow, zone: ZoneInfo
) -> Sequence[Cell]:
    remarks = [
        *([words["overlapping"]] if one.overlapping else []),
        *([words["ambiguous"]] if one.ambiguous else []),
    ]
    return (
        _local(lesson.row.planned.starts_at, zone).date(),
        lesson.row.teacher,
        lesson.topic or "",
        words["deleted"] if one.name is None else one.name,
        _local(one.first_joined_at, zone),
        _local(one.last_left_at, zone),
        one.total,
        one.together,
        one.late_by,
        one.left_early_by,
        one.returns,
        words["inferred"] if one.inferred else words["reported"],
        "; ".join(remarks),
    )


def _local(at: datetime, zone: ZoneInfo) -> datetime:
    """As clocks in `zone` show it, to the second."""
    return at.astimezone(zone).replace(tzinfo=None, microsecond=0)


def _state(say: Say, row: LessonRow, now: datetime) -> str:
    if row.state is LessonState.LIVE:
        return say.label("live now")
    if row.was_held:
        return say.label("held")
    return say.label("not held") if row.was_missed(now) else say.label("planned")


def _sureness_words(say: Say) -> Mapping[Sureness, str]:
    return {
        Sureness.COMPLETE: say.label("reported by Zoom"),
        Sureness.INFERRED: say.label("partly inferred"),
        Sureness.RECONCILED: say.label("asked of Zoom"),
        Sureness.CORRECTED: say.label("corrected by a person"),
    }


def _presence_words(say: Say) -> Mapping[str, str]:
    """Looked up once: a year has a hundred thousand rows."""
    return {
        "reported": say.label("reported by Zoom"),
        "inferred": say.label("partly inferred"),
        "deleted": say.label("(deleted)"),
        "overlapping": say.label("on several devices"),
        "ambiguous": say.label("one of several with this name"),
    }
