"""What holds for pay whatever the lesson, the rate and the rules."""

import itertools
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from school.exact_json import from_json, to_json
from school.money import Money, decimals_of
from school.pay import LessonFacts, Outcome, PayLine, pay_line
from school.pay_rules import Basis, PayRules, Per, Rate, Rounding, RulesVersion, rate_for, rules_on
from tests.school import wage_draws as draws
from tests.school.wages import version

FEW = settings(max_examples=60)
NOTHING = timedelta()
PAID_IN_PART = {Outcome.NO_SHOW, Outcome.APART, Outcome.LATE_CANCEL}


@FEW
@given(draws.lessons(), draws.rates, draws.rules)
def test_a_count_in_whole_microseconds_agrees(
    lesson: LessonFacts, rate: Rate, rules: PayRules
) -> None:
    line = pay_line(lesson, rate, version(rules))
    paid = Fraction(round(line.paid / timedelta(microseconds=1)), 3_600_000_000)
    units = paid if rate.per is Per.HOUR else Fraction(bool(paid))
    exact = Fraction(rate.money.amount) * units
    exact *= Fraction(line.percent) / 100 * (1 - Fraction(line.lateness_percent) / 100)
    coin = Fraction(1, 10 ** decimals_of(rate.money.currency))
    coins = (exact / coin + Fraction(1, 2)).__floor__()
    assert line.amount is not None
    assert Fraction(line.amount.amount) == coins * coin
    assert line.amount.amount.as_tuple().exponent == -decimals_of(rate.money.currency)


@FEW
@given(draws.lessons(is_taught=True), draws.rules)
def test_each_step_stays_within_its_bounds(lesson: LessonFacts, rules: PayRules) -> None:
    line = pay_line(lesson, None, version(rules))
    away = line.rounded - line.counted
    if rules.rounding is Rounding.UP:
        assert NOTHING <= away < rules.step
    else:
        assert -rules.step / 2 < away <= rules.step / 2
    assert line.rounded % rules.step == NOTHING
    assert line.paid >= rules.minimum
    if rules.cap_over is not None:
        assert line.paid <= max(lesson.planned.length + rules.cap_over, rules.minimum)
    if not line.is_minimum:
        assert line.is_capped == (line.paid < line.rounded)


@FEW
@given(draws.lessons(), draws.rates, draws.rules)
def test_nobody_is_paid_less_than_nothing(lesson: LessonFacts, rate: Rate, rules: PayRules) -> None:
    line = pay_line(lesson, rate, version(rules))
    assert line.gross is not None
    assert line.amount is not None
    assert 0 <= line.amount.amount <= line.gross.rounded.amount
    assert line.outcome is Outcome.TAUGHT or line.outcome in PAID_IN_PART or not line.paid


@FEW
@given(draws.lessons(is_taught=True), draws.some_time, draws.rates, draws.rules)
def test_who_teaches_longer_is_never_paid_less(
    lesson: LessonFacts, more: timedelta, rate: Rate, rules: PayRules
) -> None:
    longer = replace(
        lesson,
        taught=lesson.taught + more,
        teacher_present=lesson.teacher_present + more,
        actual=lesson.actual + more,
    )
    less, most = (_amount(pay_line(one, rate, version(rules))) for one in (lesson, longer))
    assert less <= most


@FEW
@given(draws.lessons(), draws.rates, draws.rules)
def test_waiting_in_vain_never_pays_more_than_teaching_from_ones_coming_on(
    lesson: LessonFacts, rate: Rate, rules: PayRules
) -> None:
    """Less than a minute is not late."""
    late_by = lesson.late_by if lesson.late_by >= timedelta(minutes=1) else NOTHING
    left = lesson.planned.length - late_by
    assume(left > NOTHING)
    nobody = replace(lesson, taught=NOTHING, late_by=late_by, called_off_at=None)
    taught = replace(nobody, taught=left, teacher_present=left, actual=left)
    in_vain = pay_line(nobody, rate, version(rules))
    assert _amount(in_vain) <= _amount(pay_line(taught, rate, version(rules)))


