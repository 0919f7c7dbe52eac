"""The rules of attendance: when a lesson was on, whatever became of its meetings."""

from dataclasses import replace
from datetime import timedelta

from school.attendance import MeetingState, Participant, Sureness
from tests.school.meetings import (
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
