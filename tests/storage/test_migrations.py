import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.schema import CreateIndex, CreateTable

from school.mirror import Date
from school.model import LessonState, Planned, PostKind
from storage import courses, meetings, migrating, post_states
from storage.database import Database, DatabaseProblem
from storage.migrating import HEAD, migrate, revision_of
from storage.schema import Sealed, metadata
from storage.sealing import DataKeys
from storage.sqlcipher import prepare
from storage.sqlcipher_driver import migrating_engine, writing_engine
from tests.clocks import SettableClock


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


_AT_0001 = """
INSERT INTO person (id, telegram_user_id, is_teacher, pseudonym, created_at)
VALUES (1, 10, true, 'P-1', '2026-11-01 08:00:00.000000');
INSERT INTO chat (id, kind, is_forum, created_at)
VALUES (-1, 'supergroup', false, '2026-11-01 08:00:00.000000');
INSERT INTO course (id, teacher_id, request_key, reference, zone, meeting_id, created_at,
    confirmed_at, discarded_at, deleted_at, attempts, next_try_at, last_problem)
VALUES
    (20, 1, 'made', 'REF20', 'Africa/Cairo', 8120, '2026-11-02 08:00:00.000000',
     '2026-11-02 08:00:01.000000', NULL, NULL, 1, NULL, NULL),
    (21, 1, 'waits', 'REF21', 'Africa/Cairo', NULL, '2026-11-02 08:00:00.000000',
     NULL, NULL, NULL, 2, '2026-11-24 00:00:00.000000', 'daily_limit'),
    (22, 1, 'off', 'REF22', 'Africa/Cairo', 8122, '2026-11-02 08:00:00.000000',
     '2026-11-02 08:00:01.000000', '2026-11-03 08:00:00.000000', '2026-11-03 08:00:01.000000',
     1, NULL, NULL);
INSERT INTO course_chat (course_id, chat_id) VALUES (20, -1);
INSERT INTO lesson (id, course_id, teacher_id, state, starts_at, length_seconds)
VALUES
    (30, 20, 1, 'scheduled', '2026-11-24 15:00:00.000000', 2700),
    (31, 21, 1, 'creating', '2026-11-25 15:00:00.000000', 2700),
    (32, 22, 1, 'cancelled', '2026-11-26 15:00:00.000000', 2700);
INSERT INTO post (id, kind, lesson_id, chat_id, message_id, wanted_version, shown_version,
    attempts, repeated)
VALUES (40, 'card', 30, -1, 500, 3, 3, 0, false)
"""
_AT_15 = Planned(datetime(2026, 11, 24, 15, 0, tzinfo=UTC), timedelta(minutes=45))


def _upgrade_to_0001(connection: Connection) -> None:
    configuration = Config()
    configuration.set_main_option("script_location", str(migrating._MIGRATIONS))
    configuration.attributes["connection"] = connection
    command.upgrade(configuration, "0001")
    for statement in _AT_0001.split(";"):
        connection.execute(text(statement))


async def test_what_a_course_had_of_its_meeting_becomes_its_first_meeting(
    tmp_path: Path, data_keys: DataKeys, clock: SettableClock
) -> None:
    path = tmp_path / "school.db"
    engine = migrating_engine(await asyncio.to_thread(prepare, path, data_keys))
    async with engine.begin() as connection:
        await connection.run_sync(_upgrade_to_0001)
    assert await revision_of(engine) == "0001"
    await engine.dispose()
    async with (
        Database.open(f"sqlite:///{path}", data_keys, clock) as database,
        database.reading() as tx,
    ):
        course = await courses.get_course(tx, 20)
        (lesson,) = await courses.lessons_of_course(tx, 20)
        (made,) = await meetings.meetings_of_course(tx, 20)
        (waits,) = await meetings.meetings_of_course(tx, 21)
        (off,) = await meetings.meetings_of_course(tx, 22)
        dates = [await meetings.dates_of(tx, one.id) for one in (made, waits, off)]
        (state,) = await post_states.states(tx, 30, PostKind.CARD)
        (chat,) = await courses.chats_of_course(tx, 20)
        to_look_at = await meetings.due_looks(tx)
        rooms = [await courses.find_lesson(tx, one) for one in (30, 31, 32)]
    assert (course.version, course.repeat, course.has_ended) == (1, None, False)
    assert (lesson.state, lesson.planned, lesson.slot_at) == (LessonState.SCHEDULED, _AT_15, None)
    assert [one.meeting_row for one in rooms if one] == [made.id, waits.id, off.id]
    assert (made.host_id, made.meeting_id, made.reference) == (1, 8120, "REF20")
    assert (made.is_confirmed, made.is_deleted, made.is_series) == (True, False, False)
    assert (waits.is_confirmed, waits.attempts, waits.last_problem) == (False, 2, "daily_limit")
    assert waits.next_try_at == datetime(2026, 11, 24, tzinfo=UTC)
    assert (off.is_discarded, off.is_deleted) == (True, True)
    # Zoom has the one date; its topic, link and passcode are read there anew.
    assert dates == [(Date("", _AT_15, 30),), (), ()]
    assert to_look_at == (made.id,)
    assert (state.is_shown, chat.id, chat.reminder_minutes) == (True, -1, 15)
