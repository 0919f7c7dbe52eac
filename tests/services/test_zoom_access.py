"""Fresh tokens for everybody who asks, against the Zoom stand-in."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from sandbox.zoom_people import ZoomPeople, ZoomPerson
from school.errors import NotConnected, Outdated, Reconnect, SchoolError, ZoomUnavailable
from school.text import Moment
from services.disconnecting import disconnect
from services.office import Bell, Office, Turns
from services.people import who_is
from services.zoom_access import access_token, client_for, translate
from storage.database import Database
from storage.people import get_person
from storage.schema import audit_entry
from storage.sealing import DataKeys
from storage.zoom_accounts import (
    Tokens,
    ZoomAccount,
    give_lease_back,
    mark_broken,
    store_refreshed,
    take_lease,
)
from tests.clocks import SettableClock
from tests.services.connections import account_of, connected
from tests.services.people_of_the_school import AISHA
from zoom import errors

HOUR = timedelta(hours=1)
LEASE = timedelta(seconds=60)


@pytest.fixture
async def account(office: Office, aisha_at_zoom: ZoomPerson) -> ZoomAccount:
    """Aisha's, connected just now."""
    await connected(office, AISHA, aisha_at_zoom)
    return await present(office)


@pytest.fixture
async def other_process(
    office: Office, database_path: Path, data_keys: DataKeys, clock: SettableClock
) -> AsyncIterator[Office]:
    """A second process on the same database: nothing in memory is shared."""
    async with Database.open(f"sqlite:///{database_path}", data_keys, clock) as database:
        yield replace(office, database=database, bell=Bell(), turns=Turns())


async def present(office: Office) -> ZoomAccount:
    account = await account_of(office, AISHA)
    assert account is not None
    return account


async def refreshes(zoom: ZoomPeople) -> int:
    return int((await zoom.statistics()).get("refreshes", 0))


async def test_a_fresh_token_is_used_as_it_is(
    office: Office, zoom: ZoomPeople, account: ZoomAccount, clock: SettableClock
) -> None:
    clock.forward(timedelta(minutes=54))
    assert await access_token(office, account.person_id) == account.tokens.access
    assert await refreshes(zoom) == 0


async def test_a_token_with_five_minutes_left_is_renewed_and_stored_before_it_is_used(
    office: Office, zoom: ZoomPeople, account: ZoomAccount, clock: SettableClock
) -> None:
    clock.forward(timedelta(minutes=55))
    token = await access_token(office, account.person_id)
    stored = await present(office)
    assert token == stored.tokens.access != account.tokens.access
    assert stored.tokens.refresh != account.tokens.refresh
    assert stored.tokens.access_expires_at == clock.now + HOUR
    assert stored.lease_until is None
    assert await refreshes(zoom) == 1


async def test_a_rejected_token_is_renewed_although_it_seemed_fresh(
    office: Office, zoom: ZoomPeople, account: ZoomAccount
) -> None:
    rejected = account.tokens.access
    assert await access_token(office, account.person_id, rejected) != rejected
    assert await refreshes(zoom) == 1


async def test_whoever_was_rejected_with_a_former_token_takes_the_present_one(
    office: Office, zoom: ZoomPeople, account: ZoomAccount
) -> None:
    rejected = account.tokens.access
    tokens = await asyncio.gather(
        *(access_token(office, account.person_id, rejected) for _ in range(20))
    )
    assert len(set(tokens)) == 1
    assert await refreshes(zoom) == 1


async def test_two_processes_make_one_refresh_between_them(
    office: Office,
    other_process: Office,
    zoom: ZoomPeople,
    account: ZoomAccount,
    clock: SettableClock,
) -> None:
    clock.forward(HOUR)
    tokens = await asyncio.gather(
        *(access_token(one, account.person_id) for one in (office, other_process) * 10)
    )
    assert len(set(tokens)) == 1
    assert await refreshes(zoom) == 1
    assert (await zoom.statistics()).get("refused_refreshes", 0) == 0


async def test_a_lease_that_another_process_holds_is_waited_for(
    office: Office, zoom: ZoomPeople, account: ZoomAccount, clock: SettableClock
) -> None:
    clock.forward(HOUR)
    async with office.database.writing() as tx:
        lease = await take_lease(tx, account.id, LEASE)
    assert lease is not None

    async def give_back_later() -> None:
        await asyncio.sleep(0.4)
        assert await refreshes(zoom) == 0
        async with office.database.writing() as tx:
            await give_lease_back(tx, account.id, lease)

    await asyncio.gather(access_token(office, account.person_id), give_back_later())
    assert await refreshes(zoom) == 1


async def test_a_lease_left_by_a_crash_ends_by_itself(
    office: Office, zoom: ZoomPeople, account: ZoomAccount, clock: SettableClock
) -> None:
    clock.forward(HOUR)
    async with office.database.writing() as tx:
        await take_lease(tx, account.id, LEASE)
    clock.forward(LEASE)
    await access_token(office, account.person_id)
    assert await refreshes(zoom) == 1


