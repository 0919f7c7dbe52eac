"""/adjust: bonuses, deductions, and lateness that is waived."""

from telegram import Update

from bot.callback_data import Press, not_current
from bot.context import Context
from bot.handlers.rates import day_of
from bot.views import adjusting as views
from bot.views.message import View
from school.pay import AdjustmentKind
from services import adjusting, adjustment_forms, pay_forms
from services.adjusting import AdjustmentMade
from services.adjustment_forms import AdjustPage
from services.pay_forms import FormMoved, FormPlace
from services.people import require_admin


async def adjust(update: Update, context: Context) -> None:
    """/adjust, perhaps with all or part of it in the same line."""
    del update
    office, key = context.office, context.request_key
    answer = await adjustment_forms.begin(office, context.caller, context.typed, key)
    await context.reply(_view(context, answer))


async def pressed(update: Update, context: Context) -> None:
    """The form's buttons, and [Withdraw]."""
    del update
    office, press = context.office, context.press
    if press.action == views.WITHDRAW:
        await _withdraw(context, press.number(0))
        return
    place = FormPlace(require_admin(office, context.caller), press.number(0), press.number(1))
    try:
        match press.action.removeprefix(f"{views.FORM}."):
            case "discard":
                await pay_forms.discard(office, place)
                await context.show(views.discarded(context.say))
            case "save":
                await context.show(_view(context, await adjustment_forms.make(office, place)))
            case what:
                await context.show(_view(context, await _answered(context, place, what, press)))
    except FormMoved as moved:
        await context.alert(context.say.plain(moved.text))
        await context.show(_view(context, await adjustment_forms.present(office, place)))


async def typed(context: Context) -> bool:
    """Take a typed text as an amount or a reason; False if no form waits for one."""
    page = await adjustment_forms.typed(context.office, context.caller, context.typed)
    if page is not None:
        await context.reply(_view(context, page))
    return page is not None


async def _answered(context: Context, place: FormPlace, what: str, press: Press) -> AdjustPage:
    office = context.office
    match what:
        case "teacher":
            return await adjustment_forms.choose_teacher(office, place, press.number(2))
        case "kind":
            return await adjustment_forms.choose_kind(office, place, _kind(press.word(2)))
        case "lesson":
            return await adjustment_forms.choose_lesson(office, place, press.number(2))
        case "day":
            return await adjustment_forms.choose_day(office, place, day_of(press.word(2)))
        case _:
            raise not_current()


async def _withdraw(context: Context, adjustment_id: int) -> None:
    done = await adjusting.withdraw(context.office, context.caller, adjustment_id)
    await context.show(views.withdrawn(context.say, done))


def _view(context: Context, answer: AdjustPage | AdjustmentMade) -> View:
    if isinstance(answer, AdjustPage):
        return views.form(context.say, answer)
    return views.made(context.say, answer)


def _kind(word: str) -> AdjustmentKind:
    try:
        return AdjustmentKind(word)
    except ValueError:
        raise not_current() from None
