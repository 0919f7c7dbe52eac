"""What is said, and what is logged, when something goes wrong.

The log says where it happened and which kinds of error led to it. The errors' own words stay out
of it: they can hold names, texts that people typed, and addresses with secrets in them.
"""

import logging
import secrets
import traceback
from pathlib import Path

from telegram.error import Forbidden, TelegramError

from bot.context import LONGEST_ALERT, Context
from bot.views.message import View
from bot.views.problems import school_error, unexpected
from school.errors import SchoolError

log = logging.getLogger(__name__)

_REFERENCE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that look alike
_REFERENCE_LENGTH = 4
_ROOT = Path(__file__).parents[1]


async def answer_problem(context: Context, error: Exception, *, is_silent: bool = False) -> None:
    """Tell whoever asked, in one clear sentence; `is_silent` where nobody asked."""
    if isinstance(error, SchoolError):
        answer = school_error(context.say, error)
    else:
        answer = unexpected(context.say, report(error))
    if is_silent or isinstance(error, Forbidden):
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


def report(error: BaseException) -> str:
    """Log an unexpected error; the short reference that finds it in the log."""
    reference = "".join(secrets.choice(_REFERENCE_LETTERS) for _ in range(_REFERENCE_LENGTH))
    log.error("problem %s: %s", reference, outline(error))
    return reference


def outline(error: BaseException) -> str:
    """Which kinds of error led to this one and where, without any of their words."""
    parts: list[str] = []
    seen: set[int] = set()
    present: BaseException | None = error
    while present is not None and id(present) not in seen:
        seen.add(id(present))
        parts.append(f"{type(present).__name__} at {_places(present)}")
        present = present.__cause__ or present.__context__
    return ", after ".join(parts)


async def _tell(context: Context, answer: View) -> None:
    """A pressed button is answered over the chat, if that can hold it."""
    plain = answer.text.striptags()
    if context.is_press and answer.keyboard is None and len(plain) <= LONGEST_ALERT:
        await context.alert(plain)
        return
    await context.finish()
    await context.reply(answer)


def _places(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(_ROOT)]
    return (
        " < ".join(
            f"{Path(frame.filename).relative_to(_ROOT)}:{frame.lineno}"
            for frame in reversed(ours or frames[-1:])
            if Path(frame.filename).is_relative_to(_ROOT)
        )
        or "an unknown place"
    )
