"""PRIVACY.md leads from each promise to code and tests that exist."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.oracles import oracle

ROOT = Path(__file__).parents[1]
_ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
_HEADINGS = {1, 2, 3, 5, 6, 12, 20, 27, 32, 40, 46, 52, 57, 59, 61, 65}


def rows() -> list[tuple[int, str, str]]:
    """Of each promise: its line in the policy, what keeps it, and what shows it."""
    found = _ROW.findall((ROOT / "PRIVACY.md").read_text())
    return [(int(number), kept_by, shown_by) for number, _, kept_by, shown_by in found]


def named(cell: str) -> Iterator[str]:
    """What stands in `marks`."""
    yield from re.findall(r"`([^`]+)`", cell)


def names_in(file: Path) -> set[str]:
    tree = ast.parse(file.read_text())
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in tree.body if isinstance(node, kinds)}


def test_each_promise_is_shown_by_a_test_that_exists() -> None:
    missing = []
    for number, _, shown_by in rows():
        assert list(named(shown_by)), number
        for one in named(shown_by):
            path, _, name = one.partition("::")
            if not (ROOT / path).exists() or (name and name not in names_in(ROOT / path)):
                missing.append((number, one))
    assert missing == []


def test_each_promise_is_kept_by_files_that_exist() -> None:
    files = [one.partition(":")[0] for _, kept_by, _ in rows() for one in named(kept_by)]
    assert [one for one in files if one.endswith(".py") and not (ROOT / one).exists()] == []


def test_no_line_of_the_published_policy_is_missing() -> None:
    published = oracle("policy/privacy-policy.txt").read_text("utf-8").splitlines()
    assert {number for number, _, _ in rows()} | _HEADINGS == set(range(1, len(published) + 1))
