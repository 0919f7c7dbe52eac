"""What everything is measured on: a folder that goes afterwards, settings, and the stand-ins."""

import asyncio
import json
import socket
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sandbox.people import People
from sandbox.story import ADMIN_ID, SCHOOL_ZONE
from sandbox.zoom_people import ZoomPeople
from storage.sealing import new_data_key

ROOT = Path(__file__).resolve().parents[1]
WEBHOOK_SECRET = "benchmark-webhook-secret"
BOT_TOKEN = "123456:a-token-for-the-stand-in-and-nothing-else"


@dataclass(frozen=True, slots=True)
class Stage:
    """The people at the stand-ins, and the variables that lead a program to them."""

    people: People
    zoom: ZoomPeople
    telegram_url: str
    variables: Mapping[str, str]
    port: int
    folder: Path


@asynccontextmanager
async def set_up() -> AsyncIterator[Stage]:
    """The stand-ins in a process of their own, so that what they cost is not the program's."""
    port = _free_port()
    app = {
        "token": BOT_TOKEN,
        "client_id": "benchmark-client",
        "client_secret": "benchmark-client-secret",
        "webhook_secret": WEBHOOK_SECRET,
        "public_url": f"http://127.0.0.1:{port}",
    }
    with tempfile.TemporaryDirectory() as folder:
        async with child("benchmarks.stand_ins", json.dumps(app)) as told:
            at = json.loads(told)
            variables = {
                "TELEGRAM_BOT_TOKEN": app["token"],
                "TELEGRAM_API_URL": at["telegram"],
                "ADMIN_IDS": str(ADMIN_ID),
                "ZOOM_CLIENT_ID": app["client_id"],
                "ZOOM_CLIENT_SECRET": app["client_secret"],
                "ZOOM_WEBHOOK_SECRET": app["webhook_secret"],
                "ZOOM_API_URL": f"{at['zoom']}/v2",
                "ZOOM_OAUTH_URL": f"{at['zoom']}/oauth",
                "PUBLIC_URL": app["public_url"],
                "HTTP_PORT": str(port),
                "DATABASE_URL": f"sqlite:///{folder}/school.db",
                "DATA_KEY": new_data_key(),
                "SCHOOL_TIMEZONE": SCHOOL_ZONE.key,
                "LOG_LEVEL": "ERROR",
            }
            async with People(at["telegram"]) as people:
                zoom = ZoomPeople(at["zoom"])
                yield Stage(people, zoom, at["telegram"], variables, port, Path(folder))


@asynccontextmanager
async def child(module: str, argument: str) -> AsyncIterator[str]:
    """One of our own modules as a process that ends with its input; the first line it says."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, argument, cwd=ROOT, stdin=PIPE, stdout=PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield (await process.stdout.readline()).decode()
    finally:
        process.stdin.close()
        await ended(process)


async def ended(process: Process, patience_s: float = 12.0) -> None:
    """Waits for a process that was told to end, and kills it if it does not."""
    try:
        async with asyncio.timeout(patience_s):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
