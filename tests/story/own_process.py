"""`main.py`, on a clock that a test moves: python -m tests.story.own_process CLOCK COMMAND.

CLOCK is a file that says how many seconds the clock is ahead of the real one. All else is as
whoever runs the program has it, but that it may send as many messages as a test likes.
"""

import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import main
from bot.budget import Limits
from zoom.calling import Caller

_WIDE = 1_000


def clock_of(file: Path, real: Callable[[], datetime] = main.utc_now) -> Callable[[], datetime]:
    return lambda: real() + timedelta(seconds=float(file.read_text()))


def run(clock_file: Path, command: str) -> int:
    main.utc_now = clock_of(clock_file)
    main.program = partial(main.program, limits=Limits(overall=_WIDE, group=_WIDE, private=_WIDE))
    # Pauses between tries are no part of what is looked at here.
    (Caller.__init__.__kwdefaults__ or {})["chance"] = lambda: 0.0
    return main.main([command])


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), sys.argv[2]))
