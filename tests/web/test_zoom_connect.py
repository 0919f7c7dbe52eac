"""A teacher's way to Zoom and back, as a browser goes it."""

import asyncio
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from services.connecting import begin
from services.office import Office
from services.people import TelegramUser
from tests.clocks import SettableClock
from tests.services.people_of_the_school import AISHA, made_teacher
from tests.web.site import Answer, Seen, Site

OWN = "https://bot.example.org"


async def offered(site: Site, user: TelegramUser = AISHA) -> str:
    """The path of the page that /connect leads to."""
    link = await begin(site.office, await made_teacher(site.office, user))
    return urlsplit(link.url).path


async def begun(site: Site) -> tuple[str, str]:
    """What the browser has after the button: the state for Zoom, the cookie for us."""
    answer = await site.post(await offered(site), Origin=OWN)
    assert answer.status == 303
    [state] = parse_qs(urlsplit(answer.headers["Location"]).query)["state"]
    return state, cookie_of(answer)


def cookie_of(answer: Answer) -> str:
    [cookie] = answer.cookies
    return cookie.partition(";")[0]


async def test_the_page_names_the_telegram_account_it_is_for(site: Site) -> None:
    answer = await site.get(await offered(site))
    page = Seen(answer.text)
    assert answer.status == 200
    assert "Aisha" in page.text
    assert "@aisha_q" in page.text
    assert "If that is not you, close this page." in page.text
    assert page.of("form") == [{"method": "post"}]
    assert answer.headers["Content-Security-Policy"].endswith(
        "form-action 'self' https://zoom.example https://*.zoom.example"
    )


async def test_looking_at_the_page_uses_nothing_up(site: Site) -> None:
    path = await offered(site)
    for _ in range(3):
        assert (await site.get(path)).status == 200
        assert (await site.ask("HEAD", path)).status == 200
    assert (await site.post(path, Origin=OWN)).status == 303


async def test_the_button_leads_to_zoom_with_a_cookie_for_the_way_back(site: Site) -> None:
    answer = await site.post(await offered(site), Origin=OWN)
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert query["code_challenge_method"] == ["S256"]
    [cookie] = answer.cookies
    name, _, rest = cookie.partition("=")
    assert name == "__Host-connect"
    attributes = {part.strip().lower() for part in rest.split(";")[1:]}
    assert attributes == {"httponly", "max-age=300", "path=/", "samesite=lax", "secure"}


async def test_the_button_works_once(site: Site) -> None:
    path = await offered(site)
    assert (await site.post(path, Origin=OWN)).status == 303
    again = await site.post(path, Origin=OWN)
    assert again.status == 410
    assert again.cookies == []
    assert "Send /connect to the bot for a new one." in Seen(again.text).text
    assert (await site.get(path)).status == 410


async def test_a_link_that_has_expired_says_so(site: Site, clock: SettableClock) -> None:
    path = await offered(site)
    clock.forward(timedelta(minutes=6))
    assert (await site.get(path)).status == 410
    assert (await site.post(path, Origin=OWN)).status == 410


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": OWN, "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
async def test_a_form_of_another_site_begins_nothing(site: Site, headers: dict[str, str]) -> None:
    path = await offered(site)
    refused = await site.ask("POST", path, headers=headers)
    assert refused.status == 403
    assert refused.cookies == []
    assert (await site.get(path)).status == 200


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": OWN}, {"Origin": OWN, "Sec-Fetch-Site": "same-origin"}]
)
async def test_our_own_form_begins_in_every_browser(site: Site, headers: dict[str, str]) -> None:
    assert (await site.ask("POST", await offered(site), headers=headers)).status == 303


async def test_the_page_lets_browsers_say_where_its_form_was_sent_from(site: Site) -> None:
    answer = await site.get(await offered(site))
    assert answer.headers["Referrer-Policy"] == "same-origin"


async def test_back_from_zoom_there_is_one_step_left(site: Site) -> None:
    state, cookie = await begun(site)
    answer = await site.get(f"/zoom/callback?code=from-zoom&state={state}", Cookie=cookie)
    page = Seen(answer.text)
    assert answer.status == 200
    assert "One step left" in page.text
    links = [link["href"] or "" for link in page.of("a")]
    assert any(link.startswith("https://t.me/darulkubra_bot?start=c-") for link in links)
    assert [word for word in page.words if word.replace(" ", "").isdecimal()]
    assert is_forgotten(answer)


