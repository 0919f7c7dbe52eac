"""The library against the stand-in for Zoom, over real HTTP."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from sandbox.zoom_person import ZoomPerson
from tests.zoom.stand_in import BACK, HALF_AN_HOUR, GrantTokens, Zoom, aisha, zoom
from zoom.errors import (
    DailyLimitReached,
    Invalid,
    InvalidClient,
    InvalidGrant,
    NotAllowed,
    NotFound,
    PaidOnly,
    ScopeMissing,
    TokenRejected,
    ZoomRefused,
    ZoomUncertain,
)
from zoom.models import Meeting, MeetingChanges
from zoom.oauth import REQUIRED_SCOPES, ZoomOAuth, challenge_of, new_verifier

__all__ = ["aisha", "zoom"]


# The grant


async def test_a_consent_ends_in_tokens_for_that_user(zoom: Zoom, aisha: ZoomPerson) -> None:
    pair = await zoom.grant_of(aisha)
    assert pair.lifetime == timedelta(hours=1)
    assert pair.scopes >= REQUIRED_SCOPES.keys()
    user = await zoom.api.acting_as(GrantTokens(zoom.oauth, pair)).me()
    assert (user.id, user.email, user.display_name, user.plan) == (
        aisha.user_id,
        "aisha@example.org",
        "Aisha Q",
        2,
    )


async def test_a_code_needs_the_verifier_it_began_with(zoom: Zoom, aisha: ZoomPerson) -> None:
    url = zoom.oauth.authorize_url(state="s", challenge=challenge_of(new_verifier()))
    code = parse_qs(urlsplit(await aisha.allows(url)).query)["code"][0]
    with pytest.raises(ZoomRefused):
        await zoom.oauth.exchange(code, new_verifier())


async def test_a_refresh_token_works_once(zoom: Zoom, aisha: ZoomPerson) -> None:
    pair = await zoom.grant_of(aisha)
    newer = await zoom.oauth.refresh(pair.refresh_token)
    assert newer.access_token != pair.access_token
    with pytest.raises(InvalidGrant):
        await zoom.oauth.refresh(pair.refresh_token)


async def test_an_expired_token_is_renewed_on_the_way(zoom: Zoom, aisha: ZoomPerson) -> None:
    client = await zoom.as_(aisha)
    zoom.clock.forward(timedelta(minutes=61))
    assert (await client.me()).id == aisha.user_id


async def test_an_ended_grant_is_told_as_such(zoom: Zoom, aisha: ZoomPerson) -> None:
    client = await zoom.as_(aisha)
    await aisha.grant_ends()
    with pytest.raises(InvalidGrant):
        await client.me()


async def test_a_revoked_grant_is_of_no_use(zoom: Zoom, aisha: ZoomPerson) -> None:
    pair = await zoom.grant_of(aisha)
    await zoom.oauth.revoke(pair.access_token)
    with pytest.raises(InvalidGrant):
        await zoom.oauth.refresh(pair.refresh_token)


async def test_a_wrong_client_secret_does_not_end_a_grant(zoom: Zoom, aisha: ZoomPerson) -> None:
    pair = await zoom.grant_of(aisha)
    wrong = ZoomOAuth(
        zoom.http,
        client_id="cl13nt",
        client_secret="mistyped",
        base_url=zoom.oauth_url,
        redirect_uri=BACK,
    )
    with pytest.raises(InvalidClient):
        await wrong.refresh(pair.refresh_token)
    await zoom.oauth.refresh(pair.refresh_token)


async def test_a_lost_answer_to_a_refresh_is_a_failure_for_now(
    zoom: Zoom, aisha: ZoomPerson
) -> None:
    pair = await zoom.grant_of(aisha)
    await zoom.people.fault("drop", "token")
    with pytest.raises(ZoomUncertain):
        await zoom.oauth.refresh(pair.refresh_token)
    await zoom.oauth.refresh(pair.refresh_token)


# Meetings


async def test_a_meeting_from_its_making_to_its_end(zoom: Zoom, aisha: ZoomPerson) -> None:
    client = await zoom.as_(aisha)
    wanted = zoom.wanted()
    made = await client.create_meeting(wanted)
    assert _as_wanted(made) == (wanted.topic, wanted.agenda, wanted.starts_at, wanted.length)

    later = wanted.starts_at + timedelta(days=1)
    changes = MeetingChanges(starts_at=later, zone=wanted.zone, length=HALF_AN_HOUR)
    await client.update_meeting(made.id, changes)
    moved = await client.meeting(made.id)
    assert _as_wanted(moved) == (wanted.topic, wanted.agenda, later, HALF_AN_HOUR)
    assert (moved.join_url, moved.passcode) == (made.join_url, made.passcode)
    assert await client.start_url(made.id)

    room = await zoom.people.meeting_at(made.join_url)
    await room.start()
    await client.end_meeting(made.id)
    assert len(await client.past_instances(made.id)) == 1  # only what is over is listed

    await client.delete_meeting(made.id)
    for gone in (client.meeting, client.delete_meeting, client.end_meeting):
        with pytest.raises(NotFound):
            await gone(made.id)


def _as_wanted(meeting: Meeting) -> tuple[str, str, datetime | None, timedelta | None]:
    return meeting.topic, meeting.agenda, meeting.starts_at, meeting.length


async def test_a_meeting_whose_making_was_not_answered_is_found_by_its_agenda(
    zoom: Zoom, aisha: ZoomPerson
) -> None:
    client = await zoom.as_(aisha)
    await zoom.people.fault("drop", "create_meeting", when="after")
    with pytest.raises(ZoomUncertain):
        await client.create_meeting(zoom.wanted())
    found = [one async for one in client.upcoming_meetings() if "C-7" in one.agenda]
    assert len(found) == 1
    assert (await client.meeting(found[0].id)).topic == "Tajweed"


async def test_upcoming_meetings_come_from_all_pages(
    zoom: Zoom, aisha: ZoomPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zoom.client._PAGE_SIZE", "2")
    await zoom.people.no_per_second_limits()
    client = await zoom.as_(aisha)
    made = {(await client.create_meeting(zoom.wanted())).id for _ in range(5)}
    listed = [one.id async for one in client.upcoming_meetings()]
    assert len(listed) == 5
    assert set(listed) == made


async def test_a_limit_per_second_is_waited_out(zoom: Zoom, aisha: ZoomPerson) -> None:
    client = await zoom.as_(aisha)
    await zoom.people.fault("rate", "create_meeting", times=2)
    await client.create_meeting(zoom.wanted())
    assert len(zoom.pauses.seconds) == 2
    assert len(await zoom.people.meetings()) == 1


async def test_the_limit_per_day_says_when_it_ends(zoom: Zoom, aisha: ZoomPerson) -> None:
    client = await zoom.as_(aisha)
    await aisha.has_used_up_today()
    with pytest.raises(DailyLimitReached) as caught:
        await client.create_meeting(zoom.wanted())
    assert caught.value.resets_at == datetime(2026, 11, 24, tzinfo=UTC)


async def test_a_change_and_a_deletion_survive_a_bad_moment(zoom: Zoom, aisha: ZoomPerson) -> None:
    client = await zoom.as_(aisha)
    made = await client.create_meeting(zoom.wanted())
    await zoom.people.fault("drop", "update_meeting", when="after")
    await client.update_meeting(made.id, MeetingChanges(length=HALF_AN_HOUR))
    assert (await client.meeting(made.id)).length == HALF_AN_HOUR
    await zoom.people.fault("status", "delete_meeting", times=2)
    await client.delete_meeting(made.id)
    assert await zoom.people.meetings() == []


async def test_each_refusal_has_its_kind(zoom: Zoom) -> None:
    few = await zoom.people.user("musa@example.org", name="Musa", scopes=["user:read:user"])
    with pytest.raises(ScopeMissing):
        await (await zoom.as_(few)).create_meeting(zoom.wanted())

    free = await zoom.people.user("fatima@example.org", name="Fatima")
    client = await zoom.as_(free)
    with pytest.raises(PaidOnly):
        await client.past_meeting("q8Rt==")
    made = await client.create_meeting(zoom.wanted())
    with pytest.raises(Invalid):
        await client.update_meeting(made.id, MeetingChanges(agenda=""), occurrence_id="17955")
    await free.changes(may_host=False)
    with pytest.raises(NotAllowed):
        await client.create_meeting(zoom.wanted())


async def test_a_token_that_nothing_renews_is_rejected(zoom: Zoom) -> None:
    class Stale:
        async def token(self) -> str:
            return "stale"

        async def renewed(self, rejected: str) -> str:
            return rejected

    with pytest.raises(TokenRejected):
        await zoom.api.acting_as(Stale()).me()


@pytest.mark.parametrize("uuid", ["", "/q8Rt/5bWQ0yC3mVn2LpXaA==", "q8Rt//5bWQ0yC3mVn2LpXaA=="])
async def test_what_was_held_can_be_asked_for_whatever_its_uuid(
    zoom: Zoom, aisha: ZoomPerson, uuid: str
) -> None:
    client = await zoom.as_(aisha)
    made = await client.create_meeting(zoom.wanted())
    room = await zoom.people.meeting_at(made.join_url)
    started_at = zoom.clock.now
    host = await room.start(uuid=uuid)
    ahmed = await room.join("Ahmed")
    zoom.clock.forward(HALF_AN_HOUR)
    await ahmed.leave()
    await room.end()

    held = await client.past_instances(made.id)
    assert [(one.uuid, one.started_at) for one in held] == [(host.meeting_uuid, started_at)]
    past = await client.past_meeting(held[0].uuid)
    assert (past.started_at, past.ended_at) == (started_at, started_at + HALF_AN_HOUR)
    came = [one async for one in client.past_participants(held[0].uuid)]
    assert [(one.name, one.joined_at, one.left_at) for one in came] == [
        ("Aisha Q", started_at, started_at + HALF_AN_HOUR),
        ("Ahmed", started_at, started_at + HALF_AN_HOUR),
    ]
