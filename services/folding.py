"""What happened in a lesson, worked out anew from all that Zoom reported about it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from school.attendance import LessonAttendance, MeetingState, fold
from school.facts import Ended, Fact
from school.model import LessonState, PostKind
from services.happenings import Happening, happening_of
from services.office import Office
from storage import attendance, chats, courses, people, posts, zoom_accounts, zoom_events
from storage.courses import Lesson
from storage.database import Transaction
from storage.sealing import Vault
from storage.zoom_events import SealedEvent
from zoom.webhooks import Malformed, read

_STATES: Mapping[MeetingState, LessonState] = MappingProxyType(
    {MeetingState.LIVE: LessonState.LIVE, MeetingState.ENDED: LessonState.ENDED}
)


@dataclass(frozen=True, slots=True)
class _Material:
    """All that a lesson's figures follow from."""

    lesson: Lesson
    teacher_name: str
    teacher_chat: int | None
    teacher_zoom_id: str | None
    events: Sequence[SealedEvent]
    as_of: datetime


async def refold(office: Office, lesson_id: int, digests: Sequence[bytes]) -> bool:
    """Bring a lesson up to date, so that its events `digests` are applied.

    False if more events came to it meanwhile: nothing is changed then, and it is to be done
    again. Folding takes its time, so it goes on outside of any transaction and of the loop.
    """
    material = await _gathered(office, lesson_id)
    found = await asyncio.to_thread(_folded, material, office.database.vault)
    async with office.database.writing() as tx:
        if await zoom_events.count_of_lesson(tx, lesson_id) != len(material.events):
            return False
        await _save(tx, material, found)
        await zoom_events.mark_applied(tx, digests)
    office.bell.posts.ring()
    return True


async def close(office: Office, lesson_id: int) -> None:
    """Count a lesson that is on up to this moment, because nothing more will be known of it."""
    material = await _gathered(office, lesson_id)
    found = await asyncio.to_thread(_folded, material, office.database.vault, is_over=True)
    async with office.database.writing() as tx:
        await _save(tx, material, found)


async def _gathered(office: Office, lesson_id: int) -> _Material:
    async with office.database.reading() as tx:
        lesson = await courses.find_lesson(tx, lesson_id)
        assert lesson is not None, "whoever asks has it from the database"
        teacher = await people.get_person(tx, lesson.teacher_id)
        account = await zoom_accounts.find_account(tx, lesson.teacher_id)
        return _Material(
            lesson=lesson,
            teacher_name=teacher.name,
            teacher_chat=teacher.telegram_user_id,
            teacher_zoom_id=account.profile.zoom_user_id if account else None,
            events=await zoom_events.events_of_lesson(tx, lesson_id),
            as_of=tx.now,
        )


def _folded(material: _Material, vault: Vault, *, is_over: bool = False) -> LessonAttendance:
    read_ = (_happening(event.body(vault)) for event in material.events)
    happenings = [happening for happening in read_ if happening is not None]
    facts: list[Fact] = [found.fact for found in happenings]
    # The host of a meeting is whoever Zoom says, as the account may be disconnected by now. A
    # teacher who comes to the lesson with another account than the meeting's is its teacher too.
    host_ids = {found.host_id for found in happenings if found.host_id}
    if material.teacher_zoom_id is not None:
        host_ids.add(material.teacher_zoom_id)

    def counted() -> LessonAttendance:
        return fold(
            facts,
            host_ids=host_ids,
            planned=material.lesson.planned,
            as_of=material.as_of,
            host_name=material.teacher_name,
        )

    found = counted()
    if not is_over:
        return found
    running = [one for one in found.instances if one.ended_at is None]
    facts += [Ended(one.meeting_uuid, one.until, one.started_at) for one in running]
    return counted()


def _happening(body: bytes) -> Happening | None:
    try:
        return happening_of(read(body))
    except Malformed:
        return None


async def _save(tx: Transaction, material: _Material, found: LessonAttendance) -> None:
    lesson = material.lesson
    before = await attendance.outcome_of(tx, lesson.id)
    now = await courses.find_lesson(tx, lesson.id)
    assert now is not None, "lessons stay while there are events of them"
    # A class that was called off stays so, also where its meeting was held all the same.
    is_off = now.state is LessonState.CANCELLED
    state = now.state if is_off else _STATES.get(found.state, now.state)
    await attendance.save_attendance(tx, lesson.id, state, found)
    is_news = state is not now.state or before.ended_at != found.ended_at
    await posts.bump_for_progress(tx, lesson.id, at_once=is_news)
    if state is LessonState.ENDED and material.teacher_chat is not None:
        await _want_summary(tx, lesson.id, material.teacher_chat)


async def _want_summary(tx: Transaction, lesson_id: int, teacher_chat: int) -> None:
    """The teacher reads the durations in private; a summary that stands is brought up to date."""
    if await chats.find_chat(tx, teacher_chat) is None:
        await chats.remember_chat(tx, teacher_chat, "private")
    await posts.want(tx, PostKind.SUMMARY, lesson_id, teacher_chat)
    await posts.bump(tx, lesson_id, (PostKind.SUMMARY,))
