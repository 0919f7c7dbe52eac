"""What lessons are paid."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime

from school.pay import PayLine, pay_line
from school.pay_rules import PayRules, Rate, RulesVersion, rate_for
from school.periods import Period, school_day
from storage import pay
from storage.database import Transaction

_BEGINS_WITH = RulesVersion(None, date.min, PayRules(), datetime.min.replace(tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class PaidLine:
    """A pay line with whom it is paid to and what the class is called; None once erased."""

    line: PayLine
    teacher_id: int
    topic: str | None


async def pay_lines_in(
    tx: Transaction, period: Period, teacher_ids: Collection[int] | None = None
) -> list[PaidLine]:
    """The lessons of a period that are over, by the rates of their school days."""
    rates: dict[int, tuple[Rate, ...]] = {}
    found = []
    for one in await pay.paid_lessons_in(tx, period, teacher_ids):
        if one.teacher_id not in rates:
            rates[one.teacher_id] = await pay.rates_of(tx, one.teacher_id)
        day = school_day(one.facts.planned.starts_at, period.zone)
        valid = rate_for(one.facts.course_id, day, rates[one.teacher_id])
        line = pay_line(one.facts, valid, _BEGINS_WITH)
        found.append(PaidLine(line, one.teacher_id, one.topic))
    return found
