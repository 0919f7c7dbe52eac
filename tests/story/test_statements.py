"""A month's pay: from the draft to the payment, and what becomes of what is found out later."""

from datetime import UTC, datetime, timedelta

import pytest

from sandbox.person import Person
from sandbox.story import Cast
from services.people import TelegramUser
from tests.services.months import Held, counts_as, held
from tests.story.stage import Stage


@pytest.fixture
async def aisha(school: Cast) -> TelegramUser:
    return TelegramUser(school.aisha.id, school.aisha.name, school.aisha.username)


async def taught_in_november(stage: Stage, school: Cast, aisha: TelegramUser) -> list[int]:
    """Three classes at 240 an hour: 45 min, 30 min, and one for which no student came."""
    office = stage.program.office
    await school.admin.types("/rate Aisha 240 ETB per hour from 2026-11-01")
    await school.admin.sees("Aisha earns 240.00 ETB an hour")
    classes = []
    for day, how in ((3, Held(45)), (10, Held(30, late=4)), (12, Held(0))):
        made = await held(office, datetime(2026, 11, day, 15, tzinfo=UTC), aisha, how)
        classes.append(made.lesson_id)
    return classes


async def opens_list(admin: Person) -> None:
    await admin.types("/report last month")
    await admin.presses("Statements", within=90)
    await admin.sees("Statements of November 2026", within=90)


async def test_a_draft_says_how_far_the_month_has_come(
    stage: Stage, school: Cast, aisha: TelegramUser
) -> None:
    admin = school.admin
    await taught_in_november(stage, school, aisha)
    await admin.types("/report")
    await admin.presses("Statements", within=90)
    await admin.sees("Statements of October 2026", within=90)
    await admin.presses("November 2026 ›")
    await admin.sees("The month is not over yet.")
    await admin.presses("Aisha · draft · 300.00 ETB")
    early = await admin.sees("Statement of Aisha, November 2026")
    assert "the month is not over yet" in early.text
    assert not early.has_button("Lock")
    await admin.presses("PDF")
    file = await admin.sees_file("statement-2026-11.pdf", within=90)
    assert (await admin.downloads(file)).startswith(b"%PDF")


async def test_a_teacher_reads_how_each_class_was_worked_out(
    stage: Stage, school: Cast, aisha: TelegramUser
) -> None:
    teacher = school.aisha
    await taught_in_november(stage, school, aisha)
    await is_asked_to_accept(stage, school)
    await teacher.presses("Open")
    own = await teacher.sees("Your statement of November 2026")
    assert "2 classes, 1 h 15 min: 300.00 ETB" in own.text
    await teacher.presses("Classes")
    await teacher.presses("Tue 10 Nov · Tajweed · 120.00 ETB")
    steps = await teacher.sees("Teacher and at least one student together: 30 min")
    for said in ("Rounded to 1 min: 30 min", "Rate: 240.00 ETB an hour", "Amount: 120.00 ETB"):
        assert said in steps.text
    await teacher.presses("‹ Classes")
    await teacher.presses("Thu 12 Nov · Tajweed · 0.00 ETB")
    await teacher.sees("The teacher was not there.")
    await teacher.presses("‹ Classes")
    await teacher.presses("‹ Statement")
    await teacher.sees("Total: 300.00 ETB")


async def test_an_acceptance_lapses_when_the_month_changes(
    stage: Stage, school: Cast, aisha: TelegramUser
) -> None:
    admin, teacher = school.admin, school.aisha
    _, short, _ = await taught_in_november(stage, school, aisha)
    await is_asked_to_accept(stage, school)
    await teacher.presses("Open")
    await teacher.sees("Your statement of November 2026")
    await admin.catches_up()
    press = await teacher.presses("Accept")
    await teacher.sees("Accepted on")
    await admin.sees("Aisha accepted the statement of November 2026: 300.00 ETB.")
    await teacher.sees_toast(await teacher.repeats(press))
    await is_corrected(stage, school, short, taught=45)
    await admin.presses("Open")
    lapsed = await admin.sees("something in it has changed since. So it is a draft again.")
    assert "Total: 360.00 ETB" in lapsed.text
    stage.program.office.bell.lapses.ring()
    await teacher.sees(
        "Your statement of November 2026 has changed since you accepted it: it comes to "
        "360.00 ETB now."
    )
    # The teacher's button is of what they saw before.
    statement, _ = (await teacher.looks()).messages[-2:]
    await teacher.presses_late("Accept", on=statement)
    changed = await teacher.sees("It has changed while you looked.")
    assert "Total: 360.00 ETB" in changed.text
    await admin.presses("Lock")
    await admin.sees("Aisha has not accepted it. Locked, it never changes again")
    await admin.presses("Keep it open")
    await admin.finds_button("Ask to accept")


