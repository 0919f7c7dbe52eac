"""How a worker goes about its work: when rung, every few seconds, and on after a failure."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from services.office import Wakeup

log = logging.getLogger(__name__)

_PAUSE_AFTER_FAILURE_S = 1.0


async def keep_working(
    name: str, wakeup: Wakeup, step: Callable[[], Awaitable[int]], *, every_s: float = 5.0
) -> None:
    """Call `step` until it finds nothing to do, then wait for a ring or `every_s` seconds.

    A step that fails is logged and tried again after a pause: what it works on is rows, so
    nothing is lost by that.
    """
    while True:
        try:
            done = await step()
        except Exception:
            log.exception("the %s failed and goes on", name)
            await asyncio.sleep(_PAUSE_AFTER_FAILURE_S)
            continue
        if not done:
            await wakeup.wait(every_s)
