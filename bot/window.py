"""A sliding window of calls, counted so that the other side can never see more."""

import asyncio
import heapq
import math
from asyncio import AbstractEventLoop, Future, TimerHandle
from collections import deque
from enum import IntEnum

_NARROWER = 3 / 4


class Priority(IntEnum):
    """Who goes first where not all can go."""

    ANSWER = 0  # somebody waits for it
    BROADCAST = 1  # a post that may come a little later


class Window:
    """At most `limit` calls in any `seconds`.

    The other side counts a call somewhere between its start and its end, which only they know.
    So a call takes its place from its start until `seconds` after its end: whichever moment was
    counted, never more than `limit` lie within any `seconds`.

    The last `kept` places are kept for answers. Who waits is let in by priority, then in order.
    """

    def __init__(self, limit: int, seconds: float, *, kept: int = 0) -> None:
        self.limit = limit
        self._widest = limit
        self._seconds = seconds
        self._kept = kept
        self._running = 0
        self._ended: deque[float] = deque()  # when each place becomes free again
        self._closed_until = 0.0
        self._widens_at = math.inf
        self._waiting: list[tuple[Priority, int, Future[None]]] = []
        self._arrivals = 0
        self._timer: TimerHandle | None = None
        self._loop: AbstractEventLoop = asyncio.get_running_loop()

    @property
    def is_closed(self) -> bool:
        return self._closed_until > self._loop.time()

    @property
    def is_idle(self) -> bool:
        """Nothing is remembered that would still matter."""
        self._widen()
        self._forget_the_old()
        is_quiet = not (self._running or self._ended or self._waiting)
        return is_quiet and not self.is_closed and self.limit == self._widest

    async def enter(self, priority: Priority) -> None:
        """Wait for a place and take it; `leave` or `give_back` must follow."""
        entered: Future[None] = self._loop.create_future()
        self._arrivals += 1
        heapq.heappush(self._waiting, (priority, self._arrivals, entered))
        self._let_in()
        try:
            await entered
        except asyncio.CancelledError:
            if entered.done() and not entered.cancelled():
                self.give_back()
            raise

    def leave(self) -> None:
        """The call has ended; its place becomes free when it can no longer count."""
        self._running -= 1
        self._ended.append(self._loop.time() + self._seconds)
        self._let_in()

    def give_back(self) -> None:
        """The place was not used."""
        self._running -= 1
        self._let_in()

    def close(self, seconds: float) -> None:
        """Let nobody in for so long."""
        self._closed_until = max(self._closed_until, self._loop.time() + seconds)
        self._let_in()

    def narrow(self) -> None:
        """The other side allows less than we thought; widened again place by place."""
        self.limit = max(1, math.floor(self.limit * _NARROWER))
        self._widens_at = self._loop.time() + self._seconds

    def _let_in(self) -> None:
        self._widen()
        while self._waiting and self._opens_at() <= self._loop.time():
            _, _, entered = heapq.heappop(self._waiting)
            if not entered.cancelled():
                self._running += 1
                entered.set_result(None)
        self._wake_up_later()

    def _opens_at(self) -> float:
        """When the first who waits can go; infinite where a running call has to end before."""
        self._forget_the_old()
        priority = self._waiting[0][0]
        limit = max(1, self.limit - (self._kept if priority is Priority.BROADCAST else 0))
        too_many = self._running + len(self._ended) - limit + 1
        if too_many <= 0:
            return self._closed_until
        if too_many > len(self._ended):
            return math.inf
        return max(self._closed_until, self._ended[too_many - 1])

    def _wake_up_later(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting and (opens_at := self._opens_at()) < math.inf:
            self._timer = self._loop.call_at(opens_at, self._let_in)

    def _forget_the_old(self) -> None:
        while self._ended and self._ended[0] <= self._loop.time():
            self._ended.popleft()

    def _widen(self) -> None:
        while self._widens_at <= self._loop.time():
            self.limit += 1
            self._widens_at += self._seconds
            if self.limit >= self._widest:
                self._widens_at = math.inf
