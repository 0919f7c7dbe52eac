"""What is installed: pinned to the byte, each with its reason, from one index; and what is let be.

Whether a pinned package has a known weakness, only the internet can say: `make audit`.
"""

import re
import tomllib
from pathlib import Path

import pytest

_PROJECT = Path(__file__).parents[1]
_PINNED = re.compile(r"[a-z0-9._-]+(\[[a-z0-9,]+\])?==[0-9][^ ;]*( ; .+)? \\")
_HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")
_LISTS = ("requirements.txt", "requirements-dev.txt", "requirements-mutants.txt")
_OWN = ("bot", "sandbox", "school", "services", "storage", "web", "zoom", "benchmarks", "tests")
_NEEDS_NO_REASON = re.compile(r'"(pytest>=8|mypy>=|ruff>=|types-|pillow)')


def _blocks(name: str) -> list[list[str]]:
    """Each package's lines."""
    blocks: list[list[str]] = []
    for line in (_PROJECT / name).read_text().splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if not line.startswith(" "):
            blocks.append([])
        blocks[-1].append(line)
    return blocks


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _names(name: str) -> dict[str, str]:
    """Package and version."""
    found = {}
    for first, *_ in _blocks(name):
        package, _, version = first.partition("==")
        found[_normal(package.partition("[")[0])] = version.split()[0]
    return found


@pytest.mark.parametrize("name", _LISTS)
def test_every_package_is_pinned_and_has_its_hashes(name: str) -> None:
    """And none comes by an address, a folder or another index."""
    blocks = _blocks(name)
    assert blocks
    for first, *others in blocks:
        assert _PINNED.fullmatch(first), first
        hashes = [line for line in others if not line.lstrip().startswith("#")]
        assert hashes, first
        assert [line for line in hashes if not _HASH.fullmatch(line)] == [], first


def test_what_is_pinned_twice_is_the_same() -> None:
    versions: dict[str, set[str]] = {}
    for name in _LISTS:
        for package, version in _names(name).items():
            versions.setdefault(package, set()).add(version)
    assert {package for package, found in versions.items() if len(found) > 1} == set()


def test_every_dependency_says_why_it_is_there_and_is_pinned() -> None:
    text = (_PROJECT / "pyproject.toml").read_text()
    declared = tomllib.loads(text)
    wanted = [*declared["project"]["dependencies"], *declared["dependency-groups"]["dev"]]
    pinned = _names("requirements.txt").keys() | _names("requirements-dev.txt").keys()
    for one in wanted:
        package = re.split(r"[\[<>=~!; ]", one)[0]
        assert _normal(package) in pinned, one
        (line,) = (line for line in text.splitlines() if f'"{one}"' in line)
        assert "#" in line.rpartition('"')[2] or _NEEDS_NO_REASON.search(line) or one == "tzdata"


def test_every_check_for_weaknesses_that_is_let_be_says_why() -> None:
    """`# noqa: S…` of ruff's bandit rules, which are all on."""
    silent = [
        f"{path.relative_to(_PROJECT)}:{number}"
        for room in _OWN
        for path in (_PROJECT / room).rglob("*.py")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if (found := re.search(r"# noqa: ([A-Z0-9, ]*\bS\d{3}[A-Z0-9, ]*)(.*)", line))
        and len(found[2].strip(" -#")) < len("ours")
    ]
    assert silent == []
    project = tomllib.loads((_PROJECT / "pyproject.toml").read_text())
    lint = project["tool"]["ruff"]["lint"]
    assert lint["select"] == ["ALL"]
    assert [rule for rule in lint["ignore"] if rule.startswith("S")] == ["S101"]
    for rules in lint["per-file-ignores"].values():
        let_be = {rule for rule in rules if re.fullmatch(r"S\d+", rule)}
        assert let_be <= {"S105", "S106", "S107", "S311"}  # made-up secrets, and chance


def test_set_up_installs_only_what_has_its_hash() -> None:
    installs = [
        line for line in (_PROJECT / "Makefile").read_text().splitlines() if "pip install" in line
    ]
    of_ours = [line for line in installs if "$(BIN)" in line]
    assert len(of_ours) == len(_LISTS)
    for line in of_ours:
        assert "--require-hashes --no-deps --only-binary :all: -r " in line
