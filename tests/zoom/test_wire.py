"""The HTTP client over real connections: what reaches the other side, and what goes wrong."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pytest

from tests.clocks import SettableClock
from tests.zoom.test_calling import NEW
from tests.zoom.wires import Pauses, Tokens
from zoom.client import ZoomApi, ZoomClient
from zoom.errors import ZoomUncertain, ZoomUnreachable
from zoom.wire import new_http_client

ANSWER = b'{"id":"u","type":1}'


def http_answer(status: str, *headers: str, body: bytes = ANSWER) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


@dataclass
class Server:
    """Answers each request with the next of `answers`; b"" drops the connection."""

    answers: list[bytes]
    heads: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                self.heads.append(head)
                answer = self.answers.pop(0)
                if not answer:
                    break
                writer.write(answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def zoom_at(server: Server) -> AsyncIterator[ZoomClient]:
    listening = await asyncio.start_server(server.serve, "127.0.0.1")
    port = listening.sockets[0].getsockname()[1]
    async with listening, new_http_client() as http:
        api = ZoomApi(
            http, base_url=f"http://127.0.0.1:{port}/v2", clock=SettableClock(), sleep=Pauses()
        )
        yield api.acting_as(Tokens())


async def test_a_uuid_with_slashes_reaches_the_other_side_encoded_twice() -> None:
    server = Server([http_answer("200 OK", body=b'{"meetings":[],"participants":[]}')])
    async with zoom_at(server) as zoom:
        assert [one async for one in zoom.past_participants("/q8//Rt==")] == []
    first_line = server.heads[0].splitlines()[0]
    path = "/v2/past_meetings/%252Fq8%252F%252FRt%253D%253D/participants?page_size=300"
    assert first_line == f"GET {path} HTTP/1.1"


async def test_one_users_cookies_do_not_go_along_with_another_users_call() -> None:
    server = Server([http_answer("200 OK", "Set-Cookie: cred=aisha; Path=/")] * 2)
    async with zoom_at(server) as zoom:
        await zoom.me()
        await zoom.me()
    assert len(server.heads) == 2
    assert "cookie" not in server.heads[1].lower()


async def test_a_redirect_does_not_carry_the_token_elsewhere() -> None:
    elsewhere = Server([http_answer("200 OK")])
    listening = await asyncio.start_server(elsewhere.serve, "127.0.0.1")
    port = listening.sockets[0].getsockname()[1]
    redirect = http_answer("307 Moved", f"Location: http://127.0.0.1:{port}/v2/users/me")
    async with listening, zoom_at(Server([redirect] * 5)) as zoom:
        with pytest.raises(ZoomUncertain):
            await zoom.me()
    assert elsewhere.heads == []


async def test_a_creation_whose_connection_breaks_is_uncertain_and_not_repeated() -> None:
    server = Server([b""])
    async with zoom_at(server) as zoom:
        with pytest.raises(ZoomUncertain):
            await zoom.create_meeting(NEW)
    assert len(server.heads) == 1


async def test_a_reading_whose_connection_breaks_is_repeated() -> None:
    server = Server([b"", http_answer("200 OK")])
    async with zoom_at(server) as zoom:
        assert (await zoom.me()).id == "u"
    assert len(server.heads) == 2


async def test_where_nobody_listens_zoom_is_unreachable() -> None:
    listening = await asyncio.start_server(Server([]).serve, "127.0.0.1")
    port = listening.sockets[0].getsockname()[1]
    listening.close()
    await listening.wait_closed()
    async with new_http_client() as http:
        api = ZoomApi(
            http, base_url=f"http://127.0.0.1:{port}", clock=SettableClock(), sleep=Pauses()
        )
        with pytest.raises(ZoomUnreachable):
            await api.acting_as(Tokens()).create_meeting(NEW)


async def test_the_environment_does_not_say_which_way_requests_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    server = Server([http_answer("200 OK")])
    async with zoom_at(server) as zoom:
        await zoom.me()
    assert len(server.heads) == 1


def test_every_step_of_an_exchange_has_its_time() -> None:
    timeout = new_http_client().timeout
    assert timeout == httpx.Timeout(connect=5, read=10, write=5, pool=5)
