"""What was begun is finished, whoever is cancelled."""

import asyncio

import pytest

from services.unbroken import Unbroken


async def test_a_cancellation_takes_effect_when_the_work_is_done() -> None:
    unbroken, begun, may_end, done = Unbroken(), asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        await may_end.wait()
        done.set()

    async with asyncio.TaskGroup() as tasks:
        asking = tasks.create_task(unbroken.run(work()))
        await begun.wait()
        asking.cancel()
        await asyncio.sleep(0)
        assert not asking.done()
        may_end.set()
    assert asking.cancelled()
    assert done.is_set()


async def test_the_end_of_the_program_waits_even_for_what_was_cancelled_twice() -> None:
    unbroken, done = Unbroken(), asyncio.Event()

    async def work() -> None:
        await asyncio.sleep(0.05)
        done.set()

    async with asyncio.TaskGroup() as tasks:
        asking = tasks.create_task(unbroken.run(work()))
        for _ in range(2):
            await asyncio.sleep(0.01)
            asking.cancel()
    assert not done.is_set()
    await unbroken.finished()
    assert done.is_set()


async def test_results_and_errors_are_those_of_the_work() -> None:
    unbroken = Unbroken()

    async def work(number: int) -> int:
        await asyncio.sleep(0)
        return 10 // number

    assert await unbroken.run(work(5)) == 2
    with pytest.raises(ZeroDivisionError):
        await unbroken.run(work(0))
    await unbroken.finished()
