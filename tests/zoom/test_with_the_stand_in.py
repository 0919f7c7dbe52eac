"""The library against the stand-in for Zoom, over real HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import httpx
import pytest
from aiohttp import web

from sandbox.zoom import zoom_sandbox
from sandbox.zoom_people import ZoomPeople
from sandbox.zoom_person import ZoomPerson
from tests.clocks import SettableClock
from tests.zoom.wires import Pauses
from zoom.client import ZoomApi, ZoomClient
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
from zoom.models import Meeting, MeetingChanges, NewMeeting
from zoom.oauth import REQUIRED_SCOPES, TokenPair, ZoomOAuth, challenge_of, new_verifier
from zoom.recurrence import Recurrence, RecurrenceKind
from zoom.webhooks import (
    Challenge,
    Envelope,
    Event,
    Ignored,
    MeetingDeleted,
    MeetingEnded,
    MeetingStarted,
    MeetingUpdated,
    ParticipantJoined,
    ParticipantLeft,
    ParticipantWaits,
    ParticipantWaitsNoMore,
    WebhookReceiver,
    read,
)
from zoom.wire import new_http_client

BACK = "https://bot.example/zoom/callback"
WEBHOOK_SECRET = "kVd0-secret-of-the-school"
HALF_AN_HOUR = timedelta(minutes=30)


@dataclass
class Received:
    """An address for webhooks: what came, once verified."""

    receiver: WebhookReceiver
    events: list[Event]

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        said = self.receiver.receive(request.headers.items(), body)
        if isinstance(said, Challenge):
            return web.Response(body=said.answer, content_type="application/json")
        assert isinstance(said, Envelope)
        self.events.append(read(body))
        return web.Response(status=204)


@dataclass
class GrantTokens:
    """A TokenSource that keeps the pair in memory and refreshes it when it is rejected."""

    oauth: ZoomOAuth
    pair: TokenPair

    async def token(self) -> str:
        return self.pair.access_token

    async def renewed(self, rejected: str) -> str:
        assert rejected == self.pair.access_token
        self.pair = await self.oauth.refresh(self.pair.refresh_token)
        return self.pair.access_token


@dataclass
class Zoom:
    """The stand-in with its people, and the library's three doors to it."""

    people: ZoomPeople
    http: httpx.AsyncClient
    oauth: ZoomOAuth
    api: ZoomApi
    oauth_url: str
    clock: SettableClock
    pauses: Pauses

    async def grant_of(self, person: ZoomPerson) -> TokenPair:
        verifier = new_verifier()
        url = self.oauth.authorize_url(state="st4te", challenge=challenge_of(verifier))
        back = parse_qs(urlsplit(await person.allows(url)).query)
        assert back["state"] == ["st4te"]
        return await self.oauth.exchange(back["code"][0], verifier)

    async def as_(self, person: ZoomPerson) -> ZoomClient:
        return self.api.acting_as(GrantTokens(self.oauth, await self.grant_of(person)))

    def wanted(self) -> NewMeeting:
        return NewMeeting(
            topic="Tajweed",
            starts_at=self.clock.now + timedelta(days=1),
            zone=ZoneInfo("Africa/Addis_Ababa"),
            length=timedelta(minutes=45),
            agenda="Darulkubra · C-7",
        )


@pytest.fixture
async def zoom(clock: SettableClock) -> AsyncIterator[Zoom]:
    async with (
        zoom_sandbox(
            clock=clock,
            client_id="cl13nt",
            client_secret="s3cret",
            redirect_uri=BACK,
            webhook_secret=WEBHOOK_SECRET,
        ) as stand_in,
        new_http_client() as http,
    ):
        pauses = Pauses()
        yield Zoom(
            ZoomPeople(stand_in.url),
            http,
            ZoomOAuth(
                http,
                client_id="cl13nt",
                client_secret="s3cret",
                base_url=stand_in.oauth_url,
                redirect_uri=BACK,
            ),
            ZoomApi(http, base_url=stand_in.api_url, clock=clock, sleep=pauses),
            stand_in.oauth_url,
            clock,
            pauses,
        )


@pytest.fixture
async def aisha(zoom: Zoom) -> ZoomPerson:
    return await zoom.people.user("aisha@example.org", name="Aisha Q", plan=2)


