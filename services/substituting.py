"""Giving a lesson to another teacher: the meeting is made anew on their account."""

from dataclasses import dataclass

from school.errors import NotAllowed
from school.model import LessonState, PostKind
from services.cancelling import hold_in_new_meeting
from services.changing import Wish, to_change
from services.classes import check_open, note_change, own_lesson
from services.news import TOLD
from services.office import Office
from services.people import Teacher
from services.settling import settle
from storage import courses, meetings, people, planning, posts, zoom_accounts
from storage.courses import Lesson
from storage.database import Transaction


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
        await _check_may_teach(tx, to_person_id)
        former_row = await _back_in_its_series(tx, lesson, to_person_id)
        row = former_row or await hold_in_new_meeting(tx, course, [lesson], to_person_id)
        await _tell_students(tx, lesson, is_back=former_row is not None)
        await note_change(tx, course.id)
        now = await courses.find_lesson(tx, lesson.id)
        assert now is not None, "it was just changed"
        await posts.want_for_teacher(tx, PostKind.ANSWER, now)
        if lesson.meeting_row != row:
            await _let_go(tx, lesson.meeting_row)
    office.bell.posts.ring()
    await settle(office, row)
    await settle(office, lesson.meeting_row)
    return person.name


async def _check_may_teach(tx: Transaction, person_id: int) -> None:
    person = await people.get_person(tx, person_id)
    account = await zoom_accounts.find_account(tx, person_id)
    if not person.is_teacher or account is None or account.is_broken:
        raise NotAllowed(
            "This teacher's Zoom account is not connected now. Choose somebody else, "
            "or ask them to type /connect."
        )


async def _back_in_its_series(tx: Transaction, lesson: Lesson, person_id: int) -> int | None:
    """Where the date that it had on that account is still at Zoom, it is held there again."""
    for row in await meetings.meetings_with_dates_of(tx, [lesson.id]):
        meeting = await meetings.get_meeting(tx, row)
        if meeting.host_id == person_id and await meetings.take_back(tx, row):
            await planning.hold_in(
                tx, [lesson.id], row, state=LessonState.SCHEDULED, teacher_id=person_id
            )
            await posts.bump(tx, lesson.id, (PostKind.CARD, PostKind.ANSWER, *TOLD))
            return row
    return None


async def _tell_students(tx: Transaction, lesson: Lesson, *, is_back: bool) -> None:
    """By a fresh message, once the link is there; not of what is taken back before they knew.

    `lesson` is as it was before.
    """
    for chat_id in await posts.chats_showing(tx, lesson.id, PostKind.CARD):
        if is_back and lesson.state is LessonState.CREATING:
            await posts.forget_unsent(tx, PostKind.HANDED, lesson.id, chat_id)
        else:
            await posts.send_anew(tx, PostKind.HANDED, lesson.id, chat_id)


async def _let_go(tx: Transaction, meeting_row: int) -> None:
    """A meeting that was not made yet is not made any more; one that exists, waits for the new."""
    meeting = await meetings.get_meeting(tx, meeting_row)
    if not meeting.is_confirmed:
        await meetings.discard_if_idle(tx, meeting_row)
