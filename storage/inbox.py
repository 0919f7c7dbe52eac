"""Where Zoom's events become durable before Zoom is answered.

Requests that wait together are committed together: while one transaction is on its way to the
disk, the next events gather. Each waits until its own commit is done. This is the one place with
hand-written SQL over the plain connection, because it must keep up with a whole school's joins;
what happens to the events afterwards is in storage.zoom_events.
"""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from itertools import chain
from typing import Self

from storage.database import Database
from storage.schema import zoom_event
from storage.sealing import Vault
from storage.zoom_events import EventState

_LARGEST_BATCH = 512
_LONGEST_QUEUE = 4_096
HELD_FOR = timedelta(hours=1)
"""How long an event waits for its meeting to become known."""

_log = logging.getLogger(__name__)

_MEETING_IS_OURS = "SELECT 1 FROM course WHERE meeting_id = ?"
_HOST_IS_OURS = "SELECT 1 FROM zoom_account WHERE zoom_user_index = ?"
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

    digest: bytes  # sha256 of the body: a repeated delivery has the same
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
        self._queue: asyncio.Queue[_Waiting | None] = asyncio.Queue()
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
                    tasks.create_task(inbox._commit_batches())
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
        if self._queue.qsize() >= _LONGEST_QUEUE:
            raise InboxFull
        future: asyncio.Future[Stored] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait((event, future))
        return await future

    def close(self) -> None:
        """Takes no more events; those that wait are still committed."""
        self._open = False
        self._queue.put_nowait(None)

    async def _commit_batches(self) -> None:
        batch: list[_Waiting] = []
        try:
            while batch := await self._next_batch():
                await self._commit(batch)
        finally:  # reached early only when the program is being torn down
            self._open = False
            while not self._queue.empty():
                batch.extend(filter(None, [self._queue.get_nowait()]))
            _fail(batch)

    async def _next_batch(self) -> list[_Waiting]:
        """Everything that waits, in order; nothing once the inbox is closed and empty."""
        first = await self._queue.get()
        batch = [] if first is None else [first]
        while batch and len(batch) < _LARGEST_BATCH and not self._queue.empty():
            item = self._queue.get_nowait()
            if item is None:
                self._queue.put_nowait(None)
                break
            batch.append(item)
        return batch

    async def _commit(self, batch: Sequence[_Waiting]) -> None:
        loop = asyncio.get_running_loop()
        events = [event for event, _ in batch]
        try:
            async with self._turn:
                answers = await loop.run_in_executor(self._thread, self._recorder.record, events)
        except Exception:  # noqa: BLE001  # whatever it was, those who wait must hear of it
            _log.exception("%d events could not be stored", len(events))
            _fail(batch)
            return
        for (_, future), answer in zip(batch, answers, strict=True):
            if not future.done():  # whoever waited may have gone
                future.set_result(answer)


def _fail(batch: Sequence[_Waiting]) -> None:
    for _, future in batch:
        if not future.done():
            future.set_exception(InboxFailed("the event was not stored"))


class _Recorder:
    """Runs in the inbox's own thread: one call, one transaction."""

    def __init__(self, connection: sqlite3.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def record(self, events: Sequence[IncomingEvent]) -> list[Stored]:
        """Commits the events that are ours; all or none."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            finds = cache(self._finds)  # most events of a batch are of few meetings
            answers = [_judged(event, finds) for event in events]
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

    def _finds(self, query: str, value: int | bytes) -> bool:
        return self._connection.execute(query, (value,)).fetchone() is not None

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


def _judged(event: IncomingEvent, finds: Callable[[str, int | bytes], bool]) -> Stored:
    if event.meeting_id is None or finds(_MEETING_IS_OURS, event.meeting_id):
        return Stored.WAITING
    if event.host_index is not None and finds(_HOST_IS_OURS, event.host_index):
        return Stored.HELD
    return Stored.UNKNOWN


def _as_stored(at: datetime) -> str:
    """As SQLAlchemy writes times to SQLite."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