@FEW
@given(draws.lessons(), draws.lengths, draws.rates, draws.rules)
def test_coming_later_to_nobody_never_pays_more_where_tiers_rise(
    lesson: LessonFacts, more: timedelta, rate: Rate, rules: PayRules
) -> None:
    percents = [tier.percent for tier in sorted(rules.tiers)]
    assume(percents == sorted(percents))
    nobody = replace(lesson, taught=NOTHING)
    later = replace(nobody, late_by=nobody.late_by + more)
    sooner, late = (_amount(pay_line(one, rate, version(rules))) for one in (nobody, later))
    assert late <= sooner


@FEW
@given(draws.lessons(is_taught=True), draws.lengths, draws.rates, draws.rules)
def test_who_is_later_is_never_paid_more_where_tiers_rise(
    lesson: LessonFacts, more: timedelta, rate: Rate, rules: PayRules
) -> None:
    percents = [tier.percent for tier in sorted(rules.tiers)]
    assume(percents == sorted(percents))
    later = replace(lesson, late_by=lesson.late_by + more)
    on_time, late = (_amount(pay_line(one, rate, version(rules))) for one in (lesson, later))
    assert late <= on_time
    assert _amount(pay_line(replace(later, is_waived=True), rate, version(rules))) >= on_time


@FEW
@given(draws.lessons(), draws.rates, draws.rules)
def test_a_wider_basis_never_pays_less(lesson: LessonFacts, rate: Rate, rules: PayRules) -> None:
    by_basis = [
        _amount(pay_line(lesson, rate, version(replace(rules, basis=basis))))
        for basis in (Basis.TAUGHT, Basis.TEACHER, Basis.ACTUAL)
    ]
    assert by_basis == sorted(by_basis)


@FEW
@given(draws.lessons(), draws.rates, draws.rules)
def test_waiting_in_vain_never_pays_more_than_teaching_as_planned(
    lesson: LessonFacts, rate: Rate, rules: PayRules
) -> None:
    planned = lesson.planned.length
    as_planned = replace(
        lesson, taught=planned, teacher_present=planned, actual=planned, late_by=NOTHING
    )
    in_vain = pay_line(replace(lesson, taught=NOTHING), rate, version(rules))
    assert _amount(in_vain) <= _amount(pay_line(as_planned, rate, version(rules)))


@FEW
@given(st.lists(draws.rates, max_size=6, unique_by=lambda rate: rate.rate_id), draws.days)
def test_the_order_of_rates_does_not_matter(rates: list[Rate], day: date) -> None:
    found = {
        rate_for(1, day, order) for order in itertools.islice(itertools.permutations(rates), 30)
    }
    found.add(rate_for(1, day, rates[::-1]))
    assert len(found) == 1
    (rate,) = found
    assert rate is None or (rate.valid_from <= day and rate.course_id in {1, None})


@FEW
@given(st.lists(draws.versions, max_size=6, unique_by=lambda one: one.rules_id), draws.days)
def test_the_order_of_rules_does_not_matter(versions: list[RulesVersion], day: date) -> None:
    assert rules_on(day, versions) == rules_on(day, versions[::-1])
    latest = max((one.valid_from for one in versions if one.valid_from <= day), default=date.min)
    assert rules_on(day, versions).valid_from == latest


@FEW
@given(draws.lines())
def test_a_line_comes_back_from_json_as_it_was(line: PayLine) -> None:
    again = from_json(PayLine, to_json(line))
    assert again == line
    assert to_json(again) == to_json(line)


@given(st.builds(Money, draws.currencies, st.decimals(-(10**9), 10**9, places=6)))
def test_rounding_is_to_the_nearest_coin_and_happens_once(money: Money) -> None:
    coin = Decimal(1).scaleb(-decimals_of(money.currency))
    assert abs(money.rounded.amount - money.amount) <= coin / 2
    assert money.rounded.rounded == money.rounded
    assert (-money).rounded == -(money.rounded)


def _amount(line: PayLine) -> Decimal:
    assert line.amount is not None
    return line.amount.amount
