"""What of pay goes with the lessons and courses that it is about."""

from sqlalchemy import ColumnElement, Select, and_, delete, select

from storage.database import Transaction
from storage.schema import adjustment, lesson, person, rate, statement


async def forget_waivers_of(tx: Transaction, lessons: Select[tuple[int]]) -> None:
    """Waivers of those lessons, whatever month they were given in."""
    await tx.connection.execute(delete(adjustment).where(adjustment.c.lesson_id.in_(lessons)))


async def forget_rates_of(tx: Transaction, courses: Select[tuple[int]]) -> None:
    """Rates of courses that are forgotten themselves."""
    await tx.connection.execute(delete(rate).where(rate.c.course_id.in_(courses)))


def of_nobody() -> ColumnElement[bool]:
    """Rates of people whose data was erased, once nothing of theirs is in the accounts."""
    is_erased = select(person.c.id).where(person.c.erased_at.is_not(None))
    held = select(lesson.c.hosted_by).where(lesson.c.hosted_by.is_not(None))
    return and_(
        rate.c.person_id.in_(is_erased),
        *(
            rate.c.person_id.not_in(still)
            for still in (
                select(lesson.c.teacher_id),
                held,
                select(adjustment.c.person_id),
                select(statement.c.person_id),
            )
        ),
    )
