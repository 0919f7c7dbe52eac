"""What a lesson is paid, and every step on the way there.

counted time → rounded → capped → at least the minimum → times the rate → less for lateness.
Lengths stay exact until the rounding step, money until the line's end: each line is rounded to the
currency's smallest coin once, and a statement is nothing but the sum of its lines.

A lesson that was not taught counts with its planned length, of which the rules may pay a part.
Where a teacher waited for nobody, it counts with what of that was left when they came: who comes
late could teach no more, and never earns more for waiting. It goes through the same steps as one
that was taught, lateness included, so that it never earns more than teaching that long would.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from school.model import Planned
from school.money import Money
from school.pay_rules import Basis, PayRules, Per, Rate, Rounding, RulesVersion

_NOTHING = timedelta()
_MICROSECOND = timedelta(microseconds=1)
_HOUR = timedelta(hours=1)
_ON_TIME = timedelta(minutes=1)  # late by less is shown as "0 min"
_WHOLE = Decimal(100)


class CalledOffBy(StrEnum):
    """Who called a lesson off."""

    TEACHER = "teacher"
    STUDENTS = "students"


class AdjustmentKind(StrEnum):
    """What an admin adds to a teacher's pay."""

    BONUS = "bonus"
    DEDUCTION = "deduction"
    WAIVER = "waiver"  # a lesson's deduction for lateness is not made


class Outcome(StrEnum):
    """What a lesson is paid for."""

    TAUGHT = "taught"
    NO_SHOW = "no_show"  # the teacher waited, no student came
    TOO_SHORT = "too_short"  # no student came, and the teacher did not wait long enough
    APART = "apart"  # students came, but never while the teacher was there
    TEACHER_ABSENT = "teacher_absent"
    LATE_CANCEL = "late_cancel"  # students called it off at short notice
    CANCELLED = "cancelled"
    NOT_COUNTED = "not_counted"  # a person has said that it is as if it had not been held
    NOT_HELD = "not_held"


_WAITED_FOR = frozenset({Outcome.NO_SHOW, Outcome.APART})
"""The teacher waited, so that it matters when they came."""


@dataclass(frozen=True, slots=True)
class LessonFacts:
    """What pay needs to know of a lesson; lengths are exact, as found or as corrected."""

    lesson_id: int
    course_id: int
    planned: Planned
    began_at: datetime | None
    actual: timedelta
    teacher_present: timedelta
    taught: timedelta
    late_by: timedelta  # the teacher, by the plan
    waited: timedelta  # the teacher was there within the plan
    students: int  # none where a person has said that nobody was taught
    called_off_at: datetime | None
    called_off_by: CalledOffBy
    is_waived: bool  # an admin has waived the deduction for lateness
    is_inferred: bool  # a figure was filled in, and nobody has confirmed it
    is_corrected: bool


@dataclass(frozen=True, slots=True)
class PayLine:
    """What a lesson is paid, with every step; `rate` is None where the teacher has none."""

    lesson: LessonFacts
    outcome: Outcome
    rate: Rate | None
    rules: RulesVersion
    counted: timedelta  # by the basis; what was not taught counts as planned, from coming on
    rounded: timedelta
    paid: timedelta  # after cap and minimum
    is_capped: bool
    is_minimum: bool
    percent: Decimal  # of the full pay; 100 for what was taught
    lateness_percent: Decimal  # taken off
    gross: Money | None  # before lateness; not rounded
    amount: Money | None  # in whole coins of its currency


def pay_line(lesson: LessonFacts, rate: Rate | None, version: RulesVersion) -> PayLine:
    """What a lesson that is over is paid by a rate and rules."""
    rules = version.rules
    outcome = _outcome(lesson, rules)
    percent = _percent(lesson, outcome, rules)
    counted = _counted(lesson, outcome, percent, rules)
    rounded = _rounded(counted, rules)
    capped = _capped(rounded, lesson.planned, rules)
    paid = max(capped, rules.minimum) if outcome is Outcome.TAUGHT else capped
    lateness = _lateness(lesson, outcome, rules)
    gross = None if rate is None else _money(rate, paid, percent)
    late = gross if rate is None or not lateness else _money(rate, paid, percent, _WHOLE - lateness)
    return PayLine(
        lesson=lesson,
        outcome=outcome,
        rate=rate,
        rules=version,
        counted=counted,
        rounded=rounded,
        paid=paid,
        is_capped=capped < rounded,
        is_minimum=paid > capped,
        percent=percent,
        lateness_percent=lateness,
        gross=gross,
        amount=None if late is None else late.rounded,
    )


