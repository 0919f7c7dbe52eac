"""The stand-in on a port."""

from asyncio import TaskGroup
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from sandbox.people import People
from sandbox.telegram.api import Api
from sandbox.telegram.control import control_routes
from sandbox.telegram.model import Person
from sandbox.telegram.page import page_route
from sandbox.telegram.world import World

_LARGEST_REQUEST = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class TelegramSandbox:
    """A running stand-in: bots talk to `url`, people through `people()`, a browser to `url` too."""

    url: str
    token: str
    bot_username: str

    def people(self) -> People:
        """A client of the control API, to be entered with `async with`."""
        return People(self.url)


@asynccontextmanager
async def telegram_sandbox(
    *,
    clock: Callable[[], datetime],
    token: str = "123456:sandbox-token-for-nothing-but-play",
    bot_username: str = "darulkubra_bot",
    bot_name: str = "Darulkubra",
    port: int = 0,
) -> AsyncIterator[TelegramSandbox]:
    """Telegram for one bot, at 127.0.0.1; port 0 takes a free one.

    `clock` gives the dates of messages; budgets and time limits run by the loop's own time.
    """
    bot = Person(int(token.partition(":")[0]), bot_name, username=bot_username, is_bot=True)
    world = World(clock, bot)
    runner = web.AppRunner(_application(world, token), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    failure: Exception | None = None
    async with TaskGroup() as tasks:
        delivery = tasks.create_task(world.webhook.deliver_forever())
        try:
            yield TelegramSandbox(await _listen(runner, port), token, bot_username)
        except Exception as error:  # noqa: BLE001 - raised again below, outside of the group
            failure = error
        finally:
            world.close()
            delivery.cancel()
            await runner.cleanup()
    if failure is not None:
        raise failure


def _application(world: World, token: str) -> web.Application:
    application = web.Application(client_max_size=_LARGEST_REQUEST)
    application.add_routes([*Api(world, token).routes(), *control_routes(world), page_route(world)])
    return application


async def _listen(runner: web.AppRunner, port: int) -> str:
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    host, bound = runner.addresses[0][:2]
    return f"http://{host}:{bound}"
