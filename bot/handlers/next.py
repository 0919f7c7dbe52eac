"""/next: the classes of the coming two weeks, in a group and in private."""

from telegram import Update

from bot.context import Context
from bot.views import agenda as views
from services import agenda


async def show_next(update: Update, context: Context) -> None:
    """A group's; or those that the person teaches or is taught."""
    del update
    if context.is_private:
        found = await agenda.of_person(context.office, context.caller)
    else:
        found = await agenda.of_group(context.office, context.chat.id)
    if found is None:
        await context.reply(views.unknown_reader(context.say))
    else:
        await context.reply(views.agenda(context.say, found))
