"""Updates come in order per chat, once each, and are confirmed when they are handled."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from sqlalchemy import func, select
from telegram import Bot, Update
from telegram.error import Conflict
from telegram.ext import Application, ApplicationBuilder, ContextTypes, TypeHandler

from bot.context import Context
from bot.errors import report_stray
from bot.request import TelegramRequest
from bot.updates import Updates
from sandbox.people import People, Person
from sandbox.telegram import TelegramSandbox
from services.office import Office
from storage.schema import handled_update

Handle = Callable[[Update], Any]


class Recorder:
    """Stands for all handlers: notes what it gets, and takes as long as it is told to."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.takes: dict[str, float] = {}
        self.fails_on: set[str] = set()
        self.busy: defaultdict[str, int] = defaultdict(int)
        self.most_at_once = 0

    async def __call__(self, update: Update, context: object) -> None:
        del context
        assert update.effective_user is not None
        who = update.effective_user.first_name
        message = update.effective_message
        text = (message.text if message else None) or ""
        self.busy[who] += 1
        assert self.busy[who] == 1, "one at a time in each chat"
        self.most_at_once = max(self.most_at_once, sum(self.busy.values()))
        try:
            await asyncio.sleep(self.takes.get(text, 0.0))
        finally:
            self.busy[who] -= 1
        if text in self.fails_on:
            raise RuntimeError(text)
        self.heard.append((who, text))

    async def hears(self, *texts: str) -> None:
        async with asyncio.timeout(30):
            while not set(texts) <= {text for _, text in self.heard}:  # noqa: ASYNC110  a test may look
                await asyncio.sleep(0.01)


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
async def application(
    telegram: TelegramSandbox, recorder: Recorder
) -> AsyncIterator[Application[Any, Any, Any, Any, Any, Any]]:
    made = (
        ApplicationBuilder()
        .token(telegram.token)
        .base_url(f"{telegram.url}/bot")
        .request(TelegramRequest(4))
        .get_updates_request(TelegramRequest(4))
        .context_types(ContextTypes(context=Context))
        .updater(None)
        .job_queue(None)
        .build()
    )
    made.add_handler(TypeHandler(Update, recorder))
    made.add_error_handler(report_stray)
    async with made:
        yield made


@pytest.fixture
def updates(application: Application[Any, Any, Any, Any, Any, Any], office: Office) -> Updates:
    return Updates(application, office)


@asynccontextmanager
async def running(updates: Updates) -> AsyncIterator[None]:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(updates.run(stop))
        yield
        stop.set()


async def handled(office: Office) -> int:
    async with office.database.reading() as tx:
        found = await tx.connection.execute(select(func.count()).select_from(handled_update))
        return int(found.scalar_one())


@pytest.fixture
async def musa(people: People) -> Person:
    return await people.person("Musa")


@pytest.fixture
async def bilal(people: People) -> Person:
    return await people.person("Bilal")


async def test_a_chat_keeps_its_order_however_long_each_takes(
    updates: Updates, recorder: Recorder, musa: Person
) -> None:
    recorder.takes = {"one": 0.2, "two": 0.1}
    async with running(updates):
        for text in ("one", "two", "three"):
            await musa.types(text)
        await recorder.hears("three")
    assert [text for _, text in recorder.heard] == ["one", "two", "three"]


async def test_a_slow_chat_does_not_hold_up_another(
    updates: Updates, recorder: Recorder, musa: Person, bilal: Person
) -> None:
    recorder.takes = {"slow": 1.5}
    async with running(updates):
        await musa.types("slow")
        await asyncio.sleep(0.1)
        await bilal.types("quick")
        await recorder.hears("quick")
        assert ("Musa", "slow") not in recorder.heard
        await recorder.hears("slow")
    assert recorder.most_at_once == 2


async def test_an_update_is_confirmed_only_when_it_is_handled(
    updates: Updates, recorder: Recorder, people: People, musa: Person, office: Office
) -> None:
    recorder.takes = {"slow": 0.7}
    async with running(updates):
        await musa.types("slow")
        await asyncio.sleep(0.4)  # it has been polled, several times
        assert (await people.statistics())["pending_updates"] == 1
        assert await handled(office) == 0
        await recorder.hears("slow")
        await asyncio.sleep(0.2)
        assert (await people.statistics())["pending_updates"] == 0
    assert await handled(office) == 1
    assert recorder.heard == [("Musa", "slow")]


