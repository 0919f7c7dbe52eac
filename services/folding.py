"""What happened in a lesson, worked out anew from all that Zoom reported about it."""

import asyncio
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from school.answers import standing_in
from school.attendance import LessonAttendance, MeetingState, fold
from school.facts import Fact, Joined, Left
from school.model import LessonState, PostKind
from school.names import normalised_name
from school.roster import KnownStudent
from school.waiting import come_for, is_awaited, who_waits
from services.askable import after_fold
from services.happenings import happening_of, waiting_of
from services.hosts import Hosts, KnownHosts, hosts_among, keep_hosts, known_hosts
from services.name_erasing import erase_again
from services.office import Office
from services.roster_filling import fill
from storage import (
    answers,
    attendance,
    chats,
    courses,
    matching,
    people,
    posts,
    students,
    zoom_events,
)
from storage.answers import SealedAnswer
from storage.courses import Lesson
from storage.database import Transaction
from storage.sealing import Vault
from storage.student_names import as_kept, index_of
from storage.students import SealedRoster
from storage.zoom_events import SealedEvent
from zoom.webhooks import Event, Malformed, read

_STATES: Mapping[MeetingState, LessonState] = MappingProxyType(
    {MeetingState.LIVE: LessonState.LIVE, MeetingState.ENDED: LessonState.ENDED}
)


@dataclass(frozen=True, slots=True)
class _Material:
    """All that a lesson's figures follow from."""

    lesson: Lesson
    hosts: KnownHosts
    events: Sequence[SealedEvent]
    answers: Sequence[SealedAnswer]
    roster: SealedRoster
    as_of: datetime

    @property
    def digests(self) -> set[bytes]:
        return {event.digest for event in self.events}

    async def is_all(self, tx: Transaction) -> bool:
        """Whether nothing came to it, or was erased, since it was gathered.

        Compared as sealed: what somebody was taken out of is sealed anew, and read anew then.
        """
        events = await zoom_events.events_of_lesson(tx, self.lesson.id)
        answered = await answers.answers_of(tx, self.lesson.id)
        return (events, answered) == (self.events, self.answers)


@dataclass(frozen=True, slots=True)
class _Found:
    """What the events come to.

    `attendance` is None where nothing was reported but that somebody waits; `waiting` has the
    names of those who do.
    """

    attendance: LessonAttendance | None
    hosts: Hosts
    waiting: tuple[str, ...]

    @property
    def state(self) -> MeetingState:
        return self.attendance.state if self.attendance else MeetingState.NOT_STARTED


async def refold(office: Office, lesson_id: int, digests: Sequence[bytes]) -> bool:
    """Bring a lesson up to date, so that its events `digests` are applied.

    False if more events came to it meanwhile, or those were erased: nothing is changed then, and
    what still waits is to be applied again. Folding takes its time, so it goes on outside of any
    transaction and of the loop.
    """
    material = await _gathered(office, lesson_id)
    if not material.digests.issuperset(digests):
        return False
    found = await asyncio.to_thread(_folded, material, office.database.vault)
    return await _kept(office, material, found, digests)


async def end_if_overdue(office: Office, lesson_id: int) -> bool:
    """End a lesson whose end must have gone missing; nothing is changed while it may be on."""
    material = await _gathered(office, lesson_id)
    found = await asyncio.to_thread(_folded, material, office.database.vault)
    if found.state is not MeetingState.ENDED:
        return False
    return await _kept(office, material, found, applied=())


async def close(office: Office, lesson_id: int) -> None:
    """Count a lesson that is on up to this moment, because nothing more will be known of it.

    Without any event of it left, its figures stay as they are.
    """
    is_done = False
    while not is_done:
        material = await _gathered(office, lesson_id)
        if not material.events and not material.answers:
            return
        found = await asyncio.to_thread(_folded, material, office.database.vault, is_over=True)
        is_done = await _kept(office, material, found, applied=())


async def fold_anew(office: Office, lesson_id: int) -> bool:
    """Bring a lesson up to date with its course's roster; False where no event of it is kept.

    Where that changes nothing, nobody is told of anything.
    """
    is_done = False
    while not is_done:
        material = await _gathered(office, lesson_id)
        if not (material.events or material.answers):
            return False
        found = await asyncio.to_thread(_folded, material, office.database.vault)
        is_done = await _changes_nothing(office, lesson_id, found) or await _kept(
            office, material, found, applied=(), begins_roster=False
        )
    return True


async def _changes_nothing(office: Office, lesson_id: int, found: _Found) -> bool:
    async with office.database.reading() as tx:
        return found.attendance is None or await matching.agrees(tx, lesson_id, found.attendance)


async def _kept(
    office: Office,
    material: _Material,
    found: _Found,
    applied: Collection[bytes],
    *,
    begins_roster: bool = True,
) -> bool:
    """Save what was found, unless it was found from other events than there are now."""
    async with office.database.writing() as tx:
        if await attendance.is_forgotten(tx, material.lesson.id):  # meanwhile: it stays as it is
            return True
        if not await material.is_all(tx):
            return False
        await _save(tx, material, found, begins_roster=begins_roster)
        is_erased_again = await erase_again(tx, material.lesson.id)
        await zoom_events.mark_applied(tx, applied)
    office.bell.posts.ring()
    if is_erased_again:  # who came under an erased name is counted once, whatever came late
        await fold_anew(office, material.lesson.id)
    return True


