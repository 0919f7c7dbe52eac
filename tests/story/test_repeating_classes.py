"""Classes that repeat, from the teacher's line or form to the one card in the group."""

from datetime import UTC, datetime, timedelta

import pytest

from sandbox.people import Person
from sandbox.story import Cast
from sandbox.zoom_control import Json
from sandbox.zoom_rooms import ZoomMeeting
from tests.story.stage import Stage

REPEATING = 8
"""Zoom's type of a recurring meeting with fixed times."""

SERIES = '/newclass Tajweed every Mon,Wed 19:00 45m x10 #"Beginners A"'


async def the_meeting(stage: Stage) -> tuple[ZoomMeeting, Json]:
    (meeting,) = await stage.zoom.meetings()
    return meeting, await meeting.shown()


async def cards_of(person: Person, school: Cast, topic: str) -> list[str]:
    view = await person.looks(at=school.beginners)
    return [one.text for one in view.messages if topic in one.text and one.has_button("Join class")]


async def test_a_series_in_one_line_is_one_meeting_and_one_card(stage: Stage, school: Cast) -> None:
    aisha, khadija = school.aisha, school.khadija
    await aisha.types(SERIES)
    answer = await aisha.sees("Sent to 1 of 1 group")
    assert "Mon 23 Nov, 19:00–19:45 (Addis Ababa)" in answer.text
    assert "Repeats every Mon and Wed: 10 classes ahead, until 23 Dec 2026." in answer.text
    assert answer.labels == ["Start class", "Reschedule", "Cancel class", "⋯"]

    card = await khadija.sees("Repeats every Mon and Wed", in_=school.beginners)
    assert card.labels == ["Join class", "Add to calendar"]
    assert card.times[0] == int(datetime(2026, 11, 23, 16, 0, tzinfo=UTC).timestamp())
    assert len(await cards_of(khadija, school, "Tajweed")) == 1

    meeting, shown = await the_meeting(stage)
    assert (shown["type"], len(shown["occurrences"])) == (REPEATING, 10)
    assert card.button("Join class").url == meeting.join_url
    assert (await stage.zoom.meeting_at(card.button("Join class").url)).id == meeting.id
    await khadija.sees_nothing_new(0.2, in_=school.sisters)


async def test_the_guided_form_asks_how_often_and_until_when(stage: Stage, school: Cast) -> None:
    aisha, khadija = school.aisha, school.khadija
    await aisha.types("/newclass")
    first = await aisha.sees("What is the class about?")
    await aisha.types("Fiqh for beginners")
    await aisha.sees("Which groups?")
    await aisha.presses("Beginners A")
    await aisha.presses("Next")
    await aisha.sees("Which day?")
    await aisha.presses("Tomorrow")
    await aisha.sees("At what time?")
    await aisha.types("19:30")
    await aisha.sees("How long?")
    await aisha.presses("30 min")
    await aisha.sees("How often?")
    await aisha.presses("Several days a week…")
    for day in ("Mon", "Wed", "✓ Tue"):
        await aisha.sees("On which days of the week?")
        await aisha.presses(day)
    days = await aisha.sees("On which days of the week?")
    assert days.labels[:4] == ["✓ Mon", "Tue", "✓ Wed", "Thu"]
    await aisha.presses("Next ›")
    await aisha.sees("Until when?")
    await aisha.presses("4 weeks")
    whole = await aisha.sees("Is this right?")
    assert "When: Wed 25 Nov, 19:30" in whole.text
    assert "Repeats: every Mon and Wed, 8 classes, first Wed 25 Nov" in whole.text
    await aisha.presses("Create")
    answer = await aisha.sees("Sent to 1 of 1 group")
    assert answer.id == first.id
    assert "8 classes ahead, until 21 Dec 2026." in answer.text
    await khadija.sees("Repeats every Mon and Wed", in_=school.beginners)
    _, shown = await the_meeting(stage)
    assert (shown["type"], len(shown["occurrences"])) == (REPEATING, 8)


