"""Secrets that are missing, wrong, or being replaced."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import SecretStr

import main
from sandbox.story import Cast
from settings import TelegramUpdates
from storage.schema import invitation, person
from tests.attacks.outside import Outside, event
from tests.story.stage import Stage, set_stage
from zoom.webhooks import sign

pytestmark = pytest.mark.asyncio(loop_scope="module")

NEW, OLD = "a-new-webhook-secret", "made-up-webhook-secret"
PUSH_SECRET = "a-secret-between-telegram-and-us"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
TELEGRAM = "/telegram/webhook"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def stage(module_database: Path, data_key: str) -> AsyncIterator[Stage]:
    """The program again, with pushed updates, and while Zoom's secret is replaced."""
    async with set_stage(module_database, data_key) as stage:
        await stage.stop()
        changed = {
            "zoom_webhook_secret": SecretStr(f"{NEW},{OLD}"),
            "telegram_updates": TelegramUpdates.WEBHOOK,
            "telegram_webhook_secret": SecretStr(PUSH_SECRET),
        }
        stage.settings = stage.settings.model_copy(update=changed)
        await stage.start()
        yield stage


WITHOUT = {
    "ZOOM_WEBHOOK_SECRET": " , ",
    "TELEGRAM_UPDATES": "webhook",
    "TELEGRAM_WEBHOOK_SECRET": "",
    "DATA_KEY": "",
}


async def test_without_its_secrets_the_program_does_not_start_and_says_why(
    stage: Stage, tmp_path: Path
) -> None:
    variables = {**stage.servers.variables, "DATABASE_URL": f"sqlite:///{tmp_path}/new.db"}
    status, out, err = await run({**variables, **WITHOUT}, tmp_path)
    assert (status, out) == (2, "")
    said = {line.split()[1] for line in err.splitlines()}
    assert said == {"ZOOM_WEBHOOK_SECRET", "TELEGRAM_WEBHOOK_SECRET", "DATA_KEY"}
    assert "so nobody could tell Zoom's messages from forged ones" in err
    assert await asyncio.to_thread(os.listdir, tmp_path) == []


async def run(variables: dict[str, str], folder: Path) -> tuple[int | None, str, str]:
    """The program as it is started anywhere; its exit status and what it said."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, main.__file__, "run"),
        env=variables,
        cwd=folder,
        stdout=PIPE,
        stderr=PIPE,
    )
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def test_while_a_secret_is_replaced_both_are_good_and_no_third(
    outside: Outside, school: Cast
) -> None:
    now = outside.stage.clock()
    host = school.aisha_zoom.user_id
    body = event("meeting.started", 90_000_000_000, host, int(now.timestamp() * 1000))
    for secret, status in ((NEW, 204), (OLD, 204), (f"{NEW},{OLD}", 401), (" ", 401), (",", 401)):
        assert (await outside.reports(body, secret=secret)).status == status
    for secret in (NEW, OLD):
        await outside.stage.zoom.webhooks(secret=secret)
        assert await outside.stage.zoom.challenge() == ""  # each is answered with itself


async def test_a_retired_secret_is_refused_and_its_own_answer_is_not_given(
    outside: Outside, school: Cast
) -> None:
    """The program once more, now with the new one alone."""
    stage = outside.stage
    both = stage.settings
    await stage.stop()
    stage.settings = both.model_copy(update={"zoom_webhook_secret": SecretStr(NEW)})
    await stage.start()
    body = event("meeting.started", 90_000_000_000, school.aisha_zoom.user_id, 1_795_442_400_000)
    headers = sign(body, OLD, stage.clock())
    assert (await outside.ask("POST", "/zoom/webhook", body=body, headers=headers)).status == 401
    assert (await outside.reports(body, secret=NEW)).status == 204
    await stage.zoom.webhooks(secret=OLD)
    assert await stage.zoom.challenge() != ""
    await stage.zoom.webhooks(secret=NEW)
    assert await stage.zoom.challenge() == ""


def invented(update_id: int, user_id: int, text: str) -> bytes:
    """An update by which anybody could be anybody."""
    sender = f'{{"id":{user_id},"is_bot":false,"first_name":"Musa"}}'
    chat = f'{{"id":{user_id},"type":"private","first_name":"Musa"}}'
    return (
        f'{{"update_id":{update_id},"message":{{"message_id":1,"date":1795442400,"from":{sender},'
        f'"chat":{chat},"text":"{text}"}}}}'
    ).encode()


@pytest.mark.parametrize(
    "values",
    [
        [],
        [b""],
        [b"guessed"],
        [PUSH_SECRET[:-1].encode()],
        [PUSH_SECRET.encode() + b"x"],
        [PUSH_SECRET.upper().encode()],
        [PUSH_SECRET.encode(), PUSH_SECRET.encode()],
        [b"guessed", PUSH_SECRET.encode()],
        [b"\xff\xfe"],
        ["\u0430-secret-between-telegram-and-us".encode()],  # a Cyrillic a
    ],
)
async def test_nobody_speaks_for_telegram_without_its_secret(
    outside: Outside, school: Cast, values: list[bytes]
) -> None:
    """As an admin, whose number need not be secret."""
    stage = outside.stage
    before = await stage.count(invitation), await stage.count(person)
    body = invented(999_999, school.admin.id, "/invite")
    status = await outside.posts_exactly(TELEGRAM, [(HEADER, one) for one in values], body)
    assert status in {400, 401}
    assert (await stage.count(invitation), await stage.count(person)) == before
    await school.khadija.types("/help")  # what Telegram itself pushes is answered
    await school.khadija.sees("/privacy")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b'{"update_id": "x"}',
        b'{"update_id": -1}',
        b'{"update_id": 1e400}',
        b'{"update_id": 12, "message": 5}',
        b'{"update_id": 13, "message": {"message_id": 1}}',
        b'{"update_id": 14, "callback_query": {"id": "1", "from": {}}}',
        b"[" * 100_000,
        b'{"update_id": 15, "message": ' + b'{"reply_to_message":' * 5_000 + b"1",
    ],
    ids=range(12),
)
async def test_an_update_that_makes_no_sense_stops_nothing(
    outside: Outside, school: Cast, body: bytes
) -> None:
    """With the right secret: as if Telegram itself had gone mad."""
    reply = await outside.ask("POST", TELEGRAM, body=body, headers={HEADER: PUSH_SECRET})
    assert reply.status in {200, 400}
    assert PUSH_SECRET not in reply.text
    await school.khadija.types("/help")
    await school.khadija.sees("/privacy")
