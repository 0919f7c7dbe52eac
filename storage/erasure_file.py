"""The list of erasures in a file of its own, so that it outlives the database's backups.

A line for each, only ever added at the end. It says nothing about anybody: whom an erasure was
about is a keyed hash, whose key lies sealed in the database and in each of its backups.
"""

import json
import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from school.model import ErasureKind
from storage.erasures import Erasure
from storage.errors import DatabaseProblem

log = logging.getLogger(__name__)


class ErasureFile:
    """The list at `path`; one process at a time adds to it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Sequence[Erasure]:
        """All whole lines, in their order; nothing where there is no file.

        Another process may just be adding one: what has no end yet is left alone. Raises
        DatabaseProblem where the list cannot be trusted to be whole.
        """
        whole, _, _ = self._content().rpartition(b"\n")
        return tuple(self._parsed(whole.splitlines()))

    def repair(self) -> None:
        """See to it that the last line has its end, before anything is added after it.

        Half a line is what a crash has left: it is laid beside the list, as a restored database
        may not know what it was about. Raises DatabaseProblem.
        """
        content = self._content()
        whole, _, tail = content.rpartition(b"\n")
        if not tail:
            return
        try:
            if _is_erasure(tail):
                self._write(content + b"\n")
                return
            log.warning("the last line of the list of erasures is damaged, and laid beside it")
            self._write(tail, self.path.with_name(self.path.name + ".damaged"))
            self._write(whole + b"\n" if whole else b"")
        except OSError as error:
            raise self._unreachable("written", error) from error

    def _content(self) -> bytes:
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise self._unreachable("read", error) from error

    def _unreachable(self, how: str, error: OSError) -> DatabaseProblem:
        return DatabaseProblem(
            f"The list of erasures {self.path} cannot be {how} ({error.strerror}): "
            "let the program's user read and write it."
        )

    def add(self, erasures: Iterable[Erasure]) -> None:
        """On the disk when this returns. Raises OSError."""
        lines = b"".join(_line(one) for one in erasures)
        is_new = not self.path.exists()
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "ab") as file:
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            self._sync_folder()

    def _parsed(self, lines: Sequence[bytes]) -> Iterator[Erasure]:
        for number, line in enumerate(lines, start=1):
            try:
                yield _erasure(line)
            except (ValueError, KeyError, TypeError) as error:
                raise DatabaseProblem(
                    f"Line {number} of the list of erasures {self.path} is damaged. Put back a "
                    "copy of the list, or take the line out if you know what it was about."
                ) from error

    def _write(self, content: bytes, path: Path | None = None) -> None:
        """All of it or nothing, whenever the machine stops."""
        path = path or self.path
        beside = path.with_name(path.name + ".new")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        self._sync_folder()

    def _sync_folder(self) -> None:
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _is_erasure(line: bytes) -> bool:
    try:
        _erasure(line)
    except (ValueError, KeyError, TypeError):
        return False
    return True


def _line(one: Erasure) -> bytes:
    said = {
        "receipt": one.receipt,
        "kind": one.kind,
        "subject": one.subject_index.hex(),
        "courses": one.course_ids,
        "at": one.erased_at.isoformat(),
    }
    return json.dumps(said).encode() + b"\n"


def _erasure(line: bytes) -> Erasure:
    said = json.loads(line)
    at = datetime.fromisoformat(said["at"])
    if at.tzinfo is None:
        raise ValueError("a naive time")
    courses = said["courses"]
    return Erasure(
        receipt=str(said["receipt"]),
        kind=ErasureKind(said["kind"]),
        subject_index=bytes.fromhex(said["subject"]),
        course_ids=None if courses is None else tuple(int(one) for one in courses),
        erased_at=at,
    )
