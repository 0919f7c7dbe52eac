"""How many of Zoom's events a second reach the disk, and how long Zoom waits for its answer."""

import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from sqlalchemy import func, select

from benchmarks.events import Comings
from benchmarks.known import database_of, know_classes
from benchmarks.load import Answers, as_fast_as_answered, at_rate
from benchmarks.running import Running, running
from benchmarks.school import School
from benchmarks.stage import Stage, child
from main import utc_now
from storage.people import find_person
from storage.schema import zoom_event

CONNECTIONS = 32
_RATES = {100: 10.0, 1_000: 10.0}  # events per second, and for how many seconds
_ROUNDS = 3
_ROUND_S = 2.0
_MOST_A_ROUND = 30_000
_CLASSES = 200
_FIRST_KNOWN_ID = 70_000_000_001
_FIRST_COMING_ID = 80_000_000_001
_DISK_S = 1.0
_PAGE = 4096
_UNTIL_APPLIED_S = 30.0


@dataclass(frozen=True, slots=True)
class Rounds:
    """As many events as are answered, several times over."""

    answers: tuple[Answers, ...]

    @property
    def per_second(self) -> float:
        return median(one.per_second for one in self.answers)

    def within_ms(self, percent: float) -> float:
        return median(one.within_ms(percent) for one in self.answers)


@dataclass(frozen=True, slots=True)
class Webhooks:
    """`bare` is a receiver that stores nothing; its rounds were between those of `stored`.

    In `stored` the events are kept for meetings that are not known yet, so nothing else is to be
    done; in `applied` and `at_rates`, the program makes attendance of them all the while.
    `applied_per_second` is how fast it does that when nothing new comes.
    """

    bare: Rounds
    stored: Rounds
    applied: Rounds
    at_rates: dict[int, Answers]
    kept: int
    applied_per_second: float
    disk_per_second: float

    @property
    def taken(self) -> tuple[Answers, ...]:
        """All that the program was sent."""
        return (*self.stored.answers, *self.applied.answers, *self.at_rates.values())


async def measure(stage: Stage, school: School, tell: Callable[[str], None]) -> Webhooks:
    """The load comes from this process, the answers from two others."""
    await _know_classes(stage, school.teacher.id)
    secret = stage.variables["ZOOM_WEBHOOK_SECRET"]
    began_at = utc_now() - timedelta(minutes=30)
    known = Comings(_meeting_ids(_FIRST_KNOWN_ID), school.zoom_user_id, secret, began_at)
    coming = Comings(_meeting_ids(_FIRST_COMING_ID), school.zoom_user_id, secret, began_at)
    disk_per_second = _synced_writes(stage)
    async with running(stage) as program, child("benchmarks.bare", secret) as told:
        bare: list[Answers] = []
        stored: list[Answers] = []
        for number in range(1, _ROUNDS + 1):
            tell(f"as many as are answered, {number} of {_ROUNDS}")
            bare.append(await _round(int(told), coming))
            stored.append(await _round(stage.port, coming))
        at_rates = {}
        for rate, seconds in _RATES.items():
            tell(f"{rate:,} a second")
            events = known.next(int(rate * seconds), port=stage.port, signed_at=utc_now())
            at_rates[rate] = await at_rate(
                stage.port, events, per_second=rate, connections=CONNECTIONS
            )
        tell("until they are applied")
        applied_per_second = await _applied(program)
        applied = []
        for number in range(1, _ROUNDS + 1):
            tell(f"as many as are answered while they are applied, {number} of {_ROUNDS}")
            applied.append(await _round(stage.port, known))
    return Webhooks(
        bare=Rounds(tuple(bare)),
        stored=Rounds(tuple(stored)),
        applied=Rounds(tuple(applied)),
        at_rates=at_rates,
        kept=await _kept(stage),
        applied_per_second=applied_per_second,
        disk_per_second=disk_per_second,
    )


async def _round(port: int, comings: Comings) -> Answers:
    events = comings.next(_MOST_A_ROUND, port=port, signed_at=utc_now())
    return await as_fast_as_answered(port, events, connections=CONNECTIONS, seconds=_ROUND_S)


def _meeting_ids(first: int) -> list[int]:
    return [first + number for number in range(_CLASSES)]


async def _applied(program: Running) -> float:
    """Per second, until none waits or the time is over; NaN if none waited to begin with."""
    before, began_at = await program.events_waiting(), time.perf_counter()
    left = before
    while left and time.perf_counter() - began_at < _UNTIL_APPLIED_S:
        await asyncio.sleep(0.1)
        left = await program.events_waiting()
    if not before:
        return float("nan")
    return (before - left) / (time.perf_counter() - began_at)


def _synced_writes(stage: Stage) -> float:
    """Pages a second that this disk takes one by one, each waited for: one commit needs one."""
    page, written = os.urandom(_PAGE), 0
    with (stage.folder / "page").open("wb", buffering=0) as file:
        began_at = time.perf_counter()
        while time.perf_counter() - began_at < _DISK_S:
            file.write(page)
            os.fsync(file.fileno())
            written += 1
        return written / (time.perf_counter() - began_at)


async def _know_classes(stage: Stage, teacher_user_id: int) -> None:
    async with database_of(stage) as database, database.writing() as tx:
        teacher = await find_person(tx, teacher_user_id)
        assert teacher is not None
        await know_classes(tx, teacher.id, _meeting_ids(_FIRST_KNOWN_ID))


async def _kept(stage: Stage) -> int:
    """What is in the database, read by somebody who opens it anew."""
    async with database_of(stage) as database, database.reading() as tx:
        found = await tx.connection.execute(select(func.count()).select_from(zoom_event))
        return int(found.scalar_one())
