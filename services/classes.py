"""A teacher's classes: making one, starting it, and where its card stands."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from school.errors import NotAllowed, NotConnected, Outdated, Reconnect, SchoolError
from school.model import LessonState, Planned, PostKind
from school.recurrence import MOST_DATES_AT_ZOOM, Repeat, after
from school.schedule import clashes
from services.daily_limit import check_own_room
from services.office import Office
from services.people import Teacher, check_still_teaches
from services.settling import settle
from services.zoom_access import client_for, translate
from storage import (
    chats,
    courses,
    forms,
    meetings,
    planning,
    post_states,
    posts,
    timetables,
    zoom_accounts,
)
from storage.change_forms import CHANGE
from storage.courses import Course, Lesson
from storage.database import Transaction
from storage.planning import NewCourse
from storage.readable import readable_code
from zoom.errors import NotFound, ZoomError

_USUALLY_MADE_WITHIN = timedelta(seconds=1)  # so that "being created" is seldom to be seen
_REFERENCE_LENGTH = 10
_LOOKS_AT_THE_CARD = 40
_BETWEEN_LOOKS_S = 0.05


@dataclass(frozen=True, slots=True)
class ClassOrder:
    """A class as its teacher wants it: everything is known, the groups are the teacher's.

    With `repeat` it is a series whose first lesson is `planned`.
    """

    topic: str
    planned: Planned
    chat_ids: tuple[int, ...]
    request_key: str
    repeat: Repeat | None = None
    draft_id: int | None = None
    answer_message_id: int | None = None


@dataclass(frozen=True, slots=True)
class UpcomingClass:
    """A class that is ahead or on, for its teacher; `zone` is the one that it was planned in."""

    lesson_id: int
    topic: str
    planned: Planned
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class HostLink:
    """Opens Zoom as the host; valid for two hours, to be shown to the host alone."""

    topic: str
    url: str = field(repr=False)


class OldCard(Outdated):
    """A button of a card that shows an earlier state of the class."""

    def __init__(self) -> None:
        super().__init__("This class was changed meanwhile. Here it is as it is now.")


async def check_connected(office: Office, teacher: Teacher) -> None:
    """Raises NotConnected or Reconnect where Zoom would not let the teacher in."""
    async with office.database.reading() as tx:
        account = await zoom_accounts.find_account(tx, teacher.person_id)
    if account is None:
        raise NotConnected("Connect your Zoom account first; then type the class again.")
    if account.is_broken:
        raise Reconnect(
            "Zoom no longer lets me in as {email}. Connect again; then type the class again.",
            email=account.email,
        )


async def clashing(
    office: Office, teacher: Teacher, *planned: Planned
) -> tuple[UpcomingClass, ...]:
    """The teacher's other classes that overlap with any of `planned`, soonest first."""
    async with office.database.reading() as tx:
        around = await timetables.lessons_of_teacher(
            tx,
            teacher.person_id,
            since=min(one.starts_at for one in planned),
            until=max(one.ends_at for one in planned),
        )
    others = [_upcoming(lesson, course) for lesson, course in around]
    overlapping = {found.lesson_id for one in planned for found in clashes(one, others)}
    return tuple(one for one in others if one.lesson_id in overlapping)


async def create_class(office: Office, teacher: Teacher, order: ClassOrder) -> int | None:
    """Make the class and have it announced; its lesson's id.

    The class is written down before Zoom is asked, so that it is made exactly once: the same
    request again gives the same class, and what a crash or a silent Zoom left is settled later.
    None if the form was already used by a request that is gone. Raises TooManyToday.
    """
    async with office.database.writing() as tx:
        known = await courses.course_of_request(tx, order.request_key)
        if known is not None:
            return (await courses.lessons_of_course(tx, known.id))[0].id
        await check_still_teaches(tx, teacher)
        await check_own_room(tx, teacher)
        if order.draft_id is not None and not await forms.forget(tx, order.draft_id):
            return None
        meeting_row, lesson_id = await _write_down(tx, teacher, order)
    await settle(office, meeting_row)
    return lesson_id


