"""Students who are taught in private: invited by their teacher, welcomed, leaving again."""

import logging

from telegram import Update
from telegram.error import TelegramError

from bot.context import Context, send
from bot.views import students as views
from bot.views.message import View
from services import students
from services.people import as_teacher
from storage.people import Person

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
    say = context.desk.speech.to(connection.teacher.language)
    await _tell(context, connection.teacher, views.went(say, connection))
    await context.show(views.stopped(context.say, connection))


async def welcome(context: Context, code: str) -> None:
    """Somebody opened a student's invitation."""
    connection = await students.accept(context.office, context.user, code)
    if connection.is_news:
        say = context.desk.speech.to(connection.teacher.language)
        await _tell(context, connection.teacher, views.came(say, connection))
    await context.reply(views.welcome(context.say, connection, context.office.profile))


async def greet(context: Context) -> None:
    """/start from a student."""
    teachers = await students.teachers_of(context.office, context.user)
    await context.reply(views.greeting(context.say, context.caller.name, teachers))


async def _tell(context: Context, teacher: Person, news: View) -> None:
    """It is done already: a teacher who cannot be reached sees it in /groups."""
    if teacher.telegram_user_id is None:
        return
    try:
        await send(context.bot, teacher.telegram_user_id, news)
    except TelegramError as error:
        log.info("a teacher was not told of a student: %s", type(error).__name__)
