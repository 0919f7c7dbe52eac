"""The sheets of a report's files: a summary, the lessons, and who was in each.

Days and times are those of the school's zone; lengths are exact.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.speech import Say
from bot.views.report_tables import Cell, Column, Formula, Row, Table
from school.attendance import Sureness
from school.model import LessonState
from school.reports import Figures, LessonRow, Report, TeacherLine
from school.standing import Standing
from services.report_rows import AttendanceLine, TitledLesson

DAY, TIME, NAME, LENGTH, COUNT, WORDS = 12, 17, 28, 11, 10, 24
"""Widths in characters."""

Paid = Mapping[int, Mapping[str, Formula]]
"""What each teacher earns in each currency, as sums over the sheet of pay."""


def summary_table(say: Say, report: Report, paid: Paid, names: Mapping[int, str]) -> Table:
    """A row for each teacher, and what they earn by the rates that the school has settled.

    Who is only paid for classes that were called off has no figures, and a row all the same.
    """
    currencies = sorted({currency for sums in paid.values() for currency in sums})
    columns = [
        Column(say.label("Teacher"), NAME),
        Column(say.label("Classes held"), COUNT, total=True),
        Column(say.label("Not held"), COUNT, total=True),
        Column(say.label("Late starts"), COUNT, total=True),
        Column(say.label("Planned"), LENGTH, total=True),
        Column(say.label("Held"), LENGTH, total=True),
        Column(say.label("Teacher present"), LENGTH, total=True),
        Column(say.label("Taught"), LENGTH, total=True),
        Column(say.label("Classes with inferred times"), COUNT, total=True),
        *(
            Column(say.label("Pay, {currency}", currency=currency), LENGTH, total=True)
            for currency in currencies
        ),
    ]
    nothing: Mapping[str, Formula] = {}
    rows = [
        (
            *_summary_row(line.name, line.figures),
            *(
                paid.get(line.teacher_id, nothing).get(currency, Decimal("0.00"))
                for currency in currencies
            ),
        )
        for line in [*report.teachers, *_without_figures(report, paid, names)]
    ]
    return Table(columns, rows, total_label=say.label("All"))


def _without_figures(report: Report, paid: Paid, names: Mapping[int, str]) -> Iterable[TeacherLine]:
    nothing = timedelta()
    figures = Figures(0, 0, 0, nothing, nothing, nothing, nothing, 0)
    others = paid.keys() - {line.teacher_id for line in report.teachers}
    lines = [TeacherLine(one, names[one], figures) for one in others if paid[one]]
    return sorted(lines, key=lambda line: (line.name.casefold(), line.teacher_id))


def _summary_row(name: str, figures: Figures) -> Row:
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


def lessons_table(
    say: Say, lessons: Iterable[TitledLesson], *, zone: ZoneInfo, now: datetime
) -> Table:
    """A row for each lesson, those still to come included."""
    columns = [
        Column(say.label("Day"), DAY),
        Column(say.label("Teacher"), NAME),
        Column(say.label("Class"), NAME),
        Column(say.label("Planned start"), TIME),
        Column(say.label("Planned"), LENGTH, total=True),
        Column(say.label("Began"), TIME),
        Column(say.label("Held"), LENGTH, total=True),
        Column(say.label("Teacher present"), LENGTH, total=True),
        Column(say.label("Taught"), LENGTH, total=True),
        Column(say.label("Students"), COUNT, total=True),
        Column(say.label("State"), WORDS),
        Column(say.label("How sure"), WORDS),
    ]
    words = _LessonWords.of(say)
    rows = (_lesson_row(words, one, zone, now) for one in lessons)
    return Table(columns, rows, total_label=say.label("All"))


def _lesson_row(words: "_LessonWords", one: TitledLesson, zone: ZoneInfo, now: datetime) -> Row:
    row = one.row
    starts_at = local(row.planned.starts_at, zone)
    return (
        starts_at.date(),
        row.teacher,
        words.deleted if one.topic is None else one.topic,
        starts_at,
        row.planned.length,
        local(row.began_at, zone) if row.began_at else None,
        row.actual,
        row.teacher_present,
        row.taught,
        row.students,
        words.state(row, now),
        words.sureness[row.sureness] if row.sureness else "",
    )


def attendance_table(say: Say, lines: Iterable[AttendanceLine], *, zone: ZoneInfo) -> Table:
    """A row for each student and lesson, absent ones of the roster included."""
    columns = [
        Column(say.label("Day"), DAY),
        Column(say.label("Teacher"), NAME),
        Column(say.label("Class"), NAME),
        Column(say.label("Name"), NAME),
        Column(say.label("Attendance"), COUNT),
        Column(say.label("Late"), COUNT),
        Column(say.label("Left early"), COUNT),
        Column(say.label("Came back"), COUNT),
        Column(say.label("On the roster"), COUNT),
        Column(say.label("Joined"), TIME),
        Column(say.label("Left"), TIME),
        Column(say.label("Present"), LENGTH),
        Column(say.label("With the teacher"), LENGTH),
        Column(say.label("Late by"), LENGTH),
        Column(say.label("Left early by"), LENGTH),
        Column(say.label("How sure"), WORDS),
        Column(say.label("Remarks"), WORDS),
    ]
    words = _PresenceWords.of(say)
    return Table(columns, (_attendance_row(words, one, zone) for one in lines))


def _attendance_row(words: "_PresenceWords", one: AttendanceLine, zone: ZoneInfo) -> Row:
    lesson, standings = one.lesson, one.standings
    return (
        local(lesson.row.planned.starts_at, zone).date(),
        lesson.row.teacher,
        words.deleted if lesson.topic is None else lesson.topic,
        words.deleted if one.name is None else one.name,
        words.standing[standings.standing],
        words.yes if standings.is_late else "",
        words.yes if standings.left_early else "",
        one.presence.returns if one.presence else None,
        words.no if standings.is_unmatched else words.yes,
        *_times(words, one, zone),
    )


def _times(words: "_PresenceWords", one: AttendanceLine, zone: ZoneInfo) -> Sequence[Cell]:
    presence = one.presence
    if presence is None:
        return (None, None, None, None, None, None, "", "")
    remarks = [
        *([words.overlapping] if presence.overlapping else []),
        *([words.ambiguous] if presence.ambiguous else []),
        *([words.namesake] if presence.is_namesake else []),
    ]
    return (
        local(presence.first_joined_at, zone),
        local(presence.last_left_at, zone),
        presence.total,
        presence.together,
        presence.late_by,
        presence.left_early_by,
        words.inferred if presence.inferred else words.reported,
        "; ".join(remarks),
    )


def local(at: datetime, zone: ZoneInfo) -> datetime:
    """As clocks in `zone` show it, to the second."""
    return at.astimezone(zone).replace(tzinfo=None, microsecond=0)


@dataclass(frozen=True, slots=True)
class _LessonWords:
    """Looked up once: a term has many thousand rows."""

    live: str
    held: str
    not_held: str
    planned: str
    deleted: str
    sureness: Mapping[Sureness, str] = field(default_factory=dict)

    @classmethod
    def of(cls, say: Say) -> "_LessonWords":
        return cls(
            live=say.label("live now"),
            held=say.label("held"),
            not_held=say.label("not held"),
            planned=say.label("planned"),
            deleted=say.label("(deleted)"),
            sureness={
                Sureness.COMPLETE: say.label("reported by Zoom"),
                Sureness.INFERRED: say.label("partly inferred"),
                Sureness.RECONCILED: say.label("asked of Zoom"),
                Sureness.CORRECTED: say.label("corrected by a person"),
            },
        )

    def state(self, row: LessonRow, now: datetime) -> str:
        if row.state is LessonState.LIVE:
            return self.live
        if row.was_held:
            return self.held
        return self.not_held if row.was_missed(now) else self.planned


@dataclass(frozen=True, slots=True)
class _PresenceWords:
    """Looked up once: a term has a million rows."""

    yes: str
    no: str
    reported: str
    inferred: str
    deleted: str
    overlapping: str
    ambiguous: str
    namesake: str
    standing: Mapping[Standing, str]

    @classmethod
    def of(cls, say: Say) -> "_PresenceWords":
        return cls(
            yes=say.label("yes"),
            no=say.label("no"),
            reported=say.label("reported by Zoom"),
            inferred=say.label("partly inferred"),
            deleted=say.label("(deleted)"),
            overlapping=say.label("on several devices"),
            ambiguous=say.label("one of several with this name"),
            namesake=say.label("the teacher's own name, so not counted"),
            standing={
                Standing.PRESENT: say.label("present"),
                Standing.PARTLY: say.label("partly present"),
                Standing.ABSENT: say.label("absent"),
            },
        )
