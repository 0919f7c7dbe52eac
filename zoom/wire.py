"""How requests reach Zoom, and how what goes wrong there is told.

Answers are only turned into Zoom's errors here, never into anything that could carry a secret:
httpx's own errors can quote headers, so they are named and not passed on.
"""

import re
from collections.abc import Callable
from contextlib import contextmanager
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Final

import httpx

from zoom import reading
from zoom.errors import (
    DailyLimitReached,
    Invalid,
    Malformed,
    NotAllowed,
    NotFound,
    PaidOnly,
    RateLimited,
    ScopeMissing,
    TokenRejected,
    ZoomError,
    ZoomRefused,
    ZoomUncertain,
    ZoomUnreachable,
)
from zoom.reading import JsonObject

Clock = Callable[[], datetime]

TIMEOUT: Final = httpx.Timeout(connect=5, read=10, write=5, pool=5)
_CONNECTIONS: Final = httpx.Limits(max_connections=50, max_keepalive_connections=20)
_A_SECOND: Final = timedelta(seconds=1)  # how long Zoom's limits per second are remembered

_REFUSALS: Final[dict[int, type[ZoomRefused]]] = {
    124: TokenRejected,
    200: PaidOnly,
    300: Invalid,
    1001: NotFound,  # the user
    3001: NotFound,  # the meeting
    3161: NotAllowed,
    4711: ScopeMissing,
}


def new_http_client() -> httpx.AsyncClient:
    """A client as Zoom is to be spoken to; close it at the end.

    No redirects, as they could carry a token elsewhere; nothing from the environment; no
    cookies, as one client speaks for many users and an answer's cookie is one user's.
    """
    no_cookies = CookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
    return httpx.AsyncClient(
        timeout=TIMEOUT,
        limits=_CONNECTIONS,
        follow_redirects=False,
        trust_env=False,
        cookies=no_cookies,
    )


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


def problem_of(call: str, response: httpx.Response, now: datetime) -> ZoomError:
    """What an unsuccessful answer of the API means."""
    if not response.is_client_error:
        return ZoomUncertain(call, f"HTTP {response.status_code}")
    said = _said(response)
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        return _limit(call, response, said, now)
    return refusal(call, response, said)
