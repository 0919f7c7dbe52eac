"""What an unsuccessful answer of Zoom's means.

https://developers.zoom.us/docs/api/errors/ and https://developers.zoom.us/docs/api/rate-limits/
"""

from datetime import UTC, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from http import HTTPStatus
from typing import Final

import httpx

from zoom import reading
from zoom.errors import (
    DailyLimitReached,
    Invalid,
    InvalidClient,
    InvalidGrant,
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
)
from zoom.reading import JsonObject

_A_SECOND: Final = timedelta(seconds=1)
"""How long to wait where Zoom does not say: its limits are per second."""

_REFUSALS: Final[dict[int, type[ZoomRefused]]] = {
    124: TokenRejected,
    200: PaidOnly,
    300: Invalid,
    1001: NotFound,  # the user
    3001: NotFound,  # the meeting
    3161: NotAllowed,
    4711: ScopeMissing,
}
_OAUTH_REFUSALS: Final[dict[str, type[ZoomRefused]]] = {
    "invalid_grant": InvalidGrant,
    "invalid_client": InvalidClient,
}


def api_problem(call: str, response: httpx.Response, now: datetime) -> ZoomError:
    """Of the API: {"code", "message"[, "errors": [{"field", "message"}]]}."""
    if not response.is_client_error:
        return ZoomUncertain(call, f"HTTP {response.status_code}")
    said = _said(response)
    sentence = _text(said, "message")
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        return _limit(call, response, sentence, now)
    code = said.get("code")
    number = code if isinstance(code, int) else 0
    unauthorized = response.status_code == HTTPStatus.UNAUTHORIZED
    kind = _REFUSALS.get(number, TokenRejected if unauthorized else ZoomRefused)
    return kind(call, status=response.status_code, code=number, said=sentence, fields=_fields(said))


def oauth_problem(call: str, response: httpx.Response) -> ZoomError:
    """Of the token endpoints: {"reason", "error"}.

    Only `invalid_grant` says that a grant is over. Whatever else goes wrong, it may be as good
    as before.
    """
    if not response.is_client_error:
        return ZoomUncertain(call, f"HTTP {response.status_code}")
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        return RateLimited(call, _A_SECOND)
    said = _said(response)
    kind = _OAUTH_REFUSALS.get(_text(said, "error"), ZoomRefused)
    return kind(call, status=response.status_code, said=_text(said, "reason"))


def _limit(call: str, response: httpx.Response, sentence: str, now: datetime) -> ZoomError:
    """Per second or per day; which one, Zoom says in a header, or only in its sentence."""
    again_at = _again_at(response.headers.get("retry-after", ""), now)
    kind = response.headers.get("x-ratelimit-type", "")
    if "daily" in kind.lower() or "daily" in sentence.lower():
        return DailyLimitReached(call, again_at or _next_midnight(now))
    return RateLimited(call, again_at - now if again_at else _A_SECOND)


def _again_at(retry_after: str, now: datetime) -> datetime | None:
    """Retry-After: seconds, Zoom's own ISO time, or HTTP's date; None if unclear or not ahead."""
    for parse in (partial(_in_seconds, now), datetime.fromisoformat, parsedate_to_datetime):
        try:
            at = parse(retry_after)
        except (ValueError, OverflowError):
            continue
        if at.tzinfo is not None and at > now:
            return at.astimezone(UTC)
    return None


def _in_seconds(now: datetime, seconds: str) -> datetime:
    return now + timedelta(seconds=int(seconds))


def _next_midnight(now: datetime) -> datetime:
    tomorrow = now.astimezone(UTC).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), UTC)


def _said(response: httpx.Response) -> JsonObject:
    """What the error says; nothing, where something on the way answered with a page."""
    try:
        return reading.json_object(response.content)
    except Malformed:
        return {}


def _text(said: JsonObject, name: str) -> str:
    value = said.get(name)
    return value if isinstance(value, str) else ""


def _fields(said: JsonObject) -> list[str]:
    errors = said.get("errors")
    if not isinstance(errors, list):
        return []
    return [_text(one, "field") for one in errors if isinstance(one, dict)]
