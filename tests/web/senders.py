"""Zoom and Telegram as schemathesis plays them: they sign what they send.

Only schemathesis imports this, in its own process (SCHEMATHESIS_HOOKS).
"""

import hmac
import os
import time

from requests import PreparedRequest
from requests.auth import AuthBase
from schemathesis.auths import GLOBAL_AUTH_STORAGE

_ZOOM_SECRET = os.environ["ZOOM_WEBHOOK_SECRET"].encode()  # noqa: TID251  as the program has it
_TELEGRAM_SECRET = os.environ["TELEGRAM_WEBHOOK_SECRET"]  # noqa: TID251  so too


class Zoom(AuthBase):
    """Signs the bytes that go out, as they go out."""

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        body = request.body or b""
        sent = body.encode() if isinstance(body, str) else body
        assert isinstance(sent, bytes), "nothing is sent piece by piece"
        at = str(int(time.time()))  # noqa: TID251  the program goes by the same
        signed = hmac.digest(_ZOOM_SECRET, f"v0:{at}:".encode() + sent, "sha256").hex()
        request.headers["x-zm-request-timestamp"] = at
        request.headers["x-zm-signature"] = f"v0={signed}"
        return request


class Telegram(AuthBase):
    """Names the secret that it was told."""

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["X-Telegram-Bot-Api-Secret-Token"] = _TELEGRAM_SECRET
        return request


GLOBAL_AUTH_STORAGE.set_from_requests(Zoom()).apply_to(path="/zoom/webhook")
GLOBAL_AUTH_STORAGE.set_from_requests(Telegram()).apply_to(path="/telegram/webhook")
