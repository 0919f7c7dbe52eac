"""The bot: everything it answers to, in order, and how it is put together."""

import ssl
from collections.abc import AsyncIterator
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx
from telegram import Bot, Message
from telegram.ext import Application, ApplicationBuilder, ContextTypes, ExtBot
from telegram.ext.filters import COMMAND, TEXT, ChatType, MessageFilter, StatusUpdate

from bot.budget import Budget, Limits, Priority
from bot.commands import Allowed, Listed, Place, publish_commands
from bot.context import Context, Desk
from bot.errors import report_stray
from bot.flooding import Pace, Patience, warning
from bot.handlers import (
    adjusting,
    attendance,
    audit,
    changing,
    chat_settings,
    confirming,
    connect,
    disconnect,
    disputes,
    erasures,
    groups,
    language,
    leaving,
    lesson,
    newclass,
    other,
    pay_rules,
    privacy,
    profile,
    rates,
    roster,
    start,
    statements,
    students,
    teachers,
)
from bot.handlers.hours import HoursHandlers
from bot.handlers.next import show_next
from bot.handlers.own_data import OwnDataHandlers
from bot.handlers.report import ReportHandlers
from bot.handlers.report_sending import Sending
from bot.handlers.statements import StatementHandlers
from bot.letters import Postman
from bot.publisher import Publisher
from bot.request import TelegramRequest, keep_secrets_out_of_the_log
from bot.routes import Button, Command, Membership, Route, StaleButton, Told
from bot.speech import Speech
from bot.updates import Updates
from bot.views import connecting, disconnecting, lessons, statement_buttons, unsure
from bot.views import disputes as dispute_views
from bot.views import groups as group_views
from bot.views import hours as hour_views
from bot.views import leaving as leaving_views
from bot.views import students as student_views
from bot.views.welcome import ADDED_BY_BUTTON, ZONE
from services.office import Office

ADMIN, TEACHER = Allowed.ADMIN, Allowed.TEACHER
GROUP, PRIVATE = Place.GROUP, Place.PRIVATE


class _AddedByButton(MessageFilter):
    """What Telegram says for whoever adds the bot by [Add to a group]; never another bot's."""

    def filter(self, message: Message) -> bool:
        return message.text == f"/start@{message.get_bot().username} {ADDED_BY_BUTTON}"


