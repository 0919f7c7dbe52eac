"""Attendance under a name typed in Zoom: people ask to be taken out of it, admins answer."""

from telegram import Update

from bot.callback_data import not_current
from bot.context import Context
from bot.views import erasures as views
from school.model import Role
from services import erasure_answers, erasure_requests


async def pressed(update: Update, context: Context) -> None:
    """[My name in Zoom], and [Withdraw]."""
    del update
    office, user, press, say = context.office, context.user, context.press, context.say
    match press.action:
        case views.ASK:
            pending = await erasure_requests.ask(office, user, context.request_key)
            await context.reply(views.pending(say, pending) if pending else views.asked(say))
        case views.WITHDRAW:
            await erasure_requests.withdraw(office, user, press.number(0))
            await context.show(views.withdrawn(say))
        case _:
            raise not_current()


async def answering(update: Update, context: Context) -> None:
    """Whatever an admin does about somebody's request."""
    del update
    office, caller, press, say = context.office, context.caller, context.press, context.say
    request_id = press.number(0)
    match press.action:
        case views.LOOK:
            found = await erasure_answers.look(office, caller, request_id)
            await context.reply(views.request(say, found, office.profile.zone))
        case views.TOGGLE:
            at = press.number(3)
            if not 0 <= at < views.MOST_PLACES:
                raise not_current()
            await _choose(context, request_id, press.number(1) ^ (1 << at), at // views.ON_A_PAGE)
        case views.PAGE:
            await _choose(context, request_id, press.number(1), press.number(3))
        case views.ERASE:
            await _erase(context, request_id, press.number(1))
        case views.NOTHING:
            await erasure_answers.nothing_found(office, caller, request_id)
            await context.show(views.nothing_found(say))
        case views.DECLINE:
            await erasure_answers.begin_decline(office, caller, request_id, context.request_key)
            await context.reply(views.reason_asked(say))
        case _:
            raise not_current()


async def _choose(context: Context, request_id: int, left_out: int, page: int) -> None:
    """Show what is chosen now; all of it, where the courses are others by now."""
    found = await erasure_answers.look_again(context.office, context.caller, request_id)
    if _is_the_same(context, found):
        zone = context.office.profile.zone
        last = max(0, len(found.places) - 1) // views.ON_A_PAGE
        view = views.request(
            context.say, found, zone, left_out=left_out, page=min(max(page, 0), last)
        )
        await context.show(view)
    else:
        await _show_anew(context, found)


async def _erase(context: Context, request_id: int, left_out: int) -> None:
    office, caller = context.office, context.caller
    found = await erasure_answers.look_again(office, caller, request_id)
    if not _is_the_same(context, found):
        await _show_anew(context, found)
        return
    chosen = [
        one.course_id
        for at, one in enumerate(found.places[: views.MOST_PLACES])
        if not left_out >> at & 1
    ]
    is_all = len(found.places) <= views.MOST_PLACES
    done = await erasure_answers.erase(office, caller, request_id, chosen, is_all=is_all)
    await context.show(views.erased(context.say, request_id, done))


def _is_the_same(context: Context, found: erasure_answers.Found) -> bool:
    return context.press.number(2) == views.digest_of(found)


async def _show_anew(context: Context, found: erasure_answers.Found) -> None:
    await context.alert(context.say.label("There are other classes by now. Look once more."))
    await context.show(views.request(context.say, found, context.office.profile.zone))


async def typed(context: Context) -> bool:
    """Take a typed text as a name in Zoom, or as a reason; False if neither was asked for."""
    office, user, text = context.office, context.user, context.typed
    pending = await erasure_requests.typed(office, user, text, context.request_key)
    if pending is not None:
        await context.reply(views.pending(context.say, pending))
        return True
    if context.caller.role is not Role.ADMIN:
        return False
    if not await erasure_answers.typed(office, context.caller, text):
        return False
    await context.reply(views.declined(context.say))
    return True
