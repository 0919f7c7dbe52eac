import asyncio
import logging
import os
import pickle
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from storage.database import Database, DatabaseProblem, Transaction, new_id
from storage.schema import chat_teacher, person
from storage.sealing import DataKeys, SealBroken, new_data_key
from storage.sqlcipher import CipherFile
from tests.clocks import SettableClock
from tests.storage.rows import add_person, names

SECRETS = ["Khadija Al-Fulani", "khadija@example.org", "Tajweed for beginners"]


async def remember(path: Path, keys: DataKeys, *people: str) -> None:
    url = f"sqlite:///{path}"
    async with Database.open(url, keys, SettableClock()) as database, database.writing() as tx:
        for name in people:
            await add_person(tx, name)


async def remembered(path: Path, keys: DataKeys) -> list[str]:
    url = f"sqlite:///{path}"
    async with Database.open(url, keys, SettableClock()) as database, database.reading() as tx:
        return await names(tx)


def files_of(path: Path) -> dict[str, bytes]:
    """The database file, its log and its shared memory, as far as they are there."""
    return {file.name: file.read_bytes() for file in path.parent.glob(f"{path.name}*")}


def leave_as_a_crash_would(path: Path, copy: Path) -> None:
    """Copies an open database together with the log that still holds its last commits."""
    copy.parent.mkdir()
    for name, content in files_of(path).items():
        (copy.parent / name).write_bytes(content)
    assert (copy.parent / f"{copy.name}-wal").stat().st_size > 0


async def add_plain(tx: Transaction, pseudonym: str, times: int = 1) -> None:
    for _ in range(times):
        row = {"id": 1, "pseudonym": pseudonym, "created_at": tx.now}
        await tx.connection.execute(insert(person).values(row))


async def refusal(url: str, keys: DataKeys) -> str:
    """What is said when the database cannot be opened: one sentence, a full stop at its end."""
    with pytest.raises(DatabaseProblem) as refused:
        async with Database.open(url, keys, SettableClock()):
            pass
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


# Opening


async def test_a_database_is_made_with_its_folder_for_its_owner_alone(
    tmp_path: Path, data_keys: DataKeys
) -> None:
    path = tmp_path / "data" / "school.db"
    async with Database.open(f"sqlite:///{path}", data_keys, SettableClock()) as database:
        async with database.writing() as tx:
            await add_person(tx, "Aisha")
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        for file in path.parent.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert await remembered(path, data_keys) == ["Aisha"]


async def test_two_programs_may_make_the_database_at_once(
    tmp_path: Path, data_keys: DataKeys
) -> None:
    path = tmp_path / "school.db"
    await asyncio.gather(*(remember(path, data_keys, name) for name in ("Aisha", "Musa")))
    assert await remembered(path, data_keys) == ["Aisha", "Musa"]


def test_many_connections_may_begin_a_file_at_once(tmp_path: Path) -> None:
    """So narrow a moment that it takes many tries to meet it."""
    for number in range(60):
        file = CipherFile(tmp_path / f"{number}.db", b"k" * 32)
        at_once = Barrier(4)

        def begin(file: CipherFile = file, at_once: Barrier = at_once) -> None:
            at_once.wait()
            file.connect().close()

        with ThreadPoolExecutor(4) as pool:
            for connected in [pool.submit(begin) for _ in range(4)]:
                connected.result()


async def test_a_wrong_key_is_said_and_changes_nothing(
    database: Database, database_path: Path, data_keys: DataKeys, tmp_path: Path
) -> None:
    async with database.writing() as tx:
        await add_person(tx, "Aisha")
    path = tmp_path / "left" / "school.db"
    leave_as_a_crash_would(database_path, path)
    sentence = await refusal(f"sqlite:///{path}", DataKeys.parse(new_data_key()))
    assert sentence.startswith(f"DATA_KEY does not open {path}")
    assert await remembered(path, data_keys) == ["Aisha"]


