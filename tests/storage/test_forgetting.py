"""What is past its time, found and deleted a little at once."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, insert, select, update

from storage import forgetting
from storage.audit import note
from storage.database import Database, Transaction, new_id
from storage.forgetting import ByAge, Cuts
from storage.schema import lesson, presence, stay, student, zoom_event
from storage.updates import handled_among, mark_handled
from storage.zoom_events import EventCounts, EventState, count_waiting
from tests.clocks import SettableClock
from tests.storage.rows import add_event, add_lesson, all_cut

LONG_AGO = timedelta(days=3_000)


def of_table(name: str, cuts: Cuts, now: datetime) -> ByAge:
    return next(one for one in forgetting.by_age(cuts, now) if one.table.name == name)


async def forgotten(tx: Transaction, name: str, cuts: Cuts) -> int:
    what = of_table(name, cuts, tx.now)
    return await forgetting.forget_rows(tx, what, await forgetting.rows_past(tx, 500, what))


async def test_held_events_go_after_an_hour_and_all_after_thirty_days(
    database: Database, clock: SettableClock
) -> None:
    began = clock()

    async def gone_after(length: timedelta) -> int:
        clock.now = began + length
        cuts = replace(all_cut(began - LONG_AGO), raw_events=clock() - timedelta(days=30))
        async with database.writing() as tx:
            return await forgotten(tx, "zoom_event", cuts)

    async with database.writing() as tx:
        for state in EventState:
            await add_event(tx, state, state)
    assert await gone_after(timedelta(minutes=59)) == 0
    assert await gone_after(timedelta(minutes=60)) == 1
    async with database.writing() as tx:
        assert await count_waiting(tx) == EventCounts(waiting=1, held=0, set_aside=1)
    assert await gone_after(timedelta(days=30, minutes=-1)) == 0
    assert await gone_after(timedelta(days=30)) == 3


async def test_what_is_too_much_for_one_transaction_is_left_for_the_next(
    database: Database, clock: SettableClock
) -> None:
    async with database.writing() as tx:
        for number in range(700):
            await mark_handled(tx, number)
    clock.forward(timedelta(days=1))
    taken = []
    async with database.writing() as tx:
        await mark_handled(tx, 1_000)
        while some := await forgotten(tx, "handled_update", all_cut(tx.now)):
            taken.append(some)
        assert await handled_among(tx, (0, 699, 1_000)) == {1_000}
    assert sum(taken) == 700
    assert len(taken) > 1


async def test_what_came_back_into_its_time_meanwhile_stays(
    database: Database, clock: SettableClock
) -> None:
    """Between finding and deleting, somebody else may write."""
    async with database.writing() as tx:
        digest = await add_event(tx, "held", EventState.HELD)
    clock.forward(timedelta(hours=2))
    async with database.writing() as tx:
        what = of_table("zoom_event", all_cut(clock() - LONG_AGO), tx.now)
        found = await forgetting.rows_past(tx, 500, what)
        assert list(found) == [digest]
        await tx.connection.execute(update(zoom_event).values(state=EventState.WAITING))
        assert await forgetting.forget_rows(tx, what, found) == 0


async def test_audit_entries_go_by_their_own_age(database: Database, clock: SettableClock) -> None:
    async with database.writing() as tx:
        await note(tx, "somebody", "did something")
    clock.forward(timedelta(days=1))
    async with database.writing() as tx:
        await note(tx, "somebody", "did something")
        only_audit = replace(all_cut(tx.now - LONG_AGO), audit=tx.now)
        assert await forgotten(tx, "audit_entry", only_audit) == 1
        assert await forgotten(tx, "audit_entry", only_audit) == 0


async def came(tx: Transaction, lesson_id: int, stays: int, student_id: int | None = None) -> None:
    await tx.connection.execute(
        insert(presence).values(
            lesson_id=lesson_id,
            ordinal=0,
            is_teacher=False,
            seconds=60,
            taught_seconds=60,
            first_joined_at=tx.now,
            last_left_at=tx.now,
            late_seconds=0,
            left_early_seconds=0,
            returns=0,
            inferred=False,
            overlapping=False,
            ambiguous=False,
            student_id=student_id,
        )
    )
    for ordinal in range(stays):
        await tx.connection.execute(
            insert(stay).values(
                lesson_id=lesson_id,
                ordinal=ordinal,
                presence_ordinal=0,
                joined_at=tx.now,
                left_at=tx.now,
                inferred_join=False,
                inferred_leave=False,
            )
        )


async def test_the_more_stays_lessons_have_the_fewer_go_at_once(
    database: Database, clock: SettableClock
) -> None:
    async with database.writing() as tx:
        for stays in (400, 400, 500, 1):
            await came(tx, await add_lesson(tx), stays)
            clock.forward(timedelta(minutes=1))
        taken = []
        while found := await forgetting.attendance_past(tx, 600, clock() + timedelta(days=1)):
            taken.append(await forgetting.forget_attendance(tx, found))
        assert sum(taken) == 4
        assert len(taken) > 1
        for table in (stay, presence):
            assert await tx.connection.scalar(select(func.count()).select_from(table)) == 0
        assert await tx.connection.scalar(
            select(func.count()).where(lesson.c.forgotten_at.is_not(None))
        )


async def a_student(tx: Transaction, lesson_id: int, removed_at: datetime | None) -> int:
    course_id = await tx.connection.scalar(
        select(lesson.c.course_id).where(lesson.c.id == lesson_id)
    )
    student_id = new_id()
    await tx.connection.execute(
        insert(student).values(
            id=student_id,
            course_id=course_id,
            since_at=tx.now,
            added_at=tx.now,
            removed_at=removed_at,
        )
    )
    return student_id


@pytest.mark.parametrize(
    ("is_removed", "attended", "goes_on", "stays"),
    [
        (True, False, True, False),
        (True, True, True, True),
        (False, False, True, True),
        (False, False, False, False),
        (False, True, False, True),
    ],
)
async def test_students_go_once_nothing_is_kept_of_them_and_they_come_no_more(
    database: Database,
    clock: SettableClock,
    *,
    is_removed: bool,
    attended: bool,
    goes_on: bool,
    stays: bool,
) -> None:
    async with database.writing() as tx:
        lesson_id = await add_lesson(tx)
        student_id = await a_student(tx, lesson_id, tx.now if is_removed else None)
        if attended:
            await came(tx, lesson_id, 1, student_id)
        if goes_on:
            await tx.connection.execute(
                update(lesson).values(starts_at=tx.now + timedelta(days=400))
            )
    clock.forward(timedelta(days=365))
    async with database.writing() as tx:
        found = await forgetting.students_past(tx, 10, tx.now)
        assert (student_id not in found) == stays
        await forgetting.forget_students_past(tx, found)
        assert list((await tx.connection.execute(select(student.c.id))).scalars()) == (
            [student_id] if stays else []
        )
