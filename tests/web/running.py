"""The whole program between its stand-ins, as it is reached from outside by URL."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from main import program, utc_now
from sandbox.stand_ins import stand_ins
from settings import given
from tests.web.site import TELEGRAM_SECRET, WEBHOOK_SECRET

PUBLIC_URL = "https://bot.example.org"


@asynccontextmanager
async def running_program(database_path: Path, data_key: str) -> AsyncIterator[int]:
    """Its port, on which nothing but HTTP is known of it; updates of Telegram are pushed."""
    own = {
        "DATABASE_URL": f"sqlite:///{database_path}",
        "DATA_KEY": data_key,
        "PUBLIC_URL": PUBLIC_URL,
        "TELEGRAM_UPDATES": "webhook",
        "TELEGRAM_WEBHOOK_SECRET": TELEGRAM_SECRET,
        "ZOOM_WEBHOOK_SECRET": WEBHOOK_SECRET,
    }
    async with (
        stand_ins(utc_now) as servers,
        program(given({**servers.variables, **own}), utc_now) as running,
    ):
        yield running.port


async def raw(port: int, sent: bytes) -> bytes:
    """Everything that comes back for bytes that no client would send, until the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    async with asyncio.timeout(30):
        answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer
