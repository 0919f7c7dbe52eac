"""The sliding window, on a loop whose time passes at once."""

import asyncio
import random
import selectors
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.window import Priority, Window


class _Instant(selectors.DefaultSelector):
    """Does not wait: says how far time would have moved."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None:
            self.now += max(timeout, 0.0)
        return super().select(0)


def in_no_time(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run it on a loop where every pause is over as soon as nothing else is to be done."""
    selector = _Instant()
    loop = asyncio.SelectorEventLoop(selector)
    loop.time = lambda: selector.now  # type: ignore[method-assign]  # the point of it
    try:
        loop.run_until_complete(work())
    finally:
        loop.close()


def most_in_any(seconds: float, moments: Sequence[float]) -> int:
    """By brute force: the most of the moments that lie within any such window."""
    return max((sum(at <= one < at + seconds for one in moments) for at in moments), default=0)


@settings(max_examples=60)
@given(
    limit=st.integers(1, 6),
    calls=st.lists(st.tuples(st.floats(0, 8), st.floats(0, 3)), max_size=40),
    seed=st.integers(0, 2**32),
)
def test_the_other_side_never_counts_more_than_the_limit(
    limit: int, calls: list[tuple[float, float]], seed: int
) -> None:
    """Each call: when it is asked for, and how long it takes. It is counted at any time in it."""
    chance = random.Random(seed)
    counted: list[float] = []

    async def call(window: Window, asked_at: float, lasts: float) -> None:
        await asyncio.sleep(asked_at)
        await window.enter(chance.choice(list(Priority)))
        counted.append(asyncio.get_running_loop().time() + chance.random() * lasts)
        await asyncio.sleep(lasts)
        window.leave()

    async def play() -> None:
        window = Window(limit, 2.0)
        async with asyncio.TaskGroup() as group:
            for asked_at, lasts in calls:
                group.create_task(call(window, asked_at, lasts))

    in_no_time(play)
    assert len(counted) == len(calls)
    assert most_in_any(2.0, counted) <= limit


def test_as_much_goes_through_as_the_limit_allows() -> None:
    went: list[float] = []

    async def play() -> None:
        window, loop = Window(30, 1.0), asyncio.get_running_loop()
        start = loop.time()

        async def call() -> None:
            await window.enter(Priority.BROADCAST)
            went.append(loop.time() - start)
            await asyncio.sleep(0.01)
            window.leave()

        async with asyncio.TaskGroup() as group:
            for _ in range(200):
                group.create_task(call())

    in_no_time(play)
    assert went == sorted(went)
    assert went[-1] < 6.0 * 1.05  # 30 at once, then 30 a second


def test_answers_go_before_broadcasts_and_each_in_their_order() -> None:
    order: list[str] = []

    async def play() -> None:
        window = Window(1, 1.0)

        async def call(name: str, priority: Priority) -> None:
            await window.enter(priority)
            order.append(name)
            window.leave()

        async with asyncio.TaskGroup() as group:
            for name in ("post 1", "post 2", "answer 1", "answer 2"):
                priority = Priority.ANSWER if name.startswith("answer") else Priority.BROADCAST
                group.create_task(call(name, priority))

    in_no_time(play)
    assert order == ["post 1", "answer 1", "answer 2", "post 2"]


def test_some_places_are_kept_for_answers() -> None:
    async def play() -> None:
        window = Window(3, 60.0, kept=1)
        await window.enter(Priority.BROADCAST)
        await window.enter(Priority.BROADCAST)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(window.enter(Priority.BROADCAST), 5)
        await asyncio.wait_for(window.enter(Priority.ANSWER), 0.001)

    in_no_time(play)


def test_whoever_gives_up_takes_no_place() -> None:
    async def play() -> None:
        window, loop = Window(1, 1.0), asyncio.get_running_loop()
        await window.enter(Priority.ANSWER)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(window.enter(Priority.ANSWER), 5)
        left_at = loop.time()
        window.leave()
        await window.enter(Priority.ANSWER)
        assert loop.time() - left_at == pytest.approx(1.0)

    in_no_time(play)


def test_whoever_is_let_in_while_giving_up_leaves_the_place_free() -> None:
    async def play() -> None:
        window = Window(1, 1.0)
        await window.enter(Priority.ANSWER)
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(window.enter(Priority.ANSWER))
            await asyncio.sleep(0)
            window.give_back()  # lets the one who waits in, who has not noticed yet
            waiting.cancel()
        await asyncio.wait_for(window.enter(Priority.ANSWER), 0.001)

    in_no_time(play)


def test_a_closed_window_lets_nobody_in_until_it_opens() -> None:
    async def play() -> None:
        window, loop = Window(5, 1.0), asyncio.get_running_loop()
        closed_at = loop.time()
        window.close(7)
        assert window.is_closed
        await window.enter(Priority.ANSWER)
        assert loop.time() - closed_at == pytest.approx(7.0)

    in_no_time(play)


def test_a_narrowed_window_widens_place_by_place() -> None:
    limits: list[int] = []

    async def play() -> None:
        window = Window(8, 1.0)
        window.narrow()
        for _ in range(4):
            await window.enter(Priority.ANSWER)
            limits.append(window.limit)
            window.leave()
            await asyncio.sleep(1.001)
        assert window.is_idle

    in_no_time(play)
    assert limits == [6, 7, 8, 8]


def test_a_window_is_idle_when_nothing_in_it_matters_any_more() -> None:
    async def play() -> None:
        window = Window(2, 1.0)
        assert window.is_idle
        await window.enter(Priority.ANSWER)
        assert not window.is_idle
        window.leave()
        assert not window.is_idle
        await asyncio.sleep(1.001)
        assert window.is_idle

    in_no_time(play)


def test_the_checker_can_tell() -> None:
    assert most_in_any(2.0, [0.0, 1.0, 1.9, 2.0]) == 3
