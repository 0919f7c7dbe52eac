"""Statements by the month, worked out by hand: 240.00 an hour is 4.00 a minute."""

from dataclasses import replace
from datetime import date, timedelta

from school.money import Money
from school.pay import AdjustmentKind, PayLine
from school.pay_rules import PayRules
from school.statements import (
    AdjustmentLine,
    CarriedLine,
    StatementContent,
    StatementState,
    as_settled,
    build_statement,
    carried,
    month_key,
    settled_by_month,
    state_now,
)
from tests.school.wages import SIX, lesson, line, money, rate, tiers

Closed = dict[str, list[PayLine | AdjustmentLine]]

OCTOBER, NOVEMBER, DECEMBER = "2026-10", "2026-11", "2026-12"


def taught(length: str, *, day: int = 0, lesson_id: int = 1, at_rate: str = "240.00") -> PayLine:
    facts = lesson(length, lesson_id=lesson_id, starts_at=SIX + timedelta(days=day))
    return line(facts, at_rate=rate(at_rate))


def bonus(amount: str, *, number: int = 1, day: int = 24) -> AdjustmentLine:
    return AdjustmentLine(number, AdjustmentKind.BONUS, money(amount), "Eid", date(2026, 11, day))


def deduction(amount: str) -> AdjustmentLine:
    return AdjustmentLine(
        2, AdjustmentKind.DEDUCTION, -money(amount), "Book lost", date(2026, 11, 25)
    )


def total(content: StatementContent) -> list[Money]:
    return list(content.totals)


def test_a_statement_is_the_sum_of_its_lines() -> None:
    """40 min = 160.00, 33:20 → 33 min = 132.00, bonus 50.00, deduction 20.00, October −12.00.

    160.00 + 132.00 + 50.00 − 20.00 − 12.00 = 310.00.
    """
    content = build_statement(
        NOVEMBER,
        [taught("40:00"), taught("33:20", lesson_id=2)],
        [bonus("50.00"), deduction("20.00")],
        [CarriedLine(OCTOBER, money("-12.00"))],
    )
    assert total(content) == [money("310.00")]


def test_lines_are_rounded_before_they_are_added() -> None:
    """20 min at 100.00 = 33.333… → 33.33, three times: 99.99 and not 100.00, as each shows."""
    lines = [taught("20:00", lesson_id=number, at_rate="100.00") for number in (1, 2, 3)]
    assert total(build_statement(NOVEMBER, lines)) == [money("99.99")]


def test_each_currency_has_a_total_of_its_own() -> None:
    """40/60 × 240.00 = 160.00 ETB; 30/60 × 12.00 = 6.00 USD, + 1.00 = 7.00 USD."""
    content = build_statement(
        NOVEMBER, [taught("40:00"), taught("30:00", at_rate="12.00 USD")], [bonus("1.00 USD")]
    )
    assert total(content) == [money("160.00"), money("7.00 USD")]


def test_a_lesson_without_a_rate_stands_in_it_and_adds_nothing() -> None:
    unpaid = replace(taught("40:00"), rate=None, gross=None, amount=None)
    content = build_statement(NOVEMBER, [unpaid, taught("20:00", lesson_id=2)])
    assert len(content.lessons) == 2
    assert total(content) == [money("80.00")]


def test_the_order_in_which_lines_come_changes_nothing() -> None:
    lines = [taught("40:00", day=2), taught("30:00", day=1, lesson_id=2), taught("5:00")]
    adjustments = [bonus("5.00"), bonus("3.00", number=3, day=2), deduction("1.00")]
    brought = [CarriedLine(OCTOBER, money("1.00")), CarriedLine("2026-09", money("2.00 USD"))]
    content = build_statement(NOVEMBER, lines, adjustments, brought)
    again = build_statement(NOVEMBER, lines[::-1], adjustments[::-1], brought[::-1])
    assert again == content
    assert again.digest() == content.digest()
    assert [one.lesson.taught for one in content.lessons] == [
        timedelta(minutes=count) for count in (5, 30, 40)
    ]


# Months that are closed


