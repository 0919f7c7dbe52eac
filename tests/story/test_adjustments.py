"""Bonuses, deductions, and a lateness that is not held against a teacher."""

from datetime import UTC, date, datetime

from sandbox.story import Cast
from school.pay_phrases import tier
from school.pay_rules import PayRules
from school.periods import month_of
from services.people import TelegramUser, who_is
from storage import paid_lessons, pay
from storage.schema import adjustment
from tests.services.months import Held, held
from tests.story.stage import Stage


async def test_a_bonus_typed_in_one_line_counts_and_can_be_withdrawn(
    school: Cast,
) -> None:
    admin, aisha = school.admin, school.aisha
    await aisha.catches_up()
    await admin.types("/adjust Aisha bonus 500 ETB Ramadan")
    made = await admin.sees("Aisha: a bonus of 500.00 ETB, in November 2026.")
    assert "“Ramadan”" in made.text
    told = await aisha.sees("For your pay: a bonus of 500.00 ETB, in November 2026.")
    assert "“Ramadan”" in told.text
    press = await admin.presses("Withdraw")
    await admin.sees("Withdrawn: a bonus of 500.00 ETB, in November 2026. It does not count.")
    await aisha.sees("No longer for your pay: a bonus of 500.00 ETB")
    await aisha.catches_up()
    await admin.sees_toast(await admin.repeats(press))
    await aisha.sees_nothing_new(0.3)


async def test_a_line_with_several_numbers_is_shown_before_it_counts(
    stage: Stage, school: Cast
) -> None:
    admin, aisha = school.admin, school.aisha
    await aisha.catches_up()
    await admin.types("/adjust Aisha deduction 200 for being late on 3 Nov")
    sentence = await admin.sees("Aisha: a deduction of 200.00 ETB, in November 2026.")
    assert "“being late on 3 Nov”" in sentence.text
    assert sentence.has_button("Save")
    assert await stage.count(adjustment) == 0
    await aisha.sees_nothing_new(0.1)
    await admin.types("/adjust Aisha bonus 1 500 ETB Ramadan")
    await admin.sees("Bonus for Aisha")
    await admin.types("1500")
    await admin.sees("Aisha: a bonus of 1,500.00 ETB, in November 2026.")
    assert await stage.count(adjustment) == 0


async def test_what_is_not_in_the_teachers_currency_is_shown_before_it_counts(
    stage: Stage, school: Cast
) -> None:
    admin = school.admin
    await admin.types("/rate Aisha 12 USD per hour from 2026-11-01")
    await admin.sees("Aisha earns 12.00 USD an hour")
    await admin.types("/adjust Aisha deduction 5 ETB lost book")
    sentence = await admin.sees("Aisha: a deduction of 5.00 ETB, in November 2026.")
    assert "Aisha earns nothing in ETB, so there is no pay" in sentence.text
    assert await stage.count(adjustment) == 0
    await admin.presses("Discard")
    await admin.types("/adjust Aisha deduction 5 lost book")
    await admin.sees("Aisha: a deduction of 5.00 USD, in November 2026.")
    await admin.finds_button("Withdraw")
    assert await stage.count(adjustment) == 1


async def test_a_deduction_is_asked_for_step_by_step(stage: Stage, school: Cast) -> None:
    admin, aisha = school.admin, school.aisha
    await admin.types("/adjust")
    await admin.sees("Which teacher?")
    await admin.presses("Aisha")
    await admin.sees("What is it?")
    await admin.presses("Deduction")
    await admin.sees("How much?")
    await admin.types("20.50")
    await admin.sees("Why?")
    await admin.types("A lost book")
    sentence = await admin.sees("Aisha: a deduction of 20.50 ETB, in November 2026.")
    assert "“A lost book”" in sentence.text
    await admin.presses("Count it in October 2026")
    await admin.sees("Aisha: a deduction of 20.50 ETB, in October 2026.")
    await aisha.catches_up()
    press = await admin.presses("Save")
    await admin.finds_button("Withdraw")
    await aisha.sees("For your pay: a deduction of 20.50 ETB, in October 2026.")
    await admin.sees_toast(await admin.repeats(press))
    assert await stage.count(adjustment) == 1


async def test_a_lateness_is_waived_for_one_class(stage: Stage, school: Cast) -> None:
    admin, office = school.admin, stage.program.office
    aisha = TelegramUser(school.aisha.id, school.aisha.name, school.aisha.username)
    await admin.types("/rate Aisha 240 ETB per hour from 2026-11-01")
    await admin.sees("Aisha earns 240.00 ETB an hour")
    admin_id = (await who_is(office, TelegramUser(admin.id, admin.name, admin.username))).person_id
    assert admin_id is not None
    async with office.database.writing() as tx:
        rules = PayRules(tiers=(tier(3, 10),))
        await pay.add_rules(tx, rules, date(2026, 11, 1), by=admin_id, request_key="a")
    at = datetime(2026, 11, 10, 15, tzinfo=UTC)
    await held(office, at, aisha, Held(45, late=6))
    await admin.types("/adjust Aisha waiver there was a power cut")
    await admin.sees("Which class?")
    await admin.presses("Tue 10 Nov · Tajweed · 6 min late")
    sentence = await admin.sees("Tajweed, Tue 10 Nov: 6 min late, and 18.00 ETB is not taken off")
    assert "“there was a power cut”" in sentence.text
    await admin.presses("Save")
    await admin.finds_button("Withdraw")
    await school.aisha.sees("For your pay: Tajweed, Tue 10 Nov: 6 min late")
    async with office.database.reading() as tx:
        november = month_of(date(2026, 11, 1), office.profile.zone)
        (lesson,) = await paid_lessons.paid_lessons_in(tx, november)
    assert lesson.facts.is_waived
    await admin.types("/adjust Aisha waiver again")
    await admin.sees("There is no class of this or the last month")
    await admin.types("/adjust Aisha bonus 0 ETB nothing")
    await admin.sees("Nothing is no amount.")
