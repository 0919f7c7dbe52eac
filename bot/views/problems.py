"""What is said when something goes wrong."""

from telegram import InlineKeyboardMarkup

from bot.speech import Say
from bot.views.connecting import connect_button
from bot.views.message import View
from school.errors import NotConnected, Reconnect, SchoolError


def school_error(say: Say, error: SchoolError) -> View:
    """The error's own sentence, with a button where the next step is to connect."""
    keyboard = None
    if isinstance(error, Reconnect | NotConnected):
        keyboard = InlineKeyboardMarkup([[connect_button(say)]])
    return View(say.text(error.text), keyboard)


def unexpected(say: Say, reference: str) -> View:
    """`reference` finds the problem in the log."""
    return View(
        say(
            "Something went wrong on my side. If it happens again, tell your admin: {reference}.",
            reference=say.bold(reference),
        )
    )