def test_what_a_closed_month_comes_to_be_worth_is_carried_once() -> None:
    """November was locked with 30 min = 120.00.

    A late event makes it 40 min = 160.00, so December carries 40.00. A correction then makes it
    35 min = 140.00: January carries −20.00.
    """
    november = build_statement(NOVEMBER, [taught("30:00")])
    brought = carried({NOVEMBER: [taught("40:00")]}, settled_by_month([november]))
    assert brought == (CarriedLine(NOVEMBER, money("40.00")),)
    december = build_statement(DECEMBER, [taught("10:00")], (), brought)
    assert total(december) == [money("80.00")]
    locked = settled_by_month([november, december])
    assert locked == {NOVEMBER: (money("160.00"),), DECEMBER: (money("40.00"),)}
    now = {NOVEMBER: [taught("35:00")], DECEMBER: [taught("10:00")]}
    assert carried(now, locked) == (CarriedLine(NOVEMBER, money("-20.00")),)


def test_a_closed_month_that_is_worth_the_same_carries_nothing() -> None:
    """40:20 instead of 40:00 rounds to the same 160.00."""
    november = build_statement(NOVEMBER, [taught("40:00")])
    assert carried({NOVEMBER: [taught("40:20")]}, settled_by_month([november])) == ()


def in_vain(late: str, *, paid: str | None = None, is_waived: bool = False) -> PayLine:
    """45 min planned, waited 20 for nobody; `paid` where it was locked with other money."""
    facts = lesson(teacher="20:00", students=0, late=late, is_waived=is_waived)
    found = line(facts, PayRules(tiers=tiers((10, 25))))
    return replace(found, amount=money(paid)) if paid else found


def test_another_way_of_working_pay_out_leaves_closed_months_alone() -> None:
    """Locked with 90.00, half of 45 min × 4.00, when nothing was made of coming 25 min late.

    By now it would be 20 × 4.00 × 50 % × 75 % = 30.00; but nothing became of the class since.
    """
    november = build_statement(NOVEMBER, [in_vain("25:00", paid="90.00")])
    now = in_vain("25:00")
    assert now.amount == money("30.00")
    assert as_settled([now], [november]) == november.lessons
    known = {NOVEMBER: as_settled([now], [november])}
    assert carried(known, settled_by_month([november])) == ()
    # That somebody confirms what was filled in changes nothing that is paid.
    confirmed = replace(now, lesson=replace(now.lesson, is_inferred=True))
    assert as_settled([confirmed], [november]) == november.lessons


def test_what_becomes_of_a_class_later_counts_by_what_holds_now() -> None:
    """Locked with 90.00; later it is known that it was taught, or begun later still."""
    november = build_statement(NOVEMBER, [in_vain("25:00", paid="90.00")])
    facts = lesson("40:00", late="0:00")
    taught_after_all = line(facts, PayRules())  # 40 × 4.00 = 160.00
    assert as_settled([taught_after_all], [november]) == (taught_after_all,)
    later = in_vain("29:00")  # 16 × 4.00 × 50 % × 75 % = 24.00
    assert later.amount == money("24.00")
    assert as_settled([later], [november]) == (later,)
    another = taught("40:00", lesson_id=2)
    assert as_settled([another], [november]) == (another,)


def test_what_is_for_the_better_takes_nothing_that_was_settled() -> None:
    """Locked with 90.00. Waived: 20 × 4.00 × 50 % = 40.00 and not 30.00, but no more than 90.00."""
    november = build_statement(NOVEMBER, [in_vain("25:00", paid="90.00")])
    waived = in_vain("25:00", is_waived=True)
    assert waived.amount == money("40.00")
    assert as_settled([waived], [november]) == november.lessons
    # On time after all: 45 × 4.00 × 50 % = 90.00, as was settled.
    on_time = in_vain("0:00")
    assert on_time.amount == money("90.00")
    assert (
        carried({NOVEMBER: as_settled([on_time], [november])}, settled_by_month([november])) == ()
    )


def test_a_class_whose_rate_comes_later_counts_from_then_on() -> None:
    without = replace(taught("40:00"), rate=None, gross=None, amount=None)
    november = build_statement(NOVEMBER, [without])
    with_rate = taught("40:00")
    assert as_settled([with_rate], [november]) == (with_rate,)
    in_dollars = taught("40:00", at_rate="12.00 USD")
    october = build_statement(NOVEMBER, [with_rate])
    assert as_settled([in_dollars], [october]) == (in_dollars,)
    assert as_settled([without], [october]) == (without,)


