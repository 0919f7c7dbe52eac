"""What a made-up month comes to, worked out from its script alone, second by second.

A set of seconds is a whole number: bit n is set if the n-th second after a beginning is in it. So
both is `&`, either is `|`, and how many there are is counted.

What nobody was told can be asked of Zoom on paid plans, and cannot be known on the free one. There
somebody whose leaving was lost counts as there until the meeting ended, and the host, of whom Zoom
tells nothing, throughout; both are marked as inferred.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sandbox.month import HOST, Fate, Lesson, Month, Parting, Sitting, Teacher, Visit
from sandbox.month_script import name_as_compared

LATE_START_S = 600
"""A lesson whose teacher comes later than this after its time is a late start."""

_OFF = (Fate.CANCELLED_EARLY, Fate.CANCELLED_LATE)


@dataclass(frozen=True, slots=True, order=True)
class StudentTruth:
    """Seconds; `name` as names are compared."""

    name: str
    there: int
    together: int  # with the teacher
    late_by: int
    left_early_by: int
    returns: int
    is_inferred: bool


@dataclass(frozen=True, slots=True)
class LessonTruth:
    """Seconds; all zero where it was not held."""

    lesson: Lesson
    began_at: datetime | None
    actual: int
    teacher_present: int
    teacher_waited: int  # of that, within the plan
    taught: int
    teacher_late_by: int  # who was only there before the planned start was not late
    students: tuple[StudentTruth, ...]  # in order of name
    is_inferred: bool

    @property
    def was_held(self) -> bool:
        return self.began_at is not None

    @property
    def is_off(self) -> bool:
        return self.lesson.fate in _OFF

    @property
    def began_late(self) -> bool:
        return self.teacher_late_by > LATE_START_S


@dataclass(frozen=True, slots=True)
class TeacherTruth:
    """Sums over a teacher's lessons of the month, those called off left out."""

    teacher: Teacher
    held: int
    missed: int
    late_starts: int
    scheduled: int
    actual: int
    teacher_present: int
    taught: int
    inferred: int


def truths(month: Month) -> list[LessonTruth]:
    """Of every lesson, in order of time; also those outside the month."""
    return [truth_of(lesson) for lesson in month.lessons]


def of_month(month: Month, found: Iterable[LessonTruth]) -> list[LessonTruth]:
    """Those that were planned to begin on one of its days."""
    return [one for one in found if month.has(one.lesson.starts_at)]


def teacher_truths(found: Sequence[LessonTruth]) -> dict[int, TeacherTruth]:
    """By the number of whoever gave the lessons."""
    given = defaultdict[int, list[LessonTruth]](list)
    for one in found:
        if not one.is_off:
            given[one.lesson.giver.number].append(one)
    return {number: _sums(lessons) for number, lessons in given.items()}


def _sums(lessons: Sequence[LessonTruth]) -> TeacherTruth:
    held = [one for one in lessons if one.was_held]
    return TeacherTruth(
        teacher=lessons[0].lesson.giver,
        held=len(held),
        missed=len(lessons) - len(held),
        late_starts=sum(one.began_late for one in held),
        scheduled=sum(_seconds(one.lesson.course.length) for one in lessons),
        actual=sum(one.actual for one in held),
        teacher_present=sum(one.teacher_present for one in held),
        taught=sum(one.taught for one in held),
        inferred=sum(one.is_inferred for one in held),
    )


