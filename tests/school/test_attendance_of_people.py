"""The rules of attendance: who somebody is that was there."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

import pytest

from school.attendance import Fact, LessonAttendance, Participant, Sureness, fold
from school.roster import KnownStudent
from tests.school.meetings import (
    HOST_ID,
    PLANNED,
    TEACHER,
    at,
    ended,
    folded,
    guest,
    held,
    joined,
    left,
    minutes,
    of,
    started,
    stay,
)

AHMED = guest("Ahmed")
BILAL = guest("Bilal")

# The host


def test_the_host_is_known_by_id_and_not_by_name() -> None:
    namesake = Participant(display_name="Aisha", user_id="5", zoom_user_id="somebody else")
    lesson = folded(held(*stay(namesake, 0, 30)))
    teacher, student = lesson.presences
    assert (teacher.is_teacher, teacher.total) == (True, minutes(40))
    assert (student.is_teacher, student.total) == (False, minutes(30))


def test_a_host_whom_zoom_never_reports_was_there_throughout_and_that_is_inferred() -> None:
    facts = [started(0, "A"), *stay(AHMED, 5, 20, "A"), ended(20, "A"), started(25, "B")]
    lesson = fold(
        [*facts, ended(40, "B")],
        host_ids={HOST_ID},
        planned=PLANNED,
        as_of=None,
        host_name="Aisha",
    )
    assert lesson.teacher_present == lesson.actual == minutes(35)
    assert lesson.taught == minutes(15)
    assert of("Aisha", lesson).inferred
    assert lesson.sureness is Sureness.INFERRED


AISHAS_PHONE = Participant(display_name=" aisha ", user_id="5")


def with_unreported_host(*facts: Fact, roster: Collection[KnownStudent] = ()) -> LessonAttendance:
    return fold(
        [started(0), *facts, ended(40)],
        host_ids={HOST_ID},
        planned=PLANNED,
        as_of=None,
        host_name="Aisha",
        own_names={"aisha", "aisha q"},
        roster=roster,
    )


def test_a_guest_with_the_name_of_a_host_whom_zoom_never_reports_is_taught_nothing() -> None:
    """It may be the teacher's own second device; whoever knows is asked."""
    lesson = with_unreported_host(*stay(AISHAS_PHONE, 0, 40))
    assert (lesson.teacher_present, lesson.taught) == (minutes(40), timedelta())
    assert (lesson.student_count, lesson.here_now) == (0, 0)
    teacher, phone = lesson.presences
    assert (teacher.is_teacher, teacher.is_namesake) == (True, False)
    assert (phone.is_teacher, phone.is_namesake) == (False, True)
    assert (phone.total, phone.together) == (minutes(40), timedelta())
    assert lesson.sureness is Sureness.INFERRED


def test_beside_such_a_guest_others_are_taught_as_ever() -> None:
    lesson = with_unreported_host(*stay(AISHAS_PHONE, 0, 40), *stay(AHMED, 5, 35))
    assert (lesson.taught, lesson.student_count) == (minutes(30), 1)
    assert of("Ahmed", lesson).together == minutes(30)


@pytest.mark.parametrize("is_student", [True, False])
def test_such_a_guest_is_who_they_are_on_the_list(is_student: bool) -> None:
    known = KnownStudent(7, frozenset({"aisha"}), is_student=is_student)
    lesson = with_unreported_host(*stay(AISHAS_PHONE, 0, 40), roster=[known])
    (guest,) = (one for one in lesson.presences if not one.is_teacher)
    assert (guest.student_id, guest.is_namesake) == (7, False)
    assert lesson.taught == (minutes(40) if is_student else timedelta())


def test_whoever_zoom_tells_more_of_than_a_name_is_no_namesake() -> None:
    known = replace(AISHAS_PHONE, email="student@example.org")
    lesson = with_unreported_host(*stay(known, 0, 40))
    assert (lesson.taught, lesson.student_count) == (minutes(40), 1)


def test_where_the_host_was_there_a_guest_with_another_name_of_theirs_is_somebody_else() -> None:
    lesson = with_unreported_host(*stay(TEACHER, 0, 40), *stay(guest("Aisha Q"), 0, 30))
    assert (lesson.taught, lesson.student_count) == (minutes(30), 1)


