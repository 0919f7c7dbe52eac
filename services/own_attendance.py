"""Students' own attendance: confirmed by their teachers, then shown to themselves alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from school.errors import NotAllowed, Outdated
from school.model import AttendanceRules
from school.names import normalised_name
from school.periods import Period, month_of, school_day
from school.roster import alike
from school.standing import ABSENT, Standing, Standings, standing_of
from services.office import Office
from services.people import Caller, Teacher
from services.roster import Linked, link, unlink
from storage import (
    chats,
    courses,
    forms,
    people,
    student_attendance,
    students,
)
from storage.database import Transaction
from storage.people import Person
from storage.student_attendance import AttendedLesson
from storage.student_names import as_kept, index_of
from storage.students import Student

ASKED_AGAIN_AFTER = timedelta(days=1)

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OwnLesson:
    """A class, and how long somebody was there; `total` is None where they were not."""

    starts_at: datetime
    total: timedelta | None
    standings: Standings
    late_by: timedelta


@dataclass(frozen=True, slots=True)
class OwnCourse:
    """Somebody's attendance of a course in a month; the classes, the newest first."""

    student_name: str
    topic: str
    teacher_name: str
    zone: ZoneInfo
    lessons: tuple[OwnLesson, ...]

    @property
    def there(self) -> int:
        return sum(one.standings.standing is not Standing.ABSENT for one in self.lessons)

    @property
    def late(self) -> int:
        return sum(one.standings.is_late for one in self.lessons)

    @property
    def total(self) -> timedelta:
        return sum((one.total for one in self.lessons if one.total), timedelta())


@dataclass(frozen=True, slots=True)
class OwnAttendance:
    """A month of it. `earlier` and `later` are the first days of the months beside, if any."""

    month: Period
    courses: tuple[OwnCourse, ...]
    earlier: date | None
    later: date | None


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """No teacher has said yet who this is. `to_ask` are to be asked now.

    Not `is_asked`: nobody has a list of students yet, so that there is nothing to see.
    """

    person: Person
    to_ask: tuple[Person, ...]
    is_asked: bool


@dataclass(frozen=True, slots=True)
class Offered:
    """A student who somebody on Telegram may be; `is_theirs`: as the teacher has confirmed."""

    student: Student
    topic: str
    is_theirs: bool


@dataclass(frozen=True, slots=True)
class WhoAreThey:
    """What a teacher is asked: which of the students this person is."""

    person: Person
    offered: tuple[Offered, ...]

    @property
    def is_confirmed(self) -> bool:
        return any(one.is_theirs for one in self.offered)


async def own_attendance(
    office: Office, caller: Caller, month: date | None = None
) -> OwnAttendance | Unconfirmed | None:
    """What the caller may see of their own; None for somebody whom no teacher teaches."""
    today = school_day(office.clock(), office.profile.zone)
    if caller.person_id is None:
        return None
    async with office.database.reading() as tx:
        own = await students.students_of_person(tx, caller.person_id)
        if own:
            wanted = min(month or today, today)
            return await _attendance(tx, office, own, month_of(wanted, office.profile.zone), today)
    return await _unconfirmed(office, caller)


async def _unconfirmed(office: Office, caller: Caller) -> Unconfirmed | None:
    assert caller.person_id is not None, "nobody else is unconfirmed"
    async with office.database.writing() as tx:
        person = await people.get_person(tx, caller.person_id)
        teacher_ids = await chats.teachers_of_chat(tx, caller.telegram_user_id)
        if not teacher_ids:
            return None
        with_lists = [one for one in teacher_ids if await _has_students(tx, one)]
        if not with_lists:
            return Unconfirmed(person, (), is_asked=False)
        if not await forms.ask_again(tx, person.id, tx.now - ASKED_AGAIN_AFTER):
            return Unconfirmed(person, (), is_asked=True)
        teachers = [await people.get_person(tx, one) for one in with_lists]
        return Unconfirmed(person, tuple(teachers), is_asked=True)


async def _has_students(tx: Transaction, teacher_id: int) -> bool:
    return any(one.is_on for one in await students.students_of_teacher(tx, teacher_id))


