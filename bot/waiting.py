"""What a person sees while something is made that takes a while."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.backroom import Kind, Order
from bot.context import Context, edit
from bot.errors import answer_problem
from bot.views import waiting as views
from bot.views.message import View

Make = Callable[[Callable[[float], None]], Awaitable[None]]
"""Makes a file and sends it; is given what the share that is done, from 0 to 1, is told to."""


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


@dataclass(frozen=True, slots=True)
class Waiting:
    """How whoever waits sees that it is made: what Telegram says is done, and the message."""

    how_far: Callable[[float], View]
    pace: Pace = field(default_factory=Pace)
    action: str = ChatAction.UPLOAD_DOCUMENT


def hand_over(context: Context, kind: Kind, waiting: Waiting, make: Make) -> None:
    """Have a file made and sent behind the desk, so that the update is handled at once.

    Raises SchoolError where it cannot be ordered now. What goes wrong later is answered then.
    """

    async def made(order: Order) -> None:
        try:
            async with _on_its_way(context, waiting, order) as tell:
                await make(tell)
        except asyncio.CancelledError:
            if context.desk.backroom.is_closing:
                with suppress(TelegramError):
                    await context.reply(views.given_up(context.say))
            raise
        except Exception as error:  # noqa: BLE001  whatever it is, the person is told
            await answer_problem(context, error)

    context.desk.backroom.begin(kind, context.user.id, made)


@asynccontextmanager
async def _on_its_way(
    context: Context, waiting: Waiting, order: Order
) -> AsyncIterator[Callable[[float], None]]:
    """From the order's turn on, Telegram says what is done; a message, where it takes long.

    Gives what the share that is done, from 0 to 1, is told to. The message goes when all is done.
    """
    work, over = _Work(), asyncio.Event()

    def tell(share: float) -> None:
        work.share = share

    failure: Exception | None = None
    async with asyncio.TaskGroup() as group:
        group.create_task(_keep_showing(context, work, over, waiting))
        try:
            async with order.turn():
                # Not before: of everybody who waits, it would be a flood of its own.
                group.create_task(_keep_saying(context, over, waiting))
                yield tell
        except Exception as error:  # noqa: BLE001  raised below, out of the group as it is
            failure = error
        over.set()
    if failure is not None:
        raise failure


async def _keep_saying(context: Context, over: asyncio.Event, waiting: Waiting) -> None:
    while not over.is_set():
        with suppress(TelegramError):
            await context.bot.send_chat_action(context.chat.id, waiting.action)
        await _pause(over, waiting.pace.action)


async def _keep_showing(
    context: Context,
    work: _Work,
    over: asyncio.Event,
    waiting: Waiting,
) -> None:
    """It is a comfort only: where Telegram does not take it, the work goes on without."""
    await _pause(over, waiting.pace.first)
    with suppress(TelegramError):
        await _show_until(context, work, over, waiting)


async def _show_until(
    context: Context,
    work: _Work,
    over: asyncio.Event,
    waiting: Waiting,
) -> None:
    if over.is_set():
        return
    shown = waiting.how_far(work.share)
    message = await context.reply(shown)
    try:
        while not over.is_set():
            await _pause(over, waiting.pace.next)
            if not over.is_set() and (view := waiting.how_far(work.share)) != shown:
                await edit(context.bot, context.chat.id, message.message_id, view)
                shown = view
    finally:
        await context.bot.delete_message(context.chat.id, message.message_id)


async def _pause(over: asyncio.Event, seconds: float) -> None:
    """So long, or until it is over."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await over.wait()