async def test_what_a_crash_interrupted_is_handled_by_the_next_run(
    application: Application[Any, Any, Any, Any, Any, Any],
    updates: Updates,
    recorder: Recorder,
    musa: Person,
    office: Office,
) -> None:
    recorder.takes = {"slow": 60.0}
    async with asyncio.TaskGroup() as group:
        crashing = group.create_task(updates.run(asyncio.Event()))
        await musa.types("slow")
        await asyncio.sleep(0.3)
        crashing.cancel()
    recorder.takes = {}
    async with running(Updates(application, office)):
        await recorder.hears("slow")
    assert recorder.heard == [("Musa", "slow")]


async def test_what_was_handled_but_not_confirmed_is_not_handled_again(
    application: Application[Any, Any, Any, Any, Any, Any],
    updates: Updates,
    recorder: Recorder,
    musa: Person,
    telegram: TelegramSandbox,
    office: Office,
) -> None:
    await musa.types("once")
    async with Bot(telegram.token, f"{telegram.url}/bot") as bot:
        (update,) = await bot.get_updates()
    await updates.handle(update.to_dict())
    async with running(Updates(application, office)):
        await musa.types("twice")
        await recorder.hears("twice")
    assert [text for _, text in recorder.heard] == ["once", "twice"]


async def test_the_same_update_pushed_twice_at_once_is_handled_once(
    updates: Updates, recorder: Recorder, musa: Person, telegram: TelegramSandbox
) -> None:
    recorder.takes = {"once": 0.2}
    await musa.types("once")
    async with Bot(telegram.token, f"{telegram.url}/bot") as bot:
        (update,) = await bot.get_updates()
    loop = asyncio.get_running_loop()
    start = loop.time()
    await asyncio.gather(*(updates.handle(update.to_dict()) for _ in range(3)))
    assert loop.time() - start >= 0.2
    assert recorder.heard == [("Musa", "once")]


