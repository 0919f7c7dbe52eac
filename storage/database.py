"""The way to the database: opened with its key, migrated, read and written in transactions."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Self

from sqlalchemy import insert, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from school.model import Clock, StudentNames
from storage.errors import DatabaseProblem
from storage.migrating import HEAD, migrate, revision_of
from storage.schema import index_key
from storage.sealing import DataKeys, SealBroken, Vault
from storage.sqlcipher import CipherFile, prepare
from storage.sqlcipher_driver import migrating_engine, reading_engine, writing_engine

__all__ = ["Database", "DatabaseProblem", "ReadingAccess", "Transaction", "new_id"]

_READERS = 4
_INDEX_KEY_ROW = 1
_INDEX_KEY_LENGTH = 32


def new_id() -> int:
    """A random id for a new row: 62 bits, never 0."""
    return secrets.randbelow(2**62 - 1) + 1


@dataclass(frozen=True, slots=True)
class Transaction:
    """What query functions work with; `now` is the clock's time when the transaction began.

    `student_names` is how they are to be stored, whoever stores one.
    """

    connection: AsyncConnection
    vault: Vault
    now: datetime
    student_names: StudentNames = StudentNames.FULL


@dataclass(frozen=True, slots=True)
class ReadingAccess:
    """What another process of this program needs to read the database.

    It holds the keys: it goes to that process through memory alone, and is never written down.
    """

    file: CipherFile = field(repr=False)
    vault: Vault = field(repr=False)

    @asynccontextmanager
    async def reading(self, now: datetime) -> AsyncIterator[Transaction]:
        """A transaction on a connection of its own, which sees one state and cannot write."""
        logging.getLogger("aiosqlite").setLevel(logging.WARNING)
        engine = reading_engine(self.file, 1)
        try:
            async with engine.begin() as connection:
                yield Transaction(connection, self.vault, now)
        finally:
            await engine.dispose()


class Database:
    """An open database. Writers take turns; readers see the state before or after a writer."""

    def __init__(
        self,
        file: CipherFile,
        readers: AsyncEngine,
        writer: AsyncEngine,
        vault: Vault,
        clock: Clock,
        student_names: StudentNames,
    ) -> None:
        self.file = file
        self.vault = vault
        self.turn = asyncio.Lock()
        """Held by whoever writes; the lock in the file is not fair to those who wait for it."""
        self._readers = readers
        self._writer = writer
        self._clock = clock
        self._student_names = student_names
        self._writing_task: asyncio.Task[object] | None = None

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        url: str,
        keys: DataKeys,
        clock: Clock,
        student_names: StudentNames = StudentNames.FULL,
    ) -> AsyncIterator[Self]:
        """Opens `sqlite:///path`, making and migrating it where needed.

        Raises DatabaseProblem with one clear sentence. A wrong key never makes a new database.
        """
        # Its debug lines would show every statement's values.
        logging.getLogger("aiosqlite").setLevel(logging.WARNING)
        file = await asyncio.to_thread(prepare, _path_of(url), keys)
        readers, writer = reading_engine(file, _READERS), writing_engine(file)
        try:
            if await revision_of(writer) != HEAD:
                await _migrate(file)
            vault = Vault(keys, await _index_key(writer, keys))
            yield cls(file, readers, writer, vault, clock, student_names)
        finally:
            await readers.dispose()
            await writer.dispose()

    @property
    def access(self) -> ReadingAccess:
        return ReadingAccess(self.file, self.vault)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        """A transaction that sees one state of the database and cannot write."""
        async with self._readers.begin() as connection:
            yield Transaction(connection, self.vault, self._clock(), self._student_names)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Transaction]:
        """A transaction that commits at its end, or changes nothing if an error leaves it."""
        if self._writing_task is asyncio.current_task():
            raise RuntimeError("a writing transaction inside another would wait for itself")
        async with self.turn, self._writer.begin() as connection:
            self._writing_task = asyncio.current_task()
            try:
                yield Transaction(connection, self.vault, self._clock(), self._student_names)
            finally:
                self._writing_task = None

    async def forget(self) -> bool:
        """Takes erased values out of the write-ahead log too; False while a reader holds it."""
        async with self.turn:
            return await asyncio.to_thread(self.file.truncate_log)


async def _migrate(file: CipherFile) -> None:
    engine = migrating_engine(file)
    try:
        await migrate(engine)
    finally:
        await engine.dispose()


async def _index_key(writer: AsyncEngine, keys: DataKeys) -> bytes:
    """The key of the look-up hashes, made with the database."""
    vault = Vault(keys, index_key=b"")  # there is none yet; it seals all the same
    place = index_key.name, index_key.c.sealed_key.name, _INDEX_KEY_ROW
    async with writer.begin() as connection:
        sealed = await connection.scalar(select(index_key.c.sealed_key))
        if sealed is None:
            sealed = vault.seal_bytes(*place, secrets.token_bytes(_INDEX_KEY_LENGTH))
            row = {"id": _INDEX_KEY_ROW, "sealed_key": sealed}
            await connection.execute(insert(index_key).values(row))
    try:
        return vault.open_bytes(*place, sealed)
    except SealBroken as error:
        raise DatabaseProblem(
            "Something in the database is still sealed under an earlier DATA_KEY: write "
            "DATA_KEY=new,old, and drop the old key only when `main.py rotate-key` is done."
        ) from error


def _path_of(url: str) -> Path:
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.drivername != "sqlite" or parsed.database in {None, "", ":memory:"}:
        raise DatabaseProblem(
            "DATABASE_URL names no database that this version can use: write sqlite:/// and a "
            "file, such as sqlite:///data/school.db."
        )
    return Path(str(parsed.database))
