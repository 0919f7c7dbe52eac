"""What people read while they wait for something, and when it does not come."""

from bot.speech import Say
from bot.views.message import View


def being_made(say: Say) -> View:
    return View(say("I am making it. It comes as soon as it is ready."))


def given_up(say: Say) -> View:
    """The program ends before it is made."""
    return View(
        say("I am being started anew, so what you asked for is not ready. Please ask again.")
    )
