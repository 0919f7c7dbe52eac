"""How a student stood in a lesson: there, partly there or absent, and what else there is to say."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from school.model import AttendanceRules

_WHOLE = 100


class Standing(StrEnum):
    """Whether a student was there."""

    PRESENT = "present"
    PARTLY = "partly"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Standings:
    """A student's standing in one lesson."""

    standing: Standing
    is_late: bool
    left_early: bool
    returned: bool
    is_unmatched: bool  # of nobody on the roster, as far as is known


def standing_of(
    together: timedelta,
    taught: timedelta,
    late_by: timedelta,
    left_early_by: timedelta,
    returns: int,
    student_id: int | None,
    rules: AttendanceRules,
) -> Standings:
    """By the school's rules; `together` is the student's part of what was `taught`."""
    return Standings(
        standing=_standing(together, taught, rules),
        is_late=late_by > rules.late_after,
        left_early=left_early_by > rules.late_after,
        returned=returns > 0,
        is_unmatched=student_id is None,
    )


def _standing(together: timedelta, taught: timedelta, rules: AttendanceRules) -> Standing:
    if not together:
        return Standing.ABSENT
    is_enough = together * _WHOLE >= taught * rules.present_percent
    return Standing.PRESENT if is_enough else Standing.PARTLY
