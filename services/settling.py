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
from school.model import PostKind
from services.news import TOLD
from services.office import Office
from services.problems import GONE_ON_WITH_AFTER_CONNECTING, Outcome, Problem, outcome_of
from services.telling import bring_up_to_date, delete, make
from services.zoom_access import client_for
from storage import courses, meetings, planning, post_states, posts, settling, zoom_accounts
from storage.courses import Lesson
from storage.database import Transaction, new_id
from storage.meetings import Meeting
from zoom.errors import ZoomError

log = logging.getLogger(__name__)

_LEASE = timedelta(minutes=3)  # longer than a refresh and a call, each with its retries
_PAST_MATTERING = timedelta(days=1)
_LOOK_AGAIN_S = 0.25  # while somebody else settles it


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


async def settled(office: Office, meeting_row: int) -> Problem | None:
    """Settle a meeting and see what came of it; waits for whoever settles it just now.

    That lasts until their lease ends, at most. None: nothing is left to do at Zoom.
    """
    while True:
        await settle(office, meeting_row)
        async with office.database.reading() as tx:
            meeting = await meetings.get_meeting(tx, meeting_row)
            is_held = meeting_row in await settling.meetings_being_settled(tx, meeting.host_id)
        if not is_held and meeting.last_problem:
            return Problem(meeting.last_problem)
        if not is_held and (meeting.is_deleted or meeting.next_try_at is None):
            return None
        await asyncio.sleep(_LOOK_AGAIN_S)


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
    await planning.cancel_lessons(tx, [one.id for one in lessons])
    for one in lessons:
        await posts.bump(tx, one.id, (PostKind.CARD, PostKind.ANSWER, PostKind.WAITING, *TOLD))
        for chat_id in await post_states.chats_showing(tx, one.id, PostKind.CARD):
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
    planned = [one.planned for one in lessons]
    planned += [one.planned for one in await meetings.dates_of(tx, meeting_row)]
    return max((one.ends_at for one in planned), default=tx.now)


# Asking Zoom


async def _try(office: Office, task: _Task) -> Outcome:
    meeting = task.meeting
    try:
        zoom = await client_for(office, meeting.host_id)
        if meeting.is_discarded:
            await delete(office, zoom, meeting)
        else:
            if not meeting.is_confirmed:
                await make(office, zoom, meeting)
            await bring_up_to_date(office, zoom, meeting.id)
    except (SchoolError, ZoomError) as error:
        log.warning("meeting %d is not settled: %s", meeting.id, type(error).__name__)
        return outcome_of(
            error,
            now=office.clock(),
            attempts=meeting.attempts,
            is_deletion=meeting.is_discarded,
        )
    return Outcome()


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
        await posts.bump_in_meeting(tx, row, (PostKind.ANSWER,))
        woken = await _wake_former_meetings(tx, task, outcome)
        is_due = woken or (next_try_at is not None and next_try_at <= tx.now)
    office.bell.posts.ring()
    if is_due:
        office.bell.courses.ring()


async def _wake_former_meetings(tx: Transaction, task: _Task, outcome: Outcome) -> bool:
    """The lessons that this meeting took over from others have their old dates dropped now."""
    if outcome.problem is not None or task.meeting.is_discarded:
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
        return None
    if outcome.retry_at is not None:
        return outcome.retry_at
    # Without a time of its own it is looked at once more, to be cleared away.
    ends_at = await _over_at(tx, now.id)
    return ends_at + _PAST_MATTERING if now.is_discarded or now.is_confirmed else ends_at


async def _was_connected_meanwhile(tx: Transaction, task: _Task, outcome: Outcome) -> bool:
    if outcome.problem not in GONE_ON_WITH_AFTER_CONNECTING:
        return False
    account = await zoom_accounts.find_account(tx, task.meeting.host_id)
    return account is not None and account.connected_at > task.began_at
