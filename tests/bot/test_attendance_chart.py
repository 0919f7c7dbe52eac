"""The picture of attendance over time."""

import pickle

import pytest

from bot.views.attendance_chart import (
    MOST_COURSES,
    AttendanceChart,
    CourseAttendance,
    Level,
    draw_attendance,
)
from tests.bot.pictures import opened, words_drawn

LEVELS = (Level(0, "0 %"), Level(0.5, "50 %"), Level(1, "100 %"))


def course(name: str, *present: float | None) -> CourseAttendance:
    return CourseAttendance(name, "Class 7", present, "90 % present")


def chart(*courses: CourseAttendance, slots: int = 3, is_rtl: bool = False) -> AttendanceChart:
    weeks = tuple(f"week {number}" for number in range(1, slots + 1))
    return AttendanceChart("Students present", weeks, LEVELS, courses, is_rtl)


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    return words_drawn(monkeypatch)


@pytest.mark.parametrize(
    ("count", "is_rtl"), [(0, False), (1, True), (MOST_COURSES, False)], ids=str
)
def test_any_number_of_courses_fits_a_phone(count: int, is_rtl: bool) -> None:
    courses = (course(f"Course {number}", 0.9, None, 0.8) for number in range(count))
    shown = opened(draw_attendance(chart(*courses, is_rtl=is_rtl)))
    assert shown.width == 900
    assert 200 <= shown.height <= 1_440


def test_each_course_says_its_name_and_its_figure(words: list[str]) -> None:
    draw_attendance(chart(course("تجويد", 1.0, 0.9, 0.9), course("ቁርኣን", 0.1, 0.2, None)))
    assert {"تجويد", "ቁርኣን", "90 % present", "Students present", "50 %"} <= set(words)


def test_a_course_that_was_never_held_and_one_held_once_can_be_drawn() -> None:
    draw_attendance(chart(course("Never", None, None, None), course("Once", None, 1.0, None)))
    draw_attendance(chart(course("Once", 0.5), slots=1))


def test_of_many_weeks_some_are_named_and_the_last_is_among_them(words: list[str]) -> None:
    draw_attendance(chart(course("Long", *[0.5] * 53), slots=53))
    weeks = [text for text in words if text.startswith("week")]
    assert len(weeks) <= 6
    assert weeks[-1] == "week 53"


def test_hostile_words_are_only_words(words: list[str]) -> None:
    draw_attendance(chart(course("$\\frac{\u202e" + "x" * 999, 0.5, 0.5, 0.5), course("李", 1.0)))
    assert "$\\frac{" + "x" * 22 + "…" in words
    assert "Class 7" in words


def test_the_chart_goes_to_another_process_as_it_is() -> None:
    plain = chart(course("Tajweed", 0.5, None, 1.0))
    assert pickle.loads(pickle.dumps(plain)) == plain  # noqa: S301 -- our own bytes
