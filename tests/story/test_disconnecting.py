"""Disconnecting Zoom at any time: what becomes of the classes, of the grant, and what is said."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from sandbox import story
from sandbox.people import Seen
from sandbox.story import Cast
from storage.schema import revocation, zoom_account
from tests.story.stage import Stage

KEEP, CANCEL = "Keep classes and disconnect", "Cancel 1 class and disconnect"
ENDED = "Zoom no longer lets me in as"
_PATIENCE_S = 10.0
_LOOK_AGAIN_S = 0.02


async def a_class(school: Cast) -> None:
    await school.aisha.types("/newclass Tajweed tomorrow 18:00 45m #Sisters")
    await school.aisha.sees("Sent to 1 of 1 group")


async def asked(school: Cast) -> Seen:
    await school.aisha.types("/disconnect")
    return await school.aisha.sees("1 class is still to come:")


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(_PATIENCE_S):
        while True:
            if await is_so():
                return
            await asyncio.sleep(_LOOK_AGAIN_S)


async def figures(stage: Stage) -> dict[str, int]:
    found = await stage.zoom.statistics()
    return {"revokes": found.get("revokes", 0), "refreshes": found.get("refreshes", 0)}


async def grants(stage: Stage) -> int:
    return int((await stage.zoom.statistics())["grants"]["aisha@example.org"])


async def letters_with(school: Cast, text: str) -> int:
    return sum(text in one.text for one in (await school.aisha.looks()).messages)


async def test_without_classes_it_is_done_at_once(stage: Stage, school: Cast) -> None:
    await school.aisha.types("/disconnect")
    said = await school.aisha.sees("Disconnected: aisha@example.org")
    assert "I have deleted my access, and Zoom has ended it too." in said.text
    assert (await stage.count(zoom_account), await stage.count(revocation)) == (0, 0)
    assert await grants(stage) == 0
    await school.aisha.types("/disconnect")
    await school.aisha.sees("No Zoom account is connected.")


async def test_classes_are_shown_first_and_can_be_kept(stage: Stage, school: Cast) -> None:
    await a_class(school)
    question = await asked(school)
    assert "· Tajweed: Tue 24 Nov, 18:00" in question.text
    await school.aisha.presses("Stay connected")
    await school.aisha.sees("Nothing was changed. aisha@example.org stays connected.")
    assert await stage.count(zoom_account) == 1
    question = await asked(school)
    await school.aisha.presses(KEEP)
    said = await school.aisha.sees("Disconnected: aisha@example.org")
    assert "1 class that is still to come stays in Zoom" in said.text
    assert len(await stage.zoom.meetings()) == 1
    assert await stage.count(zoom_account) == 0
    again = await school.aisha.forges(question.button(KEEP).value, on=said)
    toast = await school.aisha.sees_toast(again)
    assert toast.text == "Zoom is disconnected already. To connect it again, send /connect."
    assert (await figures(stage))["revokes"] == 1


async def test_classes_can_be_cancelled_while_zoom_still_lets_us(
    stage: Stage, school: Cast
) -> None:
    await a_class(school)
    question = await asked(school)
    await school.aisha.presses(CANCEL)
    said = await school.aisha.sees("Disconnected: aisha@example.org")
    assert "1 class is cancelled, and your groups are told." in said.text
    assert "Zoom has ended it too" in said.text
    await school.khadija.sees("cancelled", in_=school.sisters)
    assert await stage.zoom.meetings() == []
    again = await school.aisha.forges(question.button(CANCEL).value, on=said)
    assert "disconnected already" in (await school.aisha.sees_toast(again)).text


async def test_a_class_made_meanwhile_is_not_cancelled_unseen(stage: Stage, school: Cast) -> None:
    await a_class(school)
    question = await asked(school)
    await school.aisha.types("/newclass Fiqh tomorrow 20:00 30m #Sisters")
    await school.aisha.sees("Sent to 1 of 1 group")
    press = await school.aisha.presses(CANCEL, on=question)
    assert "changed meanwhile" in (await school.aisha.sees_toast(press)).text
    await school.aisha.finds_button("Cancel 2 classes and disconnect")
    assert len(await stage.zoom.meetings()) == 2


async def test_a_button_from_before_a_new_connection_does_nothing(
    stage: Stage, school: Cast
) -> None:
    await a_class(school)
    question = await asked(school)
    await stage.plays(story.connect, school)
    for button in (KEEP, CANCEL, "Stay connected"):
        press = await school.aisha.presses(button, on=question)
        toast = await school.aisha.sees_toast(press)
        assert toast.text.startswith("This button is no longer current")
    assert await stage.count(zoom_account) == 1


async def test_while_zoom_is_away_the_tokens_go_and_zoom_is_told_once_it_is_back(
    stage: Stage, school: Cast
) -> None:
    await a_class(school)
    await stage.zoom.goes_down()
    await asked(school)
    await school.aisha.presses(CANCEL)
    said = await school.aisha.sees("Disconnected: aisha@example.org", within=30)
    assert "1 class is cancelled, and your groups are told." in said.text
    assert "1 meeting could not be deleted in Zoom." in said.text
    assert "Zoom does not answer just now: I keep telling it" in said.text
    await school.khadija.sees("cancelled", in_=school.sisters)
    assert (await stage.count(zoom_account), await stage.count(revocation)) == (0, 1)
    await stage.stop()
    stage.clock.move_to(stage.clock() + timedelta(hours=3))  # the access token ends meanwhile
    await stage.start()
    await stage.zoom.no_faults()
    stage.forward(timedelta(minutes=16))
    await until(lambda: _is_told(stage))
    stage.forward(timedelta(hours=1))
    assert await grants(stage) == 0
    assert await figures(stage) == {"revokes": 1, "refreshes": 1}


async def _is_told(stage: Stage) -> bool:
    return await stage.count(revocation) == 0


async def test_connecting_again_meanwhile_is_not_undone_when_zoom_is_back(
    stage: Stage, school: Cast
) -> None:
    await stage.zoom.goes_down()
    await school.aisha.types("/disconnect")
    await school.aisha.sees("Zoom does not answer just now", within=30)
    await stage.zoom.no_faults()
    await stage.plays(story.connect, school)
    assert (await stage.count(zoom_account), await stage.count(revocation)) == (1, 0)
    stage.forward(timedelta(minutes=20))
    await a_class(school)
    assert (await figures(stage))["revokes"] == 0


async def test_whoever_removes_the_app_in_zoom_reads_once_what_became_of_it(
    stage: Stage, school: Cast
) -> None:
    await a_class(school)
    await school.aisha_zoom.removes_app()
    await stage.zoom.delivered()
    said = await school.aisha.sees("You removed me in Zoom")
    assert "I have deleted my access to aisha@example.org." in said.text
    assert "1 class that is still to come stays in Zoom" in said.text
    assert said.has_button("Connect Zoom")
    assert (await stage.count(zoom_account), await stage.count(revocation)) == (0, 0)
    stage.forward(timedelta(hours=1))
    await school.aisha.types("/classes")
    await school.aisha.sees("Your classes:")
    assert await letters_with(school, "You removed me in Zoom") == 1
    assert await letters_with(school, ENDED) == 0
    assert (await figures(stage))["revokes"] == 0


async def test_a_grant_that_died_is_told_once_each_time(stage: Stage, school: Cast) -> None:
    await a_class(school)
    await school.aisha_zoom.grant_ends()
    stage.clock.move_to(school.begins - timedelta(minutes=40))
    stage.forward(timedelta())
    said = await school.aisha.sees(ENDED)
    assert said.has_button("Connect Zoom")
    for _ in range(3):
        stage.forward(timedelta(minutes=5))
        await school.aisha.types("/newclass Fiqh tomorrow 20:00 30m #Sisters")
        await school.aisha.sees("Connect again")
    assert await letters_with(school, "so I cannot make or change your classes") == 1
    await stage.plays(story.connect, school)
    await school.aisha_zoom.grant_ends()
    await school.aisha.types("/newclass Fiqh tomorrow 20:00 30m #Sisters")
    await until(lambda: _has_letters(school, 2))


async def _has_letters(school: Cast, count: int) -> bool:
    return await letters_with(school, "so I cannot make or change your classes") == count


async def test_tokens_are_new_before_a_class_begins(stage: Stage, school: Cast) -> None:
    await a_class(school)
    stage.clock.move_to(school.begins - timedelta(minutes=40))
    stage.forward(timedelta())
    await until(lambda: _has_refreshed(stage, 1))
    for _ in range(4):
        stage.forward(timedelta(minutes=10))
        await school.aisha.types("/classes")
        await school.aisha.sees("Your classes:")
    assert (await figures(stage))["refreshes"] == 1
    # It begins with the token at hand, even when Zoom gives no new ones just then.
    await stage.zoom.fault("status", "token", times=None)
    await school.aisha.presses("Tajweed")
    await school.aisha.presses("Start class")
    await school.aisha.sees("Your host link")


async def _has_refreshed(stage: Stage, count: int) -> bool:
    return (await figures(stage))["refreshes"] == count
