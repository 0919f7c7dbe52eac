"""What Zoom is asked to do with a meeting, each step so that it may be repeated."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from school.mirror import Date, DropDate, MoveDate, PlanAnew, Step, next_step
from school.model import LessonState, PostKind
from services.meeting_plans import new_meeting, series_anew, sitting_of
from services.news import TOLD
from services.office import Office
from services.seeing import first_dates, see
from storage import courses, meetings, planning, posts, settling, zoom_events
from storage.courses import Course, Lesson
from storage.database import Transaction
from storage.meetings import Meeting
from zoom.client import ZoomClient
from zoom.errors import (
    DailyLimitReached,
    Invalid,
    Malformed,
    NotFound,
    RateLimited,
    ZoomRefused,
    ZoomUncertain,
    ZoomUnreachable,
)
from zoom.models import Meeting as MeetingAtZoom
from zoom.models import MeetingChanges

log = logging.getLogger(__name__)

_MOST_STEPS = 200  # more than a series can need
_ANNOUNCED_BEFORE = timedelta(days=1)


async def make(office: Office, zoom: ZoomClient, meeting: Meeting) -> None:
    """Make a meeting, or find the one that an earlier try made; its lessons are on then."""
    made = await _find(zoom, meeting) if meeting.attempts else None
    if made is None:
        async with office.database.reading() as tx:
            course = await courses.get_course(tx, meeting.course_id)
            lessons = await courses.lessons_in_meeting(tx, meeting.id)
        open_ = [one for one in lessons if one.is_open]
        made = await zoom.create_meeting(new_meeting(office.profile, course, meeting, open_))
    async with office.database.writing() as tx:
        is_the_one = await settling.confirm_meeting(tx, meeting.id, made.id)
        if is_the_one:
            await _take_up(tx, meeting, made)
    office.bell.inbox.ring()
    if not is_the_one:  # this try took so long that the meeting is settled, or its host gone
        await _delete_meeting(zoom, made.id)


async def _take_up(tx: Transaction, meeting: Meeting, made: MeetingAtZoom) -> None:
    """The meeting exists: its lessons are scheduled and announced, its events count."""
    await planning.schedule_lessons(tx, meeting.id)
    await first_dates(tx, meeting, made)
    await zoom_events.release_held(tx, made.id)
    if not (await meetings.get_meeting(tx, meeting.id)).is_discarded:
        await _announce(tx, meeting)


async def _find(zoom: ZoomClient, meeting: Meeting) -> MeetingAtZoom | None:
    """The meeting that an earlier try made although its answer was lost."""
    async for listed in zoom.upcoming_meetings():
        if meeting.reference in listed.agenda:
            return await zoom.meeting(listed.id)
    return None


async def _announce(tx: Transaction, meeting: Meeting) -> None:
    """The next lesson's card is shown; what was announced before is brought up to date."""
    lessons = [one for one in await courses.lessons_in_meeting(tx, meeting.id) if one.is_open]
    is_first = len(await meetings.meetings_of_course(tx, meeting.course_id)) == 1
    chats = await courses.chats_to_announce_in(tx, meeting.course_id)
    for at, one in enumerate(lessons):
        is_next = is_first and at == 0
        if is_next or one.planned.starts_at <= tx.now + _ANNOUNCED_BEFORE:
            for chat in chats:
                await posts.want(tx, PostKind.CARD, one.id, chat.id)
        await posts.bump(tx, one.id, (PostKind.CARD, PostKind.ANSWER, PostKind.GONE, *TOLD))


async def bring_up_to_date(office: Office, zoom: ZoomClient, meeting_row: int) -> None:
    """Tell Zoom of each change, until it has everything as planned.

    What it refuses may have been changed there meanwhile: it is looked at once, and tried again.
    """
    meeting = await _present(office, meeting_row)
    if meeting.meeting_id is None or meeting.is_discarded or meeting.is_deleted:
        return
    may_plan_anew = meeting.is_series
    has_looked = await _is_to_be_looked_at(office, meeting)
    if has_looked and not await see(office, zoom, meeting_row):
        return
    for _ in range(_MOST_STEPS):
        course, step = await _next_step(office, meeting.id, may_plan_anew=may_plan_anew)
        if step is None:
            return
        may_plan_anew = may_plan_anew and not isinstance(step, PlanAnew)
        is_told = await _told(office, zoom, meeting, course, step)
        if not is_told and has_looked:
            await _tell(office, zoom, meeting, course, step)  # it says why not
        elif not is_told:
            has_looked = True
            if not await see(office, zoom, meeting.id):
                return


async def _told(
    office: Office, zoom: ZoomClient, meeting: Meeting, course: Course, step: "Step | _Rename"
) -> bool:
    """False where what is to be changed is not there, or not as it was."""
    try:
        await _tell(office, zoom, meeting, course, step)
    except (NotFound, Invalid):
        return False
    return True


async def _present(office: Office, meeting_row: int) -> Meeting:
    async with office.database.reading() as tx:
        return await meetings.get_meeting(tx, meeting_row)


