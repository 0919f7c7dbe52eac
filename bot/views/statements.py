"""A month's pay of a teacher: the statement, its lines, and the admins' list of all of them."""

from dataclasses import replace
from datetime import date, timedelta

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.form_buttons import Rows
from bot.views.hours import CORRECT, TIMELINE
from bot.views.message import View, lines, paragraphs
from bot.views.pay_steps import exactly, pay_steps
from bot.views.rates import month_name, told_words
from school.money import Money
from school.pay import AdjustmentKind, Outcome, PayLine
from school.periods import school_day
from school.statements import AdjustmentLine, StatementState, worth
from services.paid_lines import OpenedLine
from services.statement_contents import month_after, month_before
from services.statements import (
    ListedStatement,
    LockedAll,
    MonthPage,
    StatementPage,
)

SHOW, ACCEPT, LOCK, SURE = "statement.show", "statement.accept", "statement.lock", "statement.sure"
ASK, PAID, PDF = "statement.ask", "statement.paid", "statement.pdf"
LINES, LINE = "statement.lines", "statement.line"
CORRECT_PAYMENT = "payment.correct"
"""The actions of a statement's buttons: the teacher's id, the month, and what else."""

MONTH, LOCK_ALL = "statements.month", "statements.lock"
"""The actions of the admins' list."""

OPEN = "pay.line"
"""One class's pay as it is now, wherever it is asked for."""

_LINES_ON_A_PAGE = 12
_MOST_ADJUSTMENTS = 10
_LONGEST_REASON = 150  # in the summary; the paper has all of it
_QUIET = frozenset({Outcome.CANCELLED})
"""What came to nothing, and to nobody's surprise: worth a button only to who may correct it."""


def statement(say: Say, page: StatementPage) -> View:
    """The whole month in a few lines."""
    text = paragraphs(
        _title(say, page),
        lines(_state(say, page), _told(say, page)),
        lines(*_sums(say, page)),
        _totals(say, page),
        _question(say, page),
    )
    return View(text, InlineKeyboardMarkup(_buttons(say, page)))


