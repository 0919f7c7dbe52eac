"""What of pay goes when its lessons are past the years that accounts are kept."""

from datetime import datetime

from sqlalchemy import Select, delete, select

from storage.database import Transaction
from storage.schema import adjustment, lesson, person, rate, statement


async def forget(tx: Transaction, lessons: Select[tuple[int]], before: datetime) -> None:
    """Waivers of those lessons, and what belongs to days and months before then."""
    month = f"{before:%Y-%m}"
    await tx.connection.execute(delete(adjustment).where(adjustment.c.lesson_id.in_(lessons)))
    await tx.connection.execute(delete(adjustment).where(adjustment.c.day < before.date()))
    await tx.connection.execute(delete(statement).where(statement.c.month < month))


async def forget_rates_of(tx: Transaction, courses: Select[tuple[int]]) -> None:
    """Rates of courses that are forgotten themselves."""
    await tx.connection.execute(delete(rate).where(rate.c.course_id.in_(courses)))


async def forget_rates_of_erased(tx: Transaction) -> None:
    """Rates of people whose data was erased, once nothing of theirs is in the accounts."""
    await tx.connection.execute(
        delete(rate).where(
            rate.c.person_id.in_(select(person.c.id).where(person.c.erased_at.is_not(None))),
            rate.c.person_id.not_in(select(lesson.c.teacher_id)),
            rate.c.person_id.not_in(
                select(lesson.c.hosted_by).where(lesson.c.hosted_by.is_not(None))
            ),
            rate.c.person_id.not_in(select(adjustment.c.person_id)),
            rate.c.person_id.not_in(select(statement.c.person_id)),
        )
    )
