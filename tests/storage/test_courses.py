"""Courses and lessons in the database, and who settles them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from school.model import LessonState, Planned
from storage import courses, settling
from storage.chats import link_chat, remember_chat
from storage.courses import NewCourse
from storage.database import Database, Transaction
from storage.schema import course
from tests.clocks import SettableClock
from tests.storage.rows import add_person

LEASE = timedelta(minutes=3)
STARTS = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


def new(teacher_id: int, key: str = "u1", topic: str = "Tajweed") -> NewCourse:
    return NewCourse(
        teacher_id=teacher_id,
        request_key=key,
        reference=f"R{key}",
        topic=topic,
        zone=ZoneInfo("Africa/Addis_Ababa"),
        planned=Planned(STARTS, timedelta(minutes=45)),
        chat_ids=(-1,),
    )


async def with_course(tx: Transaction, key: str = "u1") -> tuple[int, int, int]:
    """A teacher, their course and its lesson."""
    teacher_id = await add_person(tx, "Aisha")
    await remember_chat(tx, -1, "supergroup", "Beginners A")
    await link_chat(tx, -1, teacher_id)
    return teacher_id, *await courses.add_course(tx, new(teacher_id, key))


async def test_a_course_is_read_as_it_was_written(database: Database) -> None:
    async with database.writing() as tx:
        teacher_id, course_id, lesson_id = await with_course(tx)
        found = await courses.find_course(tx, course_id)
        lesson = await courses.find_lesson(tx, lesson_id)
        (chat,) = await courses.chats_of_course(tx, course_id)
        assert await courses.course_of_request(tx, "u1") == found
        assert await courses.course_of_request(tx, "u2") is None
    assert found is not None
    assert lesson is not None
    assert (found.topic, found.zone.key, found.attempts) == ("Tajweed", "Africa/Addis_Ababa", 0)
    assert (found.is_confirmed, found.is_discarded, found.join_url) == (False, False, None)
    assert (lesson.state, lesson.planned) == (
        LessonState.CREATING,
        Planned(STARTS, timedelta(minutes=45)),
    )
    assert (lesson.teacher_id, chat.title) == (teacher_id, "Beginners A")


async def test_one_request_has_one_course(database: Database) -> None:
    async with database.writing() as tx:
        teacher_id, _, _ = await with_course(tx)
    async with database.writing() as tx:
        with pytest.raises(IntegrityError):
            await courses.add_course(tx, new(teacher_id))


async def test_topic_and_links_are_sealed(database: Database) -> None:
    async with database.writing() as tx:
        _, course_id, _ = await with_course(tx)
        await settling.confirm_course(
            tx, course_id, meeting_id=1, join_url="https://zoom.example/j/1", passcode="secret"
        )
        row = (await tx.connection.execute(select(course))).one()
    for plain in (b"Tajweed", b"zoom.example", b"secret"):
        assert not any(
            plain in value for value in row._mapping.values() if isinstance(value, bytes)
        )


async def test_a_second_meeting_is_not_taken_and_the_same_one_is(database: Database) -> None:
    links = {"join_url": "https://zoom.example/j/1", "passcode": ""}
    async with database.writing() as tx:
        _, course_id, lesson_id = await with_course(tx)
        assert await settling.confirm_course(tx, course_id, meeting_id=1, **links)
        assert not await settling.confirm_course(tx, course_id, meeting_id=2, **links)
        assert await settling.confirm_course(tx, course_id, meeting_id=1, **links)
        lesson = await courses.find_lesson(tx, lesson_id)
        await settling.mark_deleted(tx, course_id)
        assert not await settling.confirm_course(tx, course_id, meeting_id=1, **links)
    assert lesson is not None
    assert lesson.state is LessonState.SCHEDULED


async def test_a_discarded_course_stays_cancelled_when_its_meeting_comes_late(
    database: Database,
) -> None:
    async with database.writing() as tx:
        _, course_id, lesson_id = await with_course(tx)
        await courses.discard_course(tx, course_id)
        await settling.confirm_course(tx, course_id, meeting_id=1, join_url="u", passcode="")
        lesson = await courses.find_lesson(tx, lesson_id)
    assert lesson is not None
    assert lesson.state is LessonState.CANCELLED


async def test_a_lease_keeps_others_out_until_it_ends(
    database: Database, clock: SettableClock
) -> None:
    async with database.writing() as tx:
        _, course_id, _ = await with_course(tx)
        assert await settling.due_courses(tx) == (course_id,)
        assert await settling.claim_course(tx, course_id, 1, LEASE) is not None
        assert await settling.claim_course(tx, course_id, 2, LEASE) is None
        assert await settling.due_courses(tx) == ()
    clock.forward(LEASE)
    async with database.writing() as tx:
        assert await settling.due_courses(tx) == (course_id,)
        assert await settling.claim_course(tx, course_id, 2, LEASE) is not None
        await settling.count_attempt(tx, course_id)
        # Whoever had it before no longer decides anything.
        await settling.uncount_attempt(tx, course_id, 1)
        await settling.release_course(tx, course_id, 1, next_try_at=None, problem="refused")
        found = await courses.find_course(tx, course_id)
        assert found is not None
        assert (found.attempts, found.last_problem) == (1, None)
        await settling.release_course(tx, course_id, 2, next_try_at=None, problem="refused")
        assert await settling.due_courses(tx) == ()


async def test_waking_a_teachers_courses_wakes_those_that_wait_and_no_others(
    database: Database,
) -> None:
    async with database.writing() as tx:
        teacher_id, mine, _ = await with_course(tx, "u1")
        _, anothers, _ = await with_course(tx, "u2")
        for course_id in (mine, anothers):
            await settling.claim_course(tx, course_id, 1, LEASE)
            await settling.release_course(tx, course_id, 1, next_try_at=None, problem="reconnect")
        await courses.wake_courses(tx, teacher_id)
        assert await settling.due_courses(tx) == (mine,)


async def test_of_a_teachers_lessons_those_are_given_that_are_on_in_a_time(
    database: Database,
) -> None:
    ends = STARTS + timedelta(minutes=45)
    async with database.writing() as tx:
        teacher_id, course_id, lesson_id = await with_course(tx)

        async def between(since: datetime, until: datetime | None = None) -> list[int]:
            found = await courses.lessons_of_teacher(tx, teacher_id, since, until)
            return [lesson.id for lesson, _ in found]

        assert await between(STARTS - timedelta(days=30)) == [lesson_id]
        assert await between(ends - timedelta(seconds=1)) == [lesson_id]
        assert await between(ends) == []
        assert await between(STARTS, STARTS) == []
        assert await courses.lessons_of_teacher(tx, teacher_id + 1, STARTS) == ()
        await courses.discard_course(tx, course_id)
        assert await between(STARTS) == []


async def test_recent_topics_come_newest_first_each_once(
    database: Database, clock: SettableClock
) -> None:
    async with database.writing() as tx:
        teacher_id, _, _ = await with_course(tx)
    for number, topic in enumerate(("Fiqh", "Hadith", "Fiqh", "Seerah", "Arabic")):
        clock.forward(timedelta(hours=1))
        async with database.writing() as tx:
            await courses.add_course(tx, new(teacher_id, f"k{number}", topic))
    async with database.reading() as tx:
        recent = await courses.recent_topics(tx, teacher_id)
    assert list(recent.values()) == ["Arabic", "Seerah", "Fiqh", "Hadith"]
