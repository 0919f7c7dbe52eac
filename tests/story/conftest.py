"""Stories that are played against the whole running program."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.story import Cast
from tests.story.stage import Stage, set_stage


@pytest.fixture
async def stage(database_path: Path, data_key: str) -> AsyncIterator[Stage]:
    """The program at work, on an empty database, at five in the afternoon."""
    async with set_stage(database_path, data_key) as stage:
        yield stage


@pytest.fixture
async def school(stage: Stage) -> Cast:
    """Aisha teaches, has connected Zoom, and has linked two groups."""
    return await stage.school()
