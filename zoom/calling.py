"""One call of Zoom's API: with a token, within a time, and again where that is right."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

import httpx

from zoom.errors import (
    RateLimited,
    TokenRejected,
    ZoomError,
    ZoomUncertain,
    ZoomUnreachable,
)
from zoom.problems import api_problem
from zoom.wire import telling_failures

_MOST_TRIES: Final = 5
_LONGEST_S: Final = 30.0  # all tries with one token, and the pauses between them
_TOO_SHORT_S: Final = 0.01  # for another try; a loop may also end the time a moment early
_FIRST_PAUSE_S: Final = 0.5
_LONGEST_PAUSE_S: Final = 8.0
_LONGEST_WAIT: Final = timedelta(seconds=10)  # when Zoom says how long


class TokenSource(Protocol):
    """Where a user's access token comes from; what it raises, the call raises."""

    async def token(self) -> str:
        """One that should be good for the next minute."""

    async def renewed(self, rejected: str) -> str:
        """Another one: Zoom did not take `rejected`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request. `name` says in errors what was asked; `path` is encoded already.

    `is_repeatable`: made twice, it comes to the same as made once.
    """

    name: str
    method: str
    path: str
    query: Mapping[str, str] | None = None
    body: Mapping[str, object] | None = None
    is_repeatable: bool = True


class Caller:
    """Makes calls. `sleep` takes seconds; `chance` gives numbers from 0 up to 1, for jitter."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        base_url: str,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._http = http
        self._base_url = base_url.rstrip("/")
        self._clock = clock
        self._sleep = sleep
        self._chance = chance

    async def make(self, call: Call, tokens: TokenSource) -> httpx.Response:
        """A successful answer; once more with another token, should Zoom not take the first.

        Getting a token is not cut short by the time that a call may take: a refresh that is
        given up half-way could lose the grant.
        """
        token = await tokens.token()
        try:
            return await self._persist(call, token)
        except TokenRejected:
            token = await tokens.renewed(token)
        return await self._persist(call, token)

    async def _persist(self, call: Call, token: str) -> httpx.Response:
        now = asyncio.get_running_loop().time
        deadline = now() + _LONGEST_S
        tries = 0
        while True:
            tries += 1
            try:
                return await self._once(call, token, deadline)
            except (ZoomUnreachable, ZoomUncertain, RateLimited) as error:
                pause = self._pause(error, tries)
                late = tries == _MOST_TRIES or now() + pause > deadline - _TOO_SHORT_S
                if late or not _may_repeat(call, error):
                    raise
            await self._sleep(pause)

    async def _once(self, call: Call, token: str, deadline: float) -> httpx.Response:
        with telling_failures(call.name):
            async with asyncio.timeout_at(deadline):
                response = await self._http.request(
                    call.method,
                    f"{self._base_url}{call.path}",
                    params=call.query,
                    json=call.body,
                    headers={"Authorization": f"Bearer {token}"},
                )
        if not response.is_success:
            raise api_problem(call.name, response, self._clock())
        return response

    def _pause(self, error: ZoomError, tries: int) -> float:
        """Seconds, by chance: those that failed together should not come back together."""
        longest = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2.0 ** (tries - 1))
        asked = error.retry_after.total_seconds() if isinstance(error, RateLimited) else 0.0
        return asked + self._chance() * longest


def _may_repeat(call: Call, error: ZoomError) -> bool:
    match error:
        case ZoomUnreachable():
            return True
        case RateLimited():
            return error.retry_after <= _LONGEST_WAIT
        case _:
            return call.is_repeatable
