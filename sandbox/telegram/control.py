"""The control API: what people do and see, and what is to go wrong, as JSON under /control/."""

import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from aiohttp import web

from sandbox.telegram.orders import ASKED, DONE, Action, Order
from sandbox.telegram.problems import NotPossible, Refused
from sandbox.telegram.world import World
from sandbox.wire import Json, JsonObject

_LONGEST_WAIT = 60.0  # seconds

Handler = Callable[[web.Request], Awaitable[web.Response]]


def control_routes(world: World) -> list[web.RouteDef]:
    return [
        *(web.post(f"/control/{name}", _posted(world, action)) for name, action in DONE.items()),
        *(web.get(f"/control/{name}", _asked(world, action)) for name, action in ASKED.items()),
        web.get("/control/journal", _journal(world)),
        web.get("/control/files/{id}", _file(world)),
    ]


def _posted(world: World, action: Action) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        try:
            values: JsonObject = await request.json()
        except json.JSONDecodeError:
            return _answer({"error": "not JSON"}, HTTPStatus.BAD_REQUEST)
        return _act(action, Order(world, values))

    return handle


def _asked(world: World, action: Action) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        values = {name: _number_or_text(value) for name, value in request.query.items()}
        return _act(action, Order(world, values))

    return handle


def _number_or_text(value: str) -> Json:
    return int(value) if value.lstrip("-").isdecimal() else value


def _act(action: Action, order: Order) -> web.Response:
    try:
        return _answer(action(order))
    except NotPossible as problem:
        return _answer({"error": str(problem)}, HTTPStatus.CONFLICT)
    except Refused as problem:
        return _answer({"error": problem.description}, HTTPStatus.BAD_REQUEST)


def _answer(value: Json, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    return web.json_response(value, status=status)


def _journal(world: World) -> Handler:
    """`?after=n&wait=s`: the entries after n, waiting up to s seconds for one."""

    async def handle(request: web.Request) -> web.Response:
        after = int(request.query.get("after", "0"))
        wait = min(float(request.query.get("wait", "0")), _LONGEST_WAIT)
        await world.journal.wait(after, wait)
        return _answer({"last": world.journal.last, "entries": world.journal.after(after)})

    return handle


def _file(world: World) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        file = world.files.find(request.match_info["id"])
        if file is None:
            return _answer({"error": "no such file"}, HTTPStatus.NOT_FOUND)
        return web.Response(body=file.content, content_type=file.mime_type)

    return handle
