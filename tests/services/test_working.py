"""How workers go about their work."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from services import working
from services.office import Wakeup
from services.working import keep_working

PATIENCE_S = 5.0


@asynccontextmanager
async def at_work(step: Callable[[], Awaitable[int]], wakeup: Wakeup) -> AsyncIterator[None]:
    """A worker that looks by itself only long after the test."""
    async with asyncio.TaskGroup() as tasks:
        worker = tasks.create_task(keep_working("tester", wakeup, step, every_s=3_600))
        async with asyncio.timeout(PATIENCE_S):
            yield
        worker.cancel()


async def test_it_goes_on_until_nothing_is_left_and_then_waits_for_a_ring() -> None:
    wakeup, left, done = Wakeup(), [3], asyncio.Queue[int]()

    async def step() -> int:
        done.put_nowait(left[0])
        left[0] = max(left[0] - 1, 0)
        return left[0]

    async with at_work(step, wakeup):
        assert [await done.get() for _ in range(3)] == [3, 2, 1]
        await asyncio.sleep(0.02)
        assert done.empty()
        wakeup.ring()
        assert await done.get() == 0


async def test_a_ring_during_a_step_is_not_missed() -> None:
    wakeup, seen = Wakeup(), asyncio.Queue[str]()

    async def step() -> int:
        if seen.empty():
            wakeup.ring()
        await seen.put("looked")
        return 0

    async with at_work(step, wakeup):
        while seen.qsize() < 2:  # noqa: ASYNC110  there is nothing to wait on
            await asyncio.sleep(0.001)


async def test_a_step_that_fails_is_logged_and_tried_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(working, "_PAUSE_AFTER_FAILURE_S", 0.0)
    wakeup, tries = Wakeup(), asyncio.Queue[str]()

    async def step() -> int:
        await tries.put("tried")
        if tries.qsize() == 1:
            raise ValueError("the disk is full")
        return 0

    async with at_work(step, wakeup):
        while tries.qsize() < 2:  # noqa: ASYNC110  there is nothing to wait on
            await asyncio.sleep(0.001)
    assert "the tester failed and goes on" in caplog.text
    assert "the disk is full" in caplog.text
