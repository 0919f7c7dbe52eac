"""`main.py run` as a process: until it is ready, and what memory it holds."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from aiohttp import ClientError, ClientSession

from benchmarks.stage import ROOT, Stage, ended

_LOOK_EVERY_S = 0.005
_PATIENCE_S = 30.0
_KIB_PER_MB = 1000 / 1.024


@dataclass(frozen=True, slots=True)
class Running:
    """A program that is ready, `ready_after_s` after its process was started."""

    pid: int
    url: str
    ready_after_s: float

    def memory_mb(self) -> float:
        """What it holds, with the processes that it has started; NaN without Linux's /proc.

        Of those, what they share with it, which is the libraries, counts in part.
        """
        try:
            _, *children = _with_children(self.pid)
            shares = sum(_share_kib(pid) for pid in children)
            return (_memory_kib(self.pid) + shares) / _KIB_PER_MB
        except OSError:
            return float("nan")

    async def events_waiting(self) -> int:
        """Stored events that are not applied yet, as the program itself says."""
        async with ClientSession() as http, http.get(f"{self.url}/health/ready") as answer:
            checks = (await answer.json())["checks"]
        return int(checks["events_waiting"]["value"])


@asynccontextmanager
async def running(stage: Stage) -> AsyncIterator[Running]:
    """Started in the stage's folder, where no .env has a say; ended by SIGTERM."""
    began_at = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "main.py"),
        "run",
        cwd=stage.folder,
        env={"PATH": os.environ["PATH"], **stage.variables},
    )
    try:
        url = stage.variables["PUBLIC_URL"]
        await _ready(process, url)
        yield Running(process.pid, url, time.perf_counter() - began_at)
    finally:
        if process.returncode is None:
            process.terminate()
        await ended(process)


async def _ready(process: asyncio.subprocess.Process, url: str) -> None:
    async with asyncio.timeout(_PATIENCE_S), ClientSession() as http:
        while process.returncode is None:
            try:
                async with http.get(f"{url}/health/ready") as answer:
                    if answer.status == HTTPStatus.OK:
                        return
            except ClientError:
                pass  # it does not listen yet
            await asyncio.sleep(_LOOK_EVERY_S)
    raise RuntimeError(f"main.py run ended with status {process.returncode}")


def _with_children(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        children = (task / "children").read_text().split()
        found += [one for child in children for one in _with_children(int(child))]
    return found


def _memory_kib(pid: int) -> int:
    return _kib(Path(f"/proc/{pid}/status"), "VmRSS:")


def _share_kib(pid: int) -> int:
    """Of a page that several processes hold, each counts its part."""
    return _kib(Path(f"/proc/{pid}/smaps_rollup"), "Pss:")


def _kib(file: Path, figure: str) -> int:
    """Nothing where the process has ended and is only still listed."""
    lines = file.read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith(figure)), 0)
