"""How a class's pay came about, step by step in plain sentences."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from markupsafe import Markup

from bot.speech import Say
from bot.views.message import lines
from bot.views.rates import rate_words
from school.money import Money
from school.pay import Outcome, PayLine
from school.pay_rules import Basis, PayRules, Per, Rounding

_SECOND = timedelta(seconds=1)
_NOTHING = timedelta()


def pay_steps(say: Say, line: PayLine) -> Markup:
    """From what was counted to the amount, one step a line."""
    return lines(_outcome(say, line), *_lengths(say, line), *_money(say, line))


def exactly(say: Say, length: timedelta) -> str:
    """`41 min 40 s`: pay counts seconds."""
    minutes, seconds = divmod(round(length / _SECOND), 60)
    if not seconds:
        return say.plain(timedelta(minutes=minutes))
    if not minutes:
        return say.label("{seconds} s", seconds=seconds)
    return say.label("{length} {seconds} s", length=timedelta(minutes=minutes), seconds=seconds)


def percent_words(say: Say, percent: Decimal) -> str:
    return say.label("{percent} %", percent=percent)


def _outcome(say: Say, line: PayLine) -> Markup:  # noqa: C901, PLR0911  a table
    if line.outcome is Outcome.TAUGHT:
        return _basis(say, line)
    rules, lesson = line.rules.rules, line.lesson
    share = {
        "percent": percent_words(say, line.percent),
        "planned": exactly(say, lesson.planned.length),
    }
    waited = exactly(say, lesson.waited)
    match line.outcome:
        case Outcome.NO_SHOW if _is_from_coming_on(line):
            return say(
                "The teacher came {late} late, waited {waited}, and no student came: {percent} of "
                "the {left} that were left of the planned {planned} is paid.",
                late=exactly(say, lesson.late_by),
                waited=waited,
                left=exactly(say, line.counted),
                **share,
            )
        case Outcome.NO_SHOW:
            return say(
                "The teacher waited {waited} and no student came: {percent} of the planned "
                "{planned} is paid.",
                waited=waited,
                **share,
            )
        case Outcome.TOO_SHORT:
            return say(
                "No student came, and the teacher waited {waited}. A wait is paid from {wait} on.",
                waited=waited,
                wait=exactly(say, min(rules.no_show_wait, lesson.planned.length)),
            )
        case Outcome.APART if line.percent:
            return say(
                "The teacher waited {waited}, and students came only after that: {percent} of the "
                "planned {planned} is paid.",
                waited=waited,
                **share,
            )
        case Outcome.APART:
            return say("Students came, but never while the teacher was there.")
        case Outcome.TEACHER_ABSENT:
            return say("The teacher was not there.")
        case Outcome.NOT_COUNTED:
            return say("An admin decided that this class does not count.")
        case Outcome.LATE_CANCEL:
            return say(
                "The students called it off less than {notice} before: {percent} of the planned "
                "{planned} is paid.",
                notice=exactly(say, rules.late_cancel),
                **share,
            )
        case Outcome.CANCELLED:
            return say("It was called off.")
        case _:
            return say("It did not take place.")


def _is_from_coming_on(line: PayLine) -> bool:
    """Whether a part of the plan is paid by its length, and of that what a late teacher had left.

    By what the line says itself: one that was locked before this was a rule is as it was.
    """
    is_by_length = line.rate is None or line.rate.per is Per.HOUR
    return is_by_length and _NOTHING < line.counted < line.lesson.planned.length


def _basis(say: Say, line: PayLine) -> Markup:
    counted = say.bold(exactly(say, line.counted))
    match line.rules.rules.basis:
        case Basis.TAUGHT:
            return say("Teacher and at least one student together: {length}", length=counted)
        case Basis.TEACHER:
            return say("The teacher was there: {length}", length=counted)
        case Basis.ACTUAL:
            return say("The meeting was on: {length}", length=counted)
        case Basis.SCHEDULED:
            return say("Held, and paid as planned: {length}", length=counted)


def _lengths(say: Say, line: PayLine) -> Iterator[Markup]:
    if not line.counted:
        return
    rules = line.rules.rules
    yield rounding_words(say, rules, exactly(say, line.rounded))
    if line.is_capped:
        capped = min(line.rounded, line.lesson.planned.length + (rules.cap_over or _NOTHING))
        yield cap_words(say, rules, exactly(say, capped))
    if line.is_minimum:
        yield say(
            "At least {minimum} is paid: {length}",
            minimum=exactly(say, rules.minimum),
            length=exactly(say, line.paid),
        )


def rounding_words(say: Say, rules: PayRules, length: str) -> Markup:
    step = exactly(say, rules.step)
    if rules.rounding is Rounding.UP:
        return say("Rounded up to {step}: {length}", step=step, length=length)
    return say("Rounded to {step}: {length}", step=step, length=length)


def cap_words(say: Say, rules: PayRules, length: str) -> Markup:
    if not rules.cap_over:
        return say("Not more than was planned: {length}", length=length)
    return say(
        "At most {over} more than was planned: {length}",
        over=exactly(say, rules.cap_over),
        length=length,
    )


def _money(say: Say, line: PayLine) -> Iterator[Markup]:
    if line.rate is None or line.gross is None or line.amount is None:
        yield say("No rate was set for that day, so the amount is open.")
        return
    if line.paid:
        yield say("Rate: {rate}", rate=rate_words(say, line.rate.money, line.rate.per))
        yield _product(say, line, line.gross)
    yield from _lateness(say, line, line.gross)
    yield say("Amount: {amount}", amount=say.bold(line.amount))


def _product(say: Say, line: PayLine, gross: Money) -> Markup:
    assert line.rate is not None
    whole, length = line.rate.money, exactly(say, line.paid)
    is_part = line.outcome is not Outcome.TAUGHT
    percent = percent_words(say, line.percent)
    match line.rate.per, is_part:
        case Per.HOUR, False:
            return say("{length} at this rate: {amount}", length=length, amount=gross)
        case Per.HOUR, True:
            return say(
                "{percent} of {length} at this rate: {amount}",
                percent=percent,
                length=length,
                amount=gross,
            )
        case _, True:
            return say("{percent} of {whole}: {amount}", percent=percent, whole=whole, amount=gross)
        case _:
            return say("For the class: {amount}", amount=gross)


def _lateness(say: Say, line: PayLine, gross: Money) -> Iterator[Markup]:
    late = exactly(say, line.lesson.late_by)
    if line.lateness_percent:
        taken = -Money(gross.currency, gross.amount * line.lateness_percent / 100)
        percent = percent_words(say, line.lateness_percent)
        if line.outcome is Outcome.TAUGHT:
            yield say(
                "Began {late} late: {percent} less, {amount}",
                late=late,
                percent=percent,
                amount=taken,
            )
        else:
            yield say(
                "Came {late} late: {percent} less, {amount}",
                late=late,
                percent=percent,
                amount=taken,
            )
    elif line.lesson.is_waived:
        yield say("Began {late} late; nothing is taken off, as an admin decided.", late=late)
