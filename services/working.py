"""How a worker goes about its work: when rung, which the clock does too, until it is stopped."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from services.office import Office, Wakeup

log = logging.getLogger(__name__)

_PAUSE_AFTER_FAILURE_S = 1.0
_LONGEST_REST_S = 1.0
_LOOK_S = 5
_OVERDUE_S = 60
_CONTINUE_S = 3_600
_BEAT_S = 30
_ASK_S = 30
_GRANTS_S = 10
_LAPSE_S = 300
_CLEAR_S = 600  # what is kept for one hour is kept for little more


async def keep_working(
    name: str, wakeup: Wakeup, step: Callable[[], Awaitable[int]], stop: asyncio.Event
) -> None:
    """Call `step` until it finds nothing to do, then wait for a ring; and so on until `stop`.

    A step that fails is logged and tried again after a pause: what it works on is rows, so
    nothing is lost by that. After work it rests as long as that took: what comes meanwhile is
    done in one go, and the rest of the program gets its share of the machine.

    A step that has begun is finished before the stop. Whoever sets `stop` also rings `wakeup`.
    """
    loop = asyncio.get_running_loop()
    while not stop.is_set():
        began_at = loop.time()
        try:
            done = await step()
        except Exception:
            log.exception("the %s failed and goes on", name)
            await _rest(stop, _PAUSE_AFTER_FAILURE_S)
            continue
        if done:
            await _rest(stop, min(loop.time() - began_at, _LONGEST_REST_S))
        else:
            await wakeup.wait()


async def _rest(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()


@contextmanager
def clock_strikes(office: Office) -> Iterator[None]:
    """Rings, as time passes, for what may have come due; what that is, the database knows."""
    bell = office.bell
    scheduler = AsyncIOScheduler(
        timezone=UTC,
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for wakeup, seconds in (
        (bell.posts, _LOOK_S),
        (bell.letters, _LOOK_S),
        (bell.inbox, _LOOK_S),
        (bell.courses, _LOOK_S),
        (bell.looks, _LOOK_S),
        (bell.reminders, _LOOK_S),
        (bell.series, _CONTINUE_S),
        (bell.overdue, _OVERDUE_S),
        (bell.lapses, _LAPSE_S),
        (bell.clearing, _CLEAR_S),
        (bell.erasures, _CLEAR_S),
        (bell.heart, _BEAT_S),
        (bell.asking, _ASK_S),
        (bell.grants, _GRANTS_S),
    ):
        scheduler.add_job(wakeup.ring, "interval", seconds=seconds)
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)
