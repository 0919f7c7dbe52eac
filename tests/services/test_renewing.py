"""Tokens that are renewed before a class needs them, and grants before they end unused."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from sandbox.zoom_people import ZoomPeople, ZoomPerson
from school.letters import ZoomEnded
from school.model import Planned
from services.cancelling import cancel
from services.disconnecting import disconnect
from services.grants import tend_grants
from services.letters import read
from services.office import Bell, Office, Turns
from services.people import Teacher, who_is
from services.renewing import renew_due
from services.zoom_access import access_token
from storage.database import Database
from storage.schema import letter, zoom_account
from storage.sealing import DataKeys
from storage.zoom_accounts import ZoomAccount
from tests.clocks import SettableClock
from tests.services.connections import account_of, connected
from tests.services.people_of_the_school import AISHA, MUSA
from tests.services.teaching import BEGINNERS, SISTERS, made, order, teacher_with

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LENGTH = timedelta(minutes=45)


@pytest.fixture
async def other_process(
    office: Office, database_path: Path, data_keys: DataKeys, clock: SettableClock
) -> AsyncIterator[Office]:
    """A second process on the same database: nothing in memory is shared."""
    async with Database.open(f"sqlite:///{database_path}", data_keys, clock) as database:
        yield replace(office, database=database, bell=Bell(), turns=Turns())


@pytest.fixture
async def aisha(office: Office, aisha_at_zoom: ZoomPerson) -> Teacher:
    """Connected just now."""
    return await teacher_with(office, AISHA, aisha_at_zoom, BEGINNERS)


async def present(office: Office) -> ZoomAccount:
    account = await account_of(office, AISHA)
    assert account is not None
    return account


async def count(zoom: ZoomPeople, what: str) -> int:
    return int((await zoom.statistics()).get(what, 0))


async def class_in(office: Office, aisha: Teacher, wait: timedelta) -> int:
    """A class that begins so long from now."""
    return await made(office, aisha, order("update:1", Planned(office.clock() + wait, LENGTH)))


async def letters(office: Office) -> list[object]:
    async with office.database.reading() as tx:
        rows = await tx.connection.execute(select(letter.c.id, letter.c.sealed_contents))
        return [read(tx.vault.open("letter", "sealed_contents", *row)) for row in rows]


# Before a class


async def test_a_token_that_would_end_before_the_class_is_under_way_is_renewed_ahead(
    office: Office, zoom: ZoomPeople, aisha: Teacher, clock: SettableClock
) -> None:
    await class_in(office, aisha, timedelta(minutes=85))
    clock.forward(40 * MINUTE)  # the class is in 45 minutes, the token lasts 20
    assert (await renew_due(office)).done == 1
    account = await present(office)
    assert account.tokens.access_expires_at == clock.now + HOUR
    assert await count(zoom, "refreshes") == 1
    assert (await renew_due(office)).done == 0
    clock.forward(45 * MINUTE)  # it begins
    assert await access_token(office, account.person_id) == account.tokens.access
    assert await count(zoom, "refreshes") == 1


async def test_a_token_that_lasts_is_left_alone(
    office: Office, zoom: ZoomPeople, aisha: Teacher
) -> None:
    await class_in(office, aisha, 40 * MINUTE)
    assert (await renew_due(office)).done == 0
    assert await count(zoom, "refreshes") == 0


async def test_during_a_class_there_is_always_a_token(
    office: Office, zoom: ZoomPeople, aisha: Teacher, clock: SettableClock
) -> None:
    long = Planned(clock.now + 30 * MINUTE, timedelta(hours=4))
    await made(office, aisha, order("update:1", long))
    for _ in range(4 * 12):
        clock.forward(5 * MINUTE)
        await renew_due(office)
        assert (await present(office)).tokens.access_expires_at > clock.now + 5 * MINUTE
    assert await count(zoom, "refreshes") <= 5


@pytest.mark.parametrize("why", ["none", "tomorrow", "cancelled", "over"])
async def test_without_a_class_soon_nothing_is_renewed(
    office: Office, zoom: ZoomPeople, aisha: Teacher, clock: SettableClock, why: str
) -> None:
    match why:
        case "tomorrow":
            await class_in(office, aisha, 26 * HOUR)
        case "cancelled":
            lesson_id = await class_in(office, aisha, 85 * MINUTE)
            await cancel(office, aisha, lesson_id, for_all=False)
        case "over":
            await class_in(office, aisha, HOUR)
            clock.forward(HOUR)
    before = await count(zoom, "refreshes")
    clock.forward(59 * MINUTE)
    assert (await renew_due(office)).done == 0
    assert await count(zoom, "refreshes") == before


async def test_the_class_of_another_teacher_renews_nobody_elses(
    office: Office, zoom: ZoomPeople, aisha: Teacher, clock: SettableClock
) -> None:
    musa = await teacher_with(office, MUSA, await zoom.user("m@example.org", name="Musa"), SISTERS)
    wanted = order("update:2", Planned(clock.now + 85 * MINUTE, LENGTH), SISTERS.id)
    await made(office, musa, wanted)
    clock.forward(50 * MINUTE)
    before = (await present(office)).tokens
    assert (await renew_due(office)).done == 1
    assert (await present(office)).tokens == before
    assert aisha.person_id != musa.person_id


async def test_two_processes_renew_once_between_them(
    office: Office, other_process: Office, zoom: ZoomPeople, aisha: Teacher, clock: SettableClock
) -> None:
    await class_in(office, aisha, 85 * MINUTE)
    clock.forward(50 * MINUTE)
    await zoom.fault("slow", "token", seconds=0.2)
    await asyncio.gather(*(renew_due(one) for one in (office, other_process) * 3))
    assert await count(zoom, "calls.token") == 2  # with the exchange
    assert await count(zoom, "refreshes") == 1


async def test_while_zoom_is_away_it_is_tried_gently_and_nobody_is_told(
    office: Office, zoom: ZoomPeople, aisha: Teacher, clock: SettableClock
) -> None:
    """The class is in two hours; Zoom is away from an hour before it until it is over."""
    await class_in(office, aisha, 2 * HOUR)
    clock.forward(70 * MINUTE)
    await zoom.fault("status", "token", times=None)
    for _ in range(6 * 60):
        clock.forward(MINUTE / 4)
        assert (await renew_due(office)).done == 0
    account = await present(office)
    assert not account.is_broken
    assert await letters(office) == []
    async with office.database.reading() as tx:
        row = (await tx.connection.execute(select(zoom_account.c.renewal_tries))).scalar_one()
    assert row <= 8
    await zoom.no_faults()
    assert await access_token(office, account.person_id)


async def test_one_that_fails_does_not_keep_the_others_from_being_renewed(
    office: Office, zoom: ZoomPeople, aisha: Teacher, clock: SettableClock
) -> None:
    musa = await teacher_with(office, MUSA, await zoom.user("m@example.org", name="Musa"), SISTERS)
    await class_in(office, aisha, 85 * MINUTE)
    wanted = order("update:2", Planned(clock.now + 85 * MINUTE, LENGTH), SISTERS.id)
    await made(office, musa, wanted)
    clock.forward(50 * MINUTE)
    await zoom.fault("status", "token", times=1)
    for _ in range(3):
        await renew_due(office)
    assert await count(zoom, "refreshes") == 1
    clock.forward(2 * MINUTE)
    await renew_due(office)
    assert await count(zoom, "refreshes") == 2


async def test_tokens_of_a_short_life_are_not_renewed_all_the_time(
    office: Office, zoom: ZoomPeople, aisha: Teacher, clock: SettableClock
) -> None:
    await class_in(office, aisha, 45 * MINUTE)
    for _ in range(40):
        clock.forward(MINUTE)
        async with office.database.writing() as tx:
            short = {"access_expires_at": clock.now + 2 * MINUTE}
            await tx.connection.execute(update(zoom_account).values(**short))
        await renew_due(office)
    assert await count(zoom, "refreshes") <= 4


# Before it ends unused


async def test_a_grant_that_nobody_used_for_sixty_days_is_renewed(
    office: Office, zoom: ZoomPeople, aisha: Teacher, clock: SettableClock
) -> None:
    clock.forward(60 * DAY - MINUTE)
    assert (await renew_due(office)).done == 0
    clock.forward(MINUTE)
    assert (await renew_due(office)).done == 1
    assert (await renew_due(office)).done == 0
    assert (await present(office)).tokens.access_expires_at == clock.now + HOUR
    for _ in range(3):
        clock.forward(61 * DAY)
        assert (await renew_due(office)).done == 1
    assert await access_token(office, aisha.person_id)
    assert await count(zoom, "refused_refreshes") == 0


async def test_after_a_month_off_there_is_still_time(
    office: Office, zoom: ZoomPeople, aisha: Teacher, clock: SettableClock
) -> None:
    clock.forward(89 * DAY)
    assert (await renew_due(office)).done == 1
    assert not (await present(office)).is_broken
    assert await access_token(office, aisha.person_id)
    assert await count(zoom, "refreshes") == 1


async def test_the_accounts_of_many_are_renewed_a_few_at_a_time_until_all_are(
    office: Office, zoom: ZoomPeople, clock: SettableClock
) -> None:
    for number in range(7):
        user = replace(AISHA, id=AISHA.id + 100 + number)
        at_zoom = await zoom.user(f"t{number}@example.org", name="Teacher")
        await teacher_with(office, user, at_zoom)
    clock.forward(61 * DAY)
    assert [(await renew_due(office)).done for _ in range(3)] == [5, 2, 0]
    assert await count(zoom, "refreshes") == 7


async def test_who_has_a_class_soon_comes_before_those_whose_grant_is_only_unused(
    office: Office, zoom: ZoomPeople, aisha: Teacher, clock: SettableClock
) -> None:
    for number in range(6):
        user = replace(AISHA, id=AISHA.id + 100 + number)
        at_zoom = await zoom.user(f"t{number}@example.org", name="Teacher")
        await teacher_with(office, user, at_zoom)
    await class_in(office, aisha, 61 * DAY + 30 * MINUTE)
    clock.forward(61 * DAY)
    await zoom.fault("status", "token", times=None)
    assert (await renew_due(office)).zoom_is_away
    async with office.database.reading() as tx:
        tried = select(zoom_account.c.person_id).where(zoom_account.c.renewal_tries > 0)
        assert list((await tx.connection.execute(tried)).scalars()) == [aisha.person_id]


async def test_a_round_renews_first_and_ends_at_the_first_sign_that_zoom_is_away(
    office: Office, zoom: ZoomPeople, aisha: Teacher, clock: SettableClock
) -> None:
    zooms = [await zoom.user(f"m{number}@example.org", name="Musa") for number in range(2)]
    await zoom.fault("status", "revoke", times=None)
    for at_zoom in zooms:
        await teacher_with(office, MUSA, at_zoom)
        await disconnect(office, await who_is(office, MUSA))
    await class_in(office, aisha, timedelta(minutes=85))
    clock.forward(70 * MINUTE)  # the token is over
    asked = await count(zoom, "calls.revoke")
    await zoom.fault("status", "token", times=None)
    assert await tend_grants(office) == 0
    assert await count(zoom, "calls.revoke") == asked
    await zoom.no_faults()
    await zoom.fault("status", "revoke", times=None)
    clock.forward(3 * MINUTE)
    assert await tend_grants(office) == 1
    once = await count(zoom, "calls.revoke") - asked
    clock.forward(3 * MINUTE)
    await tend_grants(office)
    assert await count(zoom, "calls.revoke") - asked == 2 * once
    await zoom.no_faults()
    clock.forward(HOUR / 2)
    assert await tend_grants(office) >= 2


# When it has died


async def test_a_teacher_whose_grant_died_is_told_once_and_again_when_the_next_one_dies(
    office: Office,
    zoom: ZoomPeople,
    aisha: Teacher,
    aisha_at_zoom: ZoomPerson,
    clock: SettableClock,
) -> None:
    told = ZoomEnded("aisha@example.org")
    for number in (1, 2):
        await aisha_at_zoom.grant_ends()
        clock.forward(61 * DAY)
        for _ in range(3):
            await renew_due(office)
            clock.forward(HOUR)
        assert await letters(office) == [told] * number
        assert await count(zoom, "refused_refreshes") == number
        await connected(office, AISHA, aisha_at_zoom)
    assert not (await present(office)).is_broken
    assert await access_token(office, aisha.person_id)


async def test_one_dead_grant_keeps_no_other_from_being_renewed(
    office: Office,
    zoom: ZoomPeople,
    aisha: Teacher,
    aisha_at_zoom: ZoomPerson,
    clock: SettableClock,
) -> None:
    musa = await teacher_with(office, MUSA, await zoom.user("m@example.org", name="Musa"))
    await aisha_at_zoom.grant_ends()
    clock.forward(61 * DAY)
    assert (await renew_due(office)).done == 2
    assert (await present(office)).is_broken
    assert await access_token(office, musa.person_id)
    assert aisha.person_id != musa.person_id
