"""Ending grants at Zoom until it has taken that in, against the Zoom stand-in."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from sandbox.zoom_people import ZoomPeople, ZoomPerson
from school.errors import Outdated
from services import revoking
from services.connecting import finish
from services.disconnecting import deauthorized, disconnect
from services.leaving import delete
from services.office import Bell, Office, Turns
from services.people import who_is
from services.revoking import revoke_due
from services.unbroken import Unbroken
from services.zoom_access import access_token
from storage.database import Database
from storage.revocations import claim_revocation, put_off
from storage.schema import letter, revocation
from storage.sealing import DataKeys
from tests import stored
from tests.clocks import SettableClock
from tests.services.connections import account_of, code_of, connected, ready_to_finish
from tests.services.people_of_the_school import AISHA

HOUR = timedelta(hours=1)
LEASE = timedelta(minutes=3)


@pytest.fixture
async def other_process(
    office: Office, database_path: Path, data_keys: DataKeys, clock: SettableClock
) -> AsyncIterator[Office]:
    """A second process on the same database: nothing in memory is shared."""
    async with Database.open(f"sqlite:///{database_path}", data_keys, clock) as database:
        yield replace(office, database=database, bell=Bell(), turns=Turns(), unbroken=Unbroken())


@pytest.fixture
async def untold(office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson) -> str:
    """Aisha has disconnected while Zoom was away, which it is no more; her former access token."""
    await connected(office, AISHA, aisha_at_zoom)
    account = await account_of(office, AISHA)
    assert account is not None
    await zoom.fault("status", "revoke", times=None)
    assert not (await disconnect(office, await who_is(office, AISHA))).zoom_was_told
    await zoom.no_faults()
    return account.tokens.access


async def waiting(office: Office) -> list[int]:
    async with office.database.reading() as tx:
        return list((await tx.connection.execute(select(revocation.c.id))).scalars())


async def figures(zoom: ZoomPeople) -> dict[str, int]:
    names = ("revokes", "refreshes", "refused_refreshes")
    found = await zoom.statistics()
    return {name: found[name] for name in names if name in found}


async def grants(zoom: ZoomPeople) -> int:
    return int((await zoom.statistics())["grants"]["aisha@example.org"])


async def test_the_tokens_lie_nowhere_but_with_what_is_to_end_them(
    office: Office, untold: str
) -> None:
    async with office.database.reading() as tx:
        assert await stored.places_with(tx, untold) == {"revocation.sealed_access_token"}


async def test_zoom_is_told_again_at_growing_pauses_until_it_takes_it_in(
    office: Office, zoom: ZoomPeople, untold: str, clock: SettableClock
) -> None:
    del untold
    assert await revoke_due(office) == 0  # not yet again
    await zoom.fault("status", "revoke", times=None)
    for _ in range(60 * 4):  # four hours, minute by minute
        clock.forward(timedelta(minutes=1))
        await revoke_due(office)
    async with office.database.reading() as tx:
        tries = (await tx.connection.execute(select(revocation.c.attempts))).scalar_one()
    assert 15 <= tries <= 25
    await zoom.no_faults()
    clock.forward(timedelta(minutes=15))
    assert await revoke_due(office) == 1
    assert (await waiting(office), await grants(zoom)) == ([], 0)


async def test_a_lost_answer_means_asking_again_which_finds_it_ended(
    office: Office, zoom: ZoomPeople, untold: str, clock: SettableClock
) -> None:
    del untold
    clock.forward(timedelta(minutes=1))
    await zoom.fault("drop", "revoke", when="after")
    assert await revoke_due(office) == 0
    clock.forward(timedelta(minutes=15))
    assert await revoke_due(office) == 1
    assert (await waiting(office), await grants(zoom)) == ([], 0)
    assert (await figures(zoom))["revokes"] == 1


async def test_the_new_pair_of_an_expired_one_is_stored_before_it_is_used(
    office: Office, zoom: ZoomPeople, untold: str, clock: SettableClock
) -> None:
    """Zoom dies between the refresh and the revocation, and the old pair opens nothing."""
    clock.forward(2 * HOUR)
    await zoom.fault("status", "revoke", times=1)
    assert await revoke_due(office) == 0
    async with office.database.reading() as tx:
        assert await stored.places_with(tx, untold) == set()
    clock.forward(HOUR - timedelta(minutes=1))
    assert await revoke_due(office) == 1
    assert await figures(zoom) == {"revokes": 1, "refreshes": 1}


async def test_a_token_that_zoom_ended_early_is_renewed_for_it(
    office: Office, zoom: ZoomPeople, untold: str, clock: SettableClock
) -> None:
    """As where its clock and ours differ."""
    del untold
    async with office.database.writing() as tx:
        later = clock.now + 5 * HOUR
        await tx.connection.execute(revocation.update().values(access_expires_at=later))
    clock.forward(2 * HOUR)
    assert await revoke_due(office) == 1
    assert await grants(zoom) == 0
    assert await figures(zoom) == {"revokes": 1, "refreshes": 1}


async def test_two_processes_tell_zoom_once(
    office: Office, other_process: Office, zoom: ZoomPeople, untold: str, clock: SettableClock
) -> None:
    del untold
    clock.forward(timedelta(minutes=1))
    await zoom.fault("slow", "revoke", seconds=0.2)
    await asyncio.gather(*(revoke_due(one) for one in (office, other_process) * 3))
    assert await waiting(office) == []
    assert await figures(zoom) == {"revokes": 1}


async def test_what_a_crash_left_is_gone_on_with_when_its_lease_is_over(
    office: Office, untold: str, clock: SettableClock
) -> None:
    del untold
    clock.forward(timedelta(minutes=1))
    (one,) = await waiting(office)
    async with office.database.writing() as tx:
        crashed = await claim_revocation(tx, one, LEASE)
    assert crashed is not None
    assert await revoke_due(office) == 0
    clock.forward(LEASE)
    assert await revoke_due(office) == 1
    async with office.database.writing() as tx:
        await put_off(tx, crashed, clock.now)  # it was not dead, only late
    assert await waiting(office) == []


async def test_nobody_waits_for_a_zoom_that_says_nothing(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revoking, "_PATIENCE_S", 0.1)
    await connected(office, AISHA, aisha_at_zoom)
    await zoom.fault("slow", "revoke", seconds=0.5)
    assert not (await disconnect(office, await who_is(office, AISHA))).zoom_was_told
    await office.unbroken.finished()
    assert (await waiting(office), await grants(zoom)) == ([], 0)


async def test_connecting_the_same_account_again_calls_it_off(
    office: Office, zoom: ZoomPeople, untold: str, aisha_at_zoom: ZoomPerson, clock: SettableClock
) -> None:
    del untold
    result = await connected(office, AISHA, aisha_at_zoom)
    assert result.replaced_email is None
    assert await waiting(office) == []
    clock.forward(HOUR)
    assert await revoke_due(office) == 0
    account = await account_of(office, AISHA)
    assert account is not None
    await access_token(office, account.person_id)
    assert "revokes" not in await figures(zoom)


async def test_connecting_another_account_does_not(
    office: Office, zoom: ZoomPeople, untold: str, clock: SettableClock
) -> None:
    del untold
    other = await zoom.user("school@example.org", name="School")
    await connected(office, AISHA, other)
    clock.forward(timedelta(minutes=1))
    assert await revoke_due(office) == 1
    assert (await zoom.statistics())["grants"] == {
        "aisha@example.org": 0,
        "school@example.org": 1,
    }


async def test_an_account_in_place_of_another_has_that_ones_grant_ended(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson, clock: SettableClock
) -> None:
    await connected(office, AISHA, aisha_at_zoom)
    await zoom.fault("status", "revoke", times=2)
    other = await zoom.user("school@example.org", name="School")
    assert (await connected(office, AISHA, other)).replaced_email == "aisha@example.org"
    assert len(await waiting(office)) == 1
    clock.forward(timedelta(minutes=1))
    assert await revoke_due(office) == 1
    assert await grants(zoom) == 0


async def test_a_revocation_under_way_is_awaited_and_what_it_ended_is_not_stored(
    office: Office, zoom: ZoomPeople, untold: str, aisha_at_zoom: ZoomPerson, clock: SettableClock
) -> None:
    """Zoom was told of the former grant before, and hears it after it has given the new one."""
    del untold
    code = code_of(await ready_to_finish(office, AISHA, aisha_at_zoom))
    clock.forward(timedelta(minutes=1))
    await zoom.fault("slow", "revoke", seconds=0.6)
    async with asyncio.TaskGroup() as tasks:
        telling = tasks.create_task(revoke_due(office))
        await asyncio.sleep(0.2)
        with pytest.raises(Outdated, match="Send /connect once more"):
            await finish(office, AISHA, code)
    assert telling.result() == 1
    assert await account_of(office, AISHA) is None
    await connected(office, AISHA, aisha_at_zoom)
    assert await grants(zoom) == 1


async def test_a_revocation_that_fails_under_way_leaves_the_new_grant_alone(
    office: Office, zoom: ZoomPeople, untold: str, aisha_at_zoom: ZoomPerson, clock: SettableClock
) -> None:
    del untold
    code = code_of(await ready_to_finish(office, AISHA, aisha_at_zoom))
    clock.forward(timedelta(minutes=1))
    await zoom.fault("status", "revoke", seconds=0.6)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(revoke_due(office))
        await asyncio.sleep(0.2)
        await finish(office, AISHA, code)
    assert (await waiting(office), await grants(zoom)) == ([], 2)
    clock.forward(HOUR)
    assert await revoke_due(office) == 0


async def test_a_pair_that_comes_after_the_disconnection_ends_the_grant(
    office: Office,
    other_process: Office,
    zoom: ZoomPeople,
    aisha_at_zoom: ZoomPerson,
    clock: SettableClock,
) -> None:
    """Another process was refreshing: what was deleted here is worth nothing at Zoom by then."""
    await connected(office, AISHA, aisha_at_zoom)
    account = await account_of(office, AISHA)
    assert account is not None
    clock.forward(2 * HOUR)
    await zoom.fault("slow", "token", when="after", seconds=0.5)
    async with asyncio.TaskGroup() as tasks:
        refreshing = tasks.create_task(_no_longer(other_process, account.person_id))
        await asyncio.sleep(0.2)
        await disconnect(office, await who_is(office, AISHA))
    assert refreshing.result() == "NotConnected"
    assert len(await waiting(office)) == 1
    assert await revoke_due(office) == 1
    assert await grants(zoom) == 0


async def _no_longer(office: Office, person_id: int) -> str:
    try:
        return await access_token(office, person_id)
    except Exception as error:  # noqa: BLE001  which one it is, is asserted
        return type(error).__name__


async def test_who_deletes_their_data_leaves_nothing_but_what_ends_the_grant(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson, clock: SettableClock
) -> None:
    await connected(office, AISHA, aisha_at_zoom)
    account = await account_of(office, AISHA)
    assert account is not None
    await zoom.fault("status", "revoke", times=None)
    assert (await delete(office, AISHA, account.person_id)).told_zoom is False
    await zoom.no_faults()
    async with office.database.reading() as tx:
        assert await stored.places_with(tx, account.email) == set()
    clock.forward(timedelta(minutes=1))
    assert await revoke_due(office) == 1
    assert (await waiting(office), await grants(zoom)) == ([], 0)


async def test_zooms_report_of_our_own_revocation_tells_nobody_anything(
    office: Office, aisha_at_zoom: ZoomPerson, clock: SettableClock
) -> None:
    await connected(office, AISHA, aisha_at_zoom)
    await disconnect(office, await who_is(office, AISHA))
    assert not await deauthorized(office, aisha_at_zoom.user_id, clock.now)
    async with office.database.reading() as tx:
        assert (await tx.connection.execute(select(letter.c.id))).first() is None
