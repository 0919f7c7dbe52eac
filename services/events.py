"""Zoom's stored events become what happened in a lesson."""

import asyncio
import logging
from collections.abc import Sequence

from zoom.webhooks import AppDeauthorized, Event, Malformed, read

from school.attendance import LessonAttendance, MeetingState, fold
from school.model import LessonState, PostKind
from services.disconnecting import deauthorized
from services.happenings import Happening, happening_of
from services.office import Office
from storage import attendance, courses, people, posts, zoom_accounts, zoom_events
from storage.courses import Lesson
from storage.database import Transaction
from storage.zoom_events import ZoomEvent

log = logging.getLogger(__name__)

_BATCH = 500
_STATES = {
    MeetingState.LIVE: LessonState.LIVE,
    MeetingState.ENDED: LessonState.ENDED,
}


async def apply_waiting(office: Office) -> int:
    """Apply a batch of stored events; how many there were.

    What happened in a lesson is folded anew from all its events, so they may come in any order,
    late or twice. Events that cannot be applied are counted, tried again, and set aside at last.
    """
    async with office.database.writing() as tx:
        waiting = await zoom_events.take_waiting(tx, _BATCH)
    for meeting_id, events in _by_meeting(waiting).items():
        try:
            await _apply(office, meeting_id, events)
        except Exception:
            log.exception("%d events of one meeting could not be applied", len(events))
            await _keep_for_later(office, events)
    if waiting:
        office.bell.posts.ring()
    return len(waiting)


def _by_meeting(events: Sequence[ZoomEvent]) -> dict[int | None, list[ZoomEvent]]:
    groups: dict[int | None, list[ZoomEvent]] = {}
    for event in events:
        groups.setdefault(event.meeting_id, []).append(event)
    return groups


async def _apply(office: Office, meeting_id: int | None, events: Sequence[ZoomEvent]) -> None:
    if meeting_id is None:
        await _apply_to_accounts(office, events)
        return
    async with office.database.writing() as tx:
        touched = set()
        for event in events:
            lesson_id = await _lesson_of(tx, meeting_id, event)
            await zoom_events.mark_applied(tx, event.digest, lesson_id)
            if lesson_id is not None:
                touched.add(lesson_id)
        for lesson_id in touched:
            await _refold(tx, lesson_id)


async def _apply_to_accounts(office: Office, events: Sequence[ZoomEvent]) -> None:
    for event in events:
        said = read(event.body)
        if isinstance(said, AppDeauthorized):
            await deauthorized(office, said.zoom_user_id, said.deauthorized_at)
        async with office.database.writing() as tx:
            await zoom_events.mark_applied(tx, event.digest, None)


async def _lesson_of(tx: Transaction, meeting_id: int, event: ZoomEvent) -> int | None:
    """The lesson that an event is of: its instance's, or the one planned nearest to its start."""
    happening = _happening(event)
    if happening is None:
        return None
    known = await attendance.lesson_of_instance(tx, happening.meeting_uuid)
    if known is not None:
        return known
    places = await attendance.lessons_of_meeting(tx, meeting_id)
    if not places:
        return None
    nearest = min(places, key=lambda place: abs(place.starts_at - happening.near))
    await attendance.remember_instance(tx, happening.meeting_uuid, nearest.lesson_id)
    return nearest.lesson_id


def _happening(event: ZoomEvent) -> Happening | None:
    try:
        said: Event = read(event.body)
    except Malformed:
        log.warning("event %s makes no sense and counts for nothing", event.digest.hex())
        return None
    return happening_of(said)


async def _refold(tx: Transaction, lesson_id: int) -> None:
    lesson = await courses.find_lesson(tx, lesson_id)
    assert lesson is not None
    before = await attendance.outcome_of(tx, lesson_id)
    events = await zoom_events.events_of_lesson(tx, lesson_id)
    account = await zoom_accounts.find_account(tx, lesson.teacher_id)
    teacher = await people.get_person(tx, lesson.teacher_id)
    # Thousands of events take a while; the loop goes on meanwhile.
    found = await asyncio.to_thread(
        _folded, lesson, events, account.profile.zoom_user_id if account else None, teacher.name, tx
    )
    state = _STATES.get(found.state, lesson.state)
    await attendance.save_attendance(tx, lesson_id, state, found)
    await posts.bump_for_progress(
        tx, lesson_id, at_once=state is not lesson.state or before.ended_at != found.ended_at
    )
    if state is LessonState.ENDED:
        await _want_summary(tx, lesson, teacher.telegram_user_id)


def _folded(
    lesson: Lesson,
    events: Sequence[ZoomEvent],
    teachers_zoom_id: str | None,
    teacher_name: str,
    tx: Transaction,
) -> LessonAttendance:
    happenings = [found for event in events if (found := _happening(event)) is not None]
    host_ids = {found.host_id for found in happenings if found.host_id}
    if teachers_zoom_id:
        host_ids.add(teachers_zoom_id)
    return fold(
        (found.fact for found in happenings),
        host_ids=host_ids,
        planned=lesson.planned,
        as_of=tx.now,
        host_name=teacher_name,
    )


async def _want_summary(tx: Transaction, lesson: Lesson, teacher_chat: int | None) -> None:
    """The teacher reads the durations in private; a summary that stands is brought up to date."""
    if teacher_chat is None:
        return
    await posts.want(tx, PostKind.SUMMARY, lesson.id, teacher_chat)
    await posts.bump(tx, lesson.id, (PostKind.SUMMARY,))


async def _keep_for_later(office: Office, events: Sequence[ZoomEvent]) -> None:
    async with office.database.writing() as tx:
        for event in events:
            await zoom_events.mark_failed(tx, event)
