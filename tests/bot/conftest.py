"""The bot at work, with Telegram's and Zoom's stand-ins around it."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.application import TelegramBot, open_bot
from bot.budget import Limits
from bot.flooding import Pace
from sandbox.people import People, Person
from sandbox.telegram import TelegramSandbox, telegram_sandbox
from services.office import Office
from tests.clocks import SettableClock
from tests.services.people_of_the_school import ADMIN, AISHA

_WIDE = 1_000  # as many messages as a test likes
ANY_PACE = Pace(_WIDE, _WIDE, _WIDE, _WIDE, _WIDE, _WIDE)


@pytest.fixture
async def telegram(clock: SettableClock) -> AsyncIterator[TelegramSandbox]:
    async with telegram_sandbox(clock=clock) as server:
        yield server


@pytest.fixture
async def people(telegram: TelegramSandbox) -> AsyncIterator[People]:
    """They may be written to as often as a test likes."""
    async with telegram.people() as people:
        await people.limits(overall=_WIDE, group=_WIDE, private=_WIDE)
        yield people


@pytest.fixture
async def admin(people: People) -> Person:
    return await people.person(ADMIN.name, id=ADMIN.id, username=ADMIN.username)


@pytest.fixture
async def aisha(people: People) -> Person:
    """Has pressed Start once, so the bot may write to her."""
    person = await people.person(AISHA.name, id=AISHA.id, username=AISHA.username)
    await person.types("/start")
    return person


@pytest.fixture
async def telegram_bot(telegram: TelegramSandbox, office: Office) -> AsyncIterator[TelegramBot]:
    """The bot, neither receiving nor publishing yet."""
    with ThreadPoolExecutor(1) as elsewhere:
        limits = Limits(overall=_WIDE, group=_WIDE, private=_WIDE)
        at = telegram.token, telegram.url
        async with open_bot(*at, office, elsewhere, limits, ANY_PACE) as opened:
            yield opened


@pytest.fixture
async def publishing(telegram_bot: TelegramBot, office: Office) -> AsyncIterator[TelegramBot]:
    """The bot while it publishes."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(telegram_bot.publisher.run(stop))
        yield telegram_bot
        stop.set()
        office.bell.posts.ring()


@pytest.fixture
async def receiving(telegram_bot: TelegramBot) -> AsyncIterator[TelegramBot]:
    """The bot while it receives."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(telegram_bot.updates.run(stop))
        yield telegram_bot
        stop.set()
