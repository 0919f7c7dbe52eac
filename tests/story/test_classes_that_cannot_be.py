"""What teachers type and press wrongly, and how each is answered: one clear sentence, no traces."""

import asyncio
from datetime import timedelta

import pytest

from sandbox.people import Person, Press
from sandbox.story import Cast, connect, invite, link
from storage.schema import course, draft, lesson
from tests.story.stage import Stage

WHOLE_LINE = '/newclass Tajweed tomorrow 18:00 45m #"Beginners A" #Sisters'


async def pressed_at_once(person: Person, button: str, times: int) -> list[Press]:
    """The same button, before anything can have changed."""
    message = await person.finds_button(button)
    first = await person.presses(button, on=message)
    others = [person.repeats(first) for _ in range(times - 1)]
    return [first, *await asyncio.gather(*others)]


# The line


async def test_an_unknown_group_is_asked_for_by_buttons(stage: Stage, school: Cast) -> None:
    await school.aisha.types("/newclass Tajweed tomorrow 18:00 45m #Advanced")
    asked = await school.aisha.sees("Advanced")
    assert asked.has_button("Beginners A")
    assert asked.has_button("Sisters")
    await school.aisha.presses("Discard")
    await school.aisha.sees("Nothing was made")
    await stage.assert_nothing_was_made()


async def test_a_past_time_is_offered_for_the_next_day(stage: Stage, school: Cast) -> None:
    await school.aisha.types("/newclass Tajweed today 08:00 45m #Sisters")
    asked = await school.aisha.sees("08:00 today has passed. Tomorrow at 08:00?")
    assert asked.labels == ["Yes, tomorrow", "Change"]
    assert (await stage.count(course), await stage.zoom.meetings()) == (0, [])
    await school.aisha.presses("Yes, tomorrow")
    await school.aisha.sees("Sent to 1 of 1 group")


async def test_a_time_that_the_clocks_skip_is_explained(stage: Stage, school: Cast) -> None:
    await school.aisha.types("/timezone Europe/Berlin")
    await school.aisha.sees("Europe/Berlin")
    await school.aisha.types("/newclass Tajweed 2027-03-28 02:30 45m #Sisters")
    await school.aisha.sees(
        "02:30 does not exist on Sun 28 Mar: clocks in Berlin go from 02:00 straight to 03:00."
        " Choose a time before 02:00, or from 03:00 on."
    )
    await stage.assert_nothing_was_made()


@pytest.mark.parametrize("minutes", [0, 2000])
async def test_a_length_that_no_class_has_is_refused(
    stage: Stage, school: Cast, minutes: int
) -> None:
    await school.aisha.types(f"/newclass Tajweed tomorrow 18:00 {minutes}m #Sisters")
    await school.aisha.sees(f"A class can last from 1 to 1,440 minutes, not {minutes:,}.")
    await stage.assert_nothing_was_made()


async def test_a_topic_over_200_characters_is_refused_with_its_count(
    stage: Stage, school: Cast
) -> None:
    await school.aisha.types(f"/newclass {'T' * 201} tomorrow 18:00 45m #Sisters")
    await school.aisha.sees("The topic has 201 characters; Zoom allows 200. Please shorten it.")
    await stage.assert_nothing_was_made()


@pytest.mark.parametrize("topic", ["تجويد القرآن", "🌙 Qur'an & <b>Tajweed</b>", "ትምህርት"])
async def test_any_script_and_emoji_arrive_as_they_were_typed(
    stage: Stage, school: Cast, topic: str
) -> None:
    await school.aisha.types(f"/newclass {topic} tomorrow 18:00 45m #Sisters")
    await school.aisha.sees("Sent to 1 of 1 group")
    await school.khadija.sees(topic, in_=school.sisters)
    assert [meeting.topic for meeting in await stage.zoom.meetings()] == [topic]


async def test_control_characters_of_direction_are_taken_out(stage: Stage, school: Cast) -> None:
    await school.aisha.types("/newclass Taj\u202eweed tomorrow 18:00 45m #Sisters")
    await school.aisha.sees("Sent to 1 of 1 group")
    assert [meeting.topic for meeting in await stage.zoom.meetings()] == ["Tajweed"]


# Before there can be a class


async def test_without_zoom_the_next_step_is_a_button(stage: Stage) -> None:
    cast = await stage.school(invite, link)
    await cast.aisha.types(WHOLE_LINE)
    said = await cast.aisha.sees("Connect your Zoom account first")
    assert said.has_button("Connect Zoom")
    await stage.assert_nothing_was_made()


async def test_without_any_group_the_way_to_one_is_said(stage: Stage) -> None:
    cast = await stage.school(invite, connect)
    await cast.aisha.types("/newclass Tajweed tomorrow 18:00 45m")
    await cast.aisha.sees("You have no group yet. Add me to your students' group and type /link")
    await stage.assert_nothing_was_made()


