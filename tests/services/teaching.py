"""A teacher with a Zoom account and groups, and how their classes stand; for tests."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from sandbox.zoom_people import ZoomPerson
from school.model import Planned, PostKind
from services import groups
from services.classes import ClassOrder, create_class
from services.groups import GroupChat
from services.office import Office
from services.people import Teacher, TelegramUser, as_teacher
from storage import courses, meetings
from storage.courses import Course, Lesson
from storage.meetings import Meeting
from storage.schema import post
from tests.services.connections import connected
from tests.services.people_of_the_school import made_teacher

BEGINNERS = GroupChat(-1001, "supergroup", "Beginners A")
SISTERS = GroupChat(-1002, "supergroup", "Sisters")
TOMORROW_18 = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
"""18:00 in Addis Ababa, on the day after the one that test clocks stand at."""
PLANNED = Planned(TOMORROW_18, timedelta(minutes=45))


async def teacher_with(
    office: Office, user: TelegramUser, at_zoom: ZoomPerson | None, *linked: GroupChat
) -> Teacher:
    """The person, made a teacher, connected to that Zoom account, with those groups linked."""
    teacher = as_teacher(office, await made_teacher(office, user))
    if at_zoom is not None:
        await connected(office, user, at_zoom)
    for group in linked:
        await groups.link(office, teacher, group, administers=True)
    return teacher


def order(key: str = "update:1", planned: Planned = PLANNED, *chat_ids: int) -> ClassOrder:
    return ClassOrder("Tajweed", planned, chat_ids or (BEGINNERS.id,), key)


async def made(office: Office, teacher: Teacher, wanted: ClassOrder | None = None) -> int:
    """The lesson of a new class."""
    lesson_id = await create_class(office, teacher, wanted or order())
    assert lesson_id is not None
    return lesson_id


@dataclass(frozen=True, slots=True)
class Standing:
    """How a class stands, in the database."""

    lesson: Lesson
    course: Course
    meeting: Meeting
    posts: dict[tuple[PostKind, int], int]  # the wanted version by kind and chat


async def standing(office: Office, lesson_id: int) -> Standing:
    async with office.database.reading() as tx:
        lesson = await courses.find_lesson(tx, lesson_id)
        assert lesson is not None
        course = await courses.get_course(tx, lesson.course_id)
        meeting = await meetings.get_meeting(tx, lesson.meeting_row)
        rows = await tx.connection.execute(select(post).where(post.c.lesson_id == lesson_id))
        wanted = {(PostKind(row.kind), row.chat_id): row.wanted_version for row in rows}
    return Standing(lesson, course, meeting, wanted)
