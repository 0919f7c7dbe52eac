"""What an attacker can do from outside: requests and bytes at the program's port."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from aiohttp import ClientSession

from storage.schema import metadata
from tests.story.stage import Stage
from zoom.webhooks import sign

WEBHOOK = "/zoom/webhook"
_NOTED_WHENEVER = frozenset({"heartbeat", "handled_update"})


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(frozen=True, slots=True)
class Outside:
    """Somebody at the port of the program."""

    http: ClientSession
    stage: Stage

    @property
    def url(self) -> str:
        return self.stage.settings.public_url

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 80

    @property
    def secret(self) -> str:
        """What only Zoom and the program know: for what is honest, and to see what is not."""
        return self.stage.settings.webhook_secrets[0]

    async def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        async with self.http.request(
            method, f"{self.url}{path}", data=body, headers=headers, allow_redirects=False
        ) as answer:
            return Reply(answer.status, answer.headers, await answer.read())

    async def reports(
        self, body: bytes, *, secret: str | None = None, off: timedelta = timedelta()
    ) -> Reply:
        """A webhook as Zoom signs it, or with another secret, or at another time."""
        return await self.ask("POST", WEBHOOK, body=body, headers=self.signed(body, secret, off))

    def signed(
        self, body: bytes, secret: str | None = None, off: timedelta = timedelta()
    ) -> dict[str, str]:
        return sign(body, secret or self.secret, self.stage.clock() + off)

    async def raw(self, sent: bytes, *, within_s: float = 30) -> bytes:
        """All that comes back for bytes that no client would send."""
        async with asyncio.timeout(within_s):
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            writer.write(sent)
            answer = await reader.read()
            writer.close()
            return answer

    async def posts_exactly(
        self, path: str, headers: Iterable[tuple[str, bytes]], body: bytes
    ) -> int:
        """The status of a request with just these headers, repeated ones and odd bytes too."""
        lines = [
            f"POST {path} HTTP/1.1".encode(),
            b"Host: x",
            b"Connection: close",
            b"Content-Length: %d" % len(body),
            *(name.encode() + b": " + value for name, value in headers),
            b"",
            body,
        ]
        return status_of(await self.raw(b"\r\n".join(lines)))

    async def all_rows(self) -> dict[str, int]:
        """How much the program has stored of everything that people cause."""
        return {
            table.name: await self.stage.count(table)
            for table in metadata.sorted_tables
            if table.name not in _NOTED_WHENEVER
        }


def event(
    name: str, meeting_id: int, host_id: str, at_ms: int, uuid: str = "4uLGnbvGTEqR+s8tQ=="
) -> bytes:
    """A report about a meeting, as Zoom writes it; `at_ms` is when it began, and now."""
    begun = datetime.fromtimestamp(at_ms / 1000, UTC)
    meeting: dict[str, Any] = {
        "id": str(meeting_id),
        "uuid": uuid,
        "host_id": host_id,
        "topic": "Tajweed",
        "type": 2,
        "start_time": f"{begun:%Y-%m-%dT%H:%M:%SZ}",
        "duration": 45,
        "timezone": "UTC",
    }
    said = {"event": name, "event_ts": at_ms, "payload": {"object": meeting}}
    return json.dumps(said, separators=(",", ":")).encode()


def status_of(answer: bytes) -> int:
    """The status of a raw answer; 0 where none came."""
    parts = answer.split(b" ", 2)
    return int(parts[1]) if len(parts) > 1 else 0
