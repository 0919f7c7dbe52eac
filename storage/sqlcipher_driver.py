"""SQLCipher under aiosqlite under SQLAlchemy."""

from collections.abc import Callable

import aiosqlite
from sqlalchemy import Connection, event
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_dbapi
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlcipher3 import dbapi2

from storage.sqlcipher import CipherFile


class _SqlCipherModule(AsyncAdapt_aiosqlite_dbapi):
    """The DB-API module that SQLAlchemy sees, so that it wraps sqlcipher3's exceptions."""

    def _init_dbapi_attributes(self) -> None:
        for name in (
            "DatabaseError",
            "Error",
            "IntegrityError",
            "NotSupportedError",
            "OperationalError",
            "ProgrammingError",
            "sqlite_version",
            "sqlite_version_info",
            "PARSE_COLNAMES",
            "PARSE_DECLTYPES",
            "Binary",
        ):
            setattr(self, name, getattr(dbapi2, name))


def reading_engine(file: CipherFile, connections: int) -> AsyncEngine:
    """Transactions that take no lock until they read, and can write nothing."""
    return _engine(file, lambda: file.connect(reads_only=True), connections, "BEGIN DEFERRED")


def writing_engine(file: CipherFile) -> AsyncEngine:
    """Transactions that take the write lock at once, so that none fails half-way for want of it."""
    return _engine(file, file.connect, 1, "BEGIN IMMEDIATE")


def migrating_engine(file: CipherFile) -> AsyncEngine:
    """For migrations: tables made anew must not take the rows with them that refer to them."""
    return _engine(file, lambda: file.connect(foreign_keys=False), 1, "BEGIN IMMEDIATE")


def _engine(
    file: CipherFile, connect: Callable[[], object], connections: int, begin: str
) -> AsyncEngine:
    async def connected() -> aiosqlite.Connection:
        return await aiosqlite.Connection(connect, iter_chunk_size=64)  # type: ignore[arg-type]  # sqlcipher3's connection has the interface of sqlite3's

    engine = create_async_engine(
        f"sqlite+aiosqlite:///{file.path}",
        module=_SqlCipherModule(aiosqlite, dbapi2),
        async_creator=connected,
        pool_size=connections,
        max_overflow=0,
        hide_parameters=True,  # values never reach an error's text
    )

    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine.sync_engine, "begin", begin_transaction)
    return engine
