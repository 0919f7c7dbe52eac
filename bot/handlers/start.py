"""Being greeted, being invited, asking for help, and choosing a time zone."""

from telegram import Update

from bot.context import Context
from bot.handlers import students
from bot.handlers.connect import finish_here
from bot.views import welcome
from school.errors import Outdated
from school.model import Role
from services.people import accept_invitation, invite_teacher, set_zone

_INVITATION = "t-"
_FINISH = "c-"


async def start(update: Update, context: Context) -> None:
    """/start, alone or through one of our deep links."""
    del update
    payload = context.typed
    if payload.startswith(_INVITATION):
        await _welcome(context, payload.removeprefix(_INVITATION))
    elif payload.startswith(_FINISH):
        await finish_here(context, payload.removeprefix(_FINISH))
    elif payload.startswith(students.INVITATION):
        await students.welcome(context, payload.removeprefix(students.INVITATION))
    elif payload:
        raise Outdated("I do not know this link. Open the newest one, or send /help.")
    elif context.caller.role is Role.STUDENT:
        await students.greet(context)
    else:
        await context.reply(welcome.greeting(context.say, context.caller, context.office.profile))
        if context.caller.person_id is not None:
            await context.show_commands()  # an admin's could not be set before they first wrote


async def show_help(update: Update, context: Context) -> None:
    del update
    await context.reply(welcome.help_page(context.say, context.caller, context.office.profile))


async def invite(update: Update, context: Context) -> None:
    """/invite: a link that makes one person a teacher."""
    del update
    made = await invite_teacher(context.office, context.caller, context.request_key)
    await context.reply(welcome.invitation(context.say, made, context.caller.zone))


async def timezone(update: Update, context: Context) -> None:
    """/timezone, alone or with a zone or city."""
    del update
    if not context.typed:
        await context.reply(welcome.zones(context.say, context.caller))
        return
    caller = await set_zone(context.office, context.user, context.typed)
    await context.reply(welcome.zone_kept(context.say, caller))


async def zone_pressed(update: Update, context: Context) -> None:
    del update
    caller = await set_zone(context.office, context.user, context.press.word(0))
    await context.show(welcome.zone_kept(context.say, caller))


async def _welcome(context: Context, code: str) -> None:
    caller = await accept_invitation(context.office, context.user, code)
    await context.reply(welcome.new_teacher(context.say, caller, context.office.profile))
    await context.show_commands()
