"""Where and of what the figures are."""

import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from benchmarks.stage import ROOT

_BYTES_PER_GIB = 2**30


@dataclass(frozen=True, slots=True)
class Machine:
    processor: str
    cores: int
    memory_gib: float
    system: str
    python: str
    commit: str

    @classmethod
    def look(cls) -> Self:
        return cls(
            processor=_processor(),
            cores=os.cpu_count() or 0,
            memory_gib=os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / _BYTES_PER_GIB,
            system=f"{platform.system()} {platform.release()}",
            python=f"{platform.python_implementation()} {platform.python_version()}",
            commit=_commit(),
        )

    def __str__(self) -> str:
        return (
            f"{self.processor}, {self.cores} cores, {self.memory_gib:.0f} GiB, "
            f"{self.system}, {self.python}"
        )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return next(iter(names), platform.machine())


def _commit() -> str:
    """The short name of the commit, and whether the files differ from it."""
    git = shutil.which("git")
    if git is None:
        return "unknown"
    ask = [git, "-C", str(ROOT), "describe", "--always", "--exclude", "*", "--dirty=, with changes"]
    told = subprocess.run(ask, capture_output=True, text=True, check=False)  # noqa: S603  fixed words
    return told.stdout.strip() or "unknown"
