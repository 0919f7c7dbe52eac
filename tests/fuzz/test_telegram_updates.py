"""Any update that Telegram may push: answered 200, nothing breaks, and the bot goes on."""

import json
import re
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import pytest
from aiohttp import ClientSession
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import select

from sandbox.story import Cast
from settings import TelegramUpdates
from storage.schema import course, lesson, person
from tests.fuzz import examples
from tests.fuzz.telegram_updates import Json, Known, updates
from tests.story.stage import Stage, set_stage

SECRET = "a-secret-between-telegram-and-us"
_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
_TELEGRAM_REFUSES = ("BadRequest", "Forbidden", "ChatMigrated", "RetryAfter")
"""The stand-in knows nothing of made-up chats, messages and presses."""


class Pushed:
    """The running program, to which updates are pushed."""

    def __init__(self, stage: Stage, school: Cast, known: Known, http: ClientSession) -> None:
        self.stage = stage
        self.school = school
        self.known = known
        self._http = http
        self._numbers = count(900_000_000)

    async def push(self, update: Json) -> int:
        return await self.send(json.dumps({"update_id": next(self._numbers), **update}).encode())

    async def send(self, body: bytes) -> int:
        url = f"{self.stage.settings.public_url}/telegram/webhook"
        async with self._http.post(url, data=body, headers={_SECRET_HEADER: SECRET}) as answer:
            return answer.status

    async def answers_an_honest_question(self) -> None:
        await self.school.khadija.types("/help")
        await self.school.khadija.sees("/privacy")


@pytest.fixture
async def pushed(database_path: Path, data_key: str) -> AsyncIterator[Pushed]:
    async with set_stage(database_path, data_key) as stage, ClientSession() as http:
        await stage.stop()
        stage.settings = stage.settings.model_copy(
            update={
                "telegram_updates": TelegramUpdates.WEBHOOK,
                "telegram_webhook_secret": SecretStr(SECRET),
            }
        )
        await stage.start()
        school = await stage.school()
        await school.aisha.types("/newclass Tajweed tomorrow 18:00 45m daily x3 #Sisters")
        await school.aisha.sees("Sent to 1 of 1 group")
        yield Pushed(stage, school, await _known(stage, school), http)


async def _known(stage: Stage, school: Cast) -> Known:
    ids: list[int] = []
    async with stage.program.office.database.reading() as tx:
        for table in (course, lesson, person):
            ids += await tx.connection.scalars(select(table.c.id))
    people = [school.admin.id, school.aisha.id, school.khadija.id]
    groups = [school.beginners.id, school.sisters.id]
    messages = [one.id for one in (await school.aisha.looks()).messages if one.from_bot]
    return Known(people, groups, [*ids, *people, *groups], messages)


def unexpected(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged as unexpected, but for what the stand-in refuses."""
    said = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    found = [one for one in said if not re.match(rf"problem \w+: ({_REFUSED})\b", one)]
    caplog.clear()
    return found


_REFUSED = "|".join(_TELEGRAM_REFUSES)


@examples(150)
@given(data=st.data())
async def test_every_update_is_handled(
    pushed: Pushed, caplog: pytest.LogCaptureFixture, data: st.DataObject
) -> None:
    update = data.draw(updates(pushed.known))
    assert await pushed.push(update) == 200
    assert unexpected(caplog) == []


async def test_the_bot_goes_on_after_updates_that_make_no_sense(pushed: Pushed) -> None:
    for body in (b"", b"[]", b"{", b"\xff", b"[" * 50_000, b"null", b'"text"'):
        assert await pushed.send(body) == 400
    await pushed.answers_an_honest_question()
