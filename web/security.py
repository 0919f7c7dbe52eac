"""What every answer carries, and what becomes of an error."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Protocol
from urllib.parse import urlsplit

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware
from multidict import CIMultiDict

from school.errors import NotAllowed, NotUnderstood, Outdated, SchoolError, ZoomUnavailable
from services.logbook import new_reference

MOST_BODY_BYTES = 256 * 1024
"""No sender of ours needs more."""

BODY_TIMEOUT_S = 10.0
"""Within this time a body must have arrived."""

CONTENT_POLICY = "Content-Security-Policy"

_NOTHING = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
_ONE_YEAR_S = 365 * 24 * 3600

HEADERS = web.AppKey("headers", Mapping[str, str])
"""What `security_headers` gave, for answers that no handler of the application makes."""

_log = logging.getLogger(__name__)

PrepareHook = Callable[[web.Request, web.StreamResponse], Awaitable[None]]


class ProblemPages(Protocol):
    """What can tell a person on a page that something did not work."""

    def of_error(self, request: web.Request, error: SchoolError, status: int) -> web.Response: ...
    def of_status(self, request: web.Request, status: int) -> web.Response: ...
    def of_failure(self, request: web.Request, reference: str) -> web.Response: ...


def origin_of(url: str) -> str:
    """Scheme, host and port, as a browser's Origin header has them."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def security_headers(public_url: str) -> Mapping[str, str]:
    """The headers of every answer; a page may say what it needs beyond, and how long it lasts."""
    headers = {
        CONTENT_POLICY: f"{_NOTHING}; form-action 'none'",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if public_url.startswith("https://"):
        headers["Strict-Transport-Security"] = f"max-age={_ONE_YEAR_S}"
    return headers


def page_policy(form_leads_to: str | None = None) -> str:
    """What a page of ours may take from where: its look, from us, and nothing else.

    With `form_leads_to`, it has a form, which is answered by going on to that address.
    """
    targets = "'none'" if form_leads_to is None else _targets(form_leads_to)
    return f"{_NOTHING}; style-src 'self'; form-action {targets}"


def _targets(url: str) -> str:
    # Zoom may redirect to a host for the region; browsers hold the whole chain against form-action.
    parts = urlsplit(url)
    regions = f" https://*.{parts.netloc}" if parts.scheme == "https" else ""
    return f"'self' {origin_of(url)}{regions}"


def adds_headers(headers: Mapping[str, str]) -> PrepareHook:
    """For `on_response_prepare`: reaches every answer, also those that no handler made."""
    always = CIMultiDict(headers)

    async def add(_request: web.Request, response: web.StreamResponse) -> None:
        response.headers.merge(always)  # what the page has set itself stays
        response.headers.pop(hdrs.SERVER, None)  # it would name aiohttp and its version

    return add


def explains_errors(pages: ProblemPages) -> Middleware:
    """Turns what a handler raises into a page for a person."""

    @web.middleware
    async def explain(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except SchoolError as error:
            return pages.of_error(request, error, status_of(error))
        except web.HTTPException as error:
            return _with_allowed_methods(pages.of_status(request, error.status), error)
        except ConnectionError:
            raise  # the reader has gone: nobody to explain it to
        except Exception:  # noqa: BLE001  # the last line of defence; it is logged
            reference = new_reference()
            _log.exception("%s %s failed: %s", request.method, route_of(request), reference)
            return pages.of_failure(request, reference)

    return explain


def _with_allowed_methods(page: web.Response, error: web.HTTPException) -> web.Response:
    if hdrs.ALLOW in error.headers:
        page.headers[hdrs.ALLOW] = error.headers[hdrs.ALLOW]
    return page


def status_of(error: SchoolError) -> int:
    """The HTTP status that says the same as the sentence."""
    match error:
        case Outdated():
            return HTTPStatus.GONE
        case NotAllowed():
            return HTTPStatus.FORBIDDEN
        case ZoomUnavailable():
            return HTTPStatus.SERVICE_UNAVAILABLE
        case NotUnderstood():
            return HTTPStatus.NOT_FOUND
        case _:
            return HTTPStatus.BAD_REQUEST


def route_of(request: web.Request) -> str:
    """The path as it was registered, so that no code or token of it reaches the log."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else "an unknown path"


def refuse_large(request: web.Request) -> None:
    """413 for a body that is too large by its announced length."""
    if (request.content_length or 0) > MOST_BODY_BYTES:
        raise web.HTTPRequestEntityTooLarge(MOST_BODY_BYTES)


async def body_of(request: web.Request) -> bytes:
    """The body as it was sent; 413 when it is too large, 408 when it does not come."""
    refuse_large(request)
    if request.content.is_eof():
        return await request.read()  # all of it is here, as almost always: no clock is needed
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            return await request.read()
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except RuntimeError:
        if request.protocol.connected:
            raise
        raise ConnectionResetError("closed before the body was read") from None
