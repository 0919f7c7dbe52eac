"""From what Zoom reports to what is paid: whole situations, worked out by hand.

Minutes are after 18:00, when 45 minutes are planned; 240.00 an hour is 4.00 a minute.
"""

from dataclasses import replace
from decimal import Decimal

import pytest

from school.attendance import (
    Fact,
    fold,
)
from school.corrections import Correction, Measures, corrected
from school.pay import LessonFacts, Outcome, PayLine, pay_line
from school.pay_rules import FIRST_RULES, PayRules, Rate, RulesVersion
from tests.school.meetings import (
    HOST_ID,
    PLANNED,
    TEACHER,
    ended,
    folded,
    guest,
    held,
    joined,
    minutes,
    started,
    stay,
)
from tests.school.wages import LONG_AGO, facts_of, money, rate, tiers, version

AHMED, BILAL = guest("Ahmed"), guest("Bilal")
HOURLY = rate("240.00")


def paid(
    facts: list[Fact],
    *,
    rules: RulesVersion = FIRST_RULES,
    at_rate: Rate = HOURLY,
    host_is_reported: bool = True,
    as_of: float | None = None,
) -> PayLine:
    found = folded(facts, host_is_reported=host_is_reported, as_of=as_of)
    return pay_line(facts_of(found, PLANNED), at_rate, rules)


def test_a_host_who_restarts_twice_is_paid_for_the_three_parts() -> None:
    """0–10, 12–25, 27–45: 10 + 13 + 18 = 41 min × 4.00 = 164.00."""
    parts = {"A": (0, 10), "B": (12, 25), "C": (27, 45)}
    facts: list[Fact] = []
    for uuid, (since, until) in parts.items():
        facts += [started(since, uuid), ended(until, uuid)]
        facts += [*stay(TEACHER, since, until, uuid), *stay(AHMED, since, until, uuid)]
    line = paid(facts)
    assert line.counted == minutes(41)
    assert line.amount == money("164.00")
    assert not line.lesson.is_inferred


def test_a_free_plan_cut_at_40_minutes_and_opened_again_is_paid_for_both_parts() -> None:
    """Zoom tells nothing of a free plan's host, who is taken to be there from start to end.

    A 0–40 with Ahmed from 1, B 41:30–47 with Ahmed from 42: 39 + 5 = 44 min × 4.00 = 176.00.
    """
    facts = [
        *(started(0), *stay(AHMED, 1, 40), ended(40)),
        *(started(41.5, "B"), *stay(AHMED, 42, 47, "B"), ended(47, "B")),
    ]
    line = paid(facts, host_is_reported=False)
    assert line.amount == money("176.00")
    assert line.lesson.is_inferred
    assert line.lesson.actual == minutes(40 + 5.5)


def test_a_student_who_comes_back_is_counted_while_there() -> None:
    """0–10, 12–30 and, on a second device, 29–40: 10 + 28 = 38 min × 4.00 = 152.00."""
    again, second = guest("Ahmed", "8"), guest("Ahmed", "9")
    line = paid(held(*stay(AHMED, 0, 10), *stay(again, 12, 30), *stay(second, 29, 40)))
    assert line.counted == minutes(38)
    assert line.amount == money("152.00")
    assert line.lesson.students == 1


def test_time_with_any_student_is_taught_once_however_many_there_are() -> None:
    """Ahmed 0–20, Bilal 15–40: 40 min × 4.00 = 160.00."""
    assert paid(held(*stay(AHMED, 0, 20), *stay(BILAL, 15, 40))).amount == money("160.00")


def test_an_absent_teacher_is_paid_nothing() -> None:
    line = paid([started(0), *stay(AHMED, 0, 20), ended(20)])
    assert (line.outcome, line.amount) == (Outcome.TEACHER_ABSENT, money("0.00"))


def test_only_the_time_of_the_class_itself_is_waited() -> None:
    """-15–0: nothing of the planned time; -10–15: 15 min, so half of 45 min × 4.00 = 90.00."""
    before = paid([started(-15), *stay(TEACHER, -15, 0), ended(0)])
    assert (before.outcome, before.amount) == (Outcome.TOO_SHORT, money("0.00"))
    within = paid([started(-10), *stay(TEACHER, -10, 15), ended(15)])
    assert (within.outcome, within.amount) == (Outcome.NO_SHOW, money("90.00"))


def test_a_substitute_is_paid_by_their_own_rate_and_lateness() -> None:
    """4 min late: 4–44 with Ahmed = 40 min; 40/60 × 300.00 = 200.00, × 90 % = 180.00."""
    other_host = "host-of-the-substitute"
    substitute = replace(guest("Omar"), zoom_user_id=other_host)
    facts = [started(0), *stay(AHMED, 0, 44), *stay(substitute, 4, 44), ended(44)]
    found = fold(
        facts,
        host_ids={other_host, HOST_ID},
        planned=PLANNED,
        as_of=None,
        host_is_reported=True,
    )
    line = pay_line(
        facts_of(found, PLANNED), rate("300.00"), version(PayRules(tiers=tiers((3, 10))))
    )
    assert line.lesson.late_by == minutes(4)
    assert line.amount == money("180.00")


