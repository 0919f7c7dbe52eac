"""A teacher changes classes that are ahead, and everybody sees it: from the card and /classes."""

from datetime import datetime

from sandbox.story import SCHOOL_ZONE, Cast
from storage.schema import draft
from tests.story.changing import SERIES, SINGLE, eventually, made, presses, zoom_has
from tests.story.stage import Stage

# Moving


async def test_one_class_is_moved_from_its_card(stage: Stage, school: Cast) -> None:
    card = await made(school, SINGLE)
    await presses(school.aisha, "Reschedule")
    await school.aisha.sees("To which day?")
    await presses(school.aisha, "Wed 25")
    await school.aisha.sees("At what time?")
    await presses(school.aisha, "20:00")
    asked = await school.aisha.sees("Move it from Tue 24 Nov, 18:00 to Wed 25 Nov, 20:00?")
    assert asked.labels == ["Move", "Change", "‹ Back"]
    await zoom_has(stage, "24 Nov 18:00")
    await presses(school.aisha, "Move")
    changed = await school.aisha.sees("Wed 25 Nov, 20:00–20:45")
    assert changed.id == asked.id == card.id
    assert changed.has_button("Reschedule")
    await school.khadija.sees("has moved", in_=school.sisters)
    await zoom_has(stage, "25 Nov 20:00")
    assert await stage.count(draft) == 0
    messages = (await school.khadija.looks(at=school.sisters)).messages
    times = [one.times[0] for one in messages if one.times]
    wed_20 = datetime(2026, 11, 25, 20, tzinfo=SCHOOL_ZONE).timestamp()
    assert set(times) == {wed_20}


async def test_a_day_and_a_time_can_be_typed(stage: Stage, school: Cast) -> None:
    await made(school, SINGLE)
    await presses(school.aisha, "Reschedule")
    await school.aisha.sees("To which day?")
    await school.aisha.types("2026-12-01 20:00")
    await school.aisha.sees("to Tue 1 Dec, 20:00?")
    await school.aisha.types("21:30")
    await school.aisha.sees("to Tue 1 Dec, 21:30?")
    await presses(school.aisha, "Move")
    await school.aisha.sees("Tue 1 Dec, 21:30–22:15")
    await zoom_has(stage, "01 Dec 21:30")


async def test_a_series_is_moved_as_a_whole_from_the_list(stage: Stage, school: Cast) -> None:
    await made(school, SERIES)
    await school.aisha.types("/classes")
    listed = await school.aisha.sees("every Mon and Wed · next Wed 25 Nov, 19:00")
    assert [label for label in listed.labels if "Tajweed" in label] == ["Tajweed · Wed 25 Nov"]
    await presses(school.aisha, "Tajweed · Wed 25 Nov", "Reschedule", "All classes", "Same day")
    await school.aisha.types("18:30")
    await school.aisha.sees("Move all classes that are ahead, this one from Wed 25 Nov, 19:00")
    await presses(school.aisha, "Move")
    await school.aisha.sees("Wed 25 Nov, 18:30–19:00")
    moved = await school.khadija.sees("has moved", in_=school.sisters)
    assert "From now on every Mon and Wed, 18:30 (Addis Ababa)." in moved.text
    dates = ("25 Nov", "30 Nov", "02 Dec", "07 Dec", "09 Dec", "14 Dec")
    await zoom_has(stage, *(f"{date} 18:30" for date in dates))


async def test_one_class_of_a_series_is_moved_alone(stage: Stage, school: Cast) -> None:
    await made(school, SERIES)
    await presses(school.aisha, "Reschedule", "This class")
    await school.aisha.types("Thu 10:00")
    await presses(school.aisha, "Move")
    await school.aisha.sees("Thu 26 Nov, 10:00–10:30")
    dates = ("30 Nov", "02 Dec", "07 Dec", "09 Dec", "14 Dec")
    await zoom_has(stage, "26 Nov 10:00", *(f"{date} 19:00" for date in dates))


async def test_another_class_of_a_series_is_reached_from_the_menu(
    stage: Stage, school: Cast
) -> None:
    await made(school, SERIES)
    await presses(school.aisha, "⋯", "Other dates", "Mon 7 Dec, 19:00")
    card = await school.aisha.sees("Mon 7 Dec, 19:00–19:30")
    await school.aisha.presses("Reschedule", on=card)
    await presses(school.aisha, "This class")
    await school.aisha.types("Tue 2026-12-08 19:00")
    await presses(school.aisha, "Move")
    await school.aisha.sees("Tue 8 Dec, 19:00–19:30")
    dates = ("25 Nov", "30 Nov", "02 Dec", "08 Dec", "09 Dec", "14 Dec")
    await zoom_has(stage, *(f"{date} 19:00" for date in dates))


