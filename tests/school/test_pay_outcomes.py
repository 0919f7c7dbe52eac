"""What else lessons are paid or not paid for, worked out by hand.

Each case ends with its arithmetic; the number behind the last "=" is what must come out. Unless
it says otherwise: 45 minutes planned, 240.00 an hour (4.00 a minute, 180.00 as planned), and the
rules a new school begins with: half of the plan, from the teacher's coming on, after waiting 15
minutes for students who do not come; nothing for what was called off.
"""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from school.pay import LessonFacts, Outcome
from school.pay_rules import PayRules, Per
from tests.school.wages import STUDENTS, Case, by, lesson, line, mins, money, rate, tiers

NEW_SCHOOL = PayRules()

# Free up to 3 minutes; then 10 %, beyond 10 minutes 25 %, beyond 20 minutes 50 %.
TIERS = tiers((3, 10), (10, 25), (20, 50))
LATENESS = [
    *by(
        PayRules(tiers=TIERS),
        ("on time", lesson("40:00"), "40 × 4.00 = 160.00"),
        ("exactly 3 min", lesson("40:00", late="3:00"), "160.00 × 100 % = 160.00"),
        ("a moment more", lesson("40:00", late="3:00.000001"), "160.00 × 90 % = 144.00"),
        ("exactly 10 min", lesson("35:00", late="10:00"), "140.00 × 90 % = 126.00"),
        ("1 s more", lesson("34:59", late="10:01"), "34:59 → 35; 140.00 × 75 % = 105.00"),
        ("exactly 20 min", lesson("25:00", late="20:00"), "100.00 × 75 % = 75.00"),
        ("1 s more than 20", lesson("25:00", late="20:01"), "100.00 × 50 % = 50.00"),
        ("waived", lesson("25:00", late="20:01", is_waived=True), "25 × 4.00 = 100.00"),
    ),
    *by(
        PayRules(tiers=TIERS[::-1]),
        ("tiers in any order", lesson("25:00", late="20:01"), "100.00 × 50 % = 50.00"),
    ),
    *by(NEW_SCHOOL, ("no tiers", lesson("25:00", late="20:00"), "25 × 4.00 = 100.00")),
    *by(
        PayRules(tiers=tiers((3, 100))),
        ("all of it", lesson("25:00", late="20:00"), "100.00 × 0 % = 0.00"),
    ),
    *by(
        PayRules(tiers=TIERS),
        ("before rounding", lesson("20:00", late="5:00"), "33.333… × 90 % = 30.00"),
        ("not rounded twice", lesson("40:00", late="5:00"), "66.666… × 90 % = 60.00"),
        at_rate=rate("100.00"),
    ),
    *by(
        PayRules(tiers=TIERS),
        ("per lesson", lesson("40:00", late="5:00"), "150.00 × 90 % = 135.00"),
        at_rate=rate("150.00", Per.LESSON),
    ),
]


def alone(waited: str, *, planned: str = "45:00", late: str = "0:00") -> LessonFacts:
    return lesson(teacher=waited, students=0, planned=planned, late=late)


def no_show(percent: str, **more: timedelta) -> PayRules:
    return PayRules(no_show_percent=Decimal(percent), **more)  # type: ignore[arg-type]


