"""What becomes of pay when its teacher leaves, and when it is past its years."""

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import Table, func, select, update

from school.money import Money
from school.pay import AdjustmentKind
from school.pay_rules import Per
from school.statements import StatementState, build_statement
from storage import adjustments, pay, statements
from storage.adjustments import NewAdjustment
from storage.database import Database, Transaction
from storage.erasing import erase_person
from storage.pay import NewRate
from storage.people import add_person, make_teacher
from storage.schema import adjustment, course, lesson, rate, statement
from tests.storage.rows import add_lesson, forget_accounts

MARYAM = 10
DAY = date(2026, 11, 10)
BONUS = Money("ETB", Decimal("500.00"))


async def paid_teacher(tx: Transaction) -> int:
    """With a rate, a bonus for Khadija's wedding, and a statement that says so."""
    maryam = await add_person(tx, MARYAM, "Maryam", None)
    await make_teacher(tx, maryam.id)
    new = NewRate(maryam.id, None, DAY, Per.HOUR, Money("ETB", Decimal(250)))
    await pay.add_rate(tx, new, by=maryam.id, request_key="a")
    entry = NewAdjustment(maryam.id, AdjustmentKind.BONUS, DAY, BONUS, None, "Khadija's wedding")
    made = await adjustments.add_adjustment(tx, entry, by=maryam.id, request_key="b")
    assert made.line is not None
    content = build_statement("2026-11", [], [made.line])
    await statements.lock(tx, maryam.id, content, by=maryam.id)
    locked = await statements.find_statement(tx, maryam.id, "2026-11")
    assert locked is not None
    assert await statements.pay(tx, locked, DAY, "to Maryam, TR-1992", by=maryam.id)
    return maryam.id


async def count(tx: Transaction, *tables: Table) -> list[int]:
    return [
        await tx.connection.scalar(select(func.count()).select_from(one)) or 0 for one in tables
    ]


async def test_figures_stay_when_a_teacher_leaves_and_words_go(database: Database) -> None:
    async with database.writing() as tx:
        maryam = await paid_teacher(tx)
        await erase_person(tx, maryam, MARYAM)
        assert await count(tx, rate, adjustment, statement) == [1, 1, 1]
        (entry,) = await adjustments.adjustments_in(tx, DAY, DAY)
        kept = await statements.find_statement(tx, maryam, "2026-11")
    assert (entry.money, entry.reason) == (BONUS, None)
    assert kept is not None
    assert kept.content is not None
    assert (kept.state, kept.paid_on, kept.reference) == (StatementState.PAID, DAY, None)
    assert kept.content.totals == (BONUS,)
    assert [line.reason for line in kept.content.adjustments] == [""]


async def test_what_is_past_its_years_goes_with_its_lessons(database: Database) -> None:
    async with database.writing() as tx:
        maryam = await paid_teacher(tx)
        lesson_id = await add_lesson(tx)
        course_id = await tx.connection.scalar(select(lesson.c.course_id))
        assert course_id is not None
        waiver = NewAdjustment(maryam, AdjustmentKind.WAIVER, DAY, None, lesson_id, "a flood")
        await adjustments.add_adjustment(tx, waiver, by=maryam, request_key="c")
        own = NewRate(maryam, course_id, DAY, Per.HOUR, BONUS)
        await pay.add_rate(tx, own, by=maryam, request_key="d")
        await tx.connection.execute(update(lesson).values(starts_at=tx.now - timedelta(days=10)))
        assert await forget_accounts(tx, tx.now + timedelta(days=10)) == 1
        assert await count(tx, rate, adjustment, statement, course) == [1, 0, 0, 0]


async def test_rates_of_a_teacher_who_left_go_with_the_last_that_was_paid_by_them(
    database: Database,
) -> None:
    async with database.writing() as tx:
        maryam = await paid_teacher(tx)
        await forget_accounts(tx, tx.now - timedelta(days=99))
        await erase_person(tx, maryam, MARYAM)
        await forget_accounts(tx, tx.now - timedelta(days=99))
        assert await count(tx, rate, adjustment, statement) == [1, 1, 1]
        await forget_accounts(tx, tx.now + timedelta(days=40))
        assert await count(tx, rate, adjustment, statement) == [0, 0, 0]