async def test_a_database_that_is_not_encrypted_is_refused(
    tmp_path: Path, data_keys: DataKeys
) -> None:
    path = tmp_path / "school.db"
    path.write_bytes(b"SQLite format 3\0" + bytes(4080))
    before = path.read_bytes()
    assert "not encrypted" in await refusal(f"sqlite:///{path}", data_keys)
    assert path.read_bytes() == before


async def test_another_file_is_refused(tmp_path: Path, data_keys: DataKeys) -> None:
    path = tmp_path / "school.db"
    path.write_text("Dear diary")
    assert "not a database of this program" in await refusal(f"sqlite:///{path}", data_keys)
    assert path.read_text() == "Dear diary"


async def test_a_folder_is_refused(tmp_path: Path, data_keys: DataKeys) -> None:
    assert "is a folder" in await refusal(f"sqlite:///{tmp_path}", data_keys)


async def test_a_place_that_cannot_be_is_refused(tmp_path: Path, data_keys: DataKeys) -> None:
    (tmp_path / "file").touch()
    sentence = await refusal(f"sqlite:///{tmp_path}/file/school.db", data_keys)
    assert "DATABASE_URL" in sentence


@pytest.fixture
def closed_folder(tmp_path: Path) -> Path:
    tmp_path.chmod(0o500)
    return tmp_path


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
async def test_a_folder_without_permission_is_refused(
    closed_folder: Path, data_keys: DataKeys
) -> None:
    sentence = await refusal(f"sqlite:///{closed_folder}/data/school.db", data_keys)
    assert "may not be read or written" in sentence


@pytest.mark.parametrize(
    "url",
    ["", "school.db", "sqlite://", "sqlite:///:memory:", "mysql://x/y", "postgresql+asyncpg://x/y"],
)
async def test_a_url_that_names_no_file_is_refused(url: str, data_keys: DataKeys) -> None:
    assert "sqlite:///data/school.db" in await refusal(url, data_keys)


async def test_a_database_of_a_newer_program_is_refused(
    database: Database, database_path: Path, data_keys: DataKeys
) -> None:
    async with database.writing() as tx:
        await tx.connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    sentence = await refusal(f"sqlite:///{database_path}", data_keys)
    assert "newer version" in sentence
    assert "9999" in sentence


# Who can read it


async def test_no_stored_value_can_be_read_in_the_files(
    database: Database, database_path: Path
) -> None:
    async with database.writing() as tx:
        for secret in SECRETS:
            await add_person(tx, secret)
        await add_plain(tx, "Plain-Pseudonym")
    while_open = files_of(database_path)
    assert set(while_open) == {"school.db", "school.db-wal", "school.db-shm"}
    await database.forget()
    for content in [*while_open.values(), *files_of(database_path).values()]:
        for secret in [*SECRETS, "Plain-Pseudonym", "CREATE TABLE", "SQLite format"]:
            assert secret.encode() not in content


async def test_a_value_swapped_between_two_rows_does_not_open(database: Database) -> None:
    async with database.writing() as tx:
        aisha, musa = await add_person(tx, "Aisha"), await add_person(tx, "Musa")
        rows = await tx.connection.execute(select(person.c.id, person.c.sealed_name))
        sealed = {row.id: row.sealed_name for row in rows}
        for row_id, other in ((aisha, musa), (musa, aisha)):
            changed = update(person).where(person.c.id == row_id)
            await tx.connection.execute(changed.values(sealed_name=sealed[other]))
    async with database.reading() as tx:
        with pytest.raises(SealBroken):
            await names(tx)


