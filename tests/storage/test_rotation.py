import asyncio
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Date, Integer, LargeBinary, Table, Text, insert, select, update
from sqlalchemy.types import TypeEngine

from storage.database import Database, DatabaseProblem
from storage.rotation import Progress, count_old, rotate
from storage.schema import Sealed, UtcDateTime, index_key, metadata, person, row_id_of
from storage.sealing import DataKeys, SealBroken, new_data_key
from storage.sqlcipher_driver import migrating_engine
from tests.clocks import SettableClock
from tests.storage.rows import add_person, names

_PROJECT = Path(__file__).parents[2]

Open = Callable[[str], AbstractAsyncContextManager[Database]]


@pytest.fixture
def opened(tmp_path: Path, clock: SettableClock) -> Open:
    """Opens one and the same database with the DATA_KEY given."""
    url = f"sqlite:///{tmp_path}/school.db"
    return lambda data_key: Database.open(url, DataKeys.parse(data_key), clock)


@pytest.fixture
def old() -> str:
    return new_data_key()


@pytest.fixture
def new() -> str:
    return new_data_key()


async def finish(database: Database, rows_at_once: int = 200) -> Progress:
    """Rotates to the end; returns the last that was told."""
    told = [progress async for progress in rotate(database, rows_at_once)]
    assert [progress.done for progress in told] == sorted(progress.done for progress in told)
    return told[-1]


def made_up(table: Table, number: int) -> dict[str, Any]:
    """A row of the table, its columns filled by their types, its sealed ones still empty."""
    by_type: list[tuple[type[TypeEngine[Any]], Any]] = [
        (Sealed, None),
        (UtcDateTime, datetime(2026, 11, 23, tzinfo=UTC)),
        (Date, date(2026, 11, 23)),
        (Boolean, False),
        (Integer, number),
        (LargeBinary, bytes([number]) * 32),
        (Text, str(number)),
    ]
    return {
        column.name: next(value for kind, value in by_type if isinstance(column.type, kind))
        for column in table.c
    }


async def fill_every_sealed_column(database: Database) -> int:
    """Three rows in each table that has some; returns how many rows that makes."""
    engine = migrating_engine(database.file)  # looks at no references between rows
    async with engine.begin() as connection:
        for table in TABLES:
            for number in range(3):
                row = made_up(table, number)
                for name in sealed_columns(table):
                    place = table.name, name, row_id_of(table, row)
                    row[name] = database.vault.seal(*place, f"{table.name}.{name} {number}")
                await connection.execute(insert(table).values(row))
    await engine.dispose()
    return 3 * len(TABLES)


def sealed_columns(table: Table) -> list[str]:
    return [column.name for column in table.c if isinstance(column.type, Sealed)]


TABLES = [
    table for table in metadata.sorted_tables if sealed_columns(table) and table is not index_key
]


async def check_every_sealed_column(database: Database) -> None:
    """All that fill_every_sealed_column put in opens, sealed under the newest key."""
    async with database.reading() as tx:
        for table in TABLES:
            rows = (await tx.connection.execute(select(table))).mappings().all()
            assert len(rows) == 3
            for number, row in enumerate(sorted(rows, key=lambda row: str(row_id_of(table, row)))):
                for name in sealed_columns(table):
                    opened = tx.vault.open(table.name, name, row_id_of(table, row), row[name])
                    assert opened == f"{table.name}.{name} {number}"
                    assert row[name].startswith(tx.vault.mark)


async def test_after_a_rotation_the_new_key_opens_all_and_the_old_nothing(
    opened: Open, old: str, new: str
) -> None:
    async with opened(old) as database:
        rows = await fill_every_sealed_column(database) + 1  # the key of the hashes too
    async with opened(f"{new},{old}") as database:
        assert await count_old(database) == rows
        assert await finish(database, rows_at_once=2) == Progress(rows, rows, broken=0)
        assert await count_old(database) == 0
    async with opened(new) as database:
        await check_every_sealed_column(database)
    with pytest.raises(DatabaseProblem, match="DATA_KEY does not open"):
        async with opened(old):
            pass


async def test_look_ups_find_the_same_rows_after_a_rotation(
    opened: Open, old: str, new: str
) -> None:
    async with opened(old) as database:
        before = database.vault.index("name", "aisha")
    async with opened(f"{new},{old}") as database:
        assert database.vault.index("name", "aisha") == before
        await finish(database)
    async with opened(new) as database:
        assert database.vault.index("name", "aisha") == before


