"""Buttons of reports: what their data says, and how it is read again."""

from datetime import date

from telegram import InlineKeyboardButton

from bot import callback_data
from school.periods import Period
from storage.reports import Of, Scope

NAMED = "report.period"
SHOW = "report.show"
PICK = "report.pick"
DATES = "report.dates"
FIRST_DAY = "report.first"
LAST_DAY = "report.last"
CSV = "report.csv"
IDLE = "report.idle"

_NAMES = ("this week", "last week", "this month", "last month", "this term", "last term")
_FIRST_YEAR, _LAST_YEAR = 2000, 2999


def button(label: str, data: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=data)


def data(action: str, first: date, last: date, scope: Scope) -> str:
    return callback_data.encode(action, first.toordinal(), last.toordinal(), scope.of, scope.id)


def pick(of: Of, period: Period, page: int) -> str:
    first, last = period.first_day.toordinal(), period.last_day.toordinal()
    return callback_data.encode(PICK, of, first, last, page)


def pressed_name(press: callback_data.Press) -> str:
    """What a period's button stands for, as it is typed. Raises Outdated."""
    number = press.number(0)
    if number not in range(len(_NAMES)):
        raise callback_data.not_current()
    return _NAMES[number]


def pressed_scope(press: callback_data.Press, position: int) -> Scope:
    """What stays chosen; buttons of an earlier version had nothing. Raises Outdated."""
    if len(press.args) <= position:
        return Scope()
    return Scope(pressed_of(press, position), press.number(position + 1))


def pressed_of(press: callback_data.Press, position: int) -> Of:
    try:
        return Of(press.word(position))
    except ValueError:
        raise callback_data.not_current() from None


def pressed_day(press: callback_data.Press, position: int) -> date:
    """Raises Outdated for what is no day of these times."""
    number = press.number(position)
    if not date(_FIRST_YEAR, 1, 1).toordinal() <= number <= date(_LAST_YEAR, 1, 1).toordinal():
        raise callback_data.not_current()
    return date.fromordinal(number)
