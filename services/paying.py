"""What lessons are paid: their facts, by the rates and rules of the school day they were on."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from school.pay import PayLine, pay_line
from school.pay_rules import Rate, RulesVersion, rate_for, rules_on
from school.periods import Period, school_day
from storage import paid_lessons, pay
from storage.database import Transaction
from storage.paid_lessons import PaidLesson

_FEW = 200
"""So many lessons are worked out between two breaths of the loop."""


@dataclass(frozen=True, slots=True)
class PaidLine:
    """A pay line with whom it is paid to, and what the class is called; None once erased."""

    line: PayLine
    teacher_id: int
    topic: str | None


async def pay_lines_in(
    tx: Transaction,
    period: Period,
    teacher_ids: Collection[int] | None = None,
    *,
    with_topics: bool = True,
) -> list[PaidLine]:
    """The lessons of a period that are over by now, by time.

    Each has the rate that is valid on its day in the period's zone, the school's.
    """
    lessons = await paid_lessons.paid_lessons_in(tx, period, teacher_ids, with_topics=with_topics)
    rates = await pay.rates_of(tx, teacher_ids)
    versions = await pay.rules_versions(tx)
    if len(lessons) <= _FEW:
        return _lines(lessons, rates, versions, period.zone)
    # A term has enough of them to hold the loop up.
    return await asyncio.to_thread(_lines, lessons, rates, versions, period.zone)


async def pay_line_of(tx: Transaction, lesson_id: int, zone: ZoneInfo) -> PaidLine | None:
    """What one lesson is paid; None while it is not over. `zone` is the school's."""
    found = await paid_lessons.paid_lesson(tx, lesson_id)
    if found is None:
        return None
    rates = await pay.rates_of(tx, {found.teacher_id})
    (line,) = _lines([found], rates, await pay.rules_versions(tx), zone)
    return line


def _lines(
    lessons: Sequence[PaidLesson],
    rates: Mapping[int, Sequence[Rate]],
    versions: Sequence[RulesVersion],
    zone: ZoneInfo,
) -> list[PaidLine]:
    # A day has many lessons, so what is valid on it is looked up once.
    rules: dict[date, RulesVersion] = {}
    valid: dict[tuple[int, int, date], Rate | None] = {}
    found = []
    for one in lessons:
        day = school_day(one.facts.planned.starts_at, zone)
        if day not in rules:
            rules[day] = rules_on(day, versions)
        whose = (one.teacher_id, one.facts.course_id, day)
        if whose not in valid:
            valid[whose] = rate_for(one.facts.course_id, day, rates.get(one.teacher_id, ()))
        line = pay_line(one.facts, valid[whose], rules[day])
        found.append(PaidLine(line, one.teacher_id, one.topic))
    return found
