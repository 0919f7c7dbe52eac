"""DATA_KEY is replaced while the school goes on, from outside: two processes, one database."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import ClientError, ClientSession
from cryptography.exceptions import InvalidTag
from sqlalchemy import Table, select

from main import utc_now
from storage.database import Database
from storage.errors import DatabaseProblem
from storage.people import add_person
from storage.rotation import count_old
from storage.schema import Sealed, metadata, row_id_of
from storage.sealing import DataKey, DataKeys, SealBroken, Vault, new_data_key
from storage.sqlcipher import CipherFile
from tests.clocks import SettableClock
from tests.story.outside import Outside, outside
from tests.story.seeded_school import SeededSchool, seeded_school
from tests.story.seeds import SEEDS
from zoom.webhooks import sign

_MANY = 1_500  # rows, so that the rotation takes a while
_NOT_TOO_FAST_S = 1.0  # the bot has patience with her for sixty messages a minute
_BETWEEN_S = 0.01


@pytest.fixture
async def program(data_key: str) -> AsyncIterator[Outside]:
    async with outside(data_key) as program:
        await program.start()
        yield program


@pytest.fixture
async def school(program: Outside) -> SeededSchool:
    return await seeded_school(program)


@dataclass(slots=True)
class Traffic:
    """Webhooks and pages, one after the other; what each was answered."""

    program: Outside
    statuses: list[int] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    async def flows(self, meeting_id: int, until: asyncio.Event) -> None:
        async with ClientSession() as http:
            while not until.is_set():
                try:
                    await self._webhook(http, meeting_id)
                    await self._get(http, "/health/ready")
                except ClientError as error:
                    self.failures.append(repr(error))
                await asyncio.sleep(_BETWEEN_S)

    async def _webhook(self, http: ClientSession, meeting_id: int) -> None:
        joined = {
            "event": "meeting.participant_joined",
            "event_ts": int(self.program.clock().timestamp() * 1000),
            "payload": {
                "object": {
                    "id": str(meeting_id),
                    "uuid": "aaaa",
                    "host_id": "x",
                    "participant": {"user_name": f"Guest {len(self.statuses)}"},
                }
            },
        }
        body = json.dumps(joined).encode()
        secret = self.program.variables["ZOOM_WEBHOOK_SECRET"]
        headers = sign(body, secret, self.program.clock())
        url = f"{self.program.public_url}/zoom/webhook"
        async with http.post(url, data=body, headers=headers) as answer:
            self.statuses.append(answer.status)

    async def _get(self, http: ClientSession, path: str) -> None:
        async with http.get(f"{self.program.public_url}{path}") as answer:
            self.statuses.append(answer.status)


async def test_a_new_key_takes_over_while_everybody_works(
    program: Outside, school: SeededSchool
) -> None:
    await school.begins_to_teach()
    await school.connects()
    await school.links_the_group()
    meeting = await school.makes_a_class()
    await program.stop()
    old, new = program.variables["DATA_KEY"], new_data_key()
    await _many_people(program, old)

    await program.start(DATA_KEY=f"{new},{old}")
    traffic, over = Traffic(program), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(traffic.flows(meeting.id, over))
        rotating = tasks.create_task(program.command("rotate-key"))
        asked = 0
        while not rotating.done():
            await school.teacher.types("/classes")
            await school.teacher.sees("Your classes:", within=90)
            asked += 1
            await asyncio.sleep(_NOT_TOO_FAST_S)
        over.set()
    said = rotating.result()
    assert (said.status, said.err) == (0, ""), said
    assert said.out.endswith("drop it from DATA_KEY and start again.\n")
    assert asked >= 1
    assert traffic.failures == []
    assert set(traffic.statuses) == {200, 204}
    assert len(traffic.statuses) > 10
    await program.stop()

    await _opens_nothing(program, old, new)
    await program.start(DATA_KEY=new)
    await school.teacher.types("/classes")
    assert SEEDS.topic in str((await school.teacher.sees("Your classes:")).labels)
    await school.opens_as_host()  # her tokens open, and Zoom takes them
    assert "problem " not in program.log


async def _many_people(program: Outside, key: str) -> None:
    keys, url = DataKeys.parse(key), program.variables["DATABASE_URL"]
    async with Database.open(url, keys, utc_now) as database, database.writing() as tx:
        for number in range(_MANY):
            await add_person(tx, 10_000_000 + number, f"Student {number}", None)


async def _opens_nothing(program: Outside, old: str, new: str) -> None:
    """The old key: not the file, and none of the values in it, whatever their mark says."""
    url, retired = program.variables["DATABASE_URL"], DataKey.parse(old)
    assert not CipherFile(program.database, retired.file_key).opens()
    with pytest.raises(DatabaseProblem, match="DATA_KEY does not open"):
        async with Database.open(url, DataKeys.parse(old), SettableClock()):
            """Never comes here."""
    values = 0
    async with Database.open(url, DataKeys.parse(new), SettableClock()) as database:
        assert await count_old(database) == 0
        async with database.reading() as tx:
            for table in metadata.sorted_tables:
                for row in (await tx.connection.execute(select(table))).mappings():
                    for name in _sealed_columns(table):
                        if row[name] is not None:
                            place = table.name, name, row_id_of(table, row)
                            tx.vault.open_bytes(*place, row[name])
                            _is_closed_to(retired, place, row[name])
                            values += 1
    assert values > _MANY


def _sealed_columns(table: Table) -> list[str]:
    return [column.name for column in table.c if isinstance(column.type, Sealed)]


def _is_closed_to(key: DataKey, place: tuple[str, str, int | str | bytes], sealed: bytes) -> None:
    vault = Vault(DataKeys(key), b"")
    with pytest.raises(SealBroken):
        vault.open_bytes(*place, sealed)
    with pytest.raises(SealBroken):
        vault.open_bytes(*place, key.mark + sealed[len(key.mark) :])
    with pytest.raises(InvalidTag):
        key._cipher.decrypt(sealed[5:17], sealed[17:], None)
