"""How requests reach Zoom, and how what goes wrong there is told.

httpx's own errors can quote headers, and with them tokens: they are named, and not passed on.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Final

import httpx

from zoom import reading
from zoom.errors import Malformed, ZoomUncertain, ZoomUnreachable
from zoom.reading import JsonObject

TIMEOUT: Final = httpx.Timeout(connect=5, read=10, write=5, pool=5)
_CONNECTIONS: Final = httpx.Limits(max_connections=50, max_keepalive_connections=20)


def new_http_client() -> httpx.AsyncClient:
    """A client as Zoom is to be spoken to; close it at the end.

    No redirects, as they could carry a token elsewhere; nothing from the environment; no
    cookies, as one client speaks for many users and an answer's cookie is one user's.
    """
    no_cookies = CookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
    return httpx.AsyncClient(
        verify=_certificates(),
        timeout=TIMEOUT,
        limits=_CONNECTIONS,
        follow_redirects=False,
        trust_env=False,
        cookies=no_cookies,
    )


@cache
def _certificates() -> ssl.SSLContext:
    """Read once: it takes as long as fifty requests."""
    return httpx.create_ssl_context(trust_env=False)


@contextmanager
def telling_failures(call: str) -> Iterator[None]:
    """Turns a failed exchange into ZoomUnreachable or ZoomUncertain.

    Only without a connection is it certain that nothing was asked: a request that could not be
    written to its end may have been read to its end.
    """
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise ZoomUnreachable(call, type(error).__name__) from None
    except httpx.RequestError as error:
        raise ZoomUncertain(call, type(error).__name__) from None
    except TimeoutError:
        raise ZoomUncertain(call, "it took too long altogether") from None


def answer_of(call: str, response: httpx.Response) -> JsonObject:
    """The JSON of a successful answer; raises Malformed."""
    try:
        return reading.json_object(response.content)
    except Malformed as error:
        raise Malformed(f"{call}: {error}") from None
