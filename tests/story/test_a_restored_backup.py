"""A backup from before somebody's deletion is restored."""

import shutil
from pathlib import Path

from sandbox.story import Cast
from storage.database import Database
from storage.sealing import DataKeys
from tests.services.test_leaving import opened_values
from tests.story.stage import Stage

PERSONAL = ("Aisha", "aisha@example.org", "Tajweed")


def copied(database_path: Path, into: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        file = database_path.with_name(database_path.name + suffix)
        (into / file.name).unlink(missing_ok=True)
        if file.exists():
            shutil.copy(file, into)


async def test_what_was_deleted_is_deleted_again_before_anybody_is_served(
    stage: Stage, school: Cast, database_path: Path, tmp_path: Path, data_keys: DataKeys
) -> None:
    aisha, group = school.aisha, school.beginners
    await aisha.types("/newclass Tajweed tomorrow 18:00 45m #beginners")
    await school.khadija.sees("Tajweed", in_=group)
    await stage.stop()
    backup = tmp_path / "backup"
    backup.mkdir()
    copied(database_path, backup)

    await stage.start()
    await aisha.types("/deletemydata")
    await aisha.sees("This will delete")
    await aisha.presses("Delete my data")
    receipt = await aisha.sees("E-")
    number = next(word for word in receipt.text.split() if word.startswith("E-")).strip(".")
    await stage.stop()

    for file in backup.iterdir():
        shutil.copy(file, database_path.parent)
    async with Database.open(f"sqlite:///{database_path}", data_keys, stage.clock):
        pass
    await stage.start()
    held = "\n".join(await opened_values(stage.program.office))
    assert not [one for one in PERSONAL if one in held]
    assert number in held
    await aisha.types("/newclass")
    await aisha.sees("for Darulkubra's teachers")
