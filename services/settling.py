"""Bringing a course and its Zoom meetings together, whatever a crash or a lost answer left.

A meeting is written down before Zoom is asked. Settling it makes it, or finds the one that an
earlier try made (its reference stands in the agenda); tells Zoom, one step after the other, of
lessons that were moved or called off; or deletes it. Each step may be repeated; a lease keeps two
from settling one meeting.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from school.errors import SchoolError
from school.mirror import DropDate, MoveDate, PlanAnew, Step, next_step
from school.model import LessonState, PostKind
from services.meeting_plans import new_meeting, series_anew, sitting_of
from services.office import Office
from services.problems import GONE_ON_WITH_AFTER_CONNECTING, Outcome, Problem, outcome_of
from services.seeing import first_dates, see
from services.zoom_access import client_for
from storage import courses, meetings, posts, settling, zoom_accounts, zoom_events
from storage.courses import Course, Lesson
from storage.database import Transaction, new_id
from storage.meetings import Meeting
from zoom.client import ZoomClient
from zoom.errors import NotFound, ZoomError, ZoomRefused
from zoom.models import Meeting as MeetingAtZoom
from zoom.models import MeetingChanges

log = logging.getLogger(__name__)

_LEASE = timedelta(minutes=3)  # longer than a refresh and a call, each with its retries
_PAST_MATTERING = timedelta(days=1)
_MOST_STEPS = 200  # more than a series can need
_ANNOUNCED_BEFORE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Task:
    """A meeting that is ours to settle, as it was when the try began.

    `is_too_late`: it is to be deleted, or not to be made, because its time has passed.
    """

    meeting: Meeting
    lease_token: int
    began_at: datetime
    is_too_late: bool = False


async def settle_due(office: Office) -> int:
    """Settle every meeting whose time has come; how many that worked for."""
    async with office.database.reading() as tx:
        due = await settling.due_meetings(tx)
    async with asyncio.TaskGroup() as at_once:
        tasks = [at_once.create_task(_settle_or_log(office, row)) for row in due]
    return sum(1 for task in tasks if task.result())


async def settle(office: Office, meeting_row: int) -> None:
    """Do what is left to do for one meeting at Zoom; leaves it alone while another does.

    A try that is cancelled, as at the program's end, is gone on with by the next start.
    """
    lease_token = new_id()
    try:
        async with office.database.writing() as tx:
            task = await _begin(tx, meeting_row, lease_token)
        office.bell.posts.ring()
        if task is not None:
            await _record(office, task, await _try(office, task))
    except asyncio.CancelledError:
        await office.unbroken.run(_break_off(office, meeting_row, lease_token))
        raise


async def _break_off(office: Office, meeting_row: int, lease_token: int) -> None:
    async with office.database.writing() as tx:
        await settling.break_off(tx, meeting_row, lease_token)


async def _settle_or_log(office: Office, meeting_row: int) -> bool:
    """One meeting that fails is no reason to give up the others."""
    try:
        await settle(office, meeting_row)
    except Exception:
        log.exception("meeting %d could not be settled", meeting_row)
        return False
    return True


async def call_off(tx: Transaction, lessons: Sequence[Lesson]) -> None:
    """Within a transaction: these are off, and every chat that shows them is to say so.

    A meeting in which nothing is held any more is to be deleted at Zoom.
    """
    await courses.cancel_lessons(tx, [one.id for one in lessons])
    for one in lessons:
        await posts.bump(tx, one.id, (PostKind.CARD, PostKind.ANSWER))
        for chat_id in await posts.chats_showing(tx, one.id, PostKind.CARD):
            await posts.send_anew(tx, PostKind.CANCELLED, one.id, chat_id)
    for meeting_row in {one.meeting_row for one in lessons}:
        if not await meetings.discard_if_idle(tx, meeting_row):
            await meetings.wake_meeting(tx, meeting_row)


# Beginning


async def _begin(tx: Transaction, meeting_row: int, lease_token: int) -> _Task | None:
    """Claim a meeting; None if there is nothing to ask of Zoom."""
    meeting = await settling.claim_meeting(tx, meeting_row, lease_token, _LEASE)
    if meeting is None:
        return None
    lessons = await courses.lessons_in_meeting(tx, meeting_row)
    is_too_late = meeting.last_problem == Problem.TOO_LATE
    if not meeting.is_confirmed and not meeting.is_discarded:
        is_too_late = await _drop_what_is_too_late(tx, meeting, lessons)
    meeting = await meetings.get_meeting(tx, meeting_row)
    if meeting.is_discarded and await _has_nothing_at_zoom(tx, meeting):
        await settling.mark_deleted(tx, meeting_row)
        meeting = await meetings.get_meeting(tx, meeting_row)
    if meeting.is_deleted:
        problem = Problem.TOO_LATE if is_too_late else None
        await settling.release_meeting(
            tx, meeting_row, lease_token, next_try_at=None, problem=problem
        )
        return None
    if not meeting.is_confirmed and not meeting.is_discarded:
        await settling.count_attempt(tx, meeting_row)
    return _Task(meeting, lease_token, tx.now, is_too_late)


async def _drop_what_is_too_late(
    tx: Transaction, meeting: Meeting, lessons: Sequence[Lesson]
) -> bool:
    """Zoom would move a meeting whose time has passed to the present; whether nothing is left."""
    late = [one for one in lessons if one.is_open and _is_too_late(one, meeting, tx.now)]
    if not late:
        return False
    await call_off(tx, late)
    return (await meetings.get_meeting(tx, meeting.id)).is_discarded


def _is_too_late(lesson: Lesson, meeting: Meeting, now: datetime) -> bool:
    """Of a series, the first date sets the time of all: it has to be ahead."""
    is_ahead = lesson.planned.starts_at > now if meeting.is_series else lesson.planned.ends_at > now
    return not is_ahead


async def _has_nothing_at_zoom(tx: Transaction, meeting: Meeting) -> bool:
    """Nothing was ever made there, or it is so long past that it no longer matters."""
    was_never_made = meeting.meeting_id is None and meeting.attempts == 0
    return was_never_made or await _over_at(tx, meeting.id) + _PAST_MATTERING <= tx.now


async def _over_at(tx: Transaction, meeting_row: int) -> datetime:
    """When the last that is planned in a meeting is over, here or at Zoom; now if nothing is.

    Its lessons may all be held in another meeting by now.
    """
    lessons = await courses.lessons_in_meeting(tx, meeting_row)
    here = [one.planned.ends_at for one in lessons]
    at_zoom = [one.planned.ends_at for one in await meetings.dates_of(tx, meeting_row)]
    return max([*here, *at_zoom], default=tx.now)


# Asking Zoom


async def _try(office: Office, task: _Task) -> Outcome:
    meeting = task.meeting
    try:
        zoom = await client_for(office, meeting.host_id)
        if meeting.is_discarded:
            await _delete(office, zoom, meeting)
        elif not meeting.is_confirmed:
            await _create(office, zoom, meeting)
        else:
            await _bring_up_to_date(office, zoom, meeting)
    except (SchoolError, ZoomError) as error:
        log.warning("meeting %d is not settled: %s", meeting.id, type(error).__name__)
        return outcome_of(
            error,
            now=office.clock(),
            attempts=meeting.attempts,
            is_deletion=meeting.is_discarded,
        )
    return Outcome()


async def _create(office: Office, zoom: ZoomClient, meeting: Meeting) -> None:
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
    await courses.schedule_lessons(tx, meeting.id)
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
    chats = await courses.chats_of_course(tx, meeting.course_id)
    for at, one in enumerate(lessons):
        is_next = is_first and at == 0
        if is_next or one.planned.starts_at <= tx.now + _ANNOUNCED_BEFORE:
            for chat in chats:
                await posts.want(tx, PostKind.CARD, one.id, chat.id)
        await posts.bump(tx, one.id, (PostKind.CARD, PostKind.ANSWER, PostKind.GONE))


async def _bring_up_to_date(office: Office, zoom: ZoomClient, meeting: Meeting) -> None:
    """Tell Zoom of each change, until it has everything as planned.

    What it refuses may have been changed there meanwhile: it is looked at once, and tried again.
    """
    assert meeting.meeting_id is not None, "it exists"
    may_plan_anew, has_looked = meeting.is_series, False
    for _ in range(_MOST_STEPS):
        async with office.database.reading() as tx:
            course, step = await _next_step(tx, meeting.id, may_plan_anew=may_plan_anew)
        if step is None:
            return
        try:
            if isinstance(step, PlanAnew):
                may_plan_anew = False
                await zoom.update_meeting(meeting.meeting_id, series_anew(course, step))
                await see(office, zoom, meeting.id, planned_anew_by_us=True)
            else:
                await _tell(office, zoom, meeting, step)
        except (NotFound, ZoomRefused):
            if has_looked:
                raise
            has_looked = True
            if not await see(office, zoom, meeting.id):
                return


_Rename = str


async def _next_step(
    tx: Transaction, meeting_row: int, *, may_plan_anew: bool
) -> tuple[Course, Step | _Rename | None]:
    meeting = await meetings.get_meeting(tx, meeting_row)
    course = await courses.get_course(tx, meeting.course_id)
    dates = [
        one for one in await meetings.dates_of(tx, meeting_row) if one.planned.ends_at > tx.now
    ]
    lessons = [
        lesson
        for date in dates
        if date.lesson_id is not None
        and (lesson := await courses.find_lesson(tx, date.lesson_id)) is not None
    ]
    settled = {one.id for one in lessons if await _is_held_elsewhere(tx, one, meeting)}
    if course.topic is not None and meeting.topic is not None and course.topic != meeting.topic:
        return course, course.topic
    sittings = [
        sitting_of(one, meeting)
        for one in lessons
        if one.state in {*courses.OPEN, LessonState.CANCELLED}
        and (one.meeting_row == meeting_row or one.id in settled)
    ]
    return course, next_step(dates, sittings, tx.now, may_plan_anew=may_plan_anew)


async def _is_held_elsewhere(tx: Transaction, lesson: Lesson, meeting: Meeting) -> bool:
    """Whether the meeting that took the lesson over exists, so that the old date can go."""
    if lesson.meeting_row == meeting.id:
        return False
    return (await meetings.get_meeting(tx, lesson.meeting_row)).is_confirmed


async def _tell(
    office: Office, zoom: ZoomClient, meeting: Meeting, step: MoveDate | DropDate | _Rename
) -> None:
    """One change at Zoom, remembered once it is made."""
    number = meeting.meeting_id
    assert number is not None, "it exists"
    match step:
        case MoveDate(occurrence_id, planned):
            changes = MeetingChanges(starts_at=planned.starts_at, length=planned.length)
            await zoom.update_meeting(number, changes, occurrence_id or None)
        case DropDate(occurrence_id):
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


async def _drop(zoom: ZoomClient, number: int, occurrence_id: str) -> None:
    try:
        await zoom.delete_meeting(number, occurrence_id or None)
    except NotFound:
        log.info("a date that is off was already gone")


async def _delete(office: Office, zoom: ZoomClient, meeting: Meeting) -> None:
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


# Recording


async def _record(office: Office, task: _Task, outcome: Outcome) -> None:
    """Give the meeting back; what was changed meanwhile is gone on with now."""
    row = task.meeting.id
    async with office.database.writing() as tx:
        if outcome.left_nothing and not task.meeting.is_confirmed:
            await settling.uncount_attempt(tx, row, task.lease_token)
        next_try_at = await _next_try_at(tx, task, outcome)
        problem = Problem.TOO_LATE if task.is_too_late else outcome.problem
        await settling.release_meeting(
            tx, row, task.lease_token, next_try_at=next_try_at, problem=problem
        )
        for lesson in await courses.lessons_in_meeting(tx, row):
            await posts.bump(tx, lesson.id, (PostKind.ANSWER,))
        woken = await _wake_former_meetings(tx, task, outcome)
        is_due = woken or (next_try_at is not None and next_try_at <= tx.now)
    office.bell.posts.ring()
    if is_due:
        office.bell.courses.ring()


async def _wake_former_meetings(tx: Transaction, task: _Task, outcome: Outcome) -> bool:
    """The lessons that this meeting took over from others have their old dates dropped now."""
    if outcome.problem is not None or task.meeting.is_confirmed or task.meeting.is_discarded:
        return False
    lessons = await courses.lessons_in_meeting(tx, task.meeting.id)
    rows = await meetings.meetings_with_dates_of(tx, [one.id for one in lessons])
    others = [row for row in rows if row != task.meeting.id]
    for other in others:
        if not await meetings.discard_if_idle(tx, other):
            await meetings.wake_meeting(tx, other)
    return bool(others)


async def _next_try_at(tx: Transaction, task: _Task, outcome: Outcome) -> datetime | None:
    now = await meetings.get_meeting(tx, task.meeting.id)
    if now.is_deleted:
        return None
    was_changed = now.is_discarded != task.meeting.is_discarded or (
        now.next_try_at != task.meeting.next_try_at
    )
    if was_changed or await _was_connected_meanwhile(tx, task, outcome):
        return tx.now
    if outcome.problem is None:
        return tx.now if await _has_changed_since_asked(tx, task, now) else None
    if outcome.retry_at is not None:
        return outcome.retry_at
    # Without a time of its own it is looked at once more, to be cleared away.
    ends_at = await _over_at(tx, now.id)
    return ends_at + _PAST_MATTERING if now.is_discarded or now.is_confirmed else ends_at


async def _has_changed_since_asked(tx: Transaction, task: _Task, now: Meeting) -> bool:
    """A meeting is made as its rule has it; what was moved or called off before comes after."""
    if task.meeting.is_confirmed or not now.is_confirmed or now.is_discarded:
        return False
    _, step = await _next_step(tx, now.id, may_plan_anew=now.is_series)
    return step is not None


async def _was_connected_meanwhile(tx: Transaction, task: _Task, outcome: Outcome) -> bool:
    if outcome.problem not in GONE_ON_WITH_AFTER_CONNECTING:
        return False
    account = await zoom_accounts.find_account(tx, task.meeting.host_id)
    return account is not None and account.connected_at > task.began_at
