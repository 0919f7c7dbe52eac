"""Old buttons and wrong answers while a class is changed."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from sandbox.story import SCHOOL_ZONE, Cast
from storage.schema import draft
from tests.story.changing import SERIES, SINGLE, made, presses, starts_at_zoom, zoom_has
from tests.story.stage import Stage


async def test_an_old_button_of_the_form_draws_it_as_it_stands(school: Cast) -> None:
    await made(school, SINGLE)
    await presses(school.aisha, "Reschedule")
    old = await school.aisha.sees("To which day?")
    await presses(school.aisha, "Wed 25")
    await school.aisha.sees("At what time?")
    toast = await school.aisha.sees_toast(await school.aisha.presses_late("Thu 26", on=old))
    assert toast.text == "The form has moved on. Here it is as it stands."
    await school.aisha.finds_button("20:00")


async def test_a_button_of_a_form_that_is_done_brings_the_card(stage: Stage, school: Cast) -> None:
    await made(school, SINGLE)
    await presses(school.aisha, "Reschedule")
    await school.aisha.types("Wed 20:00")
    await school.aisha.sees("to Wed 25 Nov, 20:00?")
    press = await school.aisha.presses("Move")
    await school.aisha.sees("Wed 25 Nov, 20:00–20:45")
    again = await school.aisha.sees_toast(await school.aisha.repeats(press))
    assert again.text == "This form is closed. Here is the class as it is now."
    await school.aisha.finds_button("Reschedule")
    await zoom_has(stage, "25 Nov 20:00")


async def test_a_button_of_an_old_card_says_so_and_draws_the_card_anew(
    stage: Stage, school: Cast
) -> None:
    card = await made(school, SINGLE)
    await presses(school.aisha, "Reschedule")
    await school.aisha.types("Wed 20:00")
    await presses(school.aisha, "Move")
    await school.aisha.sees("Wed 25 Nov, 20:00–20:45")
    for button in ("Reschedule", "Cancel class"):
        old = card.button(button).value
        toast = await school.aisha.sees_toast(await school.aisha.forges(old, on=card))
        assert (toast.text, toast.alert) == (
            "This class was changed meanwhile. Here it is as it is now.",
            True,
        )
    assert await stage.count(draft) == 0
    await presses(school.aisha, "Reschedule")
    await school.aisha.sees("To which day?")


async def test_a_form_of_a_class_that_has_begun_gives_way_to_its_card(
    stage: Stage, school: Cast
) -> None:
    await made(school, SINGLE)
    await presses(school.aisha, "Reschedule")
    form = await school.aisha.sees("To which day?")
    stage.clock.move_to(datetime(2026, 11, 24, 18, 1, tzinfo=SCHOOL_ZONE))
    (meeting,) = await stage.zoom.meetings()
    await meeting.start()
    await school.khadija.sees("live now", in_=school.sisters)
    toast = await school.aisha.sees_toast(await school.aisha.presses("Pick a day", on=form))
    assert toast.text == "This class has already begun or is over, so it cannot be changed."
    await school.aisha.sees("live now")
    assert await stage.count(draft) == 0


async def test_a_form_that_an_earlier_version_left_gives_way_to_its_card(
    stage: Stage, school: Cast
) -> None:
    await made(school, SINGLE)
    await presses(school.aisha, "Reschedule")
    form = await school.aisha.sees("To which day?")
    async with stage.program.office.database.writing() as tx:
        row = (await tx.connection.execute(select(draft))).one()
        sealed = tx.vault.seal("draft", "sealed_data", row.id, '{"length_seconds": 2700.0}')
        await tx.connection.execute(update(draft).values(sealed_data=sealed))
    toast = await school.aisha.sees_toast(await school.aisha.presses("Pick a day", on=form))
    assert toast.text == "This form is closed. Here is the class as it is now."
    await school.aisha.sees("Sent to 1 of 1 group")
    await presses(school.aisha, "Reschedule")
    await school.aisha.sees("To which day?")
    await school.aisha.types("Wed 20:00")
    await presses(school.aisha, "Move")
    await school.aisha.sees("Wed 25 Nov, 20:00–20:45")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("sometime", "is not a day and a time"),
        ("2026-11-20 20:00", "Fri 20 Nov at 20:00 has passed. Today at 20:00?"),
        ("2036-11-20 20:00", "That is too far ahead."),
        ("tomorrow 18:00", "That is the time it has now. Choose another one."),
        ("tomorrow 25:00", "25:00"),
    ],
)
async def test_a_wrong_time_is_said_and_the_form_stays(
    stage: Stage, school: Cast, typed: str, said: str
) -> None:
    await made(school, SINGLE)
    await presses(school.aisha, "Reschedule")
    await school.aisha.sees("To which day?")
    await school.aisha.types(typed)
    await school.aisha.sees(said)
    await school.aisha.types("Wed 20:00")
    await school.aisha.sees("to Wed 25 Nov, 20:00?")
    await zoom_has(stage, "24 Nov 18:00")


async def test_wrong_lengths_topics_and_holidays_change_nothing(stage: Stage, school: Cast) -> None:
    await made(school, SERIES)
    for what, typed, said in (
        ("Topic", "T" * 201, "The topic has 201 characters"),
        ("Skip dates", "2026-12-05 2026-11-28", "The last day is before the first."),
        ("Skip dates", "2027-02-01 2027-02-05", "There are no classes of this series from"),
    ):
        await presses(school.aisha, "⋯")
        await school.aisha.presses(what)
        await school.aisha.finds_button("‹ Back")
        await school.aisha.types(typed)
        await school.aisha.sees(said)
        await presses(school.aisha, "‹ Back")
        await school.aisha.sees("What do you want to change?")
        await presses(school.aisha, "‹ Back")
        await school.aisha.sees("Sent to 1 of 1 group")
    assert len(await starts_at_zoom(stage)) == 6
    await school.khadija.sees_nothing_new(0.2, in_=school.sisters)


async def test_while_zoom_is_down_the_change_is_kept_and_made_later(
    stage: Stage, school: Cast
) -> None:
    await made(school, SINGLE)
    await stage.zoom.goes_down()
    await presses(school.aisha, "Reschedule")
    await school.aisha.types("Wed 20:00")
    await school.aisha.presses("Move")  # answered when Zoom has been given up on
    await school.aisha.sees("Wed 25 Nov, 20:00–20:45")
    await school.khadija.sees("has moved", in_=school.sisters)
    await stage.zoom.no_faults()
    stage.forward(timedelta(minutes=10))
    await zoom_has(stage, "25 Nov 20:00")
