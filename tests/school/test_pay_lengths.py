"""What lessons that were taught are paid, worked out by hand.

Each case ends with its arithmetic; the number behind the last "=" is what must come out. Unless
it says otherwise: 45 minutes planned, 240.00 an hour (4.00 a minute), and the rules a new school
begins with (taught time, to the nearest minute, 5 minutes over the plan at most, no minimum).
"""

from datetime import timedelta
from decimal import Decimal

import pytest

from school.pay_rules import Basis, PayRules, Per, Rounding
from tests.school.wages import Case, by, clock, lesson, line, mins, money, rate, tiers

UP = Rounding.UP
NEW_SCHOOL = PayRules()


# Half a step goes up, an instant less goes down.
TO_THE_MINUTE = [
    *by(
        NEW_SCHOOL,
        ("whole minutes", lesson("40:00"), "40 × 4.00 = 160.00"),
        ("a whole hour", lesson("60:00", planned="60:00"), "60/60 × 240.00 = 240.00"),
        ("20 s over", lesson("33:20"), "33:20 → 33 × 4.00 = 132.00"),
        ("half a minute", lesson("33:30"), "33:30 → 34 × 4.00 = 136.00"),
        ("a moment less", lesson("33:29.999999"), "33:29.999999 → 33 × 4.00 = 132.00"),
    ),
    *by(
        PayRules(rounding=UP),
        ("up, 20 s over", lesson("33:20"), "33:20 → 34 × 4.00 = 136.00"),
        ("up, none over", lesson("33:00"), "33 × 4.00 = 132.00"),
        ("up, a moment over", lesson("33:00.000001"), "33:00.000001 → 34 × 4.00 = 136.00"),
    ),
]
TO_FIVE = [
    *by(
        PayRules(step=mins(5)),
        (
            "2000 s",
            lesson("33:20"),
            "2000 s = 33 min 20 s → nearest 5 min = 35 min → 35/60 × 240.00 = 140.00",
        ),
        ("just under half", lesson("32:29"), "32:29 → 30 × 4.00 = 120.00"),
        ("exactly half", lesson("32:30"), "32:30 → 35 × 4.00 = 140.00"),
    ),
    *by(
        PayRules(step=mins(5), rounding=UP),
        ("up, 1 s over", lesson("30:01"), "30:01 → 35 × 4.00 = 140.00"),
        ("up, none over", lesson("30:00"), "30 × 4.00 = 120.00"),
    ),
]
TO_FIFTEEN = [
    *by(
        PayRules(step=mins(15)),
        ("just under half", lesson("37:29"), "37:29 → 30 × 4.00 = 120.00"),
        ("exactly half", lesson("37:30"), "37:30 → 45 × 4.00 = 180.00"),
        ("down to nothing", lesson("7:29"), "7:29 → 0 × 4.00 = 0.00"),
    ),
    *by(
        PayRules(step=mins(15), rounding=UP),
        ("up, 1 s over", lesson("30:01"), "30:01 → 45 × 4.00 = 180.00"),
        ("up, next to nothing", lesson("0:01"), "0:01 → 15 × 4.00 = 60.00"),
    ),
]

# 38 min together, the teacher there for 42, the meeting on for 44, planned for 45.
ONE_OF_EACH = lesson("38:00", teacher="42:00", actual="44:00")
BASES = [
    *by(PayRules(basis=Basis.TAUGHT), ("taught", ONE_OF_EACH, "38 × 4.00 = 152.00")),
    *by(
        PayRules(basis=Basis.TEACHER),
        ("teacher", ONE_OF_EACH, "42 × 4.00 = 168.00"),
        (
            "who stays on alone",
            lesson("20:00", teacher="70:00"),
            "70 → at most 45 + 5 = 50 × 4.00 = 200.00",
        ),
    ),
    *by(PayRules(basis=Basis.ACTUAL), ("actual", ONE_OF_EACH, "44 × 4.00 = 176.00")),
    *by(PayRules(basis=Basis.SCHEDULED), ("scheduled", ONE_OF_EACH, "45 × 4.00 = 180.00")),
    *by(
        PayRules(basis=Basis.SCHEDULED, step=mins(15)),
        (
            "scheduled is rounded too",
            lesson("38:00", planned="50:00"),
            "50 → nearest 15 = 45 × 4.00 = 180.00",
        ),
    ),
]

