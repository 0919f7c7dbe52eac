"""How a meeting repeats, as Zoom can hold it.

https://developers.zoom.us/docs/api/meetings/#tag/meetings/POST/users/{userId}/meetings
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from types import MappingProxyType
from typing import Final

from zoom.writing import utc_text, without_none

MOST_OCCURRENCES: Final = 60
"""So many dates one meeting can have."""

_DAYS_OF_A_WEEK = 7
_DAYS_OF_A_MONTH = 31


class RecurrenceKind(IntEnum):
    """What the interval counts; the values are Zoom's own numbers."""

    DAILY = 1
    WEEKLY = 2
    MONTHLY = 3


LONGEST_INTERVAL: Final = MappingProxyType(
    {RecurrenceKind.DAILY: 99, RecurrenceKind.WEEKLY: 50, RecurrenceKind.MONTHLY: 10}
)
"""In days, weeks and months."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """How a meeting repeats, from its start on; raises ValueError for what Zoom would refuse.

    `weekdays` (Monday is 0) are for a weekly one, `monthly_day` (1 to 31; months without it are
    passed over) is for a monthly one. It ends after so many `times`, or with the last date not
    after `until`, a moment; one of them is given. That there are at most 60 dates until then,
    only Zoom checks: it raises Invalid.

    Each date has the local time of the first in the meeting's zone, also when the clocks change.
    """

    kind: RecurrenceKind
    interval: int = 1
    weekdays: frozenset[int] = frozenset()
    monthly_day: int | None = None
    times: int | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        self._check_interval()
        self._check_days()
        self._check_end()

    def to_json(self) -> dict[str, object]:
        return without_none(
            type=int(self.kind),
            repeat_interval=self.interval,
            weekly_days=_weekly_days(self.weekdays) or None,
            monthly_day=self.monthly_day,
            end_times=self.times,
            end_date_time=None if self.until is None else utc_text(self.until),
        )

    def _check_interval(self) -> None:
        longest = LONGEST_INTERVAL[self.kind]
        if not 1 <= self.interval <= longest:
            raise ValueError(f"a recurrence of this kind has an interval of 1 to {longest}")

    def _check_days(self) -> None:
        if bool(self.weekdays) is not (self.kind is RecurrenceKind.WEEKLY):
            raise ValueError("a recurrence has weekdays where it is weekly, and only there")
        if not self.weekdays <= set(range(_DAYS_OF_A_WEEK)):
            raise ValueError("a recurrence's weekdays are 0 (Monday) to 6 (Sunday)")
        if (self.monthly_day is not None) is not (self.kind is RecurrenceKind.MONTHLY):
            raise ValueError("a recurrence has a monthly day where it is monthly, and only there")
        if self.monthly_day is not None and not 1 <= self.monthly_day <= _DAYS_OF_A_MONTH:
            raise ValueError("a recurrence's monthly day is 1 to 31")

    def _check_end(self) -> None:
        if (self.times is None) is (self.until is None):
            raise ValueError("a recurrence ends after so many times, or at a moment")
        if self.times is not None and not 1 <= self.times <= MOST_OCCURRENCES:
            raise ValueError(f"a recurrence has 1 to {MOST_OCCURRENCES} dates")
        if self.until is not None and self.until.tzinfo is None:
            raise ValueError("a recurrence's end needs a zone")


def _weekly_days(weekdays: frozenset[int]) -> str:
    """Zoom's weeks begin with Sunday as 1."""
    return ",".join(str(day) for day in sorted((day + 1) % _DAYS_OF_A_WEEK + 1 for day in weekdays))
