"""The web application as it runs, over a real database."""

from collections.abc import AsyncIterator

import pytest

from services.office import Office
from storage.database import Database
from storage.inbox import Inbox
from tests.clocks import SettableClock
from tests.web.site import PROFILE, Site, running_site
from zoom.client import ZoomApi
from zoom.oauth import ZoomOAuth
from zoom.wire import new_http_client


@pytest.fixture
async def office(database: Database, clock: SettableClock) -> AsyncIterator[Office]:
    """A school that no page needs to reach Zoom for."""
    async with new_http_client() as http:
        yield Office(
            database=database,
            profile=PROFILE,
            clock=clock,
            zoom=ZoomApi(http, base_url="https://api.zoom.example/v2", clock=clock),
            oauth=ZoomOAuth(
                http,
                client_id="our-client",
                client_secret="our-secret",
                base_url="https://zoom.example/oauth",
                redirect_uri=f"{PROFILE.public_url}/zoom/callback",
            ),
        )


@pytest.fixture
async def inbox(database: Database) -> AsyncIterator[Inbox]:
    async with Inbox.open(database) as inbox:
        yield inbox


@pytest.fixture
async def site(office: Office, inbox: Inbox) -> AsyncIterator[Site]:
    async with running_site(office, inbox) as site:
        yield site
