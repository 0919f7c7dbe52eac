"""Calling classes off, and taking that back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from school.errors import NotAllowed, NotUnderstood, Outdated
from school.model import LessonState, PostKind
from school.periods import Period
from school.recurrence import Repeat, after
from services.changing import Wish, to_change
from services.classes import (
    UpcomingClass,
    check_open,
    check_seen,
    note_change,
    own_lesson,
)
from services.holding import back_where_it_was, hold_anew
from services.news import TOLD, tell_of_gap
from services.office import Office
from services.people import Teacher
from services.settling import call_off, settle
from storage import courses, meetings, planning, post_states, posts
from storage.courses import Course, Lesson
from storage.database import Transaction


@dataclass(frozen=True, slots=True)
class MayCancel:
    """A class that is about to be cancelled; `ahead` counts the lessons of its series.

    `version` is the course's, as it is seen now.
    """

    lesson: UpcomingClass
    ahead: int
    version: int


async def may_cancel(
    office: Office, teacher: Teacher, lesson_id: int, seen: int | None = None
) -> MayCancel:
    """Raises Outdated once it has begun or is off, OldCard where it was changed since `seen`."""
    async with office.database.reading() as tx:
        lesson, course = await own_lesson(tx, teacher, lesson_id)
        check_open(lesson)
        check_seen(course, seen)
        ahead = len(await _ahead(tx, course)) if _owns(course, teacher) else 1
    upcoming = UpcomingClass(lesson.id, course.topic or "", lesson.planned, course.zone)
    return MayCancel(upcoming, ahead, course.version)


async def cancel(
    office: Office, teacher: Teacher, lesson_id: int, *, for_all: bool, seen: int | None = None
) -> None:
    """Call a lesson off, or all that are ahead with it: the groups are told at once.

    What is off already stays so. Raises OldCard where the course was changed since `seen`.
    """
    async with office.database.writing() as tx:
        lesson, course = await own_lesson(tx, teacher, lesson_id)
        if lesson.state is LessonState.CANCELLED:
            return
        check_open(lesson)
        check_seen(course, seen)
        lessons = [lesson]
        if for_all:
            _check_owns(course, teacher)
            lessons = list({one.id: one for one in [lesson, *await _ahead(tx, course)]}.values())
            await planning.end_course(tx, course.id)
        await _call_off(tx, course, lessons)
    await _settle(office, lessons)


async def discard(
    office: Office, teacher: Teacher, lesson_id: int, seen: int | None = None
) -> None:
    """A class that Zoom does not have yet is not made, nor what would be made together with it.

    One that is only to be made anew is held where it was. Raises Outdated once it is made: then
    it can be cancelled; OldCard where it was changed since `seen`.
    """
    async with office.database.writing() as tx:
        lesson, course = await own_lesson(tx, teacher, lesson_id)
        if lesson.state is LessonState.CANCELLED:
            return
        if lesson.state is not LessonState.CREATING:
            raise Outdated("This class is made by now. Its card has a button that cancels it.")
        check_seen(course, seen)
        lessons = await _made_together(tx, lesson)
        if await back_where_it_was(tx, lesson) is not None:
            await meetings.discard_if_idle(tx, lesson.meeting_row)
            await note_change(tx, course.id)
        else:
            await _call_off(tx, course, lessons)
        if not await _ahead(tx, course):
            await planning.end_course(tx, course.id)
    await _settle(office, lessons)


async def _made_together(tx: Transaction, lesson: Lesson) -> list[Lesson]:
    """All lessons of a new series; of one that goes on in another meeting, only this one."""
    if len(await meetings.meetings_of_course(tx, lesson.course_id)) > 1:
        return [lesson]
    together = await courses.lessons_in_meeting(tx, lesson.meeting_row)
    return [one for one in together if one.is_open]


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

    Whoever only gives this one lesson takes back no more than that.

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
            for one in await _affected(tx, teacher, lesson, course)
            if one.state is LessonState.CANCELLED
            and one.cancelled_at == lesson.cancelled_at
            and one.planned.starts_at > tx.now
        ]
        rows = await _bring_back(tx, course, lessons)
        if _owns(course, teacher) and course.ended_at == lesson.cancelled_at:
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
            for one in await _affected(tx, teacher, lesson, course)
            if one.is_open and one.gone_at is not None and one.planned.starts_at > tx.now
        ]
        rows = await hold_anew(tx, course, lessons or [lesson])
        await note_change(tx, course.id)
    office.bell.posts.ring()
    for row in sorted(rows):
        await settle(office, row)


async def _affected(
    tx: Transaction, teacher: Teacher, lesson: Lesson, course: Course
) -> Sequence[Lesson]:
    """What a teacher decides about together: a substitute about the one lesson alone."""
    return await courses.lessons_of_course(tx, course.id) if _owns(course, teacher) else [lesson]


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
    rows |= await hold_anew(tx, course, lost)
    for one in lessons:
        await posts.bump(tx, one.id, (PostKind.CARD, PostKind.ANSWER, *TOLD))
        for chat_id in await post_states.chats_showing(tx, one.id, PostKind.CANCELLED):
            await posts.send_anew(tx, PostKind.BACK, one.id, chat_id)
        for chat_id in await post_states.chats_showing(tx, one.id, PostKind.SKIPPED):
            await posts.send_anew(tx, PostKind.SKIPPED, one.id, chat_id)
    return rows


async def _is_still_at_zoom(tx: Transaction, lesson: Lesson) -> bool:
    """Zoom was not told yet, as far as is known, and nobody is telling it just now.

    Where it is not known what Zoom has, it is looked at next.
    """
    meeting = await meetings.get_meeting(tx, lesson.meeting_row)
    is_known = bool(await meetings.dates_of(tx, meeting.id))
    if is_known and not await meetings.has_date(tx, lesson.id, meeting.id):
        return False
    return await meetings.take_back(tx, meeting.id)


async def _call_off(tx: Transaction, course: Course, lessons: Sequence[Lesson]) -> None:
    await call_off(tx, lessons)
    await note_change(tx, course.id)


async def _on_days(tx: Transaction, course: Course, first: date, last: date) -> list[Lesson]:
    await _check_is_planned(tx, course, last)
    days = Period(first, last, course.zone)
    lessons = [one for one in await _ahead(tx, course) if one.planned.starts_at in days]
    if not lessons:
        raise NotUnderstood(
            "There are no classes of this series from {first} to {last}.",
            first=first,
            last=last,
        )
    return lessons


async def _check_is_planned(tx: Transaction, course: Course, last: date) -> None:
    """Lessons that are added later know nothing of a holiday that was skipped before."""
    planned = await courses.lessons_of_course(tx, course.id)
    until = max(one.planned.starts_at for one in planned).astimezone(course.zone).date()
    if course.repeat is not None and last > until and not course.has_ended:
        repeat, anchor_at = Repeat.from_text(course.repeat), course.anchor_at or planned[0].slot_at
        slots = [one.slot_at for one in planned if one.slot_at]
        if anchor_at and slots and after(repeat, anchor_at, course.zone, max(slots), 1):
            raise NotUnderstood(
                "This series is planned until {day} so far. Skip days up to then, and later ones "
                "when they are planned.",
                day=until,
            )


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


def _owns(course: Course, teacher: Teacher) -> bool:
    return course.teacher_id == teacher.person_id


def _check_owns(course: Course, teacher: Teacher) -> None:
    if not _owns(course, teacher):
        raise NotAllowed("Only the teacher of the whole series can change all of its classes.")
