"""/deletemydata, for everybody."""

from telegram import Update

from bot.context import Context
from bot.views import leaving as views
from services import leaving


async def ask_to_delete(update: Update, context: Context) -> None:
    """/deletemydata: first what would go and what would stay."""
    del update
    found = await leaving.preview(context.office, context.user)
    if found is None:
        await context.reply(views.nothing_held(context.say, context.office.profile))
        return
    await context.reply(views.preview(context.say, found))


async def delete(update: Update, context: Context) -> None:
    """The danger button. In private chats only its owner can press it."""
    del update
    done = await leaving.delete(context.office, context.user, context.press.number(0))
    await context.show(views.receipt(context.say, done, context.office.profile))
    if not done.is_admin:  # an admin would be stored again by it
        await context.show_commands()


async def keep(update: Update, context: Context) -> None:
    del update
    await context.show(views.kept(context.say))