async def test_how_often_can_be_typed_and_the_end_too(stage: Stage, school: Cast) -> None:
    aisha = school.aisha
    await aisha.types("/newclass")
    await aisha.sees("What is the class about?")
    await aisha.types("Hifz")
    await aisha.sees("Which groups?")
    await aisha.presses("Sisters")
    await aisha.presses("Next")
    for question, answer in (
        ("Which day?", "tomorrow"),
        ("At what time?", "06:30"),
        ("How long?", "20"),
        ("How often?", "whenever I like"),
        ("I do not understand how often “whenever I like” is.", "daily"),
        ("Until when?", "until 2026-11-01"),
        ("the last day is 2026-11-01", "until 2026-11-30"),
    ):
        await aisha.sees(question)
        await aisha.types(answer)
    whole = await aisha.sees("Is this right?")
    assert "every day, until Mon 30 Nov, 7 classes, first Tue 24 Nov" in whole.text
    await aisha.presses("Create")
    await aisha.sees("Sent to 1 of 1 group")
    _, shown = await the_meeting(stage)
    assert len(shown["occurrences"]) == 7


async def test_a_series_without_end_is_said_to_go_on(stage: Stage, school: Cast) -> None:
    await school.aisha.types('/newclass Hifz daily 06:30 20m #"Beginners A"')
    answer = await school.aisha.sees("Sent to 1 of 1 group")
    assert "60 classes ahead" in answer.text
    assert "Zoom plans at most 60 dates at once." in answer.text
    _, shown = await the_meeting(stage)
    assert len(shown["occurrences"]) == 60


async def test_zoom_down_keeps_the_series_and_discard_leaves_nothing(
    stage: Stage, school: Cast
) -> None:
    await stage.zoom.goes_down()
    await school.khadija.catches_up()
    await school.aisha.types(SERIES)
    await school.aisha.sees("Zoom is not answering. Your class is saved", within=90)
    await school.aisha.presses("Discard")
    await school.aisha.sees("Tajweed · cancelled", within=90)
    await stage.zoom.no_faults()
    stage.forward(timedelta(minutes=10))
    await school.khadija.sees_nothing_new(0.5, in_=school.beginners)
    assert await stage.zoom.meetings() == []


async def test_a_cancellation_is_undone_from_the_card(stage: Stage, school: Cast) -> None:
    aisha, khadija = school.aisha, school.khadija
    await aisha.types('/newclass Tajweed tomorrow 18:00 45m #"Beginners A"')
    await aisha.sees("Sent to 1 of 1 group")
    await aisha.presses("Cancel class")
    await aisha.sees("Cancel Tajweed")
    await aisha.presses("Cancel class")
    await aisha.sees("Undo brings it back; it may get a new link.")
    await khadija.sees("is cancelled", in_=school.beginners)
    await aisha.presses("Undo")
    await aisha.finds_button("Start class")
    back = await khadija.sees("takes place after all", in_=school.beginners)
    (meeting,) = await stage.zoom.meetings()
    assert back.button("Join class").url == meeting.join_url


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("every Mon x0", "A series can have from 1 to 365 classes, not 0."),
        ("every Mon x1000", "A series can have from 1 to 365 classes, not 1,000."),
        ("daily until 2026-11-01", "but the last day is 2026-11-01."),
        ("every Mon from 2026-11-02", "that has passed. Leave out the first day"),
        ("monthly from 2027-01-31", "Not every month has a day 31."),
        ("daily until 2030-01-01", "A series can go on for two years"),
    ],
)
async def test_a_rule_that_cannot_be_is_explained(
    stage: Stage, school: Cast, rule: str, said: str
) -> None:
    await school.aisha.types(f"/newclass Tajweed {rule} 19:00 45m #Sisters")
    await school.aisha.sees(said)
    await stage.assert_nothing_was_made()


async def test_a_series_that_clashes_later_is_asked_about(stage: Stage, school: Cast) -> None:
    await school.aisha.types("/newclass Fiqh 2026-12-02 19:30 30m #Sisters")
    await school.aisha.sees("Sent to 1 of 1 group")
    await school.aisha.types(SERIES)
    await school.aisha.sees("On Wed 2 Dec you have “Fiqh” from 19:30 to 20:00.")
    assert len(await stage.zoom.meetings()) == 1
    await school.aisha.presses("Create anyway")
    await school.aisha.sees("Repeats every Mon and Wed")
    assert len(await stage.zoom.meetings()) == 2
