"""Reading what control is asked for."""

from collections.abc import Awaitable, Callable

from aiohttp import web
from pydantic import ValidationError

from .requests import Body, named_errors


def taking(
    shape: type[Body], handler: Callable[[web.Request, Body], Awaitable[web.Response]]
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """A handler that is given the request's JSON in that shape."""

    async def take(request: web.Request) -> web.Response:
        try:
            body = shape.model_validate_json(await request.read() or b"{}")
        except ValidationError as error:
            raise web.HTTPBadRequest(text=str(named_errors(error))) from error
        return await handler(request, body)

    return take
