"""Everything that happened, in order, numbered from 1."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from sandbox.wire import Json, JsonObject


class Journal:
    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._entries: list[JsonObject] = []
        self._news = asyncio.Event()
        self._closed = False

    @property
    def last(self) -> int:
        """The number of the newest entry."""
        return len(self._entries)

    def add(self, kind: str, **fields: Json) -> None:
        entry: dict[str, Json] = {"n": self.last + 1, "at": self._clock().isoformat(), "kind": kind}
        self._entries.append(entry | fields)
        self._ring()

    def after(self, number: int) -> list[JsonObject]:
        return self._entries[max(number, 0) :]

    async def wait(self, number: int, seconds: float) -> None:
        """Returns once there is an entry after `number`, at the latest after `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                while self.last <= number and not self._closed:
                    await self._news.wait()
        except TimeoutError:
            return

    def close(self) -> None:
        self._closed = True
        self._ring()

    def _ring(self) -> None:
        self._news.set()
        self._news = asyncio.Event()
