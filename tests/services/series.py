"""A weekly class of Aisha's, how it stands here and at Zoom; for tests that change it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import update

from sandbox.zoom_control import Json
from sandbox.zoom_people import ZoomMeeting, ZoomPeople
from school.model import Planned, PostKind
from school.recurrence import parse_repeat
from services.changing import Wish
from services.classes import ClassOrder
from services.contents_for_teachers import AnswerCard
from services.office import Office
from services.people import Teacher
from services.posts import take_turn
from services.showing import showings
from storage import courses, meetings
from storage.courses import Lesson
from storage.meetings import Meeting
from storage.schema import post
from tests.services.teaching import BEGINNERS, made

CAIRO = ZoneInfo("Africa/Cairo")
LENGTH = timedelta(minutes=45)
BEFORE_SUMMER_TIME = datetime(2027, 4, 12, 8, 0, tzinfo=UTC)
"""A Monday; in Cairo the clocks go forward on Friday 30 April 2027."""
FIRST_FRIDAY = datetime(2027, 4, 16, 18, 0, tzinfo=CAIRO)
MONTH_OF_FRIDAYS = [
    datetime(2027, 4, 16, 16, 0, tzinfo=UTC),
    datetime(2027, 4, 23, 16, 0, tzinfo=UTC),
    datetime(2027, 4, 30, 15, 0, tzinfo=UTC),
    datetime(2027, 5, 7, 15, 0, tzinfo=UTC),
    datetime(2027, 5, 14, 15, 0, tzinfo=UTC),
]
"""18:00 in Cairo each time."""


async def made_series(
    office: Office,
    teacher: Teacher,
    repeat: str = "weekly x5",
    first_at: datetime = FIRST_FRIDAY,
    *chat_ids: int,
) -> int:
    """The first lesson of a new series."""
    wanted = ClassOrder(
        topic="Tajweed",
        planned=Planned(first_at.astimezone(UTC), LENGTH),
        chat_ids=chat_ids or (BEGINNERS.id,),
        request_key=f"series at {first_at}",
        repeat=parse_repeat(repeat, first=first_at.date()),
    )
    return await made(office, teacher, wanted)


async def lessons_with(office: Office, lesson_id: int) -> tuple[Lesson, ...]:
    """All of its course, soonest first."""
    async with office.database.reading() as tx:
        lesson = await courses.find_lesson(tx, lesson_id)
        assert lesson is not None
        return await courses.lessons_of_course(tx, lesson.course_id)


async def meetings_with(office: Office, lesson_id: int) -> tuple[Meeting, ...]:
    """All of its course, oldest first."""
    async with office.database.reading() as tx:
        lesson = await courses.find_lesson(tx, lesson_id)
        assert lesson is not None
        return await meetings.meetings_of_course(tx, lesson.course_id)


async def planned_here(office: Office, lesson_id: int) -> list[Planned]:
    """Where the open lessons of its course are."""
    return [one.planned for one in await lessons_with(office, lesson_id) if one.is_open]


async def wish(office: Office, teacher: Teacher, lesson_id: int, *, for_all: bool = False) -> Wish:
    """Of somebody who looks at the class as it is now."""
    (lesson, *_) = await lessons_with(office, lesson_id)
    async with office.database.reading() as tx:
        version = (await courses.get_course(tx, lesson.course_id)).version
    return Wish(teacher, lesson_id, version, for_all)


async def occurrences(meeting: ZoomMeeting) -> list[Json]:
    """The dates that are on at Zoom, soonest first."""
    shown = (await meeting.shown())["occurrences"]
    return sorted(
        (one for one in shown if one["status"] == "available"), key=lambda one: one["start_time"]
    )


async def planned_at_zoom(zoom: ZoomPeople) -> list[Planned]:
    """All that Zoom has planned in any meeting, soonest first."""
    found: list[Planned] = []
    for meeting in await zoom.meetings():
        shown = await meeting.shown()
        dates = await occurrences(meeting) if shown["type"] == 8 else [shown]
        found += [
            Planned(datetime.fromisoformat(one["start_time"]), timedelta(minutes=one["duration"]))
            for one in dates
        ]
    return sorted(found, key=lambda one: one.starts_at)


async def calls(zoom: ZoomPeople, endpoint: str) -> int:
    return int((await zoom.statistics()).get(f"calls.{endpoint}", 0))


async def show_cards(office: Office, lesson_id: int) -> None:
    """As the publisher leaves them, in every chat that is to have one."""
    async with office.database.writing() as tx:
        await tx.connection.execute(
            update(post)
            .where(post.c.lesson_id == lesson_id, post.c.kind == PostKind.CARD)
            .values(message_id=5, shown_version=post.c.wanted_version, due_at=None)
        )


async def answer(office: Office, lesson_id: int) -> AnswerCard:
    """The teacher's own card as it would be shown now."""
    async with office.database.writing() as tx:
        await tx.connection.execute(
            update(post)
            .where(post.c.lesson_id == lesson_id, post.c.kind == PostKind.ANSWER)
            .values(due_at=tx.now, lease_until=None, wanted_version=post.c.wanted_version + 1)
        )
    claims = (await take_turn(office, [], [], 100)).claims
    mine = [one for one in claims if (one.lesson_id, one.kind) == (lesson_id, PostKind.ANSWER)]
    (showing,) = await showings(office, mine)
    assert isinstance(showing.contents, AnswerCard)
    return showing.contents


def day(at: datetime) -> date:
    return at.astimezone(CAIRO).date()
