"""A teacher's statement: the pay of one month, and what has come of months closed before.

A statement is nothing but the sum of its lines, each of which is rounded already, so it adds up
to the cent. Once locked it never changes. What a closed month turns out to be worth later, through
a late event, a correction or a new rate, stands in the next open statement as a carried line: the
difference to all that statements have settled of that month so far.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from itertools import chain

from school.exact_json import from_json, to_json
from school.money import Money, difference, totals
from school.pay import AdjustmentKind, Outcome, PayLine, pay_line


class StatementState(StrEnum):
    """How far a statement has come."""

    DRAFT = "draft"  # follows whatever happens
    ACCEPTED = "accepted"  # its teacher agrees with what it said then
    LOCKED = "locked"  # by an admin; it never changes again
    PAID = "paid"


@dataclass(frozen=True, slots=True)
class AdjustmentLine:
    """A bonus, or a deduction, whose money is negative.

    A waiver is no line of its own: the line of the lesson that it is about shows it.
    """

    adjustment_id: int
    kind: AdjustmentKind
    money: Money
    reason: str
    day: date


@dataclass(frozen=True, slots=True)
class CarriedLine:
    """What a month closed before came to be worth more, or less, than was settled of it."""

    month: str  # the closed one
    money: Money


Line = PayLine | AdjustmentLine | CarriedLine


@dataclass(frozen=True, slots=True)
class _AgreedLine:
    """What of a lesson's line somebody agrees to."""

    lesson_id: int
    outcome: Outcome
    paid: timedelta
    amount: Money | None


@dataclass(frozen=True, slots=True)
class _Agreed:
    """What of a statement somebody agrees to."""

    month: str
    lessons: tuple[_AgreedLine, ...]
    adjustments: tuple[AdjustmentLine, ...]
    carried: tuple[CarriedLine, ...]


@dataclass(frozen=True, slots=True)
class StatementContent:
    """All that a statement says; made by `build_statement`."""

    month: str  # "2026-11", of the school's zone
    lessons: tuple[PayLine, ...]  # by time
    adjustments: tuple[AdjustmentLine, ...]  # by day
    carried: tuple[CarriedLine, ...]  # by month
    totals: tuple[Money, ...]  # in each currency

    @property
    def payable(self) -> tuple[Money, ...]:
        """What is to be paid out. Where less than nothing is left, that is carried on instead."""
        return tuple(Money(one.currency, max(one.amount, Decimal(0))) for one in self.totals)

    def to_json(self) -> str:
        """All of it, to the last digit; the same text for the same content."""
        return to_json(self)

    @classmethod
    def from_json(cls, text: str) -> "StatementContent":
        """What `to_json` gave."""
        return from_json(cls, text)

    def digest(self) -> bytes:
        """Says whether a statement still comes to what somebody saw and accepted.

        It is of the money and what that is paid for: a figure that was confirmed since, or rules
        that were written down once more, change nothing that anybody agreed to.
        """
        agreed = _Agreed(
            self.month,
            tuple(
                _AgreedLine(one.lesson.lesson_id, one.outcome, one.paid, one.amount)
                for one in self.lessons
            ),
            self.adjustments,
            self.carried,
        )
        return sha256(to_json(agreed).encode()).digest()


def month_key(day: date) -> str:
    """The month that a school day is in, "2026-11"; such keys sort by time."""
    return day.isoformat()[: len("2026-11")]


def build_statement(
    month: str,
    lines: Iterable[PayLine],
    adjustments: Iterable[AdjustmentLine] = (),
    carried: Iterable[CarriedLine] = (),
) -> StatementContent:
    """The statement of a month, the same for the same lines in whatever order they come."""
    lessons = sorted(lines, key=_by_time)
    adjusted = sorted(
        (
            AdjustmentLine(one.adjustment_id, one.kind, one.money.rounded, one.reason, one.day)
            for one in adjustments
        ),
        key=lambda one: (one.day, one.adjustment_id),
    )
    brought = sorted(
        (CarriedLine(one.month, one.money.rounded) for one in carried),
        key=lambda one: (one.month, one.money),
    )
    return StatementContent(
        month=month,
        lessons=tuple(lessons),
        adjustments=tuple(adjusted),
        carried=tuple(brought),
        totals=worth(chain(lessons, adjusted, brought)),
    )


def worth(lines: Iterable[Line]) -> tuple[Money, ...]:
    """What lines come to in each currency; lessons without a rate come to nothing yet."""
    return totals(money for line in lines if (money := _money_of(line)) is not None)


def settled_by_month(locked: Iterable[StatementContent]) -> dict[str, tuple[Money, ...]]:
    """What locked statements have settled of each month, in their own lines and in carried ones.

    Where a statement comes to less than nothing, nothing is paid, so what is missing is not
    settled: it counts as still to be taken off for that statement's month, and is carried on.
    """
    settled = defaultdict[str, list[Money]](list)
    for content in locked:
        settled[content.month] += worth([*content.lessons, *content.adjustments])
        settled[content.month] += difference(content.payable, content.totals)
        for line in content.carried:
            settled[line.month].append(line.money)
    return {month: totals(settled[month]) for month in sorted(settled)}


def carried(
    now: Mapping[str, Iterable[PayLine | AdjustmentLine]],
    settled: Mapping[str, Iterable[Money]],
) -> tuple[CarriedLine, ...]:
    """What closed months are worth `now` beyond what was `settled` of them.

    Both are by closed month. A month that is in one of them only counts as nothing in the other,
    so `now` must have every closed month of a teacher.
    """
    return tuple(
        CarriedLine(month, money)
        for month in sorted({*now, *settled})
        for money in difference(worth(now.get(month, ())), settled.get(month, ()))
    )


def as_settled(now: Iterable[PayLine], locked: Iterable[StatementContent]) -> tuple[PayLine, ...]:
    """The lines of a teacher's closed months, as they were locked unless something became of them.

    How pay is worked out may itself have become another since. What was locked goes by what held
    then, so a lesson counts anew only where what is known of it, its rate or the school's rules
    come to other money now than they did, by one and the same way of working it out. Nor does what
    makes it worth more ever take from what was settled, or what makes it worth less add to it.
    """
    before = {line.lesson.lesson_id: line for content in locked for line in content.lessons}
    return tuple(_as_settled(line, before.get(line.lesson.lesson_id)) for line in now)


def _as_settled(now: PayLine, locked: PayLine | None) -> PayLine:
    if locked is None:
        return now
    again = pay_line(locked.lesson, locked.rate, locked.rules).amount
    if again == now.amount:
        return locked
    if now.amount is None or again is None or locked.amount is None:
        return now
    if now.amount.currency != locked.amount.currency:
        return now
    is_same_way = (now.amount > again) == (now.amount > locked.amount)
    return now if is_same_way else locked


def state_now(
    state: StatementState, accepted_digest: bytes | None, content: StatementContent
) -> StatementState:
    """An accepted statement that says something else since is a draft again."""
    is_stale = state is StatementState.ACCEPTED and accepted_digest != content.digest()
    return StatementState.DRAFT if is_stale else state


def _by_time(line: PayLine) -> tuple[datetime, int]:
    return line.lesson.planned.starts_at, line.lesson.lesson_id


def _money_of(line: Line) -> Money | None:
    return line.amount if isinstance(line, PayLine) else line.money.rounded
