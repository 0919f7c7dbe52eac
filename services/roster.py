"""A course's roster as its teacher sees and edits it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from school.errors import NotAllowed, Outdated
from school.roster import Mark
from services.office import Office
from services.people import Teacher
from services.roster_names import check_free, checked_name
from services.roster_updates import bring_up_to_date
from storage import chats, courses, people, student_attendance, student_changes, students
from storage.audit import note
from storage.courses import Course
from storage.database import Transaction
from storage.people import Person
from storage.student_names import index_of
from storage.students import Student

LESSONS_LOOKED_AT = 10
"""The last classes that a student's attendance is summed up over."""

_MOMENT = timedelta(microseconds=1)
_MOST_COURSES = 30


@dataclass(frozen=True, slots=True)
class ListedStudent:
    """A student with how many of the last classes they were expected in, and were at."""

    student: Student
    expected: int
    there: int


@dataclass(frozen=True, slots=True)
class RosterPage:
    """A course's students by name; `others` are those who are removed, or never were students."""

    course: Course
    students: tuple[ListedStudent, ...]
    others: tuple[Student, ...]


@dataclass(frozen=True, slots=True)
class StudentPage:
    """All about one student. `person` is who they are on Telegram."""

    course: Course
    listed: ListedStudent
    person: Person | None

    @property
    def student(self) -> Student:
        return self.listed.student


@dataclass(frozen=True, slots=True)
class Linking:
    """Whom a student may be on Telegram: those whom the teacher teaches in private."""

    student: Student
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Linked:
    """A student, and who they are on Telegram."""

    student: Student
    topic: str | None
    person: Person


async def courses_of(office: Office, teacher: Teacher) -> tuple[Course, ...]:
    """The teacher's own courses, the newest first."""
    async with office.database.reading() as tx:
        return await courses.courses_of_teacher(tx, teacher.person_id, _MOST_COURSES)


async def show(office: Office, teacher: Teacher, course_id: int) -> RosterPage:
    """Raises Outdated, and NotAllowed for everybody but the course's teacher."""
    async with office.database.reading() as tx:
        course = await own_course(tx, teacher, course_id)
        roster = await students.roster_of(tx, course_id)
        on = [one for one in roster if one.is_on]
        return RosterPage(
            course=course,
            students=tuple(await _listed(tx, course_id, on)),
            others=tuple(one for one in roster if not one.is_on),
        )


async def show_student(office: Office, teacher: Teacher, student_id: int) -> StudentPage:
    async with office.database.reading() as tx:
        student, course = await own_student(tx, teacher, student_id)
        (listed,) = await _listed(tx, course.id, [student])
        person = None
        if student.person_id is not None:
            person = await people.get_person(tx, student.person_id)
        return StudentPage(course, listed, person)


async def add(office: Office, teacher: Teacher, course_id: int, typed: str) -> Student:
    """Expected from now on. Whoever was removed before is simply back."""
    name = checked_name(typed)
    async with office.database.writing() as tx:
        await own_course(tx, teacher, course_id)
        known = await _removed_of_name(tx, course_id, name)
        if known is None:
            await check_free(tx, course_id, index_of(tx.vault, name))
            student_id = await student_changes.add_student(tx, course_id, name, tx.now)
        else:
            student_id = known.id
            await student_changes.expect_from(tx, student_id, tx.now)
        student, _ = await own_student(tx, teacher, student_id)
    await bring_up_to_date(office, course_id)
    return student


async def rename(office: Office, teacher: Teacher, student_id: int, typed: str) -> Student:
    """The former name goes on being recognised."""
    name = checked_name(typed)
    async with office.database.writing() as tx:
        student, course = await own_student(tx, teacher, student_id)
        if index_of(tx.vault, name) not in student.indexes:
            await check_free(tx, course.id, index_of(tx.vault, name))
        await student_changes.add_alias(tx, student.id, Mark.NAME, student.name, student.name_index)
        await student_changes.rename_student(tx, student.id, name)
        await student_changes.remove_name(tx, student.id, name)  # it is no other name any more
        student, _ = await own_student(tx, teacher, student_id)
    await bring_up_to_date(office, course.id)
    return student


async def take_off(office: Office, teacher: Teacher, student_id: int) -> Student:
    """Expected no longer; what they attended stays."""
    async with office.database.writing() as tx:
        student, course = await own_student(tx, teacher, student_id)
        if student.is_on:
            removed_at = max(tx.now, student.since_at + _MOMENT)
            await student_changes.set_removed(tx, student.id, removed_at)
    await bring_up_to_date(office, course.id)
    return student


async def put_back(office: Office, teacher: Teacher, student_id: int) -> Student:
    """As if they had not been taken off; who was no student is one, from now on."""
    async with office.database.writing() as tx:
        student, course = await own_student(tx, teacher, student_id)
        if student.is_visitor:
            await student_changes.expect_from(tx, student.id, tx.now)
        else:
            await student_changes.set_removed(tx, student.id, None)
    await bring_up_to_date(office, course.id)
    return student


