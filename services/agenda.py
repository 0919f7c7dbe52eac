"""What is on in the coming two weeks: for a group, a student or a teacher."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from school.model import LessonState, Planned
from services.office import Office
from services.people import Caller
from storage import chats, people, students, timetables
from storage.courses import Course, Lesson
from storage.database import Transaction

COMING = timedelta(weeks=2)

_SHOWN = (LessonState.SCHEDULED, LessonState.LIVE, LessonState.CANCELLED)


@dataclass(frozen=True, slots=True)
class AgendaClass:
    """A class that is on, ahead or cancelled; days are told apart in `zone`.

    `teacher_name` is None for the teacher's own.
    """

    topic: str
    teacher_name: str | None
    planned: Planned
    zone: ZoneInfo
    state: LessonState


async def of_group(office: Office, chat_id: int) -> tuple[AgendaClass, ...]:
    """The classes announced in a group, soonest first."""
    async with office.database.reading() as tx:
        chat = await chats.find_chat(tx, chat_id)
        found = await timetables.lessons_of_chats(tx, [chat_id], tx.now, tx.now + COMING)
        zone = ZoneInfo(chat.zone) if chat and chat.zone else None
        return await _agenda(tx, found, zone, reader_id=None)


async def of_person(office: Office, caller: Caller) -> tuple[AgendaClass, ...] | None:
    """The classes that somebody teaches or is taught in private, soonest first.

    Also those on whose list of students they are, as a teacher has confirmed. None for somebody
    of whom nothing of that is known.
    """
    async with office.database.reading() as tx:
        if caller.person_id is None:
            return None
        own_chat = await chats.find_chat(tx, caller.telegram_user_id)
        is_taught = own_chat is not None and own_chat.is_linked
        known_as = await students.students_of_person(tx, caller.person_id)
        if not (caller.is_teacher or is_taught or known_as):
            return None
        until = tx.now + COMING
        attended = {one.course_id for one in known_as if one.is_on}
        found = [
            *await timetables.lessons_of_teacher(tx, caller.person_id, tx.now, until),
            *await timetables.lessons_of_chats(tx, [caller.telegram_user_id], tx.now, until),
            *await timetables.lessons_of_courses(tx, attended, tx.now, until),
        ]
        by_id = {lesson.id: (lesson, course) for lesson, course in found}
        soonest = sorted(by_id.values(), key=lambda one: one[0].planned.starts_at)
        return await _agenda(tx, soonest, caller.zone, reader_id=caller.person_id)


async def _agenda(
    tx: Transaction,
    found: Sequence[tuple[Lesson, Course]],
    zone: ZoneInfo | None,
    reader_id: int | None,
) -> tuple[AgendaClass, ...]:
    """Without what is still being made, is over already, or was erased."""
    shown = [one for one in found if one[0].state in _SHOWN and one[1].topic is not None]
    names = {
        teacher_id: (await people.get_person(tx, teacher_id)).name
        for teacher_id in {lesson.teacher_id for lesson, _ in shown} - {reader_id}
    }
    return tuple(
        AgendaClass(
            topic=course.topic or "",
            teacher_name=names.get(lesson.teacher_id),
            planned=lesson.planned,
            zone=zone or course.zone,
            state=lesson.state,
        )
        for lesson, course in shown
    )