async def _gathered(office: Office, lesson_id: int) -> _Material:
    async with office.database.reading() as tx:
        lesson = await courses.find_lesson(tx, lesson_id)
        assert lesson is not None, "whoever asks has it from the database"
        return _Material(
            lesson=lesson,
            hosts=await known_hosts(tx, lesson),
            events=await zoom_events.events_of_lesson(tx, lesson_id),
            answers=await answers.answers_of(tx, lesson_id),
            roster=await students.sealed_roster(tx, lesson.course_id),
            as_of=tx.now,
        )


def _folded(material: _Material, vault: Vault, *, is_over: bool = False) -> _Found:
    read_ = [_read(event.body(vault)) for event in material.events]
    events = [event for event in read_ if event is not None]
    happenings = [one for event in events if (one := happening_of(event)) is not None]
    told = [answer.opened(vault) for answer in material.answers]
    waits = [wait for event in events if (wait := waiting_of(event)) is not None]
    waiting = come_for(material.lesson.planned, waits)
    facts = standing_in([found.fact for found in happenings], told)
    came = [one.participant for one in [*_moves(facts), *waits]]
    hosts = hosts_among(material.hosts, vault, happenings, told, came)
    if not facts:
        return _Found(None, hosts, who_waits(waiting, (), hosts.host_ids))
    found = fold(
        facts,
        host_ids=hosts.host_ids,
        planned=material.lesson.planned,
        as_of=material.as_of,
        host_name=material.hosts.teacher_name,
        host_is_reported=hosts.host_is_reported,
        own_names=hosts.own_names,
        is_over=is_over,
        roster=_roster(material, vault, facts),
    )
    return _Found(found, hosts, who_waits(waiting, facts, hosts.host_ids))


def _roster(material: _Material, vault: Vault, facts: Iterable[Fact]) -> list[KnownStudent]:
    """Who of the course's students bears which of the names that Zoom reported."""
    reported = {normalised_name(one.participant.display_name) for one in _moves(facts)} - {""}
    by_index = {index_of(vault, name): name for name in reported}
    return [student.known_among(by_index) for student in material.roster.opened(vault)]


def _moves(facts: Iterable[Fact]) -> list[Joined | Left]:
    return [one for one in facts if isinstance(one, Joined | Left)]


def _read(body: bytes) -> Event | None:
    try:
        return read(body)
    except Malformed:
        return None


async def _save(
    tx: Transaction, material: _Material, found: _Found, *, begins_roster: bool
) -> None:
    lesson = material.lesson
    now = await courses.find_lesson(tx, lesson.id)
    assert now is not None, "lessons stay while there are events of them"
    # A class that was called off stays so, also where its meeting was held all the same.
    is_off = now.state is LessonState.CANCELLED
    state = now.state if is_off else _STATES.get(found.state, now.state)
    await _save_waiting(tx, now, state, found.waiting)
    if found.attendance is None:
        return
    came = found.attendance
    if state is LessonState.ENDED and begins_roster:
        came = await fill(tx, lesson, came, teacher_names=material.hosts.names)
    hosted_by = await keep_hosts(tx, now, found.hosts, came.instances)
    await attendance.save_attendance(tx, lesson.id, state, came)
    await after_fold(tx, lesson)
    await attendance.save_host(tx, lesson.id, hosted_by)
    # While a class is on, its count may wait; what it came to in the end may not.
    is_over = state is LessonState.ENDED
    is_news = is_over or state is not now.state
    await posts.bump_for_progress(tx, lesson.id, at_once=is_news)
    if state is LessonState.ENDED:
        host = await people.get_person(tx, hosted_by or lesson.teacher_id)
        if host.telegram_user_id is not None:
            await _want_summary(tx, lesson.id, host.telegram_user_id)


async def _save_waiting(
    tx: Transaction, lesson: Lesson, state: LessonState, names: Sequence[str]
) -> None:
    """Its teacher is told while nobody hosts, and that it is over; again when others come."""
    before = await attendance.waiting_in(tx, lesson.id)
    kept = [as_kept(tx, name) for name in names]
    wait = json.dumps(kept) if names and is_awaited(state, lesson.planned, tx.now) else None
    if wait == before:
        return
    await attendance.keep_waiting(tx, lesson.id, wait)
    if before is None:
        await posts.want_for_teacher(tx, PostKind.WAITING, lesson)
    else:
        await posts.bump(tx, lesson.id, (PostKind.WAITING,))


async def _want_summary(tx: Transaction, lesson_id: int, teacher_chat: int) -> None:
    """The teacher reads the durations in private; a summary that stands is brought up to date."""
    if await chats.find_chat(tx, teacher_chat) is None:
        await chats.remember_chat(tx, teacher_chat, "private")
    await posts.want(tx, PostKind.SUMMARY, lesson_id, teacher_chat)
    await posts.bump(tx, lesson_id, (PostKind.SUMMARY,))