async def test_a_class_goes_on_after_a_broken_grant_is_connected_again(
    stage: Stage, school: Cast
) -> None:
    await school.aisha_zoom.grant_ends()
    await school.aisha.types(WHOLE_LINE)
    said = await school.aisha.sees(
        "Zoom no longer lets me in as aisha@example.org. Connect again and I will go on where we"
        " stopped."
    )
    assert said.has_button("Connect Zoom")
    await school.aisha.types("/newclass Fiqh tomorrow 20:00 45m #Sisters")
    await school.aisha.sees("Zoom no longer lets me in as aisha@example.org.")
    assert (await stage.count(course), await stage.zoom.meetings()) == (1, [])
    await stage.plays(connect, school)
    await school.khadija.sees("Tajweed", in_=school.sisters)
    assert [meeting.topic for meeting in await stage.zoom.meetings()] == ["Tajweed"]


# Once only


async def test_pressing_create_again_and_again_makes_one_class(stage: Stage, school: Cast) -> None:
    await school.aisha.types("/newclass Tajweed tomorrow 18:00 45m")
    await school.aisha.sees("Which groups?")
    await school.aisha.presses("Beginners A")
    await pressed_at_once(school.aisha, "Create for 1 group", 4)
    await school.aisha.sees("Sent to 1 of 1 group")
    assert (await stage.count(lesson), await stage.count(draft)) == (1, 0)
    assert len(await stage.zoom.meetings()) == 1
    cards = (await school.khadija.looks(at=school.beginners)).messages
    assert sum(message.has_button("Join class") for message in cards) == 1


async def test_an_update_that_comes_twice_makes_one_class(stage: Stage, school: Cast) -> None:
    await stage.people.fault("duplicate_update")
    await school.aisha.types(WHOLE_LINE)
    await school.aisha.sees("Sent to 2 of 2 groups")
    await school.aisha.types("/classes")  # handled after the repetition
    listed = await school.aisha.sees("Your classes:")
    assert len(listed.labels) == 3  # the class, and two below all classes
    assert (await stage.count(lesson), len(await stage.zoom.meetings())) == (1, 1)


async def test_an_update_that_was_handled_but_not_confirmed_makes_one_class(
    stage: Stage, school: Cast
) -> None:
    await stage.polls_quietly()
    await stage.people.fault("server_error", "getUpdates", times=50)
    # The poll under way still brings the line; that it was handled, Telegram does not hear.
    await school.aisha.types(WHOLE_LINE)
    await school.aisha.sees("Sent to 2 of 2 groups")
    await stage.crash()
    await stage.people.no_faults()
    await stage.start()
    await school.aisha.types("/classes")
    assert len((await school.aisha.sees("Your classes:")).labels) == 3
    assert (await stage.count(lesson), len(await stage.zoom.meetings())) == (1, 1)


# Zoom does not answer


async def test_while_zoom_is_down_the_class_is_kept_and_try_now_makes_it(
    stage: Stage, school: Cast
) -> None:
    await stage.zoom.goes_down()
    await school.khadija.catches_up()
    await school.aisha.types(WHOLE_LINE)
    said = await school.aisha.sees(
        "Zoom is not answering. Your class is saved and I will try again in a minute.", within=90
    )
    assert said.labels == ["Try now", "Discard"]
    await school.khadija.sees_nothing_new(0.2, in_=school.sisters)
    await stage.zoom.no_faults()
    await school.aisha.presses("Try now")
    await school.aisha.sees("Sent to 2 of 2 groups")
    assert len(await stage.zoom.meetings()) == 1


async def test_while_zoom_is_down_the_class_is_made_later_by_itself(
    stage: Stage, school: Cast
) -> None:
    await stage.zoom.goes_down()
    await school.aisha.types(WHOLE_LINE)
    await school.aisha.sees("Zoom is not answering.", within=90)
    await stage.zoom.no_faults()
    stage.forward(timedelta(minutes=2))
    await school.aisha.sees("Sent to 2 of 2 groups")
    assert len(await stage.zoom.meetings()) == 1


async def test_a_class_that_zoom_never_answered_for_can_be_discarded(
    stage: Stage, school: Cast
) -> None:
    await stage.zoom.goes_down()
    await school.aisha.types(WHOLE_LINE)
    await school.aisha.presses("Discard", within=90)
    await school.aisha.sees("cancelled")
    await stage.zoom.no_faults()
    stage.forward(timedelta(hours=1))
    await school.aisha.types("/classes")
    await school.aisha.sees("No classes ahead.")
    assert await stage.zoom.meetings() == []