async def test_nobody_waits_for_ever_for_a_turn_or_a_lease(
    office: Office,
    account: ZoomAccount,
    clock: SettableClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.zoom_access._PATIENCE_S", 0.05)
    clock.forward(HOUR)
    async with office.turns.of(account.person_id):
        with pytest.raises(ZoomUnavailable):
            await access_token(office, account.person_id)
    async with office.database.writing() as tx:
        await take_lease(tx, account.id, LEASE)
    with pytest.raises(ZoomUnavailable):
        await access_token(office, account.person_id)


async def test_only_the_holder_gives_a_lease_back(office: Office, account: ZoomAccount) -> None:
    async with office.database.writing() as tx:
        lease = await take_lease(tx, account.id, LEASE)
        assert lease is not None
        assert await take_lease(tx, account.id, LEASE) is None
        await give_lease_back(tx, account.id, lease + 1)
        assert await take_lease(tx, account.id, LEASE) is None
        await give_lease_back(tx, account.id, lease)
        assert await take_lease(tx, account.id, LEASE) is not None


async def test_a_pair_that_arrives_after_its_lease_ended_saves_the_grant(
    office: Office, account: ZoomAccount, clock: SettableClock
) -> None:
    """Another took over meanwhile, and was refused with the token that this pair came for."""
    used = account.tokens.refresh
    async with office.database.writing() as tx:
        lease = await take_lease(tx, account.id, LEASE)
        assert lease is not None
        assert await mark_broken(tx, account.id, used, lease)
    new = Tokens("new access", "new refresh", clock.now + HOUR)
    async with office.database.writing() as tx:
        assert await store_refreshed(tx, account.id, used, new, account.scopes)
    assert await access_token(office, account.person_id) == "new access"


async def test_a_pair_for_tokens_that_were_replaced_is_dropped(
    office: Office, account: ZoomAccount, clock: SettableClock
) -> None:
    new = Tokens("new access", "new refresh", clock.now + HOUR)
    async with office.database.writing() as tx:
        assert not await store_refreshed(tx, account.id, "an older one", new, account.scopes)
        assert not await mark_broken(tx, account.id, "an older one", lease=1)
        assert not await mark_broken(tx, account.id, account.tokens.refresh, lease=1)
    assert await access_token(office, account.person_id) == account.tokens.access


@pytest.mark.parametrize("kind", ["status", "drop"])
async def test_a_blip_never_breaks_the_account(
    office: Office, zoom: ZoomPeople, account: ZoomAccount, clock: SettableClock, kind: str
) -> None:
    clock.forward(HOUR)
    await zoom.ask("POST", "/faults", {"kind": kind, "endpoint": "token", "times": None})
    with pytest.raises(ZoomUnavailable):
        await access_token(office, account.person_id)
    await zoom.no_faults()
    kept = await present(office)
    assert not kept.is_broken
    assert kept.lease_until is None
    await access_token(office, account.person_id)


async def test_while_zoom_is_away_the_last_minutes_of_a_token_are_used(
    office: Office, zoom: ZoomPeople, account: ZoomAccount, clock: SettableClock
) -> None:
    clock.forward(timedelta(minutes=58))
    await zoom.fault("status", "token", times=None)
    assert await access_token(office, account.person_id) == account.tokens.access


async def test_a_grant_that_ended_at_zoom_breaks_the_account_once(
    office: Office,
    zoom: ZoomPeople,
    account: ZoomAccount,
    aisha_at_zoom: ZoomPerson,
    clock: SettableClock,
) -> None:
    await aisha_at_zoom.grant_ends()
    clock.forward(HOUR)
    for _ in range(3):
        with pytest.raises(Reconnect) as told:
            await access_token(office, account.person_id)
        assert told.value.text.values == {"email": "aisha@example.org"}
    assert (await present(office)).is_broken
    assert (await zoom.statistics())["refused_refreshes"] == 1
    async with office.database.reading() as tx:
        noted = await tx.connection.execute(
            select(audit_entry.c.subject).where(audit_entry.c.action == "Zoom ended a grant")
        )
        pseudonym = (await get_person(tx, account.person_id)).pseudonym
    assert noted.scalars().all() == [pseudonym]


async def test_a_stop_while_zoom_gives_a_new_pair_does_not_lose_it(
    office: Office, zoom: ZoomPeople, account: ZoomAccount, clock: SettableClock
) -> None:
    clock.forward(HOUR)
    await zoom.fault("slow", "token", when="after", seconds=5)
    async with asyncio.TaskGroup() as tasks:
        asking = tasks.create_task(access_token(office, account.person_id))
        async with asyncio.timeout(30):
            while not (await zoom.statistics()).get("refreshes"):  # noqa: ASYNC110  a test may look
                await asyncio.sleep(0.01)
        asking.cancel()  # Zoom has replaced the pair, and is yet to say so
    assert asking.cancelled()
    stored = await present(office)
    assert stored.tokens.refresh != account.tokens.refresh
    assert stored.lease_until is None
    assert await access_token(office, account.person_id) == stored.tokens.access
    assert await refreshes(zoom) == 1


async def test_a_crash_between_zooms_answer_and_its_storing_costs_one_reconnection(
    office: Office,
    zoom: ZoomPeople,
    account: ZoomAccount,
    aisha_at_zoom: ZoomPerson,
    clock: SettableClock,
) -> None:
    clock.forward(HOUR)
    await office.oauth.refresh(account.tokens.refresh)  # and the process dies here
    with pytest.raises(Reconnect):
        await access_token(office, account.person_id)
    await connected(office, AISHA, aisha_at_zoom)
    assert not (await present(office)).is_broken
    await access_token(office, account.person_id)
    assert (await zoom.statistics())["refused_refreshes"] == 1


async def test_calls_go_on_with_a_renewed_token(
    office: Office, zoom: ZoomPeople, account: ZoomAccount, clock: SettableClock
) -> None:
    client = await client_for(office, account.person_id)
    clock.forward(2 * HOUR)
    assert (await client.me()).email == "aisha@example.org"
    assert await refreshes(zoom) == 1


async def test_a_grant_that_ended_in_the_middle_of_a_call_asks_to_reconnect(
    office: Office, account: ZoomAccount, aisha_at_zoom: ZoomPerson
) -> None:
    client = await client_for(office, account.person_id)
    await aisha_at_zoom.grant_ends()
    with pytest.raises(Reconnect):
        await client.me()
    with pytest.raises(Reconnect):
        await client_for(office, account.person_id)


async def test_without_an_account_there_is_nothing_to_act_with(office: Office) -> None:
    with pytest.raises(NotConnected, match="/connect"):
        await client_for(office, 12345)


async def test_a_disconnection_waits_for_a_refresh_and_wins(
    office: Office, zoom: ZoomPeople, account: ZoomAccount, clock: SettableClock
) -> None:
    clock.forward(HOUR)
    await zoom.fault("slow", "token", seconds=0.3)
    caller = await who_is(office, AISHA)

    async def disconnect_meanwhile() -> None:
        await asyncio.sleep(0.1)
        assert (await disconnect(office, caller)).zoom_was_told

    await asyncio.gather(access_token(office, account.person_id), disconnect_meanwhile())
    assert await account_of(office, AISHA) is None
    assert (await zoom.statistics())["revokes"] == 1


async def test_tokens_are_never_logged(
    office: Office,
    zoom: ZoomPeople,
    account: ZoomAccount,
    clock: SettableClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    clock.forward(HOUR)
    await zoom.fault("status", "token", times=1)
    with pytest.raises(ZoomUnavailable):
        await access_token(office, account.person_id)
    await access_token(office, account.person_id)
    stored = await present(office)
    secrets = {account.tokens.access, account.tokens.refresh}
    secrets |= {stored.tokens.access, stored.tokens.refresh}
    assert not [secret for secret in secrets if secret in caplog.text]


CALL = "GET /users/me"


@pytest.mark.parametrize(
    ("error", "kind", "sentence"),
    [
        (errors.ZoomUnreachable(CALL, "refused"), ZoomUnavailable, "not answering"),
        (errors.ZoomUncertain(CALL, "timeout"), ZoomUnavailable, "not answering"),
        (errors.RateLimited(CALL, timedelta(seconds=1)), ZoomUnavailable, "not answering"),
        (errors.Malformed("id: missing"), ZoomUnavailable, "not answering"),
        (errors.InvalidGrant(CALL), Reconnect, "no longer lets me in"),
        (errors.TokenRejected(CALL), Reconnect, "no longer lets me in"),
        (errors.ScopeMissing(CALL), Reconnect, "permission"),
        (errors.InvalidClient(CALL), ZoomUnavailable, "tell your admin"),
        (errors.NotAllowed(CALL), SchoolError, "may not host"),
        (errors.PaidOnly(CALL), SchoolError, "paid"),
        (errors.NotFound(CALL), Outdated, "no longer knows"),
        (errors.Invalid(CALL), SchoolError, "refused"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_every_error_of_zoom_has_its_sentence(
    error: errors.ZoomError, kind: type[SchoolError], sentence: str
) -> None:
    translated = translate(error)
    assert type(translated) is kind
    assert sentence in translated.text.msgid


def test_the_daily_limit_says_when_it_ends() -> None:
    midnight = datetime(2026, 11, 24, tzinfo=UTC)
    translated = translate(errors.DailyLimitReached("POST /users/me/meetings", midnight))
    when = translated.text.values["when"]
    assert isinstance(when, Moment)
    assert when.at == midnight


def test_a_wrong_client_is_told_to_whoever_reads_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    translate(errors.InvalidClient("POST /oauth/token"))
    assert "ZOOM_CLIENT_ID" in caplog.text