@pytest.mark.parametrize(
    ("begins", "percent", "amount"),
    [
        # 4 h before its time: 40 min × 4.00 = 160.00, and nobody was late
        (-240, "0", "160.00"),
        # 3 h after it: 160.00 × 50 % = 80.00, unless it is waived or the plan is moved
        (180, "50", "80.00"),
    ],
)
def test_a_class_wholly_outside_its_schedule_is_paid_for_what_was_taught(
    begins: int, percent: str, amount: str
) -> None:
    until = begins + 40
    facts = [
        started(begins),
        *stay(TEACHER, begins, until),
        *stay(AHMED, begins, until),
        ended(until),
    ]
    line = paid(facts, rules=version(PayRules(tiers=tiers((3, 10), (20, 50)))))
    assert line.counted == minutes(40)
    assert line.lateness_percent == Decimal(percent)
    assert line.amount == money(amount)


SECOND = 1 / 60


@pytest.mark.parametrize(
    ("comes", "amount"),
    [
        (3, "168.00"),  # 3–45 = 42 min × 4.00; exactly 3 min late is free
        (3 + SECOND, "151.20"),  # 41:59 → 42 × 4.00 = 168.00, × 90 %
    ],
)
def test_lateness_counts_from_the_planned_start(comes: float, amount: str) -> None:
    facts = [started(-5), *stay(AHMED, -5, 45), *stay(TEACHER, comes, 45), ended(45)]
    line = paid(facts, rules=version(PayRules(tiers=tiers((3, 10)))))
    assert line.amount == money(amount)


@pytest.mark.parametrize(
    ("goes", "outcome", "amount"),
    [
        (15, Outcome.NO_SHOW, "90.00"),  # 45 × 4.00 × 50 %
        (15 - SECOND, Outcome.TOO_SHORT, "0.00"),
    ],
)
def test_who_waits_for_nobody_is_paid_half_once_it_was_long_enough(
    goes: float, outcome: Outcome, amount: str
) -> None:
    line = paid([started(0), *stay(TEACHER, 0, goes), ended(goes)])
    assert (line.outcome, line.amount) == (outcome, money(amount))


@pytest.mark.parametrize(
    ("facts", "counted", "amount"),
    [
        # Looked in -60 to -59, waits 25–45: 20 min were left, × 4.00 × 50 %
        ([started(-60), *stay(TEACHER, -60, -59), ended(-59)], 20, "40.00"),
        # Waits 25–45 and looked in nowhere
        ([], 20, "40.00"),
        # There 0–5 too, so on time: 45 × 4.00 × 50 %
        ([started(0), *stay(TEACHER, 0, 5), ended(5)], 45, "90.00"),
    ],
)
def test_who_comes_late_to_nobody_is_paid_for_no_more_than_was_left(
    facts: list[Fact], counted: int, amount: str
) -> None:
    waits = [started(25, "B"), *stay(TEACHER, 25, 45, "B"), ended(45, "B")]
    line = paid([*facts, *waits])
    assert (line.outcome, line.counted) == (Outcome.NO_SHOW, minutes(counted))
    assert line.amount == money(amount)


def test_an_early_look_at_the_link_does_not_save_from_a_deduction() -> None:
    """Looked in -60 to -59, taught 20–45: 25 × 4.00 = 100.00, × 75 % as over 10 min late."""
    look = [started(-60), *stay(TEACHER, -60, -59), ended(-59)]
    taught = [started(20, "B"), *stay(TEACHER, 20, 45, "B"), *stay(AHMED, 20, 45, "B")]
    line = paid(
        [*look, *taught, ended(45, "B")], rules=version(PayRules(tiers=tiers((3, 10), (10, 25))))
    )
    assert line.lesson.late_by == minutes(20)
    assert line.amount == money("75.00")


def test_a_student_who_comes_after_the_teacher_waited_and_left_was_too_late() -> None:
    """Waited 0–20, Ahmed 25–30: 45 × 4.00 × 50 % = 90.00."""
    line = paid([started(0), *stay(TEACHER, 0, 20), *stay(AHMED, 25, 30), ended(30)])
    assert (line.outcome, line.amount) == (Outcome.APART, money("90.00"))


def test_a_teacher_who_comes_after_the_students_left_is_paid_nothing() -> None:
    line = paid([started(0), *stay(AHMED, 0, 15), *stay(TEACHER, 20, 40), ended(40)])
    assert (line.outcome, line.amount) == (Outcome.APART, money("0.00"))


def test_where_the_end_went_missing_the_plan_is_paid_and_marked() -> None:
    """Hours later nobody is known to have left: 5–45 = 40 min × 4.00 = 160.00."""
    line = paid([started(0), joined(TEACHER, 0), joined(AHMED, 5)], as_of=300)
    assert line.amount == money("160.00")
    assert line.lesson.is_inferred


def test_what_an_admin_corrects_is_paid_instead() -> None:
    """The connection dropped at 30 and Zoom lost the rest; 45 min were taught: 180.00."""
    found = folded([started(0), *stay(TEACHER, 0, 30), *stay(AHMED, 0, 30), ended(30)])
    facts = facts_of(found, PLANNED)
    assert pay_line(facts, HOURLY, FIRST_RULES).amount == money("120.00")
    said = Correction(1, minutes(45), None, None, None, None, False, LONG_AGO)
    counts = corrected(_measures(facts), [said])
    line = pay_line(
        replace(
            facts,
            actual=counts.actual,
            teacher_present=counts.teacher_present,
            taught=counts.taught,
        ),
        HOURLY,
        FIRST_RULES,
    )
    assert line.amount == money("180.00")
    assert line.lesson.taught <= line.lesson.teacher_present <= line.lesson.actual


def _measures(facts: LessonFacts) -> Measures:
    return Measures(
        facts.actual,
        facts.teacher_present,
        facts.taught,
        facts.late_by,
        facts.called_off_by,
        facts.is_inferred,
        facts.is_corrected,
    )