async def test_a_clash_is_said_before_the_move(school: Cast) -> None:
    await school.aisha.types("/newclass Fiqh 2026-11-25 17:30 1h #Sisters")
    await school.aisha.sees("Sent to 1 of 1 group")
    await made(school, SINGLE)
    await presses(school.aisha, "Reschedule")
    await school.aisha.types("Wed 18:00")
    asked = await school.aisha.sees("You have “Fiqh” from 17:30 to 18:30 that day.")
    assert asked.has_button("Move")
    await presses(school.aisha, "Change")
    await school.aisha.sees("To which day?")


async def test_a_series_is_not_moved_onto_itself_and_its_clashes_are_said(school: Cast) -> None:
    await school.aisha.types("/newclass Fiqh 2026-12-02 20:30 1h #Sisters")
    await school.aisha.sees("Sent to 1 of 1 group")
    await made(school, SERIES)
    await presses(school.aisha, "Reschedule", "All classes")
    await school.aisha.types("Wed 20:15")
    asked = await school.aisha.sees("On Wed 2 Dec you have “Fiqh” from 20:30 to 21:30.")
    assert asked.has_button("Move")
    await presses(school.aisha, "‹ Back", "‹ Back", "‹ Back")
    await presses(school.aisha, "This class")
    await school.aisha.sees("To which day?")
    await school.aisha.types("2026-11-30 19:15")
    await school.aisha.sees(
        "It would overlap with another class of this series, on Mon 30 Nov from 19:00 to 19:30."
    )


async def test_a_time_that_has_passed_is_offered_for_the_next_day(school: Cast) -> None:
    await made(school, SINGLE)
    await presses(school.aisha, "Reschedule")
    await school.aisha.types("today 8:00")
    await school.aisha.sees("08:00 today has passed. Tomorrow at 08:00?")
    await presses(school.aisha, "Yes, tomorrow")
    await school.aisha.sees("to Tue 24 Nov, 08:00?")
    await presses(school.aisha, "Move")
    await school.aisha.sees("Tue 24 Nov, 08:00–08:45")


async def test_a_time_that_the_clocks_skip_or_show_twice_is_said(school: Cast) -> None:
    await school.aisha.types("/timezone Europe/Berlin")
    await school.aisha.sees("Europe/Berlin")
    await made(school, SINGLE)
    await presses(school.aisha, "Reschedule")
    await school.aisha.types("2027-03-28 02:30")
    await school.aisha.sees("02:30 does not exist on Sun 28 Mar")
    await school.aisha.types("2027-10-31 02:30")
    asked = await school.aisha.sees("Clocks go back on Sun 31 Oct, so 02:30 comes twice.")
    assert asked.has_button("Move")


async def test_back_leads_to_the_card_and_changes_nothing(stage: Stage, school: Cast) -> None:
    card = await made(school, SERIES)
    await presses(school.aisha, "⋯", "Length")
    await school.aisha.sees("Another length for this class only")
    await presses(school.aisha, "This class")
    for expected in ("for this class only", "What do you want to change?", "Sent to 1 of 1 group"):
        await presses(school.aisha, "‹ Back")
        await school.aisha.sees(expected)
    assert (await school.aisha.finds_button("Reschedule")).id == card.id
    assert await stage.count(draft) == 0
    await school.khadija.sees_nothing_new(0.2, in_=school.sisters)


# Length, topic, groups


async def test_a_length_is_chosen_for_all_or_typed_for_one(stage: Stage, school: Cast) -> None:
    await made(school, SERIES)
    await presses(school.aisha, "⋯", "Length", "All classes", "40 min")
    await school.aisha.sees("Wed 25 Nov, 19:00–19:40")
    await stage.all_is_shown()
    await presses(school.aisha, "⋯", "Length", "This class")
    await school.aisha.types("1h")
    await school.aisha.sees("1 h is longer than your Zoom plan allows")
    (meeting,) = await stage.zoom.meetings()

    async def lengths() -> list[int]:
        return [one["duration"] for one in (await meeting.shown())["occurrences"]]

    await eventually(lengths, [60, 40, 40, 40, 40, 40])


