"""What a person sees while something is made that takes a while."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.context import Context, edit
from bot.views.message import View


@dataclass(frozen=True, slots=True)
class Pace:
    """How often, in seconds, a waiting person is shown something."""

    action: float = 4.0  # Telegram shows one for five
    first: float = 3.0  # what takes no longer than that needs no message
    next: float = 2.0


@dataclass(slots=True)
class _Work:
    """How far the work is, from 0 to 1."""

    share: float = 0.0


@asynccontextmanager
async def file_on_its_way(
    context: Context, how_far: Callable[[float], View], pace: Pace
) -> AsyncIterator[Callable[[float], None]]:
    """While a file is made, Telegram says so; where it takes long, a message says how far it is.

    Gives what the share that is done, from 0 to 1, is told to. The message goes when all is done.
    """
    work, over = _Work(), asyncio.Event()

    def tell(share: float) -> None:
        work.share = share

    failure: Exception | None = None
    async with asyncio.TaskGroup() as group:
        group.create_task(_keep_saying(context, over, pace))
        group.create_task(_keep_showing(context, work, over, pace, how_far))
        try:
            yield tell
        except Exception as error:  # noqa: BLE001  raised below, out of the group as it is
            failure = error
        over.set()
    if failure is not None:
        raise failure


async def _keep_saying(context: Context, over: asyncio.Event, pace: Pace) -> None:
    while not over.is_set():
        with suppress(TelegramError):
            await context.bot.send_chat_action(context.chat.id, ChatAction.UPLOAD_DOCUMENT)
        await _pause(over, pace.action)


async def _keep_showing(
    context: Context,
    work: _Work,
    over: asyncio.Event,
    pace: Pace,
    how_far: Callable[[float], View],
) -> None:
    """It is a comfort only: where Telegram does not take it, the work goes on without."""
    await _pause(over, pace.first)
    with suppress(TelegramError):
        await _show_until(context, work, over, pace, how_far)


async def _show_until(
    context: Context,
    work: _Work,
    over: asyncio.Event,
    pace: Pace,
    how_far: Callable[[float], View],
) -> None:
    if over.is_set():
        return
    shown = how_far(work.share)
    message = await context.reply(shown)
    try:
        while not over.is_set():
            await _pause(over, pace.next)
            if not over.is_set() and (view := how_far(work.share)) != shown:
                await edit(context.bot, context.chat.id, message.message_id, view)
                shown = view
    finally:
        await context.bot.delete_message(context.chat.id, message.message_id)


async def _pause(over: asyncio.Event, seconds: float) -> None:
    """So long, or until it is over."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await over.wait()
