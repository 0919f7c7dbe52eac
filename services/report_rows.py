"""The rows of a report's files, as they count: corrected, and with each student's standing.

They come some hundreds at a time, so that a term of a large school takes no more memory than a
day. Nothing here needs more than a transaction: it runs in a process of its own.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from school.attendance import Sureness
from school.corrections import Correction, Measures, corrected
from school.model import AttendanceRules
from school.money import Money
from school.pay import CalledOffBy, Outcome
from school.periods import Period, school_day
from school.reports import LessonRow
from school.standing import ABSENT, Standings, standing_of
from school.statements import worth
from services.paying import PaidLine, pay_lines_in
from storage import reports
from storage.attendance import PresenceRow
from storage.corrections import CorrectionEntry, corrections_in, corrections_of
from storage.database import Transaction
from storage.reports import Attended, Of, Scope
from storage.students import absent_in

_LESSONS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class TitledLesson:
    """A lesson with its topic, which is None once erased."""

    row: LessonRow
    topic: str | None


@dataclass(frozen=True, slots=True)
class AttendanceLine:
    """A student in a lesson; `presence` is None for one of the roster who was not there.

    `name` is None once erased.
    """

    lesson: TitledLesson
    name: str | None
    presence: PresenceRow | None
    standings: Standings


async def counted_lessons(
    tx: Transaction, period: Period, scope: Scope
) -> AsyncIterator[Sequence[LessonRow]]:
    """The lessons planned to begin in a period, by time, with what people have corrected."""
    async for some in reports.lessons_in(tx, period, scope):
        said = await corrections_of(tx, [row.lesson_id for row in some])
        yield [_as_corrected(row, said.get(row.lesson_id, ())) for row in some]


def _as_corrected(row: LessonRow, said: Sequence[Correction]) -> LessonRow:
    if not said:
        return row
    is_inferred = row.sureness is Sureness.INFERRED
    found = Measures(
        actual=row.actual,
        teacher_present=row.teacher_present,
        taught=row.taught,
        late_by=row.teacher_late_by,
        called_off_by=CalledOffBy.TEACHER,
        is_inferred=is_inferred,
        is_corrected=False,
    )
    counts = corrected(found, said)
    by_a_person = counts.is_corrected or (is_inferred and not counts.is_inferred)
    return replace(
        row,
        actual=counts.actual,
        teacher_present=counts.teacher_present,
        taught=counts.taught,
        teacher_late_by=counts.late_by,
        sureness=Sureness.CORRECTED if by_a_person else row.sureness,
    )


async def titled_lessons(
    tx: Transaction, period: Period, scope: Scope
) -> AsyncIterator[Sequence[TitledLesson]]:
    """The same with their topics."""
    topics: dict[int, str | None] = {}
    async for some in counted_lessons(tx, period, scope):
        unknown = {row.course_id for row in some} - topics.keys()
        topics |= await reports.topics_of(tx, unknown)
        yield [TitledLesson(row, topics[row.course_id]) for row in some]


async def attendance(
    tx: Transaction, period: Period, scope: Scope, rules: AttendanceRules
) -> AsyncIterator[Sequence[AttendanceLine]]:
    """Every student of every lesson, by day and lesson; the roster's absent ones last in each."""
    async for day, lessons in _by_day(titled_lessons(tx, period, scope), period):
        absent = await _absent_on(tx, Period(day, day, period.zone), scope)
        for start in range(0, len(lessons), _LESSONS_AT_ONCE):
            some = lessons[start : start + _LESSONS_AT_ONCE]
            there = await reports.students_in(tx, [one.row.lesson_id for one in some])
            yield [line for one in some for line in _lines(one, there, absent, rules)]


async def _by_day(
    lessons: AsyncIterator[Sequence[TitledLesson]], period: Period
) -> AsyncIterator[tuple[date, list[TitledLesson]]]:
    of_day, day = list[TitledLesson](), period.first_day
    async for some in lessons:
        for one in some:
            on = school_day(one.row.planned.starts_at, period.zone)
            if on != day and of_day:
                yield day, of_day
                of_day = []
            day = on
            of_day.append(one)
    if of_day:
        yield day, of_day


async def _absent_on(
    tx: Transaction, day: Period, scope: Scope
) -> Mapping[int, Sequence[str | None]]:
    names = defaultdict[int, list[str | None]](list)
    async for lesson_id, name in absent_in(tx, day, scope.teacher_ids):
        names[lesson_id].append(name)
    return names


def _lines(
    lesson: TitledLesson,
    there: Mapping[int, Sequence[Attended]],
    absent: Mapping[int, Sequence[str | None]],
    rules: AttendanceRules,
) -> Iterable[AttendanceLine]:
    for one in there.get(lesson.row.lesson_id, ()):
        yield _there(lesson, one, rules)
    for name in absent.get(lesson.row.lesson_id, ()):
        yield AttendanceLine(lesson, name, None, ABSENT)


def _there(lesson: TitledLesson, one: Attended, rules: AttendanceRules) -> AttendanceLine:
    presence = one.presence
    standings = standing_of(
        presence.together,
        lesson.row.taught,
        presence.late_by,
        presence.left_early_by,
        presence.returns,
        one.student_id,
        rules,
    )
    return AttendanceLine(lesson, presence.name, presence, standings)


@dataclass(frozen=True, slots=True)
class TitledCorrection:
    """A correction with what its lesson is called; the topic is None once erased."""

    entry: CorrectionEntry
    teacher: str
    topic: str | None


async def corrections(tx: Transaction, period: Period, scope: Scope) -> list[TitledCorrection]:
    """Those of the lessons of a period, also of lessons that were called off."""
    courses = await _courses_of(tx, scope)
    entries = [
        one
        for one in await corrections_in(tx, period, scope.teacher_ids)
        if courses is None or one.course_id in courses
    ]
    names = await reports.names_of(tx, {one.teacher_id for one in entries})
    topics = await reports.topics_of(tx, {one.course_id for one in entries})
    return [TitledCorrection(one, names[one.teacher_id], topics[one.course_id]) for one in entries]


@dataclass(frozen=True, slots=True)
class CalledOff:
    """Lessons that were called off, and what is paid for them."""

    count: int
    paid: tuple[Money, ...]


async def called_off(tx: Transaction, period: Period, scope: Scope) -> CalledOff:
    count = await reports.count_called_off(tx, period, scope)
    if not count:
        return CalledOff(0, ())
    courses = await _courses_of(tx, scope)
    lines = [
        one.line
        for one in await pay_lines_in(tx, period, scope.teacher_ids, with_topics=False)
        if one.line.outcome in {Outcome.LATE_CANCEL, Outcome.CANCELLED}
        and (courses is None or one.line.lesson.course_id in courses)
    ]
    return CalledOff(count, tuple(money for money in worth(lines) if money.amount))


async def pay_of(
    tx: Transaction, period: Period, scope: Scope, teacher_id: int
) -> Sequence[PaidLine]:
    """A teacher's pay lines, of what the report is about."""
    lines = await pay_lines_in(tx, period, [teacher_id])
    courses = await _courses_of(tx, scope)
    return [one for one in lines if courses is None or one.line.lesson.course_id in courses]


async def _courses_of(tx: Transaction, scope: Scope) -> frozenset[int] | None:
    """The courses that a report is narrowed to; None: all."""
    match scope.of:
        case Of.COURSE:
            return frozenset({scope.id})
        case Of.GROUP:
            return await reports.courses_of_chat(tx, scope.id)
        case _:
            return None
