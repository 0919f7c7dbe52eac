"""Work that takes long or much memory, done in a process of its own."""

import asyncio
import os
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import suppress
from functools import partial
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from typing import Any, Concatenate, ParamSpec, TypeVar

_NICENESS = 5  # who works out of sight lets those go first whom people wait for

_AT_ONCE = 64  # pieces

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
    reading: asyncio.Future[list[Result]] | None = None
    try:
        done = asyncio.wrap_future(elsewhere.submit(_send, work, sending, *args, **kwargs))
        done.add_done_callback(partial(_over, sending))
        while True:
            # In a thread: a large piece comes in several writes, and must not hold the loop up.
            reading = loop.run_in_executor(None, _some, receiving)
            pieces = await asyncio.shield(reading)
            if not pieces:
                break
            for piece in pieces:
                yield piece
        await done
    finally:
        sending.close()
        if reading is None or reading.done():
            receiving.close()
        else:  # it ends with the next piece, or with the work
            reading.add_done_callback(lambda _: receiving.close())


def _over(sending: "Connection[Any, Any]", over: "asyncio.Future[None]") -> None:
    """The work has ended, well or not: nothing more is sent, which its reader hears of now."""
    if not over.cancelled():
        over.exception()  # raised to whoever still reads; if nobody does, they have ended it
    sending.close()


def _some(receiving: "Connection[Any, Any]") -> list[Any]:
    """What has come, once there is anything; nothing when nothing more can come."""
    pieces: list[Any] = []
    with suppress(EOFError):
        pieces.append(receiving.recv())
        while len(pieces) < _AT_ONCE and receiving.poll():
            pieces.append(receiving.recv())
    return pieces


def _send(
    work: Callable[..., None], sending: "Connection[Any, Any]", *args: Any, **kwargs: Any
) -> None:
    work(sending.send, *args, **kwargs)
