"""Whether the program runs, and whether it can do its work: for whoever keeps it running."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from services.office import Office
from storage.zoom_events import count_waiting

_POLL_AGE_S = 120.0
_MUCH_WAITING = 4_000
_PATIENCE_S = 3.0  # a check that takes longer has failed

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that has to work; `value` is what was measured, in the unit that `name` ends on."""

    name: str
    ok: bool
    value: float | None = None


Readiness = Callable[[], Awaitable[Sequence[Check]]]
"""Looks at everything that the program needs to do its work."""


def readiness(office: Office, poll_age: Callable[[], float | None] | None) -> Readiness:
    """`poll_age`: how many seconds ago Telegram was last polled, if that is how updates come."""

    async def look() -> Sequence[Check]:
        async with office.database.reading() as tx:
            counts = await count_waiting(tx)
        checks = [
            Check("database", ok=True),
            Check("events_waiting", counts.waiting < _MUCH_WAITING, counts.waiting),
            # For people to look at: the program works all the same, and no restart by a
            # supervisor would mend it.
            Check("events_set_aside", ok=True, value=counts.set_aside),
        ]
        if poll_age is not None:
            age = poll_age()
            checks.append(Check("telegram_polled_s", age is not None and age < _POLL_AGE_S, age))
        return checks

    return look


class Health:
    """The two questions that a supervisor asks."""

    def __init__(self, readiness: Readiness) -> None:
        self._readiness = readiness

    async def live(self, _request: web.Request) -> web.Response:
        """GET /health/live: the loop turns; if not, restart the program."""
        return web.json_response({"live": True})

    async def ready(self, _request: web.Request) -> web.Response:
        """GET /health/ready: 200 if every check is well, else 503."""
        checks = await self._looked_at()
        ready = bool(checks) and all(check.ok for check in checks)
        answer = {
            "ready": ready,
            "checks": {check.name: {"ok": check.ok, "value": check.value} for check in checks},
        }
        status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
        return web.json_response(answer, status=status)

    async def _looked_at(self) -> Sequence[Check]:
        """No checks at all when they could not be made."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                return await self._readiness()
        except Exception:  # noqa: BLE001  # whatever it was: not ready
            _log.exception("readiness could not be checked")
            return ()