NOBODY_CAME = [
    *by(
        NEW_SCHOOL,
        ("waited exactly 15", alone("15:00"), "45 × 4.00 × 50 % = 90.00"),
        ("all of 10 min", alone("10:00", planned="10:00"), "10 × 4.00 × 50 % = 20.00"),
        outcome=Outcome.NO_SHOW,
    ),
    *by(
        NEW_SCHOOL,
        ("1 s short", alone("14:59"), "14:59 < 15:00 = 0.00"),
        ("not all of 10 min", alone("9:59", planned="10:00"), "9:59 < 10:00 = 0.00"),
        outcome=Outcome.TOO_SHORT,
    ),
    *by(
        no_show("100"), ("full", alone("20:00"), "180.00 × 100 % = 180.00"), outcome=Outcome.NO_SHOW
    ),
    *by(no_show("0"), ("not", alone("20:00"), "180.00 × 0 % = 0.00"), outcome=Outcome.NO_SHOW),
    *by(
        no_show("33.5"),
        ("a part", alone("20:00"), "180.00 × 33.5 % = 60.30"),
        outcome=Outcome.NO_SHOW,
    ),
    *by(
        no_show("100", step=mins(15)),
        (
            "never more than teaching",
            alone("20:00", planned="50:00"),
            "50 → nearest 15 = 45 × 4.00 × 100 % = 180.00",
        ),
        outcome=Outcome.NO_SHOW,
    ),
    *by(
        PayRules(minimum=mins(60)),
        ("the minimum is for teaching", alone("15:00"), "45 × 4.00 × 50 % = 90.00"),
        outcome=Outcome.NO_SHOW,
    ),
    # Who came late could teach no more than what was left, and loses what a taught class loses.
    *by(
        NEW_SCHOOL,
        ("59 s late", alone("20:00", late="0:59"), "0 min late: 180.00 × 50 % = 90.00"),
        ("1 min late", alone("20:00", late="1:00"), "44 × 4.00 × 50 % = 88.00"),
        ("12 min late", alone("20:00", late="12:00"), "45 − 12 = 33 × 4.00 × 50 % = 66.00"),
        ("25 min late", alone("20:00", late="25:00"), "20 × 4.00 × 50 % = 40.00"),
        ("12:40 late", alone("20:00", late="12:40"), "32:20 → 32 × 4.00 × 50 % = 64.00"),
        outcome=Outcome.NO_SHOW,
    ),
    *by(
        NEW_SCHOOL,
        ("25 min late, but taught", lesson("20:00", late="25:00"), "20 × 4.00 = 80.00"),
    ),
    *by(
        no_show("100"),
        ("as much as teaching", alone("20:00", late="25:00"), "20 × 4.00 × 100 % = 80.00"),
        outcome=Outcome.NO_SHOW,
    ),
    *by(
        PayRules(no_show_wait=mins(0)),
        ("after the planned end", alone("0:01", late="50:00"), "45 − 50 < 0, so 0 × 4.00 = 0.00"),
        outcome=Outcome.NO_SHOW,
    ),
    *by(
        PayRules(tiers=TIERS),
        ("late, with tiers", alone("20:00", late="12:00"), "33 × 4.00 × 50 % × 75 % = 49.50"),
        ("exactly 3 min late", alone("20:00", late="3:00"), "42 × 4.00 × 50 % × 100 % = 84.00"),
        ("4 min late", alone("20:00", late="4:00"), "41 × 4.00 × 50 % × 90 % = 73.80"),
        (
            "25 min late, with tiers",
            alone("20:00", late="25:00"),
            "20 × 4.00 × 50 % × 50 % = 20.00",
        ),
        (
            "waived: what was left stays",
            lesson(teacher="20:00", students=0, late="12:00", is_waived=True),
            "33 × 4.00 × 50 % = 66.00",
        ),
        outcome=Outcome.NO_SHOW,
    ),
    *by(
        PayRules(tiers=TIERS),
        ("too late to wait enough", alone("14:00", late="31:00"), "14 < 15 = 0.00"),
        outcome=Outcome.TOO_SHORT,
    ),
    *by(
        PayRules(tiers=TIERS),
        ("per lesson, late", alone("20:00", late="12:00"), "150.00 × 50 % × 75 % = 56.25"),
        at_rate=rate("150.00", Per.LESSON),
        outcome=Outcome.NO_SHOW,
    ),
    *by(
        NEW_SCHOOL,
        ("per lesson", alone("15:00"), "150.00 × 50 % = 75.00"),
        at_rate=rate("150.00", Per.LESSON),
        outcome=Outcome.NO_SHOW,
    ),
]

# Students came, though never while the teacher was there. Who was on time and waited long enough
# is paid as if they had not come; who was late may have been the reason that they left.
APART = [
    *by(
        NEW_SCHOOL,
        ("they came later", lesson(teacher="20:00"), "20 ≥ 15: 180.00 × 50 % = 90.00"),
        ("59 s late", lesson(teacher="20:00", late="0:59"), "0 min late: 180.00 × 50 % = 90.00"),
        ("1 min late", lesson(teacher="20:00", late="1:00"), "late = 0.00"),
        ("hardly waited", lesson(teacher="14:59"), "14:59 < 15:00 = 0.00"),
        outcome=Outcome.APART,
    ),
    *by(
        NEW_SCHOOL,
        ("students without a teacher", lesson(actual="30:00"), "nobody taught = 0.00"),
        ("a meeting of nobody", lesson(actual="30:00", students=0), "nobody taught = 0.00"),
        outcome=Outcome.TEACHER_ABSENT,
    ),
]


def off(before: str) -> LessonFacts:
    """Called off by the teacher."""
    return lesson(was_held=False, off=before)


