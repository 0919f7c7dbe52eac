"""What tests of several rooms stand on."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import settings

from storage.database import Database
from storage.sealing import DataKeys, new_data_key
from tests.clocks import SettableClock

pytest_plugins = ["tests.offices"]

sys.setswitchinterval(0.0005)  # as in main

# The same examples at every run, however busy the machine is; `make fuzz` tries new ones.
settings.register_profile("same", deadline=None, derandomize=True)
settings.load_profile("same")


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop that the program runs on."""
    try:
        import uvloop
    except ImportError:
        return {"asyncio": asyncio.new_event_loop}
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture
def clock() -> SettableClock:
    """Stands at Mon 23 Nov 2026, 14:00 UTC; `clock.forward(timedelta(…))` moves it."""
    return SettableClock()


@pytest.fixture(scope="session")
def data_key() -> str:
    """One DATA_KEY for all tests."""
    return new_data_key()


@pytest.fixture(scope="session")
def data_keys(data_key: str) -> DataKeys:
    return DataKeys.parse(data_key)


@pytest.fixture(scope="session")
def _new_database(tmp_path_factory: pytest.TempPathFactory, data_keys: DataKeys) -> Path:
    """A database with all tables and no rows, made once because migrating takes its time."""
    path = tmp_path_factory.mktemp("new") / "school.db"

    async def make() -> None:
        async with Database.open(f"sqlite:///{path}", data_keys, SettableClock()):
            pass

    asyncio.run(make())
    return path


@pytest.fixture
def database_path(tmp_path: Path, _new_database: Path) -> Path:
    """A file of the test's own with the tables in it."""
    return Path(shutil.copy(_new_database, tmp_path / "school.db"))


@pytest.fixture
async def database(
    database_path: Path, data_keys: DataKeys, clock: SettableClock
) -> AsyncIterator[Database]:
    """An open encrypted database in a real file, with no rows yet."""
    async with Database.open(f"sqlite:///{database_path}", data_keys, clock) as database:
        yield database
