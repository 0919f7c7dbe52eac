"""Both stand-ins together, and the variables with which a program finds its way to them."""

import secrets
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from sandbox.story import ADMIN_ID, SCHOOL_ZONE
from sandbox.telegram import TelegramSandbox, telegram_sandbox
from sandbox.zoom import ZoomSandbox, zoom_sandbox

_TOKEN = "123456:a-token-for-the-stand-in-and-nothing-else"
_CLIENT_ID, _CLIENT_SECRET = "made-up-client", "made-up-client-secret"
_WEBHOOK_SECRET = "made-up-webhook-secret"

_FIRST_PORT, _PORTS = 20_000, 12_000


@dataclass(frozen=True, slots=True)
class StandIns:
    """Telegram and Zoom, running; `variables` are for the program's environment.

    They lack only where its data is and the key to it.
    """

    telegram: TelegramSandbox
    zoom: ZoomSandbox
    variables: Mapping[str, str]


@asynccontextmanager
async def stand_ins(clock: Callable[[], datetime]) -> AsyncIterator[StandIns]:
    """For a program on a free port of this machine."""
    port = _free_port()
    public_url = f"http://127.0.0.1:{port}"
    async with (
        telegram_sandbox(clock=clock, token=_TOKEN) as telegram,
        zoom_sandbox(
            clock=clock,
            client_id=_CLIENT_ID,
            client_secret=_CLIENT_SECRET,
            redirect_uri=f"{public_url}/zoom/callback",
            webhook_secret=_WEBHOOK_SECRET,
            webhook_url=f"{public_url}/zoom/webhook",
        ) as zoom,
    ):
        variables = {
            "TELEGRAM_BOT_TOKEN": _TOKEN,
            "TELEGRAM_API_URL": telegram.url,
            "ADMIN_IDS": str(ADMIN_ID),
            "ZOOM_CLIENT_ID": _CLIENT_ID,
            "ZOOM_CLIENT_SECRET": _CLIENT_SECRET,
            "ZOOM_WEBHOOK_SECRET": _WEBHOOK_SECRET,
            "ZOOM_API_URL": zoom.api_url,
            "ZOOM_OAUTH_URL": zoom.oauth_url,
            "PUBLIC_URL": public_url,
            "HTTP_HOST": "127.0.0.1",
            "HTTP_PORT": str(port),
            "SCHOOL_TIMEZONE": SCHOOL_ZONE.key,
        }
        yield StandIns(telegram, zoom, variables)


def _free_port() -> int:
    """Below those that systems give to connections, so that it is free still when it is used."""
    while True:
        port = _FIRST_PORT + secrets.randbelow(_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
