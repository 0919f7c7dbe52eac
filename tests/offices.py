"""An office at work, with the Zoom stand-in behind it."""

from collections.abc import AsyncIterator
from zoneinfo import ZoneInfo

import pytest

from sandbox.zoom import ZoomSandbox, zoom_sandbox
from sandbox.zoom_people import ZoomPeople, ZoomPerson
from school.model import SchoolProfile
from services.office import Office
from storage.database import Database
from tests.clocks import SettableClock
from tests.services.people_of_the_school import ADMIN
from zoom.client import ZoomApi
from zoom.oauth import ZoomOAuth
from zoom.wire import new_http_client

CLIENT_ID = "school-app"
CLIENT_SECRET = "school-app-secret"
_PUBLIC_URL = "https://bot.example.org"
_REDIRECT_URI = f"{_PUBLIC_URL}/zoom/callback"


@pytest.fixture
def profile() -> SchoolProfile:
    return SchoolProfile(
        name="Darulkubra",
        zone=ZoneInfo("Africa/Addis_Ababa"),
        language="en",
        public_url=_PUBLIC_URL,
        bot_username="darulkubra_bot",
        admin_ids=frozenset({ADMIN.id}),
        support_email="support@example.org",
        support_url="https://example.org",
        privacy_contact="privacy@example.org",
    )


@pytest.fixture
async def zoom_server(clock: SettableClock) -> AsyncIterator[ZoomSandbox]:
    async with zoom_sandbox(
        clock=clock,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        redirect_uri=_REDIRECT_URI,
        webhook_secret="webhook-secret",
    ) as server:
        yield server


@pytest.fixture
def zoom(zoom_server: ZoomSandbox) -> ZoomPeople:
    """Zoom as its users know it, and its bad days."""
    return ZoomPeople(zoom_server.url)


@pytest.fixture
async def aisha_at_zoom(zoom: ZoomPeople) -> ZoomPerson:
    """Has a Basic account."""
    return await zoom.user("aisha@example.org", name="Aisha")


@pytest.fixture
async def office(
    database: Database, clock: SettableClock, profile: SchoolProfile, zoom_server: ZoomSandbox
) -> AsyncIterator[Office]:
    """Over a new database and the stand-in; calls to Zoom are repeated without pauses."""
    async with new_http_client() as http:
        yield Office(
            database=database,
            profile=profile,
            clock=clock,
            zoom=ZoomApi(http, base_url=zoom_server.api_url, clock=clock, chance=lambda: 0.0),
            oauth=ZoomOAuth(
                http,
                client_id=CLIENT_ID,
                client_secret=CLIENT_SECRET,
                base_url=zoom_server.oauth_url,
                redirect_uri=_REDIRECT_URI,
            ),
        )