async def test_others_read_and_write_while_a_rotation_goes_on(
    opened: Open, old: str, new: str
) -> None:
    async with opened(old) as database, database.writing() as tx:
        for _ in range(30):
            await add_person(tx, "Aisha")
    async with opened(f"{new},{old}") as database, opened(f"{new},{old}") as other_process:
        told = []
        async for progress in rotate(database, rows_at_once=3):
            told.append(progress)
            async with other_process.writing() as tx:
                await add_person(tx, "Musa")
            async with other_process.reading() as tx:
                assert (await names(tx)).count("Aisha") == 30
        assert told[-1] == Progress(done=31, total=31, broken=0)  # the key of the hashes too
        assert await count_old(database) == 0
    async with opened(new) as database, database.reading() as tx:
        assert (await names(tx)).count("Musa") > 10


async def test_dropping_the_old_key_too_early_is_said_at_start(
    opened: Open, old: str, new: str
) -> None:
    async with opened(old) as database, database.writing() as tx:
        for _ in range(5):
            await add_person(tx, "Aisha")
    async with opened(f"{new},{old}") as database:
        async for progress in rotate(database, rows_at_once=1):
            if progress.done == 5:
                break
    with pytest.raises(DatabaseProblem, match="DATA_KEY=new,old"):
        async with opened(new):
            pass
    async with opened(f"{new},{old}") as database:
        assert await finish(database) == Progress(done=1, total=1, broken=0)
    async with opened(new) as database, database.reading() as tx:
        assert await names(tx) == ["Aisha"] * 5


async def test_a_file_in_use_under_the_old_key_is_left_alone(
    opened: Open, old: str, new: str
) -> None:
    async with opened(old) as database:
        async with database.writing() as tx:
            await add_person(tx, "Aisha")
        with pytest.raises(DatabaseProblem, match="stop the running program"):
            async with opened(f"{new},{old}"):
                pass
        async with database.writing() as tx:
            assert await names(tx) == ["Aisha"]
    async with opened(f"{new},{old}") as database, database.reading() as tx:
        assert await names(tx) == ["Aisha"]


async def test_a_value_that_no_key_opens_is_told_and_stops_nothing(
    opened: Open, old: str, new: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(old) as database, database.writing() as tx:
        broken, _ = await add_person(tx, "Aisha"), await add_person(tx, "Musa")
        await tx.connection.execute(
            update(person).where(person.c.id == broken).values(sealed_name=b"garbage")
        )
    async with opened(f"{new},{old}") as database:
        assert await finish(database) == Progress(done=2, total=3, broken=1)
        assert str(broken) in caplog.text
        assert await count_old(database) == 1
        async with database.reading() as tx:
            with pytest.raises(SealBroken):
                await names(tx)


_ROTATES_SLOWLY = """
import asyncio, sys
from tests.clocks import SettableClock
from storage.database import Database
from storage.rotation import rotate
from storage.sealing import DataKeys

async def main():
    async with Database.open(sys.argv[1], DataKeys.parse(sys.argv[2]), SettableClock()) as database:
        async for progress in rotate(database, rows_at_once=7):
            print(progress.done, flush=True)

asyncio.run(main())
"""


@pytest.mark.parametrize("until", [0, 50, 150])
async def test_a_rotation_killed_at_any_point_goes_on(
    opened: Open, old: str, new: str, tmp_path: Path, until: int
) -> None:
    async with opened(old) as database, database.writing() as tx:
        for _ in range(200):
            await add_person(tx, "Aisha")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _ROTATES_SLOWLY,
        f"sqlite:///{tmp_path}/school.db",
        f"{new},{old}",
        cwd=_PROJECT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async for line in process.stdout:
        if int(line) >= until:
            break
    process.kill()
    await process.communicate()
    async with opened(f"{new},{old}") as database:
        async with database.reading() as tx:
            assert await names(tx) == ["Aisha"] * 200
        left = await count_old(database)
        assert left <= 201 - until
        assert await finish(database) == Progress(done=left, total=left, broken=0)
    async with opened(new) as database, database.reading() as tx:
        assert await names(tx) == ["Aisha"] * 200


_GIVES_THE_FILE_ITS_NEW_KEY = """
import sys
from pathlib import Path
from storage.sealing import DataKeys
from storage.sqlcipher import prepare

path, keys = Path(sys.argv[1]), DataKeys.parse(sys.argv[2])
print("now", flush=True)
prepare(path, keys)
"""


@pytest.mark.parametrize("after_ms", [5, 30, 60])
async def test_a_file_survives_being_killed_while_it_gets_its_new_key(
    opened: Open, old: str, new: str, tmp_path: Path, after_ms: int
) -> None:
    async with opened(old) as database, database.writing() as tx:
        for _ in range(20):
            await add_person(tx, "Aisha" * 50_000)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _GIVES_THE_FILE_ITS_NEW_KEY,
        str(tmp_path / "school.db"),
        f"{new},{old}",
        cwd=_PROJECT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    await process.stdout.readline()
    await asyncio.sleep(after_ms / 1000)
    process.kill()
    await process.communicate()
    async with opened(f"{new},{old}") as database, database.reading() as tx:
        assert await names(tx) == ["Aisha" * 50_000] * 20
