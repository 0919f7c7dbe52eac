"""A teacher's classes: making one, calling it off, starting it, listing what is ahead."""

from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from school.errors import NotAllowed, NotConnected, Outdated, Reconnect, SchoolError
from school.model import LessonState, Planned, PostKind
from school.schedule import clashes
from services.office import Office
from services.people import Teacher
from services.settling import call_off, settle
from services.zoom_access import client_for, translate
from storage import chats, courses, drafts, posts, zoom_accounts
from storage.courses import Course, Lesson, NewCourse
from storage.database import Transaction
from storage.readable import readable_code
from zoom.errors import NotFound, ZoomError

_USUALLY_MADE_WITHIN = timedelta(seconds=1)  # so that "being created" is seldom to be seen
_REFERENCE_LENGTH = 10
_OPEN = (LessonState.CREATING, LessonState.SCHEDULED)


@dataclass(frozen=True, slots=True)
class ClassOrder:
    """A class as its teacher wants it: everything is known, the groups are the teacher's."""

    topic: str
    planned: Planned
    chat_ids: tuple[int, ...]
    request_key: str
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


async def clashing(office: Office, teacher: Teacher, planned: Planned) -> tuple[UpcomingClass, ...]:
    """The teacher's other classes that overlap with `planned`."""
    async with office.database.reading() as tx:
        around = await courses.lessons_of_teacher(
            tx, teacher.person_id, since=planned.starts_at, until=planned.ends_at
        )
    return tuple(clashes(planned, [_upcoming(lesson, course) for lesson, course in around]))


async def create_class(office: Office, teacher: Teacher, order: ClassOrder) -> int | None:
    """Make the class and have it announced; its lesson's id.

    The class is written down before Zoom is asked, so that it is made exactly once: the same
    request again gives the same class, and what a crash or a silent Zoom left is settled later.
    None if the form was already used by a request that is gone.
    """
    async with office.database.writing() as tx:
        known = await courses.course_of_request(tx, order.request_key)
        if known is not None:
            return (await courses.lessons_of_course(tx, known.id))[0].id
        if order.draft_id is not None and not await drafts.remove_draft(tx, order.draft_id):
            return None
        course_id, lesson_id = await _write_down(tx, teacher, order)
    await settle(office, course_id)
    return lesson_id


async def _write_down(tx: Transaction, teacher: Teacher, order: ClassOrder) -> tuple[int, int]:
    for chat_id in order.chat_ids:
        if not await chats.may_post(tx, chat_id, teacher.person_id):
            raise NotAllowed("One of these groups is no longer yours. Type /groups to see them.")
    course_id, lesson_id = await courses.add_course(
        tx,
        NewCourse(
            teacher_id=teacher.person_id,
            request_key=order.request_key,
            reference=readable_code(_REFERENCE_LENGTH),
            topic=order.topic,
            zone=teacher.zone,
            planned=order.planned,
            chat_ids=order.chat_ids,
        ),
    )
    await chats.remember_chat(tx, teacher.telegram_user_id, "private")
    await posts.want(
        tx,
        PostKind.ANSWER,
        lesson_id,
        teacher.telegram_user_id,
        message_id=order.answer_message_id,
        pause=_USUALLY_MADE_WITHIN,
    )
    return course_id, lesson_id


async def try_again(office: Office, teacher: Teacher, lesson_id: int) -> None:
    """The teacher does not want to wait for the next try at Zoom."""
    async with office.database.writing() as tx:
        lesson, course = await _own(tx, teacher, lesson_id)
        if lesson.state is not LessonState.CREATING:
            return
        await courses.wake_course(tx, course.id)
        await posts.bump(tx, lesson.id, (PostKind.ANSWER,))
    await settle(office, course.id)


async def may_cancel(office: Office, teacher: Teacher, lesson_id: int) -> UpcomingClass:
    """The class that is about to be cancelled; raises Outdated once it has begun or is off."""
    async with office.database.reading() as tx:
        lesson, course = await _own(tx, teacher, lesson_id)
    _check_open(lesson)
    return _upcoming(lesson, course)


async def cancel_class(office: Office, teacher: Teacher, lesson_id: int) -> None:
    """Call a class off: the groups are told at once, the meeting is deleted at Zoom."""
    async with office.database.writing() as tx:
        lesson, course = await _own(tx, teacher, lesson_id)
        if lesson.state is LessonState.CANCELLED:
            return
        _check_open(lesson)
        await call_off(tx, lesson)
    await settle(office, course.id)


async def host_link(office: Office, teacher: Teacher, lesson_id: int) -> HostLink:
    """A fresh link that opens the class as its host, any time before and during it."""
    async with office.database.reading() as tx:
        lesson, course = await _own(tx, teacher, lesson_id)
    if lesson.state is LessonState.CANCELLED:
        raise Outdated("This class is cancelled. Type /newclass for a new one.")
    if lesson.state is LessonState.ENDED:
        raise Outdated("This class is over. Type /newclass for a new one.")
    if course.meeting_id is None:
        raise SchoolError("Zoom is still making this class. Press Start again in a minute.")
    zoom = await client_for(office, teacher.person_id)
    try:
        url = await zoom.start_url(course.meeting_id)
    except NotFound:
        raise SchoolError(
            "This class was deleted in Zoom. Cancel it here and make a new one with /newclass."
        ) from None
    except ZoomError as error:
        raise translate(error) from error
    return HostLink(course.topic or "", url)


async def upcoming_classes(office: Office, teacher: Teacher) -> tuple[UpcomingClass, ...]:
    """The teacher's classes that are not over, soonest first."""
    async with office.database.reading() as tx:
        ahead = await courses.lessons_of_teacher(tx, teacher.person_id, since=tx.now)
    return tuple(_upcoming(lesson, course) for lesson, course in ahead)


async def show_again(office: Office, teacher: Teacher, lesson_id: int) -> None:
    """Have the class's card, with its buttons, sent anew to its teacher."""
    async with office.database.writing() as tx:
        await _own(tx, teacher, lesson_id)
        await posts.send_anew(tx, PostKind.ANSWER, lesson_id, teacher.telegram_user_id)
    office.bell.posts.ring()


async def redraw(office: Office, teacher: Teacher, lesson_id: int) -> None:
    """Have the class's card drawn again where it stands."""
    async with office.database.writing() as tx:
        await _own(tx, teacher, lesson_id)
        await posts.bump(tx, lesson_id, (PostKind.ANSWER,))
    office.bell.posts.ring()


def _check_open(lesson: Lesson) -> None:
    if lesson.state is LessonState.CANCELLED:
        raise Outdated("This class is already cancelled.")
    if lesson.state not in _OPEN:
        raise Outdated("This class has already begun or is over, so it cannot be cancelled.")


async def _own(tx: Transaction, teacher: Teacher, lesson_id: int) -> tuple[Lesson, Course]:
    lesson = await courses.find_lesson(tx, lesson_id)
    if lesson is None:
        raise Outdated("This class is no longer there. Type /classes to see yours.")
    if lesson.teacher_id != teacher.person_id:
        raise NotAllowed("Only the teacher of this class can do this.")
    course = await courses.find_course(tx, lesson.course_id)
    assert course is not None
    return lesson, course


def _upcoming(lesson: Lesson, course: Course) -> UpcomingClass:
    return UpcomingClass(lesson.id, course.topic or "", lesson.planned, course.zone)
