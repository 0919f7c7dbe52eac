"""No file that the program writes can be read by whoever finds it, whatever it was doing.

A school whose every name and word is unmistakable is played against the program in a process of
its own; then all that the process could write to is searched. Not only the files: the database
opened with the key of the file alone shows no such word either, as each is sealed once more.
"""

import asyncio
import base64
import json
import shutil
from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import Table, select

from storage.database import Database, Transaction
from storage.schema import Sealed, metadata, row_id_of
from storage.sealing import DataKeys, SealBroken, Vault
from storage.sqlcipher import CipherFile
from tests.clocks import SettableClock
from tests.story.outside import Outside, outside
from tests.story.seeded_school import SeededSchool, seeded_school
from tests.story.seeds import SEEDS, files_in, forms, found_in

_LOOK_AGAIN_S = 0.02
_SECRET_VARIABLES = (
    *("TELEGRAM_BOT_TOKEN", "ZOOM_CLIENT_SECRET", "ZOOM_WEBHOOK_SECRET", "DATA_KEY"),
)
_MAY_BE_THERE = ("data/school.db", "data/school.db-wal", "data/school.db-shm", "log")
_NOTHING_OF_OURS = "home/.cache/matplotlib/"
"""Where the library of the pictures writes down which fonts the machine has."""


@dataclass(slots=True)
class Watch:
    """Every file that was ever there, and what was found in one while it was."""

    folder: Path
    seen: set[str] = field(default_factory=set)
    found: set[tuple[str, str]] = field(default_factory=set)

    async def keep_looking(self, school: SeededSchool) -> None:
        """For what is there for a moment only, as while a report is made."""
        while True:
            self.look(SEEDS.all | school.secrets, but=_MAY_BE_THERE)
            await asyncio.sleep(_LOOK_AGAIN_S)

    def look(self, values: Mapping[str, str], but: Collection[str] = ()) -> None:
        for path in files_in(self.folder):
            name = str(path.relative_to(self.folder))
            self.seen.add(name)
            if name in but or name.startswith(_NOTHING_OF_OURS):
                continue
            with suppress(FileNotFoundError):
                self.found |= {(name, one) for one in found_in(path.read_bytes(), values)}


@asynccontextmanager
async def watched(school: SeededSchool) -> AsyncIterator[Watch]:
    watch = Watch(school.program.folder)
    looking = asyncio.ensure_future(watch.keep_looking(school))  # noqa: TID251  ended below
    try:
        yield watch
    finally:
        looking.cancel()
        await asyncio.wait([looking])


@pytest.fixture
async def program(data_key: str) -> AsyncIterator[Outside]:
    async with outside(data_key) as program:
        await program.start()
        yield program


@pytest.fixture
async def school(program: Outside) -> SeededSchool:
    return await seeded_school(program)


# What lies in the database


def _sealed_columns(table: Table) -> list[str]:
    return [column.name for column in table.c if isinstance(column.type, Sealed)]


async def opened_values(tx: Transaction) -> dict[str, bytes]:
    """Every sealed value that there is, by where it lies."""
    opened = {}
    for table in metadata.sorted_tables:
        for row in (await tx.connection.execute(select(table))).mappings():
            row_id = row_id_of(table, row)
            for column in _sealed_columns(table):
                if row[column] is not None:
                    value = tx.vault.open_bytes(table.name, column, row_id, row[column])
                    opened[f"{table.name}.{column} {row_id!r}"] = value
    return opened


@asynccontextmanager
async def opened_database(program: Outside) -> AsyncIterator[Transaction]:
    """Beside the running program or without it."""
    keys = DataKeys.parse(program.variables["DATA_KEY"])
    url = program.variables["DATABASE_URL"]
    async with Database.open(url, keys, SettableClock()) as database, database.reading() as tx:
        yield tx


async def secrets_of_zoom(program: Outside) -> dict[str, str]:
    """The tokens and marks that Zoom gave, as they lie sealed in the database."""
    async with opened_database(program) as tx:
        values = await opened_values(tx)
    kept = ("_token", "sealed_verifier", "sealed_code", "sealed_zoom_user_id", "sealed_join_url")
    return {
        place: value.decode() for place, value in values.items() if place.split()[0].endswith(kept)
    }


