"""All that is to come on a teacher's Zoom account, and calling it off before the account goes."""

import asyncio
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass

from school.model import LessonState
from services.classes import note_change
from services.office import Office
from services.problems import Problem
from services.settling import call_off, settled
from services.substituting import give_back
from storage import erasing, planning, timetables
from storage.courses import Course, Lesson
from storage.database import Transaction
from storage.people import get_person

_PATIENCE_S = 30.0  # for all meetings together

_LessonAndCourse = tuple[Lesson, Course]


@dataclass(frozen=True, slots=True)
class Ahead:
    """Lessons that a teacher is to give, soonest first; of other teachers' courses apart.

    `live` are those that are on.
    """

    own: Sequence[_LessonAndCourse]
    of_others: Sequence[_LessonAndCourse]
    live: Sequence[_LessonAndCourse]

    @property
    def count(self) -> int:
        return len(self.own) + len(self.of_others)

    @property
    def in_order(self) -> list[_LessonAndCourse]:
        return sorted([*self.own, *self.of_others], key=lambda one: one[0].planned.starts_at)


@dataclass(frozen=True, slots=True)
class CalledOff:
    """How many lessons were cancelled, or given back to whose they are.

    `left_at_zoom` counts the meetings that Zoom still has, or has dates of.
    """

    called_off: int
    left_at_zoom: int


async def ahead_on_account(tx: Transaction, person_id: int) -> Ahead:
    """What a teacher gives is held on their own account, whosever course it is."""
    lessons = await timetables.lessons_of_teacher(tx, person_id, since=tx.now)
    return await _sorted_out(tx, person_id, lessons)


async def ahead_of(tx: Transaction, person_id: int) -> Ahead:
    """What a teacher gives, and what others give of their courses."""
    lessons = await timetables.lessons_concerning(tx, person_id, since=tx.now)
    return await _sorted_out(tx, person_id, lessons)


async def _sorted_out(
    tx: Transaction, person_id: int, lessons: Sequence[_LessonAndCourse]
) -> Ahead:
    own, of_others, live = [], [], []
    for lesson, course in lessons:
        owner = await get_person(tx, course.teacher_id)
        if lesson.state is LessonState.LIVE:
            live.append((lesson, course))
        elif owner.id != person_id and owner.is_teacher:
            of_others.append((lesson, course))
        else:
            own.append((lesson, course))
    return Ahead(own, of_others, live)


async def take_off(tx: Transaction, ahead: Ahead) -> None:
    """Within a transaction: their own are cancelled, the others are their teachers' again."""
    await call_off(tx, [lesson for lesson, _ in ahead.own])
    await give_back(tx, ahead.of_others)


async def take_off_for_good(tx: Transaction, ahead: Ahead) -> None:
    """The same, and their own courses go on no more."""
    await take_off(tx, ahead)
    for course_id in {course.id for _, course in ahead.own}:
        await planning.end_course(tx, course_id)
        await note_change(tx, course_id)


async def call_off_all(office: Office, person_id: int, seen: int) -> CalledOff | None:
    """Cancel what is ahead, here and at Zoom; what is another teacher's goes back to them.

    The chats are told at once. None, with nothing done, where there are other than `seen` lessons
    ahead; none at all is fine, as after a try that was broken off.
    """
    async with office.database.writing() as tx:
        ahead = await ahead_on_account(tx, person_id)
        if ahead.count not in {0, seen}:
            return None
        await take_off_for_good(tx, ahead)
        rows = {lesson.meeting_row for lesson, _ in ahead.in_order}
        rows |= set(await erasing.left_at_zoom(tx, person_id))
    office.bell.posts.ring()
    office.bell.courses.ring()  # what is on other accounts
    return CalledOff(ahead.count, await tell_zoom(office, sorted(rows)))


async def tell_zoom(office: Office, rows: Collection[int]) -> int:
    """That these meetings go, one after the other; of how many it was not told.

    Somebody waits for this, and for the end of their connection after it: a slow Zoom is not
    waited for longer, and one that is away is not there for the others either.
    """
    left = len(rows)
    with suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE_S):
            for row in rows:
                problem = await settled(office, row)
                left -= problem in {None, Problem.TOO_LATE}
                if problem is Problem.UNAVAILABLE:
                    break
    return left