def truth_of(lesson: Lesson) -> LessonTruth:
    if not lesson.sittings:
        return LessonTruth(lesson, None, 0, 0, 0, 0, 0, (), is_inferred=False)
    began_at = min(sitting.opened_at for sitting in lesson.sittings)
    clock = _Clock(began_at)
    open_ = clock.all_of((one.opened_at, one.ended_at) for one in lesson.sittings)
    teacher = _teacher(lesson, clock) if lesson.giver.is_reported else open_
    rows = _rows(lesson)
    there = {
        row: clock.all_of((one.since, one.until) for one in visits) for row, visits in rows.items()
    }
    anybody = 0
    for seconds in there.values():
        anybody |= seconds
    # Nobody can come before the class is on, and nobody has to come before its time.
    since = clock.first_from(open_, lesson.starts_at) or lesson.starts_at
    students = [
        _student(
            lesson,
            visits,
            there[row].bit_count(),
            (there[row] & teacher).bit_count(),
            clock.late_by(there[row], since),
        )
        for row, visits in rows.items()
    ]
    as_planned = clock.all_of([(lesson.starts_at, lesson.ends_at)])
    return LessonTruth(
        lesson=lesson,
        began_at=began_at,
        actual=open_.bit_count(),
        teacher_present=teacher.bit_count(),
        teacher_waited=(teacher & as_planned).bit_count(),
        taught=(teacher & anybody).bit_count(),
        teacher_late_by=clock.late_by(teacher, lesson.starts_at),
        students=tuple(sorted(students)),
        is_inferred=not lesson.giver.is_reported or any(one.is_inferred for one in students),
    )


def _teacher(lesson: Lesson, clock: "_Clock") -> int:
    return clock.all_of(
        (visit.since, visit.until)
        for sitting in lesson.sittings
        for visit in sitting.visits
        if visit.is_host
    )


@dataclass(frozen=True, slots=True, order=True)
class _Known:
    """A visit, as far as can be known."""

    since: datetime
    until: datetime
    visit: Visit = field(compare=False)
    sitting: Sitting = field(compare=False)
    is_inferred: bool = field(compare=False)


def _rows(lesson: Lesson) -> dict[str, list[_Known]]:
    """Everybody but the teacher, with all their visits."""
    found = defaultdict[str, list[_Known]](list)
    for sitting in lesson.sittings:
        for visit in sitting.visits:
            if visit.row != HOST:
                found[visit.row].append(_known(lesson, sitting, visit))
    return found


def _known(lesson: Lesson, sitting: Sitting, visit: Visit) -> _Known:
    is_lost = visit.parting is Parting.LOST and not lesson.giver.is_reported
    until = sitting.ended_at if is_lost else visit.until
    return _Known(visit.since, until, visit, sitting, is_lost)


def _student(
    lesson: Lesson, visits: Sequence[_Known], there: int, together: int, late_by: int
) -> StudentTruth:
    ended_at = max(sitting.ended_at for sitting in lesson.sittings)
    went_at = max(one.until for one in visits)
    return StudentTruth(
        name=name_as_compared(visits[-1].visit.shown_as),
        there=there,
        together=together,
        late_by=late_by,
        left_early_by=max(0, _seconds(min(lesson.ends_at, ended_at) - went_at)),
        returns=sum(_returns(visits, sitting) for sitting in lesson.sittings),
        is_inferred=any(one.is_inferred for one in visits),
    )


def _returns(visits: Sequence[_Known], sitting: Sitting) -> int:
    """How often somebody had gone and came again while the meeting was on."""
    here = sorted(one for one in visits if one.sitting is sitting)
    return sum(
        all(before.until < one.since for before in here[:number])
        for number, one in enumerate(here)
        if number
    )


class _Clock:
    """Turns spans of time into numbers."""

    def __init__(self, beginning: datetime) -> None:
        self._beginning = beginning

    def all_of(self, spans: Iterable[tuple[datetime, datetime]]) -> int:
        """The seconds in any of the spans, as far as they are after the beginning."""
        found = 0
        for since, until in spans:
            first, last = self._number(since), self._number(until)
            found |= (1 << last) - (1 << first)
        return found

    def first_from(self, seconds: int, at: datetime) -> datetime | None:
        """The first of them that is not before a moment."""
        since = self._number(at)
        left = seconds >> since << since
        if not left:
            return None
        first = (left & -left).bit_length() - 1
        return self._beginning + timedelta(seconds=first)

    def late_by(self, seconds: int, expected_at: datetime) -> int:
        """Nothing for whom nobody saw again from then on."""
        came_at = self.first_from(seconds, expected_at)
        return 0 if came_at is None else _seconds(came_at - expected_at)

    def _number(self, at: datetime) -> int:
        return max(0, _seconds(at - self._beginning))


def _seconds(length: timedelta) -> int:
    return length // timedelta(seconds=1)
