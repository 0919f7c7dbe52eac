"""A teacher says that a lesson's figures are right although something was filled in."""

from school.errors import NotAllowed, Outdated
from school.model import LessonState, PostKind
from services.dispute_contents import counted
from services.office import Office
from services.people import Teacher
from storage import corrections, courses, people, posts
from storage.attendance import outcome_of
from storage.audit import note


async def confirm(office: Office, teacher: Teacher, lesson_id: int, request_key: str) -> None:
    """Raises NotAllowed for others, Outdated where there is nothing to confirm."""
    async with office.database.writing() as tx:
        lesson = await courses.find_lesson(tx, lesson_id)
        if lesson is None or lesson.given_by != teacher.person_id:
            raise NotAllowed("Only the teacher of this class can do this.")
        now = await counted(tx, lesson_id, await outcome_of(tx, lesson_id))
        if lesson.state is LessonState.LIVE or not now.is_inferred:
            raise Outdated("There is nothing to confirm in this class.")
        await corrections.add_confirmation(tx, lesson_id, teacher.person_id, request_key)
        await posts.bump(tx, lesson_id, (PostKind.SUMMARY,))
        person = await people.get_person(tx, teacher.person_id)
        await note(tx, person.pseudonym, "confirmed a class", str(lesson_id))
    office.bell.posts.ring()
