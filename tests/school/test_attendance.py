"""The rules of attendance, one by one."""

from dataclasses import replace
from datetime import timedelta

from school.attendance import Fact, Joined, Left, MeetingState, Participant, Place, Sureness, fold
from school.model import Planned
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


# Late and early


def test_a_student_is_late_by_the_later_of_the_plan_and_the_real_start() -> None:
    facts: list[Fact] = [started(2), *stay(TEACHER, 2, 40), *stay(AHMED, 15, 40), ended(40)]
    lesson = folded(facts)
    assert of("Ahmed", lesson).late_by == minutes(13)
    assert of("Aisha", lesson).late_by == minutes(2)


def test_nobody_is_late_who_comes_early() -> None:
    facts: list[Fact] = [started(-10), *stay(TEACHER, -10, 45), *stay(AHMED, -5, 45), ended(45)]
    assert of("Ahmed", folded(facts)).late_by == timedelta()


def test_an_early_look_at_the_link_makes_nobody_be_on_time() -> None:
    """Looked in -60 to -59, came at 20: 20 min late; Ahmed at 23 missed 3 min of what was on."""
    looked = [started(-60), *stay(TEACHER, -60, -59), *stay(AHMED, -60, -59), ended(-59)]
    came = [started(20, "B"), *stay(TEACHER, 20, 45, "B"), *stay(AHMED, 23, 45, "B")]
    lesson = folded([*looked, *came, *stay(BILAL, 20, 45, "B"), ended(45, "B")])
    assert lesson.teacher_late_by == of("Aisha", lesson).late_by == minutes(20)
    assert of("Ahmed", lesson).late_by == minutes(3)
    assert of("Bilal", lesson).late_by == timedelta()


def test_a_student_who_looks_in_early_is_late_where_the_meeting_was_on_all_the_time() -> None:
    """On from -30; Ahmed looks in -20 to -18 and comes at 12: 12 min after the planned start."""
    looked = [*stay(replace(AHMED, user_id="7"), -20, -18), *stay(AHMED, 12, 45)]
    lesson = folded([started(-30), *stay(TEACHER, -30, 45), *looked, ended(45)])
    assert of("Ahmed", lesson).late_by == minutes(12)
    assert lesson.teacher_late_by == timedelta()


def test_a_look_with_another_account_makes_no_teacher_be_on_time() -> None:
    """The first account only looked in at -60; the second, which teaches, comes at 20."""
    second = replace(guest("Aisha"), zoom_user_id="her other account")
    lesson = fold(
        [started(-60), *stay(TEACHER, -60, -59), *stay(second, 20, 45), ended(45)],
        host_ids={HOST_ID, "her other account"},
        planned=PLANNED,
        as_of=None,
    )
    assert lesson.teacher_late_by == minutes(20)


def test_who_was_there_at_the_planned_start_is_on_time_whatever_came_before_and_after() -> None:
    """-30 to -29, -1 to 5, 10 to 45: there at 0."""
    parts = [(-30, -29, "A"), (-1, 5, "B"), (10, 45, "C")]
    facts: list[Fact] = []
    for since, until, uuid in parts:
        facts += [started(since, uuid), *stay(TEACHER, since, until, uuid), ended(until, uuid)]
    assert folded(facts).teacher_late_by == timedelta()
    # Gone in the very moment it was to begin, and back at 10: that is when the teacher came.
    gone = [started(-30), *stay(TEACHER, -30, 0), *stay(replace(TEACHER, user_id="2"), 10, 45)]
    assert folded([*gone, ended(45)]).teacher_late_by == minutes(10)


def test_who_holds_a_class_wholly_before_its_time_is_not_late() -> None:
    lesson = folded([started(-90), *stay(TEACHER, -90, -50), *stay(AHMED, -85, -50), ended(-50)])
    assert lesson.teacher_late_by == of("Ahmed", lesson).late_by == timedelta()


def test_where_nothing_is_told_of_the_host_an_early_opening_is_no_coming_either() -> None:
    """On -60 to -59 and 20 to 45: taken to be there throughout, so 20 min late."""
    facts = [started(-60), ended(-59), started(20, "B"), *stay(AHMED, 20, 45, "B"), ended(45, "B")]
    lesson = folded(facts)
    assert (lesson.teacher_late_by, lesson.teacher_waited) == (minutes(20), minutes(25))
    assert of("Ahmed", lesson).late_by == timedelta()


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
