"""Letting go of a Zoom account, against the Zoom stand-in."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from sandbox.zoom_people import ZoomPeople, ZoomPerson
from school.errors import NotConnected, Outdated
from school.letters import ZoomRemoved
from services.connecting import attempt_page
from services.disconnecting import Disconnected, deauthorized, disconnect
from services.erasure_list import bring_in_step
from services.erasures_listed import write_down
from services.letters import read
from services.office import Office
from services.people import TelegramUser, who_is
from storage.database import Database
from storage.erasure_file import ErasureFile
from storage.schema import letter
from storage.sealing import DataKeys
from tests.clocks import SettableClock
from tests.services.connections import account_of, connected, link_for
from tests.services.people_of_the_school import AISHA
from tests.services.test_erasure_list import backed_up


async def grants_of(zoom: ZoomPeople, email: str) -> int:
    return int((await zoom.statistics())["grants"][email])


async def test_tokens_are_deleted_here_and_ended_at_zoom(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson
) -> None:
    await connected(office, AISHA, aisha_at_zoom)
    result = await disconnect(office, await who_is(office, AISHA))
    assert result == Disconnected("aisha@example.org", zoom_was_told=True, upcoming=0)
    assert await account_of(office, AISHA) is None
    assert await grants_of(zoom, "aisha@example.org") == 0


async def test_an_expired_token_is_renewed_to_end_its_grant(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson, clock: SettableClock
) -> None:
    await connected(office, AISHA, aisha_at_zoom)
    clock.forward(timedelta(hours=2))
    assert (await disconnect(office, await who_is(office, AISHA))).zoom_was_told
    assert await grants_of(zoom, "aisha@example.org") == 0
    assert (await zoom.statistics())["refreshes"] == 1


async def test_zoom_being_away_keeps_no_token_here_and_is_said(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson
) -> None:
    await connected(office, AISHA, aisha_at_zoom)
    await zoom.goes_down()
    result = await disconnect(office, await who_is(office, AISHA))
    await zoom.no_faults()
    assert not result.zoom_was_told
    assert await account_of(office, AISHA) is None
    assert await grants_of(zoom, "aisha@example.org") == 1


async def test_one_hiccup_of_zoom_is_tried_again(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson
) -> None:
    await connected(office, AISHA, aisha_at_zoom)
    await zoom.fault("status", "revoke", times=1)
    assert (await disconnect(office, await who_is(office, AISHA))).zoom_was_told


async def test_a_lost_answer_of_zoom_is_found_out_by_asking_again(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson
) -> None:
    await connected(office, AISHA, aisha_at_zoom)
    await zoom.fault("drop", "revoke", when="after")
    assert (await disconnect(office, await who_is(office, AISHA))).zoom_was_told
    assert await grants_of(zoom, "aisha@example.org") == 0


async def test_a_grant_that_ended_at_zoom_counts_as_ended(
    office: Office, aisha_at_zoom: ZoomPerson
) -> None:
    await connected(office, AISHA, aisha_at_zoom)
    await aisha_at_zoom.grant_ends()
    assert (await disconnect(office, await who_is(office, AISHA))).zoom_was_told


@pytest.mark.parametrize("user", [AISHA, TelegramUser(99, "Someone")])
async def test_with_nothing_connected_one_is_told_so(office: Office, user: TelegramUser) -> None:
    with pytest.raises(NotConnected, match="No Zoom account"):
        await disconnect(office, await who_is(office, user))


async def test_disconnecting_ends_a_connection_that_was_begun(
    office: Office, aisha_at_zoom: ZoomPerson
) -> None:
    await connected(office, AISHA, aisha_at_zoom)
    token = await link_for(office, AISHA)
    await disconnect(office, await who_is(office, AISHA))
    with pytest.raises(Outdated):
        await attempt_page(office, token)


async def test_removing_the_app_at_zoom_deletes_the_tokens_here(
    office: Office, aisha_at_zoom: ZoomPerson
) -> None:
    await connected(office, AISHA, aisha_at_zoom)
    assert await deauthorized(office, aisha_at_zoom.user_id)
    assert await account_of(office, AISHA) is None
    assert not await deauthorized(office, aisha_at_zoom.user_id)


async def test_a_late_report_of_a_removal_leaves_a_newer_connection_alone(
    office: Office, aisha_at_zoom: ZoomPerson, clock: SettableClock
) -> None:
    removed_at = clock.now
    clock.forward(timedelta(minutes=20))
    await connected(office, AISHA, aisha_at_zoom)
    assert not await deauthorized(office, aisha_at_zoom.user_id, removed_at)
    assert await account_of(office, AISHA) is not None
    assert await deauthorized(office, aisha_at_zoom.user_id, clock.now)
    assert await account_of(office, AISHA) is None


@pytest.mark.parametrize("how", ["by the teacher", "inside Zoom"])
async def test_a_backup_does_not_connect_an_account_again(
    office: Office,
    aisha_at_zoom: ZoomPerson,
    tmp_path: Path,
    clock: SettableClock,
    data_keys: DataKeys,
    how: str,
) -> None:
    await connected(office, AISHA, aisha_at_zoom)
    backup = backed_up(office, tmp_path)
    file = ErasureFile(tmp_path / "school.db.erasures")
    clock.forward(timedelta(minutes=1))
    if how == "by the teacher":
        await disconnect(office, await who_is(office, AISHA))
    else:
        await deauthorized(office, aisha_at_zoom.user_id)
    assert await write_down(replace(office, erasure_file=file)) == 1
    async with Database.open(f"sqlite:///{backup}", data_keys, clock) as database:
        restored = replace(office, database=database)
        assert await account_of(restored, AISHA) is not None
        assert await bring_in_step(replace(restored, erasure_file=file)) == 1
        assert await account_of(restored, AISHA) is None


async def test_whoever_removed_the_app_at_zoom_is_told_once(
    office: Office, aisha_at_zoom: ZoomPerson
) -> None:
    await connected(office, AISHA, aisha_at_zoom)
    for _ in range(2):
        await deauthorized(office, aisha_at_zoom.user_id)
    assert await office.bell.letters.wait(0)
    async with office.database.reading() as tx:
        rows = await tx.connection.execute(select(letter.c.id, letter.c.sealed_contents))
        told = [read(tx.vault.open("letter", "sealed_contents", *row)) for row in rows]
    assert told == [ZoomRemoved("aisha@example.org", 0)]
