"""The web application on its port."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus

from aiohttp import hdrs, web
from aiohttp.abc import AbstractAccessLogger
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.streams import StreamReader

from web.security import HEADERS

_ENDING_S = 5.0  # requests under way may take so long to finish at the end
_SILENT_S = 75.0  # so long a connection may bring no whole request; proxies close theirs sooner
_MOST_CONNECTIONS = 512  # of the 1024 files that systems let a process have open
_LINGERING_S = 2.0  # the rest of a refused body is read so long, so that the refusal is read

_log = logging.getLogger(__name__)


@asynccontextmanager
async def serving(app: web.Application, host: str, port: int) -> AsyncIterator[int]:
    """Serves until the context ends; gives the port, which is a free one where `port` is 0."""
    runner = web.AppRunner(app, shutdown_timeout=_ENDING_S)
    await runner.setup()
    server = runner.server
    assert server is not None
    loop = asyncio.get_running_loop()

    def connection() -> Connection:
        return Connection(server, loop=loop, headers=app[HEADERS])

    try:
        listener = await loop.create_server(connection, host, port, backlog=1024)
        try:
            yield listener.sockets[0].getsockname()[1]
        finally:
            listener.close()
    finally:
        await runner.cleanup()


class NoAccessLog(AbstractAccessLogger):
    """Requests are not logged: their addresses hold codes, and their senders' IPs are not ours."""

    @property
    def enabled(self) -> bool:
        return False

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        """Not called, as it is not enabled."""


class Connection(web.RequestHandler):
    """A client's connection; logs neither its address nor what it asked for.

    One that brings no request, or never the end of one, is closed after a while; at once, the one
    that has been waited for longest, where there are too many for another.
    """

    __slots__ = ("_awaited_since", "_body", "_headers", "_server")

    def __init__(
        self,
        server: web.Server,
        *,
        loop: asyncio.AbstractEventLoop,
        headers: Mapping[str, str],
    ) -> None:
        super().__init__(
            server,
            loop=loop,
            logger=_log,
            access_log_class=NoAccessLog,
            keepalive_timeout=_SILENT_S,
            auto_decompress=False,  # signatures are of the bytes as they were sent
            lingering_time=_LINGERING_S,
        )
        self._headers = headers
        self._server = server
        self._awaited_since = loop.time()
        self._body: StreamReader | None = None  # of the newest request

    @property
    def is_awaited(self) -> bool:
        """It brings no request, or not the end of one."""
        is_silent = self._waiter is not None and not self._waiter.done()
        return self._body is None or is_silent or not self._body.is_eof()

    @property
    def is_over(self) -> bool:
        """Nothing more is read of it; what it was at may take a little to end."""
        return self._force_close

    @property
    def awaited_since(self) -> float:
        """When it came, or brought the head of its newest request, in seconds of the loop."""
        return self._awaited_since

    def data_received(self, data: bytes) -> None:
        """Whatever comes, a head counts once it is whole: bytes one by one gain no time."""
        heads = self._request_count
        super().data_received(data)
        if self._request_count > heads:
            _, self._body = self._messages[-1]
            self._awaited_since = asyncio.get_running_loop().time()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A place is found for it, if need be in the place of another."""
        super().connection_made(transport)
        known = (one for one in self._server.connections if isinstance(one, Connection))
        others = [one for one in known if one is not self and not one.is_over]
        if len(others) >= _MOST_CONNECTIONS:
            awaited = (one for one in others if one.is_awaited)
            min(awaited, key=lambda one: one.awaited_since, default=self).force_close()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answers what never reached a handler, mostly because it is no HTTP."""
        del message  # it repeats what was sent
        if isinstance(exc, ConnectionError):
            raise exc  # the client has gone, or had to: nobody reads an answer
        if isinstance(exc, HttpProcessingError):
            _log.debug("a request could not be read: %s", type(exc).__name__)
        else:
            _log.error("a request failed outside its handler", exc_info=exc)
        if request.writer.output_size > 0:
            raise ConnectionError("the answer had already begun")
        response = web.Response(
            status=status, text=f"{HTTPStatus(status).phrase}\n", headers=self._headers
        )
        response.headers[hdrs.SERVER] = "web"  # else it would be aiohttp's name and version
        response.force_close()
        return response
