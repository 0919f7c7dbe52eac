"""Processes of their own on one database: one asks Zoom for new tokens, and one is killed."""

import asyncio
import hashlib
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from sandbox.zoom import ZoomSandbox
from sandbox.zoom_people import ZoomPeople, ZoomPerson
from school.errors import Reconnect
from services.grants import tend_grants
from services.office import Office
from services.zoom_access import access_token
from storage.schema import letter
from tests.clocks import SettableClock
from tests.services.connections import account_of, connected
from tests.services.people_of_the_school import AISHA
from tests.services.refreshing_process import AT_ONCE

HOUR = timedelta(hours=1)
_PROJECT = Path(__file__).parents[2]
_LEASE = timedelta(seconds=60)

Begin = Callable[[], Coroutine[Any, Any, Process]]


@pytest.fixture
async def person_id(office: Office, aisha_at_zoom: ZoomPerson, clock: SettableClock) -> int:
    """Aisha, whose access token has just ended."""
    await connected(office, AISHA, aisha_at_zoom)
    account = await account_of(office, AISHA)
    assert account is not None
    clock.forward(HOUR)
    return account.person_id


@pytest.fixture
def begin(
    database_path: Path,
    data_key: str,
    zoom_server: ZoomSandbox,
    person_id: int,
    clock: SettableClock,
) -> Begin:
    """Another process, ready to ask."""

    async def begun() -> Process:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.services.refreshing_process"),
            *(f"sqlite:///{database_path}", data_key, zoom_server.url),
            *(str(person_id), clock.now.isoformat()),
            stdin=PIPE,
            stdout=PIPE,
            cwd=_PROJECT,
        )
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
        return process

    return begun


async def told_to_ask(process: Process) -> list[str]:
    said, _ = await process.communicate(b"\n")
    return said.decode().split()


async def test_two_processes_at_once_make_one_token_request(
    office: Office, zoom: ZoomPeople, begin: Begin
) -> None:
    before = await zoom.statistics()
    await zoom.fault("slow", "token", seconds=0.3)  # long enough for all of them to want it
    processes = await asyncio.gather(begin(), begin())
    answers = await asyncio.gather(*(told_to_ask(one) for one in processes))
    after = await zoom.statistics()
    assert after["calls.token"] - before["calls.token"] == 1
    assert (after["refreshes"], after.get("refused_refreshes", 0)) == (1, 0)
    account = await account_of(office, AISHA)
    assert account is not None
    digest = hashlib.sha256(account.tokens.access.encode()).hexdigest()
    assert answers == [[digest] * AT_ONCE] * 2


async def test_a_process_killed_before_it_could_store_the_pair_costs_one_reconnection(
    office: Office, zoom: ZoomPeople, begin: Begin, person_id: int, clock: SettableClock
) -> None:
    process = await begin()
    await zoom.fault("slow", "token", when="after", seconds=30)
    assert process.stdin is not None
    process.stdin.write(b"\n")
    await process.stdin.drain()
    async with asyncio.timeout(10):
        while True:
            if (await zoom.statistics()).get("refreshes"):  # Zoom has replaced the pair
                break
            await asyncio.sleep(0.02)
    process.kill()
    await process.wait()
    await zoom.no_faults()
    clock.forward(_LEASE)
    for _ in range(20):
        clock.forward(timedelta(minutes=10))
        await tend_grants(office)
        with pytest.raises(Reconnect):
            await access_token(office, person_id)
    assert (await zoom.statistics())["refused_refreshes"] == 1
    async with office.database.reading() as tx:
        assert len((await tx.connection.execute(select(letter.c.id))).all()) == 1
