"""The school's web application on a port of this machine, and a plain client."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from gettext import NullTranslations
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar

from bot.catalogues import read_catalogues
from school.model import SchoolProfile
from services.office import Office
from storage.inbox import Inbox
from tests.web.described import disagreements
from web.application import build, serving
from web.health import Check
from zoom.webhooks import WebhookReceiver

TELEGRAM_SECRET = "a-secret-that-telegram-knows"
WEBHOOK_SECRET = "a-secret-that-zoom-knows"

PROFILE = SchoolProfile(
    name="Darulkubra",
    zone=ZoneInfo("Africa/Addis_Ababa"),
    language="en",
    public_url="https://bot.example.org",
    bot_username="darulkubra_bot",
    admin_ids=frozenset({1}),
    support_email="support@example.org",
    support_url="https://example.org",
    privacy_contact="privacy@example.org",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, read to its end."""

    status: int
    headers: Mapping[str, str]
    cookies: Sequence[str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(slots=True)
class Surroundings:
    """What the application asks and tells; tests change it."""

    checks: Sequence[Check] = (Check("database", ok=True),)
    updates: list[dict[str, object]] = field(default_factory=list)
    failure: Exception | None = None

    async def readiness(self) -> Sequence[Check]:
        if self.failure:
            raise self.failure
        return self.checks

    async def handle_update(self, update: dict[str, object]) -> None:
        if self.failure:
            raise self.failure
        self.updates.append(update)


@dataclass(frozen=True, slots=True)
class Site:
    """The running application and the way to it."""

    office: Office
    surroundings: Surroundings
    port: int
    _client: ClientSession

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.ask("GET", path, headers=headers)

    async def post(self, path: str, body: bytes = b"", **headers: str) -> Answer:
        return await self.ask("POST", path, body=body, headers=headers)

    async def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
    ) -> Answer:
        """Headers as (name, value) pairs, or by keyword with _ for -.

        Whatever is asked, the answer must be as web/openapi.yaml describes it.
        """
        if isinstance(headers, Mapping):
            headers = [(name.replace("_", "-"), value) for name, value in headers.items()]
        async with self._client.request(
            method,
            f"http://127.0.0.1:{self.port}{path}",
            data=body,
            headers=headers,
            allow_redirects=False,
        ) as response:
            cookies = response.headers.getall("Set-Cookie", [])
            answer = Answer(response.status, response.headers, cookies, await response.read())
        wrong = disagreements(method, path, answer.status, answer.headers, answer.body)
        assert wrong == []
        return answer


@asynccontextmanager
async def running_site(
    office: Office, inbox: Inbox, *, with_telegram: bool = True, secret: str = WEBHOOK_SECRET
) -> AsyncIterator[Site]:
    """The application for as long as the context lasts."""
    surroundings = Surroundings()
    app = build(
        office,
        inbox=inbox,
        receiver=WebhookReceiver([secret], office.clock),
        handle_telegram_update=surroundings.handle_update if with_telegram else None,
        telegram_secret=TELEGRAM_SECRET if with_telegram else None,
        readiness=surroundings.readiness,
        translations={"en": NullTranslations(), **read_catalogues()},
    )
    client = ClientSession(cookie_jar=DummyCookieJar(), timeout=ClientTimeout(total=30))
    async with serving(app, "127.0.0.1", 0) as port, client:
        yield Site(office, surroundings, port, client)


class Seen(HTMLParser):
    """A page as a browser would read it; raises AssertionError where tags do not match."""

    _VOID = frozenset({"meta", "link", "br"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    @property
    def text(self) -> str:
        """All words, in single spaces."""
        return re.sub(r"\s+", " ", "".join(self.words))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every such element."""
        return [attributes for name, attributes in self.tags if name == tag]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self._VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)
