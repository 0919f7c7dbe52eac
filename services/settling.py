"""Bringing a course and its Zoom meeting together, whatever a crash or a lost answer left.

A course is written down before Zoom is asked. Settling it creates the meeting, or finds the one
that an earlier try made (the course's reference stands in its agenda), or deletes the meeting of
a course that is off. Each step may be repeated; a lease keeps two from settling one course.
"""

import asyncio
import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from school.errors import NotConnected, Reconnect, SchoolError
from school.model import PostKind
from services.office import Office
from services.zoom_access import client_for
from storage import courses, posts, settling, zoom_accounts, zoom_events
from storage.courses import Course, Lesson
from storage.database import Transaction, new_id
from zoom.client import ZoomClient
from zoom.errors import (
    DailyLimitReached,
    InvalidClient,
    InvalidGrant,
    Malformed,
    NotAllowed,
    NotFound,
    ScopeMissing,
    TokenRejected,
    ZoomError,
    ZoomRefused,
    ZoomUncertain,
)
from zoom.models import Meeting, NewMeeting

log = logging.getLogger(__name__)

_LEASE = timedelta(minutes=3)  # longer than a refresh and a call, each with its retries
_FIRST_RETRY = timedelta(minutes=1)
_LONGEST_RETRY = timedelta(minutes=5)
_REFUSED_DELETION_RETRY = timedelta(minutes=30)  # Zoom deletes no meeting that is being held
_PAST_MATTERING = timedelta(days=1)
_SCHOOL_IN_AGENDA = 100  # characters


class Problem(StrEnum):
    """Why a course is not settled; kept with it, and said to its teacher."""

    UNAVAILABLE = "unavailable"  # Zoom does not answer: tried again by itself
    RECONNECT = "reconnect"  # Zoom no longer lets the teacher in: goes on after /connect
    NOT_CONNECTED = "not_connected"  # the teacher has disconnected
    PERMISSION = "permission"  # the teacher did not allow this at Zoom: goes on after /connect
    NO_HOSTING = "no_hosting"  # the Zoom account may not host meetings
    DAILY_LIMIT = "daily_limit"  # 100 changes a day: tried again when it resets
    REFUSED = "refused"  # Zoom will not do it as it is
    TOO_LATE = "too_late"  # the class was over before it could be made


_GONE_ON_WITH_AFTER_CONNECTING = {Problem.RECONNECT, Problem.NOT_CONNECTED, Problem.PERMISSION}


