"""What is said when something goes wrong."""

import logging

from telegram.error import Forbidden, TelegramError

from bot.context import LONGEST_ALERT, Context
from bot.request import Uncertain
from bot.views.message import View
from bot.views.problems import school_error, unexpected
from school.errors import SchoolError
from services.logbook import report

log = logging.getLogger(__name__)


async def answer_problem(context: Context, error: Exception, *, is_silent: bool = False) -> None:
    """Tell whoever asked, in one clear sentence; `is_silent` where nobody asked.

    After an answer that may have arrived, there is nothing true to say.
    """
    if isinstance(error, SchoolError):
        answer = school_error(context.say, error)
    else:
        answer = unexpected(context.say, report(error))
    if is_silent or isinstance(error, Forbidden | Uncertain):
        return
    try:
        await _tell(context, answer)
    except TelegramError as unheard:
        log.warning("could not tell what went wrong: %s", type(unheard).__name__)


async def report_stray(update: object, context: Context) -> None:
    """For the library: what goes wrong around the routes, which answer for themselves."""
    del update
    if context.error is not None:
        report(context.error)


async def _tell(context: Context, answer: View) -> None:
    """A pressed button is answered over the chat, if that can hold it."""
    plain = answer.text.striptags()
    fits = answer.keyboard is None and len(plain) <= LONGEST_ALERT
    if context.is_press and fits and await context.alert(plain):
        return
    await context.finish()
    await context.reply(answer)
