"""Puts the stand-in together and lets it listen."""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import ClientSession, web

from .access import Door
from .api import Api
from .control_meetings import MeetingControl
from .control_network import Network
from .control_people import People
from .faults import Faults, speak_of_problems
from .grants import Grants
from .herald import Herald
from .limits import Limits
from .live import Rooms
from .model import Clock
from .oauth import App, OAuthServer
from .past import PastApi
from .planner import Planner
from .postman import Postman
from .world import World


@dataclass(frozen=True, slots=True)
class ZoomSandbox:
    """A running stand-in; `url` is its origin."""

    url: str

    @property
    def api_url(self) -> str:
        return f"{self.url}/v2"

    @property
    def oauth_url(self) -> str:
        return f"{self.url}/oauth"


@asynccontextmanager
async def zoom_sandbox(
    *,
    clock: Clock,
    client_id: str,
    client_secret: str,
    redirect_uri: str,
    webhook_secret: str,
    webhook_url: str | None = None,
    port: int = 0,
    lanes: int = 1,
) -> AsyncIterator[ZoomSandbox]:
    """Zoom on 127.0.0.1. `port` 0 takes a free one.

    With one lane, webhooks go out one after another in the order of events; with more they
    overtake each other, as at Zoom.
    """
    world = World(clock)
    app = App(client_id, client_secret, redirect_uri)
    async with ClientSession() as http:
        postman = Postman(world, http, webhook_secret, webhook_url)
        application = _application(world, app, postman)
        work = [postman.watch_the_clock(), *(postman.deliver() for _ in range(lanes))]
        async with _listening(application, port) as url, _beside(work):
            yield ZoomSandbox(url)


@asynccontextmanager
async def _beside(work: Iterable[Coroutine[None, None, None]]) -> AsyncIterator[None]:
    """Works beside the body until it ends; an error of the body comes out as it is, ungrouped."""
    failure: Exception | None = None
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(one) for one in work]
        try:
            yield
        except Exception as error:  # noqa: BLE001  raised again below, outside the group
            failure = error
        finally:
            for task in running:
                task.cancel()
    if failure is not None:
        raise failure


def _application(world: World, app: App, postman: Postman) -> web.Application:
    grants = Grants(world)
    limits = Limits(world.clock, time.monotonic)
    faults = Faults()
    herald = Herald(world, postman, app.client_id)
    rooms = Rooms(world, herald)
    door = Door(world, grants, limits)
    planner = Planner(world, herald)
    people = People(world, grants=grants, limits=limits, herald=herald)
    network = Network(world, grants=grants, limits=limits, faults=faults, postman=postman)
    application = web.Application(middlewares=[faults.middleware(), speak_of_problems])
    application.add_routes(OAuthServer(world, grants, app).routes())
    application.add_routes(Api(world, door, rooms, planner).routes())
    application.add_routes(PastApi(world, door).routes())
    application.add_routes(people.routes())
    application.add_routes(MeetingControl(world, rooms, planner).routes())
    application.add_routes(network.routes())
    return application


@asynccontextmanager
async def _listening(application: web.Application, port: int) -> AsyncIterator[str]:
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
