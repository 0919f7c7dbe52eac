"""What Telegram, Zoom and the machine do wrong, and that the chats are right in the end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from sandbox.people import Group, NotSeen, Person, Seen
from sandbox.story import Cast
from sandbox.zoom_people import ZoomMeeting
from storage.schema import lesson
from tests.story.stage import Stage

WHOLE_LINE = '/newclass Tajweed tomorrow 18:00 45m #"Beginners A" #Sisters'


async def a_class(stage: Stage, school: Cast) -> ZoomMeeting:
    await school.aisha.types(WHOLE_LINE)
    await school.aisha.sees("Sent to 2 of 2 groups")
    (meeting,) = await stage.zoom.meetings()
    return meeting


async def cards_in(group: Group, student: Person) -> list[Seen]:
    return [one for one in (await student.looks(at=group)).messages if one.has_button("Join class")]


# Crashes


async def test_a_crash_after_zoom_made_the_meeting_leaves_one_meeting_and_one_card_each(
    stage: Stage, school: Cast
) -> None:
    await stage.zoom.fault("slow", "create_meeting", when="after", seconds=5)
    await school.aisha.types(WHOLE_LINE)
    async with asyncio.timeout(30):
        while not await stage.zoom.meetings():
            continue
    await stage.crash()
    await stage.zoom.no_faults()
    await stage.start()
    stage.forward(timedelta(minutes=4))  # the crashed try's lease ends
    await school.aisha.sees("Sent to 2 of 2 groups")
    assert (await stage.count(lesson), len(await stage.zoom.meetings())) == (1, 1)
    for group in (school.beginners, school.sisters):
        assert len(await cards_in(group, school.khadija)) == 1


async def test_a_stop_while_zoom_is_slow_loses_nothing(stage: Stage, school: Cast) -> None:
    await stage.zoom.fault("slow", "create_meeting", when="after", seconds=3)
    await school.aisha.types(WHOLE_LINE)
    await school.aisha.sees("Being created")
    await stage.stop()
    await stage.start()
    await school.aisha.sees("Sent to 2 of 2 groups")
    assert len(await stage.zoom.meetings()) == 1


async def test_a_stop_while_zoom_replaces_a_teachers_tokens_does_not_end_the_grant(
    stage: Stage, school: Cast
) -> None:
    await stage.zoom.fault("status", "create_meeting", status=503, times=None)
    await school.aisha.types(WHOLE_LINE)
    await school.aisha.sees("Zoom is not answering")
    await stage.zoom.no_faults()
    await stage.zoom.fault("slow", "token", when="after", seconds=1)
    stage.forward(timedelta(hours=1))
    async with asyncio.timeout(30):
        while not (await stage.zoom.statistics()).get("refreshes"):
            continue
    await stage.stop()
    await stage.start()
    await school.aisha.sees("Sent to 2 of 2 groups")
    assert not (await stage.zoom.statistics()).get("refused_refreshes")


async def test_what_people_type_while_the_program_is_down_is_answered_later(
    stage: Stage, school: Cast
) -> None:
    await stage.stop()
    await school.aisha.types(WHOLE_LINE)
    await school.aisha.types("/classes")
    await stage.start()
    await school.aisha.finds_button("Start class")
    assert len((await school.aisha.sees("Your classes:")).labels) == 3


# Zoom's webhooks


async def held(stage: Stage, meeting: ZoomMeeting, school: Cast) -> None:
    """Three students: one leaves and comes back, one has two devices, one is late."""
    await at(stage, school, 0)
    await meeting.start()
    await at(stage, school, 1)
    ahmed, bilal = await meeting.join("Ahmed"), await meeting.join("Bilal")
    await at(stage, school, 16)
    await meeting.join("Khadija")
    second = await ahmed.second_device()
    await at(stage, school, 20)
    await bilal.leave()
    await at(stage, school, 25)
    await bilal.rejoin()
    await at(stage, school, 30)
    await second.leave()
    await at(stage, school, 40)
    await meeting.end()


async def at(stage: Stage, school: Cast, minutes: int) -> None:
    """So long after the class was to begin, with no webhook on its way."""
    await stage.zoom.delivered()
    stage.clock.move_to(school.begins + timedelta(minutes=minutes))


async def sees_the_right_summary(school: Cast) -> None:
    for figures in ("Ahmed 39 min", "Bilal 34 min", "Khadija 24 min"):
        await school.aisha.sees(figures)
    await school.khadija.sees("40 min · 3 students", in_=school.sisters)


@asynccontextmanager
async def trouble(stage: Stage, kind: str) -> AsyncIterator[None]:
    """For the webhooks within it; when it ends, all of them have come."""
    match kind:
        case "duplicated":
            await stage.zoom.rule("duplicate", copies=3)
        case "held back":
            await stage.zoom.rule("hold")
        case "delayed":
            await stage.zoom.rule("delay", "meeting.participant_left", by=timedelta(seconds=90))
    yield
    await stage.zoom.no_rules()
    if kind == "held back":
        await stage.zoom.release("shuffled")
    await stage.zoom.delivered()
    stage.clock.move_to(stage.clock() + timedelta(seconds=90))
    await stage.zoom.advance()
    await stage.zoom.delivered()


@pytest.mark.parametrize("kind", ["duplicated", "held back", "delayed"])
async def test_webhooks_that_come_wrongly_give_the_same_summary(
    stage: Stage, school: Cast, kind: str
) -> None:
    meeting = await a_class(stage, school)
    await school.aisha.catches_up()
    await school.khadija.catches_up()
    async with trouble(stage, kind):
        await held(stage, meeting, school)
    await sees_the_right_summary(school)


async def test_webhooks_of_a_time_when_the_program_was_down_are_counted(
    stage: Stage, school: Cast
) -> None:
    meeting = await a_class(stage, school)
    await school.aisha.catches_up()
    await school.khadija.catches_up()
    await stage.stop()
    await held(stage, meeting, school)
    assert (await stage.zoom.delivered()).answered == 0
    await stage.start()
    stage.clock.move_to(stage.clock() + timedelta(hours=1))
    await stage.zoom.advance()
    came = await stage.zoom.delivered()
    assert (came.lost, came.waiting) == (0, 0)
    await sees_the_right_summary(school)


# Telegram


async def test_a_429_in_one_group_delays_that_group_alone(stage: Stage, school: Cast) -> None:
    await stage.people.fault(
        "too_many_requests", "sendMessage", chat_id=school.sisters.id, retry_after=4
    )
    await school.khadija.catches_up()
    await school.aisha.types(WHOLE_LINE)
    await school.khadija.sees("Tajweed", in_=school.beginners, within=3.5)
    assert await cards_in(school.sisters, school.khadija) == []
    await school.aisha.types("/help")
    await school.aisha.sees("/newclass", within=3.5)
    await school.khadija.sees("Tajweed", in_=school.sisters)
    await school.aisha.finds_button("Start class")
    assert len(await cards_in(school.sisters, school.khadija)) == 1


async def test_a_group_that_removed_the_bot_is_named_to_the_teacher(
    stage: Stage, school: Cast
) -> None:
    await school.aisha.types("/newclass Tajweed tomorrow 18:00 45m")
    await school.aisha.sees("Which groups?")
    await school.aisha.presses("Beginners A")
    await school.aisha.sees("Which groups?")
    await school.aisha.presses("Sisters")
    await school.aisha.finds_button("Create for 2 groups")
    await school.aisha.removes_bot(from_=school.sisters)
    await stage.polls_quietly()
    await school.aisha.presses("Create for 2 groups")
    said = await school.aisha.sees("Sent to 1 of 2 groups")
    assert "Sisters: I was removed. Add me again, and I post it." in said.text
    await school.aisha.adds_bot(to=school.sisters)
    await school.aisha.sees("Sent to 2 of 2 groups")


async def test_the_card_follows_a_group_that_becomes_a_supergroup(
    stage: Stage, school: Cast
) -> None:
    basic = await stage.people.group("Evening", owner=school.aisha, basic=True)
    await school.aisha.adds_bot(to=basic)
    await school.aisha.types("/link", into=basic)
    await school.aisha.sees("Evening is linked", in_=basic)
    await school.aisha.types("/newclass Tajweed tomorrow 18:00 45m #Evening")
    await school.aisha.sees("Sent to 1 of 1 group")
    upgraded = await school.aisha.upgrades(basic)
    (meeting,) = await stage.zoom.meetings()
    stage.clock.move_to(school.begins)
    await meeting.start()
    await school.aisha.sees("live now", in_=upgraded)
    await school.aisha.types("/newclass Fiqh tomorrow 20:00 45m #Evening")
    await school.aisha.sees("Fiqh", in_=upgraded)


async def test_a_send_whose_answer_was_lost_is_repeated_at_most_once(
    stage: Stage, school: Cast
) -> None:
    await stage.people.fault("drop_after", "sendMessage", chat_id=school.sisters.id, times=5)
    await school.aisha.types(WHOLE_LINE)
    await school.aisha.sees("Sent to 1 of 2 groups")
    for _ in range(3):
        stage.forward(timedelta(minutes=10))
        await school.khadija.catches_up()
        await school.khadija.sees_nothing_new(0.1, in_=school.beginners)
    await school.aisha.sees("Sisters: Telegram did not confirm it. Please look there.")
    assert 1 <= len(await cards_in(school.sisters, school.khadija)) <= 2


async def test_while_telegram_is_down_nothing_is_lost(stage: Stage, school: Cast) -> None:
    await stage.people.fault("server_error", "sendMessage", times=8)
    await school.aisha.types(WHOLE_LINE)
    for _ in range(5):
        stage.forward(timedelta(minutes=5))
        try:
            await school.aisha.sees("Sent to 2 of 2 groups", within=1)
            break
        except NotSeen:
            continue
    else:
        await school.aisha.sees("Sent to 2 of 2 groups")
    for group in (school.beginners, school.sisters):
        assert len(await cards_in(group, school.khadija)) == 1