async def forget_alias(office: Office, teacher: Teacher, student_id: int, alias_id: int) -> None:
    """Recognised by it no longer. Raises Outdated where it is gone already."""
    async with office.database.writing() as tx:
        _, course = await own_student(tx, teacher, student_id)
        if not await student_changes.remove_alias(tx, student_id, alias_id):
            raise Outdated("This was removed already.")
    await bring_up_to_date(office, course.id)


async def whom_to_join(office: Office, teacher: Teacher, student_id: int) -> RosterPage:
    """The others on the list, one of whom the student may really be."""
    async with office.database.reading() as tx:
        student, course = await own_student(tx, teacher, student_id)
        roster = await students.roster_of(tx, course.id)
        others = [one for one in roster if one.is_on and one.id != student.id]
        return RosterPage(course, tuple(await _listed(tx, course.id, others)), (student,))


async def join(office: Office, teacher: Teacher, student_id: int, into_id: int) -> Student:
    """Two entries are one student, by the name of the second; all names of both count as theirs."""
    async with office.database.writing() as tx:
        student, course = await own_student(tx, teacher, student_id)
        into, _ = await own_student(tx, teacher, into_id)
        if into.course_id != student.course_id or into.id == student.id:
            raise Outdated("This student is not on the list any more.")
        if None not in (people := {student.person_id, into.person_id}) and len(people) > 1:
            raise NotAllowed(
                "These two are linked to different Telegram accounts. Unlink one of them first."
            )
        await student_changes.move_to(tx, student.id, into.id)
        if student.name_index not in into.indexes:
            await student_changes.add_alias(
                tx, into.id, Mark.NAME, student.name, student.name_index
            )
        if into.person_id is None:
            await student_changes.link_person(tx, into.id, student.person_id)
        if student.since_at < into.since_at:
            await student_changes.expect_since(tx, into.id, student.since_at)
    await bring_up_to_date(office, course.id)
    return into


# Who they are on Telegram


async def whom_to_link(office: Office, teacher: Teacher, student_id: int) -> Linking:
    async with office.database.reading() as tx:
        student, _ = await own_student(tx, teacher, student_id)
        taught = await chats.chats_of_teacher(tx, teacher.person_id)
        found = [await people.find_person(tx, one.id) for one in taught if one.is_private]
        return Linking(student, tuple(one for one in found if one is not None))


async def link(office: Office, teacher: Teacher, student_id: int, person_id: int) -> Linked:
    """The person may see the student's attendance from now on.

    They have opened an invitation of the teacher's; raises NotAllowed for anybody else.
    """
    async with office.database.writing() as tx:
        student, course = await own_student(tx, teacher, student_id)
        person = await people.find_by_id(tx, person_id)
        chat_id = person.telegram_user_id if person else None
        if person is None or chat_id is None:
            raise Outdated("This person's data was deleted.")
        if not await chats.may_post(tx, chat_id, teacher.person_id):
            raise NotAllowed("This person is not among those you teach in private any more.")
        await student_changes.link_person(tx, student.id, person.id)
        await note(tx, await _pseudonym(tx, teacher), "confirmed a student", person.pseudonym)
        return Linked(student, course.topic, person)


async def unlink(office: Office, teacher: Teacher, student_id: int) -> None:
    """Nobody on Telegram sees this student's attendance any more but the teacher."""
    async with office.database.writing() as tx:
        await own_student(tx, teacher, student_id)
        await student_changes.link_person(tx, student_id, None)
        await note(tx, await _pseudonym(tx, teacher), "unlinked a student", str(student_id))


async def _pseudonym(tx: Transaction, teacher: Teacher) -> str:
    return (await people.get_person(tx, teacher.person_id)).pseudonym


# Whose it is


async def own_course(tx: Transaction, teacher: Teacher, course_id: int) -> Course:
    course = await courses.find_course(tx, course_id)
    if course is None:
        raise Outdated("This class is no longer there. Type /classes to see yours.")
    if course.teacher_id != teacher.person_id:
        raise NotAllowed("Only the teacher of this class can do this.")
    return course


async def own_student(tx: Transaction, teacher: Teacher, student_id: int) -> tuple[Student, Course]:
    """Raises Outdated, and NotAllowed where the student is on another teacher's roster."""
    student = await students.find_student(tx, student_id)
    if student is None:
        raise Outdated("This student is not on the list any more.")
    return student, await own_course(tx, teacher, student.course_id)


async def _removed_of_name(tx: Transaction, course_id: int, name: str) -> Student | None:
    wanted = index_of(tx.vault, name)
    for one in await students.roster_of(tx, course_id):
        if not one.is_on and wanted in one.indexes:
            return one
    return None


async def _listed(tx: Transaction, course_id: int, shown: Sequence[Student]) -> list[ListedStudent]:
    held = await student_attendance.last_held(tx, course_id, LESSONS_LOOKED_AT)
    there = await student_attendance.who_was_there(tx, list(held))
    listed = []
    for one in shown:
        was = {lesson_id for lesson_id in held if (lesson_id, one.id) in there}
        expected = {lesson_id for lesson_id, at in held.items() if one.is_expected(at)}
        listed.append(ListedStudent(one, expected=len(expected | was), there=len(was)))
    return listed
