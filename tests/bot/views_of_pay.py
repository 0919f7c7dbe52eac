"""Every message about rates, rules of pay, adjustments and statements; as long as can be."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product
from zoneinfo import ZoneInfo

from bot.speech import Say
from bot.views import adjusting, pay_rules, rates, statement_lines, statement_list, statements
from bot.views.message import View
from school.letters import PayEntry, RateSet
from school.model import Planned
from school.money import Money
from school.pay import AdjustmentKind, CalledOffBy, LessonFacts, PayLine, pay_line
from school.pay_phrases import tier
from school.pay_rules import (
    FIRST_RULES,
    Basis,
    PayRules,
    Per,
    Rate,
    Rounding,
    RulesVersion,
)
from school.statements import (
    AdjustmentLine,
    CarriedLine,
    StatementContent,
    StatementState,
    build_statement,
)
from services.adjusting import AdjustmentMade, LateClass, Withdrawn
from services.adjustment_forms import AdjustPage
from services.paid_lines import OpenedLine
from services.pay_rules import PAGES, RulesPage, RulesSaved, example
from services.rate_forms import RatePage
from services.rates import RateHistory, RateList, RateSaved, TeacherRate
from services.statements import ListedStatement, LockedAll, MonthPage, StatementPage
from storage.forms import Form, Only
from storage.pay_forms import AdjustmentForm, RateForm, RulesForm
from storage.statements import Statement
from tests.bot.views_of_people import TEACHER

NAME, TOPIC = "Ahmed أ" * 9 + "!", "Tajweed " * 25
LARGEST = 2**63 - 1
AT = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
DAY = date(2026, 11, 24)
ZONE = ZoneInfo("America/Argentina/ComodRivadavia")
MONTH = "2026-11"
MINUTE = timedelta(minutes=1)
MONEY = Money("ETB", Decimal("1234567.89"))
SOMEBODY = replace(TEACHER, id=LARGEST, name=NAME)
GONE = replace(SOMEBODY, telegram_user_id=None)
RATE = Rate(1, None, DAY, Per.HOUR, MONEY, AT)
FACTS = LessonFacts(
    lesson_id=LARGEST,
    course_id=LARGEST,
    planned=Planned(AT, 45 * MINUTE),
    began_at=AT,
    actual=70 * MINUTE,
    teacher_present=65 * MINUTE,
    taught=61 * MINUTE + timedelta(seconds=40),
    late_by=12 * MINUTE + timedelta(seconds=5),
    waited=30 * MINUTE,
    students=9,
    called_off_at=None,
    called_off_by=CalledOffBy.TEACHER,
    is_waived=False,
    is_inferred=True,
    is_corrected=True,
)
RULES = PayRules(tiers=(tier(3, 5), tier(10, 10)), no_show_percent=Decimal(50))
VERSION = RulesVersion(1, DAY, RULES, AT)
NOTHING = timedelta()


def lines() -> Iterator[PayLine]:
    """One of each outcome, basis, rate, and limit."""
    absent = replace(FACTS, taught=NOTHING, teacher_present=NOTHING, waited=NOTHING, students=0)
    waited = replace(absent, teacher_present=20 * MINUTE, waited=20 * MINUTE, late_by=NOTHING)
    unheld = replace(absent, began_at=None, actual=NOTHING)
    uncounted = replace(absent, actual=NOTHING)
    off = replace(unheld, called_off_at=AT - 60 * MINUTE)
    late_off = replace(off, called_off_by=CalledOffBy.STUDENTS)
    paid_off = replace(RULES, late_cancel_percent=Decimal(50))
    each = (
        *(FACTS, absent, waited, replace(waited, students=3), unheld, uncounted, off, late_off),
        *(replace(waited, teacher_present=5 * MINUTE), replace(absent, students=3)),
        *(replace(waited, students=3, late_by=5 * MINUTE), replace(FACTS, is_waived=True)),
        *(replace(waited, late_by=5 * MINUTE), replace(waited, late_by=5 * MINUTE, is_waived=True)),
    )
    for facts, per in product(each, Per):
        for rate in (None, replace(RATE, per=per)):
            yield pay_line(facts, rate, VERSION)
            yield pay_line(facts, rate, replace(VERSION, rules=paid_off))
    for basis, rounding, cap in product(Basis, Rounding, (None, NOTHING, 5 * MINUTE)):
        rules = PayRules(
            basis=basis, rounding=rounding, cap_over=cap, minimum=90 * MINUTE, step=5 * MINUTE
        )
        yield pay_line(FACTS, RATE, replace(FIRST_RULES, rules=rules))


def views_of_pay(say: Say) -> Iterator[View]:
    yield from _rates(say)
    yield from _rules(say)
    yield from _adjustments(say)
    yield from _statements(say)


def _rates(say: Say) -> Iterator[View]:
    each = (
        TeacherRate(SOMEBODY, RATE),
        TeacherRate(SOMEBODY, replace(RATE, per=Per.LESSON)),
        TeacherRate(SOMEBODY, None),
    )
    yield rates.rate_list(say, RateList(()))
    for page in range(3):
        yield rates.rate_list(say, RateList(each * 20), page)
    own = replace(RATE, course_id=LARGEST, per=Per.LESSON)
    for known in ((), (RATE, own) * 10):
        yield rates.history(say, RateHistory(SOMEBODY, known, {LARGEST: TOPIC}, DAY))
    answers = (
        RateForm("ETB"),
        RateForm("ETB", LARGEST),
        RateForm("ETB", LARGEST, per=Per.HOUR),
        RateForm("ETB", LARGEST, per=Per.HOUR, amount=MONEY.amount),
        RateForm("ETB", LARGEST, per=Per.HOUR, amount=MONEY.amount, is_course_chosen=True),
    )
    whole = replace(answers[-1], valid_from=DAY.replace(day=1), course_id=LARGEST)
    ahead = replace(whole, valid_from=DAY.replace(year=2062))
    for said in (*answers, whole, replace(whole, per=Per.LESSON), ahead):
        yield rates.form(
            say,
            RatePage(
                form=Form(LARGEST, LARGEST, None, LARGEST, Only.OPEN, said),
                teacher=SOMEBODY if said.person_id else None,
                candidates=(SOMEBODY,) * 30,
                courses={LARGEST: TOPIC, LARGEST - 1: None},
                currencies=("ETB", "SAR", "USD"),
                before=RATE,
                closed=(MONTH, "2026-12"),
                today=DAY,
            ),
        )
    for topic, closed, teacher in product((TOPIC, None), ((), (MONTH,)), (SOMEBODY, GONE)):
        new = RateSet(MONEY, Per.HOUR, DAY, is_for_one_course=True, topic=topic)
        yield rates.saved(say, RateSaved(teacher, new, closed, is_new=True))
    yield rates.discarded(say)


def _rules(say: Say) -> Iterator[View]:
    for name, rules in product(("", *PAGES), (PayRules(), RULES)):
        said = RulesForm(rules, DAY, name)
        yield pay_rules.form(
            say,
            RulesPage(
                form=Form(LARGEST, LARGEST, None, LARGEST, Only.OPEN, said),
                present=FIRST_RULES,
                coming=VERSION,
                example=example(rules, name, "ETB"),
                days=(DAY.replace(day=1), DAY),
            ),
        )
    odd = PayRules(cap_over=None, minimum=MINUTE, rounding=Rounding.UP)
    for rules in (odd, replace(odd, cap_over=NOTHING)):
        for told in (0, 1, LARGEST):
            yield pay_rules.saved(say, RulesSaved(rules, DAY, told))
    yield pay_rules.discarded(say)


def _adjustments(say: Say) -> Iterator[View]:
    late = LateClass(pay_line(FACTS, RATE, VERSION), TOPIC, DAY)
    said = AdjustmentForm("ETB", LARGEST, kind=AdjustmentKind.BONUS, day=DAY)
    waiver = replace(said, kind=AdjustmentKind.WAIVER)
    answers = (
        *(AdjustmentForm("ETB"), AdjustmentForm("ETB", LARGEST), said, waiver),
        *(replace(waiver, lesson_id=LARGEST), replace(said, amount=MONEY.amount)),
        replace(said, amount=MONEY.amount, reason=TOPIC),
        replace(said, kind=AdjustmentKind.DEDUCTION, amount=MONEY.amount, reason=TOPIC),
        replace(waiver, lesson_id=LARGEST, reason=TOPIC),
    )
    for one, ones in product(answers, ((), (late,) * 30)):
        yield adjusting.form(
            say,
            AdjustPage(
                form=Form(LARGEST, LARGEST, None, LARGEST, Only.OPEN, one),
                teacher=SOMEBODY if one.person_id else None,
                candidates=(SOMEBODY,) * 50,
                late=ones,
                lesson=late if one.lesson_id else None,
                months=(DAY, DAY.replace(month=10)),
                is_closed=bool(ones),
                earns_in=("SAR", "USD") if ones else ("ETB", "SAR"),
                today=DAY,
            ),
        )
    for entry, teacher in product(entries(), (SOMEBODY, GONE)):
        yield adjusting.made(say, AdjustmentMade(teacher, LARGEST, entry, is_new=True))
        yield adjusting.withdrawn(say, Withdrawn(teacher, entry, is_new=True))
    yield adjusting.discarded(say)


def entries() -> Iterator[PayEntry]:
    bonus = PayEntry(AdjustmentKind.BONUS, DAY, MONEY, None, None, TOPIC)
    yield from (bonus, replace(bonus, reason=""), replace(bonus, kind=AdjustmentKind.DEDUCTION))
    waiver = PayEntry(AdjustmentKind.WAIVER, DAY, MONEY, 12 * MINUTE, TOPIC, TOPIC)
    yield from (waiver, replace(waiver, money=None, topic=None), replace(waiver, late_by=None))


def contents() -> Iterator[StatementContent]:
    yield build_statement(MONTH, [])
    entries = [
        AdjustmentLine(number, kind, MONEY, reason, DAY)
        for number, (kind, reason) in enumerate(
            product((AdjustmentKind.BONUS, AdjustmentKind.DEDUCTION), ("", "x" * 300))
        )
    ]
    brought = [CarriedLine("2026-10", -MONEY), CarriedLine("2026-09", Money("SAR", Decimal(-1)))]
    yield build_statement(MONTH, lines(), entries * 6, brought)


def statement_pages() -> Iterator[StatementPage]:
    """In each state, as each reader sees it."""
    for content, state, is_admin in product(contents(), StatementState, (True, False)):
        stored = Statement(
            id=1,
            person_id=LARGEST,
            month=MONTH,
            state=StatementState.ACCEPTED if state is StatementState.DRAFT else state,
            accepted_digest=b"",
            accepted_at=AT,
            locked_at=AT,
            content=None,
            paid_on=DAY if state is StatementState.PAID else None,
            reference=NAME,
        )
        page = StatementPage(
            teacher=SOMEBODY,
            month=MONTH,
            content=content,
            state=state,
            stored=stored,
            topics={LARGEST: TOPIC},
            zone=ZONE,
            is_over=True,
            is_own=not is_admin,
            is_admin=is_admin,
        )
        yield page
        yield replace(page, stored=replace(stored, reference=None))
        if state is StatementState.DRAFT:
            yield replace(page, stored=None, is_over=False)
            yield replace(page, stored=None, has_changed=True)
            yield replace(page, stored=None, asks_if_sure=is_admin)


def _statements(say: Say) -> Iterator[View]:
    for page in statement_pages():
        yield statements.statement(say, page)
        for number in (0, 1, 9):
            yield statement_lines.line_list(say, page, number)
        yield statements.statement(say, replace(page, is_news=True))
        yield statements.payment_asked(say, page)
        yield statements.payment_correction_asked(say, page)
    there = ((AT, AT + 20 * MINUTE), (AT + 30 * MINUTE, AT + 60 * MINUTE))
    for line, topic, spans in product(lines(), (TOPIC, None), ((), there)):
        yield statement_lines.opened(say, OpenedLine(line, topic, ZONE, spans), page)
    yield statement_lines.opened(say, OpenedLine(line, topic, ZONE, ()))
    for one in lines():
        yield statement_lines.opened(say, OpenedLine(line, TOPIC, ZONE, (), now=one), page)
    listed = tuple(
        ListedStatement(SOMEBODY, state, sums)
        for state, sums in product(StatementState, ((), (MONEY, -MONEY)))
    )
    for number, is_over in product((0, 1, 2), (True, False)):
        yield statement_list.month_list(
            say, MonthPage(MONTH, listed, number, 3, 5, is_over=is_over, is_last=not is_over)
        )
        yield statement_list.locked_all(say, LockedAll(MONTH, (page,) * number, number))
