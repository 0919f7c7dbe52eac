"""What holds for attendance whatever happened, and in whatever order it was reported."""

from dataclasses import astuple
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from school.attendance import (
    Ended,
    Fact,
    Joined,
    Left,
    LessonAttendance,
    MeetingState,
    Participant,
    Place,
    Started,
    Sureness,
    fold,
)
from school.model import Planned
from tests.school.second_by_second import (
    BEGINNING,
    TWO_HOURS,
    Attendance,
    Someone,
    attendance,
)

HOST_ID = "H"
LONGEST = 30  # seconds; small, so that coincidences are common
PLANNED = Planned(BEGINNING + timedelta(seconds=5), timedelta(seconds=20))


def moment(second: int) -> datetime:
    return BEGINNING + timedelta(seconds=second)


moments = st.integers(0, LONGEST).map(moment)
uuids = st.sampled_from("AAB")
stated_starts = st.none() | st.none() | moments
participants = st.builds(
    Participant,
    display_name=st.sampled_from(["", "Ali", "ali ", "Omar", "Aisha"]),
    user_id=st.sampled_from(["", "1", "2", "3", "4", "5"]),
    participant_uuid=st.sampled_from(["", "P", "Q"]),
    zoom_user_id=st.sampled_from(["", "", "", HOST_ID, "Z"]),
    registrant_id=st.sampled_from(["", "", "", "R"]),
    email=st.sampled_from(["", "", "", "ali@example.org", "ALI@example.org", "o@example.org"]),
    place=st.sampled_from([Place.MAIN, Place.MAIN, Place.BREAKOUT]),
)
moves = st.builds(Joined, uuids, moments, participants, stated_starts) | st.builds(
    Left, uuids, moments, participants, stated_starts
)
bounds = st.builds(Started, uuids, moments) | st.builds(Ended, uuids, moments, stated_starts)
meetings: st.SearchStrategy[list[Fact]] = st.tuples(
    st.lists(bounds, max_size=4), st.lists(moves, max_size=14)
).map(lambda parts: [*parts[0], *parts[1]])
own_names = st.frozensets(st.sampled_from(["ali", "aisha"]))
soon = st.integers(0, LONGEST + 5)
much_later = st.integers(TWO_HOURS + 15, TWO_HOURS + 40)  # around when an end is missed
presents = soon | soon | soon | soon | much_later
EARLY_ONES_AND_NOT = Planned(BEGINNING + timedelta(seconds=TWO_HOURS + 10), timedelta(seconds=20))
plans = st.sampled_from([PLANNED, PLANNED, PLANNED, EARLY_ONES_AND_NOT])


def folded(
    facts: list[Fact],
    as_of: int,
    planned: Planned = PLANNED,
    *,
    host_is_reported: bool = False,
    is_over: bool = False,
    own_names: frozenset[str] = frozenset(),
) -> LessonAttendance:
    return fold(
        facts,
        host_ids={HOST_ID},
        planned=planned,
        as_of=moment(as_of),
        host_is_reported=host_is_reported,
        is_over=is_over,
        own_names=own_names,
    )


@settings(max_examples=300)
@given(meetings, presents, st.data())
def test_any_order_and_any_repetition_give_the_same_result(
    facts: list[Fact], as_of: int, data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(facts), max_size=6)) if facts else []
    shuffled = data.draw(st.permutations([*facts, *again]))
    names = data.draw(own_names)
    assert folded(shuffled, as_of, own_names=names) == folded(facts, as_of, own_names=names)


@settings(max_examples=600)
@given(meetings, presents, plans, st.booleans(), st.booleans())
def test_a_count_second_by_second_agrees(
    facts: list[Fact],
    as_of: int,
    planned: Planned,
    host_is_reported: bool,
    is_over: bool,
) -> None:
    rules = {"host_is_reported": host_is_reported, "is_over": is_over}
    lesson = folded(facts, as_of, planned, host_is_reported=host_is_reported, is_over=is_over)
    people = [
        Someone(one.is_teacher, _seconds(one.total), _seconds(one.together), _seconds(one.late_by))
        for one in lesson.presences
    ]
    assert attendance(facts, HOST_ID, planned, as_of, **rules) == Attendance(
        actual=_seconds(lesson.actual),
        teacher_present=_seconds(lesson.teacher_present),
        teacher_late_by=_seconds(lesson.teacher_late_by),
        students_present=_seconds(lesson.students_present),
        taught=_seconds(lesson.taught),
        here_now=lesson.here_now,
        has_ended=lesson.state is MeetingState.ENDED,
        people=tuple(sorted(people, key=astuple)),
    )


@settings(max_examples=300)
@given(meetings, presents, own_names, st.booleans())
def test_the_teachers_names_take_away_no_more_than_those_who_bear_them(
    facts: list[Fact], as_of: int, names: frozenset[str], host_is_reported: bool
) -> None:
    every = folded(facts, as_of, host_is_reported=host_is_reported)
    lesson = folded(facts, as_of, host_is_reported=host_is_reported, own_names=names)
    doubted = [one for one in lesson.presences if one.is_namesake]
    assert all(one.name.casefold() in names and not one.keys for one in doubted)
    assert not any(one.together for one in doubted)
    assert not doubted or lesson.sureness is Sureness.INFERRED
    assert (lesson.actual, lesson.teacher_present) == (every.actual, every.teacher_present)
    assert lesson.student_count == every.student_count - len(doubted)
    assert every.taught - sum((one.total for one in doubted), timedelta()) <= lesson.taught
    assert lesson.taught <= every.taught


@given(meetings, presents, own_names)
def test_no_length_exceeds_the_one_that_contains_it(
    facts: list[Fact], as_of: int, names: frozenset[str]
) -> None:
    lesson = folded(facts, as_of, own_names=names)
    assert timedelta() <= lesson.taught <= lesson.teacher_present <= lesson.actual
    assert lesson.taught <= lesson.students_present <= lesson.actual
    held = sum((one.until - one.started_at for one in lesson.instances), timedelta())
    assert lesson.actual <= held
    for presence in lesson.presences:
        assert timedelta() <= presence.together <= presence.total <= lesson.actual
        assert presence.late_by >= timedelta()
        assert presence.left_early_by >= timedelta()


@given(meetings, presents)
def test_every_stay_lies_within_its_instance(facts: list[Fact], as_of: int) -> None:
    lesson = folded(facts, as_of)
    instances = {one.meeting_uuid: one for one in lesson.instances}
    for presence in lesson.presences:
        for stay in presence.stays:
            instance = instances[stay.meeting_uuid]
            assert instance.started_at <= stay.joined_at <= stay.left_at <= instance.until
            assert not (stay.open and stay.inferred_leave)
            assert not (stay.open and instance.ended_at is not None)


@given(meetings)
def test_once_everything_has_ended_the_present_does_not_matter(facts: list[Fact]) -> None:
    over: list[Fact] = [*facts, *(Ended(uuid, moment(LONGEST)) for uuid in "AB")]
    assert folded(over, LONGEST) == folded(over, LONGEST + 1000)


def _seconds(length: timedelta) -> int:
    return round(length.total_seconds())
