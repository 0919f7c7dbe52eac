"""A teacher's classes ahead, course by course, for /classes."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from school.model import Planned
from school.recurrence import Repeat
from services.office import Office
from services.people import Teacher
from storage import people, timetables
from storage.courses import Course, Lesson
from storage.database import Transaction

ENTRIES_ON_A_PAGE = 10


@dataclass(frozen=True, slots=True)
class ListedClass:
    """A class that is ahead or on; of a series, its next one.

    `repeat` is the rule of a series that has more ahead. `given_to` is who gives the class instead
    of the reader; `given_by` whose course it is where the reader gives it for them.
    """

    lesson_id: int
    topic: str
    planned: Planned
    zone: ZoneInfo
    repeat: Repeat | None
    given_to: str | None = None
    given_by: str | None = None


@dataclass(frozen=True, slots=True)
class ClassList:
    """One page of them, soonest first; pages count from 0."""

    classes: tuple[ListedClass, ...]
    page: int
    pages: int


async def list_classes(office: Office, teacher: Teacher, page: int) -> ClassList:
    """The teacher's own, those given to somebody else, and those given for somebody else.

    A page that is not there any more is the last one.
    """
    async with office.database.reading() as tx:
        lessons = await timetables.lessons_concerning(tx, teacher.person_id, tx.now)
        entries = [await _listed(tx, teacher, together) for together in _by_entry(teacher, lessons)]
    pages = max(1, -(-len(entries) // ENTRIES_ON_A_PAGE))
    page = min(max(page, 0), pages - 1)
    shown = entries[page * ENTRIES_ON_A_PAGE : (page + 1) * ENTRIES_ON_A_PAGE]
    return ClassList(tuple(shown), page, pages)


_Entry = list[tuple[Lesson, Course]]


def _by_entry(teacher: Teacher, lessons: Sequence[tuple[Lesson, Course]]) -> list[_Entry]:
    """A series is one entry, but each lesson of it that somebody else gives is one by itself."""
    entries: dict[tuple[int, int], _Entry] = {}
    for lesson, course in lessons:
        is_own = course.teacher_id == lesson.teacher_id == teacher.person_id
        key = (course.id, 0 if is_own else lesson.id)
        entries.setdefault(key, []).append((lesson, course))
    return list(entries.values())


async def _listed(tx: Transaction, teacher: Teacher, together: _Entry) -> ListedClass:
    lesson, course = together[0]
    is_series = len(together) > 1 and course.repeat is not None
    other = None
    if lesson.teacher_id != course.teacher_id:
        is_given_away = course.teacher_id == teacher.person_id
        other_id = lesson.teacher_id if is_given_away else course.teacher_id
        other = (await people.get_person(tx, other_id)).name
    return ListedClass(
        lesson_id=lesson.id,
        topic=course.topic or "",
        planned=lesson.planned,
        zone=course.zone,
        repeat=Repeat.from_text(course.repeat) if course.repeat and is_series else None,
        given_to=other if course.teacher_id == teacher.person_id else None,
        given_by=other if course.teacher_id != teacher.person_id else None,
    )
