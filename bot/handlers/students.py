"""Students who are taught in private: invited by their teacher, welcomed, leaving again."""

import logging
from collections.abc import Callable

from telegram import Update
from telegram.error import TelegramError

from bot.context import Context, send
from bot.speech import Say
from bot.views import students as views
from bot.views.message import View
from services import students
from services.people import as_teacher
from services.students import Connection

log = logging.getLogger(__name__)

INVITATION = "s-"
"""What a student's deep link begins with."""


async def invite(update: Update, context: Context) -> None:
    """[Invite a student]: a link to be forwarded."""
    del update
    teacher = as_teacher(context.office, context.caller)
    made = await students.invite(context.office, teacher, context.request_key)
    await context.reply(views.invitation(context.say, made, teacher.zone))


async def stop(update: Update, context: Context) -> None:
    """[Stop]: the student wants no more of a teacher's classes."""
    del update
    connection = await students.stop(context.office, context.user, context.press.number(0))
    await _tell(context, connection, views.went)
    await context.show(views.stopped(context.say, connection))


async def welcome(context: Context, code: str) -> None:
    """Somebody opened a student's invitation."""
    connection = await students.accept(context.office, context.user, code)
    if connection.is_news:
        await _tell(context, connection, views.came)
    await context.reply(views.welcome(context.say, connection, context.office.profile))


async def greet(context: Context) -> None:
    """/start from a student."""
    teachers = await students.teachers_of(context.office, context.user)
    await context.reply(views.greeting(context.say, context.caller.name, teachers))


async def _tell(
    context: Context, connection: Connection, news: Callable[[Say, Connection], View]
) -> None:
    """In the teacher's language. One who cannot be reached sees it in /groups: it is done."""
    teacher = connection.teacher
    if teacher.telegram_user_id is None:
        return
    view = news(context.desk.speech.to(teacher.language), connection)
    try:
        await send(context.bot, teacher.telegram_user_id, view)
    except TelegramError as error:
        log.info("a teacher was not told of a student: %s", type(error).__name__)
