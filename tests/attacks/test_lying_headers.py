"""Headers that say where a request comes from or is meant for: nothing goes by them."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from sandbox.story import Cast
from storage.schema import connect_attempt
from tests.attacks.outside import Outside, status_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

EVIL = "evil.example.com"
LIES = {
    "X-Forwarded-For": "127.0.0.1",
    "X-Real-IP": "127.0.0.1",
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Port": "444",
    "X-Original-URL": "/metrics",
    "X-Rewrite-URL": "/metrics",
    "X-HTTP-Method-Override": "POST",
    "Forwarded": f"for=127.0.0.1;host={EVIL};proto=https",
}
PATHS = ("/privacy", "/nothing", "/health/live", "/zoom/connect/x", "/zoom/callback?state=x&code=y")


async def asks_for_a_link(school: Cast) -> str:
    await school.aisha.types("/connect")
    return (await school.aisha.sees("Open this page")).button("Open page").url


@pytest.mark.parametrize("path", PATHS)
async def test_an_answer_is_the_same_whatever_a_request_says_of_its_way(
    outside: Outside, path: str
) -> None:
    plain, lying = await outside.ask("GET", path), await outside.ask("GET", path, headers=LIES)
    assert (lying.status, lying.body) == (plain.status, plain.body)
    assert EVIL not in str(lying.headers)
    assert "Strict-Transport-Security" not in lying.headers  # the public address is plain http


@pytest.mark.parametrize("host", [EVIL, f"127.0.0.1:1@{EVIL}", "", "a" * 5_000, "x\tx"])
async def test_no_page_and_no_link_is_made_from_the_host_header(
    outside: Outside, host: str
) -> None:
    for path in PATHS:
        request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        answer = await outside.raw(request.encode())
        assert status_of(answer) in {200, 400, 404, 410}
        assert EVIL.encode() not in answer
    absolute = f"GET http://{EVIL}/privacy HTTP/1.1\r\nHost: {EVIL}\r\nConnection: close\r\n\r\n"
    assert EVIL.encode() not in await outside.raw(absolute.encode())


async def test_figures_for_this_machine_are_not_for_who_says_to_come_from_it(
    outside: Outside,
) -> None:
    """Whoever comes through a proxy comes from this machine, so its address alone is no proof."""
    lying = await outside.ask("GET", "/metrics", headers=LIES)
    assert lying.status in {403, 404}


async def test_the_way_to_zoom_leads_back_to_the_public_address_alone(
    outside: Outside, school: Cast
) -> None:
    path = urlsplit(await asks_for_a_link(school)).path
    going = await outside.ask("POST", path, headers=LIES)
    assert going.status == 303
    target = urlsplit(going.headers["Location"])
    assert f"{target.scheme}://{target.netloc}" == outside.stage.servers.zoom.url
    asked = parse_qs(target.query)
    assert asked["redirect_uri"] == [outside.stage.settings.redirect_uri]
    assert "Domain" not in going.headers["Set-Cookie"]


@pytest.mark.parametrize("name", ["next", "url", "redirect", "redirect_uri", "return_to", "state"])
@pytest.mark.parametrize("target", [f"https://{EVIL}/", f"//{EVIL}", f"\\\\{EVIL}", "javascript:x"])
async def test_no_address_redirects_to_where_its_query_says(
    outside: Outside, name: str, target: str
) -> None:
    query = {name: target, "code": "x"}
    for path in (*(one.partition("?")[0] for one in PATHS), "/"):
        async with outside.http.get(
            f"{outside.url}{path}", params=query, allow_redirects=False
        ) as answer:
            assert "Location" not in answer.headers
            assert EVIL not in await answer.text()


@pytest.mark.parametrize(
    "path", [f"//{EVIL}", f"//{EVIL}/%2e%2e", f"/\\{EVIL}", "/zoom/connect//", "/privacy/", "/.."]
)
async def test_no_odd_path_redirects_anywhere(outside: Outside, path: str) -> None:
    answer = await outside.raw(
        f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
    )
    assert status_of(answer) in {200, 400, 404, 410}
    assert b"\r\nlocation:" not in answer.lower()


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": f"https://{EVIL}"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_another_sites_form_begins_no_connection(
    outside: Outside, school: Cast, headers: dict[str, str]
) -> None:
    link = await asks_for_a_link(school)
    answer = await outside.ask("POST", urlsplit(link).path, headers={**LIES, **headers})
    assert answer.status == 403
    assert "Set-Cookie" not in answer.headers
    assert (await outside.ask("GET", urlsplit(link).path)).status == 200  # it still works


async def test_a_link_in_telegram_leads_to_the_public_address_after_all_these_lies(
    outside: Outside, school: Cast
) -> None:
    await outside.ask("GET", "/privacy", headers={**LIES, "Host": EVIL})
    link = await asks_for_a_link(school)
    assert re.fullmatch(re.escape(outside.url) + r"/zoom/connect/[\w-]{22}", link)
    assert await outside.stage.count(connect_attempt) == 1  # of one person, the newest alone