async def test_what_a_locked_month_turns_out_to_be_worth_stands_in_the_next(
    stage: Stage, school: Cast, aisha: TelegramUser
) -> None:
    admin, teacher = school.admin, school.aisha
    _, short, _ = await taught_in_november(stage, school, aisha)
    await is_asked_to_accept(stage, school)
    await teacher.presses("Open")
    await admin.catches_up()
    await teacher.presses("Accept")
    await admin.sees("Aisha accepted the statement")
    await admin.presses("Open")
    press = await admin.presses("Lock")
    await admin.sees("Locked: it does not change any more.")
    await admin.repeats(press)
    await teacher.sees("Your statement of November 2026 is locked: 300.00 ETB.")
    await is_corrected(stage, school, short, taught=25)
    await teacher.presses("Open")
    assert "Total: 300.00 ETB" in (await teacher.sees("Your statement of November 2026")).text
    await teacher.presses("Classes")
    await teacher.presses("Tue 10 Nov · Tajweed · 120.00 ETB")
    steps = await teacher.sees("Teacher and at least one student together: 30 min")
    assert "By now the class counts otherwise: 25 min taught, 100.00 ETB." in steps.text
    assert "The teacher was there" not in steps.text
    await admin.presses("Mark as paid")
    await admin.sees("Type the reference of the payment")
    await admin.types("2026-12-01 TR-1992")
    await admin.sees("Paid on 1 Dec 2026, reference TR-1992")
    await teacher.sees("November 2026 is paid: 300.00 ETB.")
    await admin.presses("‹ Statements")
    await admin.sees("Statements of November 2026")
    await admin.presses("December 2026 ›")
    await admin.presses("Aisha · draft · -20.00 ETB")
    december = await admin.sees("Statement of Aisha, December 2026")
    assert "November 2026, changed after it was locked: -20.00 ETB" in december.text
    assert "it is carried on to the next statement" in december.text


async def test_all_that_were_accepted_are_locked_at_once(
    stage: Stage, school: Cast, aisha: TelegramUser
) -> None:
    admin, teacher = school.admin, school.aisha
    await taught_in_november(stage, school, aisha)
    await is_asked_to_accept(stage, school)
    await teacher.presses("Open")
    await teacher.presses("Accept")
    await teacher.sees("Accepted on")
    await opens_list(admin)
    await admin.presses("Lock all accepted (1)")
    await admin.sees("1 statement of November 2026 is locked.")
    await teacher.sees("is locked: 300.00 ETB.")
    await admin.presses("‹ Statements")
    await admin.finds_button("Aisha · locked · 300.00 ETB")


@pytest.mark.parametrize("is_restarted", [False, True])
async def test_the_teacher_reads_of_a_lock_once_though_telegram_fails_at_first(
    stage: Stage, school: Cast, aisha: TelegramUser, *, is_restarted: bool
) -> None:
    admin, teacher = school.admin, school.aisha
    await taught_in_november(stage, school, aisha)
    stage.forward(timedelta(days=9))
    await opens_list(admin)
    await admin.presses("Aisha · draft · 300.00 ETB")
    await admin.presses("Lock")
    await teacher.catches_up()
    await stage.people.fault("server_error", "sendMessage", chat_id=teacher.id, times=99)
    await admin.presses("Lock all the same")
    done = await admin.sees("Locked: it does not change any more.")
    assert "I am telling Aisha." in done.text
    await teacher.sees_nothing_new(0.3)
    if is_restarted:
        await stage.crash()
    await stage.people.no_faults()
    if is_restarted:
        await stage.start()
    stage.forward(timedelta(minutes=6))
    await teacher.sees("Your statement of November 2026 is locked: 300.00 ETB.")
    stage.forward(timedelta(minutes=6))
    await stage.polls_quietly()
    told = [one for one in (await teacher.looks()).messages if "is locked" in one.text]
    assert len(told) == 1


async def is_asked_to_accept(stage: Stage, school: Cast) -> None:
    """By the admin, when the month is over."""
    stage.forward(timedelta(days=9))
    await opens_list(school.admin)
    await school.admin.presses("Aisha · draft · 300.00 ETB")
    await school.admin.sees("Statement of Aisha, November 2026")
    await school.aisha.catches_up()
    await school.admin.presses("Ask to accept")
    await school.aisha.sees("Your statement of November 2026 is ready: 300.00 ETB.")


async def is_corrected(stage: Stage, school: Cast, lesson_id: int, *, taught: float) -> None:
    admin = TelegramUser(school.admin.id, school.admin.name, school.admin.username)
    await counts_as(stage.program.office, lesson_id, taught, by=admin)