def _outcome(lesson: LessonFacts, rules: PayRules) -> Outcome:
    if lesson.taught > _NOTHING:
        return Outcome.TAUGHT
    if not _was_held(lesson):
        return Outcome.NOT_HELD if lesson.called_off_at is None else _called_off(lesson, rules)
    if lesson.teacher_present == _NOTHING:
        is_undone = lesson.is_corrected and lesson.actual == _NOTHING
        return Outcome.NOT_COUNTED if is_undone else Outcome.TEACHER_ABSENT
    if lesson.students:
        return Outcome.APART
    if _waited_enough(lesson, rules):
        return Outcome.NO_SHOW
    return Outcome.TOO_SHORT if lesson.called_off_at is None else _called_off(lesson, rules)


def _was_held(lesson: LessonFacts) -> bool:
    """Whether anybody can have come: a meeting, also one known only from a correction, was on.

    Once a lesson is called off nobody comes to it, so a meeting opened after that is none.
    """
    if lesson.began_at is None:
        return lesson.actual > _NOTHING
    return lesson.called_off_at is None or lesson.began_at < lesson.called_off_at


def _called_off(lesson: LessonFacts, rules: PayRules) -> Outcome:
    assert lesson.called_off_at is not None
    notice = lesson.planned.starts_at - lesson.called_off_at
    is_late = notice < rules.late_cancel and lesson.called_off_by is CalledOffBy.STUDENTS
    return Outcome.LATE_CANCEL if is_late else Outcome.CANCELLED


def _waited_enough(lesson: LessonFacts, rules: PayRules) -> bool:
    """Nobody has to wait for longer than the lesson was to last."""
    return lesson.waited >= min(rules.no_show_wait, lesson.planned.length)


def _percent(lesson: LessonFacts, outcome: Outcome, rules: PayRules) -> Decimal:
    """How much of the full pay there is.

    Students who came apart from the teacher came too late, if the teacher was on time and waited
    long enough: that is paid as if they had not come.
    """
    match outcome:
        case Outcome.TAUGHT:
            return _WHOLE
        case Outcome.NO_SHOW:
            return rules.no_show_percent
        case Outcome.APART if lesson.late_by < _ON_TIME and _waited_enough(lesson, rules):
            return rules.no_show_percent
        case Outcome.LATE_CANCEL:
            return rules.late_cancel_percent
        case _:
            return Decimal(0)


def _counted(lesson: LessonFacts, outcome: Outcome, percent: Decimal, rules: PayRules) -> timedelta:
    if outcome is not Outcome.TAUGHT:
        return _not_taught(lesson, outcome) if percent else _NOTHING
    match rules.basis:
        case Basis.TAUGHT:
            return lesson.taught
        case Basis.TEACHER:
            return lesson.teacher_present
        case Basis.ACTUAL:
            return lesson.actual
        case Basis.SCHEDULED:
            return lesson.planned.length


def _not_taught(lesson: LessonFacts, outcome: Outcome) -> timedelta:
    """Of a lesson that is paid in part: how much of it there was to teach."""
    planned = lesson.planned.length
    if outcome not in _WAITED_FOR or lesson.late_by < _ON_TIME:
        return planned
    return max(planned - lesson.late_by, _NOTHING)


def _rounded(counted: timedelta, rules: PayRules) -> timedelta:
    steps, rest = divmod(counted, rules.step)
    goes_up = rest > _NOTHING if rules.rounding is Rounding.UP else 2 * rest >= rules.step
    return (steps + goes_up) * rules.step


def _capped(length: timedelta, planned: Planned, rules: PayRules) -> timedelta:
    if rules.cap_over is None:
        return length
    return min(length, planned.length + rules.cap_over)


def _lateness(lesson: LessonFacts, outcome: Outcome, rules: PayRules) -> Decimal:
    if outcome not in {Outcome.TAUGHT, *_WAITED_FOR} or lesson.is_waived:
        return Decimal(0)
    reached = [tier for tier in rules.tiers if lesson.late_by > tier.over]
    return max(reached).percent if reached else Decimal(0)


def _money(rate: Rate, paid: timedelta, *percents: Decimal) -> Money:
    """Divided once, as the last step: a third of an hour must not lose half a cent.

    In whole numbers, because a term has enough lessons for fractions to take their time.
    """
    above, below = rate.money.amount.as_integer_ratio()
    if rate.per is Per.HOUR:
        above, below = above * (paid // _MICROSECOND), below * (_HOUR // _MICROSECOND)
    elif not paid:
        above = 0
    for percent in percents:
        parts, whole = percent.as_integer_ratio()
        above, below = above * parts, below * whole * 100
    return Money(rate.money.currency, Decimal(above) / Decimal(below))
