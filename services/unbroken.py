"""Work that must not stop half-way: what it asked for may have happened already."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

_Result = TypeVar("_Result")


class Unbroken:
    """Finishes what was begun, although whoever asked for it is cancelled.

    Such as a refresh of tokens: once Zoom has given a new pair, the former is worth nothing, so
    the new one has to be stored. The end of the program waits for `finished`.
    """

    def __init__(self) -> None:
        self._under_way: set[asyncio.Task[Any]] = set()

    def begin(self, work: Coroutine[Any, Any, _Result]) -> asyncio.Task[_Result]:
        """The work under way, for whoever will not wait for all of it."""
        # Not in a TaskGroup of the caller's, which would be cancelled with the caller.
        task = asyncio.get_running_loop().create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    async def run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        """The work's result; a cancellation meanwhile takes effect when it is done."""
        task = self.begin(work)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait([task])
            raise

    async def finished(self) -> None:
        """Nothing is under way any more."""
        while self._under_way:
            await asyncio.wait(self._under_way)
