"""Where Zoom's events become durable before Zoom is answered.

Requests that wait together are committed together: while one transaction is on its way to the
disk, the next events gather. Each waits until its own commit is done. This is the one place with
hand-written SQL over the plain connection, because it must keep up with a whole school's joins;
what happens to the events afterwards is in storage.zoom_events.
"""

import asyncio
import logging
import sqlite3
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import chain
from typing import Self

from storage.database import Database
from storage.schema import zoom_event
from storage.sealing import Vault
from storage.zoom_events import EventState

_LARGEST_BATCH = 512
_LONGEST_QUEUE = 4_096
_LONGEST_TURN_S = 0.1  # then other writers have theirs
HELD_FOR = timedelta(hours=1)
"""How long an event waits for its meeting to become known."""

_log = logging.getLogger(__name__)

_OUR_MEETINGS = "SELECT group_concat(meeting_id) FROM meeting WHERE meeting_id IN ({marks})"
_OUR_HOSTS = """
    SELECT group_concat(hex(zoom_user_index)) FROM zoom_account WHERE zoom_user_index IN ({marks})
"""
_KEEP = """
    INSERT INTO zoom_event
        (digest, meeting_id, state, attempts, next_try_at, received_at, sealed_body)
    VALUES {rows}
    ON CONFLICT (digest) DO NOTHING
"""
_ROW = "(?, ?, ?, 0, ?, ?, ?)"


class InboxFull(Exception):
    """More events wait than can be committed soon; the sender should try again later."""


class InboxFailed(Exception):
    """The event may not have reached the disk; the sender should try again later."""


class Stored(StrEnum):
    """What became of an event; a repeated one has the answer of the first."""

    WAITING = "waiting"  # kept, to be applied
    HELD = "held"  # kept for an hour: the host is ours, the meeting not yet
    UNKNOWN = "unknown"  # nothing to do with us, not kept


@dataclass(frozen=True, slots=True)
class IncomingEvent:
    """A verified event as it arrived."""

    digest: bytes  # the event's own time, then sha256 of the body: a repeated one has the same
    meeting_id: int | None  # None: not about a meeting, always kept
    host_index: bytes | None  # vault.index of the host's Zoom user id, as in zoom_account
    body: bytes = field(repr=False)
    received_at: datetime


_Waiting = tuple[IncomingEvent, asyncio.Future[Stored]]


class Inbox:
    """Stores events durably, many in one commit."""

    def __init__(
        self, recorder: "_Recorder", thread: ThreadPoolExecutor, turn: asyncio.Lock
    ) -> None:
        self._recorder = recorder
        self._thread = thread
        self._turn = turn
        self._loop = asyncio.get_running_loop()
        self._queue: deque[_Waiting] = deque()  # the loop fills it, the thread empties it
        self._arrival = asyncio.Event()
        self._open = True

    @classmethod
    @asynccontextmanager
    async def open(cls, database: Database) -> AsyncIterator[Self]:
        """At the end, what still waits is committed first."""
        loop = asyncio.get_running_loop()
        failure: Exception | None = None
        with ThreadPoolExecutor(1, "inbox") as thread:
            connection = await loop.run_in_executor(thread, database.file.connect)
            try:
                inbox = cls(_Recorder(connection, database.vault), thread, database.turn)
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(inbox._commit_what_waits())
                    try:
                        yield inbox
                    except Exception as error:  # noqa: BLE001  # raised below, outside the group
                        failure = error
                    inbox.close()
            finally:
                await loop.run_in_executor(thread, connection.close)
        if failure is not None:
            raise failure

    async def store(self, event: IncomingEvent) -> Stored:
        """Returns when the event is on the disk; raises InboxFull or InboxFailed."""
        if not self._open:
            raise InboxFailed("the inbox is closed")
        if len(self._queue) >= _LONGEST_QUEUE:
            raise InboxFull
        future: asyncio.Future[Stored] = self._loop.create_future()
        self._queue.append((event, future))
        self._arrival.set()
        return await future

    def close(self) -> None:
        """Takes no more events; those that wait are still committed."""
        self._open = False
        self._arrival.set()

    async def _commit_what_waits(self) -> None:
        try:
            while self._open or self._queue:
                await self._arrival.wait()
                self._arrival.clear()
                while self._queue:
                    async with self._turn:
                        await self._loop.run_in_executor(self._thread, self._commit_batches)
        finally:  # something waits only when the program is being torn down
            self._open = False
            while batch := self._next_batch():
                _answer(batch, None)

    def _commit_batches(self) -> None:
        """Runs in the inbox's own thread: batch after batch, until none waits or for one turn.

        The loop, which is busy with the next requests, is not waited for in between.
        """
        ends_at = time.monotonic() + _LONGEST_TURN_S
        while time.monotonic() < ends_at and (batch := self._next_batch()):
            answers: list[Stored] | None = None
            try:
                answers = self._recorder.record([event for event, _ in batch])
            except Exception:  # noqa: BLE001  # whatever it was, those who wait must hear of it
                _log.exception("%d events could not be stored", len(batch))
            self._loop.call_soon_threadsafe(_answer, batch, answers)

    def _next_batch(self) -> list[_Waiting]:
        """What waits, in order."""
        batch: list[_Waiting] = []
        with suppress(IndexError):
            while len(batch) < _LARGEST_BATCH:
                batch.append(self._queue.popleft())
        return batch


