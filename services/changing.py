"""Changing a class that is ahead: its time, length and topic; one lesson or the series.

A change is written down here first, with every chat that is to see it; Zoom is told after that,
and again by the reconciler where it does not answer.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from school.errors import NotAllowed, Outdated, ZoomUnavailable
from school.model import Planned, PostKind
from school.recurrence import Repeat
from school.schedule import check_future
from services import overlapping
from services.classes import check_open, close_form, note_change, own_lesson
from services.news import TOLD
from services.office import Office
from services.overlapping import Overlaps
from services.people import Teacher
from services.series_moves import moved_series
from services.settling import settle
from storage import courses, meetings, planning, post_states, posts
from storage.chats import Chat
from storage.courses import Course, Lesson
from storage.database import Transaction

_USUALLY_SETTLED_WITHIN = timedelta(seconds=1)  # so that "being changed" is seldom to be seen


@dataclass(frozen=True, slots=True)
class ClassDetails:
    """A lesson as somebody is about to change it; `version` is the state they look at.

    `repeat` is None unless more lessons of its series are ahead. `groups` are where its course is
    announced.
    """

    lesson_id: int
    course_id: int
    version: int
    topic: str
    planned: Planned
    zone: ZoneInfo
    repeat: Repeat | None
    groups: tuple[Chat, ...]
    is_own_course: bool
    is_gone: bool


class ChangedMeanwhile(Outdated):
    """Somebody else changed the class since; `present` is how it is now."""

    def __init__(self, present: ClassDetails) -> None:
        super().__init__("Somebody changed this class meanwhile. Here it is as it is now.")
        self.present = present


@dataclass(frozen=True, slots=True)
class Wish:
    """Who wants a lesson changed, seen at which version; `for_all`: all that are ahead with it.

    `draft_id` is the form that asks for it: it ends when the change is made, in one with it.
    """

    teacher: Teacher
    lesson_id: int
    version: int
    for_all: bool = False
    draft_id: int | None = None


async def details(office: Office, teacher: Teacher, lesson_id: int) -> ClassDetails:
    """The lesson as it is now; raises Outdated once it has begun or is off."""
    async with office.database.reading() as tx:
        lesson, course = await own_lesson(tx, teacher, lesson_id)
        check_open(lesson)
        return await _details(tx, teacher, lesson, course)


async def check_move(office: Office, wish: Wish, to: datetime) -> Overlaps:
    """What speaks against a move: other classes that it overlaps with.

    Raises HasPassed, and NotUnderstood where another class of the series is then.
    """
    async with office.database.reading() as tx:
        lesson, course = await own_lesson(tx, wish.teacher, wish.lesson_id)
        check_open(lesson)
        check_future(to, now=tx.now, zone=course.zone)
        planned = await overlapping.moved(tx, course, lesson, to, for_all=wish.for_all)
        return await overlapping.with_other_classes(tx, wish.teacher, course, planned)


async def move(office: Office, wish: Wish, to: datetime) -> None:
    """The lesson begins then; with `for_all`, the whole series moves by as many days, to that time.

    Every copy of its card follows, and a fresh message tells the chats.
    """
    async with office.database.writing() as tx:
        lesson, course = await to_change(tx, wish)
        check_future(to, now=tx.now, zone=course.zone)
        await overlapping.moved(tx, course, lesson, to, for_all=wish.for_all)
        if wish.for_all:
            await _move_series(tx, course, lesson, to)
        else:
            await _plan(tx, lesson, Planned(to, lesson.planned.length))
        rows = await _count_and_wake(tx, course, wish)
    await _settle_all(office, rows)


async def set_length(office: Office, wish: Wish, length: timedelta) -> None:
    """The lesson, or with `for_all` every lesson ahead, lasts so long."""
    async with office.database.writing() as tx:
        lesson, course = await to_change(tx, wish)
        lessons = await courses.lessons_ahead(tx, course.id) if wish.for_all else [lesson]
        planned = {one: Planned(one.planned.starts_at, length) for one in lessons}
        await overlapping.check_lengths(tx, course, planned)
        for one, at in planned.items():
            await _plan(tx, one, at)
        rows = await _count_and_wake(tx, course, wish)
    await _settle_all(office, rows)


async def rename(office: Office, wish: Wish, topic: str) -> None:
    """The course is called that from now on."""
    async with office.database.writing() as tx:
        _, course = await to_change(tx, replace(wish, for_all=True))
        await planning.rename_course(tx, course.id, topic)
        for one in await courses.lessons_of_course(tx, course.id):
            await _show_change(tx, one.id)
        rows = await _count_and_wake(tx, course, replace(wish, for_all=True))
    await _settle_all(office, rows)


async def discard_change(office: Office, teacher: Teacher, lesson_id: int) -> None:
    """What Zoom could not be told yet is taken back: the class is again as Zoom has it.

    Whoever only gives this one lesson takes back no more than that. Raises ZoomUnavailable where
    it is not known what Zoom has.
    """
    async with office.database.writing() as tx:
        lesson, course = await own_lesson(tx, teacher, lesson_id)
        check_open(lesson)
        if not await meetings.dates_of(tx, lesson.meeting_row):
            raise ZoomUnavailable(
                "I do not know yet whether Zoom has made this change. Try again in a minute."
            )
        is_owner = course.teacher_id == teacher.person_id
        was_moved = await _series_at_zoom(tx, lesson.meeting_row) if is_owner else None
        if was_moved is not None:
            await _move_series(tx, course, *was_moved)
        for other, planned in await _at_zoom(tx, lesson.meeting_row):
            if is_owner or other.id == lesson.id:
                await _plan(tx, other, planned)
        if is_owner:
            await _take_topic_back(tx, course, lesson)
        whole = Wish(teacher, lesson_id, course.version, for_all=was_moved is not None)
        rows = await _count_and_wake(tx, course, whole)
    await _settle_all(office, rows)


async def send_again(office: Office, teacher: Teacher, lesson_id: int) -> None:
    """Try once more to show the card in the chats that did not take it."""
    async with office.database.writing() as tx:
        await own_lesson(tx, teacher, lesson_id)
        await posts.try_again(tx, lesson_id, PostKind.CARD)
        await posts.bump(tx, lesson_id, (PostKind.ANSWER,))
    office.bell.posts.ring()


# Within a transaction


async def to_change(tx: Transaction, wish: Wish) -> tuple[Lesson, Course]:
    """Within a transaction: what is to be changed; its form ends here.

    Raises NotAllowed, Outdated, and ChangedMeanwhile for a version that is no longer so.
    """
    lesson, course = await own_lesson(tx, wish.teacher, wish.lesson_id)
    check_open(lesson)
    if wish.for_all and course.teacher_id != wish.teacher.person_id:
        raise NotAllowed("Only the teacher of the whole series can change all of its classes.")
    if course.version != wish.version:
        raise ChangedMeanwhile(await _details(tx, wish.teacher, lesson, course))
    if wish.draft_id is not None:
        await close_form(tx, wish.teacher, wish.draft_id)
    return lesson, course


async def _details(
    tx: Transaction, teacher: Teacher, lesson: Lesson, course: Course
) -> ClassDetails:
    ahead = await courses.lessons_ahead(tx, course.id)
    return ClassDetails(
        lesson_id=lesson.id,
        course_id=course.id,
        version=course.version,
        topic=course.topic or "",
        planned=lesson.planned,
        zone=course.zone,
        repeat=Repeat.from_text(course.repeat) if course.repeat and len(ahead) > 1 else None,
        groups=await courses.chats_of_course(tx, course.id),
        is_own_course=course.teacher_id == teacher.person_id,
        is_gone=lesson.gone_at is not None,
    )


async def _plan(
    tx: Transaction, lesson: Lesson, planned: Planned, slot_at: datetime | None = None
) -> None:
    """Note it, and let every chat that has the card see it."""
    if planned == lesson.planned and slot_at in {None, lesson.slot_at}:
        return
    await planning.plan_lesson(tx, lesson, planned, slot_at=slot_at)
    await _show_change(tx, lesson.id)
    if planned.starts_at != lesson.planned.starts_at:
        for chat_id in await post_states.chats_showing(tx, lesson.id, PostKind.CARD):
            await posts.send_anew(tx, PostKind.MOVED, lesson.id, chat_id)


async def _show_change(tx: Transaction, lesson_id: int) -> None:
    """To the students at once; to the teacher when Zoom has it too, if that is soon."""
    await posts.bump(tx, lesson_id, (PostKind.CARD, *TOLD))
    await posts.bump(tx, lesson_id, (PostKind.ANSWER,), pause=_USUALLY_SETTLED_WITHIN)


async def _move_series(tx: Transaction, course: Course, chosen: Lesson, to: datetime) -> None:
    lessons = await courses.lessons_of_course(tx, course.id)
    moved = moved_series(course, chosen, lessons, to, tx.now)
    for lesson, starts_at in moved.lessons:
        planned = Planned(starts_at, lesson.planned.length)
        await _plan(tx, lesson, planned, starts_at if lesson.slot_at else None)
    for lesson_id, slot_at in moved.slots_off.items():
        await planning.set_slot(tx, lesson_id, slot_at)
    await planning.set_rule(tx, course.id, moved.rule, moved.anchor_at)


async def _take_topic_back(tx: Transaction, course: Course, lesson: Lesson) -> None:
    meeting = await meetings.get_meeting(tx, lesson.meeting_row)
    if meeting.topic is None or course.topic == meeting.topic:
        return
    await planning.rename_course(tx, course.id, meeting.topic)
    for one in await courses.lessons_of_course(tx, course.id):
        await _show_change(tx, one.id)


async def _at_zoom(tx: Transaction, meeting_row: int) -> list[tuple[Lesson, Planned]]:
    """The open lessons of a meeting, each with where Zoom has it."""
    return [
        (lesson, date.planned)
        for date in await meetings.dates_of(tx, meeting_row)
        if (lesson := await courses.find_lesson(tx, date.lesson_id or 0)) is not None
        and lesson.is_open
        and lesson.meeting_row == meeting_row
    ]


async def _series_at_zoom(tx: Transaction, meeting_row: int) -> tuple[Lesson, datetime] | None:
    """Where Zoom has not heard yet that the whole series was moved: a lesson, and its time there.

    Then Zoom has none of them where the rule has it now.
    """
    regular = [
        (lesson, there.starts_at)
        for lesson, there in await _at_zoom(tx, meeting_row)
        if lesson.slot_at == lesson.planned.starts_at
    ]
    if not regular or any(lesson.slot_at == there for lesson, there in regular):
        return None
    return regular[0]


async def _count_and_wake(tx: Transaction, course: Course, wish: Wish) -> set[int]:
    """The meetings that Zoom is to be told of."""
    await note_change(tx, course.id)
    lesson = await courses.find_lesson(tx, wish.lesson_id)
    assert lesson is not None, "it was just changed"
    rows = {lesson.meeting_row}
    if wish.for_all:
        rows |= {one.meeting_row for one in await courses.lessons_ahead(tx, course.id)}
    for row in rows:
        await meetings.wake_meeting(tx, row)
    return rows


async def _settle_all(office: Office, rows: set[int]) -> None:
    office.bell.posts.ring()
    for row in sorted(rows):
        await settle(office, row)
