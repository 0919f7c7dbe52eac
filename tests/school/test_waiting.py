"""Who waits for the host of a lesson, whatever is reported of it and in whatever order."""

from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from school.facts import Ended, Fact, Joined, Left, Participant, Started
from school.model import LessonState, Planned
from school.names import normalised_name
from school.waiting import WaitingFact, Waits, WaitsNoMore, come_for, is_awaited, who_waits
from tests.school.second_by_second import BEGINNING

HOST = "H"
LONGEST = 12


def moment(second: int) -> datetime:
    return BEGINNING + timedelta(seconds=second)


def guest(name: str, *, connection: str = "", zoom: str = "") -> Participant:
    return Participant(display_name=name, user_id=connection, zoom_user_id=zoom)


AHMED, BILAL = guest("Ahmed"), guest("Bilal")


def knocks(second: int, who: Participant = AHMED) -> Waits:
    return Waits(moment(second), who, before_host=True)


def gives_up(second: int, who: Participant = AHMED) -> WaitsNoMore:
    return WaitsNoMore(moment(second), who, before_host=True)


def in_room(second: int, who: Participant) -> Waits:
    return Waits(moment(second), who, before_host=False)


def leaves_room(second: int, who: Participant) -> WaitsNoMore:
    return WaitsNoMore(moment(second), who, before_host=False)


def test_those_who_came_are_named_in_their_order() -> None:
    assert who_waits([knocks(5, BILAL), knocks(3)], ()) == ("Ahmed", "Bilal")


def test_nobody_waits_where_nobody_came() -> None:
    assert who_waits((), [Started("A", moment(1))]) == ()
    assert who_waits([gives_up(1)], ()) == ()


def test_who_gives_up_waits_no_more_and_may_come_again() -> None:
    assert who_waits([knocks(1), gives_up(3)], ()) == ()
    assert who_waits([knocks(1), gives_up(3), knocks(5)], ()) == ("Ahmed",)
    assert who_waits([knocks(1), gives_up(3), knocks(2, BILAL)], ()) == ("Bilal",)


def test_who_comes_back_is_where_their_last_coming_puts_them() -> None:
    came: list[WaitingFact] = [knocks(1), knocks(2, BILAL), gives_up(3), knocks(4)]
    assert who_waits(came, ()) == ("Bilal", "Ahmed")


def test_a_name_written_otherwise_is_the_same_person() -> None:
    assert who_waits([knocks(1, guest("ahmed ")), gives_up(2)], ()) == ()
    assert who_waits([knocks(1, guest("ahmed ")), knocks(2)], ()) == ("ahmed ",)


def test_who_joined_is_in_whatever_their_new_connection_is() -> None:
    joined = Joined("A", moment(4), guest("Ahmed", connection="77"))
    assert who_waits([knocks(1), knocks(2, BILAL)], [joined]) == ("Bilal",)
    assert who_waits([knocks(1, guest("Ahmed", connection="5"))], [joined]) == ()


def test_a_waiting_room_tells_two_of_one_name_apart() -> None:
    one, two = guest("iPhone", connection="1"), guest("iPhone", connection="2")
    came = [in_room(1, one), in_room(2, two)]
    assert who_waits(came, ()) == ("iPhone", "iPhone")
    assert who_waits([*came, leaves_room(3, one)], ()) == ("iPhone",)
    assert who_waits(came, [Joined("A", moment(3), two)]) == ("iPhone",)


def test_two_zoom_users_of_one_name_are_two() -> None:
    one, two = guest("Ahmed", zoom="Z1"), guest("Ahmed", zoom="Z2")
    assert who_waits([knocks(1, one), knocks(2, two)], ()) == ("Ahmed", "Ahmed")
    assert who_waits([knocks(1, one), knocks(2, two), gives_up(3, one)], ()) == ("Ahmed",)


@pytest.mark.parametrize(
    "opening",
    [
        Started("A", moment(4)),
        Ended("A", moment(4)),
        Joined("A", moment(4), guest("Aisha", zoom=HOST)),
    ],
)
def test_everybodys_wait_is_over_when_the_host_comes_or_the_meeting_ends(opening: Fact) -> None:
    assert who_waits([knocks(1), knocks(2, BILAL)], [opening], {HOST}) == ()
    assert who_waits([knocks(1), knocks(5, BILAL)], [opening], {HOST}) == ("Bilal",)


