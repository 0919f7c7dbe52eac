"""What Zoom says afterwards stands in place of its events."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from school.answers import Answer, AnsweredStay, standing_in
from school.attendance import (
    Ended,
    Fact,
    Joined,
    Left,
    LessonAttendance,
    MeetingState,
    Participant,
    Started,
    Sureness,
    fold,
)
from school.model import Planned

BEGINNING = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
PLANNED = Planned(BEGINNING, timedelta(minutes=45))
LONGEST = 60
HOST = Participant(display_name="Aisha", user_id="1", zoom_user_id="H")


def moment(minute: int) -> datetime:
    return BEGINNING + timedelta(minutes=minute)


@dataclass(frozen=True, slots=True)
class Truth:
    """One time the meeting was held: who was there from when to when."""

    uuid: str
    started: int
    ended: int
    stays: tuple[tuple[Participant, int, int], ...]

    def events(self) -> list[Fact]:
        started_at = moment(self.started)
        facts: list[Fact] = [Started(self.uuid, started_at)]
        facts.append(Ended(self.uuid, moment(self.ended), started_at))
        for who, joined, left in self.stays:
            facts.append(Joined(self.uuid, moment(joined), who, started_at))
            facts.append(Left(self.uuid, moment(left), who, started_at))
        return facts

    def answer(self) -> Answer:
        stays = [
            AnsweredStay(who, moment(since), moment(until)) for who, since, until in self.stays
        ]
        return Answer(self.uuid, "H", moment(self.started), moment(self.ended), tuple(stays))


def folded(facts: list[Fact]) -> LessonAttendance:
    return fold(
        facts,
        host_ids={"H"},
        planned=PLANNED,
        as_of=moment(LONGEST * 10),
        host_is_reported=True,
    )


def figures(found: LessonAttendance) -> tuple[object, ...]:
    people = [
        (one.name, one.is_teacher, one.total, one.together, one.late_by, one.left_early_by)
        for one in found.presences
    ]
    return (
        found.began_at,
        found.ended_at,
        found.actual,
        found.teacher_present,
        found.students_present,
        found.taught,
        people,
    )


@st.composite
def truths(draw: st.DrawFn) -> list[Truth]:
    """One or two instances, one after the other; each connection has a number of its own."""
    cuts = sorted(draw(st.lists(st.integers(0, LONGEST), min_size=4, max_size=4, unique=True)))
    held = []
    for uuid, started, ended in (("A", cuts[0], cuts[1]), ("B", cuts[2], cuts[3])):
        connections = draw(st.lists(_stays(started, ended), max_size=6))
        stays = [
            (_named(kind, f"{uuid}{number}"), since, until)
            for number, (kind, since, until) in enumerate(connections)
        ]
        held.append(Truth(uuid, started, ended, tuple(stays)))
    return held if draw(st.booleans()) else held[:1]


def _stays(started: int, ended: int) -> st.SearchStrategy[tuple[int, int, int]]:
    times = st.tuples(st.integers(started, ended), st.integers(started, ended))
    return st.tuples(st.integers(0, 5), times).map(lambda one: (one[0], min(one[1]), max(one[1])))


def _named(kind: int, number: str) -> Participant:
    people = (
        Participant(display_name="Aisha", zoom_user_id="H"),
        Participant(display_name="Ali"),
        Participant(display_name="Ali", registrant_id="R"),
        Participant(display_name="Omar", email="omar@example.org"),
        Participant(display_name="ali ", zoom_user_id="Z"),
        Participant(display_name="Bilal"),
    )
    one = people[kind]
    return Participant(
        display_name=one.display_name,
        user_id=number,
        zoom_user_id=one.zoom_user_id,
        registrant_id=one.registrant_id,
        email=one.email,
    )


@settings(max_examples=300)
@given(truths(), st.data())
def test_the_answers_with_whatever_events_came_give_the_figures_of_all_events(
    truth: list[Truth], data: st.DataObject
) -> None:
    events = [fact for one in truth for fact in one.events()]
    came = [fact for fact in events if data.draw(st.booleans())]
    found = folded(standing_in(came, [one.answer() for one in truth]))
    assert figures(found) == figures(folded(events))
    assert found.state is MeetingState.ENDED
    assert found.sureness is Sureness.RECONCILED


@given(truths())
def test_an_answer_for_one_instance_leaves_the_events_of_the_others(truth: list[Truth]) -> None:
    events = [fact for one in truth for fact in one.events()]
    found = folded(standing_in(events, [truth[0].answer()]))
    assert figures(found) == figures(folded(events))


def test_a_leave_that_no_event_told_does_not_stretch_the_stay() -> None:
    held = Truth("A", 0, 40, ((HOST, 0, 40), (_named(5, "2"), 5, 15)))
    lost = [fact for fact in held.events() if not (isinstance(fact, Left) and fact.at < moment(40))]
    assert folded(lost).taught == timedelta(minutes=35)
    assert folded(standing_in(lost, [held.answer()])).taught == timedelta(minutes=10)


def test_a_breakout_room_listed_beside_the_main_room_counts_once() -> None:
    bilal = _named(5, "2")
    held = Truth("A", 0, 40, ((HOST, 0, 40), (bilal, 5, 35), (bilal, 10, 20)))
    (student,) = folded(standing_in([], [held.answer()])).students
    assert (student.total, student.returns) == (timedelta(minutes=30), 0)
    assert not student.inferred
    assert not student.overlapping


def test_lines_without_a_number_are_connections_of_their_own() -> None:
    bilal = Participant(display_name="Bilal")
    held = Truth("A", 0, 40, ((HOST, 0, 40), (bilal, 5, 15), (bilal, 10, 20)))
    (student,) = folded(standing_in([], [held.answer()])).students
    assert (student.total, student.overlapping) == (timedelta(minutes=15), True)
