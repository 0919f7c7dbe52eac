"""Grants that are to end at Zoom: told until Zoom has taken it in, by one at a time."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select, update

from sandbox.zoom_people import ZoomPeople, ZoomPerson
from school.errors import Outdated, SchoolError
from school.model import ErasureKind
from services import granting
from services.connecting import finish
from services.disconnecting import deauthorized, disconnect
from services.office import Bell, Office, Turns
from services.people import who_is
from services.revoking import revoke_due
from services.zoom_access import access_token
from storage.database import Database
from storage.erasures import all_kept
from storage.revocations import Revocation, claim_revocation, put_off
from storage.schema import letter, revocation
from storage.sealing import DataKeys
from storage.zoom_accounts import ZoomAccount, zoom_user_index
from tests.clocks import SettableClock
from tests.services.connections import account_of, code_of, connected, ready_to_finish
from tests.services.people_of_the_school import AISHA, MUSA
from tests.stored import places_with

HOUR = timedelta(hours=1)
LEASE = timedelta(minutes=3)
EMAIL = "aisha@example.org"


@pytest.fixture
async def other_process(
    office: Office, database_path: Path, data_keys: DataKeys, clock: SettableClock
) -> AsyncIterator[Office]:
    """A second process on the same database: nothing in memory is shared."""
    async with Database.open(f"sqlite:///{database_path}", data_keys, clock) as database:
        yield replace(office, database=database, bell=Bell(), turns=Turns())


@pytest.fixture
async def account(office: Office, aisha_at_zoom: ZoomPerson) -> ZoomAccount:
    """Aisha's, connected just now."""
    await connected(office, AISHA, aisha_at_zoom)
    return await present(office)


@pytest.fixture
async def pending(office: Office, zoom: ZoomPeople, account: ZoomAccount) -> int:
    """Aisha has disconnected while Zoom was away; Zoom is back by now."""
    assert not account.is_broken
    await zoom.goes_down()
    assert not (await disconnect(office, await who_is(office, AISHA))).zoom_was_told
    await zoom.no_faults()
    (one,) = await revocations(office)
    return one


async def present(office: Office) -> ZoomAccount:
    account = await account_of(office, AISHA)
    assert account is not None
    return account


async def revocations(office: Office) -> list[int]:
    async with office.database.reading() as tx:
        return list((await tx.connection.execute(select(revocation.c.id))).scalars())


async def grants(zoom: ZoomPeople) -> int:
    return int((await zoom.statistics())["grants"][EMAIL])


async def attempts(office: Office) -> int:
    async with office.database.reading() as tx:
        return int((await tx.connection.execute(select(revocation.c.attempts))).scalar_one())


async def revoke_calls(zoom: ZoomPeople) -> int:
    return int((await zoom.statistics()).get("calls.revoke", 0))


async def claimed(office: Office, revocation_id: int) -> Revocation:
    """As another process has it that is at it."""
    async with office.database.writing() as tx:
        claim = await claim_revocation(tx, revocation_id, LEASE)
    assert claim is not None
    return claim


async def test_what_zoom_was_not_told_is_told_later_and_then_forgotten(
    office: Office, zoom: ZoomPeople, pending: int, clock: SettableClock
) -> None:
    assert await grants(zoom) == 1
    clock.forward(HOUR / 2)
    assert await revoke_due(office) == 1
    assert (await grants(zoom), await revocations(office)) == (0, [])
    assert pending
    clock.forward(HOUR)
    assert await revoke_due(office) == 0
    assert (await zoom.statistics())["revokes"] == 1


async def test_the_tokens_lie_in_that_row_alone_and_go_with_it(
    office: Office, account: ZoomAccount, pending: int, clock: SettableClock
) -> None:
    tokens = {
        "revocation.sealed_access_token": account.tokens.access,
        "revocation.sealed_refresh_token": account.tokens.refresh,
    }
    for place, token in tokens.items():
        async with office.database.reading() as tx:
            assert await places_with(tx, token) == {place}
    clock.forward(HOUR / 2)
    assert pending
    await revoke_due(office)
    for token in tokens.values():
        async with office.database.reading() as tx:
            assert await places_with(tx, token) == set()


