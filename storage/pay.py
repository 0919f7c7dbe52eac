"""What pay is worked out from: lessons that are over, rates, and rules."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, and_, false, func, insert, or_, select

from school.attendance import Sureness
from school.corrections import Correction, Measures, corrected, nobody_came
from school.exact_json import from_json, to_json
from school.intervals import Span, union
from school.model import LessonState, Planned
from school.money import Money
from school.pay import AdjustmentKind, CalledOffBy, LessonFacts
from school.pay_rules import PayRules, Per, Rate, RulesVersion
from school.periods import Period
from storage.corrections import corrections_of
from storage.database import Transaction, new_id
from storage.schema import adjustment, correction, course, lesson, pay_rules, presence, rate, stay

_FETCHED_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class PaidLesson:
    """A lesson that is over, and who is paid for it; `topic` is None once erased, or not asked."""

    facts: LessonFacts
    teacher_id: int
    topic: str | None


async def paid_lessons_in(
    tx: Transaction,
    period: Period,
    teacher_ids: Collection[int] | None = None,
    *,
    with_topics: bool = True,
) -> list[PaidLesson]:
    """The lessons planned in a period that are over by now, by time.

    They were held, missed or called off; whoever held one is paid for it, else its teacher. What
    people have corrected or waived is applied.
    """
    begins = and_(
        lesson.c.starts_at >= period.starts_at, lesson.c.starts_at < min(period.ends_at, tx.now)
    )
    return await _paid_lessons(tx, begins & _paid_to(teacher_ids), with_topics=with_topics)


async def paid_lesson(tx: Transaction, lesson_id: int) -> PaidLesson | None:
    """One of them; None while it is not over."""
    found = await _paid_lessons(tx, lesson.c.id == lesson_id, with_topics=True)
    return found[0] if found else None


async def _paid_lessons(
    tx: Transaction, which: ColumnElement[bool], *, with_topics: bool
) -> list[PaidLesson]:
    is_over = and_(
        which,
        lesson.c.state != LessonState.LIVE,
        # One that never came to be at Zoom was nothing that anybody could hold.
        or_(lesson.c.state != LessonState.CREATING, lesson.c.began_at.is_not(None)),
    )
    said = await _corrections(tx, is_over)
    waived = await _waived(tx, is_over)
    topics = await _topics(tx, is_over) if with_topics else {}
    rows = await tx.connection.stream(
        select(*_COLUMNS)
        .where(is_over)
        .order_by(lesson.c.starts_at, lesson.c.id)
        .execution_options(yield_per=_FETCHED_AT_ONCE)
    )
    # Row by row each would cost a switch of its own.
    return [
        PaidLesson(
            _facts(row, said.get(row.id, ()), waived),
            row.hosted_by or row.teacher_id,
            topics.get(row.course_id),
        )
        async for some in rows.partitions()
        for row in some
        if row.state == LessonState.ENDED or _planned(row).ends_at <= tx.now
    ]


_COLUMNS: tuple[Column[Any], ...] = (
    lesson.c.id,
    lesson.c.course_id,
    lesson.c.teacher_id,
    lesson.c.hosted_by,
    lesson.c.state,
    lesson.c.starts_at,
    lesson.c.length_seconds,
    lesson.c.cancelled_at,
    lesson.c.began_at,
    lesson.c.actual_seconds,
    lesson.c.teacher_seconds,
    lesson.c.taught_seconds,
    lesson.c.teacher_late_seconds,
    lesson.c.teacher_waited_seconds,
    lesson.c.student_count,
    lesson.c.sureness,
)


def _paid_to(teacher_ids: Collection[int] | None) -> ColumnElement[bool]:
    if teacher_ids is None:
        return lesson.c.id.is_not(None)
    if not teacher_ids:
        return false()
    return func.coalesce(lesson.c.hosted_by, lesson.c.teacher_id).in_(teacher_ids)


async def _corrections(
    tx: Transaction, which: ColumnElement[bool]
) -> Mapping[int, Sequence[Correction]]:
    rows = await tx.connection.execute(
        select(correction.c.lesson_id)
        .distinct()
        .join(lesson, lesson.c.id == correction.c.lesson_id)
        .where(which)
    )
    return await corrections_of(tx, rows.scalars().all())


async def _waived(tx: Transaction, which: ColumnElement[bool]) -> AbstractSet[int]:
    rows = await tx.connection.execute(
        select(adjustment.c.lesson_id)
        .join(lesson, lesson.c.id == adjustment.c.lesson_id)
        .where(
            which,
            adjustment.c.kind == AdjustmentKind.WAIVER,
            adjustment.c.withdrawn_at.is_(None),
        )
    )
    return set(rows.scalars())


async def _topics(tx: Transaction, which: ColumnElement[bool]) -> Mapping[int, str]:
    """By course, as one course has many lessons."""
    courses = select(lesson.c.course_id).where(which)
    rows = await tx.connection.execute(
        select(course.c.id, course.c.sealed_topic).where(
            course.c.id.in_(courses), course.c.sealed_topic.is_not(None)
        )
    )
    return {
        row.id: tx.vault.open("course", "sealed_topic", row.id, row.sealed_topic) for row in rows
    }


def _facts(
    row: Row[Any], corrections: Sequence[Correction], waived: AbstractSet[int]
) -> LessonFacts:
    found = Measures(
        actual=_length(row.actual_seconds),
        teacher_present=_length(row.teacher_seconds),
        taught=_length(row.taught_seconds),
        late_by=_length(row.teacher_late_seconds),
        called_off_by=CalledOffBy.TEACHER,  # who else, if nobody says so
        is_inferred=row.sureness == Sureness.INFERRED,
        is_corrected=row.sureness == Sureness.CORRECTED,
    )
    counts = corrected(found, corrections) if corrections else found
    return LessonFacts(
        lesson_id=row.id,
        course_id=row.course_id,
        planned=_planned(row),
        began_at=row.began_at,
        actual=counts.actual,
        teacher_present=counts.teacher_present,
        taught=counts.taught,
        late_by=counts.late_by,
        waited=_length(row.teacher_waited_seconds),
        students=0 if nobody_came(corrections) else row.student_count or 0,
        called_off_at=row.cancelled_at if row.state == LessonState.CANCELLED else None,
        called_off_by=counts.called_off_by,
        is_waived=row.id in waived,
        is_inferred=counts.is_inferred,
        is_corrected=counts.is_corrected,
    )


def _planned(row: Row[Any]) -> Planned:
    return Planned(row.starts_at, timedelta(seconds=row.length_seconds))


def _length(seconds: int | None) -> timedelta:
    return timedelta(seconds=seconds or 0)


async def teacher_there(tx: Transaction, lesson_id: int) -> Sequence[Span]:
    """When a teacher was in a lesson, as was found; spans that neither overlap nor touch."""
    rows = await tx.connection.execute(
        select(stay.c.joined_at, stay.c.left_at)
        .join(
            presence,
            and_(
                presence.c.lesson_id == stay.c.lesson_id,
                presence.c.ordinal == stay.c.presence_ordinal,
            ),
        )
        .where(stay.c.lesson_id == lesson_id, presence.c.is_teacher)
    )
    return union((row.joined_at, row.left_at) for row in rows)


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
