"""What a made-up month pays, by an arithmetic apart from the program's.

Rates and rules change in the middle of the month. Everything is counted in whole seconds and
fractions, and rounded once, to the cent.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from sandbox.month import SCHOOL_ZONE, Course, Month, Teacher
from sandbox.month_truth import LessonTruth

CHANGE_DAY = date(2026, 10, 8)
"""The school day from which other rates and rules hold."""

_MINUTE = 60
_HOUR = 3_600


@dataclass(frozen=True, slots=True)
class Wage:
    """What a teacher earns from a day on; for one course alone, where there is one."""

    teacher: Teacher
    course: Course | None
    valid_from: date
    per: Literal["hour", "lesson"]
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Rules:
    """Seconds and percents. `tiers`: who comes later than so many seconds loses so much."""

    valid_from: date
    step: int = _MINUTE
    cap_over: int = 5 * _MINUTE
    tiers: tuple[tuple[int, int], ...] = ()
    wait: int = 15 * _MINUTE
    no_show_percent: int = 50


FIRST_RULES = Rules(date(2000, 1, 1))
"""What the program begins with."""

LATER_RULES = Rules(
    CHANGE_DAY,
    step=5 * _MINUTE,
    cap_over=0,
    tiers=((3 * _MINUTE, 10), (10 * _MINUTE, 25)),
    no_show_percent=100,
)


def wages(month: Month) -> list[Wage]:
    """By the hour or by the lesson; a rise on one day for all; one course better paid."""
    found = []
    for teacher in month.teachers:
        per: Literal["hour", "lesson"] = "lesson" if teacher.number % 3 == 0 else "hour"
        amount = Decimal("97.35") + 7 * teacher.number
        found.append(Wage(teacher, None, month.first_day, per, amount))
        found.append(Wage(teacher, None, CHANGE_DAY, per, amount + Decimal("10.10")))
    favourite = month.courses[1]
    own = Wage(favourite.teacher, favourite, month.first_day, "hour", Decimal("333.33"))
    return [*found, own]


def pay_of(month: Month, truth: LessonTruth) -> Decimal:
    """What whoever gave the lesson is paid for it."""
    lesson = truth.lesson
    day = lesson.starts_at.astimezone(SCHOOL_ZONE).date()
    rules = LATER_RULES if day >= LATER_RULES.valid_from else FIRST_RULES
    percent, seconds = _counts(truth, rules)
    wage = _wage(wages(month), lesson.giver, lesson.course, day)
    share = Fraction(seconds, _HOUR) if wage.per == "hour" else Fraction(seconds > 0)
    return _cents(Fraction(wage.amount) * share * percent / 100)


def pay_by_teacher(month: Month, found: Sequence[LessonTruth]) -> dict[int, Decimal]:
    """The sum of the rounded lines, by the teacher's number."""
    sums = defaultdict[int, Decimal](Decimal)
    for truth in found:
        sums[truth.lesson.giver.number] += pay_of(month, truth)
    return dict(sums)


def _counts(truth: LessonTruth, rules: Rules) -> tuple[Fraction, int]:
    """How many percent are paid, of how many seconds.

    Whoever comes late, to students or to nobody, loses the same part of what it is then worth; and
    to nobody it is worth a part of what could still have been taught.
    """
    planned = int(truth.lesson.course.length.total_seconds())
    lost = [percent for over, percent in rules.tiers if truth.teacher_late_by > over]
    kept = Fraction(100 - max(lost, default=0))
    if truth.taught:
        return kept, _as_paid(truth.taught, planned, rules)
    is_late = truth.teacher_late_by >= _MINUTE
    has_waited = truth.was_held and truth.teacher_waited >= min(rules.wait, planned)
    is_to_blame = bool(truth.students) and is_late
    if not has_waited or is_to_blame:
        return Fraction(0), 0
    left = planned - truth.teacher_late_by if is_late else planned
    return kept * rules.no_show_percent / 100, _as_paid(left, planned, rules)


def _as_paid(seconds: int, planned: int, rules: Rules) -> int:
    """Rounded to the nearest step, and no more than the rules allow."""
    rounded = (2 * seconds + rules.step) // (2 * rules.step) * rules.step
    return min(rounded, planned + rules.cap_over)


def _wage(known: Sequence[Wage], teacher: Teacher, course: Course, day: date) -> Wage:
    """The newest that holds, the course's own before the general one."""
    begun = [one for one in known if one.teacher is teacher and one.valid_from <= day]
    own = [one for one in begun if one.course is course]
    return max(own or [one for one in begun if one.course is None], key=lambda one: one.valid_from)


def _cents(amount: Fraction) -> Decimal:
    """Half a cent goes up."""
    cents = (2 * 100 * amount.numerator + amount.denominator) // (2 * amount.denominator)
    return Decimal(cents) / 100
