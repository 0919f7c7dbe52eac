"""Every letter, as long as can be."""

from collections.abc import Iterator
from itertools import product

from bot.speech import Say
from bot.views.letters import letter_view
from bot.views.message import View
from school.letters import (
    AdjustmentWithdrawn,
    AttendanceDoubted,
    ErasureAsked,
    ErasureDeclined,
    Letter,
    NameErased,
    NameNotFound,
    PayAdjusted,
    PaymentCorrected,
    RateSet,
    RulesSet,
    StatementAccepted,
    StatementLapsed,
    StatementLocked,
    StatementPaid,
    StatementReady,
    TeachingEnded,
    ZoomEnded,
    ZoomRemoved,
)
from school.pay_rules import PayRules, Per
from tests.bot.views_of_disconnecting import COUNTS, EMAIL
from tests.bot.views_of_pay import DAY, LARGEST, MONEY, MONTH, NAME, RULES, TOPIC, entries


def every_letter() -> Iterator[Letter]:
    """One of each kind at least, and one for each way in which it can be worded."""
    for per, topic, is_one in product(Per, (TOPIC, None), (True, False)):
        yield RateSet(MONEY, per, DAY, is_for_one_course=is_one, topic=topic)
    yield RulesSet(DAY, RULES, PayRules())
    yield RulesSet(DAY, PayRules(), RULES)
    for entry in entries():
        yield PayAdjusted(entry)
        yield AdjustmentWithdrawn(entry)
    for sums in ((), (MONEY, -MONEY)):
        yield StatementReady(LARGEST, MONTH, sums)
        yield StatementAccepted(LARGEST, NAME, MONTH, sums)
        yield StatementLapsed(LARGEST, MONTH, sums)
        yield StatementLocked(LARGEST, MONTH, sums)
        for reference in (NAME, None):
            yield StatementPaid(LARGEST, MONTH, sums, DAY, reference)
            yield PaymentCorrected(LARGEST, MONTH, sums, DAY, reference)
    for topic in (TOPIC, None):
        yield AttendanceDoubted(LARGEST, NAME, topic, "و" * 500)
    yield ZoomEnded(EMAIL)
    for count in COUNTS:
        yield ZoomRemoved(EMAIL, count)
        yield TeachingEnded(LARGEST, MONTH, count, had_zoom=count > 0)
    yield ErasureAsked(LARGEST)
    for lessons in (None, 0, 1, 2, 5, 11, 100):
        yield NameErased("E-5F2A3B", lessons)
    yield NameNotFound()
    yield ErasureDeclined("و" * 500)


def views_of_letters(say: Say) -> Iterator[View]:
    for letter in every_letter():
        yield letter_view(say, letter)
