"""Files that take long to make: ordered at the desk, made behind it, one of each kind at a time.

The update that asks for one is handled once that is ordered. Else whoever waits for a file would
hold one of the few places in which updates are handled; and Telegram, which gives only the hundred
updates after the first that is not confirmed, would soon have nothing new for anybody.

Nothing of this is stored: what is not made when the program ends is to be asked for again.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from school.errors import SchoolError

_MOST_WAITING = 200  # of one kind, over all people
_TO_FINISH_S = 5.0  # for what is being made when the program ends
_TO_SAY_SO_S = 1.5


class Kind(Enum):
    """What is made."""

    OWN_DATA = auto()
    REPORT = auto()
    PAPER = auto()  # a page or a picture


_MOST_EACH = {Kind.OWN_DATA: 1, Kind.REPORT: 8, Kind.PAPER: 5}
"""How many of it one person may wait for at once."""


@dataclass(slots=True, eq=False)
class Order:
    """One file that somebody waits for."""

    kind: Kind
    telegram_user_id: int
    _lock: asyncio.Lock
    has_turn: bool = False

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """After the orders of this kind that came before."""
        async with self._lock:
            self.has_turn = True
            yield


class Backroom:
    """All that is ordered, of all people."""

    def __init__(self) -> None:
        self._locks = {kind: asyncio.Lock() for kind in Kind}
        self._orders: dict[asyncio.Task[None], Order] = {}
        self.is_closing = False

    def check(self, kind: Kind, telegram_user_id: int) -> None:
        """Raises SchoolError where one more of this kind is not taken from this person now."""
        if self.is_closing:
            raise SchoolError("I am just being started anew. Please ask again in a minute.")
        same = [order for order in self._orders.values() if order.kind is kind]
        own = sum(order.telegram_user_id == telegram_user_id for order in same)
        if own >= _MOST_EACH[kind]:
            raise SchoolError("I am still at what you asked for. It comes as soon as it is ready.")
        if len(same) >= _MOST_WAITING:
            raise SchoolError(
                "Many people wait for their files just now. Please ask again in ten minutes."
            )

    def begin(
        self,
        kind: Kind,
        telegram_user_id: int,
        make: Callable[[Order], Coroutine[Any, Any, None]],
    ) -> None:
        """Have it made, for whoever will not wait; `make` answers for what goes wrong.

        Raises SchoolError as `check` does.
        """
        self.check(kind, telegram_user_id)
        order = Order(kind, telegram_user_id, self._locks[kind])
        task = asyncio.get_running_loop().create_task(make(order))
        self._orders[task] = order
        task.add_done_callback(self._orders.pop)

    async def finish(self) -> None:
        """The program ends: what has its turn is finished, for a few seconds; the rest is not."""
        self.is_closing = True
        await self._cancel([task for task, order in self._orders.items() if not order.has_turn])
        if self._orders:
            await asyncio.wait(self._orders, timeout=_TO_FINISH_S)
        await self.clear()

    async def clear(self) -> None:
        """Nothing is made any more."""
        await self._cancel(list(self._orders))

    async def _cancel(self, tasks: list[asyncio.Task[None]]) -> None:
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_TO_SAY_SO_S)
