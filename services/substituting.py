"""Giving a lesson to another teacher: the meeting is made anew on their account."""

from collections.abc import Sequence
from dataclasses import dataclass

from school.errors import NotAllowed
from school.model import LessonState, PostKind
from services import overlapping
from services.changing import Wish, to_change
from services.classes import check_open, note_change, own_lesson
from services.daily_limit import TooManyForAnother, has_room
from services.holding import back_where_it_was, hold_in_new_meeting
from services.office import Office
from services.overlapping import Overlaps
from services.people import Teacher
from services.settling import settle
from storage import courses, meetings, people, post_states, posts, zoom_accounts
from storage.courses import Course, Lesson
from storage.database import Transaction
from storage.people import Person


@dataclass(frozen=True, slots=True)
class Substitute:
    """A teacher who can take a lesson over: their Zoom account is connected."""

    person_id: int
    name: str


async def substitutes(office: Office, teacher: Teacher, lesson_id: int) -> tuple[Substitute, ...]:
    """Everybody who could give the lesson instead of whoever gives it now, by name."""
    async with office.database.reading() as tx:
        lesson, _ = await own_lesson(tx, teacher, lesson_id)
        check_open(lesson)
        connected = await zoom_accounts.connected_teachers(tx)
        others = [await people.get_person(tx, one) for one in connected if one != lesson.teacher_id]
    named = [Substitute(one.id, one.name) for one in others if one.is_teacher]
    return tuple(sorted(named, key=lambda one: one.name))


async def overlaps_of(
    office: Office, teacher: Teacher, lesson_id: int, to_person_id: int
) -> Overlaps:
    """The other teacher's own classes at the time of the lesson."""
    async with office.database.reading() as tx:
        lesson, course = await own_lesson(tx, teacher, lesson_id)
        return await overlapping.of_teacher(tx, teacher, course, to_person_id, [lesson.planned])


async def hand_over(office: Office, wish: Wish, to_person_id: int) -> str:
    """The lesson is given by another connected teacher; their name.

    Its meeting is made anew on that account; when it exists, the cards follow and the old date is
    taken out of Zoom. The course's own teacher can take the lesson back the same way.
    """
    async with office.database.writing() as tx:
        lesson, course = await to_change(tx, wish)
        person = await people.get_person(tx, to_person_id)
        if lesson.teacher_id == to_person_id:
            return person.name
        await _check_may_teach(tx, person)
        row = await hand_within(tx, course, lesson, to_person_id)
        if lesson.meeting_row != row:
            await _let_go(tx, lesson.meeting_row)
    office.bell.posts.ring()
    await settle(office, row)
    await settle(office, lesson.meeting_row)
    return person.name


async def hand_within(tx: Transaction, course: Course, lesson: Lesson, to_person_id: int) -> int:
    """Within a transaction: that teacher gives the lesson, and gets its card.

    The row of the meeting that it is held in then; it may be still to be made.
    """
    former_row = await back_where_it_was(tx, lesson, to_person_id)
    row = former_row or await hold_in_new_meeting(tx, course, [lesson], to_person_id)
    await _tell_students(tx, lesson, is_back=former_row is not None)
    await note_change(tx, course.id)
    now = await courses.find_lesson(tx, lesson.id)
    assert now is not None, "it was just changed"
    await posts.want_for_teacher(tx, PostKind.ANSWER, now)
    return row


async def give_back(tx: Transaction, lessons: Sequence[tuple[Lesson, Course]]) -> None:
    """Within a transaction: each is held on its own teacher's account again.

    The meetings that are not needed any more go.
    """
    for lesson, course in lessons:
        await hand_within(tx, course, lesson, course.teacher_id)
    for meeting_row in {lesson.meeting_row for lesson, _ in lessons}:
        await meetings.discard_if_idle(tx, meeting_row)


async def _check_may_teach(tx: Transaction, person: Person) -> None:
    account = await zoom_accounts.find_account(tx, person.id)
    if not person.is_teacher or account is None or account.is_broken:
        raise NotAllowed(
            "This teacher's Zoom account is not connected now. Choose somebody else, "
            "or ask them to type /connect."
        )
    if not await has_room(tx, person.id):
        raise TooManyForAnother(person.name)


async def _tell_students(tx: Transaction, lesson: Lesson, *, is_back: bool) -> None:
    """By a fresh message, once the link is there; not of what is taken back before they knew.

    `lesson` is as it was before.
    """
    for chat_id in await post_states.chats_showing(tx, lesson.id, PostKind.CARD):
        if is_back and lesson.state is LessonState.CREATING:
            await posts.forget_unsent(tx, PostKind.HANDED, lesson.id, chat_id)
        else:
            await posts.send_anew(tx, PostKind.HANDED, lesson.id, chat_id)


async def _let_go(tx: Transaction, meeting_row: int) -> None:
    """A meeting that was not made yet is not made any more; one that exists, waits for the new."""
    meeting = await meetings.get_meeting(tx, meeting_row)
    if not meeting.is_confirmed:
        await meetings.discard_if_idle(tx, meeting_row)