async def test_a_topic_is_typed_and_every_card_follows(stage: Stage, school: Cast) -> None:
    await made(school, SINGLE)
    await presses(school.aisha, "⋯", "Topic")
    await school.aisha.types("تجويد <b>")
    await school.aisha.sees("تجويد <b>")
    await school.khadija.sees("تجويد <b>", in_=school.sisters)

    async def topics() -> list[str]:
        return [one.topic for one in await stage.zoom.meetings()]

    await eventually(topics, ["تجويد <b>"])


async def test_groups_are_added_and_taken_out(school: Cast) -> None:
    await made(school, SINGLE)
    await presses(school.aisha, "⋯", "Groups")
    toast = await school.aisha.sees_toast(await school.aisha.presses("✓ Sisters"))
    assert toast.text == "A class needs at least one group. Choose another one first."
    await presses(school.aisha, "Beginners A")
    await school.aisha.finds_button("✓ Beginners A")
    await presses(school.aisha, "✓ Sisters")
    await school.aisha.finds_button("Sisters")
    await presses(school.aisha, "Save")
    await school.aisha.sees("Sent to 1 of 1 group")
    await school.khadija.sees("Tajweed", in_=school.beginners)
    gone = await school.khadija.sees("Tajweed", in_=school.sisters)
    assert not gone.has_button("Join class")


# Calling off


async def test_one_class_of_a_series_is_cancelled(stage: Stage, school: Cast) -> None:
    await made(school, SERIES)
    await presses(school.aisha, "Cancel class")
    asked = await school.aisha.sees("or all classes of the series")
    styles = {button.text: button.style for row in asked.buttons for button in row}
    assert styles == {"Cancel this class": "danger", "Cancel all 6": "danger", "Keep": None}
    await presses(school.aisha, "Cancel this class")
    await school.aisha.sees("cancelled")
    await school.khadija.sees("on Wed 25 Nov is cancelled", in_=school.sisters)
    dates = ("30 Nov", "02 Dec", "07 Dec", "09 Dec", "14 Dec")
    await zoom_has(stage, *(f"{date} 19:00" for date in dates))
    await school.aisha.types("/classes")
    await school.aisha.sees("every Mon and Wed · next Mon 30 Nov, 19:00")


async def test_a_series_is_cancelled_as_a_whole(stage: Stage, school: Cast) -> None:
    await made(school, SERIES)
    await presses(school.aisha, "Cancel class", "Cancel all 6")
    await school.aisha.sees("cancelled")
    await school.khadija.sees("All coming classes of Tajweed are cancelled.", in_=school.sisters)
    await eventually(stage.zoom.meetings, [])
    await school.aisha.types("/classes")
    await school.aisha.sees("No classes ahead.")


async def test_holidays_are_skipped_by_typing_both_days(stage: Stage, school: Cast) -> None:
    await made(school, SERIES)
    await presses(school.aisha, "⋯", "Skip dates")
    await school.aisha.types("2026-11-28 2026-12-05")
    asked = await school.aisha.sees("Cancel these 2 classes?")
    assert "Mon 30 Nov, Wed 2 Dec" in asked.text
    assert asked.button("Cancel 2 classes").style == "danger"
    await presses(school.aisha, "Cancel 2 classes")
    await school.aisha.sees("4 classes ahead")
    told = await school.khadija.sees("2 classes are cancelled", in_=school.sisters)
    assert "No Tajweed from Mon 30 Nov to Wed 2 Dec" in told.text
    assert "After that: Mon 7 Dec, 19:00" in told.text
    await zoom_has(stage, "25 Nov 19:00", "07 Dec 19:00", "09 Dec 19:00", "14 Dec 19:00")


async def test_holidays_are_skipped_by_the_calendar(stage: Stage, school: Cast) -> None:
    await made(school, SERIES)
    await presses(school.aisha, "⋯", "Skip dates")
    await school.aisha.sees("Which is the first day without classes?")
    await presses(school.aisha, "25")
    await school.aisha.sees("Which is the last day without classes?")
    await presses(school.aisha, "›", "2", "Cancel 3 classes")
    await school.khadija.sees("No Tajweed from Wed 25 Nov to Wed 2 Dec", in_=school.sisters)
    await zoom_has(stage, "07 Dec 19:00", "09 Dec 19:00", "14 Dec 19:00")
