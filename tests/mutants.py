"""`make mutants`: changes the code where it matters most, and sees whether a test notices.

tests/mutants.toml names what is changed and by which tests that has to be noticed. Those run in a
copy under build/, so that nothing here is touched; mutmut makes the changes. A mutant that nothing
notices has to be explained there, by its lines before and after; one that is explained and
noticed after all, or no longer there, is told too.

mutmut leaves functions with decorators of their own (properties, context managers) as they are.
"""

import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_PROJECT = Path(__file__).parents[1]
_BUILD = _PROJECT / "build" / "mutants"
_ROOMS = ("bot", "sandbox", "school", "services", "storage", "tests", "web", "zoom")
_FILES = ("main.py", "settings.py", "pyproject.toml")
_NOTICED = {"killed", "timeout", "caught by type check", "segfault"}

Change = tuple[str, str]
"""The lines before and after."""


def main(only: list[str]) -> int:
    wanted = tomllib.loads((_PROJECT / "tests" / "mutants.toml").read_text())
    subjects = [one for one in wanted["subjects"] if not only or one.startswith(tuple(only))]
    _copy(wanted)
    mutmut = [sys.executable, "-m", "mutmut"]
    run = [*mutmut, "run", "--max-children", "1", *subjects]
    if subprocess.run(run, cwd=_BUILD, check=False).returncode:  # noqa: S603  our own words
        return 1
    explained = {_change(one) for one in wanted.get("survivors", ())}
    survived = {name: _change_of(mutmut, name) for name in _survivors(mutmut, subjects)}
    unexplained = [one for one in survived.items() if one[1] not in explained]
    for name, (before, after) in unexplained:
        _say(f"✗ {name}\n{_marked('-', before)}\n{_marked('+', after)}")
    if not only:
        for before, after in explained.difference(survived.values()):
            _say(
                f"! explained, and noticed or gone:\n{_marked('-', before)}\n{_marked('+', after)}"
            )
    _say(f"{len(unexplained)} mutants survive without a reason.")
    return 1 if unexplained else 0


def _copy(wanted: dict[str, Any]) -> None:
    """What was found out before stays, and is found out anew only for what has changed."""
    _BUILD.mkdir(parents=True, exist_ok=True)
    for room in _ROOMS:
        shutil.rmtree(_BUILD / room, ignore_errors=True)
        shutil.copytree(
            _PROJECT / room, _BUILD / room, ignore=shutil.ignore_patterns("__pycache__")
        )
    for name in _FILES:
        shutil.copy(_PROJECT / name, _BUILD / name)
    modules = sorted({_file_of(one) for one in wanted["subjects"]})
    sources = [one for one in (*_ROOMS, "main.py", "settings.py") if one != "tests"]
    with (_BUILD / "pyproject.toml").open("a") as project:
        project.write(f"\n[tool.mutmut]\nsource_paths = {sources!r}\nonly_mutate = {modules!r}\n")
        project.write("pytest_add_cli_args = ['-x', '-p', 'no:cacheprovider']\n")
        project.write(f"pytest_add_cli_args_test_selection = {wanted['tests']!r}\n")


def _file_of(subject: str) -> str:
    room, module, *_ = subject.split(".")
    return f"{room}/{module}.py"


def _survivors(mutmut: list[str], subjects: list[str]) -> Iterator[str]:
    """Those of our subjects that nothing noticed, or that no test comes by."""
    command = [*mutmut, "results", "--all", "true"]
    said = subprocess.run(command, cwd=_BUILD, check=True, capture_output=True, text=True)  # noqa: S603  our own words
    prefixes = tuple(one.removesuffix("*") for one in subjects)
    for line in said.stdout.splitlines():
        name, _, state = line.strip().partition(": ")
        if name.startswith(prefixes) and state not in _NOTICED:
            yield name


def _change_of(mutmut: list[str], name: str) -> Change:
    command = [*mutmut, "show", name]
    said = subprocess.run(command, cwd=_BUILD, check=True, capture_output=True, text=True)  # noqa: S603  our own words
    lines = [line for line in said.stdout.splitlines() if not line.startswith(("---", "+++", "# "))]
    before = "\n".join(line[1:].strip() for line in lines if line.startswith("-"))
    after = "\n".join(line[1:].strip() for line in lines if line.startswith("+"))
    return before, after


def _change(survivor: dict[str, str]) -> Change:
    return survivor["before"].strip(), survivor["after"].strip()


def _marked(sign: str, lines: str) -> str:
    return "\n".join(f"    {sign} {line}" for line in lines.splitlines())


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
