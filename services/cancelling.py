"""Calling classes off, and taking that back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from school.errors import NotAllowed, NotUnderstood, Outdated
from school.model import LessonState, PostKind
from school.periods import Period
from services.changing import Wish, to_change
from services.classes import (
    UpcomingClass,
    check_open,
    new_reference,
    note_change,
    own_lesson,
)
from services.news import TOLD, tell_of_gap
from services.office import Office
from services.people import Teacher
from services.settling import call_off, settle
from storage import courses, meetings, planning, posts
from storage.courses import Course, Lesson
from storage.database import Transaction


@dataclass(frozen=True, slots=True)
class MayCancel:
    """A class that is about to be cancelled; `ahead` counts the lessons of its series."""

    lesson: UpcomingClass
    ahead: int


async def may_cancel(office: Office, teacher: Teacher, lesson_id: int) -> MayCancel:
    """Raises Outdated once it has begun or is off."""
    async with office.database.reading() as tx:
        lesson, course = await own_lesson(tx, teacher, lesson_id)
        check_open(lesson)
        ahead = len(await _ahead(tx, course)) if course.teacher_id == teacher.person_id else 1
    upcoming = UpcomingClass(lesson.id, course.topic or "", lesson.planned, course.zone)
    return MayCancel(upcoming, ahead)


async def cancel(office: Office, teacher: Teacher, lesson_id: int, *, for_all: bool) -> None:
    """Call a lesson off, or all that are ahead with it: the groups are told at once.

    What is off already stays so.
    """
    async with office.database.writing() as tx:
        lesson, course = await own_lesson(tx, teacher, lesson_id)
        if lesson.state is LessonState.CANCELLED:
            return
        check_open(lesson)
        lessons = [lesson]
        if for_all:
            _check_owns(course, teacher)
            lessons = list({one.id: one for one in [lesson, *await _ahead(tx, course)]}.values())
            await planning.end_course(tx, course.id)
        await _call_off(tx, course, lessons)
    await _settle(office, lessons)


async def discard(office: Office, teacher: Teacher, lesson_id: int) -> None:
    """A class that Zoom does not have yet is not made, nor what would be made together with it.

    Raises Outdated once it is made: then it can be cancelled.
    """
    async with office.database.writing() as tx:
        lesson, course = await own_lesson(tx, teacher, lesson_id)
        if lesson.state is LessonState.CANCELLED:
            return
        if lesson.state is not LessonState.CREATING:
            raise Outdated("This class is made by now. Its card has a button that cancels it.")
        together = await courses.lessons_in_meeting(tx, lesson.meeting_row)
        lessons = [one for one in together if one.is_open]
        await _call_off(tx, course, lessons)
        if not await _ahead(tx, course):
            await planning.end_course(tx, course.id)
    await _settle(office, lessons)


async def to_skip(
    office: Office, teacher: Teacher, lesson_id: int, first: date, last: date
) -> tuple[UpcomingClass, ...]:
    """The lessons of a course on these days; raises NotUnderstood where there are none."""
    async with office.database.reading() as tx:
        _, course = await own_lesson(tx, teacher, lesson_id)
        lessons = await _on_days(tx, course, first, last)
    return tuple(
        UpcomingClass(one.id, course.topic or "", one.planned, course.zone) for one in lessons
    )


async def skip(office: Office, wish: Wish, first: date, last: date) -> None:
    """Call off the lessons of a course on these days, such as a holiday.

    Raises NotUnderstood where there are none.
    """
    async with office.database.writing() as tx:
        _, course = await to_change(tx, replace(wish, for_all=True))
        lessons = await _on_days(tx, course, first, last)
        await _call_off(tx, course, lessons)
        await tell_of_gap(tx, lessons)
    await _settle(office, lessons)


async def undo(office: Office, teacher: Teacher, lesson_id: int) -> None:
    """Take a cancellation back, with all that were called off by it; the groups are told.

    What Zoom has deleted cannot come back: then a new meeting is made, with a new link.
    """
    async with office.database.writing() as tx:
        lesson, course = await own_lesson(tx, teacher, lesson_id)
        if lesson.state is not LessonState.CANCELLED:
            return
        if lesson.planned.starts_at <= tx.now:
            raise Outdated("The time of this class has passed. Type /newclass for a new one.")
        lessons = [
            one
            for one in await courses.lessons_of_course(tx, course.id)
            if one.state is LessonState.CANCELLED
            and one.cancelled_at == lesson.cancelled_at
            and one.planned.starts_at > tx.now
        ]
        rows = await _bring_back(tx, course, lessons)
        await planning.go_on_with(tx, course.id)
        await note_change(tx, course.id)
    office.bell.posts.ring()
    for row in sorted(rows):
        await settle(office, row)


async def make_again(office: Office, teacher: Teacher, lesson_id: int) -> None:
    """A class that was deleted inside Zoom is made anew there, with all that went with it."""
    async with office.database.writing() as tx:
        lesson, course = await own_lesson(tx, teacher, lesson_id)
        check_open(lesson)
        if lesson.gone_at is None:
            return
        lessons = [
            one
            for one in await courses.lessons_of_course(tx, course.id)
            if one.is_open and one.gone_at is not None and one.planned.starts_at > tx.now
        ]
        rows = await _hold_anew(tx, course, lessons or [lesson])
        await note_change(tx, course.id)
    office.bell.posts.ring()
    for row in sorted(rows):
        await settle(office, row)


async def hold_in_new_meeting(
    tx: Transaction, course: Course, lessons: Sequence[Lesson], teacher_id: int | None = None
) -> int:
    """Within a transaction: the lessons get a meeting of their own, still to be made; its row."""
    host_id = teacher_id or lessons[0].teacher_id
    is_series = len(lessons) > 1 and course.repeat is not None
    row = await meetings.add_meeting(tx, course.id, host_id, new_reference(), is_series=is_series)
    ids = [one.id for one in lessons]
    await planning.hold_in(tx, ids, row, state=LessonState.CREATING, teacher_id=teacher_id)
    for one in lessons:
        await posts.bump(tx, one.id, (PostKind.CARD, PostKind.ANSWER, PostKind.GONE, *TOLD))
    return row


async def _bring_back(tx: Transaction, course: Course, lessons: Sequence[Lesson]) -> set[int]:
    """The meetings that are to be settled then."""
    rows: set[int] = set()
    lost: list[Lesson] = []
    for one in lessons:
        if await _is_still_at_zoom(tx, one):
            meeting = await meetings.get_meeting(tx, one.meeting_row)
            state = LessonState.SCHEDULED if meeting.is_confirmed else LessonState.CREATING
            await planning.hold_in(tx, [one.id], one.meeting_row, state=state)
            rows.add(one.meeting_row)
        else:
            lost.append(one)
    rows |= await _hold_anew(tx, course, lost)
    for one in lessons:
        await posts.bump(tx, one.id, (PostKind.CARD, PostKind.ANSWER, *TOLD))
        for chat_id in await posts.chats_showing(tx, one.id, PostKind.CANCELLED):
            await posts.send_anew(tx, PostKind.BACK, one.id, chat_id)
        for chat_id in await posts.chats_showing(tx, one.id, PostKind.SKIPPED):
            await posts.send_anew(tx, PostKind.SKIPPED, one.id, chat_id)
    return rows


async def _hold_anew(tx: Transaction, course: Course, lessons: Sequence[Lesson]) -> set[int]:
    """Each teacher's lessons get a meeting on that teacher's account; the meetings' rows."""
    teachers = {one.teacher_id for one in lessons}
    return {
        await hold_in_new_meeting(tx, course, [one for one in lessons if one.teacher_id == who])
        for who in teachers
    }


