"""Letting go of a Zoom account, against the Zoom stand-in."""

from datetime import timedelta

import pytest

from sandbox.zoom_people import ZoomPeople, ZoomPerson
from school.errors import NotConnected, Outdated
from services.connecting import attempt_page
from services.disconnecting import Disconnected, deauthorized, disconnect
from services.office import Office
from services.people import TelegramUser, who_is
from tests.clocks import SettableClock
from tests.services.connections import account_of, connected, link_for
from tests.services.people_of_the_school import AISHA


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
