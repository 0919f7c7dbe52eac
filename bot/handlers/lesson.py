"""The buttons of a class's own card, and /classes."""

from telegram import Update

from bot.context import Context, send
from bot.views import lessons as views
from services import cancelling, changing, classes, listing
from services.classes import OldCard
from services.people import Teacher, as_teacher


async def list_classes(update: Update, context: Context) -> None:
    """/classes: what is ahead, each with a button that brings its card."""
    del update
    teacher = as_teacher(context.office, context.caller)
    found = await listing.list_classes(context.office, teacher, 0)
    await context.reply(views.class_list(context.say, found))


async def turn_page(update: Update, context: Context) -> None:
    """Another page of that list."""
    del update
    teacher = as_teacher(context.office, context.caller)
    found = await listing.list_classes(context.office, teacher, context.press.number(0))
    await context.show(views.class_list(context.say, found))


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
    teacher, lesson_id = as_teacher(context.office, context.caller), context.press.number(0)
    try:
        asked = await cancelling.may_cancel(context.office, teacher, lesson_id, _seen(context))
    except OldCard:
        await _redraw(context, teacher, lesson_id)
        raise
    await classes.until_card_stands(context.office, teacher, context.pressed_message_id)
    await context.show(views.really_cancel(context.say, asked))


async def cancel(update: Update, context: Context) -> None:
    del update
    await _cancel(context, for_all=False)


async def cancel_all(update: Update, context: Context) -> None:
    """The whole series, as far as it is ahead."""
    del update
    await _cancel(context, for_all=True)


async def _cancel(context: Context, *, for_all: bool) -> None:
    teacher, lesson_id = as_teacher(context.office, context.caller), context.press.number(0)
    office, seen = context.office, _seen(context)
    try:
        await cancelling.cancel(office, teacher, lesson_id, for_all=for_all, seen=seen)
    except OldCard:  # it is asked once more, about the class as it is now
        asked = await cancelling.may_cancel(office, teacher, lesson_id)
        await context.show(views.really_cancel(context.say, asked))
        raise
    await _redraw(context, teacher, lesson_id)


def _seen(context: Context) -> int:
    """The version that the button was drawn for; those of an earlier program do not say it."""
    return context.press.number(1) if len(context.press.args) > 1 else 0


async def keep(update: Update, context: Context) -> None:
    """Not cancelled after all: the card comes back in the place of the question."""
    del update
    teacher = as_teacher(context.office, context.caller)
    await _redraw(context, teacher, context.press.number(0))


async def _redraw(context: Context, teacher: Teacher, lesson_id: int) -> None:
    message_id = context.pressed_message_id if context.is_private else None
    await classes.redraw(context.office, teacher, lesson_id, message_id)


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
    teacher, lesson_id = as_teacher(context.office, context.caller), context.press.number(0)
    try:
        await cancelling.discard(context.office, teacher, lesson_id, _seen(context))
    except OldCard:
        await _redraw(context, teacher, lesson_id)
        raise


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
