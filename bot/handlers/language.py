"""/language: the language that a person is spoken to in, and the clock."""

from telegram import Update

from bot.callback_data import not_current
from bot.context import Context
from bot.views import language as views
from bot.views.message import View
from school.errors import NotUnderstood
from school.model import ClockFace
from school.names import clean_name
from services.people import set_clock, set_language


async def language(update: Update, context: Context) -> None:
    """/language, alone or with one that there is."""
    del update
    if context.typed:
        await _choose(context, context.typed)
    await context.reply(_page(context))


async def pressed(update: Update, context: Context) -> None:
    """A language, or the other clock."""
    del update
    word = context.press.word(0)
    match context.press.action:
        case views.CHOOSE:
            await _choose(context, word)
        case views.CLOCK if word in set(ClockFace):
            await set_clock(context.office, context.user, ClockFace(word))
            await context.meet()
        case _:
            raise not_current()
    await context.show(_page(context))


async def _choose(context: Context, typed: str) -> None:
    languages = context.desk.speech.languages
    chosen = views.named_language(typed, languages)
    if chosen is None:
        raise NotUnderstood(
            "I do not speak {language} yet. Type /language to see what I speak.",
            language=clean_name(typed),
        )
    await set_language(context.office, context.user, chosen)
    await context.show_commands()


def _page(context: Context) -> View:
    return views.page(context.say, context.desk.speech.languages, context.caller.clock)
