"""What statements say: as they were locked, or worked out now from what is stored."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from school.errors import NotUnderstood
from school.pay import PayLine
from school.periods import Period, month_of, school_day
from school.statements import (
    AdjustmentLine,
    CarriedLine,
    StatementContent,
    StatementState,
    as_settled,
    build_statement,
    carried,
    month_key,
    settled_by_month,
    state_now,
)
from services.paying import pay_lines_in
from storage import adjustments, paid_lessons, people, statements
from storage.database import Transaction
from storage.people import Person
from storage.statements import Statement

_MONTH_AFTER = timedelta(days=31)


def period_of(month: str, zone: ZoneInfo) -> Period:
    """The days of "2026-11". Raises NotUnderstood for what is no month."""
    try:
        return month_of(date.fromisoformat(f"{month}-01"), zone)
    except ValueError:
        raise NotUnderstood("There is no such month.") from None


def month_after(month: str) -> str:
    return month_key(date.fromisoformat(f"{month}-01") + _MONTH_AFTER)


def month_before(month: str) -> str:
    return month_key(date.fromisoformat(f"{month}-01") - timedelta(days=1))


def state_of(own: Statement | None, content: StatementContent) -> StatementState:
    if own is None:
        return StatementState.DRAFT
    return state_now(own.state, own.accepted_digest, content)


def of_month(stored: Sequence[Statement], month: str) -> Statement | None:
    return next((one for one in stored if one.month == month), None)


async def concerned_in(tx: Transaction, period: Period) -> list[Person]:
    """Whoever teaches, or has a part in the month's accounts; by name."""
    month = month_key(period.first_day)
    lessons = await paid_lessons.paid_lessons_in(tx, period, with_topics=False)
    entries = await adjustments.adjustments_in(tx, period.first_day, period.last_day)
    known = {one.teacher_id for one in lessons} | {one.person_id for one in entries}
    # What is carried stands in the month after the last locked one.
    known |= await statements.teachers_with_statements(tx, {month, month_before(month)})
    every = await people.teachers_and_former(tx)
    return sorted(
        (one for one in every if one.is_teacher or one.id in known),
        key=lambda one: (one.name.casefold(), one.id),
    )


async def contents_of(
    tx: Transaction,
    zone: ZoneInfo,
    teacher_ids: Collection[int],
    month: str,
    stored: Mapping[int, Sequence[Statement]],
) -> dict[int, StatementContent]:
    """What each teacher's statement says: as locked, or worked out now."""
    found = {}
    for teacher_id in teacher_ids:
        own = of_month(stored.get(teacher_id, ()), month)
        if own is not None and own.content is not None:
            found[teacher_id] = own.content
    open_ids = [one for one in teacher_ids if one not in found]
    period = period_of(month, zone)
    now = await _worth_now(tx, period, open_ids)
    for teacher_id in open_ids:
        lines = now[teacher_id][month]
        brought = await _carried(tx, zone, teacher_id, month, stored.get(teacher_id, ()))
        found[teacher_id] = build_statement(month, lines.lessons, lines.adjustments, brought)
    return found


@dataclass(frozen=True, slots=True)
class _Lines:
    """What a month consists of now."""

    lessons: list[PayLine]
    adjustments: list[AdjustmentLine]


async def _worth_now(
    tx: Transaction, period: Period, teacher_ids: Collection[int]
) -> Mapping[int, Mapping[str, _Lines]]:
    """By teacher and month."""
    found: dict[int, dict[str, _Lines]] = defaultdict(lambda: defaultdict(lambda: _Lines([], [])))
    for one in await pay_lines_in(tx, period, teacher_ids, with_topics=False):
        day = school_day(one.line.lesson.planned.starts_at, period.zone)
        found[one.teacher_id][month_key(day)].lessons.append(one.line)
    for entry in await adjustments.adjustments_in(
        tx, period.first_day, period.last_day, teacher_ids
    ):
        if (line := entry.line) is not None:
            found[entry.person_id][month_key(entry.day)].adjustments.append(line)
    return found


async def _carried(
    tx: Transaction,
    zone: ZoneInfo,
    teacher_id: int,
    month: str,
    stored: Sequence[Statement],
) -> tuple[CarriedLine, ...]:
    """What closed months came to beyond what was settled; in the month after the last of them."""
    closed = [one.content for one in stored if one.content is not None]
    # Statements are forgotten before their lessons: all lessons of these months are there.
    months = [one.month for one in closed]
    if not months or month != month_after(closed[-1].month):
        return ()
    span = Period(period_of(months[0], zone).first_day, period_of(months[-1], zone).last_day, zone)
    by_month = (await _worth_now(tx, span, [teacher_id]))[teacher_id]
    # Years of closed months have enough lines to hold the loop up.
    now = await asyncio.to_thread(_now, by_month, months, closed)
    settled = settled_by_month(closed)
    return carried(now, {one: settled[one] for one in months})


def _now(
    by_month: Mapping[str, _Lines],
    months: Sequence[str],
    closed: Sequence[StatementContent],
) -> dict[str, list[PayLine | AdjustmentLine]]:
    return {
        one: [*as_settled(by_month[one].lessons, closed), *by_month[one].adjustments]
        for one in months
    }


@dataclass(frozen=True, slots=True)
class Stated:
    """A teacher's statement of a month, as the accounts show it."""

    teacher: str
    month: str
    content: StatementContent
    state: StatementState
    paid_on: date | None
    reference: str | None


async def stated_in(
    tx: Transaction, period: Period, teacher_ids: Collection[int] | None
) -> AsyncIterator[Stated]:
    """The statements of the whole months of a period, teacher after teacher; no empty ones."""
    month = month_key(period.first_day)
    while period_of(month, period.zone).last_day <= period.last_day:
        whole = period_of(month, period.zone)
        if whole.first_day >= period.first_day:
            for teacher in await concerned_in(tx, whole):
                if teacher_ids is None or teacher.id in teacher_ids:
                    yield await _stated(tx, period.zone, teacher, month)
        month = month_after(month)


async def _stated(tx: Transaction, zone: ZoneInfo, teacher: Person, month: str) -> Stated:
    stored = await statements.statements_of(tx, [teacher.id])
    content = (await contents_of(tx, zone, [teacher.id], month, stored))[teacher.id]
    own = of_month(stored.get(teacher.id, ()), month)
    return Stated(
        teacher=teacher.name,
        month=month,
        content=content,
        state=state_of(own, content),
        paid_on=own.paid_on if own else None,
        reference=own.reference if own else None,
    )
