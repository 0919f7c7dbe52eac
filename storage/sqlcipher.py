"""The encrypted database file: found or made, opened with its key, given a new key.

Nothing but this module and storage.inbox knows that the embedded database is SQLCipher.
"""

import os
import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlcipher3 import dbapi2

from storage.errors import DatabaseProblem
from storage.sealing import DataKeys

_KEY_LENGTH = 32
_PAGE = 4096
_PLAIN_HEADER = b"SQLite format 3\0"
_BUSY_MS = 10_000
_EXCLUSIVE_MS = 1_000
_LOOK_AGAIN_MS = 20
_CACHE_KIB = 8_192  # each page read again costs a decryption


@dataclass(frozen=True, slots=True)
class CipherFile:
    """An encrypted database file and the raw 256-bit key that opens it."""

    path: Path
    key: bytes = field(repr=False)

    def connect(self, *, reads_only: bool = False, foreign_keys: bool = True) -> sqlite3.Connection:
        """A connection in autocommit, used by one thread at a time."""
        connection = self._unlocked()
        try:
            connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
            _write_ahead(connection)
            for pragma in (
                "synchronous = FULL",
                "secure_delete = ON",
                "temp_store = MEMORY",
                f"cache_size = -{_CACHE_KIB}",
                f"foreign_keys = {'ON' if foreign_keys else 'OFF'}",
                f"query_only = {'ON' if reads_only else 'OFF'}",
            ):
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
        return connection

    def opens(self) -> bool:
        """Whether the key is the file's; any key is that of an empty file."""
        with closing(self._unlocked()) as connection:
            try:
                connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
                connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            except dbapi2.OperationalError:
                raise
            except dbapi2.DatabaseError:  # "file is not a database"
                return False
            return True

    def rekey(self, key: bytes) -> "CipherFile":
        """Encrypts the file anew under another key; nobody else may have it open.

        A program killed in the middle leaves a journal, from which the next opening restores
        the file under the old key.
        """
        with closing(self._unlocked()) as connection:
            connection.execute(f"PRAGMA busy_timeout = {_EXCLUSIVE_MS}")
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            # Leaving WAL takes an exclusive lock, which fails while anybody else is connected.
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute(f"PRAGMA rekey = {_pragma_key(key)}")
        return CipherFile(self.path, key)

    def truncate_log(self) -> bool:
        """Moves the write-ahead log into the file and empties it; False while readers hold it."""
        with closing(self.connect()) as connection:
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    def _unlocked(self) -> sqlite3.Connection:
        # sqlcipher3 is the standard library's module on another SQLite: the same interface.
        connection: sqlite3.Connection = dbapi2.connect(
            str(self.path), check_same_thread=False, isolation_level=None
        )
        connection.execute(f"PRAGMA key = {_pragma_key(self.key)}")
        connection.execute("PRAGMA cipher_log_level = NONE")
        if not connection.execute("PRAGMA cipher_version").fetchone():
            connection.close()
            raise DatabaseProblem(
                "This SQLite cannot encrypt: install the packages of requirements.txt again."
            )
        return connection


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turned on: of several that do so at once on a new file, SQLite refuses some immediately."""
    for _ in range(_BUSY_MS // _LOOK_AGAIN_MS):
        with suppress(dbapi2.OperationalError):
            connection.execute("PRAGMA journal_mode = WAL")
            return
        time.sleep(_LOOK_AGAIN_MS / 1_000)
    connection.execute("PRAGMA journal_mode = WAL")


def prepare(path: Path, keys: DataKeys) -> CipherFile:
    """The file under the newest key: made if absent, given that key if it has a retired one.

    So whoever has the file open seals under the same newest key. Raises DatabaseProblem.
    """
    try:
        _make(path)
        return _under_newest_key(path, keys)
    except PermissionError as error:
        raise DatabaseProblem(
            f"{error.filename or path} may not be read or written by this program: give its user "
            "that right, or choose another place in DATABASE_URL."
        ) from error
    except (OSError, dbapi2.OperationalError) as error:
        raise DatabaseProblem(
            f"{path} cannot be opened ({error}): check the disk and DATABASE_URL."
        ) from error


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.is_dir():
        raise DatabaseProblem(f"{path} is a folder: name a file in DATABASE_URL.")
    # The log and the shared memory beside it get the file's own mode.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _under_newest_key(path: Path, keys: DataKeys) -> CipherFile:
    _refuse_plaintext(path)
    newest = CipherFile(path, keys.newest.file_key)
    if newest.opens():
        return newest
    retired = _first_that_opens(CipherFile(path, key.file_key) for key in keys.retired)
    if retired is None:
        raise DatabaseProblem(_why_it_does_not_open(path))
    try:
        return retired.rekey(keys.newest.file_key)
    except dbapi2.OperationalError as error:
        raise DatabaseProblem(
            f"{path} is in use under the earlier DATA_KEY: stop the running program, "
            "then start again with the same DATA_KEY=new,old."
        ) from error


def _first_that_opens(files: Iterable[CipherFile]) -> CipherFile | None:
    return next((file for file in files if file.opens()), None)


def _refuse_plaintext(path: Path) -> None:
    with path.open("rb") as file:
        header = file.read(len(_PLAIN_HEADER))
    if header == _PLAIN_HEADER:
        raise DatabaseProblem(
            f"{path} is a database that is not encrypted: move it away or name another file in "
            "DATABASE_URL."
        )


def _why_it_does_not_open(path: Path) -> str:
    if path.stat().st_size % _PAGE:
        return f"{path} is not a database of this program: name another file in DATABASE_URL."
    return (
        f"DATA_KEY does not open {path}: put back the key that it was made with; nothing was "
        "changed."
    )


def _pragma_key(key: bytes) -> str:
    # A shorter key would silently be taken for a passphrase.
    if len(key) != _KEY_LENGTH:
        raise ValueError("the file key must have 32 bytes")
    return f"\"x'{key.hex()}'\""
