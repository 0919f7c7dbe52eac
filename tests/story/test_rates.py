"""What teachers earn, set by their admin."""

from datetime import timedelta

from sandbox.story import Cast
from storage.schema import audit_entry, draft, rate
from tests.story.stage import Stage


async def test_a_rate_typed_in_one_line_holds_and_its_teacher_is_told(
    stage: Stage, school: Cast
) -> None:
    admin, aisha = school.admin, school.aisha
    await aisha.catches_up()
    await admin.types("/rate Aisha 250 ETB per hour from 2026-11-01")
    await admin.sees("Aisha earns 250.00 ETB an hour, from 1 Nov 2026 on.")
    told = await aisha.sees("Your rate: 250.00 ETB an hour, from 1 Nov 2026 on.")
    assert "Ask your admin" in told.text
    await admin.types("/rate aisha")
    page = await admin.sees("What Aisha earns")
    assert "From 1 Nov 2026: 250.00 ETB an hour" in page.text
    assert await stage.count(rate) == 1
    assert await stage.count(audit_entry) >= 1


async def test_a_day_that_has_just_passed_is_not_set_a_year_ahead(
    stage: Stage, school: Cast
) -> None:
    admin = school.admin
    await admin.types("/rate Aisha 12 per hour from 1 Nov")
    await admin.sees("Aisha earns 12.00 ETB an hour, from 1 Nov 2026 on.")
    await admin.types("/rate Aisha 300 ETB per hour")
    await admin.sees("From which day?")
    await admin.types("1 Nov")
    await admin.sees("Aisha will earn 300.00 ETB an hour, from 1 Nov 2026 on.")
    await admin.presses("Discard")
    await admin.sees("Discarded.")
    assert await stage.count(rate) == 1


async def test_a_day_far_ahead_is_shown_before_it_holds(stage: Stage, school: Cast) -> None:
    admin = school.admin
    await admin.types("/rate Aisha 12 per hour from 1 Nov 2027")
    sentence = await admin.sees("Aisha will earn 12.00 ETB an hour, from 1 Nov 2027 on.")
    assert "That day is far ahead. Press Save only if you mean it." in sentence.text
    assert await stage.count(rate) == 0
    await admin.presses("Save")
    await admin.sees("Aisha earns 12.00 ETB an hour, from 1 Nov 2027 on.")
    await admin.types("/rate Aisha 12 per hour from 1 Jul")
    sentence = await admin.sees("Aisha will earn 12.00 ETB an hour, from 1 Jul 2026 on.")
    assert "far ahead" not in sentence.text
    assert await stage.count(rate) == 1


async def test_a_rate_is_set_by_buttons_one_answer_after_the_other(
    stage: Stage, school: Cast
) -> None:
    admin, aisha = school.admin, school.aisha
    await admin.types("/rate")
    await admin.sees("Whose rate?")
    await admin.presses("Aisha · no rate")
    await admin.sees("No rate is set")
    await admin.presses("Change")
    await admin.sees("What is paid for?")
    await admin.presses("Each class")
    await admin.sees("How much?")
    await admin.types("much")
    await admin.sees("is not an amount")
    await admin.types("90.50 SAR")
    await admin.sees("From which day?")
    await admin.presses("Tue 1 Dec")
    sentence = await admin.sees("Aisha will earn 90.50 SAR a class, from 1 Dec 2026 on.")
    assert sentence.has_button("Save")
    await aisha.catches_up()
    press = await admin.presses("Save")
    await admin.sees("Aisha earns 90.50 SAR a class")
    await aisha.sees("Your rate: 90.50 SAR a class")
    await admin.repeats(press)
    await stage.polls_quietly()
    assert (await stage.count(rate), await stage.count(draft)) == (1, 0)
    await admin.types("/rate")
    # It holds from next month on.
    await admin.finds_button("Aisha · no rate")
    stage.forward(timedelta(days=10))
    await admin.types("/rate")
    await admin.finds_button("Aisha · 90.50 SAR a class")


async def test_going_back_and_discarding_change_nothing(stage: Stage, school: Cast) -> None:
    admin = school.admin
    await admin.types("/rate Aisha 250 ETB")
    await admin.sees("What is paid for?")
    await admin.presses("Each hour")
    await admin.sees("From which day?")
    await admin.presses("‹ Back")
    await admin.sees("How much?")
    await admin.types("300")
    await admin.sees("From which day?")
    await admin.types("2026-11-15")
    sentence = await admin.sees("Aisha will earn 300.00 ETB an hour, from 15 Nov 2026 on.")
    assert "Classes since that day are worked out anew." in sentence.text
    await admin.presses("Discard")
    await admin.sees("Discarded. Nothing was changed.")
    assert (await stage.count(rate), await stage.count(draft)) == (0, 0)


async def test_of_two_teachers_of_one_name_it_is_asked_which(stage: Stage, school: Cast) -> None:
    admin = school.admin
    other = await stage.people.person("Aisha M")
    await admin.types("/invite")
    invitation = await admin.sees("invitation for one teacher")
    link = next(word for word in invitation.text.split() if word.startswith("https://"))
    await other.follows(link)
    await other.sees("Welcome")
    await admin.types("/rate Ai 250/h from today")
    which = await admin.sees("Which teacher?")
    assert [label for label in which.labels if "Aisha" in label] == ["Aisha", "Aisha M"]
    await admin.presses("Aisha M")
    await admin.sees("Aisha M will earn 250.00 ETB an hour")
    await admin.types("/rate Zaynab 250/h from today")
    await admin.sees("I know no teacher called Zaynab.")
    await admin.types("/rate Aisha 250.555/h from today")
    await admin.sees("no such small coins")
