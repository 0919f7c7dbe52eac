"""A month of days as buttons."""

from calendar import Calendar
from collections.abc import Callable
from datetime import date, timedelta

from babel.dates import get_day_names
from telegram import InlineKeyboardButton

from bot.speech import Say

_NOTHING = "·"
_MONTHS_AHEAD = 12


def month_buttons(
    say: Say,
    month: date,
    today: date,
    *,
    on_day: Callable[[date], str],
    on_month: Callable[[date], str],
    idle: str,
    earliest: date | None = None,
) -> list[list[InlineKeyboardButton]]:
    """The weeks of a month; days before `earliest`, or else before `today`, cannot be chosen.

    `on_day` and `on_month` give the callback data of a day and of turning to another month,
    `idle` that of what only fills the grid.
    """
    first, begins = month.replace(day=1), earliest or today
    return [
        _heading(say, first, begins, today, on_month, idle),
        _weekdays(say, idle),
        *(
            [_day(day, first, begins, on_day, idle) for day in week]
            for week in Calendar().monthdatescalendar(first.year, first.month)
            if week[-1] >= begins
        ),
    ]


def _heading(
    say: Say,
    first: date,
    begins: date,
    today: date,
    on_month: Callable[[date], str],
    idle: str,
) -> list[InlineKeyboardButton]:
    before = (first - timedelta(days=1)).replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    may_go_back = first > begins
    may_go_on = (first.year - today.year) * 12 + first.month - today.month < _MONTHS_AHEAD
    return [
        _button("‹", on_month(before)) if may_go_back else _button(_NOTHING, idle),
        _button(say.month(first), idle),
        _button("›", on_month(after)) if may_go_on else _button(_NOTHING, idle),
    ]


def _weekdays(say: Say, idle: str) -> list[InlineKeyboardButton]:
    names = get_day_names("short", context="stand-alone", locale=say.locale)
    return [_button(names[number], idle) for number in range(7)]


def _day(
    day: date, first: date, begins: date, on_day: Callable[[date], str], idle: str
) -> InlineKeyboardButton:
    if day.month != first.month or day < begins:
        return _button(_NOTHING, idle)
    return _button(str(day.day), on_day(day))


def _button(text: str, data: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(text, callback_data=data)
