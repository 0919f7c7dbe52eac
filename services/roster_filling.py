"""A course's roster begins with who comes to its first lesson."""

from collections.abc import Collection
from dataclasses import replace

from school.attendance import LessonAttendance, Presence
from school.device_names import is_proper_name
from school.names import normalised_name
from storage import student_changes, students
from storage.courses import Lesson
from storage.database import Transaction


async def fill(
    tx: Transaction, lesson: Lesson, came: LessonAttendance, *, teacher_names: Collection[str]
) -> LessonAttendance:
    """Within a transaction, once a lesson is over: who came, now known as students.

    Only where nobody is on the roster yet, or none but by this lesson, of which Zoom may report
    more later. Names that no person bears are left to be asked about, so is the teacher's own.
    """
    if await students.has_roster_from_elsewhere(tx, lesson.course_id, lesson.planned.starts_at):
        return came
    own = {normalised_name(name) for name in teacher_names}
    presences = [await _added(tx, lesson, one, own) for one in came.presences]
    return replace(came, presences=tuple(presences))


async def _added(tx: Transaction, lesson: Lesson, one: Presence, own: Collection[str]) -> Presence:
    is_known = one.is_teacher or one.student_id is not None or one.ambiguous
    if (
        is_known
        or one.is_namesake
        or normalised_name(one.name) in own
        or not is_proper_name(one.name)
    ):
        return one
    starts_at = lesson.planned.starts_at
    student_id = await student_changes.add_student(
        tx, lesson.course_id, one.name, starts_at, one.keys
    )
    return replace(one, student_id=student_id)
