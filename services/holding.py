"""In which meeting lessons are held: a new one, or again one that still has their date."""

from collections.abc import Sequence

from school.model import LessonState, PostKind
from school.recurrence import MOST_DATES_AT_ZOOM
from services.classes import new_reference
from services.news import TOLD
from storage import meetings, planning, posts
from storage.courses import Course, Lesson
from storage.database import Transaction


async def hold_in_new_meeting(
    tx: Transaction, course: Course, lessons: Sequence[Lesson], teacher_id: int | None = None
) -> int:
    """Within a transaction: the lessons get a meeting of their own, still to be made; its row."""
    host_id = teacher_id or lessons[0].teacher_id
    is_series = len(lessons) > 1 and course.repeat is not None
    row = await meetings.add_meeting(tx, course.id, host_id, new_reference(), is_series=is_series)
    ids = [one.id for one in lessons]
    await planning.hold_in(tx, ids, row, state=LessonState.CREATING, teacher_id=teacher_id)
    for one in lessons:
        await posts.bump(tx, one.id, (PostKind.CARD, PostKind.ANSWER, PostKind.GONE, *TOLD))
    return row


async def hold_anew(tx: Transaction, course: Course, lessons: Sequence[Lesson]) -> set[int]:
    """Each teacher's lessons get meetings on that teacher's account; the meetings' rows.

    A meeting has no more dates than Zoom plans at once.
    """
    in_order = sorted(lessons, key=lambda one: one.planned.starts_at)
    rows: set[int] = set()
    for who in {one.teacher_id for one in lessons}:
        own = [one for one in in_order if one.teacher_id == who]
        for start in range(0, len(own), MOST_DATES_AT_ZOOM):
            batch = own[start : start + MOST_DATES_AT_ZOOM]
            rows.add(await hold_in_new_meeting(tx, course, batch))
    return rows


async def back_where_it_was(
    tx: Transaction, lesson: Lesson, host_id: int | None = None
) -> int | None:
    """Held again in a meeting that still has its date at Zoom; that meeting's row, None if none.

    With `host_id`, only in one on that person's account. Whose account it is, gives the lesson.
    """
    for row in await meetings.meetings_with_dates_of(tx, [lesson.id]):
        meeting = await meetings.get_meeting(tx, row)
        if row == lesson.meeting_row or host_id not in {None, meeting.host_id}:
            continue
        if await meetings.take_back(tx, row):
            await planning.hold_in(
                tx, [lesson.id], row, state=LessonState.SCHEDULED, teacher_id=meeting.host_id
            )
            await posts.bump(tx, lesson.id, (PostKind.CARD, PostKind.ANSWER, *TOLD))
            return row
    return None
