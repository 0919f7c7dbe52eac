"""/privacy, for everybody."""

from telegram import Update

from bot.context import Context
from bot.views.privacy import short_policy


async def privacy(update: Update, context: Context) -> None:
    del update
    await context.reply(short_policy(context.say, context.office.profile))
