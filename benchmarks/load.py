"""Requests at a rate or as fast as they are answered, and how long each took.

Requests are bytes made beforehand, and answers are read no further than their status, so that one
core is enough to keep the program busy on the other.
"""

import asyncio
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from itertools import repeat
from typing import Self, cast

_HEADERS_END = b"\r\n\r\n"
_STATUS = slice(9, 12)  # of "HTTP/1.1 204 No Content"
_GIVEN_UP_S = 15.0


@dataclass(frozen=True, slots=True)
class Answers:
    """What became of a load; `seconds` has the time to each 204, ascending."""

    seconds: tuple[float, ...]
    lasted_s: float
    refused: int  # answers other than 204
    lost: int  # no answer at all

    @property
    def per_second(self) -> float:
        return len(self.seconds) / self.lasted_s

    def within_ms(self, percent: float) -> float:
        """So many percent of the answers came within so many milliseconds."""
        return percentile(self.seconds, percent) * 1000


def percentile(ascending: Iterable[float], percent: float) -> float:
    """The smallest value that at least `percent` of all do not exceed; NaN of nothing."""
    values = sorted(ascending)
    if not values:
        return float("nan")
    return values[min(len(values) - 1, int(len(values) * percent / 100))]


async def as_fast_as_answered(
    port: int, requests: Iterable[bytes], *, connections: int, seconds: float
) -> Answers:
    """Each connection sends its next request as soon as the last one is answered."""
    async with _Sender.open(port, connections) as sender:
        for request in requests:
            sender.send(request)
        await sender.all_answered(seconds)
        return sender.ended()


async def at_rate(
    port: int, requests: Iterable[bytes], *, per_second: float, connections: int
) -> Answers:
    """Sends at random moments, whether or not the earlier ones are answered.

    Times count from the moment at which a request was meant to go, so a receiver that stalls is
    charged for everything that had to wait. A timer of this process may add up to 1 ms.
    """
    intervals = random.Random(1)
    async with _Sender.open(port, connections) as sender:
        due_at = time.perf_counter()
        for request in requests:
            due_at += intervals.expovariate(per_second)
            if (early_s := due_at - time.perf_counter()) > 0:
                await asyncio.sleep(early_s)
            sender.send(request, due_at)
        await sender.all_answered(_GIVEN_UP_S)
        return sender.ended()


class _Sender:
    """Connections that carry one request at a time; what finds none free, waits in order."""

    def __init__(self) -> None:
        self._began_at = time.perf_counter()
        self._free: deque[_Connection] = deque()
        self._waiting: deque[tuple[bytes, float | None]] = deque()
        self._under_way = 0
        self._quiet = asyncio.Event()
        self._seconds: list[float] = []
        self._refused = 0
        self._lost = 0

    @classmethod
    @asynccontextmanager
    async def open(cls, port: int, connections: int) -> AsyncIterator[Self]:
        sender = cls()
        loop = asyncio.get_running_loop()
        opened: list[_Connection] = []
        try:
            for _ in repeat(None, connections):
                _, connection = await loop.create_connection(
                    lambda: _Connection(sender), "127.0.0.1", port
                )
                opened.append(connection)
            sender._free.extend(opened)
            sender._began_at = time.perf_counter()
            yield sender
        finally:
            for connection in opened:
                connection.close()

    def send(self, request: bytes, meant_at: float | None = None) -> None:
        """Now or when a connection is free; timed from `meant_at`, or from when it really goes."""
        self._quiet.clear()
        if self._free:
            self._under_way += 1
            self._free.popleft().ask(request, meant_at or time.perf_counter())
        else:
            self._waiting.append((request, meant_at))

    async def all_answered(self, seconds: float) -> None:
        """Until every request is answered; after `seconds`, those not yet sent are dropped."""
        try:
            async with asyncio.timeout(seconds):
                await self._quiet.wait()
        except TimeoutError:
            self._waiting.clear()
            async with asyncio.timeout(_GIVEN_UP_S):
                await self._quiet.wait()

    def ended(self) -> Answers:
        lasted_s = time.perf_counter() - self._began_at
        return Answers(tuple(sorted(self._seconds)), lasted_s, self._refused, self._lost)

    def answered(self, connection: "_Connection", status: int, meant_at: float) -> None:
        now = time.perf_counter()
        if status == HTTPStatus.NO_CONTENT:
            self._seconds.append(now - meant_at)
        else:
            self._refused += 1
        if self._waiting:
            request, meant_at_or_now = self._waiting.popleft()
            connection.ask(request, meant_at_or_now or now)
            return
        self._free.append(connection)
        self._one_less()

    def broken(self) -> None:
        """A connection ended before its answer."""
        self._lost += 1
        self._one_less()

    def _one_less(self) -> None:
        self._under_way -= 1
        if not self._under_way:
            self._quiet.set()


class _Connection(asyncio.Protocol):
    def __init__(self, sender: _Sender) -> None:
        self._sender = sender
        self._transport: asyncio.WriteTransport | None = None
        self._received = b""
        self._meant_at: float | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A stream's transport writes; uvloop's is no subclass, so it cannot be asked.
        self._transport = cast("asyncio.WriteTransport", transport)

    def ask(self, request: bytes, meant_at: float) -> None:
        self._meant_at = meant_at
        assert self._transport is not None
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        # The receiver's answers have no bodies.
        if not self._received.endswith(_HEADERS_END) or self._meant_at is None:
            return
        status, meant_at = int(self._received[_STATUS]), self._meant_at
        self._received, self._meant_at = b"", None
        self._sender.answered(self, status, meant_at)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        if self._meant_at is not None:
            self._sender.broken()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
