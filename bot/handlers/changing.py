"""Changing a class that is ahead: the form in the place of its card, pressed and typed."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta

from telegram import Update

from bot.callback_data import Press, not_current
from bot.context import Context, edit
from bot.views import changing as views
from school.errors import NotAllowed, Outdated
from services import change_answers, change_forms, classes
from services.change_pages import (
    ChangeAnswer,
    ChangePage,
    ChangePlace,
    Done,
    OldChange,
    TimePassed,
)
from services.people import Teacher, as_teacher
from storage.change_forms import Change

_ENTRIES = {views.TIME: Change.TIME, views.MENU: None}
_IDLE = "change.idle"  # it only fills the calendar's grid


async def pressed(update: Update, context: Context) -> None:
    """Any button of the form, and those of the card that open it."""
    del update
    teacher, press = as_teacher(context.office, context.caller), context.press
    if not context.is_private:  # cards and their forms are in private only
        raise not_current()
    if press.action in _ENTRIES:
        await _open(context, teacher, press)
        return
    if press.action == _IDLE:
        return
    answering = _ANSWERS.get(press.action)
    if answering is None:
        raise not_current()
    place = ChangePlace(teacher, press.number(0), press.number(1))
    try:
        await _show(context, await answering(context, place, press))
    except OldChange:
        await _show(context, await change_forms.current(context.office, teacher, place.draft_id))
        raise
    except (Outdated, NotAllowed):  # there is nothing to be changed, or not by this teacher
        await change_forms.give_up(context.office, teacher, place.draft_id)
        await _redraw(context, teacher, press.number(2))
        raise


async def typed(context: Context) -> bool:
    """Take a typed text as an answer to the form; False if it does not wait for one."""
    teacher = as_teacher(context.office, context.caller)
    answer = await change_answers.typed(context.office, teacher, context.typed)
    if answer is None:
        return False
    await _show(context, answer)
    return True


async def _open(context: Context, teacher: Teacher, press: Press) -> None:
    lesson_id, version = press.number(0), press.number(1)
    try:
        page = await change_forms.begin(
            context.office,
            teacher,
            lesson_id,
            version,
            _ENTRIES[press.action],
            request_key=context.request_key,
            message_id=context.pressed_message_id,
        )
    except Outdated:
        await _redraw(context, teacher, lesson_id)
        raise
    await classes.until_card_stands(context.office, teacher, page.draft.message_id)
    await _show(context, page)


async def _redraw(context: Context, teacher: Teacher, lesson_id: int) -> None:
    """The card as it is now, where the button was."""
    await classes.redraw(context.office, teacher, lesson_id, context.pressed_message_id)


async def _show(context: Context, answer: ChangeAnswer) -> None:
    """Draw the form where it stands; if its message is gone, below."""
    match answer:
        case Done():
            return  # the card takes its place
        case ChangePage():
            view, draft = views.change(context.say, answer), answer.draft
        case TimePassed():
            view, draft = views.time_passed(context.say, answer), answer.page.draft
    chat_id = context.chat.id
    if draft.message_id and await edit(context.bot, chat_id, draft.message_id, view):
        return
    sent = await context.reply(view)
    await change_forms.shown_at(context.office, draft.id, sent.message_id)


# One function per button: what it says to the form.


async def _what(context: Context, place: ChangePlace, press: Press) -> ChangeAnswer:
    try:
        what = Change(press.word(3))
    except ValueError:
        raise not_current() from None
    return await change_answers.choose_what(context.office, place, what)


async def _dates(context: Context, place: ChangePlace, press: Press) -> ChangeAnswer:
    del press
    return await change_answers.list_dates(context.office, place)


async def _scope(context: Context, place: ChangePlace, press: Press) -> ChangeAnswer:
    for_all = press.number(3) == 1
    return await change_answers.choose_scope(context.office, place, for_all=for_all)


async def _month(context: Context, place: ChangePlace, press: Press) -> ChangeAnswer:
    return await change_answers.turn_calendar(context.office, place, _day_of(press))


async def _day(context: Context, place: ChangePlace, press: Press) -> ChangeAnswer:
    return await change_answers.choose_day(context.office, place, _day_of(press))


async def _hour(context: Context, place: ChangePlace, press: Press) -> ChangeAnswer:
    return await change_answers.choose_time(context.office, place, _time_of(press))


async def _length(context: Context, place: ChangePlace, press: Press) -> ChangeAnswer:
    minutes = max(0, min(press.number(3), _LONGEST_LENGTH))
    return await change_answers.choose_length(context.office, place, timedelta(minutes=minutes))


async def _group(context: Context, place: ChangePlace, press: Press) -> ChangeAnswer:
    return await change_answers.toggle_group(context.office, place, press.number(3))


async def _teacher(context: Context, place: ChangePlace, press: Press) -> ChangeAnswer:
    return await change_answers.choose_teacher(context.office, place, press.number(3))


async def _again(context: Context, place: ChangePlace, press: Press) -> ChangeAnswer:
    del press
    return await change_answers.choose_again(context.office, place)


async def _back(context: Context, place: ChangePlace, press: Press) -> ChangeAnswer:
    del press
    return await change_answers.go_back(context.office, place)


async def _do(context: Context, place: ChangePlace, press: Press) -> ChangeAnswer:
    del press
    return await change_answers.confirm(context.office, place)


_LONGEST_LENGTH = 10_000  # minutes; what is too long is refused with a sentence further down
_ANSWERS: dict[str, Callable[[Context, ChangePlace, Press], Awaitable[ChangeAnswer]]] = {
    "change.what": _what,
    "change.dates": _dates,
    "change.scope": _scope,
    "change.month": _month,
    "change.day": _day,
    "change.hour": _hour,
    "change.length": _length,
    "change.group": _group,
    "change.teacher": _teacher,
    "change.again": _again,
    "change.back": _back,
    "change.do": _do,
}


def _day_of(press: Press) -> date:
    return _parsed(press, "%Y%m%d").date()


def _time_of(press: Press) -> time:
    return _parsed(press, "%H%M").time()


def _parsed(press: Press, pattern: str) -> datetime:
    try:
        return datetime.strptime(press.word(3), pattern)  # noqa: DTZ007  a local day or time
    except ValueError:
        raise not_current() from None
