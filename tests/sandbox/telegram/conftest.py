"""A running stand-in for each test, its people, and three clients that talk to it."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import aiohttp
import pytest
import telegram
from aiogram import Bot as StrictBot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from sandbox.people import Group, People, Person
from sandbox.telegram import TelegramSandbox, telegram_sandbox
from tests.clocks import SettableClock


@pytest.fixture
async def tg(clock: SettableClock) -> AsyncIterator[TelegramSandbox]:
    async with telegram_sandbox(clock=clock) as sandbox:
        yield sandbox


@pytest.fixture
async def people(tg: TelegramSandbox) -> AsyncIterator[People]:
    async with tg.people() as everybody:
        yield everybody


@pytest.fixture
async def aisha(people: People) -> Person:
    """Has already written to the bot, so that it may write to her."""
    person = await people.person("Aisha", username="aisha_q")
    await person.types("/start")
    return person


@pytest.fixture
async def beginners(people: People, aisha: Person) -> Group:
    """A supergroup of Aisha's with the bot in it."""
    group = await people.group("Beginners A", owner=aisha)
    await aisha.adds_bot(to=group)
    return group


@pytest.fixture
async def ptb(tg: TelegramSandbox) -> AsyncIterator[telegram.Bot]:
    async with telegram.Bot(
        tg.token, base_url=f"{tg.url}/bot", base_file_url=f"{tg.url}/file/bot"
    ) as bot:
        yield bot


@pytest.fixture
async def strict(tg: TelegramSandbox) -> AsyncIterator[StrictBot]:
    """An aiogram bot: it rejects answers that are not as the Bot API describes them."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(tg.url))
    async with StrictBot(tg.token, session=session) as bot:
        yield bot


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Mapping[str, object]

    @property
    def description(self) -> object:
        return self.body.get("description")

    @property
    def parameters(self) -> object:
        return self.body.get("parameters")


class RawBot:
    """Sends whatever it is told, right or wrong."""

    def __init__(self, session: aiohttp.ClientSession, path: str) -> None:
        self._session = session
        self._path = path

    async def call(self, method: str, **parameters: object) -> Answer:
        async with self._session.post(f"{self._path}/{method}", json=parameters) as answer:
            return Answer(answer.status, await answer.json())

    async def upload(self, method: str, part: str, content: bytes, **fields: str) -> Answer:
        """A call with a file, as a multipart form."""
        form = aiohttp.FormData(fields)
        form.add_field(part, content, filename=f"{part}.bin")
        async with self._session.post(f"{self._path}/{method}", data=form) as answer:
            return Answer(answer.status, await answer.json())

    async def refusal(self, method: str, **parameters: object) -> str:
        """Why a call was refused: "400 Bad Request: …"."""
        answer = await self.call(method, **parameters)
        assert answer.body["ok"] is False, answer.body
        return f"{answer.status} {answer.description}".replace(
            f"{answer.status} Bad Request: ", f"{answer.status} "
        )


@pytest.fixture
async def raw(tg: TelegramSandbox) -> AsyncIterator[RawBot]:
    async with aiohttp.ClientSession(tg.url) as session:
        yield RawBot(session, f"/bot{tg.token}")
