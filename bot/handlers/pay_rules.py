"""/payrules: the rules by which lessons are paid."""

from telegram import Update

from bot.callback_data import Press, not_current
from bot.context import Context
from bot.views import pay_rules as views
from services import pay_forms, pay_rules
from services.pay_forms import FormMoved, FormPlace, today_of
from services.pay_rules import RulesPage
from services.people import require_admin


async def show(update: Update, context: Context) -> None:
    """/payrules."""
    del update
    page = await pay_rules.begin(context.office, context.caller, context.request_key)
    await context.reply(views.form(context.say, page))


async def pressed(update: Update, context: Context) -> None:
    """Any button of the form."""
    del update
    office, press = context.office, context.press
    place = FormPlace(require_admin(office, context.caller), press.number(0), press.number(1))
    try:
        match press.action.removeprefix(f"{views.FORM}."):
            case "discard":
                await pay_forms.discard(office, place)
                await context.show(views.discarded(context.say))
            case "save":
                await _save(context, place)
            case what:
                page = await _answered(context, place, what, press)
                await context.show(views.form(context.say, page))
    except FormMoved as moved:
        await context.alert(context.say.plain(moved.text))
        await context.show(views.form(context.say, await pay_rules.present(office, place)))


async def typed(context: Context) -> bool:
    """Take a typed text as steps of lateness; False if no form waits for them."""
    page = await pay_rules.typed(context.office, context.caller, context.typed)
    if page is not None:
        await context.reply(views.form(context.say, page))
    return page is not None


async def _save(context: Context, place: FormPlace) -> None:
    done = await pay_rules.save(context.office, place)
    if isinstance(done, RulesPage):
        await context.alert(views.outlived(context.say, done))
        await context.show(views.form(context.say, done))
    else:
        await context.show(views.saved(context.say, done))


async def _answered(context: Context, place: FormPlace, what: str, press: Press) -> RulesPage:
    office = context.office
    match what:
        case "page":
            return await pay_rules.turn_to(office, place, press.word(2))
        case "set":
            return await pay_rules.choose(office, place, press.word(2), press.word(3))
        case "from":
            first, second = pay_rules.days_offered(today_of(office))
            day = second if press.number(2) else first
            return await pay_rules.choose_day(office, place, day)
        case _:
            raise not_current()
