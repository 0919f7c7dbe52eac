"""Where Telegram delivers updates, if it does not wait to be asked for them."""

import hmac
import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from aiohttp import web

from web.security import body_of

_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # the header's name

HandleUpdate = Callable[[dict[str, object]], Awaitable[None]]
"""Handles one update, given as Telegram's JSON object; returns when it is handled."""


class TelegramWebhook:
    """Answers 200 once an update has been handled; until then, Telegram repeats it."""

    def __init__(self, handle: HandleUpdate, secret: str) -> None:
        if not secret:
            raise ValueError("without a secret, anybody could send updates")
        self._handle = handle
        self._secret = secret.encode()

    async def receive(self, request: web.Request) -> web.Response:
        """POST /telegram/webhook."""
        secrets = request.headers.getall(_SECRET_HEADER, [])
        if len(secrets) != 1 or not self._is_right(secrets[0]):
            return web.Response(status=HTTPStatus.UNAUTHORIZED)
        update = _object(await body_of(request))
        if update is None:
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        await self._handle(update)
        return web.Response(status=HTTPStatus.OK)

    def _is_right(self, secret: str) -> bool:
        # Headers may hold bytes that are no text, which arrive as lone surrogates.
        return hmac.compare_digest(secret.encode(errors="surrogateescape"), self._secret)


def _object(body: bytes) -> dict[str, object] | None:
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return update if isinstance(update, dict) else None
