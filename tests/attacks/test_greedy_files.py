"""Files that take long: however many wait for theirs, nobody else does."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import ParamSpec, TypeVar

import pytest
import pytest_asyncio

from sandbox.people import Person
from sandbox.story import Cast
from tests.story.stage import Stage, set_stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

WRITING = "I am writing the file with all that is stored about you."
STILL = "I am still at what you asked for. It comes as soon as it is ready."
PLACES = 32
POLLED_AT_ONCE = 100
_PATIENCE_S = 60.0

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class SlowProcess(Executor):
    """Begins nothing before its gate is opened."""

    def __init__(self) -> None:
        self.gate = Event()
        self._threads = ThreadPoolExecutor(4)

    def submit(
        self,
        fn: Callable[Parameters, Result],
        /,
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Future[Result]:
        def begin() -> Result:
            assert self.gate.wait(_PATIENCE_S)
            return fn(*args, **kwargs)

        return self._threads.submit(begin)


@pytest.fixture(scope="module")
def slow() -> SlowProcess:
    return SlowProcess()


@pytest.fixture(scope="module")
def _elsewhere(slow: SlowProcess) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("bot.elsewhere.FreshProcess", lambda: slow)
        yield
        slow.gate.set()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def stage(module_database: Path, data_key: str, _elsewhere: None) -> AsyncIterator[Stage]:
    """What is done in another process takes until the gate is opened."""
    async with set_stage(module_database, data_key) as stage:
        yield stage


@pytest.fixture(autouse=True)
def gate(slow: SlowProcess) -> Event:
    """Closed, until the test opens it."""
    slow.gate.clear()
    return slow.gate


async def known_people(stage: Stage, name: str, many: int) -> list[Person]:
    """Of whom something is stored."""
    crowd = [await stage.people.person(f"{name} {number}") for number in range(many)]
    await asyncio.gather(*(one.types("/timezone Asia/Riyadh") for one in crowd))
    await asyncio.gather(*(one.sees("Riyadh", within=30) for one in crowd))
    return crowd


async def heard(person: Person) -> Counter[str]:
    return Counter(one.text for one in (await person.looks()).messages if one.from_bot)


async def test_those_who_wait_for_their_files_take_nobody_elses_place(
    stage: Stage, school: Cast, gate: Event
) -> None:
    """Neither one in which updates are handled, nor one of the hundred that Telegram gives."""
    crowd = await known_people(stage, "Person", PLACES + 2)
    await asyncio.gather(*(one.types("/mydata") for one in crowd))
    await asyncio.gather(*(one.sees("What is stored about you", within=30) for one in crowd))
    await school.khadija.types("/help")
    await school.khadija.sees("/privacy", within=5)
    await stage.people.settings(privacy_mode=False)
    for _ in range(POLLED_AT_ONCE):
        await school.aisha.types("As-salamu alaykum", into=school.sisters)
    await school.khadija.types("/privacy")
    await school.khadija.sees("Darulkubra keeps about you", within=15)
    await asyncio.gather(*(one.sees(WRITING, within=30) for one in crowd))
    gate.set()
    await asyncio.gather(*(one.sees_file(".json", within=60) for one in crowd))


async def test_one_person_waits_for_one_file_at_a_time(stage: Stage, gate: Event) -> None:
    (greedy,) = await known_people(stage, "Greedy", 1)
    for _ in range(5):
        await greedy.types("/mydata")
    await greedy.sees(WRITING, within=30)
    assert (await heard(greedy))[STILL] == 4
    gate.set()
    await greedy.sees_file(".json", within=30)
    await greedy.types("/mydata")
    await greedy.sees_file(".json", within=30)
    files = [one for one in (await greedy.looks()).messages if one.file is not None]
    assert len(files) == 2


async def test_who_still_waits_when_the_program_ends_is_told_to_ask_again(
    stage: Stage, gate: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.backroom._TO_FINISH_S", 0.2)
    waiting = await known_people(stage, "Patient", 2)
    await asyncio.gather(*(one.types("/mydata") for one in waiting))
    await asyncio.gather(*(one.sees(WRITING, within=30) for one in waiting))
    await stage.stop()
    for one in waiting:
        await one.sees("what you asked for is not ready. Please ask again.")
        assert (await heard(one))[WRITING] == 0
    gate.set()
    await stage.start()
    await waiting[0].types("/mydata")
    await waiting[0].sees_file(".json", within=30)
