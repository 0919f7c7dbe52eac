"""Taking a person out of the database."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from school.attendance import LessonAttendance, fold
from school.facts import Ended, Fact, Joined, Participant, Started
from school.model import LessonState, Planned
from storage import attendance, chats, instances, meetings, settling
from storage.database import Database, Transaction
from storage.erasing import (
    Holdings,
    count_holdings,
    erase_person,
    left_at_zoom,
    live_lessons,
)
from storage.own_parts import Subject
from storage.people import add_person, find_person, get_person, make_teacher
from storage.schema import course, lesson, meeting, metadata, presence, row_id_of
from tests.clocks import SettableClock
from tests.storage.rows import add_lesson, add_meeting, forget_accounts

MARYAM, MUSA = 10, 11
OWN_GROUP, SHARED_GROUP = -1001, -1002


async def teacher(tx: Transaction, telegram_user_id: int, name: str) -> int:
    person = await add_person(tx, telegram_user_id, name, name.lower())
    await make_teacher(tx, person.id)
    return person.id


async def lesson_of(tx: Transaction, teacher_id: int, **values: object) -> int:
    """A lesson with its topic."""
    lesson_id = await add_lesson(tx)
    course_id = await tx.connection.scalar(
        select(lesson.c.course_id).where(lesson.c.id == lesson_id)
    )
    assert course_id is not None
    await tx.connection.execute(
        update(lesson).where(lesson.c.id == lesson_id).values(teacher_id=teacher_id, **values)
    )
    topic = tx.vault.seal("course", "sealed_topic", course_id, "Tajweed")
    await tx.connection.execute(
        update(course)
        .where(course.c.id == course_id)
        .values(teacher_id=teacher_id, sealed_topic=topic)
    )
    await tx.connection.execute(
        update(meeting).where(meeting.c.course_id == course_id).values(host_id=teacher_id)
    )
    (row,) = await meetings.meetings_of_course(tx, course_id)
    await meetings.keep_details(
        tx, row.id, topic="Tajweed", join_url="https://zoom.example/j/1", passcode="tajweed7"
    )
    return lesson_id


def forty_minutes(tx: Transaction, teacher_name: str) -> LessonAttendance:
    facts: list[Fact] = [
        Started("a uuid", tx.now),
        Joined("a uuid", tx.now, Participant(display_name="Khadija", user_id="1")),
        Ended("a uuid", tx.now + timedelta(minutes=40)),
    ]
    planned = Planned(tx.now, timedelta(minutes=45))
    return fold(facts, host_ids=set(), planned=planned, as_of=None, host_name=teacher_name)


async def held_lesson(tx: Transaction, teacher_id: int, teacher_name: str) -> int:
    lesson_id = await lesson_of(tx, teacher_id)
    await instances.remember_instance(tx, f"uuid of {lesson_id}", lesson_id)
    found = forty_minutes(tx, teacher_name)
    await attendance.save_attendance(tx, lesson_id, LessonState.ENDED, found)
    return lesson_id


async def sealed_values(tx: Transaction) -> list[str]:
    found = []
    for table in metadata.sorted_tables:
        sealed = [column for column in table.columns if column.name.startswith("sealed_")]
        for row in (await tx.connection.execute(select(table))).mappings():
            found += [
                tx.vault.open_bytes(
                    table.name, column.name, row_id_of(table, row), row[column.name]
                ).decode("utf-8", "replace")
                for column in sealed
                if row[column.name] is not None
            ]
    return found


async def test_names_topics_and_instances_go_while_times_stay(database: Database) -> None:
    async with database.writing() as tx:
        maryam = await teacher(tx, MARYAM, "Maryam")
        lesson_id = await held_lesson(tx, maryam, "Maryam")
        before = await attendance.presences_of(tx, lesson_id)
        outcome = await attendance.outcome_of(tx, lesson_id)
        assert {one.name for one in before} == {"Maryam", "Khadija"}
        await erase_person(tx, maryam, MARYAM)
        after = await attendance.presences_of(tx, lesson_id)
        assert [one.name for one in after] == [None, None]
        assert [one.total for one in after] == [one.total for one in before]
        assert await attendance.outcome_of(tx, lesson_id) == outcome
        assert await instances.lesson_of_instance(tx, f"uuid of {lesson_id}") is None
        index = await tx.connection.execute(select(presence.c.name_index))
        assert set(index.scalars()) == {None}
        left = await sealed_values(tx)
    personal = {"Maryam", "maryam", "Khadija", "Tajweed", "https://zoom.example/j/1", "tajweed7"}
    assert not personal & set(left)


async def test_the_person_is_nobody_and_a_pseudonym_stays(database: Database) -> None:
    async with database.writing() as tx:
        maryam = await teacher(tx, MARYAM, "Maryam")
        await erase_person(tx, maryam, MARYAM)
        assert await find_person(tx, MARYAM) is None
        nobody = await get_person(tx, maryam)
    assert (nobody.name, nobody.username, nobody.is_teacher) == (nobody.pseudonym, None, False)


async def test_other_teachers_lessons_and_groups_are_untouched(database: Database) -> None:
    async with database.writing() as tx:
        maryam, musa = await teacher(tx, MARYAM, "Maryam"), await teacher(tx, MUSA, "Musa")
        for chat_id, title, people in (
            (OWN_GROUP, "Own", [maryam]),
            (SHARED_GROUP, "Shared", [maryam, musa]),
        ):
            await chats.remember_chat(tx, chat_id, "group", title)
            for person_id in people:
                await chats.link_chat(tx, chat_id, person_id)
        await chats.remember_chat(tx, -1003, "group", "Not yet linked")
        musas = await held_lesson(tx, musa, "Musa")
        await erase_person(tx, maryam, MARYAM)
        names = {one.name for one in await attendance.presences_of(tx, musas)}
        assert names == {"Musa", "Khadija"}
        assert await instances.lesson_of_instance(tx, f"uuid of {musas}") == musas
        [shared] = await chats.chats_of_teacher(tx, musa)
        assert shared.title == "Shared"
        own, unlinked = await chats.find_chat(tx, OWN_GROUP), await chats.find_chat(tx, -1003)
        assert own is not None
        assert (own.is_linked, own.title) == (False, None)
        assert unlinked is not None
        assert unlinked.title == "Not yet linked"
        assert "Tajweed" in await sealed_values(tx)


async def test_the_topic_goes_from_a_substitutes_meeting_too(database: Database) -> None:
    async with database.writing() as tx:
        maryam, musa = await teacher(tx, MARYAM, "Maryam"), await teacher(tx, MUSA, "Musa")
        lesson_id = await lesson_of(tx, maryam)
        await tx.connection.execute(
            update(lesson).where(lesson.c.id == lesson_id).values(teacher_id=musa)
        )
        await tx.connection.execute(update(meeting).values(host_id=musa))
        await erase_person(tx, maryam, MARYAM)
        left = await sealed_values(tx)
    assert "Tajweed" not in left
    assert "https://zoom.example/j/1" in left  # that is Musa's


async def test_a_lesson_that_is_on_ends(database: Database, clock: SettableClock) -> None:
    async with database.writing() as tx:
        maryam = await teacher(tx, MARYAM, "Maryam")
        live = await lesson_of(tx, maryam, state=LessonState.LIVE, here_now=3)
        assert await live_lessons(tx, maryam) == [live]
        await erase_person(tx, maryam, MARYAM)
        assert await live_lessons(tx, maryam) == []
        outcome = await attendance.outcome_of(tx, live)
    assert (outcome.here_now, outcome.ended_at) == (0, clock())


async def test_holdings_count_what_is_held_or_was_missed(
    database: Database, clock: SettableClock
) -> None:
    ago = clock() - timedelta(minutes=45)
    async with database.writing() as tx:
        maryam = await teacher(tx, MARYAM, "Maryam")
        for state, starts_at in (
            (LessonState.ENDED, ago),
            (LessonState.SCHEDULED, ago),
            (LessonState.SCHEDULED, ago + timedelta(seconds=1)),  # its time is not over
            (LessonState.CANCELLED, ago),
            (LessonState.CREATING, ago),
            (LessonState.LIVE, ago),
        ):
            await lesson_of(tx, maryam, state=state, starts_at=starts_at)
        await lesson_of(tx, await teacher(tx, MUSA, "Musa"), state=LessonState.ENDED)
        assert await count_holdings(tx, Subject(maryam, MARYAM, "", tx.vault)) == Holdings(
            has_zoom=False, drafts=0, accounted=2
        )


async def test_a_meeting_is_left_at_zoom_until_it_is_known_to_be_gone(database: Database) -> None:
    async with database.writing() as tx:
        maryam = await teacher(tx, MARYAM, "Maryam")
        await lesson_of(tx, maryam)
        assert await left_at_zoom(tx, maryam) == []
        own = meeting.c.host_id == maryam
        await tx.connection.execute(update(meeting).where(own).values(discarded_at=tx.now))
        assert len(await left_at_zoom(tx, maryam)) == 1
        await tx.connection.execute(update(meeting).where(own).values(deleted_at=tx.now))
        assert await left_at_zoom(tx, maryam) == []


async def test_an_error_half_way_leaves_everything(database: Database) -> None:
    async with database.writing() as tx:
        maryam = await teacher(tx, MARYAM, "Maryam")
        await held_lesson(tx, maryam, "Maryam")

    async def power_cut() -> None:
        async with database.writing() as tx:
            await erase_person(tx, maryam, MARYAM)
            raise RuntimeError("the power went")

    with pytest.raises(RuntimeError, match="the power went"):
        await power_cut()
    async with database.reading() as tx:
        assert (await get_person(tx, maryam)).name == "Maryam"
        assert "Khadija" in await sealed_values(tx)


async def test_receipts_differ_and_never_name_the_person(database: Database) -> None:
    async with database.writing() as tx:
        receipts = {
            await erase_person(tx, await teacher(tx, number, "Maryam"), number)
            for number in range(20, 40)
        }
        rows = await tx.connection.execute(select(metadata.tables["erasure"]))
        indexes = {row.subject_index for row in rows}
    assert len(receipts) == len(indexes) == 20


async def test_old_lessons_are_forgotten_with_all_that_is_of_them(
    database: Database, clock: SettableClock
) -> None:
    async with database.writing() as tx:
        maryam = await teacher(tx, MARYAM, "Maryam")
        await held_lesson(tx, maryam, "Maryam")
        young = await lesson_of(tx, maryam, starts_at=clock() + timedelta(days=1))
        assert await forget_accounts(tx, clock() + timedelta(hours=1)) == 1
        assert await forget_accounts(tx, clock() + timedelta(hours=1)) == 0
        for name in ("presence", "stay", "meeting_instance"):
            table = metadata.tables[name]
            count = await tx.connection.execute(select(func.count()).select_from(table))
            assert count.scalar_one() == 0
        assert list((await tx.connection.execute(select(lesson.c.id))).scalars()) == [young]
        for table in (course, meeting):
            assert len((await tx.connection.execute(select(table.c.id))).all()) == 1


async def test_a_meeting_that_must_still_be_deleted_at_zoom_is_not_forgotten_before(
    database: Database, clock: SettableClock
) -> None:
    """Its lesson is held in another by now."""
    async with database.writing() as tx:
        maryam = await teacher(tx, MARYAM, "Maryam")
        await lesson_of(tx, maryam)
        young = await lesson_of(tx, maryam, starts_at=clock() + timedelta(days=1))
        course_id = await tx.connection.scalar(
            select(lesson.c.course_id).where(lesson.c.id == young)
        )
        assert course_id is not None
        left = await add_meeting(tx, course_id, 777)
        gone = await add_meeting(tx, course_id, 778)
        await settling.mark_deleted(tx, gone)
        assert await forget_accounts(tx, clock() + timedelta(hours=1)) == 1
        kept = {one.id for one in await meetings.meetings_of_course(tx, course_id)}
    assert left in kept
    assert gone not in kept
