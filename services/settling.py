"""Bringing a course and its Zoom meeting together, whatever a crash or a lost answer left.

A course is written down before Zoom is asked. Settling it creates the meeting, or finds the one
that an earlier try made (the course's reference stands in its agenda), or deletes the meeting of
a course that is off. Each step may be repeated; a lease keeps two from settling one course.
"""

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from zoom.client import ZoomClient
from zoom.errors import (
    DailyLimitReached,
    NotFound,
    ZoomError,
    ZoomRefused,
)
from zoom.models import Meeting, NewMeeting

from school.errors import NotConnected, Reconnect, SchoolError
from school.model import PostKind
from services.office import Office
from services.zoom_access import client_for
from storage import courses, posts, zoom_events
from storage.courses import Course, Lesson
from storage.database import Transaction

log = logging.getLogger(__name__)

_LEASE = timedelta(minutes=2)  # longer than any one call to Zoom with its retries
_FIRST_RETRY = timedelta(minutes=1)
_LONGEST_RETRY = timedelta(minutes=30)


class Problem(StrEnum):
    """Why a course is not settled; kept with it, and said to its teacher."""

    UNAVAILABLE = "unavailable"  # Zoom does not answer: tried again by itself
    RECONNECT = "reconnect"  # Zoom no longer lets the teacher in: goes on after /connect
    NOT_CONNECTED = "not_connected"  # the teacher has disconnected
    DAILY_LIMIT = "daily_limit"  # 100 changes a day: tried again when it resets
    REFUSED = "refused"  # Zoom will not do it as it is


@dataclass(frozen=True, slots=True)
class _Outcome:
    problem: Problem | None = None
    retry_at: datetime | None = None


async def settle_due(office: Office) -> int:
    """Settle every course whose time has come; how many there were."""
    async with office.database.reading() as tx:
        due = await courses.due_courses(tx)
    for course_id in due:
        await settle(office, course_id)
    return len(due)


async def settle(office: Office, course_id: int) -> None:
    """Do what is left to do for one course at Zoom; leaves it alone while another does."""
    lease_token = secrets.randbits(62)
    async with office.database.writing() as tx:
        course = await courses.claim_course(tx, course_id, lease_token, _LEASE)
        if course is None:
            return
        if _is_settled(course):
            await courses.release_course(tx, course_id, lease_token, next_try_at=None, problem=None)
            return
        first_try = course.attempts == 0
        await courses.begin_attempt(tx, course_id)
        lesson = (await courses.lessons_of_course(tx, course_id))[0]
    outcome = await _try(office, course, lesson, first_try=first_try)
    await _record(office, course, lease_token, outcome)


def _is_settled(course: Course) -> bool:
    return course.is_deleted if course.is_discarded else course.is_confirmed


async def _try(office: Office, course: Course, lesson: Lesson, *, first_try: bool) -> _Outcome:
    try:
        zoom = await client_for(office, course.teacher_id)
        if course.is_discarded:
            await _delete(office, zoom, course, never_tried=first_try)
        else:
            await _create(office, zoom, course, lesson, first_try=first_try)
    except (SchoolError, ZoomError) as error:
        log.warning("course %d is not settled: %s", course.id, type(error).__name__)
        return _outcome_of(office, course, error)
    return _Outcome()


async def _create(
    office: Office, zoom: ZoomClient, course: Course, lesson: Lesson, *, first_try: bool
) -> None:
    meeting = None if first_try else await _find(zoom, course)
    if meeting is None:
        meeting = await zoom.create_meeting(_wanted(office, course, lesson))
    async with office.database.writing() as tx:
        await courses.confirm_course(
            tx,
            course.id,
            meeting_id=meeting.id,
            join_url=meeting.join_url,
            passcode=meeting.passcode,
        )
        await zoom_events.release_held(tx, meeting.id)
        await _show_cards(tx, course, lesson)
    office.bell.inbox.ring()


async def _find(zoom: ZoomClient, course: Course) -> Meeting | None:
    """The meeting that an earlier try made although its answer was lost."""
    async for listed in zoom.upcoming_meetings():
        if course.reference in listed.agenda:
            return await zoom.meeting(listed.id)
    return None


async def _delete(office: Office, zoom: ZoomClient, course: Course, *, never_tried: bool) -> None:
    meeting_id = course.meeting_id
    if meeting_id is None and not never_tried:
        found = await _find(zoom, course)
        meeting_id = found.id if found else None
    if meeting_id is not None:
        try:
            await zoom.delete_meeting(meeting_id)
        except NotFound:
            log.info("the meeting of course %d was already gone", course.id)
    async with office.database.writing() as tx:
        await courses.mark_deleted(tx, course.id)


def _wanted(office: Office, course: Course, lesson: Lesson) -> NewMeeting:
    return NewMeeting(
        topic=course.topic or office.profile.name,
        starts_at=lesson.planned.starts_at,
        zone=course.zone,
        length=lesson.planned.length,
        agenda=f"{office.profile.name} · {course.reference}",
    )


async def _show_cards(tx: Transaction, course: Course, lesson: Lesson) -> None:
    """Each group is to show the class card, unless the class was called off meanwhile."""
    now = await courses.find_course(tx, course.id)
    if now is None or now.is_discarded:
        return
    for chat in await courses.chats_of_course(tx, course.id):
        await posts.want(tx, PostKind.CARD, lesson.id, chat.id)


def _outcome_of(office: Office, course: Course, error: SchoolError | ZoomError) -> _Outcome:
    now = office.clock()
    if isinstance(error, DailyLimitReached):
        return _Outcome(Problem.DAILY_LIMIT, error.resets_at)
    if isinstance(error, Reconnect):
        return _Outcome(Problem.RECONNECT)
    if isinstance(error, NotConnected):
        return _Outcome(Problem.NOT_CONNECTED)
    if isinstance(error, ZoomRefused):
        return _Outcome(Problem.REFUSED)
    return _Outcome(Problem.UNAVAILABLE, now + _pause(course.attempts))


def _pause(attempts: int) -> timedelta:
    return min(_LONGEST_RETRY, _FIRST_RETRY * 2 ** min(attempts, 8))


async def _record(office: Office, course: Course, lease_token: int, outcome: _Outcome) -> None:
    async with office.database.writing() as tx:
        now = await courses.find_course(tx, course.id)
        called_off_meanwhile = now is not None and now.is_discarded and not course.is_discarded
        await courses.release_course(
            tx,
            course.id,
            lease_token,
            next_try_at=tx.now if called_off_meanwhile else outcome.retry_at,
            problem=outcome.problem,
        )
        for lesson in await courses.lessons_of_course(tx, course.id):
            await posts.bump(tx, lesson.id, (PostKind.ANSWER,))
    office.bell.posts.ring()
    if called_off_meanwhile:
        office.bell.courses.ring()