def test_where_zoom_reports_hosts_one_who_is_not_reported_never_came() -> None:
    facts = [started(0), *stay(AHMED, 5, 35), ended(40)]
    lesson = folded(facts, host_is_reported=True)
    assert lesson.teacher_present == lesson.taught == timedelta()
    assert [one.name for one in lesson.presences] == ["Ahmed"]
    assert of("Ahmed", lesson).together == timedelta()
    assert lesson.sureness is Sureness.COMPLETE


def test_a_host_reported_in_one_instance_was_absent_from_another_without_them() -> None:
    facts = [
        *(started(0, "A"), ended(20, "A"), started(25, "B"), ended(40, "B")),
        *stay(TEACHER, 0, 20, "A"),
        *stay(AHMED, 25, 40, "B"),
    ]
    lesson = folded(facts)
    assert lesson.teacher_present == minutes(20)
    assert lesson.taught == timedelta()


def test_the_host_is_not_among_those_here() -> None:
    assert folded([started(0), joined(TEACHER, 0)], as_of=5).here_now == 0
    assert folded([started(0)], as_of=5).here_now == 0


def test_several_host_ids_are_one_teacher() -> None:
    other = Participant(display_name="Aisha", user_id="2", zoom_user_id="her other account")
    facts = [started(0), *stay(TEACHER, 0, 10), *stay(other, 10, 30), ended(40)]
    lesson = fold(facts, host_ids={HOST_ID, "her other account"}, planned=PLANNED, as_of=None)
    assert len(lesson.presences) == 1
    assert lesson.teacher_present == minutes(30)


# Who is who


def test_one_guest_name_that_overlaps_is_counted_once_and_flagged() -> None:
    lesson = folded(held(*stay(guest("Ahmed", "7"), 0, 20), *stay(guest("Ahmed", "8"), 10, 30)))
    assert of("Ahmed", lesson).total == minutes(30)
    assert of("Ahmed", lesson).overlapping


def test_a_guest_who_rejoins_is_not_flagged() -> None:
    lesson = folded(held(*stay(guest("Ahmed", "7"), 0, 20), *stay(guest("Ahmed", "8"), 20, 30)))
    assert not of("Ahmed", lesson).overlapping


def test_two_devices_of_one_account_are_not_flagged() -> None:
    laptop = Participant(display_name="Ahmed", user_id="7", zoom_user_id="ahmed")
    lesson = folded(held(*stay(laptop, 0, 30), *stay(replace(laptop, user_id="8"), 10, 40)))
    assert of("Ahmed", lesson).total == minutes(40)
    assert not of("Ahmed", lesson).overlapping


def test_a_guest_beside_an_account_of_the_same_name_is_flagged() -> None:
    account = Participant(display_name="Ahmed", user_id="7", zoom_user_id="ahmed")
    lesson = folded(held(*stay(account, 0, 30), *stay(guest("ahmed ", "8"), 10, 40)))
    (student,) = lesson.students
    assert student.overlapping
    assert student.total == minutes(40)


@pytest.mark.parametrize("other", ["ahmed", " AHMED ", "Ａｈｍｅｄ", "Ah\u200fmed"])
def test_names_that_read_alike_are_one_guest(other: str) -> None:
    facts = held(*stay(guest("Ahmed", "7"), 0, 10), *stay(guest(other, "8"), 10, 30))
    (student,) = folded(facts).students
    assert student.total == minutes(30)


def test_the_name_shown_is_the_last_one_used() -> None:
    before = Participant(display_name="iPhone", user_id="7", email="a@example.org")
    after = replace(before, display_name="Ahmed")
    (student,) = folded(held(joined(before, 0), left(after, 30))).students
    assert student.name == "Ahmed"


def test_a_blank_name_does_not_hide_the_one_before() -> None:
    blank = replace(AHMED, display_name="  ")
    (student,) = folded(held(joined(AHMED, 0), left(blank, 30))).students
    assert student.name == "Ahmed"


def test_namesakes_with_equal_totals_come_in_the_order_of_their_stays() -> None:
    early = Participant(display_name="Ali", user_id="7", zoom_user_id="one")
    late = Participant(display_name="Ali", user_id="8", zoom_user_id="other")
    facts = held(*stay(early, 0, 10), *stay(late, 10, 20))
    for order in (facts, facts[::-1]):
        assert [one.first_joined_at for one in folded(order).students] == [at(0), at(10)]


def test_names_cannot_carry_direction_marks() -> None:
    (student,) = folded(held(*stay(guest("\u202eAhmed\u2069\ud800"), 0, 10))).students
    assert student.name == "Ahmed\ufffd"