async def _write_down(tx: Transaction, teacher: Teacher, order: ClassOrder) -> tuple[int, int]:
    for chat_id in order.chat_ids:
        if not await chats.may_post(tx, chat_id, teacher.person_id):
            raise NotAllowed("One of these groups is no longer yours. Type /groups to see them.")
    planned = first_batch(order.planned, order.repeat, teacher.zone)
    is_series = len(planned) > 1
    course_id = await planning.add_course(
        tx,
        NewCourse(
            teacher_id=teacher.person_id,
            request_key=order.request_key,
            topic=order.topic,
            zone=teacher.zone,
            chat_ids=order.chat_ids,
            repeat=order.repeat.to_text() if order.repeat and is_series else None,
            anchor_at=order.planned.starts_at if is_series else None,
        ),
    )
    meeting_row = await meetings.add_meeting(
        tx, course_id, teacher.person_id, new_reference(), is_series=is_series
    )
    lesson_ids = await planning.add_lessons(
        tx, course_id, meeting_row, teacher.person_id, planned, is_series=is_series
    )
    await chats.remember_chat(tx, teacher.telegram_user_id, "private")
    await posts.want(
        tx,
        PostKind.ANSWER,
        lesson_ids[0],
        teacher.telegram_user_id,
        message_id=order.answer_message_id,
        pause=_USUALLY_MADE_WITHIN,
    )
    return meeting_row, lesson_ids[0]


async def try_again(office: Office, teacher: Teacher, lesson_id: int) -> None:
    """The teacher does not want to wait for the next try at Zoom."""
    async with office.database.writing() as tx:
        lesson, _ = await own_lesson(tx, teacher, lesson_id)
        await meetings.wake_meeting(tx, lesson.meeting_row)
        await posts.bump(tx, lesson.id, (PostKind.ANSWER,))
    await settle(office, lesson.meeting_row)


async def host_link(office: Office, teacher: Teacher, lesson_id: int) -> HostLink:
    """A fresh link that opens the class as its host, any time before and during it."""
    async with office.database.reading() as tx:
        lesson, course = await own_lesson(tx, teacher, lesson_id)
        meeting = await meetings.get_meeting(tx, lesson.meeting_row)
    if lesson.teacher_id != teacher.person_id:
        raise NotAllowed("Only the teacher who gives this class can start it.")
    if lesson.state is LessonState.CANCELLED:
        raise Outdated("This class is cancelled. Type /newclass for a new one.")
    if lesson.state is LessonState.ENDED:
        raise Outdated("This class is over. Type /newclass for a new one.")
    if meeting.meeting_id is None:
        raise SchoolError("Zoom is still making this class. Press Start again in a minute.")
    zoom = await client_for(office, teacher.person_id)
    try:
        url = await zoom.start_url(meeting.meeting_id)
    except NotFound:
        raise SchoolError(
            "This class was deleted in Zoom. Cancel it here and make a new one with /newclass."
        ) from None
    except ZoomError as error:
        raise translate(error) from error
    return HostLink(course.topic or "", url)


async def show_again(office: Office, teacher: Teacher, lesson_id: int) -> None:
    """Have the class's card, with its buttons, sent anew to its teacher."""
    async with office.database.writing() as tx:
        await own_lesson(tx, teacher, lesson_id)
        await posts.send_anew(tx, PostKind.ANSWER, lesson_id, teacher.telegram_user_id)
    office.bell.posts.ring()


async def redraw(
    office: Office, teacher: Teacher, lesson_id: int, message_id: int | None = None
) -> None:
    """Have the class's card drawn again: in that message to its teacher, or where it stands."""
    async with office.database.writing() as tx:
        await own_lesson(tx, teacher, lesson_id)
        await _draw_card(tx, teacher, lesson_id, message_id)
    office.bell.posts.ring()