async def test_the_way_back_works_once(site: Site) -> None:
    state, cookie = await begun(site)
    path = f"/zoom/callback?code=from-zoom&state={state}"
    assert (await site.get(path, Cookie=cookie)).status == 200
    assert (await site.get(path, Cookie=cookie)).status == 410


async def test_another_browser_does_not_get_in(site: Site) -> None:
    state, cookie = await begun(site)
    path = f"/zoom/callback?code=from-zoom&state={state}"
    other = await site.get(path)
    assert other.status == 410
    assert "t.me" not in other.text
    assert (await site.get(path, Cookie=cookie)).status == 410


async def test_a_cookie_of_an_attempt_that_is_not_the_states_does_not_get_in(site: Site) -> None:
    state, _ = await begun(site)
    answer = await site.get(
        f"/zoom/callback?code=from-zoom&state={state}", Cookie="__Host-connect=made-up"
    )
    assert answer.status == 410


@pytest.mark.parametrize("refusal", ["error=access_denied", ""])
async def test_whoever_says_no_at_zoom_reads_that_nothing_was_connected(
    site: Site, refusal: str
) -> None:
    state, cookie = await begun(site)
    answer = await site.get(f"/zoom/callback?{refusal}&state={state}", Cookie=cookie)
    assert answer.status == 400
    assert "nothing was connected" in Seen(answer.text).text
    assert is_forgotten(answer)


@pytest.mark.parametrize("twice", ["state={state}&state=other", "state={state}&code=second"])
async def test_a_parameter_given_twice_is_refused_and_uses_nothing_up(
    site: Site, twice: str
) -> None:
    state, cookie = await begun(site)
    query = f"code=from-zoom&{twice.format(state=state)}"
    assert (await site.get(f"/zoom/callback?{query}", Cookie=cookie)).status == 400
    path = f"/zoom/callback?code=from-zoom&state={state}"
    assert (await site.get(path, Cookie=cookie)).status == 200


@pytest.mark.parametrize("query", ["", "state=", "state=%00%ff", "state=" + "x" * 4000])
async def test_a_way_back_that_nobody_began_is_refused(site: Site, query: str) -> None:
    assert (await site.get(f"/zoom/callback?{query}")).status == 410


@pytest.mark.parametrize("token", ["x", "%00", "%ED%A0%80", "..%2F..%2Fetc", "x" * 4000])
async def test_a_link_that_nobody_gave_is_refused(site: Site, token: str) -> None:
    assert (await site.get(f"/zoom/connect/{token}")).status in {404, 410}


@pytest.mark.parametrize(
    "name",
    [
        '<script>alert("x")</script>',
        "{{ 7 * 7 }} {name} %(name)s",
        'A" onclick="x',
        "Ai\N{RIGHT-TO-LEFT OVERRIDE}sha\N{POP DIRECTIONAL FORMATTING}",
        "عائشة 🌙",
    ],
)
async def test_a_name_is_shown_as_it_is_and_does_nothing(site: Site, name: str) -> None:
    page = Seen((await site.get(await offered(site, TelegramUser(77, name)))).text)
    assert name.translate({0x202E: None, 0x202C: None}) in page.words
    assert page.of("script") == []
    assert all(set(attributes) <= {"dir"} for attributes in page.of("bdi"))
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in page.text


def is_forgotten(answer: Answer) -> bool:
    """Whether the browser is told to drop the cookie."""
    [cookie] = answer.cookies
    return cookie.startswith('__Host-connect=""') and "Max-Age=0" in cookie


async def test_a_made_up_way_back_or_link_waits_for_nobody_who_writes(
    site: Site, office: Office
) -> None:
    async with office.database.turn, asyncio.timeout(5):  # whoever writes now would wait for ever
        assert (await site.get("/zoom/callback?state=x&code=y")).status == 410
        assert (await site.get("/zoom/callback")).status == 410
        assert (await site.post("/zoom/connect/unknown")).status == 410
