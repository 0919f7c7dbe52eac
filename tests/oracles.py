"""Published examples and schemas to check against, where they are present."""

from pathlib import Path

import pytest

_BESIDE_THE_PROJECT = Path(__file__).resolve().parents[2] / "shared"


def oracle(path: str) -> Path:
    """The oracle file or folder of that name; the test skips where it is absent."""
    found = _BESIDE_THE_PROJECT / path
    if not found.exists():
        pytest.skip(f"{path} is not present")
    return found
