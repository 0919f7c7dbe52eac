"""Delivery of updates by POST, in order, again and again until it is answered 2xx."""

import asyncio
import re
from collections.abc import Callable
from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import urlsplit

import aiohttp

from sandbox.telegram.call import Call
from sandbox.telegram.problems import bad_request
from sandbox.telegram.updates import Updates
from sandbox.wire import Json, JsonObject, present

_PORTS = frozenset({80, 88, 443, 8443})
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_PATIENCE = aiohttp.ClientTimeout(total=60)
_MOST_CONNECTIONS = 100


class Webhook:
    """`pause` is the wait between attempts, in seconds; Telegram's grows up to a minute."""

    def __init__(self, updates: Updates, now: Callable[[], int]) -> None:
        self.pause = 0.2
        self._updates = updates
        self._now = now
        self._secret = ""
        self._connections = 40
        self._error: str | None = None
        self._error_at: int | None = None

    def set(self, call: Call) -> Json:
        url, secret = call.text("url"), call.text("secret_token")
        if not url:
            return self.delete(call)
        _check_url(url)
        if secret and not _SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")
        connections = call.integer("max_connections")
        self._connections = 40 if connections is None else connections
        if not 1 <= self._connections <= _MOST_CONNECTIONS:
            raise bad_request("max_connections must be between 1 and 100")
        self._updates.allow(call.strings("allowed_updates"))
        self._forget(call)
        self._secret, self._updates.webhook_url = secret, url
        self._updates.end_poll("terminated by setWebhook request")
        return True

    def delete(self, call: Call) -> Json:
        self._forget(call)
        self._updates.webhook_url = ""
        return True

    def _forget(self, call: Call) -> None:
        self._error = self._error_at = None
        if call.flag("drop_pending_updates"):
            self._updates.clear()

    def info(self) -> Json:
        active = bool(self._updates.webhook_url)
        return present(
            url=self._updates.webhook_url,
            has_custom_certificate=False,
            pending_update_count=self._updates.pending,
            max_connections=self._connections if active else None,
            allowed_updates=self._updates.allowed or None,
            last_error_date=self._error_at,
            last_error_message=self._error,
        )

    async def deliver_forever(self) -> None:
        """One at a time, so that the order is the same for every run."""
        async with aiohttp.ClientSession(timeout=_PATIENCE) as session:
            while True:
                update = await self._updates.next()
                problem = await self._attempt(session, update)
                if problem is None:
                    self._updates.delivered(update)
                else:
                    self._error, self._error_at = problem, self._now()
                    await asyncio.sleep(self.pause)

    async def _attempt(self, session: aiohttp.ClientSession, update: JsonObject) -> str | None:
        """What went wrong, or None."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": self._secret} if self._secret else {}
        try:
            async with session.post(
                self._updates.webhook_url, json=update, headers=headers, allow_redirects=False
            ) as answer:
                await answer.read()
                if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
                    return None
                return f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except (aiohttp.ClientError, TimeoutError) as error:
            return f"Connection failed: {type(error).__name__}"


def _check_url(url: str) -> None:
    """HTTPS on one of four ports; on this machine itself plain HTTP on any."""
    parts = urlsplit(url)
    if _is_loopback(parts.hostname or ""):
        return
    if parts.scheme != "https":
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if (parts.port or 443) not in _PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
