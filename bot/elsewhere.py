"""Work that takes long or much memory, done in a process of its own."""

from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

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
        pool = ProcessPoolExecutor(1, get_context("spawn"))
        result = pool.submit(fn, *args, **kwargs)
        result.add_done_callback(lambda _: pool.shutdown(wait=False))
        return result
