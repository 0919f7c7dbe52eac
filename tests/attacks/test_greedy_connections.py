"""Connections that want much and bring little: they are let go, and others are served meanwhile."""

import asyncio
import logging
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import pytest

from sandbox.story import Cast
from storage.schema import zoom_event
from tests.attacks.outside import Outside, event, status_of
from web import security, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

MOST = 256 * 1024
HEAD = b"POST /zoom/webhook HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"


def as_if_signed(outside: Outside) -> bytes:
    """A head with a time and a signature; whether that is of the body, only the body shows."""
    lines = (f"{name}: {value}\r\n" for name, value in outside.signed(b"").items())
    return HEAD + "".join(lines).encode()


@asynccontextmanager
async def connections(
    outside: Outside, sent: Sequence[bytes]
) -> AsyncIterator[list[tuple[StreamReader, StreamWriter]]]:
    """One for each of these, which say no more than that."""
    opened = []
    for begin in sent:
        reader, writer = await asyncio.open_connection("127.0.0.1", outside.port)
        writer.write(begin)
        opened.append((reader, writer))
    try:
        yield opened
    finally:
        for _, writer in opened:
            writer.close()


async def honest_reports(outside: Outside, school: Cast, many: int) -> list[float]:
    """How long each took, in seconds, sent one after the other."""
    took = []
    loop = asyncio.get_running_loop()
    for number in range(many):
        now_ms = int(outside.stage.clock().timestamp() * 1000)
        host = school.aisha_zoom.user_id
        body = event("meeting.started", 90_000_000_000, host, now_ms, f"{now_ms}-{number}")
        began = loop.time()
        assert (await outside.reports(body)).status == 204
        took.append(loop.time() - began)
    return took


async def test_a_body_over_the_cap_is_refused_by_its_announced_length(outside: Outside) -> None:
    begun = (HEAD + b"Content-Length: %d\r\n\r\n" % length for length in (MOST + 1, 10**9, 10**18))
    answers = await asyncio.gather(*(outside.raw(one) for one in begun))
    assert [status_of(one) for one in answers] == [413, 413, 413]
    assert await outside.stage.count(zoom_event) == 0


async def test_a_body_of_no_announced_length_is_read_to_the_cap_and_no_further(
    outside: Outside,
) -> None:
    assert await outside.stage.count(zoom_event) == 0
    chunk = b"10000\r\n" + bytes(0x10000) + b"\r\n"
    head = as_if_signed(outside) + b"Transfer-Encoding: chunked\r\n\r\n"
    assert status_of(await outside.raw(head + 5 * chunk + b"0\r\n\r\n")) == 413
    assert status_of(await outside.raw(head + b"FFFFFFFFFFFFFFFFFF\r\n" + bytes(100))) == 400


@pytest.mark.parametrize(
    "head",
    [
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: a\r\n" * 20_000 + b"\r\n",
    ],
    ids=["its address", "one header", "their number"],
)
async def test_a_head_without_measure_is_refused(outside: Outside, head: bytes) -> None:
    assert status_of(await outside.raw(head)) == 400
    assert (await outside.ask("GET", "/health/live")).status == 200


async def test_a_body_that_comes_too_slowly_is_not_waited_for(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(security, "BODY_TIMEOUT_S", 0.3)
    head = as_if_signed(outside) + b"Content-Length: 500\r\n\r\n"
    async with connections(outside, [head]) as [(reader, writer)]:
        async with asyncio.timeout(30):
            while not reader.at_eof():
                writer.write(b"{")  # a byte at a time, for as long as anybody listens
                try:
                    line = await asyncio.wait_for(reader.readline(), 0.05)
                except TimeoutError:
                    continue
                break
    assert line.split()[1] == b"408"


async def test_a_head_that_never_ends_is_let_go_and_so_is_silence(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert serving._SILENT_S <= 75
    monkeypatch.setattr(serving, "_SILENT_S", 0.4)
    begun = [b"", b"POST /zoom/webhook HTTP/1.1\r\nHost: x\r\n", b"GET /health/live HTTP/1.1\r\n"]
    async with connections(outside, begun) as opened, asyncio.timeout(30):
        while not all(reader.at_eof() for reader, _ in opened):
            for _, writer in opened[1:]:
                if not writer.is_closing():
                    writer.write(b"X-More: and more\r\n")
            await asyncio.sleep(0.05)
    assert (await outside.ask("GET", "/health/live")).status == 200


async def test_two_hundred_that_say_nothing_delay_no_true_report(
    outside: Outside, school: Cast
) -> None:
    """Half a second is what is promised; Zoom itself waits three."""
    slow = as_if_signed(outside) + b"Content-Length: 100\r\n\r\n{"
    kinds = (b"", b"GET / HT", HEAD, slow)
    async with connections(outside, kinds * 50) as opened:
        took = await honest_reports(outside, school, 20)
        assert len(opened) == 200
    assert sorted(took)[-2] < 0.5, took


async def test_when_all_places_are_taken_the_longest_silent_gives_its_own(
    outside: Outside, school: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "_MOST_CONNECTIONS", 20)
    async with connections(outside, [b""] * 40) as opened:
        assert await honest_reports(outside, school, 2)
        reply = await outside.raw(
            b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        )
        assert status_of(reply) == 200
        async with asyncio.timeout(30):
            assert await opened[0][0].read() == b""  # the oldest
        assert not opened[-1][0].at_eof()


async def test_when_bodies_that_never_end_take_all_places_the_oldest_gives_its_own(
    outside: Outside,
    school: Cast,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A body is waited for, for ten seconds: in these nobody else would be let in."""
    monkeypatch.setattr(serving, "_MOST_CONNECTIONS", 20)
    slow = as_if_signed(outside) + b"Content-Length: 100\r\n\r\n{"
    unread = b"GET /health/live HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"
    for begun in (slow, unread):
        async with connections(outside, [begun] * 40) as opened:
            took = await honest_reports(outside, school, 3)
            assert max(took) < 1, took
            async with asyncio.timeout(5):
                with suppress(ConnectionResetError):
                    await opened[0][0].read()  # to its end, which is now
            assert not opened[-1][0].at_eof()
    assert [one for one in caplog.records if one.levelno >= logging.ERROR] == []


async def test_a_body_that_comes_byte_by_byte_gains_its_place_no_time(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "_MOST_CONNECTIONS", 20)
    slow = as_if_signed(outside) + b"Content-Length: 100\r\n\r\n"
    alive = b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    async with connections(outside, [slow] * 19) as [(reader, writer), *_]:
        assert status_of(await outside.raw(alive)) == 200
        writer.write(b"{")
        await asyncio.sleep(0.05)
        async with connections(outside, [slow] * 5):
            assert status_of(await outside.raw(alive)) == 200
            async with asyncio.timeout(5):
                with suppress(ConnectionResetError):
                    assert await reader.read() == b""


async def test_who_leaves_in_the_middle_of_a_body_is_no_error(
    outside: Outside, caplog: pytest.LogCaptureFixture
) -> None:
    slow = as_if_signed(outside) + b"Content-Length: 100\r\n\r\n{"
    async with connections(outside, [slow] * 10):
        await asyncio.sleep(0.05)
    assert (await outside.ask("GET", "/health/live")).status == 200
    await asyncio.sleep(0.05)
    assert [one for one in caplog.records if one.levelno >= logging.WARNING] == []
