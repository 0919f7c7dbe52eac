"""The rules of attendance, one by one."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

import pytest

from school.attendance import (
    Fact,
    Joined,
    Left,
    LessonAttendance,
    MeetingState,
    Participant,
    Place,
    Sureness,
    fold,
)
from school.model import Planned
from school.roster import KnownStudent
from tests.school.meetings import (
    HOST_ID,
    PLANNED,
    SIX,
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


def test_a_lesson_fully_reported_is_complete() -> None:
    lesson = folded(held(*stay(AHMED, 5, 35), *stay(BILAL, 10, 40)))
    assert lesson.state is MeetingState.ENDED
    assert lesson.sureness is Sureness.COMPLETE
    assert (lesson.began_at, lesson.ended_at) == (at(0), at(40))
    assert lesson.scheduled == minutes(45)
    assert lesson.actual == lesson.teacher_present == minutes(40)
    assert lesson.students_present == lesson.taught == minutes(35)
    assert [one.name for one in lesson.presences] == ["Aisha", "Ahmed", "Bilal"]
    assert of("Ahmed", lesson).total == of("Ahmed", lesson).together == minutes(30)
    assert of("Aisha", lesson).together == minutes(35)


def test_nothing_reported_is_a_lesson_that_has_not_started() -> None:
    lesson = folded([], as_of=10)
    assert lesson.state is MeetingState.NOT_STARTED
    assert (lesson.began_at, lesson.ended_at, lesson.presences) == (None, None, ())
    assert lesson.actual == lesson.taught == timedelta()


def test_taught_counts_only_while_the_teacher_and_a_student_are_together() -> None:
    facts = [
        started(0),
        *stay(AHMED, 0, 20),
        *stay(TEACHER, 10, 30),
        *stay(BILAL, 25, 40),
        ended(40),
    ]
    lesson = folded(facts)
    assert lesson.taught == minutes(10 + 5)
    assert lesson.students_present == minutes(20 + 15)
    assert of("Ahmed", lesson).total == minutes(20)
    assert of("Ahmed", lesson).together == minutes(10)
    assert of("Bilal", lesson).together == minutes(5)


# Joins and leaves


def test_a_late_leave_of_the_old_connection_does_not_close_the_new_one() -> None:
    old, new = guest("Ahmed", "7"), guest("Ahmed", "8")
    lesson = folded(held(joined(old, 0), joined(new, 10), left(old, 11), left(new, 30)))
    assert of("Ahmed", lesson).total == minutes(30)
    assert lesson.sureness is Sureness.COMPLETE


def test_a_late_leave_does_not_send_away_who_has_come_back_and_is_still_there() -> None:
    old, new = guest("Ahmed", "7"), guest("Ahmed", "8")
    lesson = folded([started(0), joined(old, 0), joined(new, 10), left(old, 11)], as_of=20)
    assert lesson.here_now == 1
    assert of("Ahmed", lesson).total == minutes(20)


def test_where_only_a_participant_uuid_pairs_them_a_late_leave_closes_the_older_join() -> None:
    device = Participant(display_name="Ahmed", participant_uuid="P")
    lesson = folded([started(0), joined(device, 0), joined(device, 10), left(device, 11)], as_of=20)
    assert lesson.here_now == 1


def test_a_rejoin_may_keep_the_participant_uuid() -> None:
    old = Participant(display_name="Ahmed", user_id="7", participant_uuid="P")
    new = replace(old, user_id="8")
    lesson = folded(held(joined(old, 0), left(old, 10), joined(new, 15), left(new, 30)))
    assert of("Ahmed", lesson).total == minutes(25)
    assert of("Ahmed", lesson).returns == 1


def test_a_missing_leave_is_put_at_the_end_of_the_instance_and_marked() -> None:
    lesson = folded(held(joined(AHMED, 5)))
    (his,) = of("Ahmed", lesson).stays
    assert (his.left_at, his.inferred_leave, his.inferred_join) == (at(40), True, False)
    assert of("Ahmed", lesson).inferred
    assert lesson.sureness is Sureness.INFERRED


def test_a_missing_join_is_put_at_the_start_of_the_instance_and_marked() -> None:
    lesson = folded(held(left(AHMED, 30)))
    (his,) = of("Ahmed", lesson).stays
    assert (his.joined_at, his.inferred_join, his.inferred_leave) == (at(0), True, False)
    assert lesson.sureness is Sureness.INFERRED


def test_a_leave_missing_between_two_joins_of_one_connection_is_put_at_the_second() -> None:
    lesson = folded(held(joined(AHMED, 0), joined(AHMED, 10), left(AHMED, 15)))
    assert of("Ahmed", lesson).total == minutes(15)
    assert of("Ahmed", lesson).inferred


def test_a_join_missing_between_two_leaves_of_one_connection_is_put_at_the_first() -> None:
    lesson = folded(held(joined(AHMED, 5), left(AHMED, 10), left(AHMED, 15)))
    assert of("Ahmed", lesson).total == minutes(10)
    assert of("Ahmed", lesson).inferred


def test_leaving_and_joining_in_the_same_second_is_staying() -> None:
    facts = held(joined(AHMED, 0), left(AHMED, 10), joined(AHMED, 10), left(AHMED, 20))
    lesson = folded(facts)
    assert of("Ahmed", lesson).total == minutes(20)
    assert of("Ahmed", lesson).returns == 0


def test_coming_and_going_within_a_second_is_a_presence_of_no_length() -> None:
    lesson = folded(held(*stay(AHMED, 10, 10)))
    assert of("Ahmed", lesson).total == timedelta()
    assert lesson.sureness is Sureness.COMPLETE


def test_stays_are_clipped_to_the_instance() -> None:
    lesson = folded(held(*stay(AHMED, -5, 41)))
    (his,) = of("Ahmed", lesson).stays
    assert (his.joined_at, his.left_at) == (at(0), at(40))
    assert lesson.sureness is Sureness.COMPLETE


def test_a_visit_within_a_second_ends_what_a_missing_join_can_reach_back_to() -> None:
    lesson = folded(held(*stay(AHMED, 10, 10), left(AHMED, 15)))
    assert of("Ahmed", lesson).total == minutes(5)


# Breakout rooms


def test_breakout_time_counts_once_where_zoom_keeps_counting_the_main_room() -> None:
    room = guest("Ahmed", "9", place=Place.BREAKOUT)
    lesson = folded(held(*stay(AHMED, 0, 40), *stay(room, 10, 20)))
    assert of("Ahmed", lesson).total == minutes(40)
    assert not of("Ahmed", lesson).overlapping


def test_breakout_time_counts_where_zoom_reports_leaving_the_main_room() -> None:
    room = guest("Ahmed", "9", place=Place.BREAKOUT)
    main = [*stay(AHMED, 0, 10), *stay(AHMED, 20, 40)]
    lesson = folded(held(*main, *stay(room, 10, 20)))
    assert of("Ahmed", lesson).total == minutes(40)
    assert of("Ahmed", lesson).returns == 0


def test_the_seconds_on_the_way_to_a_breakout_room_are_no_return() -> None:
    room = guest("Ahmed", "9", place=Place.BREAKOUT)
    main = [*stay(AHMED, 0, 10), *stay(AHMED, 21, 40)]
    lesson = folded(held(*main, *stay(room, 11, 20)))
    assert of("Ahmed", lesson).returns == 0


# Instances


def test_a_restarted_meeting_is_one_lesson_without_the_pause() -> None:
    facts = [
        *(started(0, "A"), ended(20, "A"), started(25, "B"), ended(45, "B")),
        *stay(TEACHER, 0, 20, "A"),
        *stay(TEACHER, 25, 45, "B"),
        *stay(AHMED, 2, 20, "A"),
        *stay(AHMED, 26, 45, "B"),
    ]
    lesson = folded(facts)
    assert lesson.actual == lesson.teacher_present == minutes(40)
    assert lesson.taught == minutes(18 + 19)
    assert of("Ahmed", lesson).returns == 0  # everybody had to


def test_overlapping_instances_are_counted_once() -> None:
    facts = [
        *(started(0, "A"), ended(30, "A"), started(20, "B"), ended(40, "B")),
        *stay(AHMED, 0, 30, "A"),
        *stay(AHMED, 20, 40, "B"),
    ]
    lesson = folded(facts)
    assert lesson.actual == minutes(40)
    assert of("Ahmed", lesson).total == minutes(40)


def test_an_instance_without_an_end_was_over_when_the_next_began() -> None:
    facts = [started(0, "A"), joined(AHMED, 0, "A"), started(25, "B"), ended(45, "B")]
    lesson = folded(facts, as_of=60)
    first, second = lesson.instances
    assert (first.ended_at, first.inferred) == (at(25), True)
    assert (second.ended_at, second.inferred) == (at(45), False)
    assert lesson.state is MeetingState.ENDED
    assert lesson.sureness is Sureness.INFERRED


def test_a_start_days_later_does_not_make_an_instance_without_an_end_last_for_days() -> None:
    two_days = 2 * 24 * 60
    facts = [
        *(started(0, "A"), *stay(TEACHER, 0, 40, "A"), *stay(AHMED, 5, 40, "A")),
        *(started(two_days, "B"), ended(two_days + 1, "B")),
    ]
    lesson = folded(facts, as_of=two_days + 5)
    assert lesson.instances[0].ended_at == at(45)  # as planned
    assert lesson.actual == minutes(45 + 1)
    assert (lesson.teacher_present, lesson.taught) == (minutes(40), minutes(35))
    assert lesson.sureness is Sureness.INFERRED


def test_an_instance_without_an_end_lasts_past_the_plan_as_far_as_anything_is_known_of_it() -> None:
    facts = [started(0, "A"), joined(TEACHER, 0, "A"), *stay(AHMED, 5, 70, "A"), started(900, "B")]
    assert folded(facts, as_of=901).instances[0].ended_at == at(70)


def test_a_meeting_tried_out_the_day_before_does_not_last_until_the_class() -> None:
    day_before = -24 * 60
    facts = [started(day_before, "A"), started(0, "B"), ended(40, "B")]
    lesson = folded(facts)
    assert lesson.instances[0].ended_at == at(day_before + 45)
    assert lesson.actual == minutes(45 + 40)


def test_a_lesson_is_live_until_every_instance_has_ended() -> None:
    facts = [started(0, "A"), ended(20, "A"), started(25, "B")]
    assert folded(facts, as_of=30).state is MeetingState.LIVE
    assert folded(facts, as_of=30).ended_at is None
    assert folded([*facts, ended(45, "B")]).state is MeetingState.ENDED


def test_an_end_that_arrives_before_the_start_is_waited_for() -> None:
    known_first = folded([ended(40)])
    assert known_first.state is MeetingState.ENDED
    assert known_first.sureness is Sureness.INFERRED
    assert folded([ended(40), started(0)]).actual == minutes(40)


def test_a_start_that_another_event_states_counts_as_told() -> None:
    lesson = folded([*stay(TEACHER, 5, 30), ended(40, began=2)])
    assert lesson.began_at == at(2)
    assert not lesson.instances[0].inferred


def test_without_any_start_the_first_thing_known_is_the_start() -> None:
    lesson = folded([*stay(TEACHER, 0, 40), *stay(AHMED, 5, 30), ended(40)])
    assert lesson.began_at == at(0)
    assert lesson.instances[0].inferred
    assert lesson.sureness is Sureness.INFERRED


def test_an_end_before_its_start_makes_no_negative_time() -> None:
    lesson = folded([started(10), ended(5), *stay(AHMED, 0, 20)])
    assert lesson.actual == timedelta()
    assert lesson.instances[0].inferred


# While it runs


def test_while_live_stays_are_open_up_to_the_present_and_not_inferred() -> None:
    facts = [started(0), joined(TEACHER, 0), joined(AHMED, 5), *stay(BILAL, 5, 10)]
    lesson = folded(facts, as_of=20)
    (his,) = of("Ahmed", lesson).stays
    assert (his.left_at, his.open, his.inferred_leave) == (at(20), True, False)
    assert lesson.state is MeetingState.LIVE
    assert lesson.sureness is Sureness.COMPLETE
    assert lesson.here_now == 1
    assert lesson.taught == minutes(15)
    assert of("Bilal", lesson).left_early_by == timedelta()


def test_a_clock_behind_zooms_does_not_hide_what_zoom_told() -> None:
    lesson = folded([started(0), joined(TEACHER, 0), joined(AHMED, 5)], as_of=3)
    assert lesson.here_now == 1
    assert lesson.actual == minutes(5)


def test_without_a_present_a_running_lesson_lasts_to_the_last_thing_known() -> None:
    lesson = folded([started(0), joined(TEACHER, 0), joined(AHMED, 5), left(AHMED, 12)])
    assert lesson.state is MeetingState.LIVE
    assert lesson.actual == minutes(12)


def test_one_person_on_two_devices_is_here_once() -> None:
    account = Participant(display_name="Ahmed", user_id="7", zoom_user_id="ahmed")
    phone = replace(account, user_id="8")
    lesson = folded([started(0), joined(account, 1), joined(phone, 2)], as_of=10)
    assert lesson.here_now == 1


def test_a_class_that_goes_on_past_the_plan_is_counted_to_the_present_for_two_hours() -> None:
    facts = [started(0), joined(TEACHER, 0), joined(AHMED, 5)]
    lesson = folded(facts, as_of=45 + 120)
    assert (lesson.state, lesson.here_now) == (MeetingState.LIVE, 1)
    assert lesson.actual == minutes(45 + 120)


def test_two_hours_after_the_plan_a_class_of_which_nothing_is_heard_has_ended_as_planned() -> None:
    facts = [started(0), joined(TEACHER, 0), joined(AHMED, 5)]
    lesson = folded(facts, as_of=45 + 121)
    assert (lesson.state, lesson.here_now, lesson.ended_at) == (MeetingState.ENDED, 0, at(45))
    assert (lesson.actual, lesson.taught) == (minutes(45), minutes(40))
    assert lesson.instances[0].inferred
    assert lesson.sureness is Sureness.INFERRED


def test_what_is_heard_long_after_the_plan_keeps_a_class_going_for_two_hours_more() -> None:
    facts = [started(0), joined(TEACHER, 0), joined(AHMED, 5), left(AHMED, 300)]
    assert folded(facts, as_of=300 + 120).state is MeetingState.LIVE
    lesson = folded(facts, as_of=300 + 121)
    assert (lesson.state, lesson.actual) == (MeetingState.ENDED, minutes(300))


def test_a_class_of_which_no_more_will_be_known_ends_now_but_not_past_the_plan() -> None:
    facts = [started(0), joined(TEACHER, 0), joined(AHMED, 5)]
    for present, end in ((20, 20), (60, 45)):
        lesson = folded(facts, as_of=present, is_over=True)
        assert (lesson.state, lesson.ended_at, lesson.here_now) == (MeetingState.ENDED, at(end), 0)
        assert of("Ahmed", lesson).stays[0].inferred_leave
        assert lesson.instances[0].inferred


def test_what_has_ended_is_not_changed_by_there_being_no_more_to_know() -> None:
    facts = held(*stay(AHMED, 5, 35))
    assert folded(facts, as_of=50, is_over=True) == folded(facts)


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


# Late and early


def test_a_student_is_late_by_the_later_of_the_plan_and_the_real_start() -> None:
    facts: list[Fact] = [started(2), *stay(TEACHER, 2, 40), *stay(AHMED, 15, 40), ended(40)]
    lesson = folded(facts)
    assert of("Ahmed", lesson).late_by == minutes(13)
    assert of("Aisha", lesson).late_by == minutes(2)


def test_nobody_is_late_who_comes_early() -> None:
    facts: list[Fact] = [started(-10), *stay(TEACHER, -10, 45), *stay(AHMED, -5, 45), ended(45)]
    assert of("Ahmed", folded(facts)).late_by == timedelta()


def test_a_student_leaves_early_by_the_earlier_of_the_plan_and_the_real_end() -> None:
    lesson = folded(held(*stay(AHMED, 0, 30), *stay(BILAL, 0, 40)))
    assert of("Ahmed", lesson).left_early_by == minutes(10)
    assert of("Bilal", lesson).left_early_by == timedelta()
    assert of("Aisha", lesson).left_early_by == minutes(5)


def test_leaving_after_the_planned_end_is_not_early() -> None:
    facts: list[Fact] = [started(0), *stay(TEACHER, 0, 60), *stay(AHMED, 0, 50), ended(60)]
    assert of("Ahmed", folded(facts)).left_early_by == timedelta()


def test_going_away_and_coming_back_is_counted() -> None:
    facts = held(
        *stay(guest("Bilal", "7"), 0, 10),
        *stay(guest("Bilal", "8"), 12, 20),
        *stay(guest("Bilal", "9"), 25, 40),
    )
    assert of("Bilal", folded(facts)).returns == 2


def test_a_visit_within_a_second_is_no_return() -> None:
    facts = held(*stay(guest("Bilal", "7"), 0, 10), *stay(guest("Bilal", "8"), 15, 15))
    assert of("Bilal", folded(facts)).returns == 0


# How sure


def test_what_zoom_told_when_asked_is_reconciled() -> None:
    facts = [started(0), *stay(TEACHER, 0, 40), replace(ended(40), reconciled=True)]
    assert folded(facts).sureness is Sureness.RECONCILED


def test_what_is_still_filled_in_stays_inferred_even_when_zoom_was_asked() -> None:
    facts = [started(0), joined(AHMED, 0), replace(ended(40), reconciled=True)]
    assert folded(facts).sureness is Sureness.INFERRED


def test_seconds_and_their_parts_are_kept_exactly() -> None:
    tick = timedelta(seconds=1, microseconds=1)
    facts: list[Fact] = [
        started(0),
        Joined("A", SIX, TEACHER),
        Joined("A", SIX + tick, AHMED),
        Left("A", SIX + 3 * tick, AHMED),
        ended(40),
    ]
    assert of("Ahmed", folded(facts)).total == 2 * tick


def test_started_host_joined_a_guests_leave_without_a_join_and_ended() -> None:
    """As seen on a live account."""
    began = SIX.replace(hour=23, minute=55, second=56)
    over = began + timedelta(minutes=7, seconds=30)
    host = replace(TEACHER, user_id="62143101")
    visitor = guest("Invitada", "12344623")
    away = began + timedelta(minutes=5, seconds=29)
    lesson = fold(
        [
            replace(started(0), at=began),
            Joined("A", began, host, instance_started_at=began),
            Left("A", away, visitor, instance_started_at=began),
            replace(ended(0), at=over),
        ],
        host_ids={HOST_ID},
        planned=Planned(began, timedelta(minutes=30)),
        as_of=None,
    )
    assert lesson.actual == lesson.teacher_present == over - began
    assert lesson.taught == of("Invitada", lesson).total == away - began
    assert of("Aisha", lesson).stays[0].inferred_leave
    assert of("Invitada", lesson).stays[0].inferred_join
    assert lesson.sureness is Sureness.INFERRED