async def test_erased_values_leave_the_file_and_its_log(
    database: Database, database_path: Path
) -> None:
    async with database.writing() as tx:
        person_id = await add_person(tx, "Aisha")
        sealed = await tx.connection.scalar(select(person.c.sealed_name))
    async with database.writing() as tx:
        await tx.connection.execute(delete(person).where(person.c.id == person_id))
    assert await database.forget()
    assert files_of(database_path)["school.db-wal"] == b""
    # Under its key the file is readable, so what is looked for would be found if it were there.
    plain = database_path.parent / "plain.db"
    connection = database.file.connect()
    connection.execute(f"ATTACH DATABASE '{plain}' AS plain KEY ''")
    connection.execute("SELECT sqlcipher_export('plain')")
    connection.close()
    content = plain.read_bytes()
    assert b"CREATE TABLE chat" in content
    assert sealed is not None
    assert sealed not in content


async def test_a_log_that_a_reader_holds_is_forgotten_later(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.sqlcipher._BUSY_MS", 50)
    async with database.writing() as tx:
        await add_person(tx, "Aisha")
    async with database.reading() as tx:
        assert await names(tx) == ["Aisha"]
        assert not await database.forget()
    assert await database.forget()


def test_comparing_a_sealed_column_is_an_error() -> None:
    with pytest.raises(TypeError, match="_index"):
        select(person.c.id).where(person.c.sealed_name == b"Aisha")
    assert "IS NULL" in str(select(person.c.id).where(person.c.sealed_name.is_(None)))


async def test_neither_errors_nor_debug_lines_show_values(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(IntegrityError) as failed:
        async with database.writing() as tx:
            await add_plain(tx, "Plain-Pseudonym", times=2)
    assert "Plain-Pseudonym" not in str(failed.value)
    assert "Plain-Pseudonym" not in caplog.text


# Transactions


async def test_an_error_leaves_nothing_of_its_transaction(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.writing() as tx:
            await add_plain(tx, "twice", times=2)
    async with database.reading() as tx:
        assert await tx.connection.scalar(select(person.c.id)) is None


async def test_a_cancelled_transaction_leaves_nothing_and_spoils_nothing(
    database: Database,
) -> None:
    written = asyncio.Event()

    async def write() -> None:
        async with database.writing() as tx:
            await add_person(tx, "Aisha")
            written.set()
            await asyncio.Event().wait()

    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(write())
        await written.wait()
        task.cancel()
    async with database.writing() as tx:
        assert await names(tx) == []
        await add_person(tx, "Musa")
    async with database.reading() as tx:
        assert await names(tx) == ["Musa"]


async def test_writers_cancelled_at_any_moment_leave_the_database_usable(
    database: Database,
) -> None:
    async def write() -> None:
        async with database.writing() as tx:
            for _ in range(3):
                await add_person(tx, "Aisha")

    for step in range(40):
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(write())
            await asyncio.sleep(step / 8_000)
            task.cancel()
    async with database.writing() as tx:
        assert len(await names(tx)) % 3 == 0


async def test_writers_take_turns_and_lose_no_update(database: Database) -> None:
    async with database.writing() as tx:
        await tx.connection.execute(
            insert(person).values(id=1, language="0", pseudonym="p", created_at=tx.now)
        )

    async def count_up() -> None:
        async with database.writing() as tx:
            value = await tx.connection.scalar(select(person.c.language))
            await tx.connection.execute(update(person).values(language=str(int(value or 0) + 1)))

    await asyncio.gather(*(count_up() for _ in range(40)))
    async with database.reading() as tx:
        assert await tx.connection.scalar(select(person.c.language)) == "40"


async def test_a_transaction_inside_another_is_an_error_and_no_deadlock(
    database: Database,
) -> None:
    async with database.writing():
        with pytest.raises(RuntimeError, match="inside"):
            async with database.writing():
                pass
    async with database.writing() as tx:
        await add_person(tx, "Aisha")


async def test_a_writer_holds_the_lock_from_its_beginning(
    database: Database, database_path: Path, data_keys: DataKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.sqlcipher._BUSY_MS", 50)
    url = f"sqlite:///{database_path}"
    async with Database.open(url, data_keys, SettableClock()) as other, database.writing():
        with pytest.raises(OperationalError, match="locked"):
            async with other.writing():
                pass


async def test_a_reader_neither_waits_for_a_writer_nor_sees_half_of_it(
    database: Database,
) -> None:
    async with database.writing() as writer:
        await add_person(writer, "Aisha")
        async with asyncio.timeout(30), database.reading() as reader:
            assert await names(reader) == []
    async with database.reading() as reader:
        assert await names(reader) == ["Aisha"]
        async with database.writing() as writer:
            await add_person(writer, "Musa")
        assert await names(reader) == ["Aisha"]


async def test_whoever_reads_row_after_row_sees_one_state_too(database: Database) -> None:
    async with database.writing() as writer:
        await add_person(writer, "Aisha")
    async with database.reading() as reader:
        rows = await reader.connection.stream(select(person.c.id))
        async with database.writing() as writer:
            await add_person(writer, "Musa")
        assert len([row async for row in rows]) == 1
        assert await names(reader) == ["Aisha"]


async def test_a_reader_that_failed_begins_anew(database: Database) -> None:
    with pytest.raises(OperationalError, match="no such table"):
        async with database.reading() as tx:
            await tx.connection.execute(text("SELECT 1 FROM nowhere"))
    async with database.writing() as writer:
        await add_person(writer, "Aisha")
    async with database.reading() as tx:
        assert await names(tx) == ["Aisha"]


async def test_many_readers_wait_for_one_another(database: Database) -> None:
    async def read() -> int:
        async with database.reading() as tx:
            return len(await names(tx))

    assert await asyncio.gather(*(read() for _ in range(50))) == [0] * 50


async def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(OperationalError, match="readonly"):
        async with database.reading() as tx:
            await add_person(tx, "Aisha")


async def test_a_row_may_not_refer_to_a_missing_one(database: Database) -> None:
    async with database.writing() as tx:
        row = {"chat_id": 1, "person_id": 2, "linked_at": tx.now}
        with pytest.raises(IntegrityError):
            await tx.connection.execute(insert(chat_teacher).values(row))


async def test_a_transaction_carries_the_time_of_the_clock(
    database: Database, clock: SettableClock
) -> None:
    async with database.reading() as tx:
        assert tx.now == clock()
    clock.forward(timedelta(minutes=1))
    async with database.writing() as tx:
        assert tx.now == clock()


async def test_times_come_back_aware_and_in_utc(database: Database) -> None:
    addis = datetime.fromisoformat("2026-11-24T18:00:00.123456+03:00")
    async with database.writing() as tx:
        await add_person(tx, "Aisha")
        await tx.connection.execute(update(person).values(erased_at=addis))
        stored = await tx.connection.scalar(select(person.c.erased_at))
    assert stored == addis
    assert stored.tzinfo is UTC


async def test_a_naive_time_cannot_be_stored(database: Database) -> None:
    naive = datetime(2026, 11, 24)  # noqa: DTZ001  # meant
    async with database.writing() as tx:
        with pytest.raises(StatementError, match="naive"):
            await tx.connection.execute(update(person).values(erased_at=naive))


def test_new_ids_fit_a_signed_64_bit_column_and_differ() -> None:
    ids = {new_id() for _ in range(10_000)}
    assert len(ids) == 10_000
    assert all(0 < one < 2**62 for one in ids)


async def test_what_another_process_is_given_reads_and_cannot_write(
    database: Database, clock: SettableClock
) -> None:
    async with database.writing() as tx:
        await add_person(tx, "Aisha")
    access = pickle.loads(pickle.dumps(database.access))  # noqa: S301  our own
    assert "key" not in repr(access)
    async with access.reading(clock()) as tx:
        assert tx.now == clock()
        assert await names(tx) == ["Aisha"]
    with pytest.raises(OperationalError, match="readonly"):
        async with access.reading(clock()) as tx:
            await add_person(tx, "Musa")
