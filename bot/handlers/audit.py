"""/audit: what was done and by whom, for admins."""

import asyncio

from telegram import Update

from bot.callback_data import not_current
from bot.context import Context
from bot.views import audit as views
from school.periods import school_day
from services import auditing


async def latest(update: Update, context: Context) -> None:
    """The newest entries."""
    del update
    found = await auditing.opened(context.office, context.caller)
    await context.reply(views.page(context.say, found, context.caller.zone))


async def pressed(update: Update, context: Context) -> None:
    """Another page, or all of them as a file."""
    del update
    office, caller, press = context.office, context.caller, context.press
    match press.action:
        case views.PAGE:
            found = await auditing.show(office, caller, press.number(0))
            await context.show(views.page(context.say, found, caller.zone))
        case views.EXPORT:
            entries = await auditing.export(office, caller)
            today = school_day(office.clock(), caller.zone)
            view = await asyncio.to_thread(views.exported, context.say, entries, caller.zone, today)
            await context.reply(view)
        case _:
            raise not_current()
