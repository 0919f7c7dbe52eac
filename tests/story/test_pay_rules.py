"""The rules of pay, changed on a form with a worked example."""

from datetime import date, timedelta

from sandbox.story import Cast
from school.pay_phrases import tier
from school.pay_rules import PayRules, Rounding, rules_on
from storage import pay
from storage.schema import draft, pay_rules
from tests.story.stage import Stage


async def test_the_example_changes_with_each_choice(stage: Stage, school: Cast) -> None:
    admin = school.admin
    await admin.types("/payrules")
    begun = await admin.sees("Rules of pay, from 1 Nov 2026 on")
    assert "planned 45 min, taught 41 min 40 s, began 6 min late" in begun.text
    assert "Rounded to 1 min: 42 min" in begun.text
    assert "Amount: 140.00 ETB" in begun.text
    await admin.presses("Rounding")
    await admin.presses("5 min")
    rounded = await admin.sees("Rounded to 5 min: 40 min")
    assert rounded.has_button("✓ 5 min")
    assert "Amount: 133.33 ETB" in rounded.text
    await admin.presses("up")
    await admin.sees("Rounded up to 5 min: 45 min")
    await admin.presses("‹ All rules")
    await admin.presses("Lateness")
    await admin.types("often 5 %")
    await admin.sees("I do not understand these steps.")
    await admin.types("3 min 10 %, 10 min 20 %")
    late = await admin.sees("Began 6 min late: 10 % less, -15.00 ETB")
    assert "Amount: 135.00 ETB" in late.text
    assert await stage.count(pay_rules) == 0


async def test_each_setting_changes_the_example_of_what_it_is_about(
    stage: Stage, school: Cast
) -> None:
    admin = school.admin
    await admin.types("/payrules")
    await admin.presses("Which time")
    await admin.presses("the meeting's length")
    await admin.sees("At most 5 min more than was planned: 50 min")
    await admin.presses("‹ All rules")
    await admin.presses("At most")
    await admin.presses("as planned")
    await admin.sees("Not more than was planned: 45 min")
    await admin.presses("‹ All rules")
    await admin.presses("No student came")
    example = await admin.sees("the teacher came 6 min late and waited 18 min, nobody came")
    assert "50 % of the 39 min that were left of the planned 45 min is paid." in example.text
    assert "A teacher who comes late could only teach what is left" in example.text
    assert "Amount: 65.00 ETB" in example.text  # 39 min at 200 an hour are 130, half of it
    await admin.presses("20 min")
    await admin.sees("A wait is paid from 20 min on.")
    await admin.presses("‹ All rules")
    await admin.presses("Called off late")
    await admin.presses("50 %")
    await admin.sees("The students called it off less than 2 h before: 50 % of the planned 45 min")
    await admin.presses("‹ All rules")
    await admin.presses("From when")
    await admin.presses("1 Dec 2026")
    await admin.presses("‹ All rules")
    await admin.sees("Rules of pay, from 1 Dec 2026 on")
    assert await stage.count(pay_rules) == 0


async def test_rules_hold_from_their_day_once_they_are_saved(stage: Stage, school: Cast) -> None:
    admin = school.admin
    await admin.types("/payrules")
    await admin.presses("Rounding")
    await admin.presses("up")
    await admin.finds_button("✓ up")
    await admin.presses("‹ All rules")
    await admin.presses("Lateness")
    await admin.presses("over 5 min: 10 %")
    await admin.presses("‹ All rules")
    await admin.presses("From when")
    await admin.presses("1 Dec 2026")
    await admin.presses("‹ All rules")
    await admin.sees("Rules of pay, from 1 Dec 2026 on")
    press = await admin.presses("Save")
    saved_rules = await admin.sees("Saved. From 1 Dec 2026 on:")
    assert "I am telling 1 teacher." in saved_rules.text
    told = await school.aisha.sees("New rules of pay, for classes from 1 Dec 2026 on:")
    assert told.text.splitlines()[2:] == [
        "Rounded up to 1 min",
        "Lateness: over 5 min: 10 % · over 15 min: 20 %",
    ]
    await school.aisha.catches_up()
    await admin.sees_toast(await admin.repeats(press))
    await school.aisha.sees_nothing_new(0.1)
    assert (await stage.count(pay_rules), await stage.count(draft)) == (1, 0)
    async with stage.program.office.database.reading() as tx:
        versions = await pay.rules_versions(tx)
    assert rules_on(date(2026, 11, 30), versions).rules == PayRules()
    saved = rules_on(date(2026, 12, 1), versions).rules
    assert saved == PayRules(rounding=Rounding.UP, tiers=(tier(5, 10), tier(15, 20)))
    await admin.types("/payrules")
    await admin.sees("From 1 Dec 2026 on, other rules are saved already.")


async def test_discarded_rules_change_nothing(stage: Stage, school: Cast) -> None:
    admin = school.admin
    await admin.types("/payrules")
    await admin.presses("At least")
    await admin.presses("15 min")
    await admin.sees("At least 15 min is paid: 15 min")
    await admin.presses("‹ All rules")
    await admin.presses("Discard")
    await admin.sees("Discarded. The rules stay as they were.")
    assert (await stage.count(pay_rules), await stage.count(draft)) == (0, 0)


async def test_rules_of_a_form_that_outlived_its_month_are_shown_for_the_new_one_first(
    stage: Stage, school: Cast
) -> None:
    admin = school.admin
    await admin.types("/payrules")
    await admin.presses("At least")
    await admin.presses("15 min")
    await admin.finds_button("✓ 15 min")
    await admin.presses("‹ All rules")
    whole = await admin.sees("Rules of pay, from 1 Nov 2026 on")
    stage.forward(timedelta(days=9))
    press = await admin.presses("Save")
    assert "over by now" in (await admin.sees_toast(press)).text
    await admin.sees("Rules of pay, from 1 Dec 2026 on")
    twice = await admin.forges(whole.button("Save").value, on=whole)
    assert "The form has moved on." in (await admin.sees_toast(twice)).text
    assert await stage.count(pay_rules) == 0
    await admin.presses("Save")
    await admin.sees("Saved. From 1 Dec 2026 on:")
    async with stage.program.office.database.reading() as tx:
        versions = await pay.rules_versions(tx)
    assert rules_on(date(2026, 11, 30), versions).rules == PayRules()
    assert rules_on(date(2026, 12, 1), versions).rules.minimum == timedelta(minutes=15)


async def test_rules_for_the_next_month_are_still_its_rules_once_it_has_begun(
    stage: Stage, school: Cast
) -> None:
    admin = school.admin
    await admin.types("/payrules")
    await admin.presses("From when")
    await admin.presses("1 Dec 2026")
    await admin.presses("‹ All rules")
    await admin.sees("Rules of pay, from 1 Dec 2026 on")
    stage.forward(timedelta(days=9))
    await admin.presses("Save")
    await admin.sees("Saved. From 1 Dec 2026 on:")
