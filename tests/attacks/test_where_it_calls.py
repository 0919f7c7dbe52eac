"""Where the program itself calls: the configured hosts, whatever anybody's answer says."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from aiohttp import ClientSession, web
from aiohttp.typedefs import Handler

from bot.checking import TelegramProblem, username_of
from main import program
from sandbox import story
from sandbox.story import Cast
from tests.story.stage import Stage, set_stage
from zoom import calling
from zoom.wire import new_http_client

pytestmark = pytest.mark.asyncio(loop_scope="module")

HANDED_ON = ("Authorization", "Content-Type")
EVERY_METHOD = "*"


@dataclass(slots=True)
class Trap:
    """A server that nobody should ever reach; what it was sent all the same."""

    url: str = ""
    caught: list[str] = field(default_factory=list)

    async def catch(self, request: web.Request) -> web.Response:
        self.caught.append(f"{request.method} {request.path} {dict(request.headers)}")
        return web.json_response({})


@dataclass(slots=True)
class Liar:
    """Stands before Zoom: adds addresses to its answers that lead elsewhere, or sends one there."""

    zoom_url: str
    trap: Trap
    http: ClientSession
    url: str = ""
    answered: int = 0
    redirects: int | None = None

    async def answer(self, request: web.Request) -> web.Response:
        self.answered += 1
        if self.redirects is not None:
            headers = {"Location": f"{self.trap.url}{request.path}"}
            return web.Response(status=self.redirects, headers=headers)
        headers = {name: request.headers[name] for name in HANDED_ON if name in request.headers}
        async with self.http.request(
            request.method,
            f"{self.zoom_url}{request.path_qs}",
            data=await request.read(),
            headers=headers,
            allow_redirects=False,
        ) as answer:
            if answer.content_type != "application/json" or not answer.ok:
                return web.Response(status=answer.status, body=await answer.read())
            said = await answer.json()
        lies = dict.fromkeys(("api_url", "download_url", "next_page_url", "href"), self.trap.url)
        return web.json_response({**said, **lies}, headers={"Refresh": f"0; url={self.trap.url}"})


@asynccontextmanager
async def listening(handler: Handler) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route(EVERY_METHOD, "/{path:.*}", handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def trap() -> AsyncIterator[Trap]:
    trap = Trap()
    async with listening(trap.catch) as trap.url:
        yield trap


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def liar(stage: Stage, school: Cast, trap: Trap) -> AsyncIterator[Liar]:
    """Zoom, for the program, which is started again with its address; Aisha is connected."""
    await school.aisha.types("/newclass Tajweed tomorrow 18:00 45m #Sisters")
    await school.aisha.sees("Sent to 1 of 1 group")
    async with ClientSession() as http:
        liar = Liar(stage.servers.zoom.url, trap, http)
        async with listening(liar.answer) as liar.url:
            await stage.stop()
            changed = {"zoom_api_url": f"{liar.url}/v2", "zoom_oauth_url": f"{liar.url}/oauth"}
            stage.settings = stage.settings.model_copy(update=changed)
            await stage.start()
            yield liar
            await stage.stop()


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Every host that the program asks anything of: it has one library that can, as tests see to.

    The stand-ins, and people, have another one.
    """
    origins: set[str] = set()
    ask = httpx.AsyncHTTPTransport.handle_async_request

    async def noted(transport: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
        url = request.url
        origins.add(f"{url.scheme}://{url.host}:{url.port}")
        return await ask(transport, request)

    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", noted)
    return origins


async def _nobody_listens(title: str) -> None:
    del title


async def test_in_all_of_the_first_class_only_telegram_and_zoom_are_called(
    database_path: Path, data_key: str, called: set[str]
) -> None:
    async with set_stage(database_path, data_key) as stage:
        await story.play(story.Stage(stage.people, stage.zoom, stage.clock, _nobody_listens))
        assert called == {stage.servers.telegram.url, stage.servers.zoom.url}


async def test_a_proxy_that_the_environment_names_is_not_asked(
    stage: Stage, trap: Trap, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, trap.url)
        monkeypatch.setenv(name.lower(), trap.url)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    token = stage.settings.telegram_bot_token.get_secret_value()
    assert await username_of(token, stage.settings.telegram_api_url) == "darulkubra_bot"
    async with new_http_client() as http:
        assert (await http.get(stage.servers.zoom.url)).status_code
    assert trap.caught == []


async def test_addresses_in_zooms_answers_are_not_followed(
    stage: Stage, school: Cast, trap: Trap, liar: Liar, called: set[str]
) -> None:
    """Nor those that come with new tokens, such as Zoom's own `api_url`."""
    stage.forward(timedelta(hours=2))  # so that tokens are refreshed first
    refreshes = (await stage.zoom.statistics()).get("refreshes", 0)
    await school.aisha.presses("Start class")
    await school.aisha.sees("Your host link")
    await school.aisha.types("/newclass Fiqh tomorrow 10:00 30m #Sisters")
    await school.aisha.sees("Sent to 1 of 1 group")
    assert (await stage.zoom.statistics())["refreshes"] == refreshes + 1
    assert liar.answered > 2
    assert trap.caught == []
    assert called == {stage.servers.telegram.url, liar.url}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_of_zooms_are_not_followed_with_a_token(
    stage: Stage,
    school: Cast,
    trap: Trap,
    liar: Liar,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(calling, "_FIRST_PAUSE_S", 0.01)
    liar.redirects = status
    for _ in range(2):
        press = await school.aisha.presses("Start class")
        assert "Zoom" in (await school.aisha.sees_toast(press)).text
        stage.forward(timedelta(hours=2))  # then new tokens are asked for first
    assert trap.caught == []
    liar.redirects = None
    await school.aisha.presses("Start class")
    await school.aisha.sees("Your host link")


async def test_telegrams_redirects_are_not_followed_with_the_bots_token(
    stage: Stage, trap: Trap, liar: Liar, tmp_path: Path
) -> None:
    liar.redirects = 307
    changed = {"telegram_api_url": liar.url, "database_url": f"sqlite:///{tmp_path}/new.db"}
    settings = stage.settings.model_copy(update=changed)
    with pytest.raises(TelegramProblem):
        async with program(settings, stage.clock):
            pass
    liar.redirects = None
    assert trap.caught == []
