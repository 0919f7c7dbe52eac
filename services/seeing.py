"""Looking at a meeting in Zoom: what somebody changed there comes into the course."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from school.errors import SchoolError
from school.mirror import Date, Merged, merged
from school.model import Planned, PostKind
from school.names import clean_name
from services.meeting_plans import sitting_of
from services.news import TOLD
from services.office import Office
from services.zoom_access import client_for
from storage import courses, meetings, planning, post_states, posts, settling
from storage.courses import Lesson
from storage.database import Transaction, new_id
from storage.meetings import Meeting
from zoom.client import ZoomClient
from zoom.errors import NotFound, ZoomError
from zoom.models import Meeting as MeetingAtZoom

log = logging.getLogger(__name__)

_LEASE = timedelta(minutes=3)
_SOON = timedelta(days=1)
_LOOK_SOON = timedelta(minutes=15)
_LOOK_LATER = timedelta(hours=6)


async def look_due(office: Office) -> int:
    """Look at every meeting whose time for it has come; how many there were."""
    async with office.database.reading() as tx:
        due = await meetings.due_looks(tx)
    for meeting_row in due:
        await _look_or_log(office, meeting_row)
    return len(due)


async def _look_or_log(office: Office, meeting_row: int) -> None:
    """One that fails is looked at later; the others are not kept waiting."""
    lease_token = new_id()
    async with office.database.writing() as tx:
        meeting = await settling.claim_meeting(tx, meeting_row, lease_token, _LEASE)
        if meeting is not None:  # whatever becomes of it, it is not asked for without a pause
            await meetings.look_next(tx, meeting_row, await _next_look_at(tx, meeting_row))
    if meeting is None:
        return
    try:
        await see(office, await client_for(office, meeting.host_id), meeting_row)
    except (SchoolError, ZoomError) as error:
        log.info("meeting %d was not looked at: %s", meeting_row, type(error).__name__)
    finally:
        async with office.database.writing() as tx:
            await settling.give_back(tx, meeting_row, lease_token)
        office.bell.posts.ring()


async def see(office: Office, zoom: ZoomClient, meeting_row: int) -> bool:
    """Take over what a meeting is at Zoom now; False if it is there no more. Raises ZoomError.

    Whoever calls holds the meeting's lease.
    """
    async with office.database.reading() as tx:
        meeting = await meetings.get_meeting(tx, meeting_row)
    assert meeting.meeting_id is not None, "only what exists is looked at"
    try:
        seen = await zoom.meeting(meeting.meeting_id)
    except NotFound:
        seen = None
    async with office.database.writing() as tx:
        if seen is None:
            await _is_gone(tx, meeting)
        else:
            await take_over(tx, meeting, seen)
        await meetings.look_next(tx, meeting_row, await _next_look_at(tx, meeting_row))
    office.bell.posts.ring()
    return seen is not None


async def first_dates(tx: Transaction, meeting: Meeting, made: MeetingAtZoom) -> None:
    """What Zoom answered when the meeting was made."""
    lessons = await _lessons(tx, meeting, ())
    sittings = [sitting_of(one, meeting) for one in lessons.values()]
    found = merged((), _dates(made, meeting), sittings, tx.now)
    await _keep(tx, meeting, made, found)
    await meetings.look_next(tx, meeting.id, await _next_look_at(tx, meeting.id))


async def take_over(tx: Transaction, meeting: Meeting, seen: MeetingAtZoom) -> None:
    """Bring what was changed inside Zoom into the course, and let its chats know."""
    await _take_over_topic(tx, meeting, seen)
    known = await meetings.dates_of(tx, meeting.id)
    lessons = await _lessons(tx, meeting, known)
    found = merged(
        known,
        _dates(seen, meeting),
        [sitting_of(one, meeting) for one in lessons.values()],
        tx.now,
    )
    for lesson_id, planned in found.taken.items():
        await _move(tx, lessons[lesson_id], planned)
    has_new_link = (seen.join_url, seen.passcode) != (meeting.join_url, meeting.passcode)
    await _keep(tx, meeting, seen, found)
    if has_new_link:
        await planning.raise_sequences(tx, meeting.course_id)
        for one in lessons.values():
            await posts.bump(tx, one.id, (PostKind.CARD, PostKind.ANSWER, *TOLD))


async def _keep(tx: Transaction, meeting: Meeting, seen: MeetingAtZoom, found: Merged) -> None:
    is_erased = (await courses.get_course(tx, meeting.course_id)).topic is None
    await meetings.keep_details(
        tx,
        meeting.id,
        topic=None if is_erased else seen.topic,
        join_url=seen.join_url,
        passcode=seen.passcode,
    )
    past = [one for one in await meetings.dates_of(tx, meeting.id) if _is_past(one, tx.now)]
    ids = {one.occurrence_id for one in found.dates}
    kept = [one for one in past if one.occurrence_id not in ids]
    await meetings.keep_dates(tx, meeting.id, (*kept, *found.dates))
    await _ask_about_gone(tx, found.gone)


def _is_past(date: Date, now: datetime) -> bool:
    return date.planned.starts_at <= now


async def _take_over_topic(tx: Transaction, meeting: Meeting, seen: MeetingAtZoom) -> None:
    """A topic that was changed there since; one that was changed here is still to be told."""
    course = await courses.get_course(tx, meeting.course_id)
    topic = clean_name(seen.topic)
    if meeting.topic is None or not topic or seen.topic == meeting.topic or course.topic is None:
        return
    if course.topic != meeting.topic:
        return
    await planning.rename_course(tx, course.id, topic)
    await _count_change(tx, course.id)
    for one in await courses.lessons_of_course(tx, course.id):
        await posts.bump(tx, one.id, (PostKind.CARD, PostKind.ANSWER, *TOLD))


async def _lessons(
    tx: Transaction, meeting: Meeting, known: Sequence[Date]
) -> Mapping[int, Lesson]:
    """Those that may have a date there and have not begun.

    Of a series, also those that are off or held elsewhere: its rule puts dates there all the same.
    """
    with_date = {date.lesson_id for date in known}
    return {
        one.id: one
        for one in await courses.lessons_of_course(tx, meeting.course_id)
        if one.meeting_row == meeting.id or one.id in with_date or meeting.is_series
        if one.gone_at is None and _has_a_date_ahead(one, meeting, tx.now)
    }


def _has_a_date_ahead(lesson: Lesson, meeting: Meeting, now: datetime) -> bool:
    """Of a series Zoom lists no date that has begun."""
    planned = lesson.planned
    return (planned.starts_at if meeting.is_series else planned.ends_at) > now


async def _move(tx: Transaction, lesson: Lesson, planned: Planned) -> None:
    await planning.plan_lesson(tx, lesson, planned)
    await _count_change(tx, lesson.course_id)
    await posts.bump(tx, lesson.id, (PostKind.CARD, PostKind.ANSWER, *TOLD))
    if planned.starts_at != lesson.planned.starts_at:
        for chat_id in await post_states.chats_showing(tx, lesson.id, PostKind.CARD):
            await posts.send_anew(tx, PostKind.MOVED, lesson.id, chat_id)


async def _count_change(tx: Transaction, course_id: int) -> None:
    """The buttons of every card of the course are to know of it."""
    await planning.count_change(tx, course_id)
    await posts.bump_of_course(tx, course_id, (PostKind.ANSWER, PostKind.GONE))


async def _is_gone(tx: Transaction, meeting: Meeting) -> None:
    await settling.mark_deleted(tx, meeting.id)
    await meetings.keep_dates(tx, meeting.id, ())
    lessons = await courses.lessons_in_meeting(tx, meeting.id)
    ahead = [one.id for one in lessons if one.is_open and one.planned.ends_at > tx.now]
    await _ask_about_gone(tx, ahead)


async def _ask_about_gone(tx: Transaction, lesson_ids: Sequence[int]) -> None:
    """The teacher is asked once, about the next of them, what is to become of them."""
    await planning.mark_gone(tx, lesson_ids)
    for at, lesson_id in enumerate(lesson_ids):
        lesson = await courses.find_lesson(tx, lesson_id)
        assert lesson is not None, "it was just found"
        await posts.bump(tx, lesson_id, (PostKind.CARD, PostKind.ANSWER, *TOLD))
        if at == 0:
            await posts.want_for_teacher(tx, PostKind.GONE, lesson)


async def _next_look_at(tx: Transaction, meeting_row: int) -> datetime | None:
    """Often while a lesson is near, now and then while there is any."""
    lessons = await courses.lessons_in_meeting(tx, meeting_row)
    ahead = [
        one.planned.starts_at for one in lessons if one.is_open and one.planned.ends_at > tx.now
    ]
    if not ahead:
        return None
    is_near = min(ahead) <= tx.now + _SOON
    return tx.now + (_LOOK_SOON if is_near else _LOOK_LATER)


def _dates(seen: MeetingAtZoom, meeting: Meeting) -> list[Date]:
    """The dates that Zoom has, without those that were deleted."""
    if meeting.is_series:
        return [
            Date(one.id, Planned(one.starts_at, one.length))
            for one in seen.occurrences
            if not one.is_deleted
        ]
    if seen.starts_at is None or seen.length is None:
        return []
    return [Date("", Planned(seen.starts_at, seen.length))]