def off_by_students(before: str) -> LessonFacts:
    return lesson(was_held=False, off=before, off_by=STUDENTS)


HALF = PayRules(late_cancel_percent=Decimal(50))  # if less than 2 hours before the start
CALLED_OFF = [
    *by(
        HALF,
        ("by the teacher", off("120:00:00"), "5 days before = 0.00"),
        ("by the teacher, late", off("10:00"), "their own doing = 0.00"),
        ("by students, early", off_by_students("2:00:00"), "2 h before = 0.00"),
        (
            "by the teacher, who then waits all the same",
            lesson(teacher="20:00", students=0, off="10:00"),
            "nobody was to come = 0.00",
        ),
        outcome=Outcome.CANCELLED,
    ),
    *by(
        HALF,
        ("by students, 1 s late", off_by_students("1:59:59"), "180.00 × 50 % = 90.00"),
        ("by students, after its start", off_by_students("-5:00"), "180.00 × 50 % = 90.00"),
        (
            "by students, before the teacher came",
            lesson(teacher="20:00", students=0, off="10:00", off_by=STUDENTS),
            "180.00 × 50 % = 90.00",
        ),
        (
            "by students, while the teacher waited",
            lesson(teacher="5:00", students=0, off="-5:00", off_by=STUDENTS),
            "180.00 × 50 % = 90.00",
        ),
        outcome=Outcome.LATE_CANCEL,
    ),
    *by(
        NEW_SCHOOL,
        ("by students, late, not paid", off_by_students("10:00"), "180.00 × 0 % = 0.00"),
        outcome=Outcome.LATE_CANCEL,
    ),
    *by(
        NEW_SCHOOL,
        (
            "by the teacher, after waiting",
            lesson(teacher="16:00", students=0, off="-16:00"),
            "180.00 × 50 % = 90.00",
        ),
        outcome=Outcome.NO_SHOW,
    ),
    *by(HALF, ("held all the same", lesson("40:00", off="10:00"), "40 × 4.00 = 160.00")),
    *by(
        HALF,
        ("never held", lesson(was_held=False), "nothing happened = 0.00"),
        outcome=Outcome.NOT_HELD,
    ),
]


def as_corrected(*, teacher: str = "0:00", actual: str | None = None) -> LessonFacts:
    """Nobody was taught, as a person has said; so nobody who was there is a student."""
    return replace(lesson(teacher=teacher, actual=actual, students=0), is_corrected=True)


# Nothing was reported, but an admin accepted what the teacher said.
CORRECTED = [
    *by(NEW_SCHOOL, ("taught", lesson("40:00", was_held=False), "40 × 4.00 = 160.00")),
    *by(
        NEW_SCHOOL,
        (
            "waited",
            lesson(teacher="15:00", students=0, was_held=False),
            "180.00 × 50 % = 90.00",
        ),
        outcome=Outcome.NO_SHOW,
    ),
    # 45 min with her own phone were found, and an admin says that nobody was taught.
    *by(
        NEW_SCHOOL,
        ("she waited", as_corrected(teacher="45:00"), "180.00 × 50 % = 90.00"),
        outcome=Outcome.NO_SHOW,
    ),
    *by(
        NEW_SCHOOL,
        ("but not for long", as_corrected(teacher="14:00"), "14 < 15 = 0.00"),
        outcome=Outcome.TOO_SHORT,
    ),
    *by(
        NEW_SCHOOL,
        ("nor was she there", as_corrected(actual="45:00"), "nobody taught = 0.00"),
        outcome=Outcome.TEACHER_ABSENT,
    ),
    *by(
        NEW_SCHOOL,
        ("it was a test", as_corrected(), "as if never held = 0.00"),
        outcome=Outcome.NOT_COUNTED,
    ),
    *by(
        NEW_SCHOOL,
        ("never held", replace(as_corrected(), began_at=None), "nothing happened = 0.00"),
        outcome=Outcome.NOT_HELD,
    ),
]

TABLE = {
    "late": LATENESS,
    "nobody came": NOBODY_CAME,
    "apart": APART,
    "called off": CALLED_OFF,
    "corrected": CORRECTED,
}


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=f"{kind}: {case.name}")
        for kind, cases in TABLE.items()
        for case in cases
    ],
)
def test_what_became_of_a_lesson_is_paid_as_worked_out_by_hand(case: Case) -> None:
    found = line(case.lesson, case.rules, case.rate)
    assert (found.outcome, found.amount) == (case.outcome, money(case.amount))
