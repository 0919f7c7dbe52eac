"""Of which lesson a meeting is that somebody starts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from school.holding import EARLIEST, LATEST, lesson_of_start
from school.model import Planned
from tests.school.second_by_second import BEGINNING

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
LENGTH = timedelta(minutes=45)


@dataclass(frozen=True)
class Lesson:
    lesson_id: int
    planned: Planned
    is_off: bool = False


def lesson(lesson_id: int, after: timedelta, *, is_off: bool = False) -> Lesson:
    return Lesson(lesson_id, Planned(BEGINNING + after, LENGTH), is_off)


def started(after: timedelta, *lessons: Lesson) -> int | None:
    """Which lesson it is to start the meeting so long after the first one's time."""
    found = lesson_of_start(BEGINNING + after, lessons)
    return None if found is None else found.lesson_id


ONE, NEXT_WEEK = lesson(1, timedelta()), lesson(2, 7 * DAY)


@pytest.mark.parametrize("after", [timedelta(), -HOUR, -12 * HOUR, 5 * HOUR, 12 * HOUR + LENGTH])
def test_a_class_that_begins_hours_early_or_late_is_held(after: timedelta) -> None:
    assert started(after, ONE, NEXT_WEEK) == 1


@pytest.mark.parametrize("after", [-3 * DAY, -12 * HOUR - MINUTE, 13 * HOUR, 3 * DAY, 30 * DAY])
def test_a_link_that_is_opened_on_another_day_holds_no_class(after: timedelta) -> None:
    assert started(after, ONE, NEXT_WEEK) is None
    assert started(after, ONE) is None  # nor where there is no other


def test_of_two_classes_of_a_day_the_one_that_is_nearer_is_held() -> None:
    morning, evening = lesson(1, timedelta()), lesson(2, 10 * HOUR)
    assert started(4 * HOUR, evening, morning) == 1
    assert started(6 * HOUR, morning, evening) == 2
    assert started(5 * HOUR, evening, morning) == 1  # equally near: the earlier


def test_a_class_that_is_off_but_held_all_the_same_is_that_class() -> None:
    off = lesson(2, 10 * HOUR, is_off=True)
    assert started(10 * HOUR, lesson(1, timedelta()), off, NEXT_WEEK) == 2


def test_a_class_that_was_moved_to_the_time_of_one_that_is_off_is_held_instead_of_it() -> None:
    off, moved_there = lesson(1, timedelta(), is_off=True), lesson(2, timedelta())
    assert started(MINUTE, off, moved_there) == started(MINUTE, moved_there, off) == 2


lessons = st.builds(
    Lesson,
    st.integers(1, 9),
    st.builds(
        lambda hours, length: Planned(BEGINNING + hours * HOUR, length * MINUTE),
        st.integers(-100, 100),
        st.integers(10, 240),
    ),
    st.booleans(),
)
courses = st.lists(lessons, max_size=6, unique_by=lambda one: one.lesson_id)
moments = st.integers(-120 * 60, 120 * 60).map(lambda minutes: BEGINNING + minutes * MINUTE)


@given(courses, moments, st.randoms())
def test_the_order_in_which_the_lessons_are_known_does_not_matter(
    course: list[Lesson], at: datetime, chance: Random
) -> None:
    shuffled = [*course]
    chance.shuffle(shuffled)
    assert lesson_of_start(at, shuffled) == lesson_of_start(at, course)


@given(courses, moments)
def test_a_lesson_is_held_within_its_bounds_and_if_no_other_is_nearer(
    course: list[Lesson], at: datetime
) -> None:
    """Against each lesson looked at alone."""
    found = lesson_of_start(at, course)
    alone = [one for one in course if lesson_of_start(at, [one])]
    if found is None:
        assert alone == []
        return
    assert -EARLIEST <= at - found.planned.starts_at <= found.planned.length + LATEST
    apart = abs(at - found.planned.starts_at)
    assert all(apart <= abs(at - one.planned.starts_at) for one in alone)


@given(courses, st.integers(-720, 720))
def test_what_is_planned_on_other_days_takes_no_class_away(
    others: list[Lesson], minutes: int
) -> None:
    apart = [one for one in others if abs(one.planned.starts_at - BEGINNING) > DAY]
    assert started(minutes * MINUTE, *apart, lesson(10, timedelta())) == 10
