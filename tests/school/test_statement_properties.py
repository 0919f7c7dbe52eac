"""What holds for statements whatever the lines, and however often closed months change."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from school.money import Money
from school.pay import AdjustmentKind, PayLine
from school.statements import (
    AdjustmentLine,
    CarriedLine,
    StatementContent,
    build_statement,
    carried,
    settled_by_month,
)
from tests.school import wage_draws as draws
from tests.school.wages import lesson, line, rate

FEW = settings(max_examples=40)
MONTHS = ["2026-09", "2026-10", "2026-11", "2026-12"]
adjustments = st.lists(
    st.builds(
        AdjustmentLine,
        st.integers(1, 10**9),
        st.sampled_from([AdjustmentKind.BONUS, AdjustmentKind.DEDUCTION]),
        draws.signed_sums,
        st.text(max_size=5),
        draws.days,
    ),
    max_size=3,
    unique_by=lambda one: one.adjustment_id,
)
lesson_lines = st.lists(draws.lines(), max_size=4, unique_by=lambda one: one.lesson.lesson_id)
carried_lines = st.lists(
    st.builds(CarriedLine, st.sampled_from(MONTHS[:2]), draws.signed_sums), max_size=2
)
few_lessons = st.lists(
    st.builds(
        lambda number, length, paid: line(
            lesson(f"{length}:00", lesson_id=number), at_rate=rate(paid)
        ),
        st.integers(1, 9),
        st.integers(0, 60),
        st.sampled_from(["100.00", "99.99", "2.500 KWD"]),
    ),
    max_size=2,
)
few_adjustments = st.lists(
    st.builds(
        AdjustmentLine,
        st.integers(1, 9),
        st.just(AdjustmentKind.BONUS),
        st.builds(Money, st.just("ETB"), st.decimals(-200, 200, places=3)),
        st.just("Eid"),
        st.just(date(2026, 11, 1)),
    ),
    max_size=1,
)
worths = st.tuples(few_lessons, few_adjustments)
"""What a month is worth at some moment: its lessons and adjustments as they are known then."""

Worth = tuple[list[PayLine], list[AdjustmentLine]]


def added_up(sums: Iterable[Money]) -> dict[str, Decimal]:
    amounts = defaultdict[str, Decimal](Decimal)
    for one in sums:
        amounts[one.currency] += one.amount
    return {currency: amount for currency, amount in amounts.items() if amount}


def worth(lessons: Iterable[PayLine], extra: Iterable[AdjustmentLine]) -> list[Money]:
    paid = [line.amount for line in lessons if line.amount is not None]
    return [*paid, *(one.money.rounded for one in extra)]


@FEW
@given(lesson_lines, adjustments, carried_lines, st.data())
def test_totals_are_the_sum_of_the_lines_shown_in_any_order(
    lessons: list[PayLine],
    extra: list[AdjustmentLine],
    brought: list[CarriedLine],
    data: st.DataObject,
) -> None:
    content = build_statement("2026-11", lessons, extra, brought)
    shown = [
        *(line.amount for line in content.lessons if line.amount is not None),
        *(line.money for line in content.adjustments),
        *(line.money for line in content.carried),
    ]
    assert all(one == one.rounded for one in shown)
    assert added_up(content.totals) == added_up(shown)
    again = build_statement(
        "2026-11",
        data.draw(st.permutations(lessons)),
        data.draw(st.permutations(extra)),
        data.draw(st.permutations(brought)),
    )
    assert again == content
    assert again.digest() == content.digest()


@FEW
@given(lesson_lines, adjustments, carried_lines)
def test_a_statement_comes_back_from_json_as_it_was(
    lessons: list[PayLine], extra: list[AdjustmentLine], brought: list[CarriedLine]
) -> None:
    content = build_statement("2026-11", lessons, extra, brought)
    assert StatementContent.from_json(content.to_json()) == content


@FEW
@given(st.lists(st.lists(worths, min_size=4, max_size=4), min_size=4, max_size=4))
def test_however_closed_months_change_all_that_was_paid_is_what_they_are_worth(
    known: list[list[Worth]],
) -> None:
    """`known[when][month]` is what a month is worth when the month number `when` is locked."""
    locked: list[StatementContent] = []
    for when, month in enumerate(MONTHS):
        closed: dict[str, list[PayLine | AdjustmentLine]] = {
            MONTHS[one]: [*known[when][one][0], *known[when][one][1]] for one in range(when)
        }
        brought = carried(closed, settled_by_month(locked))
        locked.append(build_statement(month, *known[when][when], brought))
        _check_adds_up(locked, known[when][: when + 1])


def _check_adds_up(locked: list[StatementContent], now: list[Worth]) -> None:
    """Paid so far, and what is owed to the school after the last, come to what all is worth."""
    paid = [money for content in locked for money in content.payable]
    owed = [money for money in locked[-1].totals if money.amount < 0]
    assert added_up([*paid, *owed]) == added_up(
        money for lessons, extra in now for money in worth(lessons, extra)
    )
    for content in locked:
        assert all(money.amount >= 0 for money in content.payable)