@asynccontextmanager
async def webhooks_of(zoom: Zoom) -> AsyncIterator[Received]:
    received = Received(WebhookReceiver(["newer", WEBHOOK_SECRET], zoom.clock), [])
    application = web.Application()
    application.router.add_post("/zoom/webhook", received.take)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        await zoom.people.webhooks_go_to(f"http://127.0.0.1:{runner.addresses[0][1]}/zoom/webhook")
        yield received
    finally:
        await runner.cleanup()


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


# Series

CAIRO = ZoneInfo("Africa/Cairo")
MON_WED_TEN_TIMES = Recurrence(kind=RecurrenceKind.WEEKLY, weekdays=frozenset({0, 2}), times=10)


def in_cairo(day: str, hour: int = 19) -> datetime:
    """On a day of 2027, when the clocks of Cairo go forward on 30 April."""
    return datetime.fromisoformat(f"2027-{day}T{hour:02}:00").replace(tzinfo=CAIRO)


def mondays_and_wednesdays(first: datetime, count: int) -> list[datetime]:
    """At the local time of the first, whatever the clocks do."""
    days = (first.date() + timedelta(days=n) for n in range(7 * count))
    return [_on(day, first) for day in days if day.weekday() in {0, 2}][:count]


def _on(day: date, like: datetime) -> datetime:
    return datetime.combine(day, like.time(), CAIRO).astimezone(UTC)


async def a_series(client: ZoomClient) -> Meeting:
    wanted = NewMeeting(
        topic="Fiqh",
        starts_at=in_cairo("04-19"),
        zone=CAIRO,
        length=timedelta(minutes=45),
        recurrence=MON_WED_TEN_TIMES,
    )
    return await client.create_meeting(wanted)


async def test_a_series_keeps_its_local_time_when_the_clocks_change(
    zoom: Zoom, aisha: ZoomPerson
) -> None:
    client = await zoom.as_(aisha)
    made = await a_series(client)
    assert made.is_recurring
    dates = mondays_and_wednesdays(in_cairo("04-19"), 10)
    assert [one.starts_at for one in made.occurrences] == dates
    assert (dates[3].hour, dates[4].hour) == (17, 16)
    assert [(one.id, one.starts_at) async for one in client.upcoming_meetings()] == [
        (made.id, starts_at) for starts_at in dates
    ]


async def test_one_date_moves_one_is_deleted_and_the_others_stay(
    zoom: Zoom, aisha: ZoomPerson
) -> None:
    await zoom.people.no_per_second_limits()
    client = await zoom.as_(aisha)
    made = await a_series(client)
    moved, gone, *others = made.occurrences
    changes = MeetingChanges(starts_at=in_cairo("04-20", 8), zone=CAIRO, length=HALF_AN_HOUR)
    await client.update_meeting(made.id, changes, moved.id)
    await client.delete_meeting(made.id, gone.id)

    first, second, *rest = (await client.meeting(made.id)).occurrences
    assert (first.id, first.starts_at, first.length) == (
        moved.id,
        in_cairo("04-20", 8),
        HALF_AN_HOUR,
    )
    assert (second.id, second.is_deleted) == (gone.id, True)
    assert rest == others
    listed = [one.starts_at async for one in client.upcoming_meetings()]
    assert listed == [first.starts_at, *(one.starts_at for one in others)]

    for deleted_again in (
        client.delete_meeting(made.id, gone.id),
        client.update_meeting(made.id, changes, gone.id),
    ):
        with pytest.raises(Invalid):
            await deleted_again


async def test_a_series_is_planned_anew_as_a_whole(zoom: Zoom, aisha: ZoomPerson) -> None:
    client = await zoom.as_(aisha)
    made = await a_series(client)
    await client.delete_meeting(made.id, made.occurrences[0].id)
    anew = MeetingChanges(
        topic="Fiqh 2",
        starts_at=in_cairo("05-03", 20),
        zone=CAIRO,
        length=HALF_AN_HOUR,
        recurrence=Recurrence(
            kind=RecurrenceKind.WEEKLY,
            weekdays=frozenset({0, 2}),
            until=in_cairo("05-12", 20),
        ),
    )
    await client.update_meeting(made.id, anew)
    after = await client.meeting(made.id)
    assert (after.topic, after.join_url) == ("Fiqh 2", made.join_url)
    assert [(one.starts_at, one.length, one.is_deleted) for one in after.occurrences] == [
        (starts_at, HALF_AN_HOUR, False)
        for starts_at in mondays_and_wednesdays(in_cairo("05-03", 20), 4)
    ]


