"""A term of a large school, in a database that is made once and kept between runs."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from benchmarks import filling
from benchmarks.filling import DAYS, STAYS_EACH, Filling
from main import utc_now
from storage import schema
from storage.database import Database
from storage.sealing import DataKeys, new_data_key

_ABOUT = "about.json"
_CACHE = Path(tempfile.gettempdir()) / "school-benchmarks"


@dataclass(frozen=True, slots=True)
class Term:
    """A database with its key; the lessons are on the days from `first` to `last`."""

    path: Path
    data_key: str
    first: date
    last: date
    stays: int

    @property
    def period(self) -> str:
        """As an admin types it."""
        return f"{self.first} {self.last}"

    def copied_to(self, folder: Path) -> Mapping[str, str]:
        """A copy to work on; the variables that lead a program to it."""
        path = shutil.copy(self.path, folder / "term.db")
        return {"DATABASE_URL": f"sqlite:///{path}", "DATA_KEY": self.data_key}


async def term(stays: int, tell: Callable[[str], None]) -> Term:
    """A term with about so many stays: made once, and then found again."""
    folder = _folder_for(stays)
    if (found := _found(folder)) is not None:
        return found
    tell(f"a term of {stays:,} stays is made")
    made = Term(
        path=_emptied(folder) / "school.db",
        data_key=new_data_key(),
        first=utc_now().date() - timedelta(days=DAYS + 1),
        last=utc_now().date() - timedelta(days=2),
        stays=0,
    )
    keys = DataKeys.parse(made.data_key)
    async with Database.open(f"sqlite:///{made.path}", keys, utc_now) as database:
        made = replace(made, stays=await Filling(database, made.first).fill(stays // STAYS_EACH))
        await database.forget()
    _remember(folder, made)
    return made


def _folder_for(stays: int) -> Path:
    """Another one wherever what is written, or the tables, are others."""
    tables = sorted(Path(schema.__file__).parent.glob("*.py"))
    files = (Path(__file__), Path(filling.__file__), *tables)
    source = b"".join(one.read_bytes() for one in files)
    return _CACHE / f"{stays}-{hashlib.sha256(source).hexdigest()[:12]}"


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _found(folder: Path) -> Term | None:
    about = folder / _ABOUT
    if not about.exists():
        return None
    told = json.loads(about.read_text())
    first, last = date.fromisoformat(told["first"]), date.fromisoformat(told["last"])
    return Term(folder / "school.db", told["data_key"], first, last, told["stays"])


def _remember(folder: Path, made: Term) -> None:
    told = {
        "data_key": made.data_key,
        "first": f"{made.first}",
        "last": f"{made.last}",
        "stays": made.stays,
    }
    (folder / _ABOUT).write_text(json.dumps(told))
