"""Disconnecting a teacher's Zoom account, with or without the classes that are to come."""

from telegram import Update

from bot.context import Context
from bot.views import disconnecting as views
from school.errors import Outdated
from services import disconnecting


async def typed(update: Update, context: Context) -> None:
    """/disconnect: at once, unless there are classes to decide about."""
    del update
    found = await disconnecting.connection_of(context.office, context.caller)
    await _ask_or_disconnect(context, found.account_id)


async def not_yours(update: Update, context: Context) -> None:
    """[Not yours? Disconnect], under what told of that connection."""
    del update
    await _ask_or_disconnect(context, context.press.number(0))


async def _ask_or_disconnect(context: Context, account_id: int) -> None:
    found = await disconnecting.connection_of(context.office, context.caller, account_id)
    if found.upcoming:
        await context.reply(views.really_disconnect(context.say, found))
        return
    result = await disconnecting.disconnect(context.office, context.caller, account_id)
    await context.reply(views.disconnected(context.say, result))


async def keep_classes(update: Update, context: Context) -> None:
    """They stay in Zoom, where their teacher starts them."""
    del update
    account_id = context.press.number(0)
    result = await disconnecting.disconnect(context.office, context.caller, account_id)
    await context.show(views.disconnected(context.say, result))


async def cancel_classes(update: Update, context: Context) -> None:
    """The danger button; asked once more where there are other classes than it said."""
    del update
    office, caller = context.office, context.caller
    account_id, seen = context.press.number(0), context.press.number(1)
    result = await disconnecting.disconnect_without_classes(office, caller, account_id, seen)
    if result is None:
        found = await disconnecting.connection_of(office, caller, account_id)
        await context.show(views.really_disconnect(context.say, found))
        raise Outdated("Your classes have changed meanwhile. Please look again.")
    await context.show(views.disconnected(context.say, result))


async def stay(update: Update, context: Context) -> None:
    del update
    found = await disconnecting.connection_of(
        context.office, context.caller, context.press.number(0)
    )
    await context.show(views.still_connected(context.say, found))
