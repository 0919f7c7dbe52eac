"""A month's pay of a teacher: the statement in a few lines, and the next step with it."""

from dataclasses import replace
from datetime import timedelta

from markupsafe import Markup
from telegram import InlineKeyboardMarkup

from bot.speech import Say
from bot.views.form_buttons import Rows
from bot.views.message import View, lines, paragraphs
from bot.views.rates import month_name, told_words
from bot.views.statement_buttons import (
    ACCEPT,
    ASK,
    CORRECT_PAYMENT,
    LINES,
    LOCK,
    MONTH,
    PAID,
    PDF,
    SHOW,
    SURE,
    button,
    button_of,
)
from bot.views.statement_lines import is_worth_a_button
from bot.views.statement_words import (
    adjustment_words,
    carried_words,
    money_words,
    payment_words,
    title,
)
from school.periods import school_day
from school.statements import AdjustmentLine, StatementState, worth
from services.statements import StatementPage

_MOST_ADJUSTMENTS = 10
_LONGEST_REASON = 150  # in the summary; the paper has all of it


def statement(say: Say, page: StatementPage) -> View:
    """The whole month in a few lines."""
    text = paragraphs(
        title(say, page),
        lines(_state(say, page), _told(say, page)),
        lines(*_sums(say, page)),
        _totals(say, page),
        _question(say, page),
    )
    return View(text, InlineKeyboardMarkup(_buttons(say, page)))


def payment_asked(say: Say, page: StatementPage) -> View:
    """Asks the admin how it was paid."""
    return View(
        say(
            "How was {name} paid for {month}? Type the reference of the payment, such as "
            "{example}; begin with a date if it was not today.",
            name=say.bold(page.teacher.name),
            month=month_name(say, page.month),
            example=say.bold("TR-1992"),
        )
    )


def payment_correction_asked(say: Say, page: StatementPage) -> View:
    """Asks the admin what is right."""
    return View(
        lines(
            _payment(say, page),
            say(
                "What is right? Type the day {name} was paid for {month}, such as {day}, or the "
                "reference, or both; what you leave out stays.",
                name=say.bold(page.teacher.name),
                month=month_name(say, page.month),
                day=say.bold("2026-12-01"),
            ),
        )
    )


def asked(say: Say, page: StatementPage) -> str:
    """To the admin, over the chat."""
    if page.teacher.telegram_user_id is None:
        return say.label("I cannot reach {name}.", name=page.teacher.name)
    return say.label("I am asking {name}.", name=page.teacher.name)


def _state(say: Say, page: StatementPage) -> Markup:
    if page.has_changed:
        return say("It has changed while you looked. This is how it stands now.")
    stored = page.stored
    if stored is None or page.state is StatementState.DRAFT:
        return _draft(say, page)
    match page.state:
        case StatementState.ACCEPTED if stored.accepted_at is not None:
            return say("Accepted on {day}.", day=school_day(stored.accepted_at, page.zone))
        case StatementState.PAID:
            return lines(say("Locked, and paid."), _payment(say, page))
        case _:
            return say("Locked: it does not change any more.")


def _draft(say: Say, page: StatementPage) -> Markup:
    if page.has_lapsed:
        return say(
            "It was accepted, and something in it has changed since. So it is a draft again."
        )
    if not page.is_over:
        return say("So far: the month is not over yet.")
    return say("A draft: what happens still changes it.")


def _payment(say: Say, page: StatementPage) -> Markup | None:
    stored = page.stored
    if stored is None or stored.paid_on is None:
        return None
    return payment_words(say, stored.paid_on, stored.reference)


def _told(say: Say, page: StatementPage) -> Markup | None:
    """Who has just locked it, or marked it as paid, reads that the teacher hears of it."""
    is_done = page.is_news and page.state in {StatementState.LOCKED, StatementState.PAID}
    return told_words(say, page.teacher) if is_done and not page.is_own else None


def _sums(say: Say, page: StatementPage) -> list[Markup]:
    content = page.content
    paid = [one for one in content.lessons if one.paid]
    counted = sum((one.paid for one in paid), timedelta())
    each = [
        say.many(
            "{count} class, {length}: {sums}",
            "{count} classes, {length}: {sums}",
            len(paid),
            length=counted,
            sums=money_words(say, worth(content.lessons)),
        )
    ]
    each += [
        say(
            "{day} · {what}: {amount}",
            day=one.day,
            what=adjustment_words(say, _shortened(one)),
            amount=one.money,
        )
        for one in content.adjustments[:_MOST_ADJUSTMENTS]
    ]
    rest = content.adjustments[_MOST_ADJUSTMENTS:]
    if rest:
        each.append(
            say.many(
                "and {count} more entry: {sums}",
                "and {count} more entries: {sums}",
                len(rest),
                sums=money_words(say, worth(rest)),
            )
        )
    each += [
        say("{what}: {amount}", what=carried_words(say, one.month), amount=one.money)
        for one in content.carried
    ]
    return each


def _shortened(one: AdjustmentLine) -> AdjustmentLine:
    if len(one.reason) <= _LONGEST_REASON:
        return one
    return replace(one, reason=f"{one.reason[:_LONGEST_REASON]}…")


def _totals(say: Say, page: StatementPage) -> Markup:
    content = page.content
    open_ones = sum(one.amount is None and bool(one.paid) for one in content.lessons)
    without = say.many(
        "{count} class has no rate yet and is not in the total.",
        "{count} classes have no rate yet and are not in the total.",
        open_ones,
    )
    owed = [one for one in content.totals if one.amount < 0]
    carried_on = say(
        "Nothing is paid out of {sums}; it is carried on to the next statement.",
        sums=money_words(say, tuple(owed)),
    )
    return lines(
        say("Total: {sums}", sums=say.bold(money_words(say, content.totals))),
        without if open_ones else None,
        carried_on if owed else None,
    )


def _question(say: Say, page: StatementPage) -> Markup | None:
    if not page.asks_if_sure:
        return None
    return say(
        "{name} has not accepted it. Locked, it never changes again; what is wrong can then only "
        "be put right in the next one.",
        name=say.bold(page.teacher.name),
    )


def _buttons(say: Say, page: StatementPage) -> Rows:
    rows: Rows = []
    if page.is_over and page.is_own and page.state is StatementState.DRAFT:
        rows.append([button_of(page, say.label("Accept"), ACCEPT, page.seen, style="success")])
    if page.is_over and page.is_admin:
        rows.extend(_admins_step(say, page))
    if any(is_worth_a_button(page, one) for one in page.content.lessons):
        rows.append([button_of(page, say.label("Classes"), LINES, 0)])
    rows.append([button_of(page, say.label("PDF"), PDF)])
    if page.is_admin:
        rows[-1].append(button(say.label("‹ Statements"), MONTH, page.month, 0))
    return rows


def _admins_step(say: Say, page: StatementPage) -> Rows:
    if page.asks_if_sure:
        return [
            [button_of(page, say.label("Lock all the same"), SURE, page.seen, style="danger")],
            [button_of(page, say.label("Keep it open"), SHOW)],
        ]
    match page.state:
        case StatementState.ACCEPTED:
            return [[button_of(page, say.label("Lock"), LOCK, page.seen, style="success")]]
        case StatementState.DRAFT:
            ask = button_of(page, say.label("Ask to accept"), ASK)
            return [[ask, button_of(page, say.label("Lock"), LOCK, page.seen)]]
        case StatementState.LOCKED:
            return [[button_of(page, say.label("Mark as paid"), PAID, style="success")]]
        case StatementState.PAID:
            return [[button_of(page, say.label("Correct the payment"), CORRECT_PAYMENT)]]