def test_somebody_elses_coming_or_going_ends_nobodys_wait() -> None:
    facts: list[Fact] = [Joined("A", moment(4), BILAL), Left("A", moment(5), AHMED)]
    assert who_waits([knocks(1)], facts, {HOST}) == ("Ahmed",)


def test_the_host_waits_for_nobody_nor_does_who_has_no_name() -> None:
    assert (
        who_waits([knocks(1, guest("Aisha", zoom=HOST)), knocks(2, guest(" "))], (), {HOST}) == ()
    )


people = st.builds(
    guest,
    st.sampled_from(["Ahmed", "ahmed ", "Bilal", ""]),
    connection=st.sampled_from(["", "", "1", "2"]),
    zoom=st.sampled_from(["", "", "Z", HOST]),
)
moments = st.integers(0, LONGEST).map(moment)
waiting: st.SearchStrategy[list[WaitingFact]] = st.lists(
    st.builds(Waits, moments, people, st.booleans())
    | st.builds(WaitsNoMore, moments, people, st.booleans()),
    max_size=8,
)
facts: st.SearchStrategy[list[Fact]] = st.lists(
    st.builds(Joined, st.just("A"), moments, people)
    | st.builds(Left, st.just("A"), moments, people)
    | st.builds(Started, st.just("A"), moments)
    | st.builds(Ended, st.just("A"), moments),
    max_size=3,
)


@given(waiting, facts, st.randoms())
def test_neither_order_nor_duplicates_matter(
    came: list[WaitingFact], known: list[Fact], chance: Random
) -> None:
    shuffled, others = [*came, *came[:3]], [*known, *known[:1]]
    chance.shuffle(shuffled)
    chance.shuffle(others)
    assert who_waits(shuffled, others, {HOST}) == who_waits(came, known, {HOST})


named = st.sampled_from(["Ahmed", "Bilal", "Khadija"])
steps = st.lists(
    st.tuples(named, st.sampled_from(["comes", "goes", "joins"])) | st.just(("", "opens")),
    max_size=12,
)


@given(steps)
def test_it_is_what_somebody_at_the_door_would_have_counted(done: list[tuple[str, str]]) -> None:
    """Against a list that is kept as things happen, one each second."""
    at_the_door: list[str] = []
    came: list[WaitingFact] = []
    known: list[Fact] = []
    for second, (name, step) in enumerate(done):
        who = guest(name)
        match step:
            case "comes":
                came.append(knocks(second, who))
                if name not in at_the_door:
                    at_the_door.append(name)
            case "goes":
                came.append(gives_up(second, who))
            case "joins":
                known.append(Joined("A", moment(second), who))
            case _:
                known.append(Started("A", moment(second)))
                at_the_door.clear()
        if step in {"goes", "joins"} and name in at_the_door:
            at_the_door.remove(name)
    assert who_waits(came, known) == tuple(at_the_door)


@given(waiting, facts)
def test_only_those_who_came_are_named(came: list[WaitingFact], known: list[Fact]) -> None:
    names = {one.participant.display_name for one in came if isinstance(one, Waits)}
    found = who_waits(came, known, {HOST})
    assert names.issuperset(found)
    assert all(normalised_name(name) for name in found)


@pytest.mark.parametrize(
    ("state", "minutes", "awaited"),
    [
        (LessonState.SCHEDULED, -3 * 24 * 60, False),
        (LessonState.SCHEDULED, -61, False),
        (LessonState.SCHEDULED, -60, True),
        (LessonState.SCHEDULED, 44, True),
        (LessonState.SCHEDULED, 45, False),
        (LessonState.LIVE, 10, False),
        (LessonState.ENDED, 41, True),  # a free plan's 40 minutes were over
        (LessonState.ENDED, 46, False),
        (LessonState.CANCELLED, 0, False),
    ],
)
def test_a_teacher_is_awaited_from_an_hour_before_until_the_time_of_the_class_is_over(
    state: LessonState, minutes: int, awaited: bool
) -> None:
    planned = Planned(BEGINNING, timedelta(minutes=45))
    assert is_awaited(state, planned, BEGINNING + timedelta(minutes=minutes)) is awaited


def test_who_came_long_before_a_class_did_not_come_for_it() -> None:
    planned = Planned(BEGINNING, timedelta(minutes=45))
    early, in_time = knocks(-3601), knocks(-3600, BILAL)
    assert come_for(planned, [early, in_time]) == [in_time]
