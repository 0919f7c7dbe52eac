"""A Zoom account is let go of, or lets go of us: what becomes of the tokens and of the classes."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from sandbox.people import Seen
from sandbox.story import Cast, connect
from sandbox.zoom_people import ZoomMeeting
from services.zoom_access import access_token
from storage.erasures import all_kept
from storage.schema import lesson, letter, revocation, zoom_account
from storage.zoom_accounts import ZoomAccount, find_account_of_zoom_user
from tests.story.stage import Stage

EMAIL = "aisha@example.org"
DISCONNECTED = f"Disconnected: {EMAIL}"
KEEP, STAY = "Keep classes and disconnect", "Stay connected"
CANCEL = "Cancel 1 class and disconnect"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_PATIENCE_S = 30.0
_LOOK_AGAIN_S = 0.02


async def a_class(stage: Stage, school: Cast) -> ZoomMeeting:
    """Tomorrow at 18:00, in both groups."""
    await school.aisha.types('/newclass Tajweed tomorrow 18:00 45m #"Beginners A" #Sisters')
    await school.aisha.sees("Sent to 2 of 2 groups")
    for group in (school.beginners, school.sisters):
        await school.khadija.sees("Tajweed", in_=group)
    await school.khadija.catches_up()
    (meeting,) = await stage.zoom.meetings()
    return meeting


async def asked(school: Cast, *, classes: int = 1) -> Seen:
    """/disconnect with classes to come."""
    await school.aisha.types("/disconnect")
    counted = "1 class is" if classes == 1 else f"{classes} classes are"
    return await school.aisha.sees(f"Disconnect {EMAIL}? {counted} still to come:")


async def count(stage: Stage, what: str) -> int:
    return int((await stage.zoom.statistics()).get(what, 0))


async def grants(stage: Stage) -> int:
    return int((await stage.zoom.statistics())["grants"][EMAIL])


async def eventually(
    stage: Stage, found: Callable[[], Awaitable[object]], expected: object
) -> None:
    """The workers do it when they are rung."""
    async with asyncio.timeout(_PATIENCE_S):
        while await found() != expected:
            stage.program.office.bell.grants.ring()
            await asyncio.sleep(_LOOK_AGAIN_S)


async def own_account(stage: Stage, school: Cast) -> ZoomAccount:
    async with stage.program.office.database.reading() as tx:
        account = await find_account_of_zoom_user(tx, school.aisha_zoom.user_id)
    assert account is not None
    return account


async def holds_no_token(stage: Stage) -> bool:
    return (await stage.count(zoom_account), await stage.count(revocation)) == (0, 0)


async def zoom_is_told(stage: Stage) -> None:
    await eventually(stage, lambda: stage.count(revocation), 0)


# By the teacher


async def test_without_classes_to_come_it_is_done_at_once(stage: Stage, school: Cast) -> None:
    await school.aisha.types("/disconnect")
    said = await school.aisha.sees(DISCONNECTED)
    assert "I have deleted my access, and Zoom has ended it too." in said.text
    assert await holds_no_token(stage)
    assert (await count(stage, "revokes"), await grants(stage)) == (1, 0)
    async with stage.program.office.database.reading() as tx:
        assert [one.kind for one in await all_kept(tx)] == ["zoom"]
    await school.aisha.types("/disconnect")
    await school.aisha.sees("No Zoom account is connected.")


async def test_classes_to_come_are_listed_and_kept(stage: Stage, school: Cast) -> None:
    meeting = await a_class(stage, school)
    question = await asked(school)
    assert "Tajweed" in question.text
    assert await stage.count(zoom_account) == 1
    await school.aisha.presses(KEEP)
    done = await school.aisha.sees(DISCONNECTED)
    assert "1 class that is still to come stays in Zoom" in done.text
    assert await holds_no_token(stage)
    assert await count(stage, "revokes") == 1
    assert [one.id for one in await stage.zoom.meetings()] == [meeting.id]
    await school.khadija.sees_nothing_new(0.3, in_=school.sisters)


async def test_classes_to_come_are_cancelled_before_the_tokens_go(
    stage: Stage, school: Cast
) -> None:
    await a_class(stage, school)
    await asked(school)
    await school.aisha.presses(CANCEL)
    done = await school.aisha.sees(DISCONNECTED)
    assert "1 class is cancelled, and your groups are told." in done.text
    assert "could not be deleted" not in done.text
    assert await stage.zoom.meetings() == []
    for group in (school.beginners, school.sisters):
        await school.khadija.sees("cancelled", in_=group)
    assert await holds_no_token(stage)
    assert await count(stage, "revokes") == 1


async def test_a_teacher_may_stay_connected(stage: Stage, school: Cast) -> None:
    await a_class(stage, school)
    await asked(school)
    await school.aisha.presses(STAY)
    await school.aisha.sees(f"Nothing was changed. {EMAIL} stays connected.")
    assert await stage.count(zoom_account) == 1
    assert await count(stage, "revokes") == 0


@pytest.mark.parametrize("button", [KEEP, CANCEL])
async def test_pressed_twice_it_is_done_once_and_said_clearly(
    stage: Stage, school: Cast, button: str
) -> None:
    await a_class(stage, school)
    await asked(school)
    press = await school.aisha.presses(button)
    await school.aisha.sees(DISCONNECTED)
    toast = await school.aisha.sees_toast(await school.aisha.repeats(press))
    assert "Zoom is disconnected already." in toast.text
    assert await count(stage, "revokes") == 1


async def test_a_button_of_a_former_connection_is_no_longer_current(
    stage: Stage, school: Cast
) -> None:
    await a_class(stage, school)
    question = await asked(school)
    await school.aisha.presses(KEEP)
    await school.aisha.sees(DISCONNECTED)
    await stage.plays(connect, school)
    for button in (KEEP, CANCEL, STAY):
        toast = await school.aisha.sees_toast(await school.aisha.presses_late(button, on=question))
        assert "no longer current" in toast.text
    assert await stage.count(zoom_account) == 1
    assert len(await stage.zoom.meetings()) == 1
    assert await count(stage, "revokes") == 1


async def test_a_class_that_was_made_since_is_not_cancelled_unseen(
    stage: Stage, school: Cast
) -> None:
    await a_class(stage, school)
    question = await asked(school)
    await school.aisha.types("/newclass Fiqh tomorrow 20:00 45m #Sisters")
    await school.aisha.sees("Sent to 1 of 1 group")
    toast = await school.aisha.sees_toast(await school.aisha.presses(CANCEL, on=question))
    assert "Your classes have changed meanwhile." in toast.text
    await school.aisha.sees("2 classes are still to come")
    assert len(await stage.zoom.meetings()) == 2
    assert await stage.count(zoom_account) == 1


# While Zoom is away


async def test_zoom_is_told_once_when_it_is_back_although_the_program_was_restarted(
    stage: Stage, school: Cast
) -> None:
    await stage.zoom.goes_down()
    await school.aisha.types("/disconnect")
    said = await school.aisha.sees(DISCONNECTED, within=_PATIENCE_S)
    assert "Zoom does not answer just now: I keep telling it" in said.text
    assert "You need do nothing." in said.text
    assert (await stage.count(zoom_account), await stage.count(revocation)) == (0, 1)
    await stage.stop()
    await stage.start()
    stage.forward(5 * MINUTE)
    assert await stage.count(revocation) == 1
    await stage.stop()
    await stage.zoom.no_faults()
    assert await grants(stage) == 1
    await stage.start()
    stage.forward(2 * HOUR)  # the token has run out meanwhile
    await zoom_is_told(stage)
    assert (await count(stage, "revokes"), await grants(stage)) == (1, 0)
    for _ in range(3):
        stage.forward(HOUR)
    await stage.stop()
    await stage.start()
    assert await count(stage, "revokes") == 1
    assert await count(stage, "refused_refreshes") == 0


async def test_classes_are_cancelled_although_zoom_is_away_and_what_is_left_there_is_said(
    stage: Stage, school: Cast
) -> None:
    await a_class(stage, school)
    await asked(school)
    await stage.zoom.goes_down()
    await school.aisha.presses(CANCEL)
    done = await school.aisha.sees(DISCONNECTED, within=90)
    assert "1 class is cancelled, and your groups are told." in done.text
    assert "1 meeting could not be deleted in Zoom." in done.text
    assert "I keep telling it" in done.text
    await school.khadija.sees("cancelled", in_=school.sisters)
    assert await stage.count(zoom_account) == 0
    await stage.zoom.no_faults()
    stage.forward(20 * MINUTE)
    await zoom_is_told(stage)
    assert (await count(stage, "revokes"), await grants(stage)) == (1, 0)


async def test_who_connects_again_before_zoom_was_told_stays_connected(
    stage: Stage, school: Cast
) -> None:
    await stage.zoom.goes_down()
    await school.aisha.types("/disconnect")
    await school.aisha.sees(DISCONNECTED, within=_PATIENCE_S)
    await stage.zoom.no_faults()
    await stage.plays(connect, school)
    stage.forward(HOUR)
    await a_class(stage, school)
    assert await stage.count(revocation) == 0
    assert await count(stage, "revokes") == 0


async def test_deleting_all_data_tells_zoom_as_surely(stage: Stage, school: Cast) -> None:
    await stage.zoom.goes_down()
    await school.aisha.types("/deletemydata")
    await school.aisha.sees("This will delete:")
    await school.aisha.presses("Delete my data")
    receipt = await school.aisha.sees("Receipt:", within=90)
    assert "I keep telling it" in receipt.text
    assert (await stage.count(zoom_account), await stage.count(revocation)) == (0, 1)
    await stage.stop()
    await stage.zoom.no_faults()
    await stage.start()
    stage.forward(20 * MINUTE)
    await zoom_is_told(stage)
    assert (await count(stage, "revokes"), await grants(stage)) == (1, 0)


# By Zoom


async def test_removing_the_app_inside_zoom_deletes_the_tokens_and_is_told_once(
    stage: Stage, school: Cast
) -> None:
    await a_class(stage, school)
    await school.aisha.catches_up()
    await stage.zoom.rule("duplicate", "app_deauthorized", copies=3)
    await school.aisha_zoom.removes_app()
    await stage.zoom.delivered()
    said = await school.aisha.sees(
        f"You removed me in Zoom, so I have deleted my access to {EMAIL}"
    )
    assert said.has_button("Connect Zoom")
    assert "1 class that is still to come stays in Zoom" in said.text
    assert await holds_no_token(stage)
    assert await count(stage, "calls.revoke") == 0
    assert await stage.count(letter) == 1
    assert await stage.count(lesson) == 1
    await stage.plays(connect, school)
    await school.aisha.types("/classes")
    await school.aisha.sees("Tajweed")


async def test_a_teacher_whose_grant_died_is_asked_once_to_connect_again(
    stage: Stage, school: Cast
) -> None:
    await a_class(stage, school)
    await school.aisha.catches_up()
    await school.aisha_zoom.grant_ends()
    stage.forward(school.begins - stage.clock() - 40 * MINUTE)
    said = await school.aisha.sees(f"Zoom no longer lets me in as {EMAIL}")
    assert said.has_button("Connect Zoom")
    for _ in range(3):
        stage.forward(10 * MINUTE)
        await school.aisha.types("/classes")
        await school.aisha.sees("Tajweed")
    await stage.stop()
    await stage.start()
    stage.forward(DAY)
    assert await stage.count(letter) == 1
    assert await count(stage, "refused_refreshes") == 1
    await stage.plays(connect, school)
    await school.aisha.types("/newclass Fiqh tomorrow 20:00 45m #Sisters")
    await school.aisha.sees("Sent to 1 of 1 group")


async def test_before_a_class_the_token_is_renewed_without_anybody_asking(
    stage: Stage, school: Cast
) -> None:
    await a_class(stage, school)
    assert await count(stage, "refreshes") == 0
    stage.forward(school.begins - stage.clock() - 40 * MINUTE)
    office = stage.program.office

    async def is_renewed() -> bool:
        tokens = (await own_account(stage, school)).tokens
        return tokens.access_expires_at > stage.clock() + 50 * MINUTE

    await eventually(stage, is_renewed, True)
    stage.forward(40 * MINUTE)
    account = await own_account(stage, school)
    await stage.zoom.fault("drop", "token", times=None)  # Start needs no refresh
    assert await access_token(office, account.person_id) == account.tokens.access
    assert await count(stage, "refreshes") == 1


async def test_a_grant_lives_on_although_the_program_was_off_for_a_month(
    stage: Stage, school: Cast
) -> None:
    stage.forward(50 * DAY)
    await stage.stop()
    stage.clock.move_to(stage.clock() + 31 * DAY)
    await stage.start()
    await eventually(stage, lambda: count(stage, "refreshes"), 1)
    stage.clock.move_to(stage.clock() + 40 * DAY)
    await school.aisha.types("/newclass Fiqh tomorrow 20:00 45m #Sisters")
    await school.aisha.sees("Sent to 1 of 1 group")
    assert await count(stage, "refused_refreshes") == 0
    assert await stage.count(letter) == 0
