"""The buttons of a class's own card, and /classes."""

from telegram import Update

from bot.context import Context, send
from bot.views import lessons as views
from services import cancelling, changing, classes
from services.people import as_teacher


async def list_classes(update: Update, context: Context) -> None:
    """/classes: what is ahead, each with a button that brings its card."""
    del update
    teacher = as_teacher(context.office, context.caller)
    ahead = await classes.upcoming_classes(context.office, teacher)
    await context.reply(views.class_list(context.say, ahead))


async def show_card(update: Update, context: Context) -> None:
    del update
    teacher = as_teacher(context.office, context.caller)
    await classes.show_again(context.office, teacher, context.press.number(0))


async def start(update: Update, context: Context) -> None:
    """A fresh host link, to the host alone: always in private, wherever the button was."""
    del update
    teacher = as_teacher(context.office, context.caller)
    link = await classes.host_link(context.office, teacher, context.press.number(0))
    await send(context.bot, teacher.telegram_user_id, views.host_link(context.say, link))


async def ask_to_cancel(update: Update, context: Context) -> None:
    del update
    teacher = as_teacher(context.office, context.caller)
    asked = await cancelling.may_cancel(context.office, teacher, context.press.number(0))
    await context.show(views.really_cancel(context.say, asked.lesson))


async def cancel(update: Update, context: Context) -> None:
    del update
    teacher = as_teacher(context.office, context.caller)
    await cancelling.cancel(context.office, teacher, context.press.number(0), for_all=False)


async def keep(update: Update, context: Context) -> None:
    """Not cancelled after all: the card comes back in the place of the question."""
    del update
    teacher = as_teacher(context.office, context.caller)
    await classes.redraw(context.office, teacher, context.press.number(0))


async def make_again(update: Update, context: Context) -> None:
    """A class that was deleted inside Zoom is to be made anew."""
    del update
    teacher = as_teacher(context.office, context.caller)
    await cancelling.make_again(context.office, teacher, context.press.number(0))


async def try_again(update: Update, context: Context) -> None:
    """Zoom did not answer before; the teacher does not want to wait."""
    del update
    teacher = as_teacher(context.office, context.caller)
    await classes.try_again(context.office, teacher, context.press.number(0))


async def discard(update: Update, context: Context) -> None:
    """A class that Zoom does not have yet is not to be made after all."""
    del update
    teacher = as_teacher(context.office, context.caller)
    await cancelling.discard(context.office, teacher, context.press.number(0))


async def undo(update: Update, context: Context) -> None:
    """Cancelled by mistake: the class takes place after all."""
    del update
    teacher = as_teacher(context.office, context.caller)
    await cancelling.undo(context.office, teacher, context.press.number(0))


async def send_again(update: Update, context: Context) -> None:
    """Some groups did not get the card; whatever kept it from them may be over."""
    del update
    teacher = as_teacher(context.office, context.caller)
    await changing.send_again(context.office, teacher, context.press.number(0))


async def discard_change(update: Update, context: Context) -> None:
    """What Zoom could not be told of yet is to stay as it was."""
    del update
    teacher = as_teacher(context.office, context.caller)
    await changing.discard_change(context.office, teacher, context.press.number(0))
