"""The program under attack: started once for all attacks of a module, as each leaves it whole."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientSession, CookieJar

from sandbox.story import Cast
from tests.attacks.outside import Outside
from tests.story.stage import Stage, set_stage


@pytest.fixture(scope="module")
def module_database(tmp_path_factory: pytest.TempPathFactory, _new_database: Path) -> Path:
    return Path(shutil.copy(_new_database, tmp_path_factory.mktemp("attacked") / "school.db"))


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def stage(module_database: Path, data_key: str) -> AsyncIterator[Stage]:
    """The whole program, at five in the afternoon of a Monday."""
    async with set_stage(module_database, data_key) as stage:
        yield stage


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def school(stage: Stage) -> Cast:
    """Aisha teaches, has connected Zoom, and has linked two groups."""
    return await stage.school()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def outside(stage: Stage) -> AsyncIterator[Outside]:
    """Whoever can reach the program's port, and knows no secret of it."""
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        yield Outside(http, stage)
