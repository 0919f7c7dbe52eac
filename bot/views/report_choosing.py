"""Asks what a report is to be about: whose classes, and which days."""

from collections.abc import Sequence
from datetime import date

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.calendar import month_buttons
from bot.views.message import View, lines
from bot.views.report import period_name
from bot.views.report_buttons import FIRST_DAY, IDLE, LAST_DAY, SHOW, button, data, pick
from school.periods import Period
from services.reporting import Ambiguous, Candidate, Choices
from storage.reports import Of, Scope

_LONGEST_LABEL = 40
_YEARS_BACK = 10
_EXAMPLE = "/report 2026-11-01 2026-11-15"


def choices(say: Say, found: Choices) -> View:
    """The names that a report can be narrowed to, page by page."""
    period = period_name(say, found.period)
    match found.of:
        case Of.TEACHER:
            text = say("Whose classes, {period}?", period=period)
        case Of.COURSE:
            text = say("Which class, {period}?", period=period)
        case _:
            text = say("Which group, {period}?", period=period)
    if not found.candidates:
        text = say("No classes were planned in these days.")
    rows = _candidates(say, found.period, found.candidates)
    if found.pages > 1:
        rows.append(_pages(say, found))
    return View(text, InlineKeyboardMarkup(rows))


def ambiguous(say: Say, found: Ambiguous) -> View:
    """Several are called as typed: asks which is meant."""
    more = (
        say.many(
            "{count} more is not shown: type more of the name.",
            "{count} more are not shown: type more of the name.",
            found.more,
        )
        if found.more
        else None
    )
    text = lines(say("Which {name} do you mean?", name=say.bold(found.name)), more)
    return View(text, InlineKeyboardMarkup(_candidates(say, found.period, found.candidates)))


def first_day(say: Say, scope: Scope, month: date, today: date) -> View:
    """Asks from which day on."""
    rows = month_buttons(
        say,
        month,
        today,
        earliest=today.replace(year=today.year - _YEARS_BACK, day=1),
        on_day=lambda day: data(LAST_DAY, day, day, scope),
        on_month=lambda other: data(FIRST_DAY, other, other, scope),
        idle=callback_data.encode(IDLE),
    )
    text = lines(
        say("From which day on?"),
        say("You can also type them: {example}", example=say.code(_EXAMPLE)),
    )
    return View(text, InlineKeyboardMarkup(rows))


def last_day(say: Say, scope: Scope, first: date, month: date, today: date) -> View:
    """Asks to which day."""
    rows = month_buttons(
        say,
        month,
        today,
        earliest=first,
        on_day=lambda day: data(SHOW, first, day, scope),
        on_month=lambda other: data(LAST_DAY, first, other, scope),
        idle=callback_data.encode(IDLE),
    )
    text = say("From {day} to which day?", day=say.full_day(first))
    return View(text, InlineKeyboardMarkup(rows))


def _candidates(
    say: Say, period: Period, candidates: Sequence[Candidate]
) -> list[list[InlineKeyboardButton]]:
    return [
        [button(_label(say, one), data(SHOW, period.first_day, period.last_day, one.scope))]
        for one in candidates
    ]


def _label(say: Say, one: Candidate) -> str:
    name = _short(one.name if one.name is not None else say.label("(deleted)"))
    if one.hint is None:
        return name
    return say.label("{name} · {hint}", name=name, hint=_short(one.hint))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_LABEL else f"{text[: _LONGEST_LABEL - 1]}…"


def _pages(say: Say, found: Choices) -> list[InlineKeyboardButton]:
    number = say.label("{number} of {count}", number=found.page + 1, count=found.pages)
    row = [button(number, callback_data.encode(IDLE))]
    if found.page > 0:
        row.insert(0, button("‹", pick(found.of, found.period, found.page - 1)))
    if found.page + 1 < found.pages:
        row.append(button("›", pick(found.of, found.period, found.page + 1)))
    return row
