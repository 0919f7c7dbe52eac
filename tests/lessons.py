"""Classes in the database as they would be after their creation, for tests that need one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update

from school.mirror import Date
from school.model import LessonState, Planned, PostKind
from services.office import Office
from services.people import TelegramUser
from storage import chats, meetings, planning, posts, settling
from storage.database import Transaction, new_id
from storage.planning import NewCourse
from storage.schema import lesson, meeting, post, presence
from tests.services.people_of_the_school import AISHA, made_teacher

ADDIS_ABABA = ZoneInfo("Africa/Addis_Ababa")


@dataclass(frozen=True, slots=True)
class MadeClass:
    course_id: int
    lesson_id: int
    planned: Planned
    meeting_id: int  # Zoom's number
    meeting_row: int


async def made_class(
    office: Office,
    groups: dict[int, str],
    *,
    teacher: TelegramUser = AISHA,
    topic: str = "Tajweed",
    starts_at: datetime | None = None,
    meeting_id: int | None = None,
) -> MadeClass:
    """Tomorrow at the present hour if not said; announced to no chat yet; its groups are linked."""
    caller = await made_teacher(office, teacher)
    assert caller.person_id is not None
    starts_at = starts_at or office.clock() + timedelta(days=1)
    planned = Planned(starts_at, timedelta(minutes=45))
    meeting_id = meeting_id or new_id() % 10**11
    async with office.database.writing() as tx:
        for chat_id, title in groups.items():
            await chats.remember_chat(tx, chat_id, "supergroup", title)
            await chats.link_chat(tx, chat_id, caller.person_id)
        await chats.remember_chat(tx, teacher.id, "private")
        course_id = await planning.add_course(
            tx,
            NewCourse(
                teacher_id=caller.person_id,
                request_key=f"test {meeting_id}",
                topic=topic,
                zone=ADDIS_ABABA,
                chat_ids=tuple(groups),
            ),
        )
        row = await meetings.add_meeting(
            tx, course_id, caller.person_id, f"REF{meeting_id}", is_series=False
        )
        (lesson_id,) = await planning.add_lessons(
            tx, course_id, row, caller.person_id, [planned], is_series=False
        )
        await settling.confirm_meeting(tx, row, meeting_id)
        await meetings.keep_details(
            tx, row, topic=topic, join_url=f"https://zoom.us/j/{meeting_id}", passcode="123456"
        )
        await meetings.keep_dates(tx, row, [Date("", planned, lesson_id)])
        await planning.schedule_lessons(tx, row)
        await tx.connection.execute(
            update(meeting).where(meeting.c.id == row).values(next_try_at=None)
        )
    return MadeClass(course_id, lesson_id, planned, meeting_id, row)


async def add_lesson(office: Office, made: MadeClass, starts_at: datetime) -> int:
    """One more sitting of the same course."""
    async with office.database.writing() as tx:
        found = await tx.connection.execute(select(lesson).where(lesson.c.id == made.lesson_id))
        row = dict(found.mappings().one())
        row |= {"id": new_id(), "starts_at": starts_at}
        await tx.connection.execute(insert(lesson).values(row))
    return int(row["id"])


async def announce(office: Office, made: MadeClass, *chat_ids: int) -> None:
    """Have the class card shown in these chats."""
    async with office.database.writing() as tx:
        for chat_id in chat_ids:
            await posts.want(tx, PostKind.CARD, made.lesson_id, chat_id)
    office.bell.posts.ring()


async def set_state(tx: Transaction, lesson_id: int, state: LessonState, **values: object) -> None:
    await tx.connection.execute(
        update(lesson).where(lesson.c.id == lesson_id).values(state=state, **values)
    )


async def add_students(tx: Transaction, made: MadeClass, *, count: int) -> None:
    """So many were in the lesson from its start to its end."""
    names = [f"Student {ordinal:03}" for ordinal in range(count)]
    row = {
        "lesson_id": made.lesson_id,
        "is_teacher": False,
        "seconds": 45 * 60,
        "taught_seconds": 40 * 60,
        "first_joined_at": made.planned.starts_at,
        "last_left_at": made.planned.ends_at,
        "late_seconds": 0,
        "left_early_seconds": 0,
        "returns": 0,
        "inferred": False,
        "overlapping": False,
        "ambiguous": False,
    }
    for ordinal, name in enumerate(names):
        row_id = f"{made.lesson_id}:{ordinal}"
        sealed = tx.vault.seal("presence", "sealed_name", row_id, name)
        values = row | {"ordinal": ordinal, "sealed_name": sealed}
        await tx.connection.execute(insert(presence).values(values))


async def add_bare_post(
    tx: Transaction, kind: PostKind, lesson_id: int, chat_id: int, **values: object
) -> int:
    """A post as an earlier run may have left it."""
    post_id = new_id()
    row = {"id": post_id, "kind": kind, "lesson_id": lesson_id, "chat_id": chat_id, **values}
    await tx.connection.execute(insert(post).values(row))
    return post_id
