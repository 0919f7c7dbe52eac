"""Whether the day, the time and the repeat of a form can be so."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from school import schedule
from school.errors import NotUnderstood
from school.recurrence import MOST_DATES_AT_ZOOM, Repeat, check_repeat, days, following_day
from school.text import Moment
from services.office import Office
from services.people import Teacher
from storage.class_forms import ClassForm

_FARTHEST = timedelta(days=2 * 365)


def checked(
    office: Office, teacher: Teacher, form: ClassForm
) -> tuple[ClassForm, schedule.HasPassed | None]:
    """The form, without its day where that time is over.

    Raises NotUnderstood for a time that the clocks skip that day, a day too far ahead, or a
    repeat that has no dates from there on.
    """
    now = office.clock()
    if form.day is not None and form.day > (now + _FARTHEST).date():
        raise NotUnderstood("That is too far ahead. Choose a day within two years.")
    if form.day is not None and form.repeat is not None:
        check_repeat(form.repeat, first=form.day)
    day = form.first_day
    if day is None or form.time is None:
        return form, None
    starts = schedule.resolve(day, form.time, teacher.zone)
    try:
        schedule.check_future(starts.at, now=now, zone=teacher.zone)
    except schedule.HasPassed as passed:
        rather = form.repeat and _next_of_series(form.repeat, day, form.time, teacher.zone, now)
        return replace(form, day=None), rather or passed
    return form, None


def _next_of_series(
    repeat: Repeat, day: date, at: time, zone: ZoneInfo, now: datetime
) -> schedule.HasPassed:
    """The time of a series' first class is over; what could be the first one instead."""
    later = day
    while (starts_at := schedule.local_moment(later, at, zone)) <= now:
        later = following_day(repeat, later)
    return schedule.HasPassed(
        "{day} at {time} has passed. Begin on {suggested_day}?",
        Moment(starts_at, zone),
        day=day,
        time=at,
        suggested_day=later,
    )


def skipped_on(repeat: Repeat | None, first: date, at: time, zone: ZoneInfo) -> date | None:
    """The first day of a series, among those planned at once, on which clocks skip its time."""
    if repeat is None:
        return None
    for day in islice(days(repeat, first), MOST_DATES_AT_ZOOM):
        if schedule.local_moment(day, at, zone).astimezone(zone).time() != at:
            return day
    return None
