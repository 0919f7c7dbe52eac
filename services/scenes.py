"""What every kind of post about a lesson starts from."""

from dataclasses import dataclass

from storage import attendance, courses, meetings, people
from storage.attendance import Outcome
from storage.courses import Course, Lesson
from storage.database import Transaction
from storage.meetings import Meeting
from storage.people import Person


@dataclass(frozen=True, slots=True)
class Scene:
    """A lesson with all that posts about it need to know."""

    lesson: Lesson
    course: Course
    meeting: Meeting
    teacher: Person
    outcome: Outcome
    announced_in: frozenset[int]  # the chats of its course

    @property
    def teacher_name(self) -> str | None:
        return None if self.teacher.telegram_user_id is None else self.teacher.name

    @property
    def join_url(self) -> str | None:
        """None while there is no meeting to join."""
        is_there = self.meeting.is_confirmed and not self.meeting.is_deleted
        return self.meeting.join_url if is_there and self.lesson.gone_at is None else None


async def scene_of(tx: Transaction, lesson_id: int) -> Scene:
    lesson = await courses.find_lesson(tx, lesson_id)
    assert lesson is not None, "a post's lesson stays"
    announced_in = await courses.chats_of_course(tx, lesson.course_id)
    return Scene(
        lesson=lesson,
        course=await courses.get_course(tx, lesson.course_id),
        meeting=await meetings.get_meeting(tx, lesson.meeting_row),
        teacher=await people.get_person(tx, lesson.teacher_id),
        outcome=await attendance.outcome_of(tx, lesson.id),
        announced_in=frozenset(one.id for one in announced_in),
    )