async def test_more_dates_than_zoom_holds_are_invalid(zoom: Zoom, aisha: ZoomPerson) -> None:
    daily = Recurrence(kind=RecurrenceKind.DAILY, until=in_cairo("06-18"))  # 61 days
    client = await zoom.as_(aisha)
    with pytest.raises(Invalid):
        await client.create_meeting(
            replace(zoom.wanted(), starts_at=in_cairo("04-19"), zone=CAIRO, recurrence=daily)
        )


# Webhooks


async def test_who_waits_before_the_host_is_told_of_and_then_joins(
    zoom: Zoom, aisha: ZoomPerson
) -> None:
    async with webhooks_of(zoom) as received:
        made = await (await zoom.as_(aisha)).create_meeting(zoom.wanted())
        room = await zoom.people.meeting_at(made.join_url)
        await room.knock("Ahmed")
        zoom.clock.forward(timedelta(minutes=3))
        await room.start()
        await zoom.people.delivered()

    waits, _, _, waits_no_more, joined = received.events[1:]
    assert isinstance(waits, ParticipantWaits)
    assert (waits.meeting_id, waits.participant.name, waits.before_host) == (
        made.id,
        "Ahmed",
        True,
    )
    assert isinstance(waits_no_more, ParticipantWaitsNoMore)
    assert waits_no_more.at - waits.at >= timedelta(minutes=3)
    assert isinstance(joined, ParticipantJoined)
    assert joined.participant.name == "Ahmed"


async def test_a_deletion_in_zoom_is_of_one_date_or_of_all(zoom: Zoom, aisha: ZoomPerson) -> None:
    async with webhooks_of(zoom) as received:
        made = await a_series(await zoom.as_(aisha))
        room = await zoom.people.meeting_at(made.join_url)
        second = made.occurrences[1].id
        await room.changed_in_zoom(duration_min=30, occurrence_id=made.occurrences[0].id)
        await room.deleted_in_zoom(second)
        await room.deleted_in_zoom()
        await zoom.people.delivered()

    changed, one, every = received.events[1:]
    assert isinstance(changed, MeetingUpdated)
    assert isinstance(one, MeetingDeleted)
    assert one.occurrence_ids == (second,)
    assert isinstance(every, MeetingDeleted)
    assert every.occurrence_ids == ()


async def test_a_class_is_told_event_by_event(zoom: Zoom, aisha: ZoomPerson) -> None:
    async with webhooks_of(zoom) as received:
        client = await zoom.as_(aisha)
        made = await client.create_meeting(zoom.wanted())
        await client.update_meeting(made.id, MeetingChanges(length=HALF_AN_HOUR))
        room = await zoom.people.meeting_at(made.join_url)
        host = await room.start()
        ahmed = await room.join("Ahmed")
        zoom.clock.forward(HALF_AN_HOUR)
        await ahmed.leave()
        await room.end()
        await client.delete_meeting(made.id)
        assert (await zoom.people.delivered()).lost == 0

    told = [one for one in received.events if not isinstance(one, Ignored)]
    assert [type(one) for one in told] == [
        MeetingUpdated,
        MeetingStarted,
        ParticipantJoined,
        ParticipantJoined,
        ParticipantLeft,
        ParticipantLeft,
        MeetingEnded,
        MeetingDeleted,
    ]
    started, aisha_joined, ahmed_joined, ahmed_left = told[1:5]
    assert isinstance(started, MeetingStarted)
    assert (started.meeting_id, started.host_id) == (made.id, aisha.user_id)
    assert started.meeting_uuid == host.meeting_uuid
    assert isinstance(aisha_joined, ParticipantJoined)
    assert aisha_joined.participant.zoom_user_id == aisha.user_id
    assert isinstance(ahmed_joined, ParticipantJoined)
    assert isinstance(ahmed_left, ParticipantLeft)
    assert ahmed_joined.participant == ahmed_left.participant
    assert ahmed_left.left_at - ahmed_joined.joined_at == HALF_AN_HOUR


async def test_the_address_proves_itself_with_the_secret_that_zoom_has(zoom: Zoom) -> None:
    async with webhooks_of(zoom):
        assert await zoom.people.challenge() == ""
