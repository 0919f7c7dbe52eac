"""Making a class: `/newclass` with a line or alone, the form's buttons, and typed answers."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta

from telegram import Update

from bot.callback_data import Press, not_current
from bot.context import Context, edit
from bot.views import doubts
from bot.views import newclass as views
from bot.views.message import View
from school.recurrence import Frequency
from services import drafting, form_answers, repeat_answers
from services.forms import Doubt, FormAnswer, FormPage, Made, OldForm, Passed, Place
from services.people import as_teacher
from storage.class_forms import Step


async def newclass(update: Update, context: Context) -> None:
    """/newclass, perhaps with all or part of the class in the same line."""
    del update
    office = context.office
    teacher = as_teacher(office, context.caller)
    await _begun(context, await drafting.begin(office, teacher, context.typed, context.request_key))


async def repeat_last(update: Update, context: Context) -> None:
    """A form like the teacher's last class, which asks for the day."""
    del update
    office = context.office
    teacher = as_teacher(office, context.caller)
    await _begun(context, await drafting.begin_like_last(office, teacher, context.request_key))


async def _begun(context: Context, answer: FormAnswer) -> None:
    if isinstance(answer, Made) or answer.draft.message_id is not None:
        return  # the class's own card follows; or this very update was answered before
    sent = await context.reply(_view(context, answer))
    await drafting.shown_at(context.office, answer.draft.id, sent.message_id)


async def typed(context: Context) -> bool:
    """Take a typed text as an answer to the open form; False if no form waits for one."""
    teacher = as_teacher(context.office, context.caller)
    answer = await form_answers.typed(context.office, teacher, context.typed)
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
        await form_answers.discard(office, place)
        await context.show(views.discarded(context.say))
        return
    if press.action == "form.idle":  # it only fills the calendar's grid
        return
    answering = _ANSWERS.get(press.action)
    if answering is None:
        raise not_current()
    try:
        answer = await drafting.once(answering(context, place, press))
    except OldForm:
        page = await drafting.current(office, teacher, place.draft_id)
        await context.show(views.form(context.say, page))
        raise
    if not isinstance(answer, Made):
        await context.show(_view(context, answer))


async def _show(context: Context, answer: FormPage | Doubt | Passed) -> None:
    """Draw the form where it stands; if its message is gone, below."""
    view, draft = _view(context, answer), answer.draft
    if draft.message_id and await edit(context.bot, context.chat.id, draft.message_id, view):
        return
    sent = await context.reply(view)
    await drafting.shown_at(context.office, draft.id, sent.message_id)


def _view(context: Context, answer: FormPage | Doubt | Passed) -> View:
    match answer:
        case FormPage():
            return views.form(context.say, answer)
        case Doubt():
            return doubts.doubt(context.say, answer)
        case Passed():
            return doubts.passed(context.say, answer)


# One function per button: what it says to the form.


async def _topic(context: Context, place: Place, press: Press) -> FormAnswer:
    return await form_answers.choose_topic(context.office, place, press.number(2))


async def _group(context: Context, place: Place, press: Press) -> FormAnswer:
    return await form_answers.toggle_group(context.office, place, press.number(2))


async def _all(context: Context, place: Place, press: Press) -> FormAnswer:
    del press
    return await form_answers.choose_all_groups(context.office, place)


async def _groups(context: Context, place: Place, press: Press) -> FormAnswer:
    del press
    return await form_answers.confirm_groups(context.office, place)


async def _month(context: Context, place: Place, press: Press) -> FormAnswer:
    return await form_answers.turn_calendar(context.office, place, _day_of(press))


async def _day(context: Context, place: Place, press: Press) -> FormAnswer:
    return await form_answers.choose_day(context.office, place, _day_of(press))


async def _time(context: Context, place: Place, press: Press) -> FormAnswer:
    return await form_answers.choose_time(context.office, place, _time_of(press))


async def _length(context: Context, place: Place, press: Press) -> FormAnswer:
    minutes = max(0, min(press.number(2), _LONGEST_LENGTH))
    return await form_answers.choose_length(context.office, place, timedelta(minutes=minutes))


async def _repeat(context: Context, place: Place, press: Press) -> FormAnswer:
    match press.word(2):
        case "once":
            return await repeat_answers.choose_once(context.office, place)
        case "days":
            return await repeat_answers.choose_weekdays(context.office, place)
        case "day":
            return await repeat_answers.choose_rhythm(context.office, place, Frequency.DAILY)
        case "week":
            return await repeat_answers.choose_rhythm(context.office, place, Frequency.WEEKLY)
        case _:
            raise not_current()


async def _weekday(context: Context, place: Place, press: Press) -> FormAnswer:
    return await repeat_answers.toggle_weekday(context.office, place, press.number(2))


async def _weekdays(context: Context, place: Place, press: Press) -> FormAnswer:
    del press
    return await repeat_answers.confirm_weekdays(context.office, place)


async def _until(context: Context, place: Place, press: Press) -> FormAnswer:
    return await repeat_answers.choose_count(context.office, place, press.number(2) or None)


async def _goto(context: Context, place: Place, press: Press) -> FormAnswer:
    try:
        step = Step(press.word(2))
    except ValueError:
        raise not_current() from None
    return await form_answers.go_to(context.office, place, step)


async def _anyway(context: Context, place: Place, press: Press) -> FormAnswer:
    del press
    return await form_answers.accept_doubt(context.office, place)


async def _create(context: Context, place: Place, press: Press) -> FormAnswer:
    del press
    return await form_answers.create(context.office, place)


_LONGEST_LENGTH = 10_000  # minutes; what is too long is refused with a sentence further down
_ANSWERS: dict[str, Callable[[Context, Place, Press], Awaitable[FormAnswer]]] = {
    "form.topic": _topic,
    "form.group": _group,
    "form.all": _all,
    "form.groups": _groups,
    "form.month": _month,
    "form.day": _day,
    "form.time": _time,
    "form.length": _length,
    "form.repeat": _repeat,
    "form.weekday": _weekday,
    "form.weekdays": _weekdays,
    "form.until": _until,
    "form.goto": _goto,
    "form.anyway": _anyway,
    "form.create": _create,
}


def _day_of(press: Press) -> date:
    return _parsed(press, "%Y%m%d").date()


def _time_of(press: Press) -> time:
    return _parsed(press, "%H%M").time()


def _parsed(press: Press, pattern: str) -> datetime:
    try:
        return datetime.strptime(press.word(2), pattern)  # noqa: DTZ007  a local day or time
    except ValueError:
        raise not_current() from None
