"""The classes of a statement, and how the pay of each was worked out."""

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.speech import Say
from bot.views.form_buttons import Rows
from bot.views.hours import CORRECT, TIMELINE
from bot.views.message import View, lines, paragraphs
from bot.views.pay_steps import exactly, pay_steps
from bot.views.statement_buttons import LINE, LINES, SHOW, button, button_of
from bot.views.statement_words import title
from school.pay import Outcome, PayLine
from school.periods import school_day
from services.paid_lines import OpenedLine
from services.statements import StatementPage

_LINES_ON_A_PAGE = 12
_QUIET = frozenset({Outcome.CANCELLED})
"""What came to nothing, and to nobody's surprise: worth a button only to who may correct it."""


def line_list(say: Say, page: StatementPage, number: int) -> View:
    """The classes, each as a button that opens it."""
    shown = [one for one in page.content.lessons if is_worth_a_button(page, one)]
    pages = max(1, -(-len(shown) // _LINES_ON_A_PAGE))
    number = min(max(number, 0), pages - 1)
    some = shown[number * _LINES_ON_A_PAGE : (number + 1) * _LINES_ON_A_PAGE]
    rows = [[_line_button(say, page, one)] for one in some]
    turns = []
    if number > 0:
        turns.append(button_of(page, "‹", LINES, number - 1))
    if number + 1 < pages:
        turns.append(button_of(page, "›", LINES, number + 1))
    back = [button_of(page, say.label("‹ Statement"), SHOW)]
    text = paragraphs(title(say, page), say("Press a class to see how its pay was worked out."))
    return View(text, InlineKeyboardMarkup([*rows, *([turns] if turns else []), back]))


def opened(say: Say, one: OpenedLine, page: StatementPage | None = None) -> View:
    """All steps of one class's pay; `page` is the statement it stands in."""
    line, zone = one.line, one.zone
    started = line.lesson.planned
    heading = say(
        "{topic} · {when}",
        topic=say.bold(_topic(say, one.topic)),
        when=say.zoned_range(started, zone),
    )
    stays = [
        say(
            "{start}–{end}",
            start=say.clock_time(start, zone),
            end=say.clock_time(end, zone),
        )
        for start, end in one.teacher_there
    ]
    there = say("The teacher was there {times}.", times=say.listed(stays)) if stays else None
    text = paragraphs(
        lines(heading, there),
        pay_steps(say, line),
        lines(*_marks(say, line)),
        _rules(say, line),
        _since(say, one.now) if one.now is not None else None,
    )
    lesson_id, may_correct = line.lesson.lesson_id, page is not None and page.is_admin
    looks = []
    if stays or one.now is not None or may_correct:
        looks.append(button(say.label("Timeline"), TIMELINE, lesson_id))
    if may_correct:  # above all where Zoom saw no teacher
        looks.append(button(say.label("Correct"), CORRECT, lesson_id))
    rows: Rows = [looks] if looks else []
    if page is not None:
        rows.append([button_of(page, say.label("‹ Classes"), LINES, 0)])
    return View(text, InlineKeyboardMarkup(rows) if rows else None)


def _since(say: Say, now: PayLine) -> Markup:
    """What a class comes to whose statement is locked."""
    amount = say("no rate") if now.amount is None else say("{amount}", amount=now.amount)
    return say(
        "This is as it was locked. By now the class counts otherwise: {taught} taught, {amount}. "
        "The difference comes as a line in a later statement.",
        taught=exactly(say, now.lesson.taught),
        amount=amount,
    )


def is_worth_a_button(page: StatementPage, line: PayLine) -> bool:
    return page.is_admin or bool(line.paid) or line.outcome not in _QUIET


def _line_button(say: Say, page: StatementPage, line: PayLine) -> InlineKeyboardButton:
    topic = page.topics.get(line.lesson.course_id)
    day = school_day(line.lesson.planned.starts_at, page.zone)
    amount = say.label("no rate") if line.amount is None else say.plain(line.amount)
    label = say.label(
        "{day} · {topic} · {amount}", day=day, topic=_topic(say, topic), amount=amount
    )
    return button_of(page, label, LINE, line.lesson.lesson_id)


def _marks(say: Say, line: PayLine) -> list[Markup | None]:
    lesson = line.lesson
    inferred = say("≈ Zoom did not report everything; what was missing was filled in.")
    corrected = say("An admin has corrected figures of this class.")
    return [
        inferred if lesson.is_inferred else None,
        corrected if lesson.is_corrected else None,
    ]


def _rules(say: Say, line: PayLine) -> Markup:
    rate = None
    if line.rate is not None:
        rate = say("Rate valid from {day}.", day=say.full_day(line.rate.valid_from))
    if line.rules.rules_id is None:
        rules = say("Rules that every school begins with.")
    else:
        rules = say("Rules valid from {day}.", day=say.full_day(line.rules.valid_from))
    return lines(rate, rules)


def _topic(say: Say, topic: str | None) -> str:
    return topic or say.label("A class")
