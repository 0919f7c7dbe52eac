"""Which rate and which rules hold on a day.

General: 240.00 from the 1st of November, 300.00 from the 16th, which was entered wrong and mended
a day later to 260.00. Course 7: 200.00 from the 10th.
"""

from datetime import UTC, date, datetime, timedelta

import pytest

from school.pay import pay_line
from school.pay_rules import FIRST_RULES, PayRules, Rate, RulesVersion, rate_for, rules_on
from tests.school.wages import LONG_AGO, lesson, mins, rate, tiers, version

GENERAL = rate("240.00", since=date(2026, 11, 1))
RAISED = rate("300.00", since=date(2026, 11, 16), rate_id=2)
MENDED = rate("260.00", since=date(2026, 11, 16), rate_id=3, added_at=LONG_AGO + timedelta(days=1))
OF_COURSE_7 = rate("200.00", since=date(2026, 11, 10), course_id=7, rate_id=4)


@pytest.mark.parametrize(
    ("course_id", "day", "rates", "expected"),
    [
        (8, 15, [GENERAL, RAISED], GENERAL),  # the day before it changes
        (8, 16, [GENERAL, RAISED], RAISED),  # the day it changes
        (8, 30, [RAISED, GENERAL], RAISED),
        (8, 16, [GENERAL, RAISED, MENDED], MENDED),  # of two for one day, the one added later
        (8, 16, [MENDED, RAISED, GENERAL], MENDED),
        (7, 9, [GENERAL, RAISED, OF_COURSE_7], GENERAL),  # its own does not hold yet
        (7, 10, [GENERAL, RAISED, OF_COURSE_7], OF_COURSE_7),
        (7, 16, [GENERAL, RAISED, OF_COURSE_7], OF_COURSE_7),  # its own before a newer general one
        (8, 10, [OF_COURSE_7], None),
        (8, 1, [RAISED], None),
    ],
)
def test_a_lesson_is_paid_by_the_rate_of_its_day(
    course_id: int, day: int, rates: list[Rate], expected: Rate | None
) -> None:
    assert rate_for(course_id, date(2026, 11, day), rates) == expected


def test_of_two_rates_made_in_one_moment_the_same_holds_in_either_order() -> None:
    twin = rate("250.00", since=GENERAL.valid_from, rate_id=9)
    assert rate_for(8, date(2026, 11, 2), [GENERAL, twin]) == twin
    assert rate_for(8, date(2026, 11, 2), [twin, GENERAL]) == twin


def test_rules_hold_from_their_day_on_and_before_the_first_what_a_school_begins_with() -> None:
    strict = version(PayRules(cap_over=timedelta()), date(2026, 11, 16))
    stricter = RulesVersion(
        2, date(2026, 11, 20), PayRules(tiers=tiers((3, 10))), datetime(2026, 11, 1, tzinfo=UTC)
    )
    holding = [rules_on(date(2026, 11, day), [stricter, strict]) for day in (15, 16, 19, 20)]
    assert holding == [FIRST_RULES, strict, strict, stricter]


def test_a_lesson_of_a_teacher_without_a_rate_shows_its_time_and_no_money() -> None:
    found = pay_line(lesson("40:00"), None, FIRST_RULES)
    assert found.paid == mins(40)
    assert (found.gross, found.amount) == (None, None)
