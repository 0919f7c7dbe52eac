"""A class as its teacher sees it: how it stands, and what can be done."""

from datetime import date

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.answer_problems import change_at_zoom, creation_at_zoom, left_at_zoom
from bot.views.connecting import connect_button
from bot.views.deliveries import deliveries, has_failed
from bot.views.disputes import ASK as DISPUTE
from bot.views.lessons import ASK, DISCARD, KEEP, MAKE_AGAIN, RESEND, RETRY, REVERT, START, UNDO
from bot.views.message import View, lines, paragraphs
from school.model import LessonState
from school.recurrence import MOST_DATES_AT_ZOOM, says
from services.contents_for_teachers import AnswerCard
from services.problems import Problem

CHANGE_TIME, CHANGE_MENU = "change.time", "change.menu"
"""The actions of the buttons that lead to changing a class."""

_Row = list[InlineKeyboardButton]


def answer_card(say: Say, card: AnswerCard) -> View:
    match card.state:
        case LessonState.CREATING:
            return _being_created(say, card)
        case LessonState.SCHEDULED:
            return _deleted_at_zoom(say, card) if card.is_gone else _scheduled(say, card)
        case LessonState.LIVE:
            head = say("{topic} · {live}", topic=_topic(say, card), live=say.bold(say("live now")))
            text = lines(head, _when(say, card), _substitute(say, card))
            return View(text, _keyboard(_start(say, card)))
        case LessonState.ENDED:
            head = say("{topic} · ended", topic=_topic(say, card))
            return View(lines(head, _lasted(say, card), _substitute(say, card)))
        case LessonState.CANCELLED:
            return _cancelled(say, card)


# What it says


def _topic(say: Say, card: AnswerCard) -> Markup:
    return say.bold(say("A class") if card.topic is None else card.topic)


def _when(say: Say, card: AnswerCard) -> Markup:
    return say.zoned_range(card.planned, card.zone)


def _heading(say: Say, card: AnswerCard) -> Markup:
    """What and when, in which series, and by whom if not by the reader."""
    head = say("{topic} · {when}", topic=_topic(say, card), when=_when(say, card))
    return lines(head, _series(say, card), _substitute(say, card))


def _series(say: Say, card: AnswerCard) -> Markup | None:
    series = card.series
    if series is None:
        return None
    rule = says(series.repeat, _day(card))
    if not series.ahead:
        return say("Repeats {rule}", rule=rule)
    return say.many(
        "Repeats {rule}: {count} class ahead, until {day}.",
        "Repeats {rule}: {count} classes ahead, until {day}.",
        series.ahead,
        rule=rule,
        day=say.full_day(series.planned_until.astimezone(card.zone).date()),
    )


def _goes_on(say: Say, card: AnswerCard) -> Markup | None:
    if card.series is None or not card.series.goes_on:
        return None
    return say(
        "Zoom plans at most {count} dates at once. "
        "I add the next ones by myself in time; they get a new link.",
        count=MOST_DATES_AT_ZOOM,
    )


def _substitute(say: Say, card: AnswerCard) -> Markup | None:
    if card.given_to is not None:
        return say("{teacher} gives this class for you.", teacher=card.given_to)
    if card.given_by is not None:
        return say("You give this class for {teacher}.", teacher=card.given_by)
    return None


def _lasted(say: Say, card: AnswerCard) -> Markup:
    if card.lasted is None:
        return say("{day}", day=_day(card))
    return say("{day} · {length}", day=_day(card), length=card.lasted)


def _day(card: AnswerCard) -> date:
    return card.planned.starts_at.astimezone(card.zone).date()


def _plan_warning(say: Say, card: AnswerCard) -> Markup | None:
    if card.plan_limit is None:
        return None
    return say(
        "{length} is longer than your Zoom plan allows; Zoom will end the class after {limit}.",
        length=card.planned.length,
        limit=card.plan_limit,
    )


# State by state


def _being_created(say: Say, card: AnswerCard) -> View:
    text = lines(_heading(say, card), creation_at_zoom(say, card))
    if card.problem is None:
        return View(text)
    discard = _button(say.label("Discard"), DISCARD, card, card.version)
    return View(text, _keyboard([*_ways_on(say, card), discard]))


def _scheduled(say: Say, card: AnswerCard) -> View:
    text = paragraphs(
        lines(_heading(say, card), *deliveries(say, card.deliveries)),
        change_at_zoom(say, card) if card.is_changing else None,
        _plan_warning(say, card),
        _goes_on(say, card),
    )
    resend = [_button(say.label("Try again"), RESEND, card)] if has_failed(card.deliveries) else []
    return View(text, _keyboard(_of_change(say, card), resend, *_always(say, card)))


def _deleted_at_zoom(say: Say, card: AnswerCard) -> View:
    again = _button(say.label("Make it again"), MAKE_AGAIN, card)
    said = say("It was deleted inside Zoom. Make it again, or cancel it?")
    text = paragraphs(_heading(say, card), said)
    cancel = _button(say.label("Cancel class"), ASK, card, card.version)
    return View(text, _keyboard([again, cancel]))


def _cancelled(say: Say, card: AnswerCard) -> View:
    head = lines(say("{topic} · cancelled", topic=_topic(say, card)), _when(say, card))
    own = card.given_to is None
    by_students = [_button(say.label("The students called it off"), DISPUTE, card)] if own else []
    if not card.can_undo:
        return View(paragraphs(head, left_at_zoom(say, card)), _keyboard(by_students))
    hint = say("By mistake? Undo brings it back; it may get a new link.")
    undo = [_button(say.label("Undo"), UNDO, card)]
    return View(paragraphs(head, left_at_zoom(say, card), hint), _keyboard(undo, by_students))


# Buttons


def _always(say: Say, card: AnswerCard) -> list[_Row]:
    reschedule = _button(say.label("Reschedule"), CHANGE_TIME, card, card.version)
    more = _button("⋯", CHANGE_MENU, card, card.version)
    cancel = _button(say.label("Cancel class"), ASK, card, card.version)
    return [[*_start(say, card), reschedule], [cancel, more]]


def _start(say: Say, card: AnswerCard) -> _Row:
    """For who gives the class."""
    if card.given_to is not None:
        return []
    return [_button(say.label("Start class"), START, card)]


def _of_change(say: Say, card: AnswerCard) -> _Row:
    """While a change is still to be told to Zoom and cannot."""
    if not card.is_changing or card.problem is None:
        return []
    return [*_ways_on(say, card), _button(say.label("Discard change"), REVERT, card)]


def _ways_on(say: Say, card: AnswerCard) -> _Row:
    """What helps against the problem."""
    match card.problem:
        case Problem.UNAVAILABLE | Problem.REFUSED | Problem.NO_HOSTING:
            return [_button(say.label("Try now"), RETRY, card)]
        case Problem.RECONNECT | Problem.NOT_CONNECTED | Problem.PERMISSION:
            return [] if card.given_to else [connect_button(say)]
        case Problem.DAILY_LIMIT:
            return [_button(say.label("Do it then"), KEEP, card)]
        case Problem.TOO_LATE | None:
            return []


def _button(label: str, action: str, card: AnswerCard, *args: int) -> InlineKeyboardButton:
    data = callback_data.encode(action, card.lesson_id, *args)
    return InlineKeyboardButton(label, callback_data=data)


def _keyboard(*rows: _Row) -> InlineKeyboardMarkup | None:
    filled = [row for row in rows if row]
    return InlineKeyboardMarkup(filled) if filled else None
