"""A month of a made-up school goes through the webhooks; every figure of it is right."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from sandbox.month import Fate, Lesson, Parting, Sitting, Teacher, Trouble, Visit
from sandbox.month_plan import SMALL, WHOLE, Size, a_month
from sandbox.month_truth import of_month, truth_of, truths
from tests.story.month import played
from tests.story.month_figures import Book, Row, differences


async def test_each_figure_and_all_pay_of_each_lesson_are_what_really_happened(
    database_path: Path, data_key: str
) -> None:
    month = a_month(1, SMALL)
    async with played(month, database_path, data_key) as over:
        text, picture, workbook = await over.report()
        assert await over.accounts(drawn_for=0) == []
    book = Book.read(workbook)
    assert differences(month, book) == []
    assert text.startswith("October 2026")
    assert Image.open(BytesIO(picture)).width > 400
    # And whoever compares would have noticed a second too much.
    lessons = [_one_second_more(row) for row in book.lessons]
    assert len(differences(month, replace(book, lessons=lessons))) == len(lessons)


def _one_second_more(row: Row) -> Row:
    found: Mapping[str, object] = dict(row)
    taught = found["Taught"] or timedelta()
    assert isinstance(taught, timedelta)
    return {**found, "Taught": taught + timedelta(seconds=1)}


# The month itself


@pytest.mark.parametrize("size", [SMALL, WHOLE])
def test_every_fate_and_every_trouble_comes_up(size: Size) -> None:
    month = a_month(1, size)
    assert {lesson.fate for lesson in month.lessons} == set(Fate)
    assert {spell.trouble for spell in month.spells} == set(Trouble)


def test_one_seed_makes_one_month() -> None:
    assert a_month(7) == a_month(7)
    assert a_month(7) != a_month(8)


def test_the_month_begins_and_ends_by_the_clock_of_the_school() -> None:
    month = a_month(1)
    starts = {lesson.starts_at for lesson in month.lessons}
    inside = {one.lesson.starts_at for one in of_month(month, truths(month))}
    first_minute = datetime(2026, 10, 30, 21, 0, tzinfo=UTC)  # 00:00 on the 31st in Addis Ababa
    after_it = datetime(2026, 10, 31, 21, 0, tzinfo=UTC)  # 00:00 on 1 November
    assert first_minute in inside
    assert datetime(2026, 10, 31, 20, 30, tzinfo=UTC) in inside
    assert after_it in starts - inside
    assert datetime(2026, 9, 30, 20, 30, tzinfo=UTC) in starts - inside


# The truth, on cases that can be counted by hand

TEACHER = a_month(1).teachers[0]
BEGIN = datetime(2026, 10, 5, 15, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return BEGIN + timedelta(minutes=minutes)


def stay(name: str, since: float, until: float, parting: Parting = Parting.STAYS) -> Visit:
    return Visit(name, name, "", at(since), at(until), parting)


def lesson_of(teacher: Teacher, *sittings: Sitting) -> Lesson:
    """Planned from 0 to 45."""
    course = replace(a_month(1).courses[0], teacher=teacher, length=timedelta(minutes=45))
    return Lesson(course, BEGIN, Fate.USUAL, teacher, sittings)


def test_taught_is_when_the_teacher_and_anybody_else_were_there() -> None:
    # The meeting is on from 2 to 44; the teacher goes from 20 to 25; Ali is there from 10 to 22
    # and from 24 to 44. Together from 10 to 20 and from 25 to 44: 10 + 19 = 29 minutes.
    teacher = replace(TEACHER, plan=2)
    hosts = [
        Visit("the host", "A", "", at(2), at(20), Parting.LEAVES),
        Visit("the host", "A", "", at(25), at(44)),
    ]
    visits = (*hosts, stay("ali", 10, 22, Parting.LEAVES), stay("ali", 24, 44))
    truth = truth_of(lesson_of(teacher, Sitting(at(2), at(44), visits)))
    minutes = truth.actual, truth.teacher_present, truth.taught, truth.teacher_late_by
    assert [one / 60 for one in minutes] == [42, 37, 29, 2]
    (ali,) = truth.students
    assert (ali.there / 60, ali.together / 60, ali.late_by / 60) == (32, 29, 8)
    assert (ali.left_early_by, ali.returns, ali.is_inferred) == (0, 1, False)
    assert not truth.is_inferred


def test_a_host_of_whom_nothing_is_told_and_a_lost_parting_are_inferred() -> None:
    # On from 0 to 20 and from 23 to 40: 37 minutes. Ali left at 10, but nobody heard of it:
    # there until 20. Sara came from 23 to 30. Taught: 20 + 7.
    teacher = replace(TEACHER, plan=1)
    first = Sitting(at(0), at(20), (stay("ali", 0, 10, Parting.LOST),))
    second = Sitting(at(23), at(40), (stay("sara", 23, 30, Parting.LEAVES),))
    truth = truth_of(lesson_of(teacher, first, second))
    minutes = truth.actual, truth.teacher_present, truth.taught
    assert [one / 60 for one in minutes] == [37, 37, 27]
    ali, sara = truth.students
    assert (ali.there / 60, ali.is_inferred) == (20, True)
    assert (sara.there / 60, sara.late_by / 60, sara.left_early_by / 60) == (7, 23, 10)
    assert truth.is_inferred


def test_a_look_long_before_makes_nobody_be_on_time() -> None:
    # The teacher and Ali look in from -60 to -59; the class is on from 20 to 45. Ali comes at 23,
    # three minutes after it really began, and Sara with the teacher.
    teacher = replace(TEACHER, plan=2)
    look = Visit("the host", "A", "", at(-60), at(-59)), stay("ali", -60, -59)
    come = Visit("the host", "A", "", at(20), at(45)), stay("ali", 23, 45), stay("sara", 20, 45)
    truth = truth_of(
        lesson_of(teacher, Sitting(at(-60), at(-59), look), Sitting(at(20), at(45), come))
    )
    minutes = truth.actual, truth.teacher_present, truth.teacher_waited, truth.taught
    assert [one / 60 for one in minutes] == [26, 26, 25, 26]
    assert (truth.teacher_late_by / 60, truth.began_late) == (20, True)
    assert [(one.name, one.late_by / 60) for one in truth.students] == [("ali", 3), ("sara", 0)]


def test_who_holds_it_wholly_before_its_time_is_not_late() -> None:
    sitting = Sitting(at(-90), at(-50), (stay("ali", -88, -50),))
    truth = truth_of(lesson_of(replace(TEACHER, plan=1), sitting))
    assert (truth.teacher_late_by, truth.began_late, truth.teacher_waited) == (0, False, 0)
    assert [one.late_by for one in truth.students] == [0]
