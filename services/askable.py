"""Which lessons Zoom is to be asked about, and when: those that its events may not tell all about.

Only paid plans can be asked. Elsewhere what nobody heard stays unknown, and is said.
"""

from datetime import datetime, timedelta

from school.intervals import Span
from school.model import LessonState
from storage import asking, courses, meetings, outages, zoom_accounts
from storage.courses import Lesson
from storage.database import Transaction
from storage.zoom_accounts import ZoomAccount
from zoom.models import BASIC_PLAN
from zoom.oauth import ASKING_SCOPES

TOLD_AFTER = timedelta(minutes=2)
"""So long after the end of a meeting Zoom can hardly tell of it yet."""

REPEATED_UNTIL = timedelta(minutes=90)
"""So long after something happened, Zoom still tries to tell of it, where it could not before."""

_SINCE = timedelta(days=1)


async def may_be_asked(tx: Transaction, host_id: int) -> bool:
    """Whether Zoom tells of what was held on this teacher's account."""
    return _tells_of_the_past(await zoom_accounts.find_account(tx, host_id))


async def after_fold(tx: Transaction, lesson: Lesson) -> None:
    """How sure the figures of a lesson are that were just saved, and whether to ask about them."""
    await outages.mark_unheard(tx, lesson.id)
    if await asking.is_complete(tx, lesson.id):
        await asking.need_not_ask(tx, lesson.id)
    elif await asking.is_unsure(tx, lesson.id) and await _is_askable(tx, lesson):
        await asking.ask_at(tx, lesson.id, tx.now + TOLD_AFTER)


async def ask_about_outage(tx: Transaction, outage: Span) -> None:
    """Nobody heard Zoom then; each lesson of that time is to be looked at, at a time of use."""
    for lesson_id in await outages.lessons_within(tx, outage):
        lesson = await courses.find_lesson(tx, lesson_id)
        assert lesson is not None, "it was just found"
        await asking.ask_at(tx, lesson_id, await _first_look_at(tx, lesson))


async def ask_without_end(tx: Transaction) -> tuple[int, ...]:
    """Lessons whose planned end is over though no end was reported, and that can be asked about."""
    found = []
    for lesson_id in await asking.without_end(tx, since=tx.now - _SINCE, until=tx.now - TOLD_AFTER):
        lesson = await courses.find_lesson(tx, lesson_id)
        if lesson is not None and await _is_askable(tx, lesson):
            found.append(lesson_id)
    return tuple(found)


async def _first_look_at(tx: Transaction, lesson: Lesson) -> datetime:
    """Where Zoom cannot be asked, a lesson that has begun is marked at once.

    One that has not may still have, as long as Zoom repeats what it could not tell.
    """
    if await _is_askable(tx, lesson):
        return max(tx.now, lesson.planned.ends_at + TOLD_AFTER)
    if lesson.state in {LessonState.LIVE, LessonState.ENDED}:
        return tx.now
    return told_by(lesson)


def told_by(lesson: Lesson) -> datetime:
    """When nothing more is to be expected of Zoom's events about a lesson."""
    return lesson.planned.ends_at + REPEATED_UNTIL


async def _is_askable(tx: Transaction, lesson: Lesson) -> bool:
    meeting = await meetings.get_meeting(tx, lesson.meeting_row)
    return meeting.meeting_id is not None and await may_be_asked(tx, meeting.host_id)


def _tells_of_the_past(account: ZoomAccount | None) -> bool:
    if account is None or account.is_broken or account.profile.plan == BASIC_PLAN:
        return False
    return account.scopes >= ASKING_SCOPES
