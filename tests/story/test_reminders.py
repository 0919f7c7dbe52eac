"""Classes that draw near, and teachers who do not come."""

from datetime import timedelta

import pytest

from sandbox import story
from sandbox.people import Group, Person, Seen
from sandbox.story import ADMIN_ID, Cast
from sandbox.zoom_people import ZoomMeeting
from services.reminding import remind_due
from tests.story.stage import Stage

MINUTE = timedelta(minutes=1)
LINE = '/newclass Tajweed 2026-11-26 18:00 45m #"Beginners A" #Sisters'  # in three days
DAYS_AHEAD = timedelta(days=2)  # from the day that the story's class is on


async def a_class(stage: Stage, school: Cast) -> ZoomMeeting:
    await school.aisha.types(LINE)
    await school.aisha.sees("Sent to 2 of 2 groups")
    (meeting,) = await stage.zoom.meetings()
    return meeting


async def it_is(stage: Stage, school: Cast, minutes: float) -> None:
    """So long after the start of that class."""
    await stage.zoom.delivered()
    at = school.begins + DAYS_AHEAD + minutes * MINUTE
    stage.forward(at - stage.clock())


async def reminders_in(chat: Person, text: str, group: Group | None = None) -> list[Seen]:
    """Messages that say it now."""
    return [one for one in (await chat.looks(at=group)).messages if text in one.text]


async def test_a_class_is_reminded_of_a_day_and_a_quarter_before_once_each(
    stage: Stage, school: Cast
) -> None:
    await a_class(stage, school)
    await school.khadija.catches_up()
    await it_is(stage, school, -24 * 60 - 5)
    await school.khadija.sees_nothing_new(0.2, in_=school.sisters)
    await it_is(stage, school, -24 * 60)
    for group in (school.beginners, school.sisters):
        await school.khadija.sees("is coming up", in_=group)
    await it_is(stage, school, -15)
    for group in (school.beginners, school.sisters):
        said = await school.khadija.sees("begins soon", in_=group)
        assert said.has_button("Join class")
    await it_is(stage, school, -10)
    said = await school.aisha.sees("Tajweed begins at 18:00")
    await school.aisha.presses("Start class", on=said)
    await school.aisha.sees("Your host link")
    assert await remind_due(stage.program.office) == 0
    for group in (school.beginners, school.sisters):
        for text in ("is coming up", "🔔 Tajweed with Aisha begins soon"):
            assert len(await reminders_in(school.khadija, text, group)) == 1


async def test_what_was_due_while_the_program_was_down_is_said_once_if_it_still_helps(
    stage: Stage, school: Cast
) -> None:
    await a_class(stage, school)
    await school.khadija.catches_up()
    await stage.stop()
    stage.clock.move_to(school.begins + DAYS_AHEAD - 8 * MINUTE)
    await stage.start()
    await school.khadija.sees("begins soon", in_=school.sisters)
    await school.aisha.sees("Tajweed begins at 18:00")
    await stage.stop()
    await stage.start()
    assert await remind_due(stage.program.office) == 0
    assert await reminders_in(school.khadija, "is coming up", school.sisters) == []
    assert len(await reminders_in(school.khadija, "🔔", school.sisters)) == 1
    assert len(await reminders_in(school.aisha, "Tajweed begins at 18:00")) == 1


async def test_nobody_hears_of_a_class_that_was_over_before_the_program_came_back(
    stage: Stage, school: Cast
) -> None:
    await a_class(stage, school)
    await school.khadija.catches_up()
    await school.aisha.catches_up()
    await stage.stop()
    stage.clock.move_to(school.begins + DAYS_AHEAD + 50 * MINUTE)
    await stage.start()
    stage.forward(timedelta(seconds=5))
    await school.khadija.sees_nothing_new(0.3, in_=school.sisters)
    await school.aisha.sees_nothing_new(0.1)


async def test_a_class_that_nobody_starts_is_called_for(stage: Stage, school: Cast) -> None:
    await a_class(stage, school)
    await it_is(stage, school, 3)
    said = await school.aisha.sees("was to begin 3 min ago and has not started")
    assert said.has_button("Start class")
    await it_is(stage, school, 10)
    await school.aisha.sees("was to begin 10 min ago")
    await school.admin.catches_up()
    await it_is(stage, school, 14)
    await school.admin.sees_nothing_new(0.2)
    await it_is(stage, school, 15)
    alarm = await school.admin.sees("Tajweed with Aisha was to begin 15 min ago")
    assert school.admin.id == ADMIN_ID
    assert alarm.labels == []
    assert len(await reminders_in(school.aisha, "has not started")) == 2


