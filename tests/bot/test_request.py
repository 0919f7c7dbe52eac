"""What failed requests say: sent for certain, certainly not, and no word of the token."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from telegram import Bot
from telegram.error import BadRequest, TelegramError

from bot.request import NotSent, TelegramRequest, Uncertain, keep_secrets_out_of_the_log

TOKEN = "123456:a-token-that-nobody-may-read"
Serve = Callable[[web.Request], Awaitable[web.Response]]


@asynccontextmanager
async def bot_at(serve: Serve) -> AsyncIterator[Bot]:
    """A bot whose Telegram answers as `serve` does."""
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", serve)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/bot"
    try:
        async with TelegramRequest(1, read_timeout=0.3, pool_timeout=0.1) as request:
            yield Bot(TOKEN, url, request=request)
    finally:
        await runner.cleanup()


def answering(body: bytes, status: int = 200) -> Serve:
    async def serve(request: web.Request) -> web.Response:
        del request
        return web.Response(body=body, status=status)

    return serve


async def hanging_up(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.close()
    return web.Response()


async def silent(request: web.Request) -> web.Response:
    del request
    await asyncio.sleep(1)
    return web.Response()


def said(error: BaseException) -> str:
    return f"{error!r} {error} {error.__cause__}"


async def test_nobody_listening_means_certainly_not_sent() -> None:
    async with TelegramRequest(1) as request:
        bot = Bot(TOKEN, "http://127.0.0.1:9/bot", request=request)
        with pytest.raises(NotSent) as failure:
            await bot.send_message(1, "Hello")
    assert TOKEN not in said(failure.value)
    assert failure.value.message == "ConnectError"


@pytest.mark.parametrize(
    ("serve", "reason"), [(hanging_up, "RemoteProtocolError"), (silent, "ReadTimeout")]
)
async def test_an_answer_that_never_comes_is_uncertain(serve: Serve, reason: str) -> None:
    async with bot_at(serve) as bot:
        with pytest.raises(Uncertain) as failure:
            await bot.send_message(1, "Hello")
    assert TOKEN not in said(failure.value)
    assert failure.value.message == reason


async def test_no_free_connection_means_certainly_not_sent() -> None:
    async with bot_at(silent) as bot:
        first, second = await asyncio.gather(
            bot.send_message(1, "Hello"), bot.send_message(1, "Hello"), return_exceptions=True
        )
    assert {type(first), type(second)} == {Uncertain, NotSent}


async def test_a_refusal_keeps_telegrams_words() -> None:
    body = b'{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}'
    async with bot_at(answering(body, 400)) as bot:
        with pytest.raises(BadRequest, match=r"[Cc]hat not found"):
            await bot.send_message(1, "Hello")


@pytest.mark.parametrize("body", [b"<html>secret</html>", b"[1]", b""])
async def test_an_answer_that_makes_no_sense_is_not_logged(
    body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with bot_at(answering(body)) as bot:
        with pytest.raises(TelegramError, match="makes no sense"):
            await bot.send_message(1, "Hello")
    assert "secret" not in caplog.text


async def test_the_token_and_the_texts_are_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    keep_secrets_out_of_the_log()
    caplog.set_level(logging.DEBUG)
    async with bot_at(answering(b'{"ok":true,"result":true}')) as bot:
        assert await bot.delete_message(1, 2)
        assert await bot.set_my_name("A name that nobody may read")
    assert "nobody-may-read" not in caplog.text
    assert "nobody may read" not in caplog.text