async def test_each_failure_makes_the_pause_longer_up_to_a_quarter_of_an_hour(
    office: Office, zoom: ZoomPeople, pending: int, clock: SettableClock
) -> None:
    assert pending
    await zoom.fault("status", "revoke", times=None)
    tries, tried = [], await attempts(office)
    for second in range(0, 3_000, 10):
        clock.forward(timedelta(seconds=10))
        await revoke_due(office)
        if (now := await attempts(office)) > tried:
            tried = now
            tries.append(second)
    pauses = [later - earlier for earlier, later in pairwise(tries)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == 900
    assert len(tries) < 10
    await zoom.no_faults()
    clock.forward(timedelta(minutes=15))
    assert await revoke_due(office) == 1


async def test_a_pair_that_was_renewed_to_end_the_grant_is_stored_before_it_is_used(
    office: Office, zoom: ZoomPeople, account: ZoomAccount, pending: int, clock: SettableClock
) -> None:
    """So that the try after a failure has what Zoom takes."""
    clock.forward(2 * HOUR)
    await zoom.fault("status", "revoke", times=1)
    assert await revoke_due(office) == 0
    claim = await claimed(office, pending)
    assert claim.tokens.access != account.tokens.access
    assert claim.tokens.refresh != account.tokens.refresh
    assert claim.tokens.access_expires_at == clock.now + HOUR
    async with office.database.writing() as tx:
        await put_off(tx, claim, clock.now)
    assert await revoke_due(office) == 1
    assert await grants(zoom) == 0
    said = await zoom.statistics()
    assert (said["refreshes"], said.get("refused_refreshes", 0)) == (1, 0)


async def test_a_grant_that_ended_by_itself_is_asked_about_once(
    office: Office,
    zoom: ZoomPeople,
    aisha_at_zoom: ZoomPerson,
    pending: int,
    clock: SettableClock,
) -> None:
    assert pending
    await aisha_at_zoom.grant_ends()
    clock.forward(2 * HOUR)
    assert await revoke_due(office) == 1
    assert await revocations(office) == []
    assert (await zoom.statistics())["refused_refreshes"] == 1


async def test_two_processes_tell_zoom_once_between_them(
    office: Office, other_process: Office, zoom: ZoomPeople, pending: int, clock: SettableClock
) -> None:
    assert pending
    clock.forward(HOUR / 2)
    before = await revoke_calls(zoom)
    await zoom.fault("slow", "revoke", seconds=0.2)
    ended = await asyncio.gather(*(revoke_due(one) for one in (office, other_process) * 3))
    assert sum(ended) >= 1
    assert await revoke_calls(zoom) - before == 1
    assert await revocations(office) == []


async def test_what_a_crash_left_is_gone_on_with_when_its_lease_is_over(
    office: Office, zoom: ZoomPeople, pending: int, clock: SettableClock
) -> None:
    clock.forward(HOUR / 2)
    await claimed(office, pending)
    assert await revoke_due(office) == 0
    assert await grants(zoom) == 1
    clock.forward(LEASE)
    assert await revoke_due(office) == 1
    assert await grants(zoom) == 0


async def test_what_zoom_never_takes_in_ends_with_the_tokens_and_is_said_once(
    office: Office,
    zoom: ZoomPeople,
    pending: int,
    clock: SettableClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """As after the program became another at Zoom, which cannot end what the first was given."""
    await zoom.fault("status", "revoke", status=401, times=None)
    await zoom.fault("status", "token", status=401, times=None)
    clock.forward(timedelta(days=89))
    assert await revoke_due(office) == 0
    assert await revocations(office) == [pending]
    clock.forward(timedelta(days=2))
    for _ in range(2):
        assert await revoke_due(office) == 0
    assert await revocations(office) == []
    assert caplog.text.count("given up") == 1


# Connecting again


async def test_connecting_the_same_account_again_calls_the_end_off(
    office: Office,
    zoom: ZoomPeople,
    aisha_at_zoom: ZoomPerson,
    pending: int,
    clock: SettableClock,
) -> None:
    assert pending
    await connected(office, AISHA, aisha_at_zoom)
    assert await revocations(office) == []
    clock.forward(HOUR / 2)
    assert await revoke_due(office) == 0
    assert await access_token(office, (await present(office)).person_id)
    assert (await zoom.statistics()).get("revokes", 0) == 0


async def test_connecting_another_account_does_not(
    office: Office, zoom: ZoomPeople, pending: int, clock: SettableClock
) -> None:
    await connected(office, AISHA, await zoom.user("a.second@example.org", name="Aisha"))
    assert await revocations(office) == [pending]
    clock.forward(HOUR / 2)
    assert await revoke_due(office) == 1
    assert (await zoom.statistics())["grants"] == {EMAIL: 0, "a.second@example.org": 1}


async def test_an_account_that_takes_the_place_of_another_has_that_ones_grant_ended(
    office: Office, zoom: ZoomPeople, account: ZoomAccount, clock: SettableClock
) -> None:
    assert not account.is_broken
    await zoom.fault("status", "revoke", times=None)
    second = await zoom.user("a.second@example.org", name="Aisha")
    assert (await connected(office, AISHA, second)).replaced_email == EMAIL
    await zoom.no_faults()
    assert len(await revocations(office)) == 1
    async with office.database.reading() as tx:
        erased = [(one.kind, one.subject_index) for one in await all_kept(tx)]
        index = zoom_user_index(tx.vault, account.profile.zoom_user_id)
    assert erased == [(ErasureKind.ZOOM, index)]
    clock.forward(HOUR / 2)
    assert await revoke_due(office) == 1
    assert (await zoom.statistics())["grants"] == {EMAIL: 0, "a.second@example.org": 1}


async def test_a_connection_waits_for_an_end_that_is_under_way(
    office: Office,
    zoom: ZoomPeople,
    aisha_at_zoom: ZoomPerson,
    pending: int,
    clock: SettableClock,
) -> None:
    """Zoom did not take it in, and is not told again: that would end the new grant too."""
    clock.forward(HOUR / 2)
    claim = await claimed(office, pending)
    ready = await ready_to_finish(office, AISHA, aisha_at_zoom)

    async def told_in_vain() -> None:
        await asyncio.sleep(0.4)
        assert await account_of(office, AISHA) is None
        async with office.database.writing() as tx:
            await put_off(tx, claim, tx.now)

    await asyncio.gather(finish(office, AISHA, code_of(ready)), told_in_vain())
    assert await access_token(office, (await present(office)).person_id)
    assert await revocations(office) == []
    assert await revoke_due(office) == 0
    assert await grants(zoom) == 2  # Zoom keeps the former until it ends unused


async def test_a_connection_that_was_ended_with_the_former_one_is_not_kept(
    office: Office,
    zoom: ZoomPeople,
    aisha_at_zoom: ZoomPerson,
    pending: int,
    clock: SettableClock,
) -> None:
    clock.forward(HOUR / 2)
    claim = await claimed(office, pending)
    ready = await ready_to_finish(office, AISHA, aisha_at_zoom)

    async def told() -> None:
        await asyncio.sleep(0.4)
        await office.oauth.revoke(claim.tokens.access)
        async with office.database.writing() as tx:
            await put_off(tx, claim, tx.now)

    finishing, _ = await asyncio.gather(
        finish(office, AISHA, code_of(ready)), told(), return_exceptions=True
    )
    assert isinstance(finishing, Outdated)
    assert await account_of(office, AISHA) is None
    assert await grants(zoom) == 0


async def test_a_grant_that_came_for_somebody_whose_data_was_deleted_meanwhile_is_ended(
    office: Office,
    zoom: ZoomPeople,
    aisha_at_zoom: ZoomPerson,
    monkeypatch: pytest.MonkeyPatch,
    clock: SettableClock,
) -> None:
    ready = await ready_to_finish(office, AISHA, aisha_at_zoom)

    async def nobody(*_: object) -> None:
        return None

    with monkeypatch.context() as patched:
        patched.setattr(granting, "find_person", nobody)
        with pytest.raises(Outdated):
            await finish(office, AISHA, code_of(ready))
    assert await grants(zoom) == 1
    clock.forward(timedelta(minutes=1))
    assert await revoke_due(office) == 1
    assert (await grants(zoom), await revocations(office)) == (0, [])


async def test_a_grant_that_is_not_kept_stays_while_another_teacher_uses_that_account(
    office: Office, aisha_at_zoom: ZoomPerson, account: ZoomAccount
) -> None:
    ready = await ready_to_finish(office, MUSA, aisha_at_zoom)
    with pytest.raises(SchoolError, match="already connected"):
        await finish(office, MUSA, code_of(ready))
    assert await revocations(office) == []
    assert await access_token(office, account.person_id)


async def test_a_refresh_that_comes_back_after_a_disconnection_leaves_no_grant_alive(
    office: Office, zoom: ZoomPeople, account: ZoomAccount, clock: SettableClock
) -> None:
    """Another process was refreshing: the pair that was to be ended is worth nothing by then."""
    clock.forward(HOUR)
    elsewhere = replace(office, turns=Turns())
    await zoom.fault("slow", "token", when="after", seconds=0.4)

    async def disconnect_meanwhile() -> None:
        await asyncio.sleep(0.1)
        await disconnect(elsewhere, await who_is(office, AISHA))

    await asyncio.gather(
        access_token(office, account.person_id), disconnect_meanwhile(), return_exceptions=True
    )
    clock.forward(HOUR / 2)
    await revoke_due(office)
    assert (await grants(zoom), await revocations(office)) == (0, [])


async def test_a_program_that_cannot_say_who_it_is_keeps_what_is_to_be_ended(
    office: Office, zoom: ZoomPeople, pending: int, clock: SettableClock
) -> None:
    clock.forward(HOUR / 2)
    await zoom.fault("status", "revoke", status=401)
    assert await revoke_due(office) == 0
    assert await revocations(office) == [pending]


async def test_a_lost_answer_means_asking_again_which_finds_it_ended(
    office: Office, zoom: ZoomPeople, pending: int, clock: SettableClock
) -> None:
    assert pending
    clock.forward(HOUR / 2)
    await zoom.fault("drop", "revoke", when="after")
    assert await revoke_due(office) == 0
    clock.forward(HOUR / 4)
    assert await revoke_due(office) == 1
    assert (await grants(zoom), await revocations(office)) == (0, [])
    assert (await zoom.statistics())["revokes"] == 1


async def test_a_token_that_zoom_ended_early_is_renewed_to_end_the_grant(
    office: Office, zoom: ZoomPeople, pending: int, clock: SettableClock
) -> None:
    """As where its clock and ours differ."""
    async with office.database.writing() as tx:
        later = {"access_expires_at": clock.now + 5 * HOUR}
        await tx.connection.execute(
            update(revocation).where(revocation.c.id == pending).values(**later)
        )
    clock.forward(2 * HOUR)
    assert await revoke_due(office) == 1
    assert await grants(zoom) == 0
    said = await zoom.statistics()
    assert (said["refused_revokes"], said["refreshes"], said["revokes"]) == (1, 1, 1)


async def test_nobody_waits_long_for_a_zoom_that_says_nothing(
    office: Office, zoom: ZoomPeople, account: ZoomAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not account.is_broken
    monkeypatch.setattr("services.revoking._PATIENCE_S", 0.1)
    await zoom.fault("slow", "revoke", seconds=0.5)
    assert not (await disconnect(office, await who_is(office, AISHA))).zoom_was_told
    await office.unbroken.finished()
    assert (await grants(zoom), await revocations(office)) == (0, [])


async def test_zooms_report_of_our_own_revocation_tells_nobody_anything(
    office: Office, aisha_at_zoom: ZoomPerson, account: ZoomAccount, clock: SettableClock
) -> None:
    assert not account.is_broken
    await disconnect(office, await who_is(office, AISHA))
    assert not await deauthorized(office, aisha_at_zoom.user_id, clock.now)
    async with office.database.reading() as tx:
        assert (await tx.connection.execute(select(letter.c.id))).first() is None
