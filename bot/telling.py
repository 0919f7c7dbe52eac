"""Messages to somebody else than whoever wrote: after the fact is kept, and as that person reads.

They are said once; where somebody cannot be reached, whoever wrote reads that.
"""

import logging
from collections.abc import Callable

from telegram.error import TelegramError

from bot.budget import Priority
from bot.context import Context, send
from bot.speech import Say
from bot.views.message import View
from school.model import ClockFace
from storage.people import Person

log = logging.getLogger(__name__)


async def tell(context: Context, person: Person, view: Callable[[Say], View]) -> bool:
    """Send somebody a message in private; False if that did not reach them."""
    if person.telegram_user_id is None:
        return False
    clock = ClockFace(person.clock) if person.clock else ClockFace.DAY
    say = context.desk.speech.to(person.language, clock)
    try:
        await send(context.bot, person.telegram_user_id, view(say), priority=Priority.ANSWER)
    except TelegramError as error:
        log.info("somebody could not be told: %s", type(error).__name__)
        return False
    return True
