"""What the running program answers from outside, whatever it is sent: always with its headers."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.web.described import operations
from tests.web.running import raw, running_program
from tests.web.site import TELEGRAM_SECRET

_CLOSE = b"Host: bot.example.org\r\nConnection: close\r\n"
_PUSHED = (
    b"POST /telegram/webhook HTTP/1.1\r\n"
    + _CLOSE
    + f"X-Telegram-Bot-Api-Secret-Token: {TELEGRAM_SECRET}\r\n".encode()
)
_ALWAYS = {
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "strict-transport-security": "max-age=31536000",
    "referrer-policy": "no-referrer",
}
_PUBLIC = ("/guide", "/privacy", "/terms", "/support", "/style.css")

REQUESTS = {
    "no http": (400, b"GARBAGE\r\n\r\n"),
    "tls": (400, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100)),
    "http 2": (400, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    "no such version": (400, b"GET /privacy HTTP/9.9\r\n" + _CLOSE + b"\r\n"),
    "http 1.0": (200, b"GET /privacy HTTP/1.0\r\n\r\n"),
    "no host": (400, b"GET /privacy HTTP/1.1\r\nConnection: close\r\n\r\n"),
    "a long line": (400, b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n" + _CLOSE + b"\r\n"),
    "a long header": (400, b"GET / HTTP/1.1\r\n" + _CLOSE + b"X: " + b"a" * 20_000 + b"\r\n\r\n"),
    "many headers": (400, b"GET / HTTP/1.1\r\n" + _CLOSE + b"X: 1\r\n" * 5_000 + b"\r\n"),
    "a broken header": (400, b"GET /privacy HTTP/1.1\r\n" + _CLOSE + b"X y: 1\r\n\r\n"),
    "no ascii": (400, b"GET /privacy?lang=\xc3\xa9 HTTP/1.1\r\n" + _CLOSE + b"\r\n"),
    "another site": (200, b"GET http://evil.example/privacy HTTP/1.1\r\n" + _CLOSE + b"\r\n"),
    "a broken address": (400, b"GET http://[::b/privacy HTTP/1.1\r\n" + _CLOSE + b"\r\n"),
    "a star": (404, b"OPTIONS * HTTP/1.1\r\n" + _CLOSE + b"\r\n"),
    "a proxy": (404, b"CONNECT evil.example:443 HTTP/1.1\r\n" + _CLOSE + b"\r\n"),
    "trace": (405, b"TRACE /privacy HTTP/1.1\r\n" + _CLOSE + b"\r\n"),
    "a way up": (404, b"GET /../../etc/passwd HTTP/1.1\r\n" + _CLOSE + b"\r\n"),
    "two slashes": (404, b"GET //evil.example/privacy HTTP/1.1\r\n" + _CLOSE + b"\r\n"),
    "no utf-8": (404, b"GET /%ff%fe%zz HTTP/1.1\r\n" + _CLOSE + b"\r\n"),
    "another language": (200, b"GET /guide?lang=%ff&lang=ar&&=;x HTTP/1.1\r\n" + _CLOSE + b"\r\n"),
    "a miracle": (417, b"GET /privacy HTTP/1.1\r\n" + _CLOSE + b"Expect: a-miracle\r\n\r\n"),
    "broken chunks": (400, _PUSHED + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n"),
    "two lengths": (
        400,
        _PUSHED + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
    ),
    "a length below zero": (400, _PUSHED + b"Content-Length: -3\r\n\r\n"),
    "no json": (400, _PUSHED + b"Content-Length: 3\r\n\r\nabc"),
    "a large body": (413, _PUSHED + b"Content-Length: 262145\r\n\r\n"),
    "a large chunk": (
        413,
        _PUSHED
        + b"Transfer-Encoding: chunked\r\n\r\n50000\r\n"
        + bytes(0x50000)
        + b"\r\n0\r\n\r\n",
    ),
}


@pytest.fixture
async def port(database_path: Path, data_key: str) -> AsyncIterator[int]:
    async with running_program(database_path, data_key) as port:
        yield port


def read(answer: bytes) -> tuple[int, dict[str, str]]:
    head, _, _ = answer.partition(b"\r\n\r\n")
    status_line, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    assert len(headers) == len(lines), "no header comes twice"
    return int(status_line.split()[1]), {name.lower(): value for name, value in headers.items()}


def assert_safe(path: str, answer: bytes) -> None:
    status, headers = read(answer)
    assert {name: headers.get(name) for name in _ALWAYS} == _ALWAYS
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; base-uri 'none'; frame-ancestors 'none'; ")
    beyond = policy.split("; ")[3:]
    is_page = headers.get("content-type", "").startswith("text/html")
    assert beyond == [*(["style-src 'self'"] if is_page else []), "form-action 'none'"]
    is_kept = status == 200 and path in _PUBLIC
    assert (headers["cache-control"] == "no-store") is not is_kept
    assert headers.get("server", "web") == "web"
    assert not re.search(rb"aiohttp|python|traceback", answer, re.IGNORECASE)


async def test_every_path_has_the_headers_for_every_method(port: int) -> None:
    paths = sorted({path for _, path, _ in operations()})
    for path in (*paths, "/", "/nothing"):
        address = path.replace("{token}", "unknown")
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"):
            sent = f"{method} {address} HTTP/1.1\r\n".encode() + _CLOSE + b"\r\n"
            answer = await raw(port, sent)
            assert read(answer)[0] < 500
            assert_safe(path, answer)


async def test_whatever_is_sent_is_answered_with_the_headers(port: int) -> None:
    for name, (status, sent) in REQUESTS.items():
        answer = await raw(port, sent)
        assert (name, read(answer)[0]) == (name, status)
        assert_safe("/privacy", answer)  # or an error, whatever was asked for


async def test_an_error_of_ours_has_them_and_says_nothing_of_itself(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise RuntimeError("what only we should read")

    monkeypatch.setattr("web.zoom_connect.attempt_page", fails)
    answer = await raw(port, b"GET /zoom/connect/abc HTTP/1.1\r\n" + _CLOSE + b"\r\n")
    assert read(answer)[0] == 500
    assert_safe("/zoom/connect/abc", answer)
    assert b"what only we should read" not in answer
