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
    """Seconds and percents. `tiers`: who begins later than so many seconds loses so much."""

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
    return _cents(Fraction(wage.amount) * share * Fraction(percent, 100))


def pay_by_teacher(month: Month, found: Sequence[LessonTruth]) -> dict[int, Decimal]:
    """The sum of the rounded lines, by the teacher's number."""
    sums = defaultdict[int, Decimal](Decimal)
    for truth in found:
        sums[truth.lesson.giver.number] += pay_of(month, truth)
    return dict(sums)


def _counts(truth: LessonTruth, rules: Rules) -> tuple[int, int]:
    """How many percent are paid, of how many seconds."""
    planned = int(truth.lesson.course.length.total_seconds())
    if truth.taught:
        rounded = (2 * truth.taught + rules.step) // (2 * rules.step) * rules.step
        lost = [percent for over, percent in rules.tiers if truth.teacher_late_by > over]
        return 100 - max(lost, default=0), min(rounded, planned + rules.cap_over)
    has_waited = truth.was_held and truth.teacher_present >= min(rules.wait, planned)
    is_to_blame = bool(truth.students) and truth.teacher_late_by >= _MINUTE
    if not has_waited or is_to_blame:
        return 0, 0
    rounded = (2 * planned + rules.step) // (2 * rules.step) * rules.step
    return rules.no_show_percent, min(rounded, planned + rules.cap_over)


def _wage(known: Sequence[Wage], teacher: Teacher, course: Course, day: date) -> Wage:
    """The newest that holds, the course's own before the general one."""
    begun = [one for one in known if one.teacher is teacher and one.valid_from <= day]
    own = [one for one in begun if one.course is course]
    return max(own or [one for one in begun if one.course is None], key=lambda one: one.valid_from)


def _cents(amount: Fraction) -> Decimal:
    """Half a cent goes up."""
    cents = (2 * 100 * amount.numerator + amount.denominator) // (2 * amount.denominator)
    return Decimal(cents) / 100
