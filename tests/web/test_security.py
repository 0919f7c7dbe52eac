"""What every answer carries, and what no answer and no log shows."""

import asyncio
import logging
import re

import pytest

from school.errors import (
    NotAllowed,
    NotConnected,
    NotUnderstood,
    Outdated,
    SchoolError,
    ZoomUnavailable,
)
from tests.web.site import TELEGRAM_SECRET, Answer, Seen, Site
from web.security import origin_of, page_policy, security_headers, status_of

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",
}
TELEGRAM = ("X-Telegram-Bot-Api-Secret-Token", TELEGRAM_SECRET)


def assert_safe(answer: Answer) -> None:
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    is_page = answer.headers.get("Content-Type", "").startswith("text/html")
    assert answer.headers["Content-Security-Policy"] == (
        "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
        + ("style-src 'self'; " if is_page else "")
        + "form-action 'none'"
    )
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert "Server" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/health/live", 200),
        ("HEAD", "/health/live", 200),
        ("GET", "/health/ready", 200),
        ("GET", "/nothing", 404),
        ("GET", "/zoom/connect/unknown", 410),
        ("GET", "/zoom/callback?state=unknown&code=x", 410),
        ("HEAD", "/zoom/callback?state=unknown&code=x", 405),
        ("GET", "/zoom/webhook", 405),
        ("POST", "/zoom/webhook", 401),
        ("POST", "/telegram/webhook", 401),
        ("DELETE", "/privacy", 405),
        ("POST", "/zoom/connect/unknown", 410),
    ],
)
async def test_every_answer_has_the_security_headers(
    site: Site, method: str, path: str, status: int
) -> None:
    answer = await site.ask(method, path)
    assert answer.status == status
    assert_safe(answer)


async def test_an_error_of_ours_has_them_too_and_shows_only_a_reference(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    site.surroundings.failure = RuntimeError("what only we should read")
    answer = await site.ask(
        "POST", "/telegram/webhook?token=in-the-query", body=b"{}", headers=[TELEGRAM]
    )
    assert answer.status == 500
    assert_safe(answer)
    page = Seen(answer.text)
    assert "what only we should read" not in answer.text
    reference = page.words[page.words.index("If it happens again, tell your admin: ") + 1]
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{4}", reference)
    [record] = [one for one in caplog.records if one.levelno == logging.ERROR]
    assert record.getMessage() == f"POST /telegram/webhook failed: {reference}"


async def test_a_body_that_is_too_large_is_refused_by_its_announced_length(site: Site) -> None:
    answer = await site.ask("POST", "/telegram/webhook", body=bytes(262_145), headers=[TELEGRAM])
    assert answer.status == 413
    assert_safe(answer)


async def test_what_is_no_http_is_answered_safely(site: Site) -> None:
    answer = await raw(site, b"GARBAGE\r\n\r\n")
    assert answer.startswith(b"HTTP/1.0 400 ")
    for name, value in ALWAYS.items():
        assert f"{name}: {value}".encode() in answer
    assert b"aiohttp" not in answer
    assert b"GARBAGE" not in answer


async def test_an_expectation_that_we_cannot_meet_is_answered_safely(site: Site) -> None:
    answer = await raw(
        site, b"GET /privacy HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: a-miracle\r\n\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 417 ")
    assert b"X-Content-Type-Options: nosniff" in answer


async def test_neither_addresses_nor_paths_with_codes_are_logged(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await site.get("/zoom/connect/a-secret-code")
    await site.get("/zoom/callback?state=a-secret-state&code=a-secret-code")
    await site.get("/nothing/a-secret-code")
    await raw(site, b"a-secret-code\r\n\r\n")
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert "a-secret" not in logged
    assert "127.0.0.1" not in logged


async def test_a_method_that_is_not_allowed_says_which_are(site: Site) -> None:
    answer = await site.ask("PUT", "/zoom/webhook")
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")
    assert "This page cannot be used that way." in Seen(answer.text).text


def test_over_plain_http_nothing_is_promised_about_https() -> None:
    assert "Strict-Transport-Security" not in security_headers("http://127.0.0.1:8080")


def test_forms_may_lead_to_zoom_and_its_regions_alone() -> None:
    policy = page_policy("https://zoom.us/oauth/authorize?a=b")
    assert policy.endswith("form-action 'self' https://zoom.us https://*.zoom.us")
    on_this_machine = page_policy("http://127.0.0.1:9/oauth/authorize")
    assert on_this_machine.endswith("form-action 'self' http://127.0.0.1:9")


def test_a_page_without_a_form_leads_nowhere() -> None:
    assert page_policy().endswith("form-action 'none'")


def test_an_origin_is_scheme_host_and_port() -> None:
    assert origin_of("https://bot.example.org/some/path") == "https://bot.example.org"
    assert origin_of("http://127.0.0.1:8080") == "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Outdated, 410),
        (NotAllowed, 403),
        (NotUnderstood, 404),
        (ZoomUnavailable, 503),
        (NotConnected, 400),
    ],
)
def test_an_error_has_the_status_that_means_the_same(error: type[SchoolError], status: int) -> None:
    assert status_of(error("no")) == status


async def raw(site: Site, sent: bytes) -> bytes:
    """Everything that comes back for bytes that no client would send."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write(sent)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer
