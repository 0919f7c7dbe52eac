"""All stages in turn; says which it is at, and writes latest.md."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import broadcast, classes, lessons, reporting, school, starting, webhooks
from benchmarks.loop import new_loop
from benchmarks.machine import Machine
from benchmarks.report import Figures, written
from benchmarks.running import running
from benchmarks.stage import set_up

_LATEST = Path(__file__).with_name("latest.md")


async def measure() -> Figures:
    tell = _telling()
    async with set_up() as stage:
        tell("starting and stopping")
        started = await starting.measure(stage)
        async with running(stage):
            tell("founding a school with 200 groups")
            founded = await school.found(stage)
            tell("making classes")
            made = await classes.measure(stage, founded)
        tell("one class to 200 groups")
        sent = await broadcast.measure(stage, founded)
        tell("webhooks")
        taken = await webhooks.measure(stage, founded, tell)
    costs = await lessons.measure(tell)
    reported = await reporting.measure(tell)
    return Figures(
        machine=Machine.look(),
        measured_at=datetime.now(UTC),
        starting=started,
        classes=made,
        broadcast=sent,
        webhooks=taken,
        lessons=costs,
        term=reported,
    )


def _telling() -> Callable[[str], None]:
    """Prints each stage with the seconds since the beginning."""
    began_at = time.monotonic()

    def tell(what: str) -> None:
        print(f"{time.monotonic() - began_at:5.0f} s  {what}", flush=True)

    return tell


def main() -> None:
    with asyncio.Runner(loop_factory=new_loop) as runner:
        figures = runner.run(measure())
    page = written(figures)
    _LATEST.write_text(page)
    print(f"\n{page}")


if __name__ == "__main__":
    main()
