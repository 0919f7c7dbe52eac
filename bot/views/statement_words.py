"""What is said of a statement in more places than one."""

from datetime import date

from markupsafe import Markup

from bot.speech import Say
from bot.views.rates import month_name
from school.money import Money
from school.pay import AdjustmentKind
from school.statements import AdjustmentLine, StatementState
from services.statements import StatementPage


def title(say: Say, page: StatementPage) -> Markup:
    month = say.bold(month_name(say, page.month))
    if page.is_own:
        return say("Your statement of {month}", month=month)
    return say("Statement of {name}, {month}", name=say.bold(page.teacher.name), month=month)


def state_name(say: Say, state: StatementState) -> str:
    match state:
        case StatementState.DRAFT:
            return say.label("draft")
        case StatementState.ACCEPTED:
            return say.label("accepted")
        case StatementState.LOCKED:
            return say.label("locked")
        case StatementState.PAID:
            return say.label("paid")


def adjustment_words(say: Say, one: AdjustmentLine) -> Markup:
    """`Bonus: Ramadan`; the reason is gone once erased."""
    name = say("Deduction") if one.kind is AdjustmentKind.DEDUCTION else say("Bonus")
    return say("{kind}: {reason}", kind=name, reason=one.reason) if one.reason else name


def carried_words(say: Say, month: str) -> Markup:
    return say("{month}, changed after it was locked", month=month_name(say, month))


def payment_words(say: Say, paid_on: date, reference: str | None) -> Markup:
    """`Paid on 1 Dec 2026, reference TR-1992`."""
    day = say.full_day(paid_on)
    if reference is None:
        return say("Paid on {day}", day=day)
    return say("Paid on {day}, reference {reference}", day=day, reference=reference)


def money_words(say: Say, sums: tuple[Money, ...]) -> Markup:
    return say.listed(sums) if sums else say("nothing")