def test_a_bonus_given_to_a_closed_month_is_carried() -> None:
    november = build_statement(NOVEMBER, [taught("40:00")])
    now: Closed = {NOVEMBER: [taught("40:00"), bonus("50.00")]}
    assert carried(now, settled_by_month([november])) == (CarriedLine(NOVEMBER, money("50.00")),)


def test_a_closed_month_whose_rate_changed_its_currency_carries_both() -> None:
    november = build_statement(NOVEMBER, [taught("30:00")])
    now = {NOVEMBER: [taught("30:00", at_rate="12.00 USD")]}
    assert carried(now, settled_by_month([november])) == (
        CarriedLine(NOVEMBER, money("-120.00")),
        CarriedLine(NOVEMBER, money("6.00 USD")),
    )


def test_less_than_nothing_is_not_paid_out_but_carried_on() -> None:
    """November: 40.00 − 100.00 = −60.00, so nothing is paid. December: 160.00 − 60.00 = 100.00.

    In all: 0.00 + 100.00 = 40.00 − 100.00 + 160.00.
    """
    lines, adjustments = [taught("10:00")], [deduction("100.00")]
    november = build_statement(NOVEMBER, lines, adjustments)
    assert total(november) == [money("-60.00")]
    assert november.payable == (money("0.00"),)
    brought = carried({NOVEMBER: [*lines, *adjustments]}, settled_by_month([november]))
    assert brought == (CarriedLine(NOVEMBER, money("-60.00")),)
    december = build_statement(DECEMBER, [taught("40:00")], (), brought)
    assert december.payable == (money("100.00"),)
    now: Closed = {NOVEMBER: [*lines, *adjustments], DECEMBER: [taught("40:00")]}
    assert carried(now, settled_by_month([november, december])) == ()


# What is kept


def test_a_statement_comes_back_from_json_to_the_last_digit() -> None:
    content = build_statement(
        NOVEMBER,
        [taught("40:00.000001", at_rate="99.990")],
        [bonus("50.005")],
        [CarriedLine(OCTOBER, money("-0.10 KWD"))],
    )
    again = StatementContent.from_json(content.to_json())
    assert again == content
    assert again.to_json() == content.to_json()
    assert again.digest() == content.digest()


def test_what_moves_no_money_leaves_what_was_agreed_to() -> None:
    one = line(lesson("40:00"))
    confirmed = replace(one, lesson=replace(one.lesson, is_inferred=not one.lesson.is_inferred))
    written_again = replace(one, rules=replace(one.rules, rules_id=7))
    for other in (confirmed, written_again):
        statement = build_statement("2026-11", [other])
        assert statement.digest() == build_statement("2026-11", [one]).digest()
        assert statement.to_json() != build_statement("2026-11", [one]).to_json()


def test_a_statement_that_says_something_else_has_another_digest() -> None:
    content = build_statement(NOVEMBER, [taught("40:00")], [bonus("50.00")])
    others = [
        build_statement(NOVEMBER, [taught("41:00")], [bonus("50.00")]),
        build_statement(NOVEMBER, [taught("40:00")], [replace(bonus("50.00"), reason="Other")]),
        build_statement(DECEMBER, [taught("40:00")], [bonus("50.00")]),
    ]
    assert len({one.digest() for one in [content, *others]}) == 4


def test_the_months_of_a_year_sort_by_time() -> None:
    assert month_key(date(2026, 11, 30)) == NOVEMBER
    assert month_key(date(2026, 9, 1)) < month_key(date(2026, 10, 1)) < month_key(date(2027, 1, 1))


# How far it has come


def test_what_was_accepted_is_a_draft_again_once_it_says_something_else() -> None:
    accepted = build_statement(NOVEMBER, [taught("40:00")])
    other = build_statement(NOVEMBER, [taught("41:00")])
    state, digest = StatementState.ACCEPTED, accepted.digest()
    assert state_now(state, digest, accepted) is StatementState.ACCEPTED
    assert state_now(state, digest, other) is StatementState.DRAFT
    assert state_now(StatementState.LOCKED, digest, other) is StatementState.LOCKED
