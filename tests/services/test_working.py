"""How workers go about their work."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from services import working
from services.office import Office, Wakeup
from services.working import clock_strikes, keep_working

PATIENCE_S = 30.0


@asynccontextmanager
async def at_work(step: Callable[[], Awaitable[int]], wakeup: Wakeup) -> AsyncIterator[None]:
    """A worker that is stopped at the end, and rung for that."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(keep_working("tester", wakeup, step, stop))
        async with asyncio.timeout(PATIENCE_S):
            yield
        stop.set()
        wakeup.ring()


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


async def test_a_stop_lets_the_step_finish_and_begins_no_other() -> None:
    wakeup, stop, begun, may_end = Wakeup(), asyncio.Event(), asyncio.Event(), asyncio.Event()
    finished: list[str] = []

    async def step() -> int:
        begun.set()
        await may_end.wait()
        finished.append("step")
        return 1

    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as tasks:
        tasks.create_task(keep_working("tester", wakeup, step, stop))
        await begun.wait()
        stop.set()
        may_end.set()
    assert finished == ["step"]


async def test_a_stop_ends_the_rest_after_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "_PAUSE_AFTER_FAILURE_S", 3_600)
    stop, failed = asyncio.Event(), asyncio.Event()

    async def step() -> int:
        failed.set()
        raise ValueError("the disk is full")

    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as tasks:
        tasks.create_task(keep_working("tester", Wakeup(), step, stop))
        await failed.wait()
        stop.set()


async def test_the_clock_rings_for_every_worker(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for rhythm in ("_LOOK_S", "_OVERDUE_S", "_CLEAR_S"):
        monkeypatch.setattr(working, rhythm, 0.01)
    bell = office.bell
    with clock_strikes(office):
        for wakeup in (bell.posts, bell.inbox, bell.courses, bell.overdue, bell.clearing):
            for _ in range(2):
                assert await wakeup.wait(PATIENCE_S)