async def _attendance(
    tx: Transaction, office: Office, own: Sequence[Student], month: Period, today: date
) -> OwnAttendance:
    found = await student_attendance.attendance_of(tx, [one.id for one in own], month)
    shown = []
    for student in own:
        course = await courses.get_course(tx, student.course_id)
        lessons = [one for one in found if one.student_id == student.id]
        if not lessons and not student.is_on:
            continue
        shown.append(
            OwnCourse(
                student_name=student.name,
                topic=course.topic or "",
                teacher_name=(await people.get_person(tx, course.teacher_id)).name,
                zone=course.zone,
                lessons=tuple(_own(one, office.profile.attendance) for one in lessons),
            )
        )
    first = min(school_day(one.since_at, office.profile.zone) for one in own).replace(day=1)
    before = (month.first_day - _ONE_DAY).replace(day=1)
    after = (month.last_day + _ONE_DAY).replace(day=1)
    return OwnAttendance(
        month=month,
        courses=tuple(shown),
        earlier=before if before >= first else None,
        later=after if after <= today else None,
    )


def _own(one: AttendedLesson, rules: AttendanceRules) -> OwnLesson:
    came = one.came
    if came is None:
        return OwnLesson(one.planned.starts_at, None, ABSENT, timedelta())
    standings = standing_of(
        came.together,
        one.taught,
        came.late_by,
        came.left_early_by,
        came.returns,
        one.student_id,
        rules,
    )
    return OwnLesson(one.planned.starts_at, came.total, standings, came.late_by)


# What their teachers are asked


async def who_are_they(office: Office, teacher: Teacher, person_id: int) -> WhoAreThey:
    """The teacher's students, whoever bears a name like the person's in Telegram first.

    A name that they chose themselves puts nobody first: it may be chosen to look like another's.
    """
    async with office.database.reading() as tx:
        person = await _taught(tx, teacher, person_id)
        return await _who_are_they(tx, teacher, person)


async def _who_are_they(tx: Transaction, teacher: Teacher, person: Person) -> WhoAreThey:
    topics: dict[int, str] = {}
    offered = []
    for one in await students.students_of_teacher(tx, teacher.person_id):
        if not one.is_on:
            continue
        if one.course_id not in topics:
            topics[one.course_id] = (await courses.get_course(tx, one.course_id)).topic or ""
        offered.append(Offered(one, topics[one.course_id], one.person_id == person.id))
    wanted, index = normalised_name(as_kept(tx, person.name)), index_of(tx.vault, person.name)

    def likelihood(student: Student) -> float:
        if person.has_own_name:
            return 0.0
        return 1.0 if index in student.indexes else alike(wanted, student.names)

    offered.sort(key=lambda one: (-likelihood(one.student), one.student.name.casefold()))
    return WhoAreThey(person, tuple(offered))


async def confirm(office: Office, teacher: Teacher, person_id: int, student_id: int) -> Linked:
    """The person is that student, and may see their attendance."""
    async with office.database.reading() as tx:
        await _taught(tx, teacher, person_id)
    linked = await link(office, teacher, student_id, person_id)
    async with office.database.writing() as tx:
        await forms.was_answered(tx, person_id)
    return linked


async def take_back(office: Office, teacher: Teacher, person_id: int, student_id: int) -> None:
    """They are not that student after all. Raises Outdated where they are not any more."""
    async with office.database.reading() as tx:
        student = await students.find_student(tx, student_id)
    if student is None or student.person_id != person_id:
        raise Outdated("This was undone already.")
    await unlink(office, teacher, student_id)


async def is_nobody(office: Office, teacher: Teacher, person_id: int) -> Person:
    """None of the teacher's students; the person, who is to be told."""
    async with office.database.reading() as tx:
        return await _taught(tx, teacher, person_id)


async def _taught(tx: Transaction, teacher: Teacher, person_id: int) -> Person:
    """Raises NotAllowed for somebody whom the teacher does not teach in private."""
    person = await people.find_by_id(tx, person_id)
    if person is None or person.telegram_user_id is None:
        raise Outdated("This person's data was deleted.")
    if not await chats.may_post(tx, person.telegram_user_id, teacher.person_id):
        raise NotAllowed("This person is not among those you teach in private any more.")
    return person
