"""A teacher says that the times of a class are right."""

from telegram import Update

from bot.context import Context
from services import confirming
from services.people import as_teacher


async def confirm(update: Update, context: Context) -> None:
    """The message with the button is drawn anew by itself."""
    del update
    teacher, lesson_id = as_teacher(context.office, context.caller), context.press.number(0)
    await confirming.confirm(context.office, teacher, lesson_id, context.request_key)
    await context.alert(context.say.label("Thank you. This is noted."))
