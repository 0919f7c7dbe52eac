"""From the start of the process until it is ready, and its memory when it has nothing to do."""

import asyncio
from dataclasses import dataclass
from statistics import median

from benchmarks.running import running
from benchmarks.stage import Stage

_STARTS = 5
_UNTIL_IDLE_S = 2.0


@dataclass(frozen=True, slots=True)
class Starting:
    """Medians; the first start makes the database, and everything is compiled in it."""

    first_s: float
    again_s: float
    idle_mb: float


async def measure(stage: Stage) -> Starting:
    async with running(stage) as first:
        first_s = first.ready_after_s
    seconds, memory = [], []
    for _ in range(_STARTS):
        async with running(stage) as program:
            seconds.append(program.ready_after_s)
            await asyncio.sleep(_UNTIL_IDLE_S)
            memory.append(program.memory_mb())
    return Starting(first_s, median(seconds), median(memory))
