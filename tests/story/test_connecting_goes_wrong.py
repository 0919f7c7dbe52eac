"""Connect links in the wrong hands, used twice, or too late: nobody is bound to anything."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import ClientSession, CookieJar

from sandbox.browser import Page
from sandbox.people import Person
from sandbox.story import Cast, invite
from sandbox.zoom_people import ZoomPerson
from storage.schema import zoom_account
from tests.story.stage import Stage


@pytest.fixture
async def cast(stage: Stage) -> Cast:
    """Aisha is a teacher, and no more yet."""
    return await stage.school(invite)


@pytest.fixture
async def browser() -> AsyncIterator[ClientSession]:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as browser:
        yield browser


@pytest.fixture
async def other_browser() -> AsyncIterator[ClientSession]:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as browser:
        yield browser


async def asks_for_a_link(person: Person) -> str:
    await person.types("/connect")
    return (await person.sees("Open this page")).button("Open page").url


async def goes_to_zoom(browser: ClientSession, link: str) -> str:
    page = await Page.open(browser, "GET", link)
    consent = await page.submit(browser)
    assert consent.goes_to is not None
    return consent.goes_to


async def last_page(browser: ClientSession, link: str, at_zoom: ZoomPerson) -> Page:
    back = await at_zoom.allows(await goes_to_zoom(browser, link))
    return await Page.open(browser, "GET", back)


def finish_link(page: Page) -> str:
    return page.text.partition('href="https://t.me/')[2].partition('"')[0]


async def nobody_is_connected(stage: Stage) -> bool:
    exchanges = (await stage.zoom.statistics()).get("exchanges", 0)
    return (await stage.count(zoom_account), exchanges) == (0, 0)


async def test_a_forwarded_link_binds_nobody(
    stage: Stage, cast: Cast, browser: ClientSession
) -> None:
    victim = await stage.zoom.user("maryam@example.org", name="Maryam")
    page = await last_page(browser, await asks_for_a_link(cast.aisha), victim)
    maryam = await stage.people.person("Maryam")
    await cast.aisha.catches_up()
    await maryam.follows(f"https://t.me/{finish_link(page)}")
    await maryam.sees("This code belongs to somebody else, so nothing was connected")
    await cast.aisha.sees("Start again, and do not pass the page on.")
    assert await nobody_is_connected(stage)
    await cast.aisha.follows(f"https://t.me/{finish_link(page)}")
    await cast.aisha.sees("This code has been used or has expired. Send /connect to start again.")
    assert await nobody_is_connected(stage)


async def test_zooms_way_back_in_another_browser_is_refused(
    stage: Stage, cast: Cast, browser: ClientSession, other_browser: ClientSession
) -> None:
    to_zoom = await goes_to_zoom(browser, await asks_for_a_link(cast.aisha))
    page = await Page.open(other_browser, "GET", await cast.aisha_zoom.allows(to_zoom))
    assert not page.ok
    assert "This page was opened in another browser than the one you began in." in page.text
    assert await nobody_is_connected(stage)


async def test_a_used_link_is_refused(
    stage: Stage, cast: Cast, browser: ClientSession, other_browser: ClientSession
) -> None:
    link = await asks_for_a_link(cast.aisha)
    await goes_to_zoom(browser, link)
    again = await Page.open(other_browser, "GET", link)
    assert not again.ok
    assert "This link has been used or has expired. Send /connect to the bot" in again.text
    assert await nobody_is_connected(stage)


async def test_an_expired_link_is_refused(stage: Stage, cast: Cast, browser: ClientSession) -> None:
    link = await asks_for_a_link(cast.aisha)
    stage.forward(timedelta(minutes=5))
    late = await Page.open(browser, "GET", link)
    assert not late.ok
    assert "This link has been used or has expired. Send /connect to the bot" in late.text
    assert await nobody_is_connected(stage)


async def test_the_last_step_works_once_and_for_five_minutes(
    stage: Stage, cast: Cast, browser: ClientSession
) -> None:
    page = await last_page(browser, await asks_for_a_link(cast.aisha), cast.aisha_zoom)
    stage.forward(timedelta(minutes=5))
    await cast.aisha.follows(f"https://t.me/{finish_link(page)}")
    await cast.aisha.sees("This code has been used or has expired. Send /connect to start again.")
    assert await nobody_is_connected(stage)


async def test_who_says_no_at_zoom_is_told_that_nothing_happened(
    stage: Stage, cast: Cast, browser: ClientSession
) -> None:
    to_zoom = await goes_to_zoom(browser, await asks_for_a_link(cast.aisha))
    page = await Page.open(browser, "GET", await cast.aisha_zoom.declines(to_zoom))
    assert "Zoom was told no, so nothing was connected." in page.text
    assert await nobody_is_connected(stage)
