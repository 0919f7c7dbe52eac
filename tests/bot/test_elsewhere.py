"""Long work goes to a process of its own."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import aclosing

import pytest

from bot.elsewhere import FreshProcess, sent_from


def test_each_piece_of_work_has_a_process_of_its_own() -> None:
    with FreshProcess() as elsewhere:
        first, second = elsewhere.submit(os.getpid), elsewhere.submit(os.getpid)
        assert len({first.result(60), second.result(60), os.getpid()}) == 3


def test_a_process_that_dies_fails_its_own_work_and_no_other() -> None:
    with FreshProcess() as elsewhere:
        with pytest.raises(BrokenProcessPool):
            elsewhere.submit(os._exit, 1).result(60)
        assert elsewhere.submit(max, 1, 2).result(60) == 2


def _count_to(send: Callable[[int], None], last: int) -> None:
    for number in range(last):
        send(number)


def _fail_after_one(send: Callable[[int], None]) -> None:
    send(1)
    raise ZeroDivisionError


async def test_what_work_sends_comes_piece_by_piece_and_whole() -> None:
    with FreshProcess() as elsewhere:
        pieces = [piece async for piece in sent_from(elsewhere, _count_to, 30_000)]
    assert pieces == list(range(30_000))


def _send_large(send: Callable[[bytes], None], count: int) -> None:
    for number in range(count):
        send(bytes([number]) * 3_000_000)


async def test_a_piece_that_is_larger_than_a_pipe_holds_comes_whole() -> None:
    with FreshProcess() as elsewhere:
        pieces = [piece async for piece in sent_from(elsewhere, _send_large, 20)]
    assert pieces == [bytes([number]) * 3_000_000 for number in range(20)]


async def test_what_work_sent_before_it_failed_is_there_and_then_its_error() -> None:
    with ThreadPoolExecutor(1) as elsewhere:
        sent = sent_from(elsewhere, _fail_after_one)
        assert await anext(sent) == 1
        with pytest.raises(ZeroDivisionError):
            await anext(sent)


async def test_a_process_that_dies_does_not_leave_its_reader_waiting() -> None:
    with FreshProcess() as elsewhere:
        sent = sent_from(elsewhere, _die)
        with pytest.raises(BrokenProcessPool):
            await anext(sent)


def _die(send: Callable[[int], None]) -> None:
    del send
    os._exit(1)


async def test_whoever_stops_reading_ends_the_work() -> None:
    with ThreadPoolExecutor(1) as elsewhere:
        async with aclosing(sent_from(elsewhere, _count_to, 10**9)) as sent:
            assert await anext(sent) == 0
        assert await asyncio.get_running_loop().run_in_executor(elsewhere, max, 1, 2) == 2