@dataclass(frozen=True, slots=True)
class _Task:
    """A course that is ours to settle; `course` is as it was when the try began."""

    course: Course
    lesson: Lesson
    lease_token: int
    began_at: datetime


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How a try ended; `left_nothing`: it has certainly made no meeting."""

    problem: Problem | None = None
    retry_at: datetime | None = None
    left_nothing: bool = False


async def settle_due(office: Office) -> int:
    """Settle every course whose time has come; how many that worked for."""
    async with office.database.reading() as tx:
        due = await settling.due_courses(tx)
    async with asyncio.TaskGroup() as at_once:
        tasks = [at_once.create_task(_settle_or_log(office, course_id)) for course_id in due]
    return sum(1 for task in tasks if task.result())


async def settle(office: Office, course_id: int) -> None:
    """Do what is left to do for one course at Zoom; leaves it alone while another does.

    A try that is cancelled, as at the program's end, is gone on with by the next start.
    """
    lease_token = new_id()
    try:
        async with office.database.writing() as tx:
            task = await _begin(tx, course_id, lease_token)
        office.bell.posts.ring()
        if task is not None:
            await _record(office, task, await _try(office, task))
    except asyncio.CancelledError:
        await office.unbroken.run(_break_off(office, course_id, lease_token))
        raise


async def _break_off(office: Office, course_id: int, lease_token: int) -> None:
    async with office.database.writing() as tx:
        await settling.break_off(tx, course_id, lease_token)


async def call_off(tx: Transaction, lesson: Lesson) -> None:
    """Within a transaction: the class is off, and every chat that shows it is to say so."""
    await courses.discard_course(tx, lesson.course_id)
    await posts.bump(tx, lesson.id, (PostKind.CARD, PostKind.ANSWER))
    for chat_id in await posts.chats_showing(tx, lesson.id, PostKind.CARD):
        await posts.want(tx, PostKind.CANCELLED, lesson.id, chat_id)


async def _settle_or_log(office: Office, course_id: int) -> bool:
    """One course that fails is no reason to give up the others."""
    try:
        await settle(office, course_id)
    except Exception:
        log.exception("course %d could not be settled", course_id)
        return False
    return True


async def _begin(tx: Transaction, course_id: int, lease_token: int) -> _Task | None:
    """Claim a course and count the try; None if there is nothing to ask of Zoom."""
    course = await settling.claim_course(tx, course_id, lease_token, _LEASE)
    if course is None:
        return None
    lesson = (await courses.lessons_of_course(tx, course_id))[0]
    problem = None
    if _is_too_late(course, lesson, tx.now):
        await call_off(tx, lesson)
        await settling.mark_deleted(tx, course_id)
        course = replace(course, is_discarded=True, is_deleted=True)
        problem = Problem.TOO_LATE
    elif course.is_discarded and _has_nothing_at_zoom(course, lesson, tx.now):
        await settling.mark_deleted(tx, course_id)
        course = replace(course, is_deleted=True)
    if _is_settled(course):
        await settling.release_course(tx, course_id, lease_token, next_try_at=None, problem=problem)
        return None
    await settling.count_attempt(tx, course_id)
    return _Task(course, lesson, lease_token, tx.now)


def _is_too_late(course: Course, lesson: Lesson, now: datetime) -> bool:
    """Zoom would move a meeting whose time has passed to the present."""
    is_unmade = not course.is_confirmed and not course.is_discarded
    return is_unmade and lesson.planned.ends_at <= now


def _has_nothing_at_zoom(course: Course, lesson: Lesson, now: datetime) -> bool:
    """Nothing was ever made there, or it is so long past that it no longer matters."""
    was_never_made = course.meeting_id is None and course.attempts == 0
    return was_never_made or lesson.planned.ends_at + _PAST_MATTERING <= now


def _is_settled(course: Course) -> bool:
    return course.is_deleted if course.is_discarded else course.is_confirmed


async def _try(office: Office, task: _Task) -> _Outcome:
    try:
        zoom = await client_for(office, task.course.teacher_id)
        if task.course.is_discarded:
            await _delete(office, zoom, task.course)
        else:
            await _create(office, zoom, task.course, task.lesson)
    except (SchoolError, ZoomError) as error:
        log.warning("course %d is not settled: %s", task.course.id, type(error).__name__)
        return _outcome_of(office, task.course, error)
    return _Outcome()


async def _create(office: Office, zoom: ZoomClient, course: Course, lesson: Lesson) -> None:
    meeting = await _find(zoom, course) if course.attempts else None
    if meeting is None:
        meeting = await zoom.create_meeting(_wanted(office, course, lesson))
    async with office.database.writing() as tx:
        is_the_one = await settling.confirm_course(
            tx,
            course.id,
            meeting_id=meeting.id,
            join_url=meeting.join_url,
            passcode=meeting.passcode,
        )
        if is_the_one:
            await zoom_events.release_held(tx, meeting.id)
            await _show_cards(tx, course, lesson)
    office.bell.inbox.ring()
    if not is_the_one:  # this try took so long that the course is settled, or its teacher gone
        await _delete_meeting(zoom, meeting.id)


async def _find(zoom: ZoomClient, course: Course) -> Meeting | None:
    """The meeting that an earlier try made although its answer was lost."""
    async for listed in zoom.upcoming_meetings():
        if course.reference in listed.agenda:
            return await zoom.meeting(listed.id)
    return None


async def _delete(office: Office, zoom: ZoomClient, course: Course) -> None:
    meeting_id = course.meeting_id
    if meeting_id is None:
        found = await _find(zoom, course)
        meeting_id = found.id if found else None
    if meeting_id is not None:
        await _delete_meeting(zoom, meeting_id)
    async with office.database.writing() as tx:
        await settling.mark_deleted(tx, course.id)


async def _delete_meeting(zoom: ZoomClient, meeting_id: int) -> None:
    try:
        await zoom.delete_meeting(meeting_id)
    except NotFound:
        log.info("the meeting of a class that is off was already gone")


def _wanted(office: Office, course: Course, lesson: Lesson) -> NewMeeting:
    school = office.profile.name
    return NewMeeting(
        topic=course.topic or school,
        starts_at=lesson.planned.starts_at,
        zone=course.zone,
        length=lesson.planned.length,
        agenda=f"{school[:_SCHOOL_IN_AGENDA]} · {course.reference}",
        join_before_host=False,
    )


async def _show_cards(tx: Transaction, course: Course, lesson: Lesson) -> None:
    """Each group is to show the class card, unless the class was called off meanwhile."""
    now = await courses.find_course(tx, course.id)
    if now is None or now.is_discarded:
        return
    for chat in await courses.chats_of_course(tx, course.id):
        await posts.want(tx, PostKind.CARD, lesson.id, chat.id)


def _outcome_of(office: Office, course: Course, error: SchoolError | ZoomError) -> _Outcome:
    problem, now = _problem_of(error), office.clock()
    retry_at = None
    if isinstance(error, DailyLimitReached):
        retry_at = error.resets_at
    elif problem is Problem.UNAVAILABLE:
        retry_at = now + _pause(course.attempts)
    elif problem is Problem.REFUSED and course.is_discarded:
        retry_at = now + _REFUSED_DELETION_RETRY
    return _Outcome(problem, retry_at, not isinstance(error, ZoomUncertain | Malformed))


def _problem_of(error: SchoolError | ZoomError) -> Problem:  # noqa: PLR0911  a table
    match error:
        case NotConnected():
            return Problem.NOT_CONNECTED
        case Reconnect() | TokenRejected() | InvalidGrant():
            return Problem.RECONNECT
        case ScopeMissing():
            return Problem.PERMISSION
        case NotAllowed():
            return Problem.NO_HOSTING
        case DailyLimitReached():
            return Problem.DAILY_LIMIT
        case ZoomRefused() if not isinstance(error, InvalidClient):
            return Problem.REFUSED
        case _:
            return Problem.UNAVAILABLE


def _pause(attempts: int) -> timedelta:
    return min(_LONGEST_RETRY, _FIRST_RETRY * (1 << min(attempts, 8)))


async def _record(office: Office, task: _Task, outcome: _Outcome) -> None:
    """Give the course back; what a press or a connection changed meanwhile is gone on with now."""
    async with office.database.writing() as tx:
        if outcome.left_nothing:
            await settling.uncount_attempt(tx, task.course.id, task.lease_token)
        next_try_at = await _next_try_at(tx, task, outcome)
        await settling.release_course(
            tx,
            task.course.id,
            task.lease_token,
            next_try_at=next_try_at,
            problem=outcome.problem,
        )
        await posts.bump(tx, task.lesson.id, (PostKind.ANSWER,))
        is_due = next_try_at is not None and next_try_at <= tx.now
    office.bell.posts.ring()
    if is_due:
        office.bell.courses.ring()


async def _next_try_at(tx: Transaction, task: _Task, outcome: _Outcome) -> datetime | None:
    now = await courses.find_course(tx, task.course.id)
    if now is None or _is_settled(now):
        return None
    was_called_off = now.is_discarded and not task.course.is_discarded
    if was_called_off or await _was_connected_meanwhile(tx, task, outcome):
        return tx.now
    # Without a time of its own it is looked at once more, to be cleared away.
    ends_at = task.lesson.planned.ends_at
    return outcome.retry_at or (ends_at + _PAST_MATTERING if now.is_discarded else ends_at)


async def _was_connected_meanwhile(tx: Transaction, task: _Task, outcome: _Outcome) -> bool:
    if outcome.problem not in _GONE_ON_WITH_AFTER_CONNECTING:
        return False
    account = await zoom_accounts.find_account(tx, task.course.teacher_id)
    return account is not None and account.connected_at > task.began_at
