"""The program in a process of its own, seen from outside: what it says, and what it writes."""

import asyncio
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from main import utc_now
from sandbox.people import People
from sandbox.stand_ins import StandIns, stand_ins
from sandbox.story import Clockwork
from sandbox.zoom_people import ZoomPeople

BEGINS = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
"""A Monday; 17:00 in Addis Ababa."""

PROJECT = Path(__file__).parents[2]
_WIDE = 1_000  # as many messages as a test likes
_TO_START_S = 60.0
_LOOK_AGAIN_S = 0.05


class SharedClock(Clockwork):
    """A clock that processes read from a file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._start = BEGINS - utc_now()
        super().__init__(lambda: utc_now() + self._start)
        self._tell()

    def move_to(self, at: datetime) -> None:
        super().move_to(at)
        self._tell()

    def _tell(self) -> None:
        written = self._file.with_suffix(".new")
        written.write_text(str((self._start + self._ahead).total_seconds()))
        written.replace(self._file)


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command left: its exit status and what it said."""

    status: int | None
    out: str
    err: str


@dataclass(slots=True)
class Outside:
    """The program, with the people and the servers around it.

    All that it could write to is in `folder`: its data, its log, temporary files, a home.
    """

    folder: Path
    servers: StandIns
    people: People
    zoom: ZoomPeople
    clock: SharedClock
    clock_file: Path
    variables: dict[str, str]
    _process: Process | None = field(default=None)

    @property
    def database(self) -> Path:
        return self.folder / "data" / "school.db"

    @property
    def public_url(self) -> str:
        return self.variables["PUBLIC_URL"]

    @property
    def log(self) -> str:
        """All that it has said since the beginning, over every start."""
        return self._log_file.read_text()

    @property
    def _log_file(self) -> Path:
        return self.folder / "log"

    async def start(self, **variables: str) -> None:
        """Until it is ready; with these variables changed from now on."""
        self.variables |= variables
        before = self._log_file.stat().st_size if self._log_file.exists() else 0
        with self._log_file.open("ab") as log:
            self._process = await self._begin("run", self.variables, log)
        async with asyncio.timeout(_TO_START_S):
            while b"ready on port" not in self._log_file.read_bytes()[before:]:
                assert self._process.returncode is None, self.log[-2000:]
                await asyncio.sleep(_LOOK_AGAIN_S)

    async def stop(self) -> None:
        """As SIGTERM does it."""
        if self._process is not None:
            self._process.terminate()
            assert await self._process.wait() == 0, self.log[-2000:]
            self._process = None

    async def kill(self) -> None:
        """As when the power fails."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        self._process = None

    async def command(self, name: str, **variables: str) -> Ended:
        """Another command, beside the program or without it."""
        process = await self._begin(name, self.variables | variables, PIPE)
        async with asyncio.timeout(_TO_START_S):
            out, err = await process.communicate()
        return Ended(process.returncode, out.decode(), err.decode())

    async def _begin(
        self, command: str, variables: Mapping[str, str], said: int | IO[bytes]
    ) -> Process:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.story.own_process", str(self.clock_file), command),
            env={**variables, "PYTHONPATH": str(PROJECT)},
            cwd=self.folder / "work",
            stdout=said,
            stderr=said,
        )

    async def forward(self, by: timedelta) -> None:
        """Not while a webhook is on its way: it was signed before the jump."""
        await self.zoom.delivered()
        self.clock.move_to(self.clock() + by)


@asynccontextmanager
async def outside(data_key: str) -> AsyncIterator[Outside]:
    """On an empty database at five in the afternoon, its log at DEBUG; it is not started yet."""
    # A short path: processes of the program meet at sockets there, whose paths may not be long.
    with tempfile.TemporaryDirectory() as folder:
        own = Path(folder) / "program"
        for name in ("data", "tmp", "home", "work"):
            (own / name).mkdir(parents=True)
        clock_file = Path(folder) / "clock"
        clock = SharedClock(clock_file)
        async with stand_ins(clock) as servers, People(servers.telegram.url) as people:
            zoom = ZoomPeople(servers.zoom.url)
            await people.limits(overall=_WIDE, group=_WIDE, private=_WIDE)
            await zoom.no_per_second_limits()
            variables = {
                **servers.variables,
                "DATABASE_URL": f"sqlite:///{own}/data/school.db",
                "DATA_KEY": data_key,
                "LOG_LEVEL": "DEBUG",
                "TMPDIR": str(own / "tmp"),
                "HOME": str(own / "home"),
            }
            program = Outside(own, servers, people, zoom, clock, clock_file, variables)
            try:
                yield program
            finally:
                await program.kill()
