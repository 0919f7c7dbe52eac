"""What an admin waits for the report of a whole term, and what others wait meanwhile.

`python -m benchmarks.reporting 20000` does it with so many stays.
"""

import asyncio
import math
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from benchmarks.events import Comings
from benchmarks.journal import said_by_bot
from benchmarks.known import database_of, know_classes
from benchmarks.load import Answers, at_rate
from benchmarks.running import Running, running
from benchmarks.stage import Stage, set_up
from benchmarks.term import Term, term
from main import utc_now
from sandbox.people import Person
from sandbox.story import ADMIN_ID
from storage.people import teachers_and_former

STAYS = 1_000_000
RATE = 50  # events per second, all the while
_CONNECTIONS = 8
_FIRST_ID = 71_000_000_001
_CLASSES = 50
_BEFORE_S = 3.0
_LOOK_EVERY_S = 0.05
_WRITING = "Writing the file"
_PATIENCE_S = 280.0  # within which what was signed before is fresh


@dataclass(frozen=True, slots=True)
class TermReport:
    """Seconds from the command; megabytes beyond what the program and its children held before.

    `answers` are Zoom's, from a little before the command until the workbook was there.
    """

    stays: int
    summary_s: float
    workbook_s: float
    summary_mb: float
    workbook_mb: float
    workbooks: tuple[int, ...]  # bytes of each: Telegram takes no more than 50 MB in one file
    answers: Answers


async def measure(tell: Callable[[str], None], stays: int = STAYS) -> TermReport:
    kept = await term(stays, tell)
    async with set_up() as on_its_own:
        tell("the database is copied")
        own = await asyncio.to_thread(kept.copied_to, on_its_own.folder)
        stage = replace(on_its_own, variables={**on_its_own.variables, **own})
        await _know_classes(stage)
        async with running(stage) as program:
            tell(f"the report of {kept.stays:,} stays")
            return await _reported(stage, program, kept)


async def _reported(stage: Stage, program: Running, kept: Term) -> TermReport:
    admin = await stage.people.person("Musa", id=ADMIN_ID)
    over = asyncio.Event()
    load = Comings(_ids(), "a-host", stage.variables["ZOOM_WEBHOOK_SECRET"], utc_now())
    requests = load.next(int(RATE * _PATIENCE_S), port=stage.port, signed_at=utc_now())
    async with asyncio.TaskGroup() as tasks, _watched(program) as memory:
        answers = tasks.create_task(
            at_rate(stage.port, _until(over, requests), per_second=RATE, connections=_CONNECTIONS)
        )
        await asyncio.sleep(_BEFORE_S)
        before_mb = memory.peak_since_asked()
        try:
            asked = await _asked(stage, admin, kept, memory)
        finally:
            over.set()
    return replace(
        asked,
        summary_mb=asked.summary_mb - before_mb,
        workbook_mb=asked.workbook_mb - before_mb,
        answers=answers.result(),
    )


async def _asked(stage: Stage, admin: Person, kept: Term, memory: "_Memory") -> TermReport:
    before = await stage.people.last()
    began_at = time.perf_counter()
    await admin.types(f"/report {kept.period}")
    said = await said_by_bot(stage.people, before, "taught", how_often=1, within_s=_PATIENCE_S)
    summary_s = time.perf_counter() - began_at
    summary_mb = memory.peak_since_asked()
    if not said:
        raise TimeoutError("the report was not there in time")
    workbooks = await _workbooks(admin)
    return TermReport(
        stays=kept.stays,
        summary_s=summary_s,
        workbook_s=time.perf_counter() - began_at,
        summary_mb=summary_mb,
        workbook_mb=memory.peak_since_asked(),
        workbooks=tuple(workbooks),
        answers=Answers((), 0.0, 0, 0),
    )


async def _workbooks(admin: Person) -> list[int]:
    """Their lengths, once all are there: then what says how far they are is gone."""
    async with asyncio.timeout(_PATIENCE_S):
        while True:
            seen = (await admin.looks()).messages
            files = [one.file for one in seen if one.file]
            lengths = [one.length for one in files if one.name.endswith(".xlsx")]
            if lengths and not any(_WRITING in one.text for one in seen):
                return lengths
            await asyncio.sleep(_LOOK_EVERY_S)


def _until(over: asyncio.Event, requests: Iterable[bytes]) -> Iterator[bytes]:
    for request in requests:
        if over.is_set():
            return
        yield request


def _ids() -> list[int]:
    return [_FIRST_ID + number for number in range(_CLASSES)]


async def _know_classes(stage: Stage) -> None:
    async with database_of(stage) as database, database.writing() as tx:
        teachers = await teachers_and_former(tx)
        await know_classes(tx, teachers[0].id, _ids())


class _Memory:
    """The most that a program and its children held."""

    def __init__(self, program: Running) -> None:
        self._program = program
        self._peak = 0.0

    def look(self) -> None:
        held = self._program.memory_mb()
        if not math.isnan(held):  # a child was just ending
            self._peak = max(self._peak, held)

    def peak_since_asked(self) -> float:
        """Since this was asked last."""
        self.look()
        peak, self._peak = self._peak, 0.0
        return peak


@asynccontextmanager
async def _watched(program: Running) -> AsyncIterator[_Memory]:
    memory = _Memory(program)

    async def watch() -> None:
        while True:
            memory.look()
            await asyncio.sleep(_LOOK_EVERY_S)

    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(watch())
        try:
            yield memory
        finally:
            watching.cancel()


if __name__ == "__main__":
    found = asyncio.run(measure(print, int(sys.argv[1]) if sys.argv[1:] else STAYS))
    print(replace(found, answers=replace(found.answers, seconds=())))
    print(f"p99 of Zoom's events: {found.answers.within_ms(99):.0f} ms")