def line_list(say: Say, page: StatementPage, number: int) -> View:
    """The classes, each as a button that opens it."""
    shown = [one for one in page.content.lessons if _is_worth_a_button(page, one)]
    pages = max(1, -(-len(shown) // _LINES_ON_A_PAGE))
    number = min(max(number, 0), pages - 1)
    some = shown[number * _LINES_ON_A_PAGE : (number + 1) * _LINES_ON_A_PAGE]
    rows = [[_line_button(say, page, one)] for one in some]
    turns = []
    if number > 0:
        turns.append(_of(page, "‹", LINES, number - 1))
    if number + 1 < pages:
        turns.append(_of(page, "›", LINES, number + 1))
    back = [_of(page, say.label("‹ Statement"), SHOW)]
    text = paragraphs(_title(say, page), say("Press a class to see how its pay was worked out."))
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
        looks.append(_button(say.label("Timeline"), TIMELINE, lesson_id))
    if may_correct:  # above all where Zoom saw no teacher
        looks.append(_button(say.label("Correct"), CORRECT, lesson_id))
    rows: Rows = [looks] if looks else []
    if page is not None:
        rows.append([_of(page, say.label("‹ Classes"), LINES, 0)])
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


def month_list(say: Say, found: MonthPage) -> View:
    """Every teacher with the state of their statement."""
    rows = [[_listed(say, found.month, one)] for one in found.listed]
    if found.accepted and found.is_over:
        label = say.label("Lock all accepted ({count})", count=found.accepted)
        rows.append([_button(label, LOCK_ALL, found.month, style="success")])
    rows.extend(_turning(say, found))
    text = say("Statements of {month}", month=say.bold(month_name(say, found.month)))
    if not found.is_over:
        text = lines(text, say("The month is not over yet."))
    return View(text, InlineKeyboardMarkup(rows))


def locked_all(say: Say, done: LockedAll) -> View:
    """To the admin."""
    said = say.many(
        "{count} statement of {month} is locked.",
        "{count} statements of {month} are locked.",
        len(done.locked),
        month=month_name(say, done.month),
    )
    lapsed = say.many(
        "{count} was accepted before it changed, and stays open.",
        "{count} were accepted before they changed, and stay open.",
        done.lapsed,
    )
    back = _button(say.label("‹ Statements"), MONTH, done.month, 0)
    text = lines(said, lapsed if done.lapsed else None)
    return View(text, InlineKeyboardMarkup([[back]]))


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


def list_button(say: Say, month: str = "") -> InlineKeyboardButton:
    """For admins, beside a report; without a month, last month's."""
    return _button(say.label("Statements"), MONTH, month, 0)


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


def _title(say: Say, page: StatementPage) -> Markup:
    month = say.bold(month_name(say, page.month))
    if page.is_own:
        return say("Your statement of {month}", month=month)
    return say("Statement of {name}, {month}", name=say.bold(page.teacher.name), month=month)


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


def payment_words(say: Say, paid_on: date, reference: str | None) -> Markup:
    """`Paid on 1 Dec 2026, reference TR-1992`."""
    day = say.full_day(paid_on)
    if reference is None:
        return say("Paid on {day}", day=day)
    return say("Paid on {day}, reference {reference}", day=day, reference=reference)


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
        rows.append([_of(page, say.label("Accept"), ACCEPT, page.seen, style="success")])
    if page.is_over and page.is_admin:
        rows.extend(_admins_step(say, page))
    if any(_is_worth_a_button(page, one) for one in page.content.lessons):
        rows.append([_of(page, say.label("Classes"), LINES, 0)])
    rows.append([_of(page, say.label("PDF"), PDF)])
    if page.is_admin:
        rows[-1].append(_button(say.label("‹ Statements"), MONTH, page.month, 0))
    return rows


def _admins_step(say: Say, page: StatementPage) -> Rows:
    if page.asks_if_sure:
        return [
            [_of(page, say.label("Lock all the same"), SURE, page.seen, style="danger")],
            [_of(page, say.label("Keep it open"), SHOW)],
        ]
    match page.state:
        case StatementState.ACCEPTED:
            return [[_of(page, say.label("Lock"), LOCK, page.seen, style="success")]]
        case StatementState.DRAFT:
            ask = _of(page, say.label("Ask to accept"), ASK)
            return [[ask, _of(page, say.label("Lock"), LOCK, page.seen)]]
        case StatementState.LOCKED:
            return [[_of(page, say.label("Mark as paid"), PAID, style="success")]]
        case StatementState.PAID:
            return [[_of(page, say.label("Correct the payment"), CORRECT_PAYMENT)]]


def _is_worth_a_button(page: StatementPage, line: PayLine) -> bool:
    return page.is_admin or bool(line.paid) or line.outcome not in _QUIET


def _line_button(say: Say, page: StatementPage, line: PayLine) -> InlineKeyboardButton:
    topic = page.topics.get(line.lesson.course_id)
    day = school_day(line.lesson.planned.starts_at, page.zone)
    amount = say.label("no rate") if line.amount is None else say.plain(line.amount)
    label = say.label(
        "{day} · {topic} · {amount}", day=day, topic=_topic(say, topic), amount=amount
    )
    return _of(page, label, LINE, line.lesson.lesson_id)


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


def _listed(say: Say, month: str, one: ListedStatement) -> InlineKeyboardButton:
    label = say.label(
        "{name} · {state} · {sums}",
        name=one.teacher.name,
        state=state_name(say, one.state),
        sums=_plain_money(say, one.totals),
    )
    return _button(label, SHOW, one.teacher.id, month)


def _turning(say: Say, found: MonthPage) -> Rows:
    pages = []
    if found.page > 0:
        pages.append(_button("‹", MONTH, found.month, found.page - 1))
    if found.page + 1 < found.pages:
        pages.append(_button("›", MONTH, found.month, found.page + 1))
    before, after = month_before(found.month), month_after(found.month)
    months = [_button(f"‹ {month_name(say, before)}", MONTH, before, 0)]
    if not found.is_last:
        months.append(_button(f"{month_name(say, after)} ›", MONTH, after, 0))
    return [pages, months] if pages else [months]


def money_words(say: Say, sums: tuple[Money, ...]) -> Markup:
    return say.listed(sums) if sums else say("nothing")


def _plain_money(say: Say, sums: tuple[Money, ...]) -> str:
    return " + ".join(say.plain(one) for one in sums) if sums else "–"


def _topic(say: Say, topic: str | None) -> str:
    return topic or say.label("A class")


def _of(
    page: StatementPage, label: str, action: str, *args: int | str, style: str | None = None
) -> InlineKeyboardButton:
    return _button(label, action, page.teacher.id, page.month, *args, style=style)


def _button(
    label: str, action: str, *args: int | str, style: str | None = None
) -> InlineKeyboardButton:
    data = callback_data.encode(action, *args)
    return InlineKeyboardButton(label, callback_data=data, style=style)
