"""Whether this process is there to hear Zoom's events; it says so by beating."""

import time
from collections.abc import Callable
from datetime import timedelta

LONGEST_PAUSE = timedelta(seconds=90)
"""Between two beats; in a longer one nobody heard Zoom's events."""


def _passed_s() -> float:
    """Seconds that passed for the machine, also those in which it slept, where it counts them."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Heart:
    """How long ago this process last beat, by the machine's own count: no clock that is set."""

    def __init__(self, passed_s: Callable[[], float] = _passed_s) -> None:
        self._passed_s = passed_s
        self._last_s: float | None = None
        self._is_deaf = False

    def misses(self) -> None:
        """An event could not be stored: that is as bad as not being there."""
        self._is_deaf = True

    def may_beat(self) -> bool:
        """Not where an event was missed since this was asked last."""
        was_deaf, self._is_deaf = self._is_deaf, False
        return not was_deaf

    def was_away(self) -> bool:
        """Whether the last beat is too long ago; also before the first one."""
        if self._last_s is None:
            return True
        return self._passed_s() - self._last_s > LONGEST_PAUSE.total_seconds()

    def beats(self) -> None:
        self._last_s = self._passed_s()
