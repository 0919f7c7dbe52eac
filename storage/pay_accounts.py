"""What of pay goes with the lessons and courses that it is about."""

from sqlalchemy import Select, delete

from storage.database import Transaction
from storage.schema import adjustment, rate


async def forget_waivers_of(tx: Transaction, lessons: Select[tuple[int]]) -> None:
    """Waivers of those lessons, whatever month they were given in."""
    await tx.connection.execute(delete(adjustment).where(adjustment.c.lesson_id.in_(lessons)))


async def forget_rates_of(tx: Transaction, courses: Select[tuple[int]]) -> None:
    """Rates of courses that are forgotten themselves."""
    await tx.connection.execute(delete(rate).where(rate.c.course_id.in_(courses)))