async def _is_still_at_zoom(tx: Transaction, lesson: Lesson) -> bool:
    """Zoom was not told yet, and nobody is telling it just now."""
    meeting = await meetings.get_meeting(tx, lesson.meeting_row)
    if meeting.is_confirmed and not await meetings.has_date(tx, lesson.id, meeting.id):
        return False
    return await meetings.take_back(tx, meeting.id)


async def _call_off(tx: Transaction, course: Course, lessons: Sequence[Lesson]) -> None:
    await call_off(tx, lessons)
    await note_change(tx, course.id)


async def _on_days(tx: Transaction, course: Course, first: date, last: date) -> list[Lesson]:
    days = Period(first, last, course.zone)
    lessons = [one for one in await _ahead(tx, course) if one.planned.starts_at in days]
    if not lessons:
        raise NotUnderstood(
            "There are no classes of this series from {first} to {last}.",
            first=first,
            last=last,
        )
    return lessons


async def _ahead(tx: Transaction, course: Course) -> list[Lesson]:
    return [
        one
        for one in await courses.lessons_of_course(tx, course.id)
        if one.is_open and one.planned.starts_at > tx.now
    ]


async def _settle(office: Office, lessons: Sequence[Lesson]) -> None:
    office.bell.posts.ring()
    for row in sorted({one.meeting_row for one in lessons}):
        await settle(office, row)


def _check_owns(course: Course, teacher: Teacher) -> None:
    if course.teacher_id != teacher.person_id:
        raise NotAllowed("Only the teacher of the whole series can change all of its classes.")
