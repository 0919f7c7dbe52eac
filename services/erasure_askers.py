"""Who asks to be taken out of attendance under a name, as the admins need to know it."""

from collections.abc import Collection
from dataclasses import dataclass

from storage import chats, courses, people, students
from storage.database import Transaction
from storage.people import Person


@dataclass(frozen=True, slots=True)
class ConfirmedAs:
    """A student on a course's list, who somebody is, as the teacher has confirmed."""

    student: str
    topic: str | None
    teacher: str


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody on Telegram; `taught_by` are those who teach them in private."""

    person: Person
    confirmed: tuple[ConfirmedAs, ...] = ()
    taught_by: tuple[str, ...] = ()


async def asker_of(tx: Transaction, person_id: int) -> Asker | None:
    """None for somebody who has deleted their data since."""
    person = await people.get_person(tx, person_id)
    if person.telegram_user_id is None:
        return None
    confirmed = []
    for one in await students.students_of_person(tx, person_id):
        course = await courses.get_course(tx, one.course_id)
        teacher = await people.get_person(tx, course.teacher_id)
        confirmed.append(ConfirmedAs(one.name, course.topic, teacher.name))
    taught_by = [
        (await people.get_person(tx, one)).name
        for one in await chats.teachers_of_chat(tx, person.telegram_user_id)
    ]
    return Asker(person, tuple(confirmed), tuple(taught_by))


async def is_confirmed_as(
    tx: Transaction, person_id: int, name: bytes, course_ids: Collection[int]
) -> bool:
    """Whether they are, in each of these courses, the student of that name."""
    own = await students.students_of_person(tx, person_id)
    return set(course_ids) <= {one.course_id for one in own if name in one.indexes}
