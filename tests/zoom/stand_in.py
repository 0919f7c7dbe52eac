"""The stand-in for Zoom, and the library's doors to it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import httpx
import pytest

from sandbox.zoom import zoom_sandbox
from sandbox.zoom_people import ZoomPeople
from sandbox.zoom_person import ZoomPerson
from tests.clocks import SettableClock
from tests.zoom.wires import Pauses
from zoom.client import ZoomApi, ZoomClient
from zoom.models import Meeting, NewMeeting
from zoom.oauth import TokenPair, ZoomOAuth, challenge_of, new_verifier
from zoom.recurrence import Recurrence, RecurrenceKind
from zoom.wire import new_http_client

BACK = "https://bot.example/zoom/callback"
WEBHOOK_SECRET = "kVd0-secret-of-the-school"
HALF_AN_HOUR = timedelta(minutes=30)
CAIRO = ZoneInfo("Africa/Cairo")
MON_WED_TEN_TIMES = Recurrence(kind=RecurrenceKind.WEEKLY, weekdays=frozenset({0, 2}), times=10)


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


def in_cairo(day: str, hour: int = 19) -> datetime:
    """On a day of 2027, when the clocks of Cairo go forward on 30 April."""
    return datetime.fromisoformat(f"2027-{day}T{hour:02}:00").replace(tzinfo=CAIRO)


async def a_series(client: ZoomClient) -> Meeting:
    wanted = NewMeeting(
        topic="Fiqh",
        starts_at=in_cairo("04-19"),
        zone=CAIRO,
        length=timedelta(minutes=45),
        recurrence=MON_WED_TEN_TIMES,
    )
    return await client.create_meeting(wanted)
