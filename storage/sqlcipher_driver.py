"""SQLCipher under aiosqlite under SQLAlchemy.

A connection has a thread of its own, and each way there and back costs more than most statements
do. So a statement goes there once, and comes back with all of its rows. Turning one into SQL costs
more still: that is done once in a process, not once for each engine.
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import aiosqlite
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
    SQLiteDialect_aiosqlite,
)
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import LRUCache
from sqlalchemy.util.concurrency import await_
from sqlcipher3 import dbapi2

from storage.sqlcipher import CipherFile

_STATEMENTS = 1_000  # more than there are


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What has become of a statement; named as in the DB-API."""

    description: Any = None
    rows: Sequence[Any] = ()
    rowcount: int = -1
    lastrowid: int | None = None


def _outcome(
    connection: sqlite3.Connection, execute: str, statement: str, parameters: Any, first: str | None
) -> _Outcome:
    """In the connection's thread."""
    if first is not None:
        connection.execute(first)
    cursor: sqlite3.Cursor = getattr(connection, execute)(statement, parameters)
    try:
        rows = cursor.fetchall() if cursor.description else ()
        return _Outcome(cursor.description, rows, cursor.rowcount, cursor.lastrowid)
    finally:
        cursor.close()


class _Cursor(AsyncAdapt_aiosqlite_cursor):
    """Holds the outcome of its last statement; there is nothing to close."""

    __slots__ = ()
    _awaitable_cursor_close = False

    def _make_new_cursor(self, connection: Any) -> Any:
        del connection
        return _Outcome()

    def _aenter_cursor(self, cursor: Any) -> Any:
        return cursor

    async def _execute_async(self, operation: Any, parameters: Any) -> None:
        await self._come_back("execute", operation, parameters or ())

    async def _executemany_async(self, operation: Any, seq_of_parameters: Any) -> None:
        await self._come_back("executemany", operation, seq_of_parameters)

    async def _come_back(self, execute: str, statement: str, parameters: Any) -> None:
        adapted, driven = self._adapt_connection, self._connection
        assert isinstance(adapted, _Connection)
        work = _outcome, driven._conn, execute, statement, parameters, adapted.first()  # noqa: SLF001
        async with adapted._execute_mutex:  # noqa: SLF001
            outcome = await driven._execute(*work)  # noqa: SLF001
        self._cursor, self._rows = outcome, deque(outcome.rows)

    def close(self) -> None:
        self._rows.clear()


class _Connection(AsyncAdapt_aiosqlite_connection):
    """Knows whether it is in a transaction: where not, as at each return to the pool, no rollback.

    It may think so in vain, where a statement was given up.
    """

    __slots__ = ("_first", "_may_be_open")
    _cursor_cls = _Cursor
    _connection: Any

    def __init__(self, dbapi: Any, connection: Any) -> None:
        super().__init__(dbapi, connection)
        self._first: str | None = None
        self._may_be_open = False

    def begin(self, how: str, *, at_once: bool) -> None:
        """If not at once, with the first statement."""
        if at_once:
            self._may_be_open = True
            self.execute(how)
        else:
            self._first = how

    def cursor(self, server_side: bool = False) -> Any:
        """One that reads row by row does not know what comes first."""
        if server_side and (first := self.first()) is not None:
            self.execute(first)
        return super().cursor(server_side)

    def first(self) -> str | None:
        """What is to be executed before the next statement; only once."""
        first, self._first = self._first, None
        self._may_be_open = self._may_be_open or first is not None
        return first

    def commit(self) -> None:
        self._end(super().commit)

    def rollback(self) -> None:
        self._end(super().rollback)

    def _end(self, end: Callable[[], None]) -> None:
        self._first = None
        if self._may_be_open:
            end()
            self._may_be_open = False


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

    def connect(self, *_: Any, async_creator_fn: Any, **__: Any) -> _Connection:
        return _Connection(self, await_(async_creator_fn()))


class Dialect(SQLiteDialect_aiosqlite):
    """As good as any other of its kind: what is compiled for one serves them all."""

    driver = "aiosqlcipher"
    supports_statement_cache = True

    def __init__(self, writes: bool = True, **others: Any) -> None:
        super().__init__(**others)
        self._writes = writes

    def do_begin(self, dbapi_connection: Any) -> None:
        """Whoever writes takes the lock at once, so that none fails half-way for want of it.

        Whoever reads takes none before the first statement, and so begins together with that.
        """
        adapted = dbapi_connection.dbapi_connection
        assert isinstance(adapted, _Connection)
        how = "BEGIN IMMEDIATE" if self._writes else "BEGIN DEFERRED"
        adapted.begin(how, at_once=self._writes)

    @classmethod
    def import_dbapi(cls) -> AsyncAdapt_aiosqlite_dbapi:
        return _SqlCipherModule(aiosqlite, dbapi2)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self)

    def __hash__(self) -> int:
        return hash(type(self))


registry.register(f"sqlite.{Dialect.driver}", __name__, Dialect.__name__)


@cache
def _compiled() -> LRUCache[Any, Any]:
    return LRUCache(_STATEMENTS)


def reading_engine(file: CipherFile, connections: int) -> AsyncEngine:
    """Transactions that take no lock until they read, and can write nothing."""
    return _engine(file, lambda: file.connect(reads_only=True), connections, writes=False)


def writing_engine(file: CipherFile) -> AsyncEngine:
    """Transactions that take the write lock at once."""
    return _engine(file, file.connect, 1, writes=True)


def migrating_engine(file: CipherFile) -> AsyncEngine:
    """For migrations: tables made anew must not take the rows with them that refer to them."""
    return _engine(file, lambda: file.connect(foreign_keys=False), 1, writes=True)


def _engine(
    file: CipherFile, connect: Callable[[], object], connections: int, *, writes: bool
) -> AsyncEngine:
    async def connected() -> aiosqlite.Connection:
        return await aiosqlite.Connection(connect, iter_chunk_size=64)  # type: ignore[arg-type]  # sqlcipher3's connection has the interface of sqlite3's

    return create_async_engine(
        f"sqlite+{Dialect.driver}:///{file.path}",
        writes=writes,
        execution_options={"compiled_cache": _compiled()},
        async_creator=connected,
        pool_size=connections,
        max_overflow=0,
        hide_parameters=True,  # values never reach an error's text
    )
