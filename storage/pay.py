"""What lessons are paid by: rates and rules, which are only ever added."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, func, insert, or_, select

from school.exact_json import from_json, to_json
from school.money import Money
from school.pay_rules import PayRules, Per, Rate, RulesVersion
from storage.database import Transaction, new_id
from storage.schema import course, lesson, pay_rules, rate


@dataclass(frozen=True, slots=True)
class NewRate:
    """What a teacher is to earn; `course_id` None: in all courses without a rate of their own."""

    person_id: int
    course_id: int | None
    valid_from: date
    per: Per
    money: Money


async def add_rate(tx: Transaction, new: NewRate, *, by: int, request_key: str) -> bool:
    """Whether it is new; the same request again adds nothing."""
    known = select(rate.c.id).where(rate.c.request_key == request_key)
    if (await tx.connection.execute(known)).first() is not None:
        return False
    await tx.connection.execute(
        insert(rate).values(
            id=new_id(),
            person_id=new.person_id,
            course_id=new.course_id,
            valid_from=new.valid_from,
            per=new.per,
            amount=str(new.money.amount),
            currency=new.money.currency,
            added_by=by,
            added_at=await _after(tx, rate.c.added_at, rate.c.person_id == new.person_id),
            request_key=request_key,
        )
    )
    return True


async def rate_of_request(tx: Transaction, request_key: str, by: int) -> NewRate | None:
    """What a person's request has already added, if it was handled before."""
    found = await tx.connection.execute(
        select(rate).where(rate.c.request_key == request_key, rate.c.added_by == by)
    )
    row = found.one_or_none()
    if row is None:
        return None
    money = Money(row.currency, Decimal(row.amount))
    return NewRate(row.person_id, row.course_id, row.valid_from, Per(row.per), money)


async def rates_of(
    tx: Transaction, teacher_ids: Collection[int] | None = None
) -> Mapping[int, Sequence[Rate]]:
    """Every rate that these teachers, or all, have had; by teacher, in no particular order."""
    query = select(rate)
    if teacher_ids is not None:
        query = query.where(rate.c.person_id.in_(teacher_ids))
    found = defaultdict[int, list[Rate]](list)
    for row in await tx.connection.execute(query):
        found[row.person_id].append(
            Rate(
                rate_id=row.id,
                course_id=row.course_id,
                valid_from=row.valid_from,
                per=Per(row.per),
                money=Money(row.currency, Decimal(row.amount)),
                added_at=row.added_at,
            )
        )
    return found


async def currencies_used(tx: Transaction) -> Sequence[str]:
    """Of rates, the most used first."""
    rows = await tx.connection.execute(
        select(rate.c.currency)
        .group_by(rate.c.currency)
        .order_by(func.count().desc(), rate.c.currency)
    )
    return rows.scalars().all()


async def courses_of(tx: Transaction, person_id: int, limit: int) -> Mapping[int, str | None]:
    """The topics of a teacher's latest courses, by id; those of the last lessons first."""
    rows = await tx.connection.execute(
        select(course.c.id, course.c.sealed_topic)
        .join(lesson, lesson.c.course_id == course.c.id)
        .where(or_(course.c.teacher_id == person_id, lesson.c.teacher_id == person_id))
        .group_by(course.c.id, course.c.sealed_topic)
        .order_by(func.max(lesson.c.starts_at).desc(), course.c.id)
        .limit(limit)
    )
    opened = tx.vault.open_optional
    return {row.id: opened("course", "sealed_topic", row.id, row.sealed_topic) for row in rows}


async def topics_of(tx: Transaction, course_ids: Collection[int]) -> Mapping[int, str | None]:
    """What courses are called, by id; None once erased."""
    rows = await tx.connection.execute(
        select(course.c.id, course.c.sealed_topic).where(course.c.id.in_(course_ids))
    )
    opened = tx.vault.open_optional
    return {row.id: opened("course", "sealed_topic", row.id, row.sealed_topic) for row in rows}


async def add_rules(
    tx: Transaction, rules: PayRules, valid_from: date, *, by: int, request_key: str
) -> bool:
    """Whether they are new; the same request again adds nothing."""
    known = select(pay_rules.c.id).where(pay_rules.c.request_key == request_key)
    if (await tx.connection.execute(known)).first() is not None:
        return False
    await tx.connection.execute(
        insert(pay_rules).values(
            id=new_id(),
            valid_from=valid_from,
            rules=to_json(rules),
            added_by=by,
            added_at=await _after(tx, pay_rules.c.added_at),
            request_key=request_key,
        )
    )
    return True


async def rules_of_request(tx: Transaction, request_key: str, by: int) -> RulesVersion | None:
    """What a person's request has already saved, if it was handled before."""
    found = await tx.connection.execute(
        select(pay_rules).where(pay_rules.c.request_key == request_key, pay_rules.c.added_by == by)
    )
    row = found.one_or_none()
    return _version(row) if row else None


async def rules_versions(tx: Transaction) -> Sequence[RulesVersion]:
    """All that were ever saved, in no particular order."""
    return [_version(row) for row in await tx.connection.execute(select(pay_rules))]


def _version(row: Row[Any]) -> RulesVersion:
    return RulesVersion(row.id, row.valid_from, from_json(PayRules, row.rules), row.added_at)


async def _after(
    tx: Transaction, added_at: ColumnElement[datetime], *which: ColumnElement[bool]
) -> datetime:
    """Now, or just after the newest of those before: of two for one day the later one holds."""
    newest = await tx.connection.scalar(select(func.max(added_at)).where(*which))
    return tx.now if newest is None else max(tx.now, newest + timedelta(microseconds=1))
