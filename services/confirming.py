"""What is not certain of a class, and its teacher's word for it."""

from collections.abc import Sequence
from dataclasses import replace

from school.errors import NotAllowed, Outdated, SchoolError
from school.model import LessonState, PostKind
from services.askable import may_be_asked, told_by
from services.contents_for_teachers import HeldOrNot, Unsure
from services.office import Office
from services.people import Teacher
from services.scenes import Scene
from storage import asking, attendance, corrections, courses, outages, people, posts
from storage.attendance import PresenceRow
from storage.audit import note
from storage.courses import Lesson
from storage.database import Transaction


async def confirm(office: Office, teacher: Teacher, lesson_id: int, request_key: str) -> None:
    """The figures of a class are right as they are, or it was not held, as none were found.

    Saying it again changes nothing. Raises NotAllowed for everybody but the teacher who gave it.
    """
    async with office.database.writing() as tx:
        lesson = await courses.find_lesson(tx, lesson_id)
        if lesson is None:
            raise Outdated("This class is no longer there. Type /classes to see yours.")
        if teacher.person_id != await attendance.given_by(tx, lesson_id):
            raise NotAllowed("Only the teacher of this class can do this.")
        await _check_over(tx, lesson)
        if not await outages.is_confirmed(tx, lesson_id):
            await corrections.add_confirmation(tx, lesson_id, teacher.person_id, request_key)
            await posts.bump(tx, lesson_id, (PostKind.SUMMARY,))
            person = await people.get_person(tx, teacher.person_id)
            await note(tx, person.pseudonym, "confirmed a class", str(lesson_id))
    office.bell.posts.ring()


async def _check_over(tx: Transaction, lesson: Lesson) -> None:
    """What is still to happen cannot be confirmed, nor what Zoom may yet report."""
    is_unknown = lesson.is_open and tx.now < told_by(lesson)
    if lesson.state is LessonState.LIVE or is_unknown:
        raise SchoolError("This class is not over yet. Confirm its times when I have shown them.")


async def unsure_of(tx: Transaction, scene: Scene, students: Sequence[PresenceRow]) -> Unsure:
    """What its teacher should know is not certain of a class that is over."""
    lesson_id = scene.lesson.id
    if await outages.is_confirmed(tx, lesson_id):
        return Unsure(is_confirmed=True)
    gaps = await outages.gaps_of(tx, lesson_id)
    is_asking = await asking.attempts_of(tx, lesson_id) is not None
    is_asking = is_asking and await may_be_asked(tx, scene.meeting.host_id)
    is_doubtful = bool(gaps) or any(one.inferred for one in students)
    return Unsure(gaps, is_asking=is_asking, may_confirm=is_doubtful and not is_asking)


def as_confirmed(students: Sequence[PresenceRow]) -> tuple[PresenceRow, ...]:
    """What was estimated is no longer marked."""
    return tuple(replace(one, inferred=False) for one in students)


async def held_or_not(tx: Transaction, scene: Scene) -> HeldOrNot | None:
    """The question about a class that nobody heard of; None while there is none to ask."""
    lesson = scene.lesson
    if lesson.state is not LessonState.SCHEDULED or tx.now < told_by(lesson):
        return None
    gaps = await outages.gaps_of(tx, lesson.id)
    if not gaps:
        return None
    return HeldOrNot(
        lesson_id=lesson.id,
        topic=scene.course.topic,
        planned=lesson.planned,
        zone=scene.course.zone,
        gaps=gaps,
        is_settled=await outages.is_confirmed(tx, lesson.id),
    )
