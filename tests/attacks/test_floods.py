"""More than one person can need: the bot is kind once, then silent, and there for all others."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from sandbox.people import Group, NotSeen, Person
from sandbox.story import Cast
from services import daily_limit
from storage.schema import connect_attempt, course, draft, invitation, lesson
from tests.story.stage import Stage, set_stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

TOO_FAST = "You are faster than I am. Give me a minute."
CALM = timedelta(minutes=1)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def stage(module_database: Path, data_key: str) -> AsyncIterator[Stage]:
    """The program with the patience that it usually has."""
    async with set_stage(module_database, data_key, pace=None) as stage:
        yield stage


async def said(person: Person, in_: Group | None = None) -> Counter[str]:
    """The bot's messages in a chat, by their text."""
    return Counter(one.text for one in (await person.looks(at=in_)).messages if one.from_bot)


async def all_is_confirmed(stage: Stage) -> None:
    async with asyncio.timeout(30):
        while (await stage.people.statistics())["pending_updates"]:  # noqa: ASYNC110  a test may look
            await asyncio.sleep(0.05)


async def floods(person: Person, text: str, times: int, into: Group | None = None) -> None:
    """As fast as the stand-in takes it."""
    chat = None if into is None else into.id
    for _ in range(times):
        await person._remote.tell("types", person=person.id, chat=chat, text=text)


async def test_one_who_floods_is_told_once_and_nobody_else_waits(
    stage: Stage, school: Cast
) -> None:
    zayd, khadija = await stage.people.person("Zayd"), school.khadija
    loop = asyncio.get_running_loop()
    took = []
    async with asyncio.TaskGroup() as together:
        flood = together.create_task(floods(zayd, "/privacy", 400))
        while not flood.done():
            began = loop.time()
            await khadija.types("/help")
            await khadija.sees("/privacy")
            took.append(loop.time() - began)
            stage.forward(timedelta(seconds=1))  # she is no faster than people are
    await all_is_confirmed(stage)
    heard = await said(zayd)
    assert heard[TOO_FAST] == 1
    assert sum(heard.values()) < 60
    assert TOO_FAST not in await said(khadija)
    assert sorted(took)[len(took) // 2] < 1.0, took


async def test_after_a_calm_minute_all_is_well_again(stage: Stage) -> None:
    bilal = await stage.people.person("Bilal")
    await floods(bilal, "/privacy", 50)
    await bilal.sees(TOO_FAST)
    await all_is_confirmed(stage)
    await bilal.types("/help")
    await bilal.sees_nothing_new(0.3)
    stage.forward(CALM)
    await bilal.types("/help")
    await bilal.sees("/privacy")


async def test_pressing_is_counted_too_and_admins_are_no_exception(
    stage: Stage, school: Cast
) -> None:
    await school.admin.types("/start")
    message = await school.admin.sees("Darulkubra")
    toasts: list[str] = []
    while not toasts or (toasts[-1] != TOO_FAST and len(toasts) < 100):
        press = await school.admin.forges("1:form.create:1:1", on=message)
        toasts.append((await school.admin.sees_toast(press)).text)
    assert 25 < len(toasts) < 60
    press = await school.admin.forges("1:form.create:1:1", on=message)
    with pytest.raises(NotSeen):
        await school.admin.sees_toast(press, within=0.3)
    await all_is_confirmed(stage)
    stage.forward(CALM)
    await school.admin.types("/help")
    await school.admin.sees("/report")


async def test_one_who_floods_a_group_is_told_once_there_and_the_group_is_served(
    stage: Stage, school: Cast
) -> None:
    await floods(school.aisha, "/next", 60, into=school.sisters)
    await school.khadija.sees(TOO_FAST, in_=school.sisters)
    await all_is_confirmed(stage)
    assert (await said(school.khadija, school.sisters))[TOO_FAST] == 1
    await school.khadija.types("/next", into=school.sisters)
    await school.khadija.sees("class", in_=school.sisters)
    stage.forward(CALM)


async def test_one_who_never_stops_in_a_group_silences_it_for_nobody_else(
    stage: Stage, school: Cast
) -> None:
    stage.forward(2 * CALM)
    told_before = (await said(school.khadija, school.sisters))[TOO_FAST]
    for number in range(40):
        await floods(school.aisha, "/next", 1, into=school.sisters)
        stage.forward(timedelta(seconds=3))
        if number % 10 == 9:
            await all_is_confirmed(stage)
            await school.khadija.types("/next", into=school.sisters)
            await school.khadija.sees("class", in_=school.sisters)
    await all_is_confirmed(stage)
    assert (await said(school.khadija, school.sisters))[TOO_FAST] == told_before + 1
    stage.forward(CALM)


async def test_what_people_say_to_each_other_is_nobodys_flood(stage: Stage, school: Cast) -> None:
    told_before = (await said(school.khadija, school.sisters))[TOO_FAST]
    await stage.people.settings(privacy_mode=False)
    await floods(school.khadija, "As-salamu alaykum", 60, into=school.sisters)
    await all_is_confirmed(stage)
    await school.khadija.types("/next", into=school.sisters)
    await school.khadija.sees("class", in_=school.sisters)
    assert (await said(school.khadija, school.sisters))[TOO_FAST] == told_before
    await stage.people.settings(privacy_mode=True)
    stage.forward(CALM)


async def test_a_day_takes_so_many_classes_of_one_teacher_and_a_series_counts_once(
    stage: Stage, school: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daily_limit, "MOST_MADE_A_DAY", 3)
    before = await stage.count(course)
    aisha = school.aisha
    for number, when in enumerate(("every Mon,Wed x10", "tomorrow", "tomorrow")):
        stage.forward(CALM)
        await aisha.types(f"/newclass Class {number} {when} 1{number}:00 30m #Sisters")
        await aisha.sees("Sent to 1 of 1 group", within=30)
    lessons = await stage.count(lesson)
    for line in ("/newclass", "/newclass One more tomorrow 15:00 30m #Sisters"):
        await aisha.types(line)
        refused = await aisha.sees("You have made 3 classes today, which is the most for one day.")
        assert "03:00" in refused.text  # when Zoom's own day begins, in Addis Ababa
    assert await stage.count(course) == before + 3
    assert await stage.count(lesson) == lessons
    assert len(await stage.zoom.meetings()) == 3
    assert await stage.count(draft) == 0
    stage.forward(timedelta(hours=12))
    await aisha.types("/newclass One more tomorrow 15:00 30m #Sisters")
    await aisha.sees("Sent to 1 of 1 group", within=30)


async def test_no_number_of_forms_and_links_is_kept_for_one_person(
    stage: Stage, school: Cast
) -> None:
    """What is asked for again takes the place of what was; forms have a most of all."""
    for _ in range(3):
        stage.forward(CALM)
        await floods(school.aisha, "/newclass", 10)
        await floods(school.aisha, "/connect", 10)
        await all_is_confirmed(stage)
    assert await stage.count(draft) <= 20
    assert await stage.count(connect_attempt) <= 1
    invited = await stage.count(invitation)
    zayd = await stage.people.person("Zayd the Second")
    await floods(zayd, "/invite", 10)
    await all_is_confirmed(stage)
    assert await stage.count(invitation) == invited
