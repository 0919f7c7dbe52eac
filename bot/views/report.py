"""What /report answers with: a short text, and what its picture and workbook show."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.message import View, lines, paragraphs
from bot.views.report_chart import Bar
from bot.views.report_workbook import Cell, Column, Sheet
from school.attendance import Sureness
from school.model import LessonState
from school.reports import Figures, Report
from school.periods import Period
from services.reporting import Workbook
from storage.attendance import PresenceRow
from storage.reports import LessonDetails

_MOST_NAMES = 15
_PERIODS = ("this week", "last week", "this month", "last month")


def summary(say: Say, report: Report, now: datetime) -> View:
    """The headline figures; the picture and the workbook have the rest."""
    total = report.total
    text = paragraphs(
        lines(_title(say, report.period, now), _totals(say, report)),
        _problems(say, total),
        _names(say, report),
    )
    return View(text, InlineKeyboardMarkup(_other_periods(say)))


def nothing(say: Say, report: Report, now: datetime) -> View:
    text = lines(_title(say, report.period, now), say("No classes were planned in these days."))
    return View(text, InlineKeyboardMarkup(_other_periods(say)))


def chart(say: Say, report: Report) -> tuple[str, str, list[Bar]]:
    """The picture's title, its axis and its bars."""
    bars = [
        Bar(
            line.name,
            line.figures.taught / timedelta(hours=1),
            say.plain(line.figures.taught),
        )
        for line in report.teachers
    ]
    title = say.label("Hours taught, {period}", period=_period_name(say, report.period))
    return title, say.label("Hours"), bars


def sheets(say: Say, book: Workbook, zone: ZoneInfo) -> list[Sheet]:
    """Summary, lessons and attendance; times are the school's."""
    lessons = {one.row.lesson_id: one for one in book.lessons}
    return [
        _summary_sheet(say, book.report),
        _lessons_sheet(say, book.lessons, zone),
        _attendance_sheet(say, lessons, book.presences, zone),
    ]


def file_name(school: str, period: Period) -> str:
    """ASCII, without what a file system or a formula could trip over."""
    name = "".join(letter for letter in school.casefold() if letter.isascii() and letter.isalnum())
    days = f"{period.first_day:%Y-%m}"
    if not period.is_whole_month:
        days = f"{period.first_day:%Y-%m-%d}-{period.last_day:%Y-%m-%d}"
    return f"{name or 'school'}-{days}.xlsx"


def _title(say: Say, period: Period, now: datetime) -> Markup:
    name = say.bold(_period_name(say, period))
    is_over = now >= period.ends_at
    if is_over:
        return name
    today = min(period.last_day, now.astimezone(period.zone).date())
    return say("{period}, so far ({first}–{last})", period=name, first=period.first_day, last=today)


def _period_name(say: Say, period: Period) -> str:
    if period.is_whole_month:
        return say.month(period.first_day)
    if period.first_day == period.last_day:
        return say.plain(period.first_day)
    return f"{say.plain(period.first_day)} – {say.plain(period.last_day)}"


def _totals(say: Say, report: Report) -> Markup:
    total = report.total
    return say(
        "{teachers} · {classes} · {taught} taught",
        teachers=say.many("{count} teacher", "{count} teachers", len(report.teachers)),
        classes=say.many("{count} class", "{count} classes", total.held),
        taught=total.taught,
    )


def _problems(say: Say, total: Figures) -> Markup:
    found = []
    if total.missed:
        found.append(
            say.many(
                "{count} class did not take place",
                "{count} classes did not take place",
                total.missed,
            )
        )
    if total.late_starts:
        found.append(
            say.many(
                "{count} started more than 10 min late",
                "{count} started more than 10 min late",
                total.late_starts,
            )
        )
    if total.inferred:
        found.append(
            say.many(
                "{count} has times that Zoom did not report in full; the file marks them",
                "{count} have times that Zoom did not report in full; the file marks them",
                total.inferred,
            )
        )
    return lines(*found)


def _names(say: Say, report: Report) -> Markup:
    names = [
        say("{name} {taught}", name=line.name, taught=line.figures.taught)
        for line in report.teachers[:_MOST_NAMES]
    ]
    rest = len(report.teachers) - len(names)
    if rest > 0:
        names.append(say.many("and {count} more", "and {count} more", rest))
    return lines(*names)


def _other_periods(say: Say) -> list[list[InlineKeyboardButton]]:
    labels = (
        say.label("This week"),
        say.label("Last week"),
        say.label("This month"),
        say.label("Last month"),
    )
    buttons = [
        InlineKeyboardButton(label, callback_data=callback_data.encode("report.period", number))
        for number, label in enumerate(labels)
    ]
    return [buttons[:2], buttons[2:]]


