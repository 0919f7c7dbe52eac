"""What a school has settled about pay: rates, and the rules by which lessons are counted.

Neither is ever changed: a newer one takes over from its school day on, so that the pay of a day
can always be worked out again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, TypeVar

from school.money import Money

_MINUTE = timedelta(minutes=1)


class Per(StrEnum):
    """What a rate is paid for."""

    HOUR = "hour"
    LESSON = "lesson"


class Basis(StrEnum):
    """Which of a lesson's lengths is paid by."""

    TAUGHT = "taught"  # the teacher and at least one student together
    TEACHER = "teacher"  # the teacher was there
    ACTUAL = "actual"  # the meeting was on
    SCHEDULED = "scheduled"  # as planned, once it was held


class Rounding(StrEnum):
    """How counted time is rounded to a step."""

    NEAREST = "nearest"  # half a step goes up
    UP = "up"


@dataclass(frozen=True, slots=True)
class Rate:
    """What a teacher earns from a day on; of a course, if `course_id` is given."""

    rate_id: int
    course_id: int | None
    valid_from: date
    per: Per
    money: Money
    added_at: datetime

    @property
    def version_id(self) -> int:
        return self.rate_id


@dataclass(frozen=True, slots=True, order=True)
class LatenessTier:
    """Who begins, or begins to wait, later than `over` loses `percent` of the lesson's pay."""

    over: timedelta
    percent: Decimal


@dataclass(frozen=True, slots=True)
class PayRules:
    """How a lesson's pay is worked out. The defaults are what a new school begins with."""

    basis: Basis = Basis.TAUGHT
    step: timedelta = _MINUTE  # what counted time is rounded to
    rounding: Rounding = Rounding.NEAREST
    cap_over: timedelta | None = 5 * _MINUTE  # beyond the plan; None: no cap
    minimum: timedelta = timedelta()  # paid at least, for a lesson that was held
    tiers: tuple[LatenessTier, ...] = ()  # by `over`; the highest that applies counts
    no_show_wait: timedelta = 15 * _MINUTE  # how long a teacher must have waited for students
    no_show_percent: Decimal = Decimal(50)  # of the plan from their coming on, if nobody came
    late_cancel: timedelta = timedelta(hours=2)  # called off later than this before its start
    late_cancel_percent: Decimal = Decimal(0)  # of the planned length, where students called off


@dataclass(frozen=True, slots=True)
class RulesVersion:
    """Pay rules with the school day from which they hold."""

    rules_id: int | None  # None: what a new school begins with
    valid_from: date
    rules: PayRules
    added_at: datetime

    @property
    def version_id(self) -> int:
        return self.rules_id or 0


FIRST_RULES = RulesVersion(None, date.min, PayRules(), datetime.min.replace(tzinfo=UTC))
"""What holds until a school settles something else."""


class _Dated(Protocol):
    @property
    def valid_from(self) -> date: ...
    @property
    def added_at(self) -> datetime: ...
    @property
    def version_id(self) -> int: ...


_D = TypeVar("_D", bound=_Dated)


def valid_on(day: date, versions: Iterable[_D]) -> _D | None:
    """The version that holds on a school day: of those begun, the latest; of equals, the newest.

    Two made in the same moment are told apart by their ids, so their order never matters.
    """
    begun = [one for one in versions if one.valid_from <= day]
    return max(begun, key=lambda one: (one.valid_from, one.added_at, one.version_id), default=None)


def rules_on(day: date, versions: Iterable[RulesVersion]) -> RulesVersion:
    """The rules that hold on a school day."""
    return valid_on(day, versions) or FIRST_RULES


def rate_for(course_id: int, day: date, rates: Iterable[Rate]) -> Rate | None:
    """What a teacher earns for a course on a day: the course's own rate before the general one."""
    known = list(rates)
    own = valid_on(day, [rate for rate in known if rate.course_id == course_id])
    return own or valid_on(day, [rate for rate in known if rate.course_id is None])


def currencies_on(day: date, rates: Iterable[Rate]) -> frozenset[str]:
    """In which a teacher earns on a day, in any of their courses."""
    known = list(rates)
    each = (
        valid_on(day, [rate for rate in known if rate.course_id == course_id])
        for course_id in {rate.course_id for rate in known}
    )
    return frozenset(rate.money.currency for rate in each if rate is not None)
