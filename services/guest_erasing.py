"""A teacher who was a guest in classes of others, out of those classes and of what is told later.

Nobody knows who they were once they are erased, so that storage.guests finds them by hashes.
"""

from collections.abc import Sequence
from datetime import datetime

from school.model import PostKind
from services.redacting import Signs, redact
from storage import courses, erasing_elsewhere, erasing_names, guests, matching, posts
from storage.courses import Lesson
from storage.database import Transaction
from storage.guests import KnownBy, Places


async def take_out(tx: Transaction, person_id: int, known: KnownBy, at: datetime) -> None:
    """Within the transaction that erases the person; `at` is the time of their erasure."""
    students, places = await guests.found(tx, person_id, known)
    await _out_of(tx, places, students, at)


async def erase_again_in(tx: Transaction, lesson: Lesson, began_at: datetime) -> int:
    """Of how many lessons somebody was taken out of whom Zoom told once more: this one, mostly."""
    count = 0
    for at, pairs in (await guests.erased_after(tx, began_at)).items():
        count += await _erase_in(tx, pairs, lesson.course_id, (lesson.id,), at)
    return count


async def erase_restored(tx: Transaction, pair: bytes, at: datetime) -> None:
    """Out of all lessons that had begun then: a backup knows them again."""
    for course_id in await erasing_names.all_courses(tx):
        lessons = await erasing_names.lessons_before(tx, course_id, at)
        await _erase_in(tx, frozenset({pair}), course_id, lessons, at)


async def _erase_in(
    tx: Transaction, pairs: frozenset[bytes], course_id: int, lessons: Sequence[int], at: datetime
) -> int:
    students = await guests.students_of_pairs(tx, course_id, pairs, at)
    own = {one: await guests.places_of_pairs(tx, one, pairs) for one in lessons}
    places = guests.joined(own, await guests.places_of_students(tx, students))
    return await _out_of(tx, places, students, at)


async def _out_of(tx: Transaction, places: Places, students: frozenset[int], at: datetime) -> int:
    for lesson_id, own in places.items():
        lesson = await courses.find_lesson(tx, lesson_id)
        assert lesson is not None, "somebody was in it"
        await _out_of_lesson(tx, lesson_id, own, guests.pseudonym_of(tx, at, lesson.course_id))
    await guests.forget_students_known(tx, students)
    return len(places)


async def _out_of_lesson(
    tx: Transaction, lesson_id: int, own: frozenset[int], pseudonym: str
) -> None:
    keys_in = await matching.keys_in(tx, lesson_id)
    keys = frozenset().union(*(keys_in.get(one, frozenset()) for one in own))
    meant = await erasing_elsewhere.names_at(tx, lesson_id, own)
    meant -= await erasing_elsewhere.names_in(tx, lesson_id, but=own)

    def bears(name: str) -> bool:
        return bool(name) and erasing_names.name_index(tx, name) in meant

    await redact(tx, lesson_id, Signs(bears, keys), pseudonym)
    await erasing_names.forget_names_of(tx, lesson_id, own)
    await posts.bump(tx, lesson_id, (PostKind.SUMMARY,))  # the other teacher's
