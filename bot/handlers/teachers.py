"""/teachers: who teaches here, and removing somebody, for admins."""

from telegram import Update

from bot.callback_data import Press, not_current
from bot.commands import Allowed, show_commands
from bot.context import Context
from bot.views import teachers as views
from school.errors import Outdated
from services import removing, teachers
from services.removing import Removed
from services.teachers import NoLongerTeaches


async def list_teachers(update: Update, context: Context) -> None:
    """Everybody who teaches."""
    del update
    found = await teachers.opened(context.office, context.caller)
    await context.reply(views.teacher_list(context.say, found))


async def pressed(update: Update, context: Context) -> None:
    """The list, a teacher's page, [Remove], and the danger button after it."""
    del update
    try:
        await _pressed(context, context.press)
    except NoLongerTeaches:
        await _show_list(context)
        raise


async def _pressed(context: Context, press: Press) -> None:
    office, caller, say = context.office, context.caller, context.say
    match press.action:
        case views.LIST:
            await _show_list(context, max(press.number(0), 0))
        case views.SHOW:
            found = await teachers.look(office, caller, press.number(0))
            await context.show(views.teacher_page(say, found, caller.zone))
        case views.ASK:
            found = await teachers.look(office, caller, press.number(0))
            await context.show(views.really_remove(say, found))
        case views.REMOVE:
            await _remove(context, press.number(0), press.number(1))
        case _:
            raise not_current()


async def _show_list(context: Context, page: int = 0) -> None:
    found = await teachers.listed(context.office, context.caller)
    await context.show(views.teacher_list(context.say, found, page))


async def _remove(context: Context, person_id: int, seen: int) -> None:
    """Asked once more where other classes would be called off than the button said."""
    office, caller = context.office, context.caller
    done = await removing.remove(office, caller, person_id, seen)
    if done is None:
        found = await teachers.look(office, caller, person_id)
        await context.show(views.really_remove(context.say, found))
        raise Outdated("Their classes have changed meanwhile. Please look again.")
    await context.show(views.removed(context.say, done))
    await _show_fewer_commands(context, done)


async def _show_fewer_commands(context: Context, done: Removed) -> None:
    """Nobody is shown what they may not do; admins are shown everything."""
    teacher = done.before.teacher
    if done.before.is_admin or teacher.telegram_user_id is None:
        return
    desk = context.desk
    say = desk.speech.to(teacher.language)
    await show_commands(context.bot, say, desk.commands, teacher.telegram_user_id, {Allowed.ANYONE})
