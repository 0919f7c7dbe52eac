"""A course's plan in Zoom's words: the meeting to make, the series to plan anew."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import takewhile

from school.mirror import PlanAnew, Sitting
from school.model import SchoolProfile
from school.recurrence import Frequency, Repeat, starts
from storage.courses import Course, Lesson
from storage.meetings import Meeting
from zoom.models import MeetingChanges, NewMeeting
from zoom.recurrence import Recurrence, RecurrenceKind

_SCHOOL_IN_AGENDA = 100  # characters

_KINDS = {
    Frequency.DAILY: RecurrenceKind.DAILY,
    Frequency.WEEKLY: RecurrenceKind.WEEKLY,
    Frequency.MONTHLY: RecurrenceKind.MONTHLY,
}


def new_meeting(
    school: SchoolProfile, course: Course, meeting: Meeting, lessons: Sequence[Lesson]
) -> NewMeeting:
    """The meeting to be made for these lessons of a course, which are all still ahead."""
    first = min(lessons, key=lambda one: one.planned.starts_at)
    starts_at, recurrence = first.planned.starts_at, None
    if meeting.is_series:
        slots = [one.slot_at or one.planned.starts_at for one in lessons]
        starts_at = min(slots)
        recurrence = _recurrence(course, starts_at, max(slots))
    return NewMeeting(
        topic=course.topic or school.name,
        starts_at=starts_at,
        zone=course.zone,
        length=first.planned.length,
        agenda=f"{school.name[:_SCHOOL_IN_AGENDA]} · {meeting.reference}",
        join_before_host=False,
        recurrence=recurrence,
    )


def series_anew(course: Course, plan: PlanAnew) -> MeetingChanges:
    """The change that has Zoom plan a whole series again."""
    return MeetingChanges(
        starts_at=plan.first_slot_at,
        zone=course.zone,
        length=plan.length,
        recurrence=_recurrence(course, plan.first_slot_at, plan.last_slot_at),
    )


def sitting_of(lesson: Lesson, meeting: Meeting) -> Sitting:
    """A lesson as the mirror of a meeting sees it."""
    return Sitting(
        lesson_id=lesson.id,
        planned=lesson.planned,
        slot_at=lesson.slot_at,
        is_on=lesson.is_open and lesson.meeting_row == meeting.id,
    )


def _recurrence(course: Course, first_at: datetime, last_at: datetime) -> Recurrence:
    assert course.repeat is not None, "a series has a rule"
    repeat = replace(Repeat.from_text(course.repeat), count=None, until=None)
    local = first_at.astimezone(course.zone)
    dates = takewhile(
        lambda at: at <= last_at, starts(repeat, local.date(), local.time(), course.zone)
    )
    return Recurrence(
        kind=_KINDS[repeat.frequency],
        interval=repeat.interval,
        weekdays=frozenset(repeat.weekdays),
        monthly_day=local.day if repeat.frequency is Frequency.MONTHLY else None,
        times=max(1, sum(1 for _ in dates)),
    )


def whole_minutes(length: timedelta) -> timedelta:
    """As Zoom counts lengths."""
    return timedelta(minutes=-(-length // timedelta(minutes=1)))
