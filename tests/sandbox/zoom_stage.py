"""The Zoom stand-in with an app beside it: a clock to move, a receiver, a signed-in client."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from aiohttp import web

from sandbox.zoom import ZoomSandbox, zoom_sandbox
from sandbox.zoom_people import ZoomPeople, ZoomPerson

CLIENT = ("client-id", "client-secret")
REDIRECT = "https://school.example/zoom/callback"
SECRET = "webhook-secret"
VERIFIER = "a-verifier-of-at-least-forty-three-characters-1"


@dataclass(slots=True)
class MovingClock:
    now: datetime = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass(frozen=True, slots=True)
class Received:
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(self.raw)
        return parsed

    @property
    def event(self) -> str:
        return str(self.body["event"])

    @property
    def participant(self) -> dict[str, Any]:
        found: dict[str, Any] = self.body["payload"]["object"]["participant"]
        return found


@dataclass(slots=True)
class Receiver:
    """Answers with the planned statuses, then with 204."""

    received: list[Received] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    proof_secret: str | None = None  # set: answers challenges, signed with this secret

    async def take(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.received.append(Received(headers, await request.read()))
        if self.proof_secret is not None:
            return web.json_response(_proof(self.received[-1], self.proof_secret))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 204)

    @property
    def events(self) -> list[str]:
        return [one.event for one in self.received]


@dataclass(frozen=True, slots=True)
class Stage:
    sandbox: ZoomSandbox
    zoom: ZoomPeople
    clock: MovingClock
    receiver: Receiver
    http: httpx.AsyncClient

    def authorize_url(self, **changes: str) -> str:
        """A right authorize link; an empty change leaves the parameter out."""
        query = {
            "response_type": "code",
            "client_id": CLIENT[0],
            "redirect_uri": REDIRECT,
            "state": "a-state",
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
        } | changes
        kept = {name: value for name, value in query.items() if value}
        return f"{self.sandbox.oauth_url}/authorize?{urlencode(kept)}"

    async def code_for(self, person: ZoomPerson) -> str:
        callback = await person.allows(self.authorize_url())
        return parse_qs(urlsplit(callback).query)["code"][0]

    async def token(self, **form: str) -> httpx.Response:
        url = f"{self.sandbox.oauth_url}/token"
        return await self.http.post(url, data=form, auth=CLIENT)

    async def revoke(self, token: str) -> httpx.Response:
        url = f"{self.sandbox.oauth_url}/revoke"
        return await self.http.post(url, data={"token": token}, auth=CLIENT)

    async def exchange(self, code: str, **changes: str) -> httpx.Response:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT,
            "code_verifier": VERIFIER,
        }
        return await self.token(**(form | changes))

    async def connect(self, person: ZoomPerson) -> dict[str, Any]:
        """The tokens of somebody who pressed Allow."""
        answer = await self.exchange(await self.code_for(person))
        tokens: dict[str, Any] = answer.raise_for_status().json()
        return tokens

    async def api(self, person: ZoomPerson) -> "Api":
        tokens = await self.connect(person)
        return Api(self, tokens["access_token"])


@dataclass(frozen=True, slots=True)
class Api:
    stage: Stage
    access_token: str

    async def call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.access_token}"}
        url = f"{self.stage.sandbox.api_url}{path}"
        return await self.stage.http.request(method, url, json=body, headers=headers)

    async def create(self, **body: Any) -> dict[str, Any]:
        answer = await self.call("POST", "/users/me/meetings", {"topic": "Tajweed"} | body)
        made: dict[str, Any] = answer.raise_for_status().json()
        return made


def _proof(asked: Received, secret: str) -> dict[str, str]:
    token = str(asked.body["payload"]["plainToken"])
    encrypted = hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
    return {"plainToken": token, "encryptedToken": encrypted}


def challenge_of(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@asynccontextmanager
async def set_stage() -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        clock, receiver = MovingClock(), Receiver()
        application = web.Application()
        application.router.add_post("/zoom/webhook", receiver.take)
        runner = web.AppRunner(application)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        sandbox = await stack.enter_async_context(
            zoom_sandbox(
                clock=clock,
                client_id=CLIENT[0],
                client_secret=CLIENT[1],
                redirect_uri=REDIRECT,
                webhook_secret=SECRET,
                webhook_url=f"http://127.0.0.1:{runner.addresses[0][1]}/zoom/webhook",
            )
        )
        http = await stack.enter_async_context(httpx.AsyncClient())
        zoom = ZoomPeople(sandbox.url)
        await zoom.no_per_second_limits()
        yield Stage(sandbox, zoom, clock, receiver, http)
