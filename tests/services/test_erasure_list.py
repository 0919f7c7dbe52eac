"""A backup that is restored brings nobody back."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from school.model import ErasureKind, LessonState
from services.erasure_list import bring_in_step
from services.erasures_listed import write_down
from services.leaving import delete, preview
from services.office import Office
from services.people import Caller, TelegramUser, who_is
from services.retention import clear_old
from storage import erasures
from storage.courses import find_lesson
from storage.database import Database
from storage.erasure_file import ErasureFile
from storage.errors import DatabaseProblem
from storage.people import add_person
from storage.schema import audit_entry, erasure, revocation
from storage.sealing import DataKeys
from tests.clocks import SettableClock
from tests.services.connections import account_of
from tests.services.people_of_the_school import AISHA, MUSA
from tests.services.test_leaving import HOUR, aisha, class_of, opened_values

__all__ = ["aisha"]

PERSONAL = ("Aisha", "Tajweed")


@pytest.fixture
def file(tmp_path: Path) -> ErasureFile:
    return ErasureFile(tmp_path / "school.db.erasures")


async def leaves(office: Office, user: TelegramUser) -> str:
    read = await preview(office, user)
    assert read is not None
    return (await delete(office, user, read.person_id)).number


def backed_up(office: Office, tmp_path: Path) -> Path:
    """A copy of the database as it stands."""
    office.database.file.truncate_log()
    return Path(shutil.copy(office.database.file.path, tmp_path / "backup.db"))


async def personal(office: Office) -> list[str]:
    return [text for text in await opened_values(office) if any(one in text for one in PERSONAL)]


async def test_whoever_was_erased_after_the_backup_is_erased_again_before_anybody_is_served(
    office: Office,
    aisha: Caller,
    file: ErasureFile,
    tmp_path: Path,
    clock: SettableClock,
    data_keys: DataKeys,
) -> None:
    lesson_id = await class_of(office, aisha, clock() + HOUR)
    backup = backed_up(office, tmp_path)
    clock.forward(timedelta(minutes=1))
    number = await leaves(office, AISHA)
    await write_down(replace(office, erasure_file=file))
    listed = [one.receipt for one in file.read()]
    async with Database.open(f"sqlite:///{backup}", data_keys, clock) as database:
        restored = replaced(office, database)
        assert await personal(restored)
        assert await bring_in_step(replace(restored, erasure_file=file)) == len(listed)
        assert await personal(restored) == []
        async with database.reading() as tx:
            lesson = await find_lesson(tx, lesson_id)
            assert {one.receipt for one in await erasures.all_kept(tx)} == set(listed)
            noted = await tx.connection.execute(select(audit_entry.c.action, audit_entry.c.subject))
            assert ("erased again after a restore", number) in {tuple(row) for row in noted}
        assert number in listed
        assert lesson is not None
        assert lesson.state is LessonState.CANCELLED
        assert await bring_in_step(replace(restored, erasure_file=file)) == 0


def replaced(office: Office, database: Database) -> Office:
    return Office(database, office.profile, office.clock, office.zoom, office.oauth)


async def test_whoever_came_back_after_their_erasure_stays(
    office: Office, aisha: Caller, file: ErasureFile, clock: SettableClock
) -> None:
    assert aisha.is_teacher
    await leaves(office, AISHA)
    await write_down(replace(office, erasure_file=file))
    clock.forward(HOUR)
    async with office.database.writing() as tx:
        again = await add_person(tx, AISHA.id, "Aisha", None)
        await tx.connection.execute(erasure.delete())
    assert await bring_in_step(replace(office, erasure_file=file)) == len(file.read())
    assert (await who_is(office, AISHA)).person_id == again.id


async def test_others_stay_as_they_are(
    office: Office, aisha: Caller, file: ErasureFile, clock: SettableClock
) -> None:
    assert aisha.is_teacher
    async with office.database.reading() as tx:
        index = erasures.telegram_user_index(tx.vault, MUSA.id)
    file.add([erasures.Erasure("E-MUSA22", ErasureKind.PERSON, index, None, clock())])
    assert await bring_in_step(replace(office, erasure_file=file)) == 1
    assert (await who_is(office, AISHA)).is_teacher
    assert await account_of(office, AISHA) is not None


async def test_a_zoom_account_that_was_disconnected_is_not_connected_by_a_backup(
    office: Office, aisha: Caller, file: ErasureFile, clock: SettableClock
) -> None:
    account = await account_of(office, AISHA)
    assert account is not None
    assert aisha.is_teacher
    clock.forward(timedelta(minutes=1))
    async with office.database.reading() as tx:
        index = tx.vault.index("zoom user", account.profile.zoom_user_id)
    file.add([erasures.Erasure("E-ZOOM22", ErasureKind.ZOOM, index, None, clock())])
    assert await bring_in_step(replace(office, erasure_file=file)) == 1
    assert await account_of(office, AISHA) is None
    async with office.database.reading() as tx:
        told_of = await tx.connection.execute(select(revocation.c.zoom_user_index))
    assert told_of.scalars().all() == [index]  # the backup brought its tokens back


async def test_a_connection_made_after_the_end_of_another_stays(
    office: Office, aisha: Caller, file: ErasureFile, clock: SettableClock
) -> None:
    account = await account_of(office, AISHA)
    assert account is not None
    assert aisha.is_teacher
    async with office.database.reading() as tx:
        index = tx.vault.index("zoom user", account.profile.zoom_user_id)
    before = clock() - timedelta(days=1)
    file.add([erasures.Erasure("E-ZOOM22", ErasureKind.ZOOM, index, None, before)])
    assert await bring_in_step(replace(office, erasure_file=file)) == 1
    assert await account_of(office, AISHA) is not None


async def test_a_list_that_was_lost_is_made_anew(
    office: Office, aisha: Caller, file: ErasureFile
) -> None:
    assert aisha.is_teacher
    number = await leaves(office, AISHA)
    await write_down(replace(office, erasure_file=file))
    file.path.unlink()
    assert await bring_in_step(replace(office, erasure_file=file)) == 0
    assert number in {one.receipt for one in file.read()}


async def test_an_erasure_is_of_use_as_long_as_there_may_be_a_backup(
    office: Office, file: ErasureFile, clock: SettableClock
) -> None:
    old = erasures.Erasure("E-OLDOLD", ErasureKind.PERSON, b"\x01" * 32, None, clock())
    file.add([old])
    clock.forward(timedelta(days=20 * 365))
    assert await bring_in_step(replace(office, erasure_file=file)) == 1
    await clear_old(office)
    assert await bring_in_step(replace(office, erasure_file=file)) == 0
    assert file.read() == (old,)


async def test_a_receipt_is_given_only_once_the_list_has_it(
    office: Office, aisha: Caller, file: ErasureFile
) -> None:
    assert aisha.is_teacher
    number = await leaves(replace(office, erasure_file=file), AISHA)
    assert number in {one.receipt for one in file.read()}


async def test_nobody_is_served_while_the_list_cannot_be_written(
    office: Office, aisha: Caller, tmp_path: Path
) -> None:
    assert aisha.is_teacher
    await leaves(office, AISHA)
    nowhere = ErasureFile(tmp_path / "missing" / "list")
    with pytest.raises(DatabaseProblem, match="cannot be written"):
        await bring_in_step(replace(office, erasure_file=nowhere))
    assert (
        await write_down(replace(office, erasure_file=nowhere)) == 0
    )  # while it runs, it goes on and tries again
