"""Work that takes long or much memory, done in a process of its own."""

import asyncio
import os
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from functools import partial
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from typing import Any, Concatenate, ParamSpec, TypeVar

_NICENESS = 5  # who works out of sight lets those go first whom people wait for

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class FreshProcess(Executor):
    """Gives each piece of work a new process, whose memory goes with it.

    A process that dies fails its own work and no other's.
    """

    def submit(
        self,
        fn: Callable[Parameters, Result],
        /,
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Future[Result]:
        pool = ProcessPoolExecutor(1, get_context("spawn"), os.nice, (_NICENESS,))
        result = pool.submit(fn, *args, **kwargs)
        result.add_done_callback(lambda _: pool.shutdown(wait=False))
        return result


async def sent_from(
    elsewhere: Executor,
    work: Callable[Concatenate[Callable[[Result], None], Parameters], None],
    *args: Parameters.args,
    **kwargs: Parameters.kwargs,
) -> AsyncGenerator[Result, None]:
    """What `work` sends while it is at it, piece by piece: it is given what to send with.

    So neither side holds all of it. Whoever stops reading ends the work at its next piece.
    Raises what the work raises.
    """
    loop = asyncio.get_running_loop()
    receiving, sending = Pipe(duplex=False)
    came = asyncio.Event()

    def arrived() -> None:
        loop.remove_reader(receiving.fileno())  # or it would be called again and again
        came.set()

    try:
        done = asyncio.wrap_future(elsewhere.submit(_send, work, sending, *args, **kwargs))
        done.add_done_callback(partial(_note, came))
        is_over = False
        while not is_over:
            came.clear()
            loop.add_reader(receiving.fileno(), arrived)
            if not done.done():
                await came.wait()
            is_over = done.done()
            while receiving.poll():  # after that, all that was sent is in the pipe
                yield receiving.recv()
        done.result()
    finally:
        loop.remove_reader(receiving.fileno())
        receiving.close()
        sending.close()


def _note(came: asyncio.Event, over: "asyncio.Future[None]") -> None:
    if not over.cancelled():
        over.exception()  # raised to whoever still reads; if nobody does, they have ended it
    came.set()


def _send(
    work: Callable[..., None], sending: "Connection[Any, Any]", *args: Any, **kwargs: Any
) -> None:
    work(sending.send, *args, **kwargs)
