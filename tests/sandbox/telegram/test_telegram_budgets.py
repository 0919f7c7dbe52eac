"""Budgets are windows that slide; faults strike as often as they are told to."""

import asyncio

import aiohttp
import pytest
import telegram

from sandbox.people import Group, People, Person
from tests.sandbox.telegram.conftest import RawBot

# python-telegram-bot warns that RetryAfter.retry_after will become a timedelta one day.
retry_after_will_change = pytest.mark.filterwarnings("ignore:Deprecated since version v22.2")


@retry_after_will_change
async def test_a_group_takes_20_sends_and_edits_a_minute(
    ptb: telegram.Bot, people: People, beginners: Group
) -> None:
    card = await ptb.send_message(beginners.id, "0")
    for number in range(1, 20):
        await ptb.edit_message_text(str(number), beginners.id, card.message_id)
    with pytest.raises(telegram.error.RetryAfter) as refused:
        await ptb.send_message(beginners.id, "one too many")
    assert 55 <= refused.value._retry_after.total_seconds() <= 60
    assert (await people.statistics())["refused_by_budget"] == 1
    assert await ptb.send_chat_action(beginners.id, "typing")


@retry_after_will_change
async def test_a_person_takes_only_a_short_burst(ptb: telegram.Bot, aisha: Person) -> None:
    for number in range(5):
        await ptb.send_message(aisha.id, str(number))
    with pytest.raises(telegram.error.RetryAfter):
        await ptb.send_message(aisha.id, "six")


async def test_all_chats_together_take_30_a_second(raw: RawBot, people: People) -> None:
    everybody = [await people.person(f"Student {number}") for number in range(31)]
    for person in everybody:
        await person.types("/start")
    async with asyncio.TaskGroup() as tasks:
        sends = [
            tasks.create_task(raw.call("sendMessage", chat_id=person.id, text="x"))
            for person in everybody
        ]
    statuses = sorted(send.result().status for send in sends)
    assert statuses == [*[200] * 30, 429]
    refused = next(send.result() for send in sends if send.result().status == 429)
    assert refused.parameters == {"retry_after": 1}
    assert refused.description == "Too Many Requests: retry after 1"


async def test_a_window_slides_and_limits_can_be_lowered(
    raw: RawBot, people: People, aisha: Person
) -> None:
    await people.limits(private=1, private_seconds=0.2)
    assert (await raw.call("sendMessage", chat_id=aisha.id, text="x")).status == 200
    assert (await raw.call("sendMessage", chat_id=aisha.id, text="x")).status == 429
    await asyncio.sleep(0.2)
    assert (await raw.call("sendMessage", chat_id=aisha.id, text="x")).status == 200


async def test_faults_that_answer(raw: RawBot, people: People, aisha: Person) -> None:
    await people.fault("too_many_requests", "sendMessage", retry_after=7)
    await people.fault("server_error", "sendMessage", chat_id=aisha.id, times=2)
    answer = await raw.call("sendMessage", chat_id=aisha.id, text="x")
    assert answer.parameters == {"retry_after": 7}
    assert (await raw.call("getMe")).status == 200
    statuses = [
        (await raw.call("sendMessage", chat_id=aisha.id, text="x")).status for _ in range(3)
    ]
    assert statuses == [502, 502, 200]


@pytest.mark.parametrize(("kind", "arrives"), [("drop_before", False), ("drop_after", True)])
async def test_faults_that_break_the_connection(
    raw: RawBot, people: People, aisha: Person, *, kind: str, arrives: bool
) -> None:
    await people.fault(kind, "sendMessage")
    with pytest.raises(aiohttp.ClientConnectionError):
        await raw.call("sendMessage", chat_id=aisha.id, text="uncertain")
    shown = [message.text for message in (await aisha.looks()).messages]
    assert ("uncertain" in shown) is arrives


async def test_a_slow_answer_is_late(raw: RawBot, people: People) -> None:
    await people.fault("slow", "getMe", seconds=30)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await raw.call("getMe")
    await people.fault("server_error")
    await people.no_faults()
    assert (await raw.call("getMe")).status == 200
