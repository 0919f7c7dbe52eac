"""A scripted wire to Zoom, and what goes with it; for rules that one exchange decides."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from tests.clocks import SettableClock
from zoom.client import ZoomApi, ZoomClient

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
API = "https://zoom.example/v2"

Answer = httpx.Response | Exception
Handler = Callable[[httpx.Request], httpx.Response]


def problem(
    status: int, code: int, message: str = "", *, headers: dict[str, str] | None = None
) -> httpx.Response:
    return httpx.Response(status, json={"code": code, "message": message}, headers=headers)


class Script:
    """Answers requests in turn, the last answer for ever; keeps what was asked."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    @property
    def calls(self) -> list[str]:
        return [f"{one.method} {one.url.raw_path.decode()}" for one in self.requests]

    def body(self, index: int = -1) -> Any:
        return json.loads(self.requests[index].content)


@dataclass
class Tokens:
    """A TokenSource whose tokens are numbered."""

    rejected: list[str] = field(default_factory=list)

    async def token(self) -> str:
        return f"token-{len(self.rejected)}"

    async def renewed(self, rejected: str) -> str:
        self.rejected.append(rejected)
        return await self.token()


@dataclass
class Pauses:
    """A sleep that takes no time and remembers how long it was."""

    seconds: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def client_of(
    handler: Handler,
    *,
    tokens: Tokens | None = None,
    pauses: Pauses | None = None,
    chance: float = 0.0,
    now: datetime = NOW,
) -> ZoomClient:
    """The API over a scripted wire; `chance` is what the jitter draws each time."""
    api = ZoomApi(
        httpx.AsyncClient(transport=httpx.MockTransport(handler)),
        base_url=API,
        clock=SettableClock(now),
        sleep=pauses or Pauses(),
        chance=lambda: chance,
    )
    return api.acting_as(tokens or Tokens())


USER = {"id": "hN3kXq", "email": "aisha@example.org", "type": 1, "account_id": "acc7"}
MEETING = {
    "id": 82031645907,
    "uuid": "q8Rt/5bWQ0yC3mVn2LpXaA==",
    "host_id": "hN3kXq",
    "topic": "Tajweed",
    "agenda": "Darulkubra · C-7",
    "type": 2,
    "start_time": "2026-11-24T15:00:00Z",
    "duration": 45,
    "timezone": "Africa/Addis_Ababa",
    "join_url": "https://zoom.example/j/82031645907?pwd=letmein",
    "start_url": "https://zoom.example/s/82031645907?zak=hostsecret",
    "password": "letmein",
}
