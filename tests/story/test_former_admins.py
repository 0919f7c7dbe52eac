"""Who is no admin any more is none in any way: no invitation, no message, no letter of theirs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from sandbox.people import Person
from sandbox.story import Cast
from tests.story.stage import Stage
from tests.story.test_deleting import ASKED, asks
from tests.story.test_disputes import held


@pytest.fixture
async def ibrahim(stage: Stage) -> Person:
    return await stage.people.person("Ibrahim", username="ibrahim")


@asynccontextmanager
async def admin_for_a_while(stage: Stage, person: Person) -> AsyncIterator[None]:
    """In the settings, and then no more; the program is started again for each."""
    others = stage.settings.admin_ids
    await _start_with(stage, others | {person.id})
    await person.types("/start")
    await person.sees("")
    yield
    await _start_with(stage, others)
    await person.catches_up()


async def _start_with(stage: Stage, admins: frozenset[int]) -> None:
    await stage.stop()
    stage.settings = stage.settings.model_copy(update={"admin_ids": admins})
    await stage.start()


async def test_their_invitations_make_nobody_a_teacher(stage: Stage, ibrahim: Person) -> None:
    async with admin_for_a_while(stage, ibrahim):
        await ibrahim.types("/invite")
        link = (await ibrahim.sees("invitation for one teacher")).button("Copy").value
    stranger = await stage.people.person("Zayd")
    await stranger.follows(link)
    await stranger.sees("Whoever made this invitation is no admin any more.")
    await stranger.types("/newclass")
    await stranger.sees("This is for Darulkubra's teachers.")


async def test_a_dispute_that_they_saw_tells_them_nothing_more(
    stage: Stage, school: Cast, ibrahim: Person
) -> None:
    async with admin_for_a_while(stage, ibrahim):
        summary = await held(stage, school)
        await school.aisha.presses("Something is wrong", on=summary)
        await school.aisha.presses("Wrong length")
        await school.aisha.sees("How long did you really teach")
        await school.aisha.types("50 min, Zoom froze and we went on by phone")
        asked = await school.admin.sees("Wrong length")
        await ibrahim.sees("Wrong length")
    before = [one.text for one in (await ibrahim.looks()).messages]
    await school.admin.presses("Other minutes", on=asked)
    await school.admin.sees("Type the minutes that count and why")
    await school.admin.types("40 min, as her students say")
    await school.admin.sees("Done. The teacher is told.")
    await stage.all_is_shown()
    assert [one.text for one in (await ibrahim.looks()).messages] == before


async def test_a_letter_on_its_way_to_them_is_given_up(
    stage: Stage, school: Cast, ibrahim: Person
) -> None:
    async with admin_for_a_while(stage, ibrahim):
        await stage.people.fault("server_error", "sendMessage", chat_id=ibrahim.id, times=None)
        await asks(await stage.people.person("Umm Bilal"), "Zaynab")
        await school.admin.sees(ASKED)
    await stage.people.no_faults()
    stage.forward(timedelta(minutes=10))
    await ibrahim.sees_nothing_new(1)
