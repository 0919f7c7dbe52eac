"""/rate: what teachers earn."""

from datetime import UTC, date, datetime

from telegram import Update

from bot.callback_data import Press, not_current
from bot.context import Context
from bot.views import rates as views
from bot.views.message import View
from school.pay_phrases import CURRENCIES
from school.pay_rules import Per
from services import pay_forms, rate_forms, rates
from services.pay_forms import FormMoved, FormPlace
from services.people import require_admin
from services.rate_forms import RateAnswer, RatePage
from services.rates import RateHistory, RateList, RateSaved


async def rate(update: Update, context: Context) -> None:
    """/rate, perhaps with a teacher, and all or part of a new rate."""
    del update
    office, key = context.office, context.request_key
    answer = await rate_forms.begin(office, context.caller, context.typed, key)
    await context.reply(_view(context, answer))


async def pressed(update: Update, context: Context) -> None:
    """The list, a teacher's history, and [Change]."""
    del update
    office, caller, press = context.office, context.caller, context.press
    match press.action:
        case views.LIST:
            found = await rates.list_rates(office, caller)
            await context.show(views.rate_list(context.say, found, max(press.number(0), 0)))
        case views.SHOW:
            await context.show(_view(context, await rates.history(office, caller, press.number(0))))
        case views.CHANGE:
            key = context.request_key
            await context.show(
                _view(context, await rate_forms.change(office, caller, press.number(0), key))
            )
        case _:
            await _pressed_on_form(context, press)


async def typed(context: Context) -> bool:
    """Take a typed text as an answer to the open form; False if none waits for one."""
    page = await rate_forms.typed(context.office, context.caller, context.typed)
    if page is not None:
        await context.reply(_view(context, page))
    return page is not None


async def _pressed_on_form(context: Context, press: Press) -> None:
    office = context.office
    place = FormPlace(require_admin(office, context.caller), press.number(0), press.number(1))
    try:
        match press.action.removeprefix(f"{views.FORM}."):
            case "discard":
                await pay_forms.discard(office, place)
                await context.show(views.discarded(context.say))
            case "save":
                await context.show(_view(context, await rate_forms.save(office, place)))
            case what:
                await context.show(_view(context, await _answered(context, place, what, press)))
    except FormMoved as moved:
        await context.alert(context.say.plain(moved.text))
        await context.show(_view(context, await rate_forms.present(office, place)))


async def _answered(context: Context, place: FormPlace, what: str, press: Press) -> RatePage:
    office = context.office
    match what:
        case "teacher":
            return await rate_forms.choose(office, place, person_id=press.number(2))
        case "per":
            return await rate_forms.choose(office, place, per=_per(press.word(2)))
        case "currency" if press.word(2) in CURRENCIES:
            return await rate_forms.choose(office, place, currency=press.word(2))
        case "course":
            course_id = press.number(2) or None
            return await rate_forms.choose(
                office, place, is_course_chosen=True, course_id=course_id
            )
        case "from":
            return await rate_forms.choose(office, place, valid_from=day_of(press.word(2)))
        case "back":
            return await rate_forms.go_back(office, place)
        case _:
            raise not_current()


def _view(context: Context, answer: RateAnswer) -> View:
    say = context.say
    match answer:
        case RateList():
            return views.rate_list(say, answer)
        case RateHistory():
            return views.history(say, answer)
        case RatePage():
            return views.form(say, answer)
        case RateSaved():
            return views.saved(say, answer)


def _per(word: str) -> Per:
    try:
        return Per(word)
    except ValueError:
        raise not_current() from None


def day_of(word: str) -> date:
    """The day of a button. Raises Outdated for none."""
    try:
        return datetime.strptime(word, "%Y%m%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise not_current() from None
