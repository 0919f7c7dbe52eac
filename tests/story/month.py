"""A made-up month, played against the whole program: `python -m tests.story.month --keep DIR`.

Compares every figure of every lesson with what is true, and leaves what an admin is answered in a
folder, for a person to look at.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sandbox.month import SCHOOL_ZONE, Month
from sandbox.month_accounts import Accounts, Papers
from sandbox.month_founding import School, found
from sandbox.month_pay import pay_by_teacher
from sandbox.month_plan import SMALL, WHOLE, a_month
from sandbox.month_player import Player
from sandbox.month_truth import of_month, truths
from sandbox.story import Clockwork
from storage.sealing import new_data_key
from tests.story.month_figures import Book, differences
from tests.story.month_pay import pay_differences, settle_rules
from tests.story.stage import Stage, set_stage

_SLOWER = 1_000  # so that what is to happen at a second does, however slow the machine
_LEAP = timedelta(minutes=20)
_PATIENCE_S = 60.0
_DRAWN_FOR = 6  # teachers: names in every script, and some that mean harm


class MonthClock(Clockwork):
    """All but stands still between the steps of the play, and tells when it leaps."""

    def __init__(self, begins: datetime) -> None:
        began = time.monotonic()
        super().__init__(lambda: begins + timedelta(seconds=(time.monotonic() - began) / _SLOWER))
        self.when_it_leaps: Callable[[], None] = lambda: None

    def move_to(self, at: datetime) -> None:
        is_leap = at - self() > _LEAP
        super().move_to(at)
        if is_leap:
            self.when_it_leaps()


@dataclass
class Played:
    """A month that is over, with the people who ask about it."""

    month: Month
    stage: Stage
    school: School
    papers: dict[int, Papers] = field(default_factory=dict)  # by the teacher's number

    async def accounts(self, *, drawn_for: int) -> list[str]:
        """Rates are set, hours looked at, statements accepted and locked; what is wrong with it.

        Timelines and statements are drawn for so many teachers.
        """
        office = self.stage.program.office
        await settle_rules(office)
        accounts = Accounts(self.month, self.school)
        await accounts.sets_rates()
        wrong = await pay_differences(office, self.month)
        owed = pay_by_teacher(self.month, of_month(self.month, truths(self.month)))
        for at, teacher in enumerate(self.month.teachers):
            papers = await accounts.looks(teacher, draws=at < drawn_for)
            self.papers[teacher.number] = papers
            total = f"{owed.get(teacher.number, 0):,.2f} ETB"
            wrong += [
                f"{teacher.name}: {total} is not in {text!r}"
                for text in (papers.hours, papers.statement)
                if total not in text
            ]
        said = await accounts.locks()
        everybody = f"{len(self.month.teachers)} statements"
        return wrong if everybody in said else [*wrong, f"{everybody} are not in {said!r}"]

    async def report(self) -> tuple[str, bytes, bytes]:
        """What an admin is answered: the words, the picture, the workbook."""
        admin = self.school.admin
        await admin.types("/report last month")
        said = await admin.sees("taught", within=_PATIENCE_S)
        picture = await admin.sees_file(".png", within=_PATIENCE_S)
        workbook = await admin.sees_file(".xlsx", within=_PATIENCE_S)
        return said.text, await admin.downloads(picture), await admin.downloads(workbook)


def _nobody_listens(what: str) -> None:
    del what


@asynccontextmanager
async def played(
    month: Month, database_path: Path, data_key: str, tell: Callable[[str], None] = _nobody_listens
) -> AsyncIterator[Played]:
    """The school is founded, and its month goes by; then it is the second of the next one."""
    clock = MonthClock(month.founded_at)
    async with set_stage(database_path, data_key, clock) as stage:
        clock.when_it_leaps = lambda: _rings(stage)
        school = await found(stage.people, stage.zoom, month)
        tell("founded")
        await Player(month, school, stage.zoom, clock, stage).play()
        tell("played")
        after = month.last_day + timedelta(days=2)
        clock.move_to(datetime(after.year, after.month, after.day, 9, tzinfo=SCHOOL_ZONE))
        await stage.all_is_applied()
        tell("applied")
        yield Played(month, stage, school)


def _rings(stage: Stage) -> None:
    """What would be looked at in the time that has passed."""
    if stage.is_running:
        bell = stage.program.office.bell
        for wakeup in (bell.courses, bell.inbox, bell.asking, bell.overdue):
            wakeup.ring()


async def look(month: Month, keep: Path) -> int:
    """Plays it, leaves what came of it in that folder, and says what is wrong; how much."""
    tell = _telling()
    tell(f"{len(month.lessons)} lessons of {len(month.teachers)} teachers")
    with tempfile.TemporaryDirectory() as folder:
        async with played(month, Path(folder) / "school.db", new_data_key(), tell) as over:
            text, picture, workbook = await over.report()
            tell("reported")
            pay = await over.accounts(drawn_for=_DRAWN_FOR)
            tell("paid")
    _leave(keep, {"report.txt": text.encode(), "hours.png": picture, "report.xlsx": workbook})
    for number, papers in over.papers.items():
        words = {"hours.txt": papers.hours.encode(), "statement.txt": papers.statement.encode()}
        _leave(keep / f"teacher-{number:02}", {**words, **papers.files})
    wrong = [*differences(month, Book.read(workbook)), *pay]
    tell("\n".join([f"{len(wrong)} figures are wrong", *wrong]))
    return len(wrong)


def _leave(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


def _telling() -> Callable[[str], None]:
    """Prints each stage with the seconds since the beginning."""
    began = time.monotonic()

    def tell(what: str) -> None:
        print(f"{time.monotonic() - began:5.0f} s  {what}", flush=True)  # noqa: T201

    return tell


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.story.month", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--small", action="store_true", help="six teachers instead of twenty")
    parser.add_argument("--keep", type=Path, default=Path("build/month"), metavar="DIR")
    chosen = parser.parse_args()
    month = a_month(chosen.seed, SMALL if chosen.small else WHOLE)
    return 1 if asyncio.run(look(month, chosen.keep)) else 0


if __name__ == "__main__":
    sys.exit(main())
