"""Updates that Telegram pushes, instead of waiting to be asked for them."""

import pytest
from aiohttp import ClientSession
from pydantic import SecretStr

from sandbox.people import Person
from settings import TelegramUpdates
from storage.schema import lesson
from tests.story.stage import Stage

SECRET = "a-secret-between-telegram-and-us"


@pytest.fixture
async def pushed(stage: Stage) -> Stage:
    """The program again, now with a webhook for updates."""
    await stage.stop()
    stage.settings = stage.settings.model_copy(
        update={
            "telegram_updates": TelegramUpdates.WEBHOOK,
            "telegram_webhook_secret": SecretStr(SECRET),
        }
    )
    await stage.start()
    return stage


@pytest.fixture
async def stranger(stage: Stage) -> Person:
    return await stage.people.person("Zayd")


async def test_the_main_line_works_by_push_too(pushed: Stage) -> None:
    school = await pushed.school()
    await school.aisha.types("/newclass Tajweed tomorrow 18:00 45m #Sisters")
    await school.aisha.sees("Sent to 1 of 1 group")
    assert await pushed.count(lesson) == 1


async def test_updates_without_the_secret_are_refused(pushed: Stage, stranger: Person) -> None:
    url = f"{pushed.settings.public_url}/telegram/webhook"
    await stranger.types("/help")
    await stranger.sees("/privacy")
    async with ClientSession() as http:
        for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "guessed"}):
            async with http.post(url, json={"update_id": 1}, headers=headers) as answer:
                assert answer.status == 401


async def test_back_to_polling_nothing_that_waited_is_lost(pushed: Stage, stranger: Person) -> None:
    await pushed.stop()
    await stranger.types("/help")
    pushed.settings = pushed.settings.model_copy(
        update={"telegram_updates": TelegramUpdates.POLLING}
    )
    await pushed.start()
    await stranger.sees("/privacy")
