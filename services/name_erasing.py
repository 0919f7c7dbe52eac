"""A name, as Zoom showed it, out of the attendance of some courses.

Names are known here by their keyed hash alone, so that an erasure can be done again where the
name is not known any more: in a backup from before it, or when Zoom reports something late.
"""

from collections.abc import Sequence
from datetime import datetime

from school.model import PostKind
from services.guest_erasing import erase_again_in
from services.redacting import Signs, redact
from storage import attendance, courses, erasing_names, matching, posts
from storage.database import Transaction


async def erase_name(
    tx: Transaction, name_index: bytes, course_ids: Sequence[int] | None, until: datetime
) -> int:
    """Whoever bore that name in these courses (None: in all) is nobody known; of how many lessons.

    Only lessons that had begun at `until`. Times and minutes stay, without a name. Teachers, and
    students who are somebody known on Telegram, are left alone: they delete their data themselves.
    Repeating it changes nothing. Whoever calls it rings `office.bell.posts` afterwards.
    """
    if course_ids is None:
        course_ids = await erasing_names.all_courses(tx)
    count = 0
    for course_id in course_ids:
        lessons = await erasing_names.lessons_before(tx, course_id, until)
        count += await _erase(tx, name_index, course_id, lessons, until)
        for lesson_id in await erasing_names.forget_initials_of_who_waits(tx, course_id):
            await posts.bump(tx, lesson_id, (PostKind.WAITING,))
    return count


async def erase_again(tx: Transaction, lesson_id: int) -> bool:
    """Within the transaction that saves what a lesson came to: who was erased stays out of it.

    Zoom reports some things late, and what was being worked out meanwhile knows the name still.
    Whether there was any: then the lesson is to be folded anew.
    """
    lesson = await courses.find_lesson(tx, lesson_id)
    if lesson is None:
        return False
    found = await attendance.outcome_of(tx, lesson_id)
    began_at = found.began_at or lesson.planned.starts_at
    count = await erase_again_in(tx, lesson, began_at)
    for one in await erasing_names.name_erasures_after(tx, lesson.course_id, began_at):
        count += await _erase(tx, one.subject_index, lesson.course_id, (lesson_id,), one.erased_at)
    return bool(count)


async def _erase(
    tx: Transaction, name: bytes, course_id: int, lessons: Sequence[int], until: datetime
) -> int:
    students = await erasing_names.students_called(tx, name, course_id, until)
    pseudonym = erasing_names.pseudonym_of(tx, name, course_id)
    changed = [
        lesson_id
        for lesson_id in lessons
        if await _erase_in(tx, name, lesson_id, students, pseudonym)
    ]
    await erasing_names.forget_students_called(tx, students)
    for lesson_id in changed:
        # The teacher's, shown again without the name.
        await posts.bump(tx, lesson_id, (PostKind.SUMMARY, PostKind.WAITING))
    return len(changed)


async def _erase_in(
    tx: Transaction, name: bytes, lesson_id: int, students: frozenset[int], pseudonym: str
) -> bool:
    """Whether anybody of that name was in it."""
    places = await erasing_names.places_of(tx, lesson_id, name, students)
    signs = await _signs(tx, name, lesson_id, places)
    is_reported = await redact(tx, lesson_id, signs, pseudonym)
    waited = await erasing_names.forget_who_waits(tx, lesson_id, name)
    await erasing_names.forget_names_of(tx, lesson_id, places)
    return bool(places) or is_reported or waited


async def _signs(tx: Transaction, name: bytes, lesson_id: int, places: frozenset[int]) -> Signs:
    kept, names_kept = await erasing_names.others_in(tx, lesson_id)
    keys_in = await matching.keys_in(tx, lesson_id)
    names = {
        row.name_index
        for row in await attendance.presences_of(tx, lesson_id)
        if row.name_index is not None and row.ordinal in places
    }
    meant = (names | {name}) - names_kept
    return Signs(
        bears=lambda each: bool(each) and erasing_names.name_index(tx, each) in meant,
        keys=frozenset().union(*(keys_in.get(place, frozenset()) for place in places)),
        others=frozenset().union(*(keys_in.get(place, frozenset()) for place in kept)),
        name_is_certain=True,
    )
