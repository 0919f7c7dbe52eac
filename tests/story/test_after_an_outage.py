"""The program is away while a class is held, and Zoom's webhooks are lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select

from sandbox import story
from sandbox.story import Cast
from sandbox.zoom_people import ZoomMeeting
from school.attendance import Sureness
from storage.schema import lesson, outage
from tests.story.stage import Stage

WHOLE_LINE = '/newclass Tajweed tomorrow 18:00 45m #"Beginners A" #Sisters'


async def paid_plan(_: story.Stage, cast: Cast) -> None:
    await cast.aisha_zoom.changes(plan=2)


@pytest.fixture
async def paid(stage: Stage) -> Cast:
    """Aisha's Zoom account is on a paid plan."""
    return await stage.school(paid_plan, story.invite, story.connect, story.link)


async def a_class(stage: Stage, school: Cast) -> ZoomMeeting:
    await school.aisha.types(WHOLE_LINE)
    await school.aisha.sees("Sent to 2 of 2 groups")
    (meeting,) = await stage.zoom.meetings()
    await school.aisha.catches_up()
    await school.khadija.catches_up()
    return meeting


async def at(stage: Stage, school: Cast, minutes: int) -> None:
    """So long after the class was to begin, with no webhook on its way."""
    await stage.zoom.delivered()
    stage.clock.move_to(school.begins + timedelta(minutes=minutes))


@asynccontextmanager
async def away(stage: Stage) -> AsyncIterator[None]:
    """The program crashes, whatever Zoom tells meanwhile is lost, and it is started again."""
    await stage.zoom.delivered()
    await stage.has_beaten()
    await stage.crash()
    await stage.zoom.rule("drop")
    yield
    await stage.zoom.no_rules()
    await stage.start()


async def held(stage: Stage, school: Cast, meeting: ZoomMeeting) -> None:
    """Forty minutes; Ahmed is there from 1 to 12, Bilal from 15 to 40."""
    await at(stage, school, 0)
    await meeting.start()
    await at(stage, school, 1)
    ahmed = await meeting.join("Ahmed")
    await at(stage, school, 12)
    await ahmed.leave()
    await at(stage, school, 15)
    await meeting.join("Bilal")
    await at(stage, school, 40)
    await meeting.end()


async def all_is_asked(stage: Stage) -> None:
    """Nothing more is to be asked of Zoom."""
    async with asyncio.timeout(30):
        while True:
            async with stage.program.office.database.reading() as tx:
                if await tx.connection.scalar(select(lesson.c.asked_at)) is not None:
                    return
            await asyncio.sleep(0.02)


async def sureness(stage: Stage) -> str | None:
    async with stage.program.office.database.reading() as tx:
        return await tx.connection.scalar(select(lesson.c.sureness))


async def test_a_crash_in_the_middle_of_a_class_costs_nobody_a_minute_on_a_paid_plan(
    stage: Stage, paid: Cast
) -> None:
    meeting = await a_class(stage, paid)
    await at(stage, paid, 0)
    await meeting.start()
    await at(stage, paid, 1)
    ahmed = await meeting.join("Ahmed")
    await at(stage, paid, 10)
    async with away(stage):
        await at(stage, paid, 12)
        await ahmed.leave()
        await at(stage, paid, 15)
        await meeting.join("Bilal")
        await at(stage, paid, 40)
        await meeting.end()
        await at(stage, paid, 50)
    said = await paid.aisha.sees("Bilal 25 min")
    assert "Ahmed 11 min" in said.text
    assert "Taught (you and at least one student together): 36 min" in said.text
    assert await sureness(stage) == Sureness.RECONCILED
    await paid.khadija.sees("40 min · 2 students", in_=paid.sisters)


async def test_a_class_wholly_within_an_outage_is_found_also_after_a_second_one(
    stage: Stage, paid: Cast
) -> None:
    meeting = await a_class(stage, paid)
    await stage.zoom.past_is_told(after=timedelta(minutes=20))
    async with away(stage):
        await held(stage, paid, meeting)
        await at(stage, paid, 50)  # Zoom does not tell of it yet
    async with away(stage):
        await at(stage, paid, 65)
    await paid.aisha.sees("I am asking Zoom what I missed")  # there may be another one
    assert await sureness(stage) == Sureness.RECONCILED
    await paid.khadija.sees("40 min · 2 students", in_=paid.sisters)
    stage.forward(timedelta(minutes=30))
    await all_is_asked(stage)
    await stage.all_is_shown()
    summary = (await paid.aisha.looks()).messages[-1]
    assert "Bilal 25 min" in summary.text
    assert "⚠︎" not in summary.text
    assert not summary.has_button("These times are right")
    assert await stage.count(outage) == 2


async def test_on_a_basic_plan_the_gap_is_shown_until_the_teacher_confirms(
    stage: Stage, school: Cast
) -> None:
    meeting = await a_class(stage, school)
    await at(stage, school, 0)
    await meeting.start()
    await at(stage, school, 1)
    await meeting.join("Ahmed")
    await at(stage, school, 10)
    async with away(stage):
        await at(stage, school, 29)
    await at(stage, school, 40)
    await meeting.end()
    await stage.zoom.delivered()
    said = await school.aisha.sees("No events 18:10–18:29: I was not running then.")
    assert "Ahmed 39 min" in said.text
    assert await sureness(stage) == Sureness.INFERRED
    await school.aisha.presses("These times are right", on=said)
    confirmed = await school.aisha.sees("You have confirmed these times.")
    assert "⚠︎" not in confirmed.text
    assert not confirmed.has_button("These times are right")


async def test_of_a_class_nobody_heard_of_the_teacher_of_a_basic_plan_is_asked(
    stage: Stage, school: Cast
) -> None:
    await a_class(stage, school)
    async with away(stage):
        await at(stage, school, 60)
    await school.aisha.sees_nothing_new(0.2)
    stage.forward(timedelta(minutes=80))
    asked = await school.aisha.sees("I do not know whether this class was held")
    assert asked.labels == ["It was held", "It was not held"]
    await school.aisha.presses("It was not held", on=asked)
    settled = await school.aisha.sees("You have said that it was not held.")
    assert not settled.labels


async def test_stopping_and_starting_at_once_is_no_outage(stage: Stage, school: Cast) -> None:
    await a_class(stage, school)
    for _ in range(2):
        stage.clock.move_to(stage.clock() + timedelta(minutes=30))
        await stage.stop()
        await stage.start()
    assert await stage.count(outage) == 0
