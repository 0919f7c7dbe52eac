"""Zoom's stored events become what happened in a lesson."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from school.holding import lesson_of_start
from school.waiting import WaitingFact
from services.disconnecting import deauthorized
from services.folding import refold
from services.happenings import Happening, happening_of, waiting_of
from services.office import Office
from storage import instances, meetings, zoom_events
from storage.database import Transaction
from storage.instances import LessonPlace
from storage.zoom_events import EventState, ZoomEvent
from zoom.webhooks import (
    AppDeauthorized,
    Event,
    Malformed,
    MeetingDeleted,
    MeetingUpdated,
    read,
)

_BATCH = 2_000

_log = logging.getLogger(__name__)

_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class _Heard:
    """A stored event and what it says; `said` is None where it makes no sense."""

    stored: ZoomEvent
    said: Event | None

    @property
    def digest(self) -> bytes:
        return self.stored.digest

    @property
    def happening(self) -> Happening | None:
        return None if self.said is None else happening_of(self.said)

    @property
    def waiting(self) -> WaitingFact | None:
        return None if self.said is None else waiting_of(self.said)


async def apply_waiting(office: Office) -> int:
    """Apply a batch of stored events; how many there were.

    What happened in a lesson is folded anew from all its events, so they may come in any order,
    late or twice. Events that cannot be applied are counted, tried again, and set aside at last;
    they keep no others waiting.
    """
    async with office.database.writing() as tx:
        waiting = await zoom_events.take_waiting(tx, _BATCH)
    heard = await asyncio.to_thread(_all_heard, waiting)
    for meeting_id, of_meeting in _grouped(heard, lambda one: one.stored.meeting_id).items():
        if meeting_id is None:
            await _apply_to_accounts(office, of_meeting)
        else:
            await _apply_to_lessons(office, meeting_id, of_meeting)
    return len(waiting)


async def try_set_aside_again(office: Office) -> int:
    """Let the events that were set aside be tried anew, as after a start; how many there were."""
    async with office.database.writing() as tx:
        count = await zoom_events.retry_set_aside(tx)
    if count:
        _log.info("%d events that were set aside are tried again", count)
        office.bell.inbox.ring()
    return count


def _all_heard(events: Iterable[ZoomEvent]) -> list[_Heard]:
    return [_Heard(event, _said(event)) for event in events]


def _said(event: ZoomEvent) -> Event | None:
    try:
        return read(event.body)
    except Malformed as error:
        _log.warning("event %s counts for nothing: %s", event.digest.hex(), error)
        return None


async def _apply_to_accounts(office: Office, heard: Sequence[_Heard]) -> None:
    for one in heard:
        async with _or_later(office, [one]):
            if isinstance(one.said, AppDeauthorized):
                await deauthorized(office, one.said.zoom_user_id, one.said.deauthorized_at)
            async with office.database.writing() as tx:
                await zoom_events.mark_done_with(tx, one.digest)


async def _apply_to_lessons(office: Office, meeting_id: int, heard: Sequence[_Heard]) -> None:
    async with _or_later(office, heard):
        await _look_where_changed(office, meeting_id, heard)
        for lesson_id, own in (await _assigned(office, meeting_id, heard)).items():
            async with _or_later(office, own):
                await refold(office, lesson_id, [one.digest for one in own])


async def _look_where_changed(office: Office, meeting_id: int, heard: Sequence[_Heard]) -> None:
    """What was changed inside Zoom is read there: an event may be old by now."""
    if not any(isinstance(one.said, MeetingUpdated | MeetingDeleted) for one in heard):
        return
    async with office.database.writing() as tx:
        is_ours = await meetings.look_now(tx, meeting_id)
    if is_ours:
        office.bell.looks.ring()


@asynccontextmanager
async def _or_later(office: Office, heard: Sequence[_Heard]) -> AsyncIterator[None]:
    """What fails inside is logged, and these events are tried again later."""
    try:
        yield
    except Exception:  # noqa: BLE001  whatever it was, the other events must go on
        _log.exception("%d events could not be applied", len(heard))
        async with office.database.writing() as tx:
            states = [await zoom_events.mark_failed(tx, one.stored) for one in heard]
        if count := states.count(EventState.SET_ASIDE):
            _log.error("%d events are set aside and count for nothing until the next start", count)


async def _assigned(
    office: Office, meeting_id: int, heard: Sequence[_Heard]
) -> Mapping[int, list[_Heard]]:
    """The events by the lesson that they are of. Those of none are done with."""
    lessons: dict[int, list[_Heard]] = defaultdict(list)
    of_none: list[_Heard] = []
    stand_since = office.clock() - office.profile.retention.figures_stand_after
    async with office.database.writing() as tx:
        places = await instances.lessons_of_meeting(tx, meeting_id)
        others = [one for one in heard if one.waiting is None]
        for uuid, own in _grouped(others, _meeting_uuid).items():
            lesson_id = (
                None if uuid is None else await _lesson_of(tx, uuid, own, places, stand_since)
            )
            of_lesson = of_none if lesson_id is None else lessons[lesson_id]
            of_lesson.extend(own)
        for one in heard:
            if one.waiting is not None:
                lesson_id = _lesson_waited_for(places, one.waiting.at, stand_since)
                of_lesson = of_none if lesson_id is None else lessons[lesson_id]
                of_lesson.append(one)
        for lesson_id, own in lessons.items():
            await zoom_events.assign(tx, [one.digest for one in own], lesson_id)
        await zoom_events.mark_applied(tx, [one.digest for one in of_none])
    return lessons


def _meeting_uuid(heard: _Heard) -> str | None:
    return heard.happening.meeting_uuid if heard.happening else None


async def _lesson_of(
    tx: Transaction,
    meeting_uuid: str,
    heard: Sequence[_Heard],
    places: Sequence[LessonPlace],
    stand_since: datetime,
) -> int | None:
    """The lesson that an instance is of; once that is known, it stays so.

    None where there is none at that time or any more, or its figures stand.
    """
    near = min(one.happening.near for one in heard if one.happening)
    known = await instances.lesson_of_instance(tx, meeting_uuid)
    of_known = next((place for place in places if place.lesson_id == known), None)
    place = of_known or _place_at(places, near)
    if place is None:
        return None
    if _stands(place, near, stand_since):
        _log.warning(
            "%d events came too late for lesson %d, whose figures stand",
            len(heard),
            place.lesson_id,
        )
        return None
    if known is None:
        await instances.remember_instance(tx, meeting_uuid, place.lesson_id)
    return place.lesson_id


def _lesson_waited_for(
    places: Sequence[LessonPlace], at: datetime, stand_since: datetime
) -> int | None:
    """The lesson of the time at which somebody waited.

    What the event names as its instance may be an earlier one, or never be held.
    """
    place = _place_at(places, at)
    return None if place is None or _stands(place, at, stand_since) else place.lesson_id


def _place_at(places: Sequence[LessonPlace], at: datetime) -> LessonPlace | None:
    place = lesson_of_start(at, places)
    if place is None and places:
        _log.info("a link of course %d was used when no lesson was near", places[0].course_id)
    return place


def _stands(place: LessonPlace, near: datetime, stand_since: datetime) -> bool:
    """Whether its figures are not worked out anew: some of what they follow from may be gone."""
    began_at = min(near, place.began_at or near)
    return place.is_forgotten or began_at <= stand_since


def _grouped(heard: Iterable[_Heard], key: Callable[[_Heard], _Key]) -> Mapping[_Key, list[_Heard]]:
    groups: dict[_Key, list[_Heard]] = defaultdict(list)
    for one in heard:
        groups[key(one)].append(one)
    return groups