@pytest.fixture
async def licensed(stage: Stage) -> Cast:
    """A school whose teacher's Zoom plan tells of those who wait, and of changes."""
    cast = await stage.school(story.invite)
    await cast.aisha_zoom.changes(plan=2)
    for scene in (story.connect, story.link):
        await stage.plays(scene, cast)
    return cast


async def test_the_teacher_reads_which_students_wait_until_they_are_in(
    stage: Stage, licensed: Cast
) -> None:
    school = licensed
    meeting = await a_class(stage, school)
    await it_is(stage, school, -4)
    await school.aisha.catches_up()
    await meeting.knock("Ahmed")
    one = await school.aisha.sees("Ahmed is waiting for Tajweed")
    assert one.has_button("Start class")
    bilal = await meeting.knock("Bilal")
    two = await school.aisha.sees("2 students are waiting for Tajweed")
    assert two.id == one.id
    assert "Ahmed" in two.text
    assert "Bilal" in two.text
    await bilal.gives_up()
    await school.aisha.sees("Ahmed is waiting for Tajweed")
    await it_is(stage, school, 0)
    await meeting.start()
    over = await school.aisha.sees("nobody waits any more")
    assert over.id == one.id
    await school.khadija.sees("live now", in_=school.sisters)
    await it_is(stage, school, 47)
    await meeting.end()
    for group in (school.beginners, school.sisters):
        await school.khadija.sees("47 min · 1 student", in_=group)
    assert "Ahmed 47 min" in (await school.aisha.sees("Students: 1")).text


async def test_a_free_plans_limit_is_warned_of_and_opened_again_it_is_the_same_class(
    stage: Stage, school: Cast
) -> None:
    meeting = await a_class(stage, school)
    await it_is(stage, school, 0)
    await meeting.start()
    await meeting.join("Ahmed")
    await school.khadija.sees("live now", in_=school.sisters)
    await it_is(stage, school, 36)
    await school.aisha.catches_up()
    warning = await school.aisha.sees("Zoom ends Tajweed at 18:40")
    assert warning.has_button("Start class")
    await it_is(stage, school, 40)
    await meeting.end(reason="time_limit")
    await school.aisha.sees("Students: 1")
    await it_is(stage, school, 41)
    await meeting.start()
    await meeting.join("Ahmed")
    await school.khadija.sees("live now", in_=school.sisters)
    await it_is(stage, school, 48)
    await meeting.end()
    await school.aisha.sees("47 min")
    assert len(await reminders_in(school.aisha, "Students:")) == 1


async def test_a_link_opened_on_the_wrong_day_leaves_the_class_as_it_was(
    stage: Stage, licensed: Cast
) -> None:
    school = licensed
    meeting = await a_class(stage, school)
    await school.aisha.catches_up()
    await school.khadija.catches_up()
    await meeting.knock("Bilal")
    await meeting.start()
    await meeting.join("Ahmed")
    await meeting.end()
    await stage.zoom.delivered()
    stage.forward(5 * MINUTE)
    await school.aisha.sees_nothing_new(0.3)
    await school.khadija.sees_nothing_new(0.1, in_=school.sisters)
    await it_is(stage, school, -10)
    await school.aisha.sees("Tajweed begins at 18:00")
    await it_is(stage, school, 0)
    await meeting.start()
    await meeting.join("Ahmed")
    await school.khadija.sees("live now", in_=school.sisters)
    await it_is(stage, school, 47)
    await meeting.end()
    await school.khadija.sees("47 min · 1 student", in_=school.sisters)
    assert "Ahmed 47 min" in (await school.aisha.sees("Students: 1")).text


async def test_a_class_that_is_moved_after_its_reminder_is_reminded_of_at_its_new_time(
    stage: Stage, licensed: Cast
) -> None:
    school = licensed
    meeting = await a_class(stage, school)
    await it_is(stage, school, -15)
    await school.khadija.sees("begins soon", in_=school.sisters)
    await meeting.changed_in_zoom(start_at=school.begins + DAYS_AHEAD + 120 * MINUTE)
    await school.khadija.sees("has moved", in_=school.sisters)
    await school.khadija.catches_up()
    await it_is(stage, school, 105)
    await school.khadija.sees("🔔 Tajweed with Aisha begins soon", in_=school.sisters)
    await school.khadija.sees("see the newer message", in_=school.sisters)  # the first one
    assert len(await reminders_in(school.khadija, "🔔 Tajweed", school.sisters)) == 1
