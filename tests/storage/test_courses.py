"""Courses, their meetings and lessons in the database, and who settles them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from school.mirror import Date
from school.model import LessonState, Planned
from storage import courses, meetings, planning, settling, timetables
from storage.chats import link_chat, remember_chat
from storage.courses import Lesson
from storage.database import Database, Transaction
from storage.planning import NewCourse
from storage.schema import course, meeting
from tests.clocks import SettableClock
from tests.storage.rows import add_person

LEASE = timedelta(minutes=3)
STARTS = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
PLANNED = Planned(STARTS, timedelta(minutes=45))
WEEK = timedelta(days=7)


def new(teacher_id: int, key: str = "u1", topic: str = "Tajweed") -> NewCourse:
    return NewCourse(
        teacher_id=teacher_id,
        request_key=key,
        topic=topic,
        zone=ZoneInfo("Africa/Addis_Ababa"),
        chat_ids=(-1,),
    )


async def with_course(tx: Transaction, key: str = "u1") -> tuple[int, int, int]:
    """A teacher, their course and the row of its meeting, which is to be made; one lesson."""
    teacher_id = await add_person(tx, "Aisha")
    await remember_chat(tx, -1, "supergroup", "Beginners A")
    await link_chat(tx, -1, teacher_id)
    course_id = await planning.add_course(tx, new(teacher_id, key))
    row = await meetings.add_meeting(tx, course_id, teacher_id, f"R{key}", is_series=False)
    await planning.add_lessons(tx, course_id, row, teacher_id, [PLANNED], is_series=False)
    return teacher_id, course_id, row


async def lesson_in(tx: Transaction, meeting_row: int) -> Lesson:
    (lesson,) = await courses.lessons_in_meeting(tx, meeting_row)
    return lesson


async def test_a_course_is_read_as_it_was_written(database: Database) -> None:
    async with database.writing() as tx:
        teacher_id, course_id, row = await with_course(tx)
        found = await courses.get_course(tx, course_id)
        lesson = await lesson_in(tx, row)
        its_meeting = await meetings.get_meeting(tx, row)
        (chat,) = await courses.chats_of_course(tx, course_id)
        assert await courses.course_of_request(tx, "u1") == found
        assert await courses.course_of_request(tx, "u2") is None
        assert await courses.lessons_of_course(tx, course_id) == (lesson,)
        assert await meetings.meetings_of_course(tx, course_id) == (its_meeting,)
    assert (found.topic, found.zone.key, found.version) == ("Tajweed", "Africa/Addis_Ababa", 1)
    assert (found.repeat, found.anchor_at, found.has_ended) == (None, None, False)
    assert (its_meeting.host_id, its_meeting.attempts) == (teacher_id, 0)
    assert (its_meeting.is_confirmed, its_meeting.is_discarded) == (False, False)
    assert (its_meeting.meeting_id, its_meeting.join_url) == (None, None)
    assert (lesson.state, lesson.planned, lesson.slot_at) == (LessonState.CREATING, PLANNED, None)
    assert (lesson.teacher_id, chat.title) == (teacher_id, "Beginners A")


async def test_one_request_has_one_course(database: Database) -> None:
    async with database.writing() as tx:
        teacher_id, _, _ = await with_course(tx)
    async with database.writing() as tx:
        with pytest.raises(IntegrityError):
            await planning.add_course(tx, new(teacher_id))


async def test_topic_and_links_are_sealed(database: Database) -> None:
    async with database.writing() as tx:
        _, _, row = await with_course(tx)
        await meetings.keep_details(
            tx, row, topic="Tajweed", join_url="https://zoom.example/j/1", passcode="secret"
        )
        known = await meetings.get_meeting(tx, row)
        rows = [(await tx.connection.execute(select(table))).one() for table in (course, meeting)]
    assert (known.topic, known.join_url, known.passcode) == (
        "Tajweed",
        "https://zoom.example/j/1",
        "secret",
    )
    values = [value for one in rows for value in one._mapping.values()]
    for plain in (b"Tajweed", b"zoom.example", b"secret"):
        assert not any(plain in value for value in values if isinstance(value, bytes))


async def test_a_second_meeting_is_not_taken_and_the_same_one_is(database: Database) -> None:
    async with database.writing() as tx:
        _, _, row = await with_course(tx)
        assert await settling.confirm_meeting(tx, row, 1)
        assert not await settling.confirm_meeting(tx, row, 2)
        assert await settling.confirm_meeting(tx, row, 1)
        await planning.schedule_lessons(tx, row)
        lesson = await lesson_in(tx, row)
        await settling.mark_deleted(tx, row)
        assert not await settling.confirm_meeting(tx, row, 1)
    assert lesson.state is LessonState.SCHEDULED


async def test_a_lesson_that_is_off_stays_so_when_its_meeting_comes_late(
    database: Database,
) -> None:
    async with database.writing() as tx:
        _, _, row = await with_course(tx)
        await planning.cancel_lessons(tx, [(await lesson_in(tx, row)).id])
        assert await meetings.discard_if_idle(tx, row)
        assert await settling.confirm_meeting(tx, row, 1)
        await planning.schedule_lessons(tx, row)
        lesson = await lesson_in(tx, row)
        assert (await meetings.get_meeting(tx, row)).is_discarded
    assert lesson.state is LessonState.CANCELLED


async def test_a_meeting_that_a_lesson_is_still_to_be_held_in_is_not_discarded(
    database: Database,
) -> None:
    async with database.writing() as tx:
        teacher_id, course_id, row = await with_course(tx)
        later = Planned(STARTS + WEEK, PLANNED.length)
        await planning.add_lessons(tx, course_id, row, teacher_id, [later], is_series=False)
        first, second = await courses.lessons_in_meeting(tx, row)
        await planning.cancel_lessons(tx, [first.id])
        assert not await meetings.discard_if_idle(tx, row)
        await planning.cancel_lessons(tx, [second.id])
        assert await meetings.discard_if_idle(tx, row)


async def test_a_discarded_meeting_is_taken_back_only_while_nobody_may_be_deleting_it(
    database: Database, clock: SettableClock
) -> None:
    async with database.writing() as tx:
        _, _, row = await with_course(tx)
        await meetings.discard_meeting(tx, row)
        await settling.claim_meeting(tx, row, 1, LEASE)
        assert not await meetings.take_back(tx, row)
    clock.forward(LEASE)
    async with database.writing() as tx:
        assert await meetings.take_back(tx, row)
        assert not (await meetings.get_meeting(tx, row)).is_discarded
        await settling.mark_deleted(tx, row)
        assert not await meetings.take_back(tx, row)


async def test_what_zoom_has_is_known_by_date(database: Database) -> None:
    async with database.writing() as tx:
        _, _, row = await with_course(tx)
        lesson = await lesson_in(tx, row)
        first = Date("1", PLANNED, lesson.id)
        unknown = Date("2", Planned(STARTS + WEEK, PLANNED.length))
        await meetings.keep_dates(tx, row, [unknown, first])
        assert await meetings.dates_of(tx, row) == (first, unknown)
        assert await meetings.has_date(tx, lesson.id, row)
        assert await meetings.meetings_with_dates_of(tx, [lesson.id]) == (row,)
        later = Planned(STARTS + 2 * WEEK, 2 * PLANNED.length)
        await meetings.keep_date(tx, row, "1", later)
        assert await meetings.dates_of(tx, row) == (unknown, Date("1", later, lesson.id))
        await meetings.drop_date(tx, row, "1")
        assert await meetings.dates_of(tx, row) == (unknown,)
        await meetings.keep_dates(tx, row, [])
        assert await meetings.dates_of(tx, row) == ()
        assert not await meetings.has_date(tx, lesson.id, row)


async def test_a_meeting_is_looked_at_when_its_time_has_come_or_zoom_says_so(
    database: Database, clock: SettableClock
) -> None:
    async with database.writing() as tx:
        _, _, row = await with_course(tx)
        await meetings.look_next(tx, row, tx.now)
        assert await meetings.due_looks(tx) == ()  # it does not exist yet
        await settling.confirm_meeting(tx, row, 1)
        assert await meetings.due_looks(tx) == (row,)
        await meetings.look_next(tx, row, tx.now + LEASE)
        assert await meetings.due_looks(tx) == ()
    clock.forward(LEASE)
    async with database.writing() as tx:
        assert await meetings.due_looks(tx) == (row,)
        await meetings.look_next(tx, row, None)
        assert await meetings.due_looks(tx) == ()
        assert await meetings.look_now(tx, 1)
        assert not await meetings.look_now(tx, 2)
        assert await meetings.due_looks(tx) == (row,)
        await settling.claim_meeting(tx, row, 1, LEASE)
        assert await meetings.due_looks(tx) == ()
        await settling.give_back(tx, row, 1)
        await settling.mark_deleted(tx, row)
        assert not await meetings.look_now(tx, 1)
        assert await meetings.due_looks(tx) == ()


async def test_a_lease_keeps_others_out_until_it_ends(
    database: Database, clock: SettableClock
) -> None:
    async with database.writing() as tx:
        _, _, row = await with_course(tx)
        assert await settling.due_meetings(tx) == (row,)
        assert await settling.claim_meeting(tx, row, 1, LEASE) is not None
        assert await settling.claim_meeting(tx, row, 2, LEASE) is None
        assert await settling.due_meetings(tx) == ()
    clock.forward(LEASE)
    async with database.writing() as tx:
        assert await settling.due_meetings(tx) == (row,)
        assert await settling.claim_meeting(tx, row, 2, LEASE) is not None
        await settling.count_attempt(tx, row)
        # Whoever had it before no longer decides anything.
        await settling.uncount_attempt(tx, row, 1)
        await settling.release_meeting(tx, row, 1, next_try_at=None, problem="refused")
        found = await meetings.get_meeting(tx, row)
        assert (found.attempts, found.last_problem) == (1, None)
        await settling.release_meeting(tx, row, 2, next_try_at=None, problem="refused")
        assert await settling.due_meetings(tx) == ()


async def test_waking_a_teachers_meetings_wakes_those_that_wait_and_no_others(
    database: Database,
) -> None:
    async with database.writing() as tx:
        teacher_id, _, mine = await with_course(tx, "u1")
        _, _, anothers = await with_course(tx, "u2")
        for row in (mine, anothers):
            await settling.claim_meeting(tx, row, 1, LEASE)
            await settling.release_meeting(tx, row, 1, next_try_at=None, problem="reconnect")
        await meetings.wake_meetings(tx, teacher_id)
        assert await settling.due_meetings(tx) == (mine,)


async def test_a_series_runs_out_when_its_last_slot_is_near_and_lessons_are_ahead(
    database: Database,
) -> None:
    async with database.writing() as tx:
        teacher_id, course_id, row = await with_course(tx)
        (single,) = await courses.lessons_in_meeting(tx, row)
        assert await courses.running_out(tx, STARTS + WEEK) == ()  # it does not repeat
        await planning.set_rule(tx, course_id, "FREQ=WEEKLY;BYDAY=TU", STARTS)
        later = [Planned(STARTS + number * WEEK, PLANNED.length) for number in (1, 2)]
        await planning.add_lessons(tx, course_id, row, teacher_id, later, is_series=True)
        last = later[-1].starts_at
        assert await courses.running_out(tx, last - timedelta(seconds=1)) == ()
        assert await courses.running_out(tx, last) == (course_id,)
        await planning.end_course(tx, course_id)
        assert await courses.running_out(tx, last) == ()
        await planning.go_on_with(tx, course_id)
        assert await courses.running_out(tx, last) == (course_id,)
        ids = [one.id for one in await courses.lessons_of_course(tx, course_id)]
        await planning.cancel_lessons(tx, ids)
        assert await courses.running_out(tx, last) == ()  # nobody is taught any more
        assert single.id in ids


async def test_of_a_teachers_lessons_those_are_given_that_are_on_in_a_time(
    database: Database,
) -> None:
    ends = STARTS + timedelta(minutes=45)
    async with database.writing() as tx:
        teacher_id, _, row = await with_course(tx)
        lesson_id = (await lesson_in(tx, row)).id

        async def between(since: datetime, until: datetime | None = None) -> list[int]:
            found = await timetables.lessons_of_teacher(tx, teacher_id, since, until)
            return [lesson.id for lesson, _ in found]

        assert await between(STARTS - timedelta(days=30)) == [lesson_id]
        assert await between(ends - timedelta(seconds=1)) == [lesson_id]
        assert await between(ends) == []
        assert await between(STARTS, STARTS) == []
        assert await timetables.lessons_of_teacher(tx, teacher_id + 1, STARTS) == ()
        await planning.cancel_lessons(tx, [lesson_id])
        assert await between(STARTS) == []


async def test_recent_topics_come_newest_first_each_once(
    database: Database, clock: SettableClock
) -> None:
    async with database.writing() as tx:
        teacher_id, _, _ = await with_course(tx)
    for number, topic in enumerate(("Fiqh", "Hadith", "Fiqh", "Seerah", "Arabic")):
        clock.forward(timedelta(hours=1))
        async with database.writing() as tx:
            await planning.add_course(tx, new(teacher_id, f"k{number}", topic))
    async with database.reading() as tx:
        recent = await courses.recent_topics(tx, teacher_id)
    assert list(recent.values()) == ["Arabic", "Seerah", "Fiqh", "Hadith"]
