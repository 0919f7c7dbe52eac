"""Where the lessons of a series go when the whole of it is moved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from school.model import LessonState
from school.recurrence import Repeat, shifted, starts
from school.schedule import check_future, local_moment
from storage.courses import Course, Lesson


@dataclass(frozen=True, slots=True)
class MovedSeries:
    """`slots_off`: where the rule now puts the lessons that are off, so that Zoom drops those."""

    lessons: tuple[tuple[Lesson, datetime], ...]
    slots_off: Mapping[int, datetime]
    rule: str | None
    anchor_at: datetime | None


def moved_series(
    course: Course, chosen: Lesson, lessons: Sequence[Lesson], to: datetime, now: datetime
) -> MovedSeries:
    """Where each lesson ahead goes when `chosen` goes to `to`, and the rule from then on."""
    # One that was put off from a day that has passed is no longer moved with the others.
    ahead = [
        one
        for one in lessons
        if one.is_open and one.planned.starts_at > now
        if one == chosen or not one.slot_at or one.slot_at > now
    ]
    targets = tuple((one, _moved(one, course, chosen, to)) for one in ahead)
    for _, target in targets:
        check_future(target, now=now, zone=course.zone)
    off = {
        one.id: _moved(one, course, chosen, to)
        for one in lessons
        if one.state is LessonState.CANCELLED and one.slot_at and one.slot_at > now
    }
    if course.repeat is None or course.anchor_at is None or not targets:
        return MovedSeries(targets, off, course.repeat, course.anchor_at)
    first = min(target for _, target in targets)
    repeat = _remaining(course, min(one.slot_at or one.planned.starts_at for one in ahead))
    before = min(_local_day(one, course) for one in ahead)
    rule = shifted(repeat, _days(course, chosen, to), before)
    return MovedSeries(targets, off, rule.to_text(), first)


def _moved(one: Lesson, course: Course, chosen: Lesson, to: datetime) -> datetime:
    """Where a lesson goes with its series when `chosen` goes to `to`."""
    on = _local_day(one, course) + timedelta(days=_days(course, chosen, to))
    return local_moment(on, to.astimezone(course.zone).time(), course.zone)


def _days(course: Course, chosen: Lesson, to: datetime) -> int:
    return (to.astimezone(course.zone).date() - _local_day(chosen, course)).days


def _remaining(course: Course, since: datetime) -> Repeat:
    """The course's rule without the dates before `since`."""
    assert course.repeat is not None
    assert course.anchor_at is not None
    repeat = Repeat.from_text(course.repeat)
    if repeat.count is None:
        return repeat
    local = course.anchor_at.astimezone(course.zone)
    gone = sum(1 for at in starts(repeat, local.date(), local.time(), course.zone) if at < since)
    return replace(repeat, count=max(1, repeat.count - gone))


def _local_day(lesson: Lesson, course: Course) -> date:
    """The day that the rule put it on, or else the one it is planned for."""
    return (lesson.slot_at or lesson.planned.starts_at).astimezone(course.zone).date()
