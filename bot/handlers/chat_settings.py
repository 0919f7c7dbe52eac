"""The settings of a teacher's groups and students, by buttons or typed after /groups."""

import re
from collections.abc import Awaitable, Callable

from telegram import Update

from bot.callback_data import Press, not_current
from bot.context import Context
from bot.views import chat_settings as views
from bot.views import groups as group_views
from bot.views.message import View
from school.errors import NotUnderstood
from school.model import DayReminder
from school.names import clean_name
from services import chat_settings, groups
from services.chat_settings import REMINDER_MINUTES
from services.people import Teacher, as_teacher
from services.typed_class import named_groups

_NAME_AND_ZONE = re.compile(
    r'#?(?:["“](?P<quoted>[^"”]*)["”]|(?P<word>\S+))\s*(?P<zone>.*)', re.DOTALL
)


async def pressed(update: Update, context: Context) -> None:
    """Any button of the list and of its pages."""
    del update
    teacher = as_teacher(context.office, context.caller)
    answering = _ANSWERS.get(context.press.action)
    if answering is None:
        raise not_current()
    await context.show(await answering(context, teacher, context.press))


async def typed(context: Context, teacher: Teacher) -> None:
    """`/groups #Sisters`, or `/groups #"Beginners A" Riyadh`."""
    found = _NAME_AND_ZONE.fullmatch(context.typed.strip())
    assert found is not None, "something was typed"
    name, zone = found["quoted"] or found["word"] or "", found["zone"]
    known = await groups.groups_of(context.office, teacher)
    chosen, _ = named_groups([name], known)
    if not chosen:
        raise NotUnderstood(
            "I do not know which of your groups {name} is. Type /groups and press it.",
            name=clean_name(name),
        )
    if zone:
        now = await chat_settings.set_zone(context.office, teacher, chosen[0], zone)
    else:
        now = await chat_settings.settings_of(context.office, teacher, chosen[0])
    await context.reply(views.page(context.say, now))


# One function per button: what is shown after it.


async def _list(context: Context, teacher: Teacher, press: Press) -> View:
    page = press.number(0) if press.args else 0
    known = await groups.groups_of(context.office, teacher)
    return group_views.group_list(context.say, known, context.office.profile, page)


async def _show(context: Context, teacher: Teacher, press: Press) -> View:
    found = await chat_settings.settings_of(context.office, teacher, press.number(0))
    return views.page(context.say, found)


async def _language(context: Context, teacher: Teacher, press: Press) -> View:
    office, chat_id, spoken = context.office, press.number(0), context.desk.speech.languages
    word = _choice(press)
    if word is None:
        found = await chat_settings.settings_of(office, teacher, chat_id)
        return views.languages(context.say, found, spoken)
    if word not in {*spoken, views.AS_USUAL}:
        raise not_current()
    now = await chat_settings.set_language(office, teacher, chat_id, _or_usual(word))
    return views.page(context.say, now)


async def _zone(context: Context, teacher: Teacher, press: Press) -> View:
    office, chat_id, word = context.office, press.number(0), _choice(press)
    if word is None:
        found = await chat_settings.settings_of(office, teacher, chat_id)
        return views.zones(context.say, found)
    now = await chat_settings.set_zone(office, teacher, chat_id, _or_usual(word))
    return views.page(context.say, now)


async def _day(context: Context, teacher: Teacher, press: Press) -> View:
    office, chat_id, word = context.office, press.number(0), _choice(press)
    if word is None:
        found = await chat_settings.settings_of(office, teacher, chat_id)
        return views.day_reminders(context.say, found)
    if word not in set(DayReminder):
        raise not_current()
    now = await chat_settings.remind_day_before(office, teacher, chat_id, DayReminder(word))
    return views.page(context.say, now)


async def _minutes(context: Context, teacher: Teacher, press: Press) -> View:
    office, chat_id, word = context.office, press.number(0), _choice(press)
    if word is None:
        found = await chat_settings.settings_of(office, teacher, chat_id)
        return views.minutes(context.say, found)
    if word not in {str(count) for count in REMINDER_MINUTES}:
        raise not_current()
    now = await chat_settings.remind_before(office, teacher, chat_id, int(word))
    return views.page(context.say, now)


async def _ask(context: Context, teacher: Teacher, press: Press) -> View:
    found = await chat_settings.settings_of(context.office, teacher, press.number(0))
    return views.really_let_go(context.say, found)


async def _let_go(context: Context, teacher: Teacher, press: Press) -> View:
    gone = await chat_settings.let_go(context.office, teacher, press.number(0))
    if gone.unlinked is not None and gone.unlinked.announced:
        return views.unlinked(context.say, group_views.shown_name(gone.chat), gone.unlinked)
    known = await groups.groups_of(context.office, teacher)
    return group_views.group_list(context.say, known, context.office.profile)


def _choice(press: Press) -> str | None:
    """What was chosen; None where the choice is only to be shown."""
    return press.word(1) if len(press.args) > 1 else None


def _or_usual(word: str) -> str | None:
    return None if word == views.AS_USUAL else word


_ANSWERS: dict[str, Callable[[Context, Teacher, Press], Awaitable[View]]] = {
    group_views.LIST: _list,
    group_views.SHOW: _show,
    views.LANGUAGE: _language,
    views.ZONE: _zone,
    views.DAY: _day,
    views.MINUTES: _minutes,
    views.ASK: _ask,
    views.LET_GO: _let_go,
}