async def close_form(tx: Transaction, teacher: Teacher, draft_id: int) -> None:
    """Within a transaction: the form for a change is done with; the card takes its place again."""
    draft = await forms.find(tx, CHANGE, draft_id)
    if draft is None or draft.person_id != teacher.person_id:
        return
    await forms.forget(tx, draft_id)
    await _draw_card(tx, teacher, draft.said.lesson_id, draft.message_id)


async def _draw_card(
    tx: Transaction, teacher: Teacher, lesson_id: int, message_id: int | None
) -> None:
    if message_id is None:
        await posts.bump(tx, lesson_id, (PostKind.ANSWER,))
        return
    chat_id = teacher.telegram_user_id
    await chats.remember_chat(tx, chat_id, "private")
    others = await post_states.kinds_in(tx, chat_id, message_id) - {PostKind.ANSWER}
    if not others:
        await posts.show_in(tx, PostKind.ANSWER, lesson_id, chat_id, message_id)
        return
    # Two that share a message would overwrite each other: each says in its own how it is now.
    await posts.want(tx, PostKind.ANSWER, lesson_id, chat_id)
    await posts.bump(tx, lesson_id, (PostKind.ANSWER, *others))


async def note_change(tx: Transaction, course_id: int) -> None:
    """Within a transaction: a person has changed the course; its cards get buttons that know it."""
    await planning.count_change(tx, course_id)
    await posts.bump_of_course(tx, course_id, (PostKind.ANSWER, PostKind.GONE))


async def until_card_stands(office: Office, teacher: Teacher, message_id: int | None) -> None:
    """Wait, not for long, until nobody draws in that message: what is put there next is to stay."""
    if message_id is None:
        return
    for _ in range(_LOOKS_AT_THE_CARD):
        async with office.database.reading() as tx:
            chat_id = teacher.telegram_user_id
            if not await post_states.is_about_to_change(
                tx, chat_id, message_id, _USUALLY_MADE_WITHIN
            ):
                return
        await asyncio.sleep(_BETWEEN_LOOKS_S)


async def own_lesson(tx: Transaction, teacher: Teacher, lesson_id: int) -> tuple[Lesson, Course]:
    """A lesson that the teacher gives, or whose course is theirs; raises Outdated, NotAllowed."""
    await check_still_teaches(tx, teacher)
    lesson = await courses.find_lesson(tx, lesson_id)
    if lesson is None:
        raise Outdated("This class is no longer there. Type /classes to see yours.")
    course = await courses.get_course(tx, lesson.course_id)
    if teacher.person_id not in {lesson.teacher_id, course.teacher_id}:
        raise NotAllowed("Only the teacher of this class can do this.")
    return lesson, course


def check_seen(course: Course, seen: int | None) -> None:
    """Raises OldCard unless the course is as at the version `seen`; None: whatever it is."""
    if seen is not None and seen != course.version:
        raise OldCard


def check_open(lesson: Lesson) -> None:
    """Raises Outdated once a lesson has begun or is off."""
    if lesson.state is LessonState.CANCELLED:
        raise Outdated("This class is already cancelled.")
    if not lesson.is_open:
        raise Outdated("This class has already begun or is over, so it cannot be changed.")


def new_reference() -> str:
    """What a meeting is found again by."""
    return readable_code(_REFERENCE_LENGTH)


def first_batch(first: Planned, repeat: Repeat | None, zone: ZoneInfo) -> tuple[Planned, ...]:
    """The lessons that are planned when a class is made; Zoom takes no more than 60 at once."""
    if repeat is None:
        return (first,)
    just_before = first.starts_at - timedelta(microseconds=1)
    dates = after(repeat, first.starts_at, zone, just_before, MOST_DATES_AT_ZOOM)
    return tuple(Planned(at, first.length) for at in dates)


def _upcoming(lesson: Lesson, course: Course) -> UpcomingClass:
    return UpcomingClass(lesson.id, course.topic or "", lesson.planned, course.zone)