def _answer(batch: Sequence[_Waiting], answers: Sequence[Stored] | None) -> None:
    """Tell all who wait; without answers, that their events may not have reached the disk."""
    for at, (_, future) in enumerate(batch):
        if future.done():  # whoever waited has gone
            continue
        if answers is None:
            future.set_exception(InboxFailed("the event was not stored"))
        else:
            future.set_result(answers[at])


class _Recorder:
    """Runs in the inbox's own thread: one call, one transaction."""

    def __init__(self, connection: sqlite3.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def record(self, events: Sequence[IncomingEvent]) -> list[Stored]:
        """Commits the events that are ours; all or none."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            answers = self._judged(events)
            kept = zip(events, answers, strict=True)
            self._keep([self._row(*one) for one in kept if one[1] is not Stored.UNKNOWN])
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        return answers

    def _keep(self, rows: Sequence[tuple[object, ...]]) -> None:
        # One statement for all: after each, this thread has to wait for the interpreter's lock.
        if rows:
            statement = _KEEP.format(rows=", ".join([_ROW] * len(rows)))
            self._connection.execute(statement, list(chain.from_iterable(rows)))

    def _judged(self, events: Sequence[IncomingEvent]) -> list[Stored]:
        meetings = self._ours(_OUR_MEETINGS, {event.meeting_id for event in events})
        unknown = [event for event in events if event.meeting_id not in meetings]
        hosts = self._ours(_OUR_HOSTS, {event.host_index for event in unknown})
        return [_verdict(event, meetings, hosts) for event in events]

    def _ours(self, query: str, asked: AbstractSet[int | bytes | None]) -> set[int | bytes]:
        """Those of `asked` that the school knows."""
        values = [value for value in asked if value is not None]
        if not values:
            return set()
        # One row that has all of them: after each, the interpreter's lock is to be waited for.
        marks = ", ".join("?" * len(values))
        (listed,) = self._connection.execute(query.format(marks=marks), values).fetchone()
        known = set((listed or "").split(","))
        return {value for value in values if _written(value) in known}

    def _row(self, event: IncomingEvent, answer: Stored) -> tuple[object, ...]:
        held = answer is Stored.HELD
        return (
            event.digest,
            event.meeting_id,
            EventState.HELD if held else EventState.WAITING,
            _as_stored(event.received_at + HELD_FOR) if held else None,
            _as_stored(event.received_at),
            self._vault.seal_bytes(
                zoom_event.name, zoom_event.c.sealed_body.name, event.digest, event.body
            ),
        )


def _verdict(
    event: IncomingEvent, meetings: AbstractSet[int | bytes], hosts: AbstractSet[int | bytes]
) -> Stored:
    if event.meeting_id is None or event.meeting_id in meetings:
        return Stored.WAITING
    return Stored.HELD if event.host_index in hosts else Stored.UNKNOWN


def _written(value: int | bytes) -> str:
    """As the queries list it."""
    return value.hex().upper() if isinstance(value, bytes) else str(value)


def _as_stored(at: datetime) -> str:
    """As SQLAlchemy writes times to SQLite."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
