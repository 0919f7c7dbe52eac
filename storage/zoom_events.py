"""Zoom's events after they were stored: applied, tried again, set aside, forgotten."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, or_, select, update

from storage.database import Transaction
from storage.schema import zoom_event
from storage.sealing import SealBroken, Vault

TRIES = 24
"""How often applying an event is tried, for a day and more, before it is set aside."""

_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(hours=2)

_log = logging.getLogger(__name__)


class EventState(StrEnum):
    """Where an event is on its way."""

    WAITING = "waiting"  # to be applied
    HELD = "held"  # of a meeting that we may be creating just now; `next_try_at` is its end
    APPLIED = "applied"
    SET_ASIDE = "set_aside"  # could not be applied


@dataclass(frozen=True, slots=True)
class ZoomEvent:
    """A stored event with its raw body."""

    digest: bytes
    meeting_id: int | None
    body: bytes = field(repr=False)
    received_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class SealedEvent:
    """A stored event that is yet to be opened: thousands are better opened in another thread."""

    digest: bytes
    sealed_body: bytes = field(repr=False)

    def body(self, vault: Vault) -> bytes:
        return _opened(vault, self.digest, self.sealed_body)


@dataclass(frozen=True, slots=True)
class EventCounts:
    """How many events there are in each state that somebody may worry about."""

    waiting: int
    held: int
    set_aside: int


async def take_waiting(tx: Transaction, limit: int) -> Sequence[ZoomEvent]:
    """The events to apply now, oldest first; within a writing transaction.

    One whose body no longer opens is set aside here, so that it does not stop the others.
    """
    due = or_(zoom_event.c.next_try_at.is_(None), zoom_event.c.next_try_at <= tx.now)
    rows = await tx.connection.execute(
        select(zoom_event)
        .where(zoom_event.c.state == EventState.WAITING, due)
        .order_by(zoom_event.c.received_at, zoom_event.c.digest)
        .limit(limit)
    )
    taken: list[ZoomEvent] = []
    for row in rows:
        try:
            body = _opened(tx.vault, row.digest, row.sealed_body)
        except SealBroken:
            _log.exception("event %s does not open and is set aside", row.digest.hex())
            await _set(tx, row.digest, state=EventState.SET_ASIDE)
            continue
        event = ZoomEvent(row.digest, row.meeting_id, body, row.received_at, row.attempts)
        taken.append(event)
    return taken


async def assign(tx: Transaction, digests: Collection[bytes], lesson_id: int) -> None:
    """The events are that lesson's from now on, and still to be applied."""
    await tx.connection.execute(
        update(zoom_event).where(zoom_event.c.digest.in_(digests)).values(lesson_id=lesson_id)
    )


async def mark_applied(tx: Transaction, digests: Collection[bytes]) -> None:
    """Nothing more is to be done for the events."""
    await tx.connection.execute(
        update(zoom_event)
        .where(zoom_event.c.digest.in_(digests))
        .values(state=EventState.APPLIED, next_try_at=None)
    )


async def mark_done_with(tx: Transaction, digest: bytes) -> None:
    """It is applied and nothing is ever worked out from it again: what it says of somebody goes.

    That it came stays, so that it is not applied twice.
    """
    nothing = tx.vault.seal_bytes(zoom_event.name, zoom_event.c.sealed_body.name, digest, b"")
    await _set(tx, digest, state=EventState.APPLIED, next_try_at=None, sealed_body=nothing)


async def mark_failed(tx: Transaction, event: ZoomEvent) -> EventState:
    """Counts a failed try: later again, each pause twice as long up to two hours, or set aside."""
    attempts = event.attempts + 1
    state = EventState.SET_ASIDE if attempts >= TRIES else EventState.WAITING
    pause = min(_FIRST_PAUSE * 2 ** (attempts - 1), _LONGEST_PAUSE)
    await _set(tx, event.digest, state=state, attempts=attempts, next_try_at=tx.now + pause)
    return state


async def release_held(tx: Transaction, meeting_id: int) -> int:
    """Lets the events of a meeting that has just become known be applied; returns how many."""
    result = await tx.connection.execute(
        update(zoom_event)
        .where(zoom_event.c.state == EventState.HELD, zoom_event.c.meeting_id == meeting_id)
        .values(state=EventState.WAITING, next_try_at=None)
    )
    return result.rowcount


async def retry_set_aside(tx: Transaction) -> int:
    """Lets everything that was set aside be tried anew; returns how many."""
    result = await tx.connection.execute(
        update(zoom_event)
        .where(zoom_event.c.state == EventState.SET_ASIDE)
        .values(state=EventState.WAITING, attempts=0, next_try_at=None)
    )
    return result.rowcount


async def events_of_lesson(tx: Transaction, lesson_id: int) -> Sequence[SealedEvent]:
    """Every event of the lesson that is still kept, in the order they arrived in."""
    rows = await tx.connection.execute(
        select(zoom_event.c.digest, zoom_event.c.sealed_body)
        .where(zoom_event.c.lesson_id == lesson_id)
        .order_by(zoom_event.c.received_at, zoom_event.c.digest)
    )
    return [SealedEvent(row.digest, row.sealed_body) for row in rows]


async def count_waiting(tx: Transaction) -> EventCounts:
    rows = await tx.connection.execute(
        select(zoom_event.c.state, func.count())
        .where(zoom_event.c.state != EventState.APPLIED)
        .group_by(zoom_event.c.state)
    )
    counts: dict[str, int] = dict(rows.all())
    return EventCounts(
        waiting=counts.get(EventState.WAITING, 0),
        held=counts.get(EventState.HELD, 0),
        set_aside=counts.get(EventState.SET_ASIDE, 0),
    )


async def _set(tx: Transaction, digest: bytes, **values: object) -> None:
    await tx.connection.execute(
        update(zoom_event).where(zoom_event.c.digest == digest).values(**values)
    )


def _opened(vault: Vault, digest: bytes, sealed: bytes) -> bytes:
    return vault.open_bytes(zoom_event.name, zoom_event.c.sealed_body.name, digest, sealed)
