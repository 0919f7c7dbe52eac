"""Who in a lesson is who on the list of students."""

from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from school.attendance import Fact, LessonAttendance, Participant, fold
from school.names import normalised_name
from school.roster import (
    DOUBTFUL,
    NOBODY,
    Candidate,
    Comer,
    KnownStudent,
    Recognition,
    is_likely,
    likeliest_first,
    recognised,
)
from tests.school.meetings import HOST_ID, PLANNED, guest, held, minutes, of, stay

Z, Y = ("zoom", "z"), ("zoom", "y")
MAIL = ("email", "k@example.org")


def comer(*names: str, keys: tuple[tuple[str, str], ...] = (), ambiguous: bool = False) -> Comer:
    return Comer(frozenset(map(normalised_name, names)), frozenset(keys), ambiguous)


def student(
    number: int, *names: str, keys: tuple[tuple[str, str], ...] = (), is_student: bool = True
) -> KnownStudent:
    return KnownStudent(number, frozenset(map(normalised_name, names)), frozenset(keys), is_student)


def who(comers: list[Comer], *roster: KnownStudent) -> list[int | str]:
    """The number of each; "?" for a doubt, "-" for nobody."""
    found = recognised(comers, roster)
    return [
        one.student.student_id if one.student else "?" if one == DOUBTFUL else "-" for one in found
    ]


def test_a_name_that_one_person_and_one_student_bear() -> None:
    assert who([comer("KHADIJA"), comer("Omar")], student(1, "Khadija")) == [1, "-"]


def test_a_mark_counts_whatever_the_name() -> None:
    assert who([comer("iPhone 12", keys=(Z,))], student(1, "Khadija", keys=(Z,))) == [1]


def test_another_account_than_the_students_is_somebody_else_of_that_name() -> None:
    assert who([comer("Ali", keys=(Y,))], student(1, "Ali", keys=(Z,))) == ["-"]


def test_two_alis_with_accounts_stay_two() -> None:
    two = [comer("Ali", keys=(Z,)), comer("Ali", keys=(Y,))]
    assert who(two, student(1, "Ali", keys=(Z,)), student(2, "Ali", keys=(Y,))) == [1, 2]
    assert who(two, student(1, "Ali", keys=(Z,)), student(2, "Ali")) == [1, 2]
    assert who(two, student(1, "Ali", keys=(Z,))) == [1, "-"]
    assert who(two, student(1, "Ali")) == ["?", "?"]


def test_a_name_of_two_students_says_nothing() -> None:
    assert who([comer("Ali")], student(1, "Ali"), student(2, "Ali")) == ["?"]


def test_a_guest_with_a_name_of_several_there_is_nobody() -> None:
    there = [comer("Ali", keys=(Z,)), comer("Ali", keys=(Y,)), comer("Ali", ambiguous=True)]
    roster = student(1, "Ali", keys=(Z,)), student(2, "Ali", keys=(Y,))
    assert who(there, *roster) == [1, 2, "-"]


def test_two_names_of_one_student_are_the_student_on_two_devices() -> None:
    assert who([comer("Khadija"), comer("iPhone 12")], student(1, "Khadija", "iPhone 12")) == [1, 1]


def test_two_accounts_are_one_student_only_if_both_are_known() -> None:
    two = [comer("A", keys=(Z,)), comer("B", keys=(MAIL,))]
    assert who(two, student(1, "A", "B", keys=(Z, MAIL))) == [1, 1]
    assert who(two, student(1, "A", "B", keys=(Z,))) == [1, "?"]
    assert who(two, student(1, "A", "B")) == ["?", "?"]


def test_marks_of_two_students_on_one_person_are_a_doubt() -> None:
    both = comer("A", keys=(Z, MAIL))
    assert who([both], student(1, "A", keys=(Z,)), student(2, "B", keys=(MAIL,))) == ["?"]


def test_the_teacher_is_no_student() -> None:
    assert who([comer("Aisha", keys=(("host", ""),))], student(1, "Aisha")) == ["-"]


names = st.sampled_from(["ali", "omar", "iphone"])
keys = st.sampled_from([Z, Y, MAIL, ("email", "o@example.org"), ("registrant", "r")])
key_sets = st.frozensets(keys, max_size=2)
comers = st.builds(
    Comer, st.frozensets(names, max_size=2), key_sets, st.sampled_from([False, False, True])
)
rosters = st.lists(
    st.tuples(st.frozensets(names, max_size=2), key_sets, st.booleans()), max_size=4
).map(lambda rows: [KnownStudent(number, *row) for number, row in enumerate(rows, start=1)])


