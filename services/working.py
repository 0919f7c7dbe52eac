"""How a worker goes about its work: when rung, every few seconds, and on after a failure."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from services.office import Office, Wakeup
from services.retention import clear_old

log = logging.getLogger(__name__)

_PAUSE_AFTER_FAILURE_S = 1.0
_LONGEST_REST_S = 1.0
_LOOK_S = 5
_CLEAR_HOURS = 6


async def keep_working(
    name: str, wakeup: Wakeup, step: Callable[[], Awaitable[int]], *, every_s: float = 5.0
) -> None:
    """Call `step` until it finds nothing to do, then wait for a ring or `every_s` seconds.

    A step that fails is logged and tried again after a pause: what it works on is rows, so
    nothing is lost by that. After work it rests as long as that took: what comes meanwhile is
    done in one go, and the rest of the program gets its share of the machine.
    """
    loop = asyncio.get_running_loop()
    while True:
        began_at = loop.time()
        try:
            done = await step()
        except Exception:
            log.exception("the %s failed and goes on", name)
            await asyncio.sleep(_PAUSE_AFTER_FAILURE_S)
            continue
        if done:
            await asyncio.sleep(min(loop.time() - began_at, _LONGEST_REST_S))
        else:
            await wakeup.wait(every_s)


@contextmanager
def clock_strikes(office: Office) -> Iterator[None]:
    """Rings, as time passes, for what may have come due; what that is, the database knows."""

    def look_at_what_is_due() -> None:
        for wakeup in (office.bell.posts, office.bell.inbox, office.bell.courses):
            wakeup.ring()

    scheduler = AsyncIOScheduler(
        timezone=UTC,
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    scheduler.add_job(look_at_what_is_due, "interval", seconds=_LOOK_S)
    scheduler.add_job(clear_old, "interval", [office], hours=_CLEAR_HOURS)
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)
