"""/myattendance: a student's own, once their teacher has said who they are."""

import logging
from collections.abc import Callable
from datetime import date, datetime

from telegram import Update
from telegram.error import TelegramError

from bot.callback_data import not_current
from bot.context import Context, send
from bot.speech import Say
from bot.views import own_attendance as views
from bot.views import roster_names as name_views
from bot.views.message import View
from services import own_attendance
from services.own_attendance import OwnAttendance, Unconfirmed
from services.people import Teacher
from storage.people import Person

log = logging.getLogger(__name__)


async def my_attendance(update: Update, context: Context) -> None:
    """The present month."""
    del update
    await context.reply(await _shown(context, None))


async def turn_month(update: Update, context: Context) -> None:
    """Another month."""
    del update
    await context.show(await _shown(context, _month(context)))


def _month(context: Context) -> date:
    try:
        return datetime.strptime(context.press.word(0), "%Y%m").date()  # noqa: DTZ007  a local month
    except ValueError:
        raise not_current() from None


async def _shown(context: Context, month: date | None) -> View:
    found = await own_attendance.own_attendance(context.office, context.caller, month)
    match found:
        case OwnAttendance():
            return views.attendance(context.say, found)
        case Unconfirmed():
            for teacher in found.to_ask:
                await _ask(context, teacher, found.person)
            return views.unconfirmed(context.say, found)
        case None:
            return views.unknown_person(context.say)


async def _ask(context: Context, teacher: Person, person: Person) -> None:
    """Each teacher, in their own language."""
    if teacher.telegram_user_id is None:
        return
    asked = Teacher(teacher.id, teacher.telegram_user_id, teacher.name, context.office.profile.zone)
    found = await own_attendance.who_are_they(context.office, asked, person.id)
    await tell(context, teacher, lambda say: name_views.who_are_they(say, found))


async def tell(context: Context, person: Person, news: Callable[[Say], View]) -> None:
    """Somebody else than the caller, in private; one who cannot be reached is not told."""
    if person.telegram_user_id is None:
        return
    try:
        await send(
            context.bot, person.telegram_user_id, news(context.desk.speech.to(person.language))
        )
    except TelegramError as error:
        log.info("somebody was not told of attendance: %s", type(error).__name__)