@given(st.lists(comers, max_size=6), rosters, st.randoms(use_true_random=False))
def test_no_order_matters(there: list[Comer], roster: list[KnownStudent], random: Random) -> None:
    order = list(range(len(there)))
    random.shuffle(order)
    shuffled = random.sample(roster, len(roster))
    found = recognised([there[at] for at in order], shuffled)
    back: list[Recognition] = [NOBODY] * len(there)
    for at, one in zip(order, found, strict=True):
        back[at] = one
    assert back == recognised(there, roster)


@given(st.lists(comers, max_size=6), rosters)
def test_who_has_other_marks_is_never_taken_for_a_student_by_a_name(
    there: list[Comer], roster: list[KnownStudent]
) -> None:
    for one, found in zip(there, recognised(there, roster), strict=True):
        if found.student and not one.keys & found.student.keys:
            kinds = {kind for kind, _ in one.keys} & {kind for kind, _ in found.student.keys}
            assert not kinds
            assert one.names & found.student.names


@given(st.lists(comers, max_size=6), rosters)
def test_two_with_marks_are_one_only_where_both_marks_are_known(
    there: list[Comer], roster: list[KnownStudent]
) -> None:
    found = recognised(there, roster)
    for known in roster:
        own = [
            one
            for one, who_ in zip(there, found, strict=True)
            if who_.student == known and one.keys
        ]
        if len(own) > 1:
            assert all(one.keys & known.keys for one in own)


# Within the fold


def folded(facts: list[Fact], *roster: KnownStudent) -> LessonAttendance:
    return fold(facts, host_ids={HOST_ID}, planned=PLANNED, as_of=None, roster=roster)


def test_time_on_two_devices_counts_once_and_is_flagged() -> None:
    facts = held(*stay(guest("Khadija"), 0, 20), *stay(guest("iPhone 12"), 10, 30))
    assert len(folded(facts, student(1, "Khadija")).students) == 2
    (khadija,) = folded(facts, student(1, "Khadija", "iPhone 12")).students
    assert (khadija.student_id, khadija.total) == (1, minutes(30))
    assert khadija.overlapping


def test_one_device_after_the_other_is_no_overlap() -> None:
    facts = held(*stay(guest("Khadija"), 0, 10), *stay(guest("iPhone 12"), 12, 30))
    (khadija,) = folded(facts, student(1, "Khadija", "iPhone 12")).students
    assert (khadija.total, khadija.overlapping, khadija.name) == (minutes(28), False, "iPhone 12")


def test_the_list_of_students_changes_no_length_of_the_lesson() -> None:
    facts = held(*stay(guest("Khadija"), 0, 20), *stay(guest("iPhone 12"), 10, 30))
    without, with_ = folded(facts), folded(facts, student(1, "Khadija", "iPhone 12"))
    assert (with_.actual, with_.taught) == (without.actual, without.taught)
    assert (with_.student_count, without.student_count) == (1, 2)


def test_who_is_no_student_is_not_counted_as_one() -> None:
    facts = held(*stay(guest("Khadija"), 0, 20), *stay(guest("Recorder"), 0, 30))
    lesson = folded(facts, student(1, "Khadija"), student(2, "Recorder", is_student=False))
    assert lesson.student_count == 1
    assert lesson.taught == timedelta(minutes=20)
    assert of("Recorder", lesson).is_visitor


def test_what_zoom_told_them_apart_by_is_kept() -> None:
    known = Participant(display_name="Ali", user_id="2", zoom_user_id="z")
    lesson = folded(held(*stay(known, 0, 20), *stay(guest("Omar"), 0, 20)))
    assert of("Ali", lesson).keys == {Z}
    assert of("Omar", lesson).keys == frozenset()


# Who may be meant


def candidate(number: int, name: str, *, is_absent: bool) -> Candidate:
    return Candidate(number, frozenset({normalised_name(name)}), is_absent)


def order(name: str, *candidates: Candidate) -> list[int]:
    return [one.student_id for one in likeliest_first(normalised_name(name), candidates)]


def test_the_absent_and_those_of_a_similar_name_come_first() -> None:
    there = candidate(1, "Omar", is_absent=False)
    absent = candidate(2, "Zaynab", is_absent=True)
    alike = candidate(3, "Khadija", is_absent=True)
    assert order("Khadja", there, absent, alike) == [3, 2, 1]
    assert order("iPhone 12", there, absent) == [2, 1]
    assert order("Khadija's iPhone", there, absent, alike) == [3, 2, 1]


def test_it_is_asked_straight_where_the_name_is_a_hint() -> None:
    khadija = candidate(3, "Khadija", is_absent=True)
    assert is_likely("khadja", khadija)
    assert is_likely("khadija's iphone", khadija)
    assert not is_likely("iphone 12", khadija)
    assert not is_likely("khadja", candidate(3, "Khadija", is_absent=False))
