"""What the bot hears, in which order, and until when."""

import asyncio

import pytest
import telegram
from aiohttp import web
from aiohttp.test_utils import TestServer

from sandbox.people import Group, People, Person
from tests.sandbox.telegram.conftest import Answer, RawBot


def texts(updates: object) -> list[str]:
    assert isinstance(updates, list)
    return [update["message"].get("text", "") for update in updates if "message" in update]


async def test_updates_stay_until_a_higher_offset_confirms_them(
    raw: RawBot, people: People
) -> None:
    aisha = await people.person("Aisha")
    for text in ("one", "two", "three"):
        await aisha.types(text)
    first = await raw.call("getUpdates", limit=2)
    assert texts(first.body["result"]) == ["one", "two"]
    again = await raw.call("getUpdates")
    assert texts(again.body["result"]) == ["one", "two", "three"]
    result = again.body["result"]
    assert isinstance(result, list)
    last = await raw.call("getUpdates", offset=result[-1]["update_id"])
    assert texts(last.body["result"]) == ["three"]
    assert texts((await raw.call("getUpdates", offset=-1)).body["result"]) == ["three"]


async def test_a_long_poll_ends_as_soon_as_something_happens(raw: RawBot, people: People) -> None:
    aisha = await people.person("Aisha")
    async with asyncio.TaskGroup() as tasks, asyncio.timeout(30):
        poll = tasks.create_task(raw.call("getUpdates", timeout=50))
        await asyncio.sleep(0.05)
        await aisha.types("hello")
    assert texts(poll.result().body["result"]) == ["hello"]


async def test_a_second_poller_ends_the_first(raw: RawBot) -> None:
    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(raw.call("getUpdates", timeout=50))
        await asyncio.sleep(0.05)
        second = await raw.call("getUpdates")
    assert second.status == 200
    assert first.result().status == 409
    assert first.result().description == (
        "Conflict: terminated by other getUpdates request; "
        "make sure that only one bot instance is running"
    )


async def test_polling_while_a_webhook_is_set_is_a_conflict(raw: RawBot) -> None:
    async with asyncio.TaskGroup() as tasks:
        poll = tasks.create_task(raw.call("getUpdates", timeout=50))
        await asyncio.sleep(0.05)
        await raw.call("setWebhook", url="http://127.0.0.1:1/")
    assert poll.result().description == "Conflict: terminated by setWebhook request"
    assert (await raw.refusal("getUpdates")).startswith("409 Conflict: can't use getUpdates")
    await raw.call("deleteWebhook", drop_pending_updates=True)
    assert (await raw.call("getUpdates")).status == 200


async def test_a_webhook_gets_each_update_in_order_until_it_says_2xx(
    raw: RawBot, people: People
) -> None:
    received: list[tuple[str, str]] = []
    failures = iter([500, 404])
    done = asyncio.Event()

    async def receive(request: web.Request) -> web.Response:
        update = await request.json()
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        received.append((update["message"]["text"], secret))
        if len(received) == 4:
            done.set()
        return web.Response(status=next(failures, 200))

    application = web.Application()
    application.router.add_post("/hook", receive)
    aisha = await people.person("Aisha")
    await people.settings(webhook_pause=0.01)
    async with TestServer(application) as server:
        await raw.call("setWebhook", url=str(server.make_url("/hook")), secret_token="s3cret")
        await aisha.types("one")
        await aisha.types("two")
        async with asyncio.timeout(30):
            await done.wait()
        info = (await raw.call("getWebhookInfo")).body["result"]
    assert received == [(text, "s3cret") for text in ("one", "one", "one", "two")]
    assert isinstance(info, dict)
    assert info["last_error_message"] == "Wrong response from the webhook: 404 Not Found"


async def test_a_bot_in_a_group_hears_only_what_is_meant_for_it(
    raw: RawBot, aisha: Person, beginners: Group
) -> None:
    await raw.call("getUpdates", offset=10**9)
    await raw.call("sendMessage", chat_id=beginners.id, text="Card")
    card = await aisha.sees("Card", in_=beginners)
    for text in ("hello", "/next", "/next@darulkubra_bot", "/next@other_bot"):
        await aisha.types(text, into=beginners)
    await aisha.types("thanks", into=beginners, reply_to=card)
    heard = (await raw.call("getUpdates")).body["result"]
    assert texts(heard) == ["/next", "/next@darulkubra_bot", "thanks"]
    await aisha.promotes_bot(in_=beginners)
    await aisha.types("hello again", into=beginners)
    assert texts((await raw.call("getUpdates")).body["result"])[-1] == "hello again"


async def test_chat_member_updates_come_only_when_asked_for(
    ptb: telegram.Bot, people: People, aisha: Person, beginners: Group
) -> None:
    await aisha.promotes_bot(in_=beginners)
    bilal = await people.person("Bilal")
    await bilal.joins(beginners)
    updates = await ptb.get_updates(allowed_updates=["message", "chat_member"])
    assert not any(update.chat_member for update in updates)
    await bilal.leaves(beginners)
    *_, update = [each for each in await ptb.get_updates() if each.chat_member]
    assert update.chat_member is not None
    assert update.chat_member.new_chat_member.status == "left"


async def test_an_unknown_kind_of_update_cannot_be_asked_for(raw: RawBot) -> None:
    why = await raw.refusal("getUpdates", allowed_updates=["messages"])
    assert why == "400 unknown update type messages"


@pytest.mark.parametrize("kind", ["duplicate_update", "reorder_updates"])
async def test_updates_come_twice_or_out_of_order_when_told_to(
    raw: RawBot, people: People, kind: str
) -> None:
    aisha = await people.person("Aisha")
    await people.fault(kind)
    await aisha.types("one")
    await aisha.types("two")
    seen: list[str] = []
    answer = Answer(200, {})
    for _ in range(3):
        offset = max([0, *ids(answer)]) + 1
        answer = await raw.call("getUpdates", offset=offset)
        seen += texts(answer.body["result"])
    expected = {"duplicate_update": ["one", "two", "one"], "reorder_updates": ["two", "one"]}
    assert seen == expected[kind]


def ids(answer: Answer) -> list[int]:
    result = answer.body.get("result", [])
    assert isinstance(result, list)
    return [update["update_id"] for update in result]
