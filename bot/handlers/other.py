"""Whatever is neither a command nor a button."""

from telegram import Update

from bot.context import Context
from bot.handlers import (
    adjusting,
    changing,
    connect,
    disputes,
    erasures,
    newclass,
    pay_rules,
    profile,
    rates,
    roster,
    statements,
)
from school.errors import NotUnderstood
from school.model import Role
from services.posts import group_moved


async def typed(update: Update, context: Context) -> None:
    """A text in private: a code from the connect page, or an answer to the open form."""
    if (
        await connect.typed_code(context)
        or await profile.typed(context)
        or await disputes.typed(context)
        or await erasures.typed(context)
    ):
        return
    if context.caller.role is Role.ADMIN and (
        await rates.typed(context)
        or await adjusting.typed(context)
        or await pay_rules.typed(context)
        or await statements.typed(context)
    ):
        return
    if context.caller.is_teacher and (
        await newclass.typed(context)
        or await changing.typed(context)
        or await roster.typed(context)
    ):
        return
    await unknown(update, context)


async def unknown(update: Update, context: Context) -> None:
    del update, context
    raise NotUnderstood("I do not understand that. /help lists what you can ask me.")


async def moved(update: Update, context: Context) -> None:
    """A group became a supergroup; Telegram tells it in the old one."""
    message = update.message
    assert message is not None
    if message.migrate_to_chat_id is not None:
        await group_moved(context.office, message.chat.id, message.migrate_to_chat_id)
