"""Who was there, by the school's thresholds."""

from datetime import timedelta

import pytest

from school.model import AttendanceRules
from school.standing import Standing, Standings, standing_of

RULES = AttendanceRules(late_after=timedelta(minutes=5), present_percent=60)


def standings(
    together: float,
    taught: float = 40,
    *,
    late: float = 0,
    early: float = 0,
    returns: int = 0,
    student_id: int | None = 7,
) -> Standings:
    def minutes(count: float) -> timedelta:
        return timedelta(minutes=count)

    return standing_of(
        minutes(together),
        minutes(taught),
        minutes(late),
        minutes(early),
        returns,
        student_id,
        RULES,
    )


@pytest.mark.parametrize(
    ("together", "standing"),
    [
        (40, Standing.PRESENT),
        (24, Standing.PRESENT),  # 60 % of 40 to the second
        (24 - 1 / 60, Standing.PARTLY),
        (0, Standing.PARTLY),  # there, though never together with the teacher
    ],
)
def test_present_from_the_share_on_that_the_school_says(
    together: float, standing: Standing
) -> None:
    assert standings(together).standing is standing


def test_who_came_though_nothing_was_taught_is_present() -> None:
    assert standings(0, taught=0).standing is Standing.PRESENT


def test_five_minutes_are_not_late_and_a_second_more_is() -> None:
    assert not standings(40, late=5, early=5).is_late
    assert standings(40, late=5 + 1 / 60).is_late
    assert standings(40, early=5 + 1 / 60).left_early


def test_coming_back_and_being_on_no_list_are_said() -> None:
    assert standings(40, returns=2).returned
    assert standings(40, student_id=None).is_unmatched
    assert not standings(40).is_unmatched
