"""What a lesson counts as, once people have said what was otherwise."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from school.corrections import Correction, Measures, corrected, nobody_came
from school.pay import CalledOffBy
from tests.school.wage_draws import lengths, moments
from tests.school.wages import LONG_AGO, STUDENTS, TEACHER, mins

FOUND = Measures(
    actual=mins(44),
    teacher_present=mins(42),
    taught=mins(38),
    late_by=mins(4),
    called_off_by=TEACHER,
    is_inferred=True,
    is_corrected=False,
)


def said(
    *,
    taught: float | None = None,
    teacher: float | None = None,
    actual: float | None = None,
    late: float | None = None,
    off_by: CalledOffBy | None = None,
    confirms: bool = False,
    day: int = 1,
    number: int = 1,
) -> Correction:
    return Correction(
        correction_id=number,
        taught=_mins(taught),
        teacher_present=_mins(teacher),
        actual=_mins(actual),
        late_by=_mins(late),
        called_off_by=off_by,
        is_confirmation=confirms,
        added_at=LONG_AGO + timedelta(days=day),
    )


def _mins(count: float | None) -> timedelta | None:
    return None if count is None else mins(count)


def test_nothing_said_leaves_what_was_found() -> None:
    assert corrected(FOUND, []) == FOUND


@pytest.mark.parametrize(
    ("corrections", "taught", "teacher", "actual"),
    [
        ([said(taught=40)], 40, 42, 44),  # fits in
        ([said(taught=50)], 50, 50, 50),  # the others were there for as long
        ([said(teacher=43)], 38, 43, 44),
        ([said(teacher=30)], 30, 30, 44),  # nobody was taught without a teacher
        ([said(actual=30)], 30, 30, 30),
        ([said(actual=60)], 38, 42, 60),
        ([said(taught=0)], 0, 42, 44),
        ([said(taught=50, actual=45)], 50, 50, 50),  # at odds with itself: the larger is raised
        ([said(taught=45, day=1), said(actual=30, day=2)], 30, 30, 30),  # the newer leaves no room
        ([said(actual=30, day=1), said(taught=45, day=2)], 45, 45, 45),
        ([said(taught=45, day=1), said(taught=20, day=2)], 20, 42, 44),  # the newer holds
        ([said(taught=45, number=1), said(taught=20, number=2)], 20, 42, 44),  # or the later one
        ([said(taught=45, day=1), said(late=0, day=2)], 45, 45, 45),  # it speaks of another figure
    ],
)
def test_lengths_are_as_said_last_and_lie_within_each_other(
    corrections: list[Correction], taught: int, teacher: int, actual: int
) -> None:
    counts = corrected(FOUND, corrections)
    assert [counts.taught, counts.teacher_present, counts.actual] == [
        mins(taught),
        mins(teacher),
        mins(actual),
    ]


def test_no_lateness_can_be_said_too() -> None:
    counts = corrected(FOUND, [said(late=0)])
    assert (counts.late_by, counts.is_corrected) == (timedelta(), True)


def test_that_students_called_it_off_can_be_said_and_taken_back() -> None:
    off = said(off_by=STUDENTS, day=1)
    assert corrected(FOUND, [off]).called_off_by is STUDENTS
    assert corrected(FOUND, [off, said(off_by=TEACHER, day=2)]).called_off_by is TEACHER


def test_a_confirmation_makes_figures_sure_and_changes_none() -> None:
    counts = corrected(FOUND, [said(confirms=True)])
    assert (counts.is_inferred, counts.is_corrected) == (False, False)
    assert counts.taught == FOUND.taught


def test_a_correction_alone_does_not_make_sure_what_was_filled_in() -> None:
    counts = corrected(FOUND, [said(taught=40)])
    assert (counts.is_inferred, counts.is_corrected) == (True, True)


@pytest.mark.parametrize(
    ("corrections", "nobody"),
    [
        ([], False),
        ([said(taught=0)], True),
        ([said(taught=0.5)], False),
        ([said(teacher=0)], False),  # of whoever came nothing is said
        ([said(taught=0, day=1), said(taught=40, day=2)], False),  # the newer holds
        ([said(taught=40, day=1), said(taught=0, day=2)], True),
        ([said(taught=0, day=1), said(late=5, day=2)], True),  # it speaks of another figure
    ],
)
def test_that_nobody_came_is_what_was_said_last_of_the_time_taught(
    corrections: list[Correction], nobody: bool
) -> None:
    assert nobody_came(corrections) is nobody
    assert nobody_came(corrections[::-1]) is nobody


entries = st.builds(
    Correction,
    st.integers(1, 10**6),
    st.none() | lengths,
    st.none() | lengths,
    st.none() | lengths,
    st.none() | lengths,
    st.none() | st.sampled_from(CalledOffBy),
    st.booleans(),
    moments,
)
corrections_ = st.lists(entries, max_size=5, unique_by=lambda one: one.correction_id)
measures = st.builds(
    lambda three, late, inferred: Measures(
        three[2], three[1], three[0], late, TEACHER, inferred, False
    ),
    st.tuples(lengths, lengths, lengths).map(sorted),
    lengths,
    st.booleans(),
)


@given(measures, corrections_, st.data())
def test_the_order_of_corrections_does_not_matter(
    found: Measures, corrections: list[Correction], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(corrections))
    assert corrected(found, shuffled) == corrected(found, corrections)


@given(measures, corrections_)
def test_after_corrections_lengths_lie_within_each_other(
    found: Measures, corrections: list[Correction]
) -> None:
    counts = corrected(found, corrections)
    assert timedelta() <= counts.taught <= counts.teacher_present <= counts.actual


@given(measures, corrections_, lengths, lengths, lengths)
def test_the_newest_entry_is_taken_at_its_word(
    found: Measures,
    corrections: list[Correction],
    one: timedelta,
    other: timedelta,
    third: timedelta,
) -> None:
    taught, teacher, actual = sorted([one, other, third])
    newest = Correction(
        10**7, taught, teacher, actual, None, None, False, LONG_AGO + timedelta(days=9)
    )
    counts = corrected(found, [newest, *corrections])
    assert (counts.taught, counts.teacher_present, counts.actual) == (taught, teacher, actual)
