"""How a student stands to a lesson: there, partly there, or not; late, gone early, come back."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from school.model import AttendanceRules

_WHOLE_PERCENT = 100


class Standing(StrEnum):
    """Whether somebody attended a lesson."""

    PRESENT = "present"
    PARTLY = "partly"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Standings:
    """What is to be said of somebody's attendance at a lesson."""

    standing: Standing
    is_late: bool = False
    left_early: bool = False
    returned: bool = False
    is_unmatched: bool = False  # nobody on the course's list


ABSENT = Standings(Standing.ABSENT)
"""Of whom was never there."""


def standing_of(
    together: timedelta,
    taught: timedelta,
    late_by: timedelta,
    left_early_by: timedelta,
    returns: int,
    student_id: int | None,
    rules: AttendanceRules,
) -> Standings:
    """Of somebody who was there: for how much of what was taught, and how.

    Where nothing was taught, coming is all that a student could do.
    """
    is_present = together * _WHOLE_PERCENT >= taught * rules.present_percent
    return Standings(
        standing=Standing.PRESENT if is_present else Standing.PARTLY,
        is_late=late_by > rules.late_after,
        left_early=left_early_by > rules.late_after,
        returned=returns > 0,
        is_unmatched=student_id is None,
    )