CAPS = [
    *by(PayRules(cap_over=None), ("none", lesson("58:00"), "58 × 4.00 = 232.00")),
    *by(PayRules(cap_over=timedelta()), ("at the plan", lesson("58:00"), "45 × 4.00 = 180.00")),
    *by(
        PayRules(cap_over=mins(5)),
        ("5 over", lesson("58:00"), "58 → 45 + 5 = 50 × 4.00 = 200.00"),
        ("just reached", lesson("50:29"), "50:29 → 50 × 4.00 = 200.00"),
        ("just passed", lesson("50:30"), "50:30 → 51 → 50 × 4.00 = 200.00"),
    ),
    *by(
        PayRules(step=mins(15), rounding=UP, cap_over=timedelta()),
        ("after rounding", lesson("46:00"), "46 → up to 60 → at most 45 × 4.00 = 180.00"),
    ),
    *by(
        PayRules(step=mins(15), cap_over=timedelta()),
        (
            "not itself rounded",
            lesson("58:00", planned="50:00"),
            "58 → nearest 15 = 60 → at most 50 × 4.00 = 200.00",
        ),
    ),
]

MINIMA = [
    *by(
        PayRules(minimum=mins(30)),
        ("raised", lesson("12:00"), "12 → 30 × 4.00 = 120.00"),
        ("just reached", lesson("30:00"), "30 × 4.00 = 120.00"),
        ("passed", lesson("31:00"), "31 × 4.00 = 124.00"),
    ),
    *by(
        PayRules(minimum=mins(30), cap_over=timedelta()),
        (
            "above the cap",
            lesson("20:00", planned="20:00"),
            "20 → at least 30 × 4.00 = 120.00",
        ),
    ),
    *by(
        PayRules(minimum=mins(30), step=mins(15)),
        ("of next to nothing", lesson("7:29"), "7:29 → 0 → at least 30 × 4.00 = 120.00"),
    ),
]

PER_LESSON = by(
    NEW_SCHOOL,
    ("whole", lesson("45:00"), "1 lesson = 150.00"),
    ("short", lesson("5:00"), "1 lesson = 150.00"),
    ("long", lesson("90:00"), "1 lesson = 150.00"),
    ("20 s are no lesson", lesson("0:20"), "0:20 → 0 min, no lesson = 0.00"),
    ("30 s are one", lesson("0:30"), "0:30 → 1 min, 1 lesson = 150.00"),
    at_rate=rate("150.00", Per.LESSON),
)

COINS = [
    *by(
        NEW_SCHOOL,
        ("a third goes down", lesson("20:00"), "20/60 × 100.00 = 33.333… = 33.33"),
        ("two thirds go up", lesson("40:00"), "40/60 × 100.00 = 66.666… = 66.67"),
        at_rate=rate("100.00"),
    ),
    *by(
        NEW_SCHOOL,
        ("half a cent goes up", lesson("20:00"), "20/60 × 0.015 = 0.005 = 0.01"),
        at_rate=rate("0.015"),
    ),
    *by(
        NEW_SCHOOL,
        ("yen have no cents", lesson("25:00"), "25/60 × 1002 = 417.5 = 418 JPY"),
        ("less than half goes down", lesson("22:00"), "22/60 × 1002 = 367.4 = 367 JPY"),
        at_rate=rate("1002 JPY"),
    ),
    *by(
        NEW_SCHOOL,
        ("a dinar has 1000 fils", lesson("40:00"), "40/60 × 2.500 = 1.6666… = 1.667 KWD"),
        at_rate=rate("2.500 KWD"),
    ),
]

TABLE = {
    "to the minute": TO_THE_MINUTE,
    "to five": TO_FIVE,
    "to fifteen": TO_FIFTEEN,
    "basis": BASES,
    "cap": CAPS,
    "minimum": MINIMA,
    "per lesson": PER_LESSON,
    "coins": COINS,
}


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=f"{kind}: {case.name}")
        for kind, cases in TABLE.items()
        for case in cases
    ],
)
def test_taught_time_is_paid_as_worked_out_by_hand(case: Case) -> None:
    found = line(case.lesson, case.rules, case.rate)
    assert (found.outcome, found.amount) == (case.outcome, money(case.amount))
    assert found.amount is not None
    assert str(found.amount.amount) == case.amount.partition(" ")[0]  # with all its places


def test_a_line_shows_each_step() -> None:
    """58:10 → nearest 5 = 60 → at most 45 + 5 = 50 → 200.00 → less 10 % = 180.00."""
    rules = PayRules(step=mins(5), tiers=tiers((3, 10)))
    found = line(lesson("58:10", late="5:00"), rules)
    assert [found.counted, found.rounded, found.paid] == [clock("58:10"), mins(60), mins(50)]
    assert (found.is_capped, found.is_minimum) == (True, False)
    assert [found.percent, found.lateness_percent] == [Decimal(100), Decimal(10)]
    assert (found.gross, found.amount) == (money("200.00"), money("180.00"))


def test_what_raised_a_line_to_the_minimum_is_said() -> None:
    found = line(lesson("12:00"), PayRules(minimum=mins(30)))
    assert (found.is_capped, found.is_minimum) == (False, True)