def period_typed(number: int) -> str:
    """What a period's button stands for, as if it had been typed."""
    return _PERIODS[number]


def _summary_sheet(say: Say, report: Report) -> Sheet:
    columns = [
        Column(say.label("Teacher"), 28),
        Column(say.label("Classes held"), 12, total=True),
        Column(say.label("Not held"), 10, total=True),
        Column(say.label("Late starts"), 11, total=True),
        Column(say.label("Planned"), 12, total=True),
        Column(say.label("Held"), 12, total=True),
        Column(say.label("Teacher present"), 12, total=True),
        Column(say.label("Taught"), 12, total=True),
        Column(say.label("Partly inferred"), 12, total=True),
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


def _lessons_sheet(say: Say, lessons: Sequence[LessonDetails], zone: ZoneInfo) -> Sheet:
    columns = [
        Column(say.label("Day"), 12),
        Column(say.label("Teacher"), 28),
        Column(say.label("Class"), 28),
        Column(say.label("Planned start"), 17),
        Column(say.label("Planned"), 10, total=True),
        Column(say.label("Began"), 17),
        Column(say.label("Held"), 10, total=True),
        Column(say.label("Teacher present"), 10, total=True),
        Column(say.label("Taught"), 10, total=True),
        Column(say.label("Students"), 10, total=True),
        Column(say.label("State"), 14),
        Column(say.label("How sure"), 22),
    ]
    rows = [_lesson_row(say, one, zone) for one in lessons]
    return Sheet(say.label("Lessons"), columns, rows, total_label=say.label("All"))


def _lesson_row(say: Say, one: LessonDetails, zone: ZoneInfo) -> Sequence[Cell]:
    row = one.row
    return (
        _local(row.planned.starts_at, zone).date(),
        row.teacher,
        one.topic or "",
        _local(row.planned.starts_at, zone),
        row.planned.length,
        _local(row.began_at, zone) if row.began_at else None,
        row.actual,
        row.teacher_present,
        row.taught,
        row.students,
        _state(say, row.state),
        _sureness(say, row.sureness),
    )


def _attendance_sheet(
    say: Say,
    lessons: dict[int, LessonDetails],
    presences: Sequence[tuple[int, PresenceRow]],
    zone: ZoneInfo,
) -> Sheet:
    columns = [
        Column(say.label("Day"), 12),
        Column(say.label("Teacher"), 28),
        Column(say.label("Class"), 28),
        Column(say.label("Name"), 28),
        Column(say.label("Joined"), 17),
        Column(say.label("Left"), 17),
        Column(say.label("Present"), 10),
        Column(say.label("With the teacher"), 10),
        Column(say.label("Late by"), 10),
        Column(say.label("Left early by"), 10),
        Column(say.label("Came back"), 10),
        Column(say.label("How sure"), 22),
    ]
    rows = [
        _attendance_row(say, lessons[lesson_id], one, zone)
        for lesson_id, one in presences
        if not one.is_teacher
    ]
    return Sheet(say.label("Attendance"), columns, rows)


def _attendance_row(
    say: Say, lesson: LessonDetails, one: PresenceRow, zone: ZoneInfo
) -> Sequence[Cell]:
    return (
        _local(lesson.row.planned.starts_at, zone).date(),
        lesson.row.teacher,
        lesson.topic or "",
        one.name if one.name is not None else say.label("(deleted)"),
        _local(one.first_joined_at, zone),
        _local(one.last_left_at, zone),
        one.total,
        one.together,
        one.late_by,
        one.left_early_by,
        one.returns,
        say.label("partly inferred") if one.inferred else say.label("reported by Zoom"),
    )


def _local(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None)


def _state(say: Say, state: LessonState) -> str:
    match state:
        case LessonState.ENDED:
            return say.label("held")
        case LessonState.LIVE:
            return say.label("live now")
        case LessonState.CANCELLED:
            return say.label("cancelled")
        case LessonState.SCHEDULED | LessonState.CREATING:
            return say.label("not held")


def _sureness(say: Say, sureness: Sureness | None) -> str:
    match sureness:
        case None:
            return ""
        case Sureness.COMPLETE:
            return say.label("reported by Zoom")
        case Sureness.INFERRED:
            return say.label("partly inferred")
        case Sureness.RECONCILED:
            return say.label("asked of Zoom")
        case Sureness.CORRECTED:
            return say.label("corrected by a person")
