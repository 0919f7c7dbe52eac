"""Making a class: `/newclass` with a line or alone, the form's buttons, and typed answers."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta

from telegram import Update

from bot.callback_data import Press
from bot.context import Context, edit
from bot.views import newclass as views
from bot.views.message import View
from school.errors import Outdated
from services import drafting
from services.drafting import Clash, FormAnswer, FormPage, Made, OldForm, Passed, Place
from services.people import as_teacher
from storage.drafts import Step


async def newclass(update: Update, context: Context) -> None:
    """/newclass, perhaps with all or part of the class in the same line."""
    del update
    office = context.office
    teacher = as_teacher(office, context.caller)
    answer = await drafting.begin(office, teacher, context.typed, context.request_key)
    if isinstance(answer, Made) or answer.draft.message_id is not None:
        return  # the class's own card follows; or this very update was answered before
    sent = await context.reply(_view(context, answer))
    await drafting.shown_at(office, answer.draft.id, sent.message_id)


async def typed(context: Context) -> bool:
    """Take a typed text as an answer to the open form; False if no form waits for one."""
    teacher = as_teacher(context.office, context.caller)
    answer = await drafting.typed(context.office, teacher, context.typed)
    if answer is None:
        return False
    if not isinstance(answer, Made):
        await _show(context, answer)
    return True


async def pressed(update: Update, context: Context) -> None:
    """Any button of the form."""
    del update
    office, press = context.office, context.press
    teacher = as_teacher(office, context.caller)
    place = Place(teacher, press.number(0), press.number(1))
    if press.action == "form.discard":
        await drafting.discard(office, place)
        await context.show(views.discarded(context.say))
        return
    answering = _ANSWERS.get(press.action)
    if answering is None:
        return
    try:
        answer = await answering(context, place, press)
    except OldForm:
        page = await drafting.current(office, teacher, place.draft_id)
        await context.show(views.form(context.say, page))
        raise
    if not isinstance(answer, Made):
        await context.show(_view(context, answer))


async def _show(context: Context, answer: FormPage | Clash | Passed) -> None:
    """Draw the form where it stands; if its message is gone, below."""
    view, draft = _view(context, answer), answer.draft
    if draft.message_id and await edit(context.bot, context.chat.id, draft.message_id, view):
        return
    sent = await context.reply(view)
    await drafting.shown_at(context.office, draft.id, sent.message_id)


def _view(context: Context, answer: FormPage | Clash | Passed) -> View:
    match answer:
        case FormPage():
            return views.form(context.say, answer)
        case Clash():
            return views.clash(context.say, answer)
        case Passed():
            return views.passed(context.say, answer)


# One function per button: what it says to the form.


async def _topic(context: Context, place: Place, press: Press) -> FormAnswer:
    return await drafting.choose_topic(context.office, place, press.number(2))


async def _group(context: Context, place: Place, press: Press) -> FormAnswer:
    return await drafting.toggle_group(context.office, place, press.number(2))


async def _groups(context: Context, place: Place, press: Press) -> FormAnswer:
    del press
    return await drafting.confirm_groups(context.office, place)


async def _month(context: Context, place: Place, press: Press) -> FormAnswer:
    return await drafting.turn_calendar(context.office, place, _day_of(press))


async def _day(context: Context, place: Place, press: Press) -> FormAnswer:
    return await drafting.choose_day(context.office, place, _day_of(press))


async def _time(context: Context, place: Place, press: Press) -> FormAnswer:
    return await drafting.choose_time(context.office, place, _time_of(press))


async def _length(context: Context, place: Place, press: Press) -> FormAnswer:
    length = timedelta(minutes=min(press.number(2), _LONGEST_LENGTH))
    return await drafting.choose_length(context.office, place, length)


async def _goto(context: Context, place: Place, press: Press) -> FormAnswer:
    try:
        step = Step(press.word(2))
    except ValueError:
        raise Outdated("This button is no longer current.") from None
    return await drafting.go_to(context.office, place, step)


async def _anyway(context: Context, place: Place, press: Press) -> FormAnswer:
    del press
    return await drafting.accept_clash(context.office, place)


async def _create(context: Context, place: Place, press: Press) -> FormAnswer:
    del press
    return await drafting.create(context.office, place)


_LONGEST_LENGTH = 10_000  # minutes; what is too long is refused with a sentence further down
_ANSWERS: dict[str, Callable[[Context, Place, Press], Awaitable[FormAnswer]]] = {
    "form.topic": _topic,
    "form.group": _group,
    "form.groups": _groups,
    "form.month": _month,
    "form.day": _day,
    "form.time": _time,
    "form.length": _length,
    "form.goto": _goto,
    "form.anyway": _anyway,
    "form.create": _create,
}
ACTIONS = (*_ANSWERS, "form.discard", "form.idle")
"""Every action of the form's buttons."""


def _day_of(press: Press) -> date:
    return _parsed(press, "%Y%m%d").date()


def _time_of(press: Press) -> time:
    return _parsed(press, "%H%M").time()


def _parsed(press: Press, pattern: str) -> datetime:
    try:
        return datetime.strptime(press.word(2), pattern)  # noqa: DTZ007  a local day or time
    except ValueError:
        raise Outdated("This button is no longer current.") from None
