import asyncio
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.schema import CreateIndex, CreateTable

from storage import migrating
from storage.database import Database, DatabaseProblem
from storage.migrating import HEAD, migrate, revision_of
from storage.schema import Sealed, metadata
from storage.sealing import DataKeys
from storage.sqlcipher import prepare
from storage.sqlcipher_driver import migrating_engine, writing_engine


def test_there_is_one_newest_migration_and_the_program_knows_it() -> None:
    configuration = Config()
    configuration.set_main_option("script_location", str(migrating._MIGRATIONS))
    assert ScriptDirectory.from_config(configuration).get_heads() == [HEAD]


async def test_migrations_make_the_tables_that_the_schema_describes(database: Database) -> None:
    def differences(connection: Connection) -> object:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, metadata)

    async with database.reading() as tx:
        assert await tx.connection.run_sync(differences) == []


@pytest.mark.parametrize("url", ["sqlite://", "postgresql+asyncpg://"])
def test_every_table_and_index_can_be_made_by(url: str) -> None:
    dialect = make_url(url).get_dialect()()
    for table in metadata.sorted_tables:
        assert table.name in str(CreateTable(table).compile(dialect=dialect))
        for index in table.indexes:
            assert str(index.name) in str(CreateIndex(index).compile(dialect=dialect))


def test_names_fit_into_postgresql() -> None:
    for table in metadata.sorted_tables:
        names = [item.name for item in table.constraints] + [item.name for item in table.indexes]
        assert all(isinstance(name, str) and len(name) <= 63 for name in names)


def test_sealed_columns_are_called_so_and_no_others_are() -> None:
    for table in metadata.sorted_tables:
        for column in table.c:
            assert isinstance(column.type, Sealed) == column.name.startswith("sealed_")


_PROJECT = Path(__file__).parents[2]
_OPENS = """
import asyncio, sys
from tests.clocks import SettableClock
from storage.database import Database
from storage.sealing import DataKeys

async def main():
    async with Database.open(sys.argv[1], DataKeys.parse(sys.argv[2]), SettableClock()):
        pass

asyncio.run(main())
sys.exit("alembic" in sys.modules)
"""


async def test_a_database_that_is_up_to_date_opens_without_alembic(
    database_path: Path, data_key: str
) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _OPENS, f"sqlite:///{database_path}", data_key, cwd=_PROJECT
    )
    assert await process.wait() == 0


async def test_a_migration_that_breaks_references_is_undone(
    tmp_path: Path, data_keys: DataKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await asyncio.to_thread(prepare, tmp_path / "school.db", data_keys)
    engine = migrating_engine(file)
    check = migrating._check_foreign_keys

    def leave_an_orphan(connection: Connection) -> None:
        connection.execute(text("INSERT INTO course_chat (course_id, chat_id) VALUES (1, 2)"))
        check(connection)

    monkeypatch.setattr(migrating, "_check_foreign_keys", leave_an_orphan)
    with pytest.raises(DatabaseProblem, match="course_chat"):
        await migrate(engine)
    assert await revision_of(engine) is None
    await engine.dispose()


async def test_a_second_run_of_the_migrations_changes_nothing(database: Database) -> None:
    engine = migrating_engine(database.file)
    await migrate(engine)
    await engine.dispose()
    writer = writing_engine(database.file)
    assert await revision_of(writer) == HEAD
    await writer.dispose()
