"""How a statement was paid: read from what an admin types, and put right where it was wrong."""

from datetime import UTC, datetime, timedelta

from sandbox.story import Cast
from services.people import TelegramUser
from storage.audit import all_entries
from storage.database import Transaction
from storage.schema import statement
from tests.services.months import held
from tests.story.stage import Stage


async def is_locked(stage: Stage, school: Cast) -> None:
    """November, of one class; it is 2 December."""
    admin = school.admin
    aisha = TelegramUser(school.aisha.id, school.aisha.name, school.aisha.username)
    await admin.types("/rate Aisha 240 ETB per hour from 2026-11-01")
    await admin.sees("Aisha earns 240.00 ETB an hour")
    await held(stage.program.office, datetime(2026, 11, 3, 15, tzinfo=UTC), aisha)
    stage.forward(timedelta(days=9))
    await admin.types("/report last month")
    await admin.presses("Statements", within=30)
    await admin.presses("Aisha · draft · 180.00 ETB", within=30)
    await admin.presses("Lock")
    await admin.presses("Lock all the same")
    await admin.sees("Locked: it does not change any more.")
    await school.aisha.sees("Your statement of November 2026 is locked: 180.00 ETB.")


async def locked_content(tx: Transaction) -> object:
    return (await tx.connection.execute(statement.select())).one().sealed_content


async def test_a_day_that_cannot_be_it_is_refused_and_asked_for_again(
    stage: Stage, school: Cast
) -> None:
    admin = school.admin
    await is_locked(stage, school)
    await admin.presses("Mark as paid")
    await admin.sees("Type the reference of the payment")
    await admin.types("3 Dec TR-1")
    await admin.sees(
        "“3 Dec” is not a day from 2026-11-30, when the month ended, to today. Type the day it was "
        "paid on, such as 2026-12-02, and then the reference."
    )
    await admin.types("2026-02-30 TR-1")
    await admin.sees("There is no “2026-02-30” in the calendar.")
    await admin.types("1/12 TR-1")
    await admin.sees("I cannot tell whether “1/12” is a day.")
    await school.aisha.sees_nothing_new(0.2)
    await admin.types("1st Dec, 2026 TR-1")
    await admin.sees("Paid on 1 Dec 2026, reference TR-1")
    told = await school.aisha.sees("November 2026 is paid: 180.00 ETB.")
    assert "Paid on 1 Dec 2026, reference TR-1" in told.text


async def test_a_wrong_payment_is_put_right_and_the_teacher_told(
    stage: Stage, school: Cast
) -> None:
    admin, teacher, database = school.admin, school.aisha, stage.program.office.database
    await is_locked(stage, school)
    async with database.reading() as tx:
        locked = await locked_content(tx)
    await admin.presses("Mark as paid")
    await admin.sees("Type the reference of the payment")
    await teacher.catches_up()
    await admin.types("TR-1929")
    await admin.sees("Paid on 2 Dec 2026, reference TR-1929")
    await teacher.sees("November 2026 is paid: 180.00 ETB.")

    await admin.presses("Correct the payment")
    asked = await admin.sees("What is right? Type the day Aisha was paid for November 2026")
    assert "Paid on 2 Dec 2026, reference TR-1929" in asked.text
    await admin.types("6 Dec")
    await admin.sees("“6 Dec” is not a day from 2026-11-30")
    await teacher.catches_up()
    await admin.types("yesterday")
    page = await admin.sees("Paid on 1 Dec 2026, reference TR-1929")
    assert "I am telling Aisha." in page.text
    told = await teacher.sees("An admin has put right how November 2026 was paid.")
    assert "The sum is the same: 180.00 ETB." in told.text
    assert "Paid on 1 Dec 2026, reference TR-1929" in told.text

    await teacher.catches_up()
    await admin.presses("Correct the payment", on=page)
    await admin.types("TR-1992")
    page = await admin.sees("Paid on 1 Dec 2026, reference TR-1992")
    await teacher.sees("Paid on 1 Dec 2026, reference TR-1992")

    await teacher.catches_up()
    await admin.presses("Correct the payment", on=page)
    await admin.types("1 Dec TR-1992")  # as it stands already
    same = await admin.sees("Locked, and paid.")
    assert "I am telling" not in same.text
    await teacher.sees_nothing_new(0.3)
    async with database.reading() as tx:
        assert await locked_content(tx) == locked
        actions = [one.action async for some in all_entries(tx) for one in some]
    assert actions.count("corrected a payment of 2026-11") == 2
    assert actions.count("took back the day of a payment from 2026-12-02") == 1
    await admin.types("/audit")
    assert "took back the day noted for a payment" in (await admin.sees("What was done")).text