def routes(elsewhere: Executor) -> tuple[Route, ...]:
    """All that the bot answers to; the first that fits is taken. `elsewhere` runs what is slow."""
    report_, hours_ = ReportHandlers(Sending(elsewhere)), HoursHandlers(elsewhere)
    statements_, own_data = StatementHandlers(elsewhere), OwnDataHandlers(elsewhere)
    return (
        # For teachers too; but who writes as a group is told first that nobody can be seen so.
        Told("added by its button", groups.link, ChatType.GROUPS & _AddedByButton()),
        Command("link", groups.link, place=GROUP, description="Announce my classes here"),
        Command("unlink", groups.unlink, place=GROUP, description="No longer announce here"),
        # Everybody
        Command("start", start.start),
        Command("help", start.show_help, description="What I can do for you"),
        Command("next", show_next, place=Place.ANYWHERE, description="The coming classes"),
        Command("myattendance", attendance.my_attendance, description="Your own attendance"),
        Command("language", language.language, description="The language I speak with you"),
        Command("timezone", start.timezone, description="The zone of the times you type"),
        Command("profile", profile.show, description="See and correct your profile"),
        Command("privacy", privacy.privacy, description="What is stored about you"),
        Command("mydata", own_data.my_data, description="See what is stored about you"),
        Command("deletemydata", leaving.ask_to_delete, description="Delete what is stored"),
        Button("language", language.pressed, place=PRIVATE),
        Button("attendance", attendance.turn_month, place=PRIVATE),
        Button(student_views.STOP, students.stop, place=PRIVATE),
        Button(ZONE, start.zone_pressed),
        Button("profile", profile.pressed, place=PRIVATE),
        Button(leaving_views.DELETE, leaving.delete),
        Button(leaving_views.KEEP, leaving.keep),
        Button("erasure", erasures.pressed, place=PRIVATE),
        # Teachers
        Command("newclass", newclass.newclass, TEACHER, description="Make a class"),
        Command("classes", lesson.list_classes, TEACHER, description="Your classes to come"),
        Command("groups", groups.list_groups, TEACHER, description="Your groups and students"),
        Command("connect", connect.connect, TEACHER, description="Connect your Zoom account"),
        Command("disconnect", disconnect.typed, TEACHER, description="Disconnect Zoom"),
        Button("form", newclass.pressed, TEACHER),
        Button("change", changing.pressed, TEACHER),
        Button("roster", roster.pressed, TEACHER, PRIVATE),
        Button("group", chat_settings.pressed, TEACHER, PRIVATE),
        Button(group_views.STOP, groups.stop_announcing, TEACHER, Place.ANYWHERE),  # under /unlink
        Button(student_views.INVITE, students.invite, TEACHER, PRIVATE),
        Button(connecting.CONNECT, connect.connect, TEACHER),
        Button(connecting.DISCONNECT, disconnect.not_yours, TEACHER),
        Button(disconnecting.KEEP, disconnect.keep_classes, TEACHER, PRIVATE),
        Button(disconnecting.CANCEL, disconnect.cancel_classes, TEACHER, PRIVATE),
        Button(disconnecting.STAY, disconnect.stay, TEACHER, PRIVATE),
        Button(lessons.SHOW, lesson.show_card, TEACHER),
        Button(lessons.START, lesson.start, TEACHER),
        Button(lessons.ASK, lesson.ask_to_cancel, TEACHER),
        Button(lessons.CANCEL, lesson.cancel, TEACHER),
        Button(lessons.CANCEL_ALL, lesson.cancel_all, TEACHER),
        Button(lessons.PAGE, lesson.turn_page, TEACHER),
        Button(lessons.KEEP, lesson.keep, TEACHER),
        Button(lessons.RETRY, lesson.try_again, TEACHER),
        Button(lessons.MAKE_AGAIN, lesson.make_again, TEACHER),
        Button(lessons.AGAIN, newclass.repeat_last, TEACHER),
        Button(lessons.DISCARD, lesson.discard, TEACHER),
        Button(lessons.RESEND, lesson.send_again, TEACHER),
        Button(lessons.REVERT, lesson.discard_change, TEACHER),
        Button(lessons.UNDO, lesson.undo, TEACHER),
        Command("hours", hours_.typed, TEACHER, description="Your hours and pay"),
        Button(hour_views.MONTH, hours_.turn, TEACHER, PRIVATE),
        Button(hour_views.TIMELINE, hours_.show, place=PRIVATE),
        Button(unsure.CONFIRM, confirming.confirm, TEACHER),
        Button(dispute_views.ASK, disputes.ask, TEACHER, PRIVATE),
        Button(dispute_views.CHOOSE, disputes.choose, TEACHER, PRIVATE),
        Button(dispute_views.NEVER_MIND, disputes.close, TEACHER, PRIVATE),
        Told("a shared group", groups.shared, StatusUpdate.CHAT_SHARED, TEACHER),
        # Admins
        Command("invite", start.invite, ADMIN, description="Invite a teacher"),
        Command("teachers", teachers.list_teachers, ADMIN, description="Who teaches here"),
        Button("teachers", teachers.pressed, ADMIN, PRIVATE),
        Command("report", report_.typed, ADMIN, description="Hours taught"),
        Button("report", report_.pressed, ADMIN),
        Button(hour_views.CORRECT, disputes.correct, ADMIN, PRIVATE),
        Button(dispute_views.ACCEPT, disputes.accept, ADMIN, PRIVATE),
        Button(dispute_views.ANSWER, disputes.answer, ADMIN, PRIVATE),
        Button(dispute_views.WHY, disputes.say_why, ADMIN, PRIVATE),
        Command("rate", rates.rate, ADMIN, description="What teachers earn"),
        Button("rate", rates.pressed, ADMIN, PRIVATE),
        Command("payrules", pay_rules.show, ADMIN, description="How pay is worked out"),
        Button("payrules", pay_rules.pressed, ADMIN, PRIVATE),
        Command("adjust", adjusting.adjust, ADMIN, description="Add to or take from pay"),
        Button("adjust", adjusting.pressed, ADMIN, PRIVATE),
        Button("statements", statements.pressed_in_list, ADMIN, PRIVATE),
        Button(statement_buttons.CORRECT_PAYMENT, statements.correct_payment, ADMIN, PRIVATE),
        Button("erasures", erasures.answering, ADMIN, PRIVATE),
        Command("audit", audit.latest, ADMIN, description="What was done and by whom"),
        Button("audit", audit.pressed, ADMIN, PRIVATE),
        # A teacher's own, and admins'; services see to that
        Button("statement", statements_.pressed, place=PRIVATE),
        Button(statement_buttons.OPEN, statements.open_line, place=PRIVATE),
        # Whatever else
        StaleButton(),
        Membership(groups.membership),
        Told("a group that moved", other.moved, StatusUpdate.MIGRATE),
        Told("an unknown command", other.unknown, ChatType.PRIVATE & COMMAND),
        Told("a typed answer", other.typed, ChatType.PRIVATE & TEXT),
    )


