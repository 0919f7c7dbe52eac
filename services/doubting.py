"""A student says that their attendance is wrong: their teacher reads it, and puts it right."""

from school.errors import NotUnderstood, Outdated
from school.letters import AttendanceDoubted
from school.names import clean_name
from services import letters
from services.daily_asks import check_room
from services.office import Office
from services.people import TelegramUser
from services.retention import FORMS_KEPT
from storage import courses, forms, people, questions, students
from storage.audit import note
from storage.database import Transaction
from storage.people import Person
from storage.students import Student

LONGEST_WORDS = 500

_WORDS = "attendance.wrong"
_DOUBTED = "doubted their attendance"


async def ask(office: Office, user: TelegramUser, student_id: int, request_key: str) -> str:
    """Take the student's next text as what is wrong; their teacher's name.

    Raises Outdated, and AskedEnough where they have said so too often.
    """
    async with office.database.writing() as tx:
        person, student = await _own(tx, user, student_id)
        course = await courses.get_course(tx, student.course_id)
        teacher = await people.get_person(tx, course.teacher_id)
        if not teacher.is_teacher:
            raise Outdated("The teacher of this class does not teach here any more.")
        await check_room(tx, office, person, _DOUBTED)
        await questions.ask(tx, person.id, request_key, _WORDS, student=str(student_id))
        return teacher.name


async def typed(office: Office, user: TelegramUser, text: str, request_key: str) -> str | None:
    """Whom the words go to, if some were asked for; None if not."""
    async with office.database.writing() as tx:
        known = await people.find_person(tx, user.id)
        if known is None:
            return None
        asked = await questions.asked_last(tx, known.id, tx.now - FORMS_KEPT, _WORDS)
        if asked is None:
            return None
        words = clean_name(text)
        if not words or len(words) > LONGEST_WORDS:
            raise NotUnderstood(
                "Say it in {most} letters at most. Type what is wrong.", most=LONGEST_WORDS
            )
        person, student = await _own(tx, user, int(asked.said.data["student"]))
        course = await courses.get_course(tx, student.course_id)
        said = AttendanceDoubted(student.id, student.name, course.topic, words)
        await letters.write(tx, course.teacher_id, said, request_key, about_id=person.id)
        await forms.forget(tx, asked.id)
        await note(tx, person.pseudonym, _DOUBTED, str(student.id))
        name = (await people.get_person(tx, course.teacher_id)).name
    office.bell.letters.ring()
    return name


async def _own(tx: Transaction, user: TelegramUser, student_id: int) -> tuple[Person, Student]:
    person = await people.find_person(tx, user.id)
    student = await students.find_student(tx, student_id)
    if person is None or student is None or student.person_id != person.id:
        raise Outdated("You are not on this list of students any more.")
    return person, student
