"""What the budget lets through: which calls count, where, and what a refusal does."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from telegram.error import RetryAfter

from bot.budget import Answer, Budget, Limits, Priority, seconds_to_wait

GROUP, PERSON = -100, 7
SMALL = Limits(
    overall=4, overall_s=0.2, group=2, group_s=0.4, group_kept=1, private=2, private_s=0.2
)


class Telegram:
    """The other side: when each chat was written to, and whom it refuses."""

    def __init__(self) -> None:
        self.calls: list[tuple[int, float]] = []
        self.refuse: dict[int, list[int]] = {}  # by chat: how long, for each of the next calls

    async def call(self, chat_id: int) -> Answer:
        self.calls.append((chat_id, asyncio.get_running_loop().time()))
        if waits := self.refuse.get(chat_id):
            raise RetryAfter(waits.pop(0))
        return True

    def times(self, chat_id: int) -> list[float]:
        return [at for known, at in self.calls if known == chat_id]


@pytest.fixture
def telegram() -> Telegram:
    return Telegram()


@pytest.fixture
async def budget() -> AsyncIterator[Budget]:
    budget = Budget(SMALL)
    await budget.initialize()
    yield budget
    await budget.shutdown()


async def ask(
    budget: Budget,
    telegram: Telegram,
    chat_id: int | str,
    endpoint: str = "sendMessage",
    priority: Priority | None = None,
) -> Answer:
    data: dict[str, Any] = {"chat_id": chat_id}
    number = int(chat_id)
    return await budget.process_request(telegram.call, (number,), {}, endpoint, data, priority)


async def ask_often(
    budget: Budget, telegram: Telegram, times: int, chat_id: int, endpoint: str = "sendMessage"
) -> float:
    """How long it took, in seconds."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    async with asyncio.TaskGroup() as group:
        for _ in range(times):
            group.create_task(ask(budget, telegram, chat_id, endpoint))
    return loop.time() - start


async def test_sends_and_edits_of_a_group_share_one_window(
    budget: Budget, telegram: Telegram
) -> None:
    await ask(budget, telegram, GROUP, "sendMessage")
    await ask(budget, telegram, GROUP, "editMessageText")
    took = await ask_often(budget, telegram, 1, GROUP, "editMessageReplyMarkup")
    assert took > 0.3


async def test_the_same_group_named_by_text_is_the_same_group(
    budget: Budget, telegram: Telegram
) -> None:
    await ask(budget, telegram, str(GROUP))
    await ask(budget, telegram, GROUP)
    assert await ask_often(budget, telegram, 1, GROUP) > 0.3


@pytest.mark.parametrize(
    "endpoint", ["answerCallbackQuery", "getChatMember", "sendChatAction", "setMyCommands"]
)
async def test_what_is_no_message_does_not_count(
    budget: Budget, telegram: Telegram, endpoint: str
) -> None:
    assert await ask_often(budget, telegram, 20, GROUP, endpoint) < 0.1


async def test_everybody_shares_the_overall_window(budget: Budget, telegram: Telegram) -> None:
    loop = asyncio.get_running_loop()
    start = loop.time()
    async with asyncio.TaskGroup() as group:
        for chat_id in range(1, 10):
            group.create_task(ask(budget, telegram, chat_id))
    assert 0.4 < loop.time() - start < 0.6


async def test_a_full_group_does_not_hold_up_others(budget: Budget, telegram: Telegram) -> None:
    async with asyncio.TaskGroup() as group:
        for chat_id in (GROUP, GROUP, GROUP, PERSON):
            group.create_task(ask(budget, telegram, chat_id))
    assert telegram.times(PERSON)[0] - telegram.times(GROUP)[0] < 0.1
    assert telegram.times(GROUP)[2] - telegram.times(GROUP)[0] > 0.3


async def test_an_answer_that_was_refused_is_sent_again_when_told(
    budget: Budget, telegram: Telegram
) -> None:
    telegram.refuse[PERSON] = [1]
    assert await ask(budget, telegram, PERSON) is True
    first, second = telegram.times(PERSON)
    assert second - first >= 1.0


async def test_a_post_that_was_refused_goes_back_to_its_publisher(
    budget: Budget, telegram: Telegram
) -> None:
    telegram.refuse[GROUP] = [1]
    with pytest.raises(RetryAfter):
        await ask(budget, telegram, GROUP, priority=Priority.BROADCAST)
    assert len(telegram.calls) == 1


async def test_an_answer_is_not_held_for_minutes(budget: Budget, telegram: Telegram) -> None:
    telegram.refuse[PERSON] = [300]
    with pytest.raises(RetryAfter) as refusal:
        await ask(budget, telegram, PERSON)
    assert seconds_to_wait(refusal.value) == 300


async def test_nothing_is_sent_to_a_halted_chat_and_others_go_on(
    budget: Budget, telegram: Telegram
) -> None:
    telegram.refuse[GROUP] = [1]
    with pytest.raises(RetryAfter):
        await ask(budget, telegram, GROUP, priority=Priority.BROADCAST)
    async with asyncio.TaskGroup() as group:
        group.create_task(ask(budget, telegram, GROUP))
        group.create_task(ask(budget, telegram, PERSON))
    refused, again = telegram.times(GROUP)
    assert again - refused >= 1.0
    assert telegram.times(PERSON)[0] - refused < 0.1


async def test_who_waits_for_everybodys_window_is_stopped_by_a_halt_too(
    budget: Budget, telegram: Telegram
) -> None:
    for chat_id in (1, 2, 3):
        await ask(budget, telegram, chat_id)
    telegram.refuse[GROUP] = [1]
    async with asyncio.TaskGroup() as group:
        group.create_task(ask(budget, telegram, GROUP))
        await asyncio.sleep(0)
        group.create_task(ask(budget, telegram, GROUP))
    refused, *later = telegram.times(GROUP)
    assert all(at - refused >= 1.0 for at in later)
    assert len(later) == 2


async def test_refusals_from_several_chats_slow_everything_down(
    budget: Budget, telegram: Telegram
) -> None:
    telegram.refuse = {1: [1], 2: [1]}
    for chat_id in (1, 2):
        with pytest.raises(RetryAfter):
            await ask(budget, telegram, chat_id, priority=Priority.BROADCAST)
    refused_at = asyncio.get_running_loop().time()
    await ask(budget, telegram, 3)
    assert telegram.times(3)[0] - refused_at > 0.15


async def test_chats_that_fell_silent_are_forgotten(telegram: Telegram) -> None:
    budget = Budget(Limits(overall=10_000, overall_s=0.0, private_s=0.0))
    await budget.initialize()
    for chat_id in range(1, 2500):
        await ask(budget, telegram, chat_id)
    assert len(budget._chats) <= 1000
