"""The port: opened, served, closed."""

import asyncio
import time

import pytest
from aiohttp import ClientSession, web

from services.office import Office
from storage.inbox import Inbox
from tests.web.site import Site, running_site
from web.security import HEADERS
from web.serving import serving


async def test_a_free_port_is_found_and_named(office: Office, inbox: Inbox) -> None:
    async with running_site(office, inbox) as site:
        assert site.port > 0
        assert (await site.get("/health/live")).status == 200


async def test_after_its_end_nobody_listens(office: Office, inbox: Inbox) -> None:
    async with running_site(office, inbox) as site:
        port = site.port
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_an_idle_connection_does_not_delay_the_end(office: Office, inbox: Inbox) -> None:
    async with running_site(office, inbox) as site:
        reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
        writer.write(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
        assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
        began = time.monotonic()
    assert time.monotonic() - began < 2
    writer.close()


async def test_a_request_under_way_is_answered_before_the_end() -> None:
    begun = asyncio.Event()

    async def slow(_request: web.Request) -> web.Response:
        begun.set()
        await asyncio.sleep(0.1)
        return web.Response(text="done")

    app = web.Application()
    app[HEADERS] = {}
    app.router.add_get("/slow", slow)
    async with (
        ClientSession() as client,
        asyncio.TaskGroup() as tasks,
        serving(app, "127.0.0.1", 0) as port,
    ):
        asked = tasks.create_task(text_of(client, f"http://127.0.0.1:{port}/slow"))
        await begun.wait()
    assert asked.result() == "done"


async def test_a_taken_port_is_an_error_and_leaves_nothing_behind(site: Site) -> None:
    app = web.Application()
    app[HEADERS] = {}
    with pytest.raises(OSError, match="address already in use"):
        await serving(app, "127.0.0.1", site.port).__aenter__()


async def text_of(client: ClientSession, url: str) -> str:
    async with client.get(url) as response:
        return await response.text()