async def _is_to_be_looked_at(office: Office, meeting: Meeting) -> bool:
    """Whether it is not known what Zoom has, though lessons are to be held in it."""
    async with office.database.reading() as tx:
        lessons = await courses.lessons_in_meeting(tx, meeting.id)
        is_needed = any(one.is_open and one.planned.starts_at > tx.now for one in lessons)
        return is_needed and not await meetings.dates_of(tx, meeting.id)


async def _plan_anew(
    office: Office, zoom: ZoomClient, meeting: Meeting, changes: MeetingChanges
) -> None:
    """Zoom gives all dates other names then, so what it has is forgotten first and read again.

    Where it has certainly not done it, it still has what it had.
    """
    assert meeting.meeting_id is not None, "it exists"
    async with office.database.writing() as tx:
        known = await meetings.dates_of(tx, meeting.id)
        await meetings.keep_dates(tx, meeting.id, ())
    try:
        await zoom.update_meeting(meeting.meeting_id, changes)
    except (ZoomRefused, ZoomUnreachable, RateLimited, DailyLimitReached):
        async with office.database.writing() as tx:
            await meetings.keep_dates(tx, meeting.id, known)
        raise
    await see(office, zoom, meeting.id)


_Rename = str


async def _next_step(
    office: Office, meeting_row: int, *, may_plan_anew: bool
) -> tuple[Course, Step | _Rename | None]:
    async with office.database.reading() as tx:
        meeting = await meetings.get_meeting(tx, meeting_row)
        course = await courses.get_course(tx, meeting.course_id)
        dates, lessons, now = await meetings.dates_of(tx, meeting_row), [], tx.now
        for date in dates:
            lesson = await courses.find_lesson(tx, date.lesson_id or 0)
            if lesson is not None and _is_ahead(date, lesson, now):
                lessons.append(lesson)
        settled = {one.id for one in lessons if await _is_held_elsewhere(tx, one, meeting)}
    if course.topic is not None and meeting.topic is not None and course.topic != meeting.topic:
        return course, course.topic
    sittings = [
        sitting_of(one, meeting)
        for one in lessons
        if one.state in {*courses.OPEN, LessonState.CANCELLED}
        and (one.meeting_row == meeting_row or one.id in settled)
    ]
    return course, next_step(dates, sittings, now, may_plan_anew=may_plan_anew)


def _is_ahead(date: Date, lesson: Lesson, now: datetime) -> bool:
    """Of a series, Zoom changes no date that is over; a single meeting can be moved on."""
    is_over = date.planned.ends_at <= now
    return not is_over or (not date.occurrence_id and lesson.planned.ends_at > now)


async def _is_held_elsewhere(tx: Transaction, lesson: Lesson, meeting: Meeting) -> bool:
    """Whether the meeting that took the lesson over exists, so that the old date can go."""
    if lesson.meeting_row == meeting.id:
        return False
    return (await meetings.get_meeting(tx, lesson.meeting_row)).is_confirmed


async def _tell(
    office: Office, zoom: ZoomClient, meeting: Meeting, course: Course, step: Step | _Rename
) -> None:
    """One change at Zoom, remembered once it is made."""
    number = meeting.meeting_id
    assert number is not None, "it exists"
    match step:
        case PlanAnew():
            await _plan_anew(office, zoom, meeting, series_anew(course, step))
        case MoveDate(occurrence_id, planned):
            changes = MeetingChanges(starts_at=planned.starts_at, length=planned.length)
            async with _forgotten_if_uncertain(office, meeting):
                await zoom.update_meeting(number, changes, occurrence_id or None)
        case DropDate(occurrence_id):
            async with _forgotten_if_uncertain(office, meeting):
                await _drop(zoom, number, occurrence_id)
        case str():
            await zoom.update_meeting(number, MeetingChanges(topic=step))
    async with office.database.writing() as tx:
        match step:
            case MoveDate(occurrence_id, planned):
                await meetings.keep_date(tx, meeting.id, occurrence_id, planned)
            case DropDate(occurrence_id):
                await meetings.drop_date(tx, meeting.id, occurrence_id)
            case str():
                await meetings.keep_topic(tx, meeting.id, step)


@asynccontextmanager
async def _forgotten_if_uncertain(office: Office, meeting: Meeting) -> AsyncIterator[None]:
    """After a lost answer it is not known what Zoom has: it is read before anything else."""
    try:
        yield
    except (ZoomUncertain, Malformed):
        async with office.database.writing() as tx:
            await meetings.keep_dates(tx, meeting.id, ())
        raise


async def _drop(zoom: ZoomClient, number: int, occurrence_id: str) -> None:
    try:
        await zoom.delete_meeting(number, occurrence_id or None)
    except NotFound:
        log.info("a date that is off was already gone")


async def delete(office: Office, zoom: ZoomClient, meeting: Meeting) -> None:
    """Delete a meeting that is off, with all its dates."""
    number = meeting.meeting_id
    if number is None:
        found = await _find(zoom, meeting)
        number = found.id if found else None
    if number is not None:
        await _delete_meeting(zoom, number)
    async with office.database.writing() as tx:
        await settling.mark_deleted(tx, meeting.id)
        await meetings.keep_dates(tx, meeting.id, ())


async def _delete_meeting(zoom: ZoomClient, number: int) -> None:
    try:
        await zoom.delete_meeting(number)
    except NotFound:
        log.info("a meeting that is off was already gone")