def cells(path: Path, key: bytes) -> Iterator[tuple[str, bytes]]:
    """Every value of a database file that its own key opens, and where it lies."""
    with closing(CipherFile(path, key).connect(reads_only=True)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        for (table,) in tables.fetchall():
            found = connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608  its own names
            columns = [one[0] for one in found.description]
            for row in found:
                for column, value in zip(columns, row, strict=True):
                    content = value if isinstance(value, bytes) else str(value).encode()
                    yield f"{table}.{column}", content


def in_the_clear(path: Path, key: bytes, values: Mapping[str, str]) -> set[tuple[str, str]]:
    return {
        (place, name) for place, content in cells(path, key) for name in found_in(content, values)
    }


def backup_of(program: Outside, to: Path) -> list[Path]:
    """Copies as somebody may make them: of the files, and by the database itself."""
    to.mkdir()
    copied = [Path(shutil.copy(path, to)) for path in files_in(program.database.parent)]
    own = to / "own.db"
    key = DataKeys.parse(program.variables["DATA_KEY"]).newest.file_key
    with closing(CipherFile(program.database, key).connect(foreign_keys=False)) as connection:
        connection.execute("VACUUM INTO ?", (str(own),))
    return [*copied, own]


async def test_no_file_holds_a_word_of_the_school(
    program: Outside, school: SeededSchool, tmp_path: Path
) -> None:
    async with watched(school) as watch:
        await school.begins_to_teach()
        await school.connects()
        await school.links_the_group()
        meeting = await school.makes_a_class()
        await school.makes_another_class()
        await school.opens_as_host()
        summary = await school.holds(meeting)
        await school.disputes(summary)
        watch.look(SEEDS.all | school.secrets)
        await school.is_reported()
        await school.is_paid()
        await school.leaves_a_form_half_typed()
        await school.begins_to_connect()
    own = {name: program.variables[name] for name in _SECRET_VARIABLES}
    values = {**SEEDS.all, **school.secrets, **await secrets_of_zoom(program), **own}
    async with opened_database(program) as tx:
        stored = b"\n".join((await opened_values(tx)).values())
    assert [name for name, seed in SEEDS.all.items() if not _is_in(stored, seed)] == []
    assert {"passcode", "host link", "zak", "state", "code", "finish code"} <= set(values)
    assert sum("token" in name for name in values) >= 2

    watch.look(values)  # at all, while it runs
    backup = backup_of(program, tmp_path / "backup")
    await program.kill()
    watch.look(values)  # at what a crash leaves
    assert watch.found == set()
    assert [one for path in backup for one in found_in(path.read_bytes(), values)] == []
    others = watch.seen.difference(_MAY_BE_THERE)
    assert [name for name in others if not name.startswith(_NOTHING_OF_OURS)] == []

    key = DataKeys.parse(program.variables["DATA_KEY"]).newest.file_key
    for path in (program.database, tmp_path / "backup" / "own.db"):
        assert in_the_clear(path, key, values) == set()
    await program.start()
    await school.teacher.types("/help")
    await school.teacher.sees("/newclass")  # she is known still


def _is_in(stored: bytes, seed: str) -> bool:
    """As it is, or as JSON escapes it."""
    return seed.encode() in stored or json.dumps(seed)[1:-1].encode() in stored


def test_what_is_looked_for_is_found_in_every_form() -> None:
    """The search itself: it would be worth nothing if it found nothing."""
    for seed in SEEDS.all.values():
        plain = seed.encode()
        for content in (
            b"..." + plain + b"...",
            seed.encode("utf-16"),
            json.dumps({"name": seed}).encode(),
            *(base64.b64encode(b"x" * before + plain + b"and more") for before in range(3)),
            *(base64.urlsafe_b64encode(b"x" * before + plain) for before in range(3)),
            plain.hex().encode(),
        ):
            assert found_in(content, {"it": seed}) == ["it"], (seed, content)
        assert found_in(b"nothing of the kind", {"it": seed}) == []
    assert len(forms(SEEDS.arabic_student)) > 8


# A value where it does not belong


@pytest.mark.parametrize(
    "place",
    [(table, column) for table in metadata.sorted_tables for column in _sealed_columns(table)],
    ids=lambda place: f"{place[0].name}.{place[1]}",
)
def test_a_sealed_value_opens_in_no_other_row_and_no_other_column(
    place: tuple[Table, str], data_keys: DataKeys
) -> None:
    table, column = place
    vault = Vault(data_keys, b"i" * 32)
    row_id = 7 if len(table.primary_key) == 1 else "7:2"
    sealed = vault.seal(table.name, column, row_id, SEEDS.teacher)
    assert vault.open(table.name, column, row_id, sealed) == SEEDS.teacher
    others = [
        (other.name, name, row_id)
        for other in metadata.sorted_tables
        for name in _sealed_columns(other)
        if (other.name, name) != (table.name, column)
    ]
    moved = [(table.name, column, one) for one in (8, "7", "7:3", b"7", "72")]
    for elsewhere in (*others, *(one for one in moved if one[2] != row_id)):
        with pytest.raises(SealBroken):
            vault.open(*elsewhere, sealed)
