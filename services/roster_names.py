"""Names in a lesson that nobody on the course's roster bears: asked about, answered, taken back."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from school.device_names import is_proper_name
from school.errors import NotAllowed, NotUnderstood, Outdated
from school.identity import Key
from school.model import Planned
from school.names import clean_name, normalised_name
from school.roster import Candidate, Mark, is_likely, likeliest_first
from services.office import Office
from services.people import Teacher
from services.roster_updates import bring_up_to_date
from storage import attendance, courses, matching, student_changes, students
from storage.attendance import PresenceRow
from storage.courses import Course, Lesson
from storage.database import Transaction
from storage.student_names import index_of
from storage.students import Student

LONGEST_NAME = 64
"""Characters; Zoom takes no more either."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_TOKEN_BYTES = 5


@dataclass(frozen=True, slots=True)
class Choice:
    """A student who may be meant. `is_likely`: it may be asked straight."""

    student_id: int
    name: str
    is_likely: bool


@dataclass(frozen=True, slots=True)
class WhoIsThis:
    """A name that came to a lesson, and who it may be, likeliest first.

    `token` tells the person from the lesson's others, `waiting` is how many more there are.
    `says_nothing`: it is the name of a device, so that a new student needs another one.
    """

    lesson_id: int
    course_id: int
    topic: str | None
    planned: Planned
    zone: ZoneInfo
    token: int
    name: str
    total: timedelta
    choices: tuple[Choice, ...]
    waiting: int
    says_nothing: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """What a teacher has said about a name.

    `student_name` is None for who is no student. `said_at` is what it is taken back by. `more`
    tells whether other names of the lesson are still unknown.
    """

    lesson_id: int
    course_id: int
    name: str
    student_id: int
    student_name: str | None
    said_at: int
    more: bool


async def who_is_this(
    office: Office, teacher: Teacher, lesson_id: int, token: int | None = None
) -> WhoIsThis:
    """The name with that token, or the first that is unknown; raises Outdated where none is."""
    async with office.database.reading() as tx:
        lesson, course = await _lesson(tx, teacher, lesson_id)
        unknown = await _unknown(tx, lesson_id)
        if not unknown:
            raise Outdated("I know everybody who came to this class now.")
        row, _ = unknown.get(token or 0) or next(iter(unknown.values()))
        shown = next(one for one, (other, _) in unknown.items() if other == row)
        return WhoIsThis(
            lesson_id=lesson_id,
            course_id=course.id,
            topic=course.topic,
            planned=lesson.planned,
            zone=course.zone,
            token=shown,
            name=row.name or "",
            total=row.total,
            choices=await _choices(tx, lesson, row.name or ""),
            waiting=len(unknown) - 1,
            says_nothing=not is_proper_name(row.name or ""),
        )


async def is_student(
    office: Office, teacher: Teacher, lesson_id: int, token: int, student_id: int
) -> Settled:
    """The name, or the mark that Zoom gives with it, is that student's from now on."""
    async with office.database.writing() as tx:
        lesson, row, keys = await _asked(tx, teacher, lesson_id, token)
        student = await students.find_student(tx, student_id)
        if student is None or student.course_id != lesson.course_id:
            raise Outdated("This student is not on the list any more.")
        for kind, value in sorted(keys):
            await student_changes.add_alias(tx, student.id, Mark(kind), value)
        if await _is_to_be_remembered(tx, student, row, keys):
            await student_changes.add_alias(
                tx, student.id, Mark.NAME, row.name or "", row.name_index
            )
        at = _microseconds(tx.now)
    await bring_up_to_date(office, lesson.course_id)
    return await _settled(office, lesson, row, student_id, student.name, at)


async def is_new(
    office: Office, teacher: Teacher, lesson_id: int, token: int, typed: str | None = None
) -> Settled:
    """Another student, who is expected from this lesson on; called as in Zoom, or as typed."""
    async with office.database.writing() as tx:
        lesson, row, keys = await _asked(tx, teacher, lesson_id, token)
        name = checked_name(typed) if typed is not None else row.name or ""
        index = row.name_index if typed is None else index_of(tx.vault, name)
        await check_free(tx, lesson.course_id, index, keys)
        student_id = await student_changes.add_student(
            tx, lesson.course_id, name, lesson.planned.starts_at, keys, index=index
        )
        if not keys and index != row.name_index:
            await student_changes.add_alias(
                tx, student_id, Mark.NAME, row.name or "", row.name_index
            )
        at = _microseconds(tx.now)
    await bring_up_to_date(office, lesson.course_id)
    return await _settled(office, lesson, row, student_id, name, at)


async def is_no_student(office: Office, teacher: Teacher, lesson_id: int, token: int) -> Settled:
    """Somebody who comes and is not asked about again."""
    async with office.database.writing() as tx:
        lesson, row, keys = await _asked(tx, teacher, lesson_id, token)
        student_id = await student_changes.add_student(
            tx,
            lesson.course_id,
            row.name or "",
            lesson.planned.starts_at,
            keys,
            is_visitor=True,
            index=row.name_index,
        )
        at = _microseconds(tx.now)
    await bring_up_to_date(office, lesson.course_id)
    return await _settled(office, lesson, row, student_id, None, at)


