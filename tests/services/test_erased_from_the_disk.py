"""What is deleted is on no page of the files: neither in a row, nor where a row has been."""

from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from sqlalchemy import select

from services.office import Office
from services.people import Caller
from storage.schema import Sealed, metadata, row_id_of
from storage.sealing import DataKeys
from tests.clocks import SettableClock
from tests.services.people_of_the_school import MUSA, made_teacher
from tests.services.test_leaving import HOUR, aisha, class_of, held_class, left

__all__ = ["aisha"]


async def test_what_was_sealed_is_on_no_page_of_the_files_any_more(
    office: Office,
    aisha: Caller,
    clock: SettableClock,
    database_path: Path,
    data_keys: DataKeys,
) -> None:
    """Whoever has the key of the file, and each page of it, finds not even the sealed name."""
    await held_class(office, aisha, clock)
    await class_of(office, aisha, clock() + HOUR)
    await made_teacher(office, MUSA)
    words = ("aisha", "tajweed", "khadija", "beginners a")
    sealed = await _sealed_with(office, words)
    key = data_keys.newest.file_key
    assert len(sealed) > 10
    assert all(one in _pages(database_path, key) for one in sealed)
    await left(office)
    assert await _sealed_with(office, words) == []
    pages = _pages(database_path, key)
    assert [one for one in sealed if one in pages] == []
    [musas] = await _sealed_with(office, ("musa",))
    assert musas in pages


async def _sealed_with(office: Office, words: tuple[str, ...]) -> list[bytes]:
    """What is sealed and says one of these: what no other sealed value begins with."""
    found = []
    async with office.database.reading() as tx:
        for table in metadata.sorted_tables:
            names = [one.name for one in table.columns if isinstance(one.type, Sealed)]
            for row in (await tx.connection.execute(select(table))).mappings():
                for name in (one for one in names if row[one] is not None):
                    place = table.name, name, row_id_of(table, row)
                    text = tx.vault.open_bytes(*place, row[name]).decode(errors="replace")
                    if any(word in text.casefold() for word in words):
                        found.append(bytes(row[name][:17]))  # with its nonce
    return found


_PAGE, _RESERVED, _SALT = 4096, 80, 16
_LOG_HEADER, _FRAME_HEADER = 32, 24


def _pages(path: Path, key: bytes) -> bytes:
    """Every page of the database and of its log as it is under the encryption, used or not."""
    log = path.with_name(f"{path.name}-wal")
    logged = log.read_bytes() if log.exists() else b""
    return b"".join((*_plain(path.read_bytes(), key, 0, 0), *_plain_log(logged, key)))


def _plain_log(content: bytes, key: bytes) -> Iterator[bytes]:
    frame = _FRAME_HEADER + _PAGE
    for at in range(_LOG_HEADER, len(content) - frame + 1, frame):
        number = int.from_bytes(content[at : at + 4], "big")
        yield from _plain(content[at + _FRAME_HEADER : at + frame], key, number - 1, 0)


def _plain(content: bytes, key: bytes, first: int, start: int) -> Iterator[bytes]:
    for number, at in enumerate(range(start, len(content), _PAGE), first):
        page = content[at : at + _PAGE]
        begin, end = _SALT if number == 0 else 0, _PAGE - _RESERVED
        opened = Cipher(algorithms.AES(key), modes.CBC(page[end : end + 16])).decryptor()
        yield opened.update(page[begin:end])
