"""Series that go on: Zoom plans at most 60 dates, so a follow-on meeting is made in time."""

import logging
from collections import Counter
from datetime import timedelta

from school.model import Planned
from school.recurrence import MOST_DATES_AT_ZOOM, Repeat, after
from services.classes import new_reference
from services.office import Office
from services.settling import settle
from storage import courses, meetings, planning
from storage.database import Transaction

log = logging.getLogger(__name__)

CONTINUED_BEFORE = timedelta(days=14)
"""So long before its last planned lesson a series is continued."""


async def continue_series(office: Office) -> int:
    """Plan the next lessons of every series that is about to run out; how many series."""
    async with office.database.writing() as tx:
        running_out = await courses.running_out(tx, tx.now + CONTINUED_BEFORE)
        rows = [row for one in running_out if (row := await _continued(tx, one)) is not None]
    for row in rows:
        await settle(office, row)
    return len(rows)


async def _continued(tx: Transaction, course_id: int) -> int | None:
    """The row of the follow-on meeting; None where the rule has no more dates."""
    course = await courses.get_course(tx, course_id)
    if course.repeat is None or course.anchor_at is None:
        return None
    lessons = await courses.lessons_of_course(tx, course_id)
    slots = [one.slot_at for one in lessons if one.slot_at is not None]
    repeat = Repeat.from_text(course.repeat)
    since = max(*slots, tx.now)  # what was missed in a long pause is not made up for
    dates = after(repeat, course.anchor_at, course.zone, since, MOST_DATES_AT_ZOOM)
    if not dates:
        return None
    lengths = Counter(one.planned.length for one in lessons)
    length = lengths.most_common(1)[0][0]
    row = await meetings.add_meeting(
        tx, course_id, course.teacher_id, new_reference(), is_series=len(dates) > 1
    )
    planned = [Planned(at, length) for at in dates]
    await planning.add_lessons(tx, course_id, row, course.teacher_id, planned, is_series=True)
    log.info("course %d is continued by %d lessons", course_id, len(dates))
    return row
