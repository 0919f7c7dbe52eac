"""What everything is measured on: a folder that goes afterwards, settings, and the stand-ins."""

import asyncio
import json
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sandbox.people import People
from sandbox.zoom_people import ZoomPeople
from storage.sealing import new_data_key

ROOT = Path(__file__).resolve().parents[1]


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
    with tempfile.TemporaryDirectory() as folder:
        async with child("benchmarks.stand_ins") as told:
            variables: dict[str, str] = json.loads(told)
            zoom = ZoomPeople(variables.pop("zoom"))
            telegram_url = variables["TELEGRAM_API_URL"]
            variables |= {
                "DATABASE_URL": f"sqlite:///{folder}/school.db",
                "DATA_KEY": new_data_key(),
                "LOG_LEVEL": "ERROR",
            }
            port = int(variables["HTTP_PORT"])
            async with People(telegram_url) as people:
                yield Stage(people, zoom, telegram_url, variables, port, Path(folder))


@asynccontextmanager
async def child(module: str, *arguments: str) -> AsyncIterator[str]:
    """One of our own modules as a process that ends with its input; the first line it says."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, cwd=ROOT, stdin=PIPE, stdout=PIPE
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
