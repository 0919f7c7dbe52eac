"""Classes that are written down as if they had been made at Zoom."""

from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from zoneinfo import ZoneInfo

from benchmarks.stage import Stage
from main import utc_now
from school.mirror import Date
from school.model import Planned
from storage.database import Database, Transaction, new_id
from storage.meetings import add_meeting, keep_dates, keep_details
from storage.planning import NewCourse, add_course, add_lessons, schedule_lessons
from storage.sealing import DataKeys
from storage.settling import claim_meeting, confirm_meeting, release_meeting

_LENGTH = timedelta(minutes=45)


def database_of(stage: Stage) -> AbstractAsyncContextManager[Database]:
    """The program's own, opened anew."""
    keys = DataKeys.parse(stage.variables["DATA_KEY"])
    return Database.open(stage.variables["DATABASE_URL"], keys, utc_now)


async def know_classes(tx: Transaction, teacher_id: int, meeting_ids: Iterable[int]) -> None:
    """Classes of that teacher, all of which began half an hour ago."""
    for meeting_id in meeting_ids:
        await _know_class(tx, teacher_id, meeting_id)


async def _know_class(tx: Transaction, teacher_id: int, meeting_id: int) -> None:
    planned = Planned(tx.now - timedelta(minutes=30), _LENGTH)
    new = NewCourse(
        teacher_id=teacher_id,
        request_key=f"benchmark {meeting_id}",
        topic="Tajweed",
        zone=ZoneInfo("Africa/Addis_Ababa"),
        chat_ids=(),
    )
    course_id = await add_course(tx, new)
    row = await add_meeting(tx, course_id, teacher_id, f"B{meeting_id}", is_series=False)
    (lesson_id,) = await add_lessons(tx, course_id, row, teacher_id, [planned], is_series=False)
    token = new_id()
    await claim_meeting(tx, row, token, timedelta(minutes=1))
    await confirm_meeting(tx, row, meeting_id)
    await keep_details(tx, row, topic="Tajweed", join_url="https://zoom.example/j/1", passcode="1")
    await keep_dates(tx, row, [Date("", planned, lesson_id)])
    await schedule_lessons(tx, row)
    await release_meeting(tx, row, token, next_try_at=None, problem=None)
