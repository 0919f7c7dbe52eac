"""The figures of /report: what each teacher held, taught and missed in a period."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from school.attendance import Sureness
from school.model import LessonState, Planned
from school.periods import Period

LATE_START = timedelta(minutes=10)
"""A lesson that began later than this after its time counts as a late start."""

_NOTHING = timedelta()


@dataclass(frozen=True, slots=True)
class LessonRow:
    """One lesson; lengths are zero until something happened."""

    lesson_id: int
    teacher_id: int
    teacher: str
    planned: Planned
    began_at: datetime | None
    actual: timedelta
    teacher_present: timedelta
    taught: timedelta
    students: int
    state: LessonState
    sureness: Sureness | None

    @property
    def was_held(self) -> bool:
        return self.began_at is not None

    @property
    def began_late(self) -> bool:
        return self.began_at is not None and self.began_at - self.planned.starts_at > LATE_START

    def was_missed(self, now: datetime) -> bool:
        """Whether it should have been held by `now`, and was not; a cancelled one is not missed."""
        is_due = self.state is not LessonState.CANCELLED and self.planned.ends_at <= now
        return is_due and not self.was_held


@dataclass(frozen=True, slots=True)
class Figures:
    """What lessons come to; sums are exact and rounded only where they are shown."""

    held: int  # running ones included, with what they came to so far
    missed: int  # the planned end is past, and it was never held
    late_starts: int
    scheduled: timedelta  # of the lessons held or missed
    actual: timedelta
    teacher_present: timedelta
    taught: timedelta
    inferred: int  # lessons held of which some figure was filled in

    @property
    def has_inferred(self) -> bool:
        """Whether any of the sums rests on something that was filled in."""
        return self.inferred > 0


@dataclass(frozen=True, slots=True)
class TeacherLine:
    """One teacher's figures."""

    teacher_id: int
    name: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Report:
    """A period's figures, the teacher who taught most first."""

    period: Period
    teachers: tuple[TeacherLine, ...]
    total: Figures


def build_report(rows: Iterable[LessonRow], *, period: Period, now: datetime) -> Report:
    """The figures of the lessons that were planned to start within `period`.

    Lessons still to come, and cancelled ones that were never held, count nowhere.
    """
    counted = [
        row
        for row in rows
        if row.planned.starts_at in period and (row.was_held or row.was_missed(now))
    ]
    by_teacher = defaultdict[int, list[LessonRow]](list)
    for row in counted:
        by_teacher[row.teacher_id].append(row)
    lines = [_line(teacher_id, own, now) for teacher_id, own in by_teacher.items()]
    return Report(
        period=period,
        teachers=tuple(sorted(lines, key=_most_taught_first)),
        total=_figures(counted, now),
    )


def _line(teacher_id: int, rows: Sequence[LessonRow], now: datetime) -> TeacherLine:
    latest = max(rows, key=lambda row: (row.planned.starts_at, row.lesson_id))
    return TeacherLine(teacher_id, latest.teacher, _figures(rows, now))


def _most_taught_first(line: TeacherLine) -> tuple[timedelta, str, int]:
    return -line.figures.taught, line.name.casefold(), line.teacher_id


def _figures(rows: Sequence[LessonRow], now: datetime) -> Figures:
    held = [row for row in rows if row.was_held]
    return Figures(
        held=len(held),
        missed=sum(row.was_missed(now) for row in rows),
        late_starts=sum(row.began_late for row in held),
        scheduled=sum((row.planned.length for row in rows), _NOTHING),
        actual=sum((row.actual for row in held), _NOTHING),
        teacher_present=sum((row.teacher_present for row in held), _NOTHING),
        taught=sum((row.taught for row in held), _NOTHING),
        inferred=sum(row.sureness is Sureness.INFERRED for row in held),
    )
