"""The figures of /report: what each teacher held, taught and missed in a period."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from school.attendance import Sureness
from school.model import LessonState, Planned
from school.periods import Period, school_day

LATE_START = timedelta(minutes=10)
"""A lesson whose teacher came later than this after its time counts as a late start."""

MOST_COURSES = 8
"""So many can be told apart where their attendance is drawn over time."""

_NOTHING = timedelta()


@dataclass(frozen=True, slots=True)
class LessonRow:
    """One lesson; lengths are zero until something happened."""

    lesson_id: int
    course_id: int
    teacher_id: int
    teacher: str
    planned: Planned
    began_at: datetime | None
    actual: timedelta
    teacher_present: timedelta
    taught: timedelta
    teacher_late_by: timedelta  # by the plan, as pay counts it
    students: int
    state: LessonState
    sureness: Sureness | None

    @property
    def was_held(self) -> bool:
        """As Zoom reported it, or as a person said later."""
        return self.began_at is not None or self.actual > _NOTHING

    @property
    def began_late(self) -> bool:
        """By the teacher: that students were let in before does not make it begin on time."""
        return self.was_held and self.teacher_late_by > LATE_START

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


@dataclass(frozen=True, slots=True)
class Sitting:
    """How many students were in a lesson that was held, on its school day."""

    day: date
    students: int


@dataclass(frozen=True, slots=True)
class CourseLine:
    """A course's attendance over time."""

    course_id: int
    sittings: tuple[Sitting, ...]


def build_report(rows: Iterable[LessonRow], *, period: Period, now: datetime) -> Report:
    """The figures of the lessons that were planned to start within `period`.

    Lessons still to come, and cancelled ones that were never held, count nowhere.
    """
    tally = Tally(period=period, now=now)
    for row in rows:
        tally.add(row)
    return tally.report()


class Tally:
    """A report that grows lesson by lesson, in any order, and keeps none of them.

    So a term of many thousand lessons takes no more memory than its teachers do.
    """

    def __init__(self, *, period: Period, now: datetime) -> None:
        self.ahead = 0
        """Lessons of the period that are in no figure, as nothing was to be held yet."""
        self._period, self._now = period, now
        # Found once: each lesson is asked whether it lies between them.
        self._starts_at, self._ends_at = period.starts_at, period.ends_at
        self._teachers = defaultdict[int, _TeacherSums](_TeacherSums)
        self._total = _Sums()

    def add(self, row: LessonRow) -> None:
        """Count a lesson; each only once."""
        if not self._starts_at <= row.planned.starts_at < self._ends_at:
            return
        is_missed = row.was_missed(self._now)
        if not (row.was_held or is_missed):
            self.ahead += row.state is not LessonState.CANCELLED
            return
        self._total.add(row, is_missed=is_missed)
        self._teachers[row.teacher_id].add(row, is_missed=is_missed)

    def report(self) -> Report:
        """What the lessons so far come to."""
        lines = [
            TeacherLine(teacher_id, own.name, own.sums.figures())
            for teacher_id, own in self._teachers.items()
        ]
        return Report(
            period=self._period,
            teachers=tuple(sorted(lines, key=_most_taught_first)),
            total=self._total.figures(),
        )


class AttendanceTally:
    """The attendance of a few courses over time; of many it keeps nothing."""

    def __init__(self, period: Period) -> None:
        self._period = period
        self._courses: dict[int, list[Sitting]] | None = {}

    def add(self, row: LessonRow) -> None:
        if self._courses is None or not row.was_held:
            return
        sitting = Sitting(school_day(row.planned.starts_at, self._period.zone), row.students)
        self._courses.setdefault(row.course_id, []).append(sitting)
        if len(self._courses) > MOST_COURSES:
            self._courses = None

    def lines(self) -> tuple[CourseLine, ...]:
        """The courses in the order in which they were first held; none where they are too many."""
        return tuple(
            CourseLine(course_id, tuple(sorted(sittings, key=lambda one: one.day)))
            for course_id, sittings in (self._courses or {}).items()
        )


@dataclass(slots=True)
class _Sums:
    """Figures while they grow."""

    held: int = 0
    missed: int = 0
    late_starts: int = 0
    inferred: int = 0
    scheduled: timedelta = _NOTHING
    actual: timedelta = _NOTHING
    teacher_present: timedelta = _NOTHING
    taught: timedelta = _NOTHING

    def add(self, row: LessonRow, *, is_missed: bool) -> None:
        self.missed += is_missed
        self.scheduled += row.planned.length
        if not row.was_held:
            return
        self.held += 1
        self.late_starts += row.began_late
        self.inferred += row.sureness is Sureness.INFERRED
        self.actual += row.actual
        self.teacher_present += row.teacher_present
        self.taught += row.taught

    def figures(self) -> Figures:
        return Figures(
            held=self.held,
            missed=self.missed,
            late_starts=self.late_starts,
            scheduled=self.scheduled,
            actual=self.actual,
            teacher_present=self.teacher_present,
            taught=self.taught,
            inferred=self.inferred,
        )


@dataclass(slots=True)
class _TeacherSums:
    """A teacher's; the name is that of their latest lesson."""

    name: str = ""
    latest: tuple[datetime, int] | None = None
    sums: _Sums = field(default_factory=_Sums)

    def add(self, row: LessonRow, *, is_missed: bool) -> None:
        at = row.planned.starts_at, row.lesson_id
        if self.latest is None or at > self.latest:
            self.latest, self.name = at, row.teacher
        self.sums.add(row, is_missed=is_missed)


def _most_taught_first(line: TeacherLine) -> tuple[timedelta, str, int]:
    return -line.figures.taught, line.name.casefold(), line.teacher_id
