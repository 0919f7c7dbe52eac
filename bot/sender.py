"""How rows become messages: claimed in turns, sent side by side, and recorded in the next turn."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from telegram.ext import ExtBot

from bot.budget import Priority
from bot.context import Desk
from services.logbook import report
from services.office import Wakeup

_AT_ONCE = 64  # more than the budget of a second, so that it is used up
_LOOK_AGAIN_S = 5.0  # another process may have made work
_AFTER_FAILURE_S = 1.0
_TO_FINISH_S = 8.0

ClaimT = TypeVar("ClaimT")
OutcomeT = TypeVar("OutcomeT")


@dataclass(frozen=True, slots=True)
class Taken(Generic[ClaimT, OutcomeT]):
    """What each claim is to do, and when there may be more (None: when the bell rings)."""

    work: Mapping[ClaimT, Callable[[], Awaitable[OutcomeT]]]
    next_due_at: datetime | None


class Sender(ABC, Generic[ClaimT, OutcomeT]):
    """Sends until it is stopped; what it leaves, the next run goes on with.

    One turn records what became of the claims in hand and takes new ones, in one transaction.
    """

    def __init__(self, bot: ExtBot[Priority], desk: Desk, bell: Wakeup) -> None:
        self.bot = bot
        self.desk = desk
        self._bell = bell
        self._in_hand: dict[ClaimT, asyncio.Task[None]] = {}
        self._outcomes: list[OutcomeT] = []

    @abstractmethod
    async def take(
        self, outcomes: Sequence[OutcomeT], in_hand: Collection[ClaimT], limit: int
    ) -> Taken[ClaimT, OutcomeT]:
        """Record what became of earlier claims, and take up to `limit` new ones."""

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop`, whose setter also rings the bell."""
        async with asyncio.TaskGroup() as sending:
            while not stop.is_set():
                pause_s = await self._turn(sending)
                await self._bell.wait(pause_s)
            await self._finish()

    async def _turn(self, sending: asyncio.TaskGroup) -> float:
        """Start what is due; how many seconds to wait for the bell before the next turn."""
        outcomes, self._outcomes = self._outcomes, []
        free = _AT_ONCE - len(self._in_hand)
        try:
            taken = await self.take(outcomes, tuple(self._in_hand), free)
        except Exception as error:  # noqa: BLE001  the loop goes on whatever it is
            report(error)
            self._outcomes = outcomes + self._outcomes
            return _AFTER_FAILURE_S
        for claim, work in taken.work.items():
            self._in_hand[claim] = sending.create_task(self._do(claim, work))
        return self._pause_s(taken.next_due_at)

    def _pause_s(self, next_due_at: datetime | None) -> float:
        if next_due_at is None or len(self._in_hand) >= _AT_ONCE:
            return _LOOK_AGAIN_S
        until_due = (next_due_at - self.desk.office.clock()).total_seconds()
        return min(max(until_due, 0.0), _LOOK_AGAIN_S)

    async def _do(self, claim: ClaimT, work: Callable[[], Awaitable[OutcomeT]]) -> None:
        try:
            # In two steps: by the end of the wait, the list may be another one.
            outcome = await work()
            self._outcomes.append(outcome)
        finally:
            del self._in_hand[claim]
            self._bell.ring()

    async def _finish(self) -> None:
        """Let what is being sent arrive, and record it."""
        if self._in_hand:
            await asyncio.wait(self._in_hand.values(), timeout=_TO_FINISH_S)
        for task in self._in_hand.values():
            task.cancel()
        if self._outcomes:
            await self.take(self._outcomes, (), 0)
