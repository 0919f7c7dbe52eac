"""How many of Zoom's events a second reach the disk, and how long Zoom waits for its answer."""

import asyncio
import os
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from benchmarks.events import Comings
from benchmarks.load import Answers, as_fast_as_answered, at_rate
from benchmarks.running import Running, running
from benchmarks.school import School
from benchmarks.stage import Stage, child
from main import utc_now
from school.model import Planned
from storage.courses import NewCourse, add_course
from storage.database import Database, Transaction, new_id
from storage.people import find_person
from storage.schema import zoom_event
from storage.sealing import DataKeys
from storage.settling import claim_course, confirm_course, release_course

CONNECTIONS = 32
_RATES = {100: 10.0, 1_000: 10.0}  # events per second, and for how many seconds
_ROUNDS = 3
_ROUND_S = 2.0
_MOST_A_ROUND = 30_000
_CLASSES = 200
_FIRST_MEETING_ID = 70_000_000_001
_DISK_S = 1.0
_PAGE = 4096
_UNTIL_APPLIED_S = 60.0


@dataclass(frozen=True, slots=True)
class Webhooks:
    """`fastest` are the rounds at full speed, each beside one of a receiver that stores nothing.

    `applied_per_second` is how fast what was stored became attendance while nothing new came.
    """

    at_rates: dict[int, Answers]
    fastest: tuple[Answers, ...]
    bare: tuple[Answers, ...]
    acknowledged: int
    kept: int
    applied_per_second: float
    disk_per_second: float

    @property
    def per_second(self) -> float:
        return median(answers.per_second for answers in self.fastest)

    @property
    def bare_per_second(self) -> float:
        return median(answers.per_second for answers in self.bare)

    def within_ms(self, percent: float) -> float:
        """At full speed."""
        return median(answers.within_ms(percent) for answers in self.fastest)


async def measure(stage: Stage, school: School, tell: Callable[[str], None]) -> Webhooks:
    """The load comes from this process, the answers from two others."""
    meeting_ids = await _known_classes(stage, school.teacher.id)
    secret = stage.variables["ZOOM_WEBHOOK_SECRET"]
    comings = Comings(meeting_ids, secret, utc_now() - timedelta(minutes=30))
    disk = _synced_writes(stage)
    async with running(stage) as program, child("benchmarks.bare", secret) as told:
        at_rates = {}
        for rate, seconds in _RATES.items():
            tell(f"{rate:,} events a second")
            events = comings.next(int(rate * seconds), port=stage.port, signed_at=utc_now())
            at_rates[rate] = await at_rate(
                stage.port, events, per_second=rate, connections=CONNECTIONS
            )
        tell("until they are applied")
        applied_per_second = await _applied(program)
        bare: list[Answers] = []
        fastest: list[Answers] = []
        for number in range(1, _ROUNDS + 1):
            tell(f"as many as it takes, round {number} of {_ROUNDS}")
            events = comings.next(_MOST_A_ROUND, port=stage.port, signed_at=utc_now())
            for port, answers in ((int(told), bare), (stage.port, fastest)):
                answers.append(
                    await as_fast_as_answered(
                        port, events, connections=CONNECTIONS, seconds=_ROUND_S
                    )
                )
    taken = [*at_rates.values(), *fastest]
    return Webhooks(
        at_rates=at_rates,
        fastest=tuple(fastest),
        bare=tuple(bare),
        acknowledged=sum(len(answers.seconds) for answers in taken),
        kept=await _kept(stage),
        applied_per_second=applied_per_second,
        disk_per_second=disk,
    )


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


async def _known_classes(stage: Stage, teacher_user_id: int) -> list[int]:
    """Classes with meetings, as if they had been made at Zoom; their meetings' numbers."""
    meeting_ids = [_FIRST_MEETING_ID + number for number in range(_CLASSES)]
    async with _database(stage) as database, database.writing() as tx:
        teacher = await find_person(tx, teacher_user_id)
        assert teacher is not None
        for meeting_id in meeting_ids:
            await _known_class(tx, teacher.id, meeting_id)
    return meeting_ids


async def _known_class(tx: Transaction, teacher_id: int, meeting_id: int) -> None:
    new = NewCourse(
        teacher_id=teacher_id,
        request_key=f"benchmark {meeting_id}",
        reference=f"B{meeting_id}",
        topic="Tajweed",
        zone=ZoneInfo("Africa/Addis_Ababa"),
        planned=Planned(tx.now - timedelta(minutes=30), timedelta(minutes=45)),
        chat_ids=(),
    )
    course_id, _ = await add_course(tx, new)
    token = new_id()
    await claim_course(tx, course_id, token, timedelta(minutes=1))
    await confirm_course(
        tx, course_id, meeting_id=meeting_id, join_url="https://zoom.example/j/1", passcode="1"
    )
    await release_course(tx, course_id, token, next_try_at=None, problem=None)


async def _kept(stage: Stage) -> int:
    """What is in the database, read by somebody who opens it anew."""
    async with _database(stage) as database, database.reading() as tx:
        found = await tx.connection.execute(select(func.count()).select_from(zoom_event))
        return int(found.scalar_one())


def _database(stage: Stage) -> AbstractAsyncContextManager[Database]:
    keys = DataKeys.parse(stage.variables["DATA_KEY"])
    return Database.open(stage.variables["DATABASE_URL"], keys, utc_now)
