"""Two processes of the operating system, on one database file, with one grant between them."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from sandbox.zoom_people import ZoomPeople, ZoomPerson
from school.errors import Reconnect
from services.office import Office
from services.renewing import renew_due
from services.zoom_access import access_token
from storage.schema import letter
from storage.zoom_accounts import ZoomAccount
from tests.clocks import SettableClock
from tests.offices import CLIENT_ID, CLIENT_SECRET
from tests.services.another_process import Order, another_process, hash_of
from tests.services.connections import account_of, connected
from tests.services.people_of_the_school import AISHA

HOUR = timedelta(hours=1)
LEASE = timedelta(seconds=60)


@pytest.fixture
async def account(office: Office, aisha_at_zoom: ZoomPerson, clock: SettableClock) -> ZoomAccount:
    """Aisha's, whose token has run out since."""
    await connected(office, AISHA, aisha_at_zoom)
    clock.forward(HOUR)
    return await present(office)


async def present(office: Office) -> ZoomAccount:
    account = await account_of(office, AISHA)
    assert account is not None
    return account


@pytest.fixture
def order(
    account: ZoomAccount,
    database_path: Path,
    data_key: str,
    zoom: ZoomPeople,
    clock: SettableClock,
) -> Order:
    return Order(
        database_path=str(database_path),
        data_key=data_key,
        zoom_url=zoom.url,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        person_id=account.person_id,
        now=clock.now.isoformat(),
    )


async def count(zoom: ZoomPeople, what: str) -> int:
    return int((await zoom.statistics()).get(what, 0))


async def letters(office: Office) -> int:
    async with office.database.reading() as tx:
        return await tx.connection.scalar(select(func.count()).select_from(letter)) or 0


async def test_they_make_one_refresh_between_them(
    office: Office, zoom: ZoomPeople, order: Order
) -> None:
    one, other = await asyncio.gather(another_process(order), another_process(order))
    before = await count(zoom, "calls.token")
    await zoom.fault("slow", "token", seconds=0.3)  # so that the other comes in the middle of it
    await asyncio.gather(one.asks(), other.asks())
    hashes = await asyncio.gather(one.got(), other.got())
    stored = (await present(office)).tokens.access
    assert set(hashes) == {hash_of(stored)}
    assert await count(zoom, "calls.token") - before == 1
    assert await count(zoom, "refused_refreshes") == 0


async def test_one_that_is_killed_between_zooms_answer_and_its_storing_costs_one_prompt(
    office: Office,
    zoom: ZoomPeople,
    aisha_at_zoom: ZoomPerson,
    order: Order,
    clock: SettableClock,
) -> None:
    await zoom.fault("slow", "token", when="after", seconds=2)
    killed = await another_process(order)
    await killed.asks()
    async with asyncio.timeout(30):
        while not await count(zoom, "refreshes"):  # noqa: ASYNC110  a test may look
            await asyncio.sleep(0.02)
    await killed.is_killed()

    clock.forward(LEASE)  # what it had claimed is free again
    for _ in range(3):
        with pytest.raises(Reconnect):
            await access_token(office, order.person_id)
        assert (await renew_due(office)).done == 0
        clock.forward(HOUR)
    assert await count(zoom, "refused_refreshes") == 1
    assert await letters(office) == 1

    await connected(office, AISHA, aisha_at_zoom)
    assert await access_token(office, order.person_id)
    assert await count(zoom, "refused_refreshes") == 1
    assert await letters(office) == 1