async def test_an_update_pushed_again_is_not_confirmed_by_a_handling_that_failed(
    updates: Updates,
    recorder: Recorder,
    musa: Person,
    telegram: TelegramSandbox,
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recorder.takes = {"once": 0.2}
    await musa.types("once")
    async with Bot(telegram.token, f"{telegram.url}/bot") as bot:
        (update,) = await bot.get_updates()

    def failing() -> Any:
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(office.database, "writing", failing)
        answers = await asyncio.gather(
            *(updates.handle(update.to_dict()) for _ in range(2)), return_exceptions=True
        )
    assert [type(answer) for answer in answers] == [OSError, OSError]
    await updates.handle(update.to_dict())
    assert await handled(office) == 1


async def test_a_duplicate_from_telegram_is_handled_once(
    updates: Updates, recorder: Recorder, people: People, musa: Person
) -> None:
    await people.fault("duplicate_update")
    async with running(updates):
        await musa.types("once")
        await musa.types("after")
        await recorder.hears("after")
    assert [text for _, text in recorder.heard] == ["once", "after"]


async def test_an_update_that_fails_is_reported_and_not_tried_for_ever(
    updates: Updates,
    recorder: Recorder,
    musa: Person,
    office: Office,
    caplog: pytest.LogCaptureFixture,
) -> None:
    recorder.fails_on = {"a private text"}
    async with running(updates):
        await musa.types("a private text")
        await musa.types("after")
        await recorder.hears("after")
    assert await handled(office) == 2
    assert [text for _, text in recorder.heard] == ["after"]
    assert "RuntimeError at tests/bot/test_updates.py" in caplog.text


async def test_one_that_nothing_can_be_made_of_is_reported_and_not_tried_for_ever(
    updates: Updates,
    application: Application[Any, Any, Any, Any, Any, Any],
    recorder: Recorder,
    musa: Person,
    office: Office,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whether it has an answer is asked of each handler, and that may fail too."""

    class Broken(TypeHandler[Update, Any, Any]):
        def check_update(self, update: object) -> bool:
            message = update.message if isinstance(update, Update) else None
            if message is not None and message.text == "a private text":
                raise RuntimeError(message.text)
            return False

    application.add_handler(Broken(Update, recorder), group=-1)
    async with running(updates):
        await musa.types("a private text")
        await musa.types("after")
        await recorder.hears("after")
    assert await handled(office) == 2
    assert caplog.text.count("RuntimeError at ") == 1
    assert "a private text" not in caplog.text


async def test_an_unreadable_update_holds_up_no_other(
    updates: Updates,
    recorder: Recorder,
    people: People,
    musa: Person,
    caplog: pytest.LogCaptureFixture,
) -> None:
    recorder.takes = {"slow": 0.6}
    await musa.types("slow")  # while it is in hand, the others are polled again and again
    await people.fault("unreadable_update")
    await musa.types("a private text")
    await musa.types("after")
    async with running(updates):
        await recorder.hears("slow", "after")
        async with asyncio.timeout(30):
            while (await people.statistics())["pending_updates"]:  # noqa: ASYNC110  a test may look
                await asyncio.sleep(0.05)
    assert [text for _, text in recorder.heard] == ["slow", "after"]
    assert caplog.text.count("problem ") == 1
    assert "a private text" not in caplog.text


@pytest.mark.parametrize("answer", [True, {}, [True, [], {"update_id": "1"}], None])
async def test_an_answer_that_is_no_list_of_updates_does_not_end_the_polling(
    updates: Updates,
    application: Application[Any, Any, Any, Any, Any, Any],
    recorder: Recorder,
    musa: Person,
    monkeypatch: pytest.MonkeyPatch,
    answer: object,
) -> None:
    request = application.bot._request[0]
    post, answers = request.post, [answer]

    async def strange_at_first(*args: Any, **more: Any) -> Any:
        return answers.pop() if answers else await post(*args, **more)

    monkeypatch.setattr(request, "post", strange_at_first)
    async with running(updates):
        await musa.types("at last")
        await recorder.hears("at last")


_OF_ZAYD = {"id": 7, "first_name": "Zayd", "is_bot": False}
_WRITTEN = {"message_id": 1, "date": 0, "text": "Good morning", "from": _OF_ZAYD}


@pytest.mark.parametrize(
    "pushed",
    [
        {},
        {"update_id": "1"},
        {"update_id": True},
        {"update_id": None},
        {"update_id": 10**30},
        {"update_id": 1, "message": []},
        {"update_id": 1, "message": {}},
        {"update_id": 1, "message": {**_WRITTEN, "date": 10**20, "chat": {"id": 7}}},
        {"update_id": 1, "message": {**_WRITTEN, "chat": {"id": [], "type": "private"}}},
        {"update_id": 1, "callback_query": "pressed"},
    ],
)
async def test_what_is_no_update_is_passed_over_and_not_pushed_for_ever(
    updates: Updates, recorder: Recorder, office: Office, pushed: dict[str, Any]
) -> None:
    for _ in range(2):
        async with asyncio.timeout(30):
            await updates.handle(pushed)
    assert (recorder.heard, await handled(office)) == ([], 0)


async def test_polling_goes_on_when_telegram_does_not_answer(
    updates: Updates, recorder: Recorder, people: People, musa: Person
) -> None:
    assert updates.last_poll_age is None
    await people.fault("server_error", "getUpdates", times=2)
    async with running(updates):
        await musa.types("at last")
        await recorder.hears("at last")
        assert updates.last_poll_age is not None
        assert updates.last_poll_age < 5


async def test_a_second_poller_is_reported(
    updates: Updates, telegram: TelegramSandbox, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(updates):
        await asyncio.sleep(0.2)
        async with Bot(telegram.token, f"{telegram.url}/bot") as other:
            with suppress(Conflict):  # each may end the other's poll
                await other.get_updates(timeout=1)
        await asyncio.sleep(0.2)
    assert "another program receives this bot's updates" in caplog.text


async def test_a_stop_waits_for_what_has_begun(
    updates: Updates, recorder: Recorder, musa: Person
) -> None:
    recorder.takes = {"slow": 0.6}
    async with running(updates):
        await musa.types("slow")
        await asyncio.sleep(0.3)
    assert recorder.heard == [("Musa", "slow")]


async def test_an_update_that_could_not_even_be_begun_is_polled_again(
    updates: Updates,
    office: Office,
    recorder: Recorder,
    musa: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reading, failures = office.database.reading, [OSError("the disk is full")] * 2

    def failing_at_first() -> Any:
        if failures:
            raise failures.pop()
        return reading()

    monkeypatch.setattr(office.database, "reading", failing_at_first)
    async with running(updates):
        await musa.types("/one")
        await recorder.hears("/one")
    assert recorder.heard == [("Musa", "/one")]
    assert not failures
