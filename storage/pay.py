"""What pay is worked out from: lessons that are over, and what their teachers earn."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import func, or_, select

from school.attendance import Sureness
from school.model import LessonState, Planned
from school.money import Money
from school.pay import CalledOffBy, LessonFacts
from school.pay_rules import Per, Rate
from school.periods import Period
from storage.database import Transaction
from storage.schema import course, lesson, rate


@dataclass(frozen=True, slots=True)
class PaidLesson:
    """A lesson that is over, whoever is paid for it, and its topic; None once erased."""

    facts: LessonFacts
    teacher_id: int
    topic: str | None


async def paid_lessons_in(
    tx: Transaction, period: Period, teacher_ids: Collection[int] | None = None
) -> list[PaidLesson]:
    """Held, missed or called off by now, and planned in the period; by time."""
    taught_by = func.coalesce(lesson.c.hosted_by, lesson.c.teacher_id)
    query = (
        select(lesson, course.c.sealed_topic)
        .join(course, course.c.id == lesson.c.course_id)
        .where(lesson.c.starts_at >= period.starts_at, lesson.c.starts_at < period.ends_at)
        .where(or_(lesson.c.state == LessonState.ENDED, lesson.c.starts_at < tx.now))
        .order_by(lesson.c.starts_at, lesson.c.id)
    )
    if teacher_ids is not None:
        query = query.where(taught_by.in_(teacher_ids))
    found = []
    for row in await tx.connection.execute(query):
        planned = Planned(row.starts_at, timedelta(seconds=row.length_seconds))
        if row.state == LessonState.LIVE or (row.began_at is None and planned.ends_at > tx.now):
            continue
        facts = LessonFacts(
            lesson_id=row.id,
            course_id=row.course_id,
            planned=planned,
            began_at=row.began_at,
            actual=timedelta(seconds=row.actual_seconds or 0),
            teacher_present=timedelta(seconds=row.teacher_seconds or 0),
            taught=timedelta(seconds=row.taught_seconds or 0),
            late_by=timedelta(seconds=row.teacher_late_seconds or 0),
            students=row.student_count or 0,
            called_off_at=row.cancelled_at if row.state == LessonState.CANCELLED else None,
            called_off_by=CalledOffBy.TEACHER,
            is_waived=False,
            is_inferred=row.sureness == Sureness.INFERRED,
            is_corrected=False,
        )
        topic = tx.vault.open_optional("course", "sealed_topic", row.course_id, row.sealed_topic)
        found.append(PaidLesson(facts, row.hosted_by or row.teacher_id, topic))
    return found


async def rates_of(tx: Transaction, person_id: int) -> tuple[Rate, ...]:
    """Every rate that a teacher has had."""
    rows = await tx.connection.execute(select(rate).where(rate.c.person_id == person_id))
    return tuple(
        Rate(
            rate_id=row.id,
            course_id=row.course_id,
            valid_from=row.valid_from,
            per=Per(row.per),
            money=Money(row.currency, Decimal(row.amount)),
            added_at=row.added_at,
        )
        for row in rows
    )
