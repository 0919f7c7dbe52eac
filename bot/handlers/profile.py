"""/profile: what a person is known by, and buttons to correct it."""

from telegram import Update

from bot.callback_data import not_current
from bot.context import Context
from bot.views import language as language_views
from bot.views import profile as views
from bot.views import welcome
from bot.views.message import View
from services import doubting, profile


async def show(update: Update, context: Context) -> None:
    """/profile."""
    del update
    await context.reply(await _page(context))


async def pressed(update: Update, context: Context) -> None:
    """Whatever is to be corrected."""
    del update
    office, user, press = context.office, context.user, context.press
    match press.action:
        case views.NAME:
            await profile.ask_name(office, user, context.request_key)
            await context.reply(views.name_asked(context.say))
        case views.TELEGRAM_NAME:
            await profile.use_telegram_name(office, user)
            await _show_anew(context)
        case views.LANGUAGE:
            languages = context.desk.speech.languages
            await context.reply(language_views.page(context.say, languages, context.caller.clock))
        case views.ZONE:
            await context.reply(welcome.zones(context.say, context.caller))
        case views.ZOOM:
            await profile.read_zoom_again(office, user)
            await context.alert(context.say.label("This is what Zoom says now."))
            await _show_anew(context)
        case views.FORGET:
            gone = await profile.forget_other_name(office, user, press.number(0), press.number(1))
            await context.alert(views.forgotten(context.say, gone))
            await _show_anew(context)
        case views.WRONG:
            teacher = await doubting.ask(office, user, press.number(0), context.request_key)
            await context.reply(views.words_asked(context.say, teacher))
        case _:
            raise not_current()


async def typed(context: Context) -> bool:
    """Take a typed text as a name, or as what is wrong; False if neither was asked for."""
    office, user, key = context.office, context.user, context.request_key
    teacher = await doubting.typed(office, user, context.typed, key)
    if teacher is not None:
        await context.reply(views.doubted(context.say, teacher))
        return True
    if await profile.typed(office, user, context.typed) is None:
        return False
    await context.meet()
    await context.reply(await _page(context))
    return True


async def _show_anew(context: Context) -> None:
    await context.meet()
    await context.show(await _page(context))


async def _page(context: Context) -> View:
    found = await profile.profile(context.office, context.user, context.caller)
    if found is None:
        return views.nobody_known(context.say)
    return views.page(context.say, found)
