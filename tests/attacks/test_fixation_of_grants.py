"""One person's way to Zoom in another's hands: nobody is bound to anybody else's account."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import pytest_asyncio
from aiohttp import ClientSession, CookieJar

from sandbox.browser import Page
from sandbox.people import Person
from sandbox.story import Cast, invite
from sandbox.zoom_people import ZoomPerson
from storage.schema import connect_attempt, zoom_account
from tests.story.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

_numbers = count(1)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def cast(stage: Stage) -> Cast:
    """Aisha is a teacher, and has connected nothing."""
    return await stage.school(invite)


@dataclass(frozen=True, slots=True)
class Browser:
    """With cookies of its own."""

    http: ClientSession

    async def opens(self, url: str) -> Page:
        return await Page.open(self.http, "GET", url)

    async def goes_to_zoom(self, link: str) -> str:
        consent = await (await self.opens(link)).submit(self.http)
        assert consent.goes_to is not None
        return consent.goes_to


@dataclass(frozen=True, slots=True)
class Browsers:
    opened: list[ClientSession] = field(default_factory=list)

    def new(self) -> Browser:
        self.opened.append(ClientSession(cookie_jar=CookieJar(unsafe=True)))
        return Browser(self.opened[-1])


@pytest_asyncio.fixture(loop_scope="module")
async def browsers() -> AsyncIterator[Browsers]:
    browsers = Browsers()
    yield browsers
    for http in browsers.opened:
        await http.close()


async def new_teacher(stage: Stage, cast: Cast) -> Person:
    number = next(_numbers)
    person = await stage.people.person(f"Teacher {number}")
    await cast.admin.types("/invite")
    invitation = await cast.admin.sees("invitation for one teacher")
    await person.follows(invitation.button("Copy").value)
    await person.sees("You can now teach")
    return person


async def new_at_zoom(stage: Stage) -> ZoomPerson:
    number = next(_numbers)
    return await stage.zoom.user(f"person{number}@example.org", name=f"Person {number}")


async def asks_for_a_link(person: Person) -> str:
    await person.types("/connect")
    return (await person.sees("Open this page")).button("Open page").url


def finish_link(page: Page) -> str:
    return "https://t.me/" + page.text.partition('href="https://t.me/')[2].partition('"')[0]


async def exchanged(stage: Stage) -> int:
    return int((await stage.zoom.statistics()).get("exchanges", 0))


async def test_a_link_that_was_forwarded_connects_neither_of_the_two(
    stage: Stage, cast: Cast, browsers: Browsers
) -> None:
    """Aisha sends hers to another teacher, who consents and, by mistake, presses Finish too."""
    before = await exchanged(stage)
    other, other_at_zoom = await new_teacher(stage, cast), await new_at_zoom(stage)
    browser = browsers.new()
    to_zoom = await browser.goes_to_zoom(await asks_for_a_link(cast.aisha))
    page = await browser.opens(await other_at_zoom.allows(to_zoom))
    await other.follows(finish_link(page))
    await other.sees("This code belongs to somebody else, so nothing was connected")
    await cast.aisha.follows(finish_link(page))  # it is burned for her as well
    await cast.aisha.sees("This code has been used or has expired.")
    assert (await exchanged(stage), await stage.count(zoom_account)) == (before, 0)
    await other.types("/newclass Fiqh tomorrow 10:00 30m")
    await other.sees("Connect your Zoom account first")


async def test_a_stolen_way_back_is_of_no_use_without_its_cookie(
    stage: Stage, cast: Cast, browsers: Browsers
) -> None:
    before = await exchanged(stage)
    to_zoom = await browsers.new().goes_to_zoom(await asks_for_a_link(cast.aisha))
    back = await cast.aisha_zoom.allows(to_zoom)
    for cookie in ("", "guessed", "x" * 4_000, "\u00e9"):
        thief = browsers.new()
        thief.http.headers["Cookie"] = f"connect={cookie}"
        stolen = await thief.opens(back)
        assert not stolen.ok
        assert "t.me" not in stolen.text
    assert (await exchanged(stage), await stage.count(zoom_account)) == (before, 0)
    assert await stage.count(connect_attempt) == 0  # nor can the thief try again


@dataclass(frozen=True, slots=True)
class Way:
    """How somebody comes back from Zoom, before their browser goes there."""

    browser: Browser
    url: str
    state: str
    code: str


async def way_back(browsers: Browsers, person: Person, at_zoom: ZoomPerson) -> Way:
    browser = browsers.new()
    back = await at_zoom.allows(await browser.goes_to_zoom(await asks_for_a_link(person)))
    query = parse_qs(urlsplit(back).query)
    return Way(browser, back.partition("?")[0], query["state"][0], query["code"][0])


async def test_the_state_of_another_is_refused_though_the_code_is_ones_own(
    stage: Stage, cast: Cast, browsers: Browsers
) -> None:
    before = await exchanged(stage)
    attacker, attacker_at_zoom = await new_teacher(stage, cast), await new_at_zoom(stage)
    his = await way_back(browsers, attacker, attacker_at_zoom)
    hers = await way_back(browsers, cast.aisha, cast.aisha_zoom)
    page = await his.browser.opens(
        f"{hers.url}?{urlencode({'state': hers.state, 'code': his.code})}"
    )
    assert not page.ok
    page = await hers.browser.opens(
        f"{hers.url}?{urlencode({'state': hers.state, 'code': his.code})}"
    )
    assert not page.ok  # the try has ended her attempt, so she begins anew
    assert (await exchanged(stage), await stage.count(zoom_account)) == (before, 0)


async def test_the_code_of_another_gives_nothing_though_the_state_is_ones_own(
    stage: Stage, cast: Cast, browsers: Browsers
) -> None:
    before = await exchanged(stage)
    attacker, attacker_at_zoom = await new_teacher(stage, cast), await new_at_zoom(stage)
    his = await way_back(browsers, attacker, attacker_at_zoom)
    hers = await way_back(browsers, cast.aisha, cast.aisha_zoom)
    page = await his.browser.opens(
        f"{his.url}?{urlencode({'state': his.state, 'code': hers.code})}"
    )
    await attacker.follows(finish_link(page))
    await attacker.sees(
        "Zoom refused this, so nothing was changed"
    )  # her code opens only with her own verifier
    assert (await exchanged(stage), await stage.count(zoom_account)) == (before, 0)


@pytest.mark.parametrize(
    "query",
    [
        "state=&code=x",
        "code=x",
        "state=%00&code=x",
        "state=x&code=x&state=y",
        "state[]=x&code[]=x",
        "state=" + "x" * 6_000 + "&code=x",
        "state=%ff%fe&code=%F0%9F%98%80",
        "error=access_denied&error_description=%3Cscript%3Ealert(1)%3C/script%3E",
    ],
)
async def test_a_way_back_that_nobody_began_shows_nothing_and_asks_zoom_nothing(
    stage: Stage, browsers: Browsers, query: str
) -> None:
    before = await exchanged(stage)
    page = await browsers.new().opens(f"{stage.settings.public_url}/zoom/callback?{query}")
    assert not page.ok
    assert "<script" not in page.text
    assert await exchanged(stage) == before


async def test_a_code_that_somebody_else_types_is_burned(
    stage: Stage, cast: Cast, browsers: Browsers
) -> None:
    before = await exchanged(stage)
    browser, stranger = browsers.new(), await stage.people.person("Zayd")
    to_zoom = await browser.goes_to_zoom(await asks_for_a_link(cast.aisha))
    page = await browser.opens(await cast.aisha_zoom.allows(to_zoom))
    digits = page.text.partition('<bdi dir="ltr">')[2].partition("<")[0]
    await cast.aisha.catches_up()
    await stranger.types(digits)
    await stranger.sees("This code belongs to somebody else")
    await cast.aisha.sees("Start again, and do not pass the page on.")
    await cast.aisha.types(digits)
    await cast.aisha.sees("I do not understand that")
    assert (await exchanged(stage), await stage.count(zoom_account)) == (before, 0)


async def test_digits_cannot_be_tried_until_they_fit(
    stage: Stage, cast: Cast, browsers: Browsers
) -> None:
    before = await exchanged(stage)
    browser = browsers.new()
    to_zoom = await browser.goes_to_zoom(await asks_for_a_link(cast.aisha))
    page = await browser.opens(await cast.aisha_zoom.allows(to_zoom))
    for wrong in ("000 000", "000 001", "000 002", "000 003"):
        await cast.aisha.types(wrong)
        await cast.aisha.sees("That is not the code on the page.")
    await cast.aisha.types("000 004")
    await cast.aisha.sees("too many times")
    await cast.aisha.follows(finish_link(page))
    await cast.aisha.sees("has been used or has expired")
    assert await exchanged(stage) == before


async def test_fifty_ways_back_and_fifty_finishes_at_once_are_one_exchange(
    stage: Stage, cast: Cast, browsers: Browsers
) -> None:
    """The last of these attacks: in the end, she is connected."""
    before = await exchanged(stage)
    browser = browsers.new()
    to_zoom = await browser.goes_to_zoom(await asks_for_a_link(cast.aisha))
    back = await cast.aisha_zoom.allows(to_zoom)
    pages = await asyncio.gather(*(browser.opens(back) for _ in range(50)))
    assert Counter(page.ok for page in pages) == {True: 1, False: 49}
    assert await exchanged(stage) == before  # nothing is asked before she finishes
    (page,) = (page for page in pages if page.ok)
    await asyncio.gather(*(cast.aisha.follows(finish_link(page)) for _ in range(50)))
    await cast.aisha.sees("Zoom connected: aisha@example.org")
    await stage.polls_quietly()
    assert await exchanged(stage) == before + 1
    assert await stage.count(zoom_account) == 1
