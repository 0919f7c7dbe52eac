"""The list of erasures in a file: only ever longer, and never half-believed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from school.model import ErasureKind
from storage.erasure_file import ErasureFile
from storage.erasures import Erasure
from storage.errors import DatabaseProblem

AT = datetime(2026, 11, 23, 14, 0, 0, 250_000, tzinfo=UTC)
PERSON = Erasure("E-AAAAAA", ErasureKind.PERSON, b"\x00\xff" * 16, None, AT)
NAME = Erasure("E-BBBBBB", ErasureKind.NAME, b"\x01" * 32, (7, 2**61), AT + timedelta(days=1))


@pytest.fixture
def file(tmp_path: Path) -> ErasureFile:
    return ErasureFile(tmp_path / "school.db.erasures")


def test_where_nothing_was_erased_there_is_no_file(file: ErasureFile) -> None:
    assert file.read() == ()
    assert not file.path.exists()


def test_what_is_added_is_read_again_in_its_order(file: ErasureFile) -> None:
    file.add([PERSON])
    file.add([NAME])
    assert file.read() == (PERSON, NAME)


def test_nobody_but_the_programs_user_reads_it(file: ErasureFile) -> None:
    file.add([PERSON])
    assert file.path.stat().st_mode & 0o777 == 0o600
    file.path.write_bytes(file.path.read_bytes()[:-1])
    file.repair()
    assert file.path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("cut", [2, 20, 60])
def test_half_a_last_line_is_laid_beside_and_the_next_stands_on_its_own(
    file: ErasureFile, cut: int
) -> None:
    file.add([PERSON, NAME])
    whole = file.path.read_bytes()
    file.path.write_bytes(whole[:-cut])
    assert file.read() == (PERSON,)  # somebody may just be writing the rest
    assert file.path.read_bytes() == whole[:-cut]
    file.repair()
    beside = file.path.with_name("school.db.erasures.damaged").read_bytes()
    assert file.path.read_bytes() + beside == whole[:-cut]
    file.add([NAME])
    assert file.read() == (PERSON, NAME)


def test_a_whole_last_line_that_lost_its_end_is_kept(file: ErasureFile) -> None:
    file.add([PERSON, NAME])
    whole = file.path.read_bytes()
    file.path.write_bytes(whole[:-1])
    file.repair()
    assert file.path.read_bytes() == whole


@pytest.mark.parametrize(
    "line",
    [
        b"nonsense",
        b"[]",
        b'{"receipt": "E-A"}',
        b'{"receipt": "E-A", "kind": "cat", "subject": "00", "courses": null, "at": "2026-11-23"}',
        b'{"receipt": "E-A", "kind": "zoom", "subject": "00", "courses": null, "at": "2026-11-23"}',
        b"\xff\xfe",
    ],
)
def test_a_damaged_line_is_said_with_its_number(file: ErasureFile, line: bytes) -> None:
    file.add([PERSON])
    file.path.write_bytes(file.path.read_bytes() + line + b"\n")
    with pytest.raises(DatabaseProblem, match=r"Line 2 of the list of erasures .* is damaged\."):
        file.read()


def test_a_list_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(DatabaseProblem, match="cannot be read"):
        ErasureFile(tmp_path).read()  # a folder
