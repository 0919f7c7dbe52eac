"""The bot at work: where its updates come from, and what runs until it is told to stop."""

import asyncio
import logging
from dataclasses import dataclass, field

from telegram.error import TelegramError

from bot.application import TelegramBot
from bot.checking import explained
from bot.updates import ALLOWED_UPDATES

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where Telegram is to push updates, and the secret that it then brings."""

    url: str
    secret: str = field(repr=False)


async def run(telegram: TelegramBot, stop: asyncio.Event, *, is_pushed: bool) -> None:
    """Receive and publish until `stop`, whose setter also rings its bells.

    What is under way then is finished, for a few seconds at most. `is_pushed`: updates come by
    webhook, so that nothing polls.
    """
    async with asyncio.TaskGroup() as work:
        work.create_task(telegram.publisher.run(stop))
        work.create_task(telegram.postman.run(stop))
        if not is_pushed:
            work.create_task(telegram.updates.run(stop))
        introduction = work.create_task(_introduce(telegram))
        await stop.wait()
        introduction.cancel()
        await telegram.desk.backroom.finish()


async def direct_updates(telegram: TelegramBot, webhook: Webhook | None) -> None:
    """Have Telegram push updates to `webhook`, or keep them until they are polled if it is None.

    Nothing that waits is dropped. Raises TelegramProblem.
    """
    with explained():
        if webhook is None:
            await telegram.bot.delete_webhook()
        else:
            await telegram.bot.set_webhook(
                webhook.url, secret_token=webhook.secret, allowed_updates=ALLOWED_UPDATES
            )


async def _introduce(telegram: TelegramBot) -> None:
    """Publish the command lists; until that works, people see those of the last run."""
    try:
        await telegram.publish_commands()
    except TelegramError as error:
        log.warning("the command lists were not published: %s", type(error).__name__)
