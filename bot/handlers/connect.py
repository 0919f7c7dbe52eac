"""Connecting a teacher's Zoom account."""

import logging

from telegram import Update
from telegram.error import TelegramError

from bot.context import Context, send
from bot.views import connecting as views
from bot.views.welcome import add_to_group_url
from services.connecting import PressedByAnother, begin, finish, is_typed_code

log = logging.getLogger(__name__)


async def connect(update: Update, context: Context) -> None:
    """/connect, and every [Connect Zoom] button: a link to our page."""
    del update
    link = await begin(context.office, context.caller)
    await context.reply(views.open_page(context.say, link))


async def typed_code(context: Context) -> bool:
    """Six digits from the page, on another device; whether the message was such."""
    if not await is_typed_code(context.office, context.user, context.typed):
        return False
    await finish_here(context, context.typed)
    return True


async def finish_here(context: Context, code: str) -> None:
    """The last step, by [Finish in Telegram] or by the digits."""
    try:
        result = await finish(context.office, context.user, code)
    except PressedByAnother as error:
        await _warn(context, error.began_by)
        raise
    url = add_to_group_url(context.office.profile)
    await context.reply(views.connected(context.say, result, url))


async def _warn(context: Context, began_by: int | None) -> None:
    """Tell the one who began that somebody else pressed; who that was is nobody's business."""
    if began_by is None:
        return
    try:
        await send(context.bot, began_by, views.pressed_by_another(context.desk.speech.school))
    except TelegramError as error:
        log.info("the person who began a connection was not told: %s", type(error).__name__)
