"""What becomes of classes when their teacher lets go of the Zoom account."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from sandbox.zoom_people import ZoomPeople, ZoomPerson
from school.errors import Outdated, Reconnect
from school.letters import ZoomRemoved
from school.model import LessonState, PostKind
from services import disconnecting, last_classes
from services.continuing import continue_series
from services.disconnecting import connection_of, deauthorized, disconnect_without_classes
from services.letters import read
from services.office import Office
from services.people import Caller, Teacher, who_is
from services.settling import settle_due
from services.substituting import hand_over
from services.zoom_access import access_token
from storage.schema import course, lesson, letter
from tests.clocks import SettableClock
from tests.services.connections import account_of, connected
from tests.services.people_of_the_school import AISHA, MUSA
from tests.services.series import (
    CAIRO,
    lessons_with,
    made_series,
    planned_at_zoom,
    planned_here,
    show_cards,
    wish,
)
from tests.services.teaching import BEGINNERS, SISTERS, made, order, standing, teacher_with


@pytest.fixture
async def teacher(office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson) -> Teacher:
    await zoom.no_per_second_limits()
    return replace(await teacher_with(office, AISHA, aisha_at_zoom, BEGINNERS), zone=CAIRO)


@pytest.fixture
async def musa(office: Office, zoom: ZoomPeople, teacher: Teacher) -> Teacher:
    del teacher  # first
    at_zoom = await zoom.user("musa@example.org", name="Musa", plan=2)
    return await teacher_with(office, MUSA, at_zoom, SISTERS)


@pytest.fixture
async def aisha(office: Office, teacher: Teacher) -> Caller:
    del teacher  # first
    return await who_is(office, AISHA)


async def without_classes(office: Office, caller: Caller) -> disconnecting.Disconnected:
    """Asked, then all of it called off."""
    found = await connection_of(office, caller)
    done = await disconnect_without_classes(office, caller, found.account_id, found.upcoming)
    assert done is not None
    return done


async def states(office: Office, lesson_id: int) -> list[LessonState]:
    return [one.state for one in await lessons_with(office, lesson_id)]


async def test_a_series_ends_and_is_not_planned_on(
    office: Office, zoom: ZoomPeople, teacher: Teacher, aisha: Caller
) -> None:
    first = await made_series(office, teacher, "weekly")
    await show_cards(office, first)
    found = await connection_of(office, aisha)
    assert (found.upcoming, len(found.next_classes)) == (60, 3)
    done = await without_classes(office, aisha)
    assert (done.called_off, done.left_at_zoom, done.upcoming) == (60, 0, 0)
    assert set(await states(office, first)) == {LessonState.CANCELLED}
    assert (PostKind.CANCELLED, BEGINNERS.id) in (await standing(office, first)).posts
    assert await zoom.meetings() == []
    assert await continue_series(office) == 0
    async with office.database.reading() as tx:
        assert (await tx.connection.execute(select(course.c.ended_at))).scalar_one() is not None


async def test_a_class_given_for_another_teacher_goes_back_to_them(
    office: Office, zoom: ZoomPeople, teacher: Teacher, musa: Teacher, aisha: Caller
) -> None:
    lesson_id = await made(office, musa, replace(order(), chat_ids=(SISTERS.id,)))
    await hand_over(office, await wish(office, musa, lesson_id), teacher.person_id)
    found = await connection_of(office, aisha)
    assert (found.upcoming, found.given_for_others) == (1, 1)
    assert (await without_classes(office, aisha)).called_off == 1
    await settle_due(office)
    now = (await standing(office, lesson_id)).lesson
    assert (now.teacher_id, now.state) == (musa.person_id, LessonState.SCHEDULED)
    assert await planned_at_zoom(zoom) == await planned_here(office, lesson_id)


async def test_a_class_that_another_teacher_gives_is_held_all_the_same(
    office: Office, zoom: ZoomPeople, teacher: Teacher, musa: Teacher, aisha: Caller
) -> None:
    first = await made_series(office, teacher)
    given = (await lessons_with(office, first))[1].id
    await hand_over(office, await wish(office, teacher, given), musa.person_id)
    assert (await without_classes(office, aisha)).called_off == 4
    assert (await states(office, first)).count(LessonState.CANCELLED) == 4
    assert await planned_at_zoom(zoom) == await planned_here(office, first)
    assert len(await planned_at_zoom(zoom)) == 1


async def test_a_class_that_is_on_goes_on(
    office: Office, zoom: ZoomPeople, teacher: Teacher, aisha: Caller
) -> None:
    first = await made_series(office, teacher)
    async with office.database.writing() as tx:
        is_on = {"state": LessonState.LIVE, "starts_at": tx.now}
        await tx.connection.execute(update(lesson).where(lesson.c.id == first).values(**is_on))
    found = await connection_of(office, aisha)
    assert (found.upcoming, found.live) == (4, 1)
    done = await without_classes(office, aisha)
    assert (done.called_off, done.live, done.upcoming) == (4, 1, 0)
    assert (await states(office, first)).count(LessonState.LIVE) == 1
    assert len(await zoom.meetings()) == 1


async def test_what_zoom_was_not_told_it_is_told_after_the_same_account_is_connected_again(
    office: Office, zoom: ZoomPeople, teacher: Teacher, aisha: Caller, aisha_at_zoom: ZoomPerson
) -> None:
    await made(office, teacher)
    await zoom.fault("status", "delete_meeting", times=None)
    done = await without_classes(office, aisha)
    assert (done.called_off, done.left_at_zoom, done.zoom_was_told) == (1, 1, True)
    await zoom.no_faults()
    assert len(await zoom.meetings()) == 1
    await connected(office, AISHA, aisha_at_zoom)
    await settle_due(office)
    assert await zoom.meetings() == []


async def test_nobody_waits_long_for_a_zoom_that_is_slow(
    office: Office,
    zoom: ZoomPeople,
    teacher: Teacher,
    aisha: Caller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await made(office, teacher)
    monkeypatch.setattr(last_classes, "_PATIENCE_S", 0.3)
    await zoom.fault("slow", "delete_meeting", seconds=5, times=None)
    async with asyncio.timeout(3):
        done = await without_classes(office, aisha)
    assert (done.called_off, done.left_at_zoom, done.zoom_was_told) == (1, 1, True)
    assert await account_of(office, AISHA) is None


async def test_a_broken_account_goes_too_and_what_stays_at_zoom_is_counted(
    office: Office,
    zoom: ZoomPeople,
    teacher: Teacher,
    aisha: Caller,
    aisha_at_zoom: ZoomPerson,
) -> None:
    await made(office, teacher)
    await aisha_at_zoom.grant_ends()
    done = await without_classes(office, aisha)
    assert (done.called_off, done.left_at_zoom, done.zoom_was_told) == (1, 1, True)
    assert await account_of(office, AISHA) is None
    assert len(await zoom.meetings()) == 1


async def test_a_try_that_was_broken_off_is_gone_on_with(
    office: Office, teacher: Teacher, aisha: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The classes are off by then, and the button still says how many there were."""
    await made(office, teacher)
    found = await connection_of(office, aisha)

    async def dies(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(disconnecting, "disconnect", dies)
        with pytest.raises(RuntimeError):
            await disconnect_without_classes(office, aisha, found.account_id, 1)
    assert await account_of(office, AISHA) is not None
    assert await disconnect_without_classes(office, aisha, found.account_id, 1) is not None
    assert await account_of(office, AISHA) is None
    with pytest.raises(Outdated, match="disconnected already"):
        await disconnect_without_classes(office, aisha, found.account_id, 1)


async def test_removing_the_app_in_zoom_is_told_once_with_the_classes_that_stay(
    office: Office, teacher: Teacher, aisha_at_zoom: ZoomPerson
) -> None:
    await made_series(office, teacher)
    assert await deauthorized(office, aisha_at_zoom.user_id)
    assert not await deauthorized(office, aisha_at_zoom.user_id)
    assert await letters(office) == [ZoomRemoved("aisha@example.org", 5)]


async def test_of_an_account_that_had_ended_its_removal_is_no_more_news(
    office: Office, teacher: Teacher, aisha_at_zoom: ZoomPerson, clock: SettableClock
) -> None:
    await made(office, teacher)
    await aisha_at_zoom.grant_ends()
    clock.forward(timedelta(hours=2))
    with pytest.raises(Reconnect):
        await access_token(office, teacher.person_id)
    assert await deauthorized(office, aisha_at_zoom.user_id)
    assert [type(one).__name__ for one in await letters(office)] == ["ZoomEnded"]


async def letters(office: Office) -> list[object]:
    async with office.database.reading() as tx:
        rows = await tx.connection.execute(select(letter.c.id, letter.c.sealed_contents))
        return [
            read(tx.vault.open("letter", "sealed_contents", row.id, row.sealed_contents))
            for row in rows
        ]