_POLLING_CONNECTIONS = 4  # a poll that was given up may linger a while
_CONNECTIONS = 128


@dataclass(frozen=True, slots=True)
class TelegramBot:
    """The bot at work: what receives, what publishes, and the library under both."""

    application: Application[Any, Any, Any, Any, Any, Any]
    bot: ExtBot[Priority]
    desk: Desk
    updates: Updates
    publisher: Publisher
    postman: Postman

    async def publish_commands(self) -> None:
        """Set the command lists that people see; may be repeated at each start."""
        profile = self.desk.office.profile
        await publish_commands(self.bot, self.desk.speech, self.desk.commands, profile.admin_ids)


@asynccontextmanager
async def open_bot(
    token: str,
    api_url: str,
    office: Office,
    elsewhere: Executor,
    limits: Limits | None = None,
    pace: Pace | None = None,
) -> AsyncIterator[TelegramBot]:
    """The bot, ready to receive and to publish. Raises TelegramError if Telegram knows no token.

    `limits` are what Telegram takes, `pace` what the bot takes, where they are not the usual ones.
    """
    keep_secrets_out_of_the_log()
    chosen = routes(elsewhere)
    desk = Desk(office, Speech(office.profile.language), _listed(chosen))
    application = (
        ApplicationBuilder()
        .token(token)
        .base_url(f"{api_url}/bot")
        .base_file_url(f"{api_url}/file/bot")
        .request(_request(_CONNECTIONS))
        .get_updates_request(_request(_POLLING_CONNECTIONS))
        .rate_limiter(Budget(limits))
        .context_types(ContextTypes(context=Context))
        .updater(None)
        .job_queue(None)
        .build()
    )
    for route in chosen:
        application.add_handler(route.handler(desk))
    application.add_error_handler(report_stray)
    bot = application.bot
    async with bot, application:  # the bot first: it cleans up after a token that is refused
        patience = Patience(office.clock, warning(application, desk), pace)
        updates, publisher = Updates(application, office, patience), Publisher(bot, desk)
        try:
            yield TelegramBot(application, bot, desk, updates, publisher, Postman(bot, desk))
        finally:
            await desk.backroom.clear()  # while what it sends can be sent


async def username_of(token: str, api_url: str) -> str:
    """What the bot is called. Raises TelegramError: InvalidToken, or NetworkError."""
    keep_secrets_out_of_the_log()
    request, unused = _request(1), _request(1)
    async with Bot(token, f"{api_url}/bot", request=request, get_updates_request=unused) as bot:
        return bot.username


def _request(connections: int) -> TelegramRequest:
    return TelegramRequest(
        connections,
        connect_timeout=5.0,
        read_timeout=20.0,
        write_timeout=10.0,
        pool_timeout=10.0,
        # Nothing from the environment: a proxy named there would be one more who is asked.
        httpx_kwargs={"verify": _certificates(), "trust_env": False},
    )


@cache
def _certificates() -> ssl.SSLContext:
    """Read once: each client would take 45 ms for it."""
    return httpx.create_ssl_context(trust_env=False)


def _listed(chosen: tuple[Route, ...]) -> tuple[Listed, ...]:
    commands = (route.listed for route in chosen if isinstance(route, Command))
    return tuple(listed for listed in commands if listed is not None)