async def take_back(office: Office, teacher: Teacher, student_id: int, said_at: int) -> None:
    """What was said at that moment about a student is as if it had not been."""
    at = _EPOCH + said_at * _MICROSECOND
    async with office.database.writing() as tx:
        student = await students.find_student(tx, student_id)
        if student is None:
            raise Outdated("This was undone already.")
        course = await courses.get_course(tx, student.course_id)
        await _check_may_answer(tx, teacher, course, None)
        if student.added_at == at:
            await student_changes.delete_student(tx, student_id)
        elif not await student_changes.remove_aliases_added_at(tx, student_id, at):
            raise Outdated("This was undone already.")
    await bring_up_to_date(office, course.id)


def checked_name(typed: str) -> str:
    """A student's name as typed; raises NotUnderstood."""
    name = clean_name(typed)
    if not name or len(name) > LONGEST_NAME:
        raise NotUnderstood(
            "A name has 1 to {most} letters. Type the student's name.", most=LONGEST_NAME
        )
    return name


async def check_free(
    tx: Transaction, course_id: int, index: bytes | None, keys: frozenset[Key] = frozenset()
) -> None:
    """Raises NotUnderstood where somebody on the roster bears the name of that index.

    With marks of their own, two are told apart all the same.
    """
    if keys:
        return
    for one in await students.roster_of(tx, course_id):
        if index in one.indexes:
            raise NotUnderstood(
                "{name} is on the list already. Type the name with something that tells the two "
                "apart, as they show it in Zoom.",
                name=one.name,
            )


async def _lesson(tx: Transaction, teacher: Teacher, lesson_id: int) -> tuple[Lesson, Course]:
    """A lesson that the teacher gave, or whose course is theirs; raises Outdated, NotAllowed."""
    lesson = await courses.find_lesson(tx, lesson_id)
    if lesson is None:
        raise Outdated("This class is no longer there. Type /classes to see yours.")
    course = await courses.get_course(tx, lesson.course_id)
    await _check_may_answer(tx, teacher, course, lesson)
    return lesson, course


async def _check_may_answer(
    tx: Transaction, teacher: Teacher, course: Course, lesson: Lesson | None
) -> None:
    """Whoever gives a class, or gave it for another, has seen its students."""
    if teacher.person_id == course.teacher_id:
        return
    for one in [lesson] if lesson else await courses.lessons_of_course(tx, course.id):
        if teacher.person_id in {one.teacher_id, await attendance.host_of(tx, one.id)}:
            return
    raise NotAllowed("Only the teacher of this class can do this.")


async def _unknown(
    tx: Transaction, lesson_id: int
) -> dict[int, tuple[PresenceRow, frozenset[Key]]]:
    """Each with the keys that Zoom gave, by a token that outlasts folding anew."""
    keys = await matching.keys_in(tx, lesson_id)
    found = {}
    for row in await attendance.presences_of(tx, lesson_id):
        if row.is_unknown:
            own = keys.get(row.ordinal, frozenset())
            found[_token(tx, row, own)] = (row, own)
    return found


def _token(tx: Transaction, row: PresenceRow, keys: frozenset[Key]) -> int:
    name = row.name_index.hex() if row.name_index and not keys else ""
    said = json.dumps([name, sorted(keys)])
    return int.from_bytes(tx.vault.index("unknown in a lesson", said)[:_TOKEN_BYTES])


async def _asked(
    tx: Transaction, teacher: Teacher, lesson_id: int, token: int
) -> tuple[Lesson, PresenceRow, frozenset[Key]]:
    lesson, _ = await _lesson(tx, teacher, lesson_id)
    found = (await _unknown(tx, lesson_id)).get(token)
    if found is None:
        raise Outdated("This name is settled already.")
    return lesson, *found


async def _is_to_be_remembered(
    tx: Transaction, student: Student, row: PresenceRow, keys: frozenset[Key]
) -> bool:
    """A name is not remembered where a mark says more than it, or it is another student's."""
    if keys and not is_proper_name(row.name or ""):
        return False
    roster = await students.roster_of(tx, student.course_id)
    return not any(row.name_index in one.indexes for one in roster)


async def _choices(tx: Transaction, lesson: Lesson, name: str) -> tuple[Choice, ...]:
    roster = {one.id: one for one in await students.roster_of(tx, lesson.course_id) if one.is_on}
    there = {row.student_id for row in await attendance.presences_of(tx, lesson.id)}
    candidates = [
        Candidate(
            one.id, one.names, one.id not in there and one.is_expected(lesson.planned.starts_at)
        )
        for one in roster.values()
    ]
    wanted = normalised_name(name)
    return tuple(
        Choice(one.student_id, roster[one.student_id].name, is_likely(wanted, one))
        for one in likeliest_first(wanted, candidates)
    )


async def _settled(
    office: Office,
    lesson: Lesson,
    row: PresenceRow,
    student_id: int,
    student_name: str | None,
    said_at: int,
) -> Settled:
    async with office.database.reading() as tx:
        more = bool(await _unknown(tx, lesson.id))
    return Settled(
        lesson_id=lesson.id,
        course_id=lesson.course_id,
        name=row.name or "",
        student_id=student_id,
        student_name=student_name,
        said_at=said_at,
        more=more,
    )


def _microseconds(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND
