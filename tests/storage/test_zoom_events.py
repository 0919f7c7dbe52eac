from datetime import timedelta

import pytest
from sqlalchemy import select

from storage.database import Database
from storage.schema import zoom_event
from storage.zoom_events import (
    TRIES,
    EventCounts,
    EventState,
    assign,
    count_waiting,
    events_of_lesson,
    mark_applied,
    mark_done_with,
    mark_failed,
    release_held,
    retry_set_aside,
    take_waiting,
)
from tests.clocks import SettableClock
from tests.storage.rows import add_event, add_lesson


async def waiting(database: Database, limit: int = 100) -> list[str]:
    async with database.writing() as tx:
        return [event.body.decode() for event in await take_waiting(tx, limit)]


async def test_waiting_events_come_oldest_first(database: Database, clock: SettableClock) -> None:
    async with database.writing() as tx:
        for minutes, body in [(2, "third"), (0, "first"), (1, "second")]:
            await add_event(tx, body, received_at=clock() + timedelta(minutes=minutes))
        await add_event(tx, "held", EventState.HELD)
        await add_event(tx, "applied", EventState.APPLIED)
        await add_event(tx, "set aside", EventState.SET_ASIDE)
    assert await waiting(database) == ["first", "second", "third"]
    assert await waiting(database, limit=2) == ["first", "second"]


async def test_an_applied_event_is_its_lessons_and_waits_no_more(database: Database) -> None:
    async with database.writing() as tx:
        lesson_id, other_lesson = await add_lesson(tx), await add_lesson(tx)
        started, ended = await add_event(tx, "started"), await add_event(tx, "ended")
        await assign(tx, [started], lesson_id)
        await mark_applied(tx, [started, ended])
    async with database.reading() as tx:
        [of_lesson] = await events_of_lesson(tx, lesson_id)
        assert of_lesson.body(tx.vault) == b"started"
        assert await events_of_lesson(tx, other_lesson) == []
    assert await waiting(database) == []


async def test_a_failed_event_is_tried_again_later_and_later_and_then_set_aside(
    database: Database, clock: SettableClock
) -> None:
    async with database.writing() as tx:
        await add_event(tx, "bad")
        await add_event(tx, "good")
    pauses: list[timedelta] = []
    for attempt in range(1, TRIES + 1):
        async with database.writing() as tx:
            bad, _ = sorted(await take_waiting(tx, 10), key=lambda event: event.body)
            state = await mark_failed(tx, bad)
            next_try_at = await tx.connection.scalar(
                select(zoom_event.c.next_try_at).where(zoom_event.c.digest == bad.digest)
            )
        assert state is (EventState.SET_ASIDE if attempt == TRIES else EventState.WAITING)
        assert next_try_at is not None
        pauses.append(next_try_at - clock())
        clock.forward(pauses[-1] - timedelta(microseconds=1))
        assert await waiting(database) == ["good"]
        clock.forward(timedelta(microseconds=1))
    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(seconds=5)
    assert pauses[-1] == timedelta(hours=2)
    assert sum(pauses[:-1], timedelta()) > timedelta(days=1)
    assert await waiting(database) == ["good"]
    async with database.writing() as tx:
        assert await retry_set_aside(tx) == 1
        assert {event.attempts for event in await take_waiting(tx, 10)} == {0}


async def test_a_body_that_does_not_open_is_set_aside_and_stops_no_later_one(
    database: Database, clock: SettableClock, caplog: pytest.LogCaptureFixture
) -> None:
    async with database.writing() as tx:
        digest = await add_event(tx, "a")
        await tx.connection.execute(zoom_event.update().values(sealed_body=b"garbage"))
        await add_event(tx, "b", received_at=clock() + timedelta(seconds=1))
    assert await waiting(database) == ["b"]
    async with database.reading() as tx:
        assert await count_waiting(tx) == EventCounts(waiting=1, held=0, set_aside=1)
    assert digest.hex() in caplog.text


async def test_held_events_are_released_when_their_meeting_becomes_known(
    database: Database,
) -> None:
    async with database.writing() as tx:
        await add_event(tx, "ours", EventState.HELD, meeting_id=777)
        await add_event(tx, "another's", EventState.HELD, meeting_id=888)
        assert await release_held(tx, 777) == 1
        assert await release_held(tx, 777) == 0
    assert await waiting(database) == ["ours"]


async def test_counting_an_empty_inbox_gives_noughts(database: Database) -> None:
    async with database.reading() as tx:
        assert await count_waiting(tx) == EventCounts(waiting=0, held=0, set_aside=0)


async def test_events_that_came_at_the_same_moment_keep_one_order(database: Database) -> None:
    async with database.writing() as tx:
        lesson_id = await add_lesson(tx)
        digests = [await add_event(tx, f"event {number}") for number in range(20)]
        await assign(tx, digests, lesson_id)
        taken = [event.digest for event in await take_waiting(tx, 100)]
        listed = [event.digest for event in await events_of_lesson(tx, lesson_id)]
    assert taken == listed == sorted(digests)


async def test_the_events_of_a_lesson_come_in_the_order_they_arrived_in(
    database: Database, clock: SettableClock
) -> None:
    async with database.writing() as tx:
        lesson_id = await add_lesson(tx)
        digests = [
            await add_event(tx, body, received_at=clock() + timedelta(minutes=minutes))
            for minutes, body in [(3, "d"), (1, "b"), (0, "a"), (2, "c")]
        ]
        await assign(tx, digests, lesson_id)
        found = [event.body(tx.vault) for event in await events_of_lesson(tx, lesson_id)]
    assert found == [b"a", b"b", b"c", b"d"]


async def test_an_event_that_failed_and_was_applied_then_is_due_no_more(
    database: Database,
) -> None:
    async with database.writing() as tx:
        digest = await add_event(tx, "event")
        (event,) = await take_waiting(tx, 10)
        await mark_failed(tx, event)
        await mark_applied(tx, [digest])
        row = (await tx.connection.execute(select(zoom_event))).one()
    assert (row.state, row.next_try_at) == (EventState.APPLIED, None)


async def test_of_what_is_done_with_nothing_stays_but_that_it_came(database: Database) -> None:
    async with database.writing() as tx:
        done, other = await add_event(tx, "done with"), await add_event(tx, "other")
        first, _ = sorted(await take_waiting(tx, 10), key=lambda event: event.body)
        await mark_failed(tx, first)
        await mark_done_with(tx, done)
        rows = {row.digest: row for row in await tx.connection.execute(select(zoom_event))}
    kept = {
        digest: tx.vault.open_bytes("zoom_event", "sealed_body", digest, row.sealed_body)
        for digest, row in rows.items()
    }
    assert kept == {done: b"", other: b"other"}
    assert (rows[done].state, rows[done].next_try_at) == (EventState.APPLIED, None)
    assert rows[other].state == EventState.WAITING


async def test_only_what_was_set_aside_is_tried_anew_and_at_once(database: Database) -> None:
    async with database.writing() as tx:
        await add_event(tx, "set aside", EventState.SET_ASIDE)
        await add_event(tx, "applied", EventState.APPLIED)
        await add_event(tx, "held", EventState.HELD)
        await add_event(tx, "failed")
        (failed,) = await take_waiting(tx, 10)
        await mark_failed(tx, failed)
        await tx.connection.execute(
            zoom_event.update()
            .where(zoom_event.c.state == EventState.SET_ASIDE)
            .values(attempts=TRIES, next_try_at=tx.now + timedelta(hours=2))
        )
        assert await retry_set_aside(tx) == 1
        rows = (await tx.connection.execute(select(zoom_event))).all()
        (taken,) = await take_waiting(tx, 10)
    assert (taken.body, taken.attempts) == (b"set aside", 0)
    assert sorted(row.state for row in rows) == ["applied", "held", "waiting", "waiting"]
    assert sorted(row.attempts for row in rows) == [0, 0, 0, 1]


async def test_each_pause_is_twice_as_long_as_the_one_before(
    database: Database, clock: SettableClock
) -> None:
    async with database.writing() as tx:
        await add_event(tx, "bad")
    pauses = []
    for _ in range(6):
        async with database.writing() as tx:
            (event,) = await take_waiting(tx, 10)
            await mark_failed(tx, event)
            due = await tx.connection.scalar(select(zoom_event.c.next_try_at))
        assert due is not None
        pauses.append((due - clock()).total_seconds())
        clock.forward(due - clock())
    assert pauses == [5, 10, 20, 40, 80, 160]


async def test_each_state_is_counted_by_itself(database: Database) -> None:
    async with database.writing() as tx:
        for state, number in ((EventState.WAITING, 1), (EventState.HELD, 2)):
            for each in range(number):
                await add_event(tx, f"{state} {each}", state)
        for each in range(3):
            await add_event(tx, f"set aside {each}", EventState.SET_ASIDE)
        await add_event(tx, "applied", EventState.APPLIED)
        assert await count_waiting(tx) == EventCounts(waiting=1, held=2, set_aside=3)


async def test_the_log_names_what_was_set_aside(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with database.writing() as tx:
        digest = await add_event(tx, "a")
        await tx.connection.execute(zoom_event.update().values(sealed_body=b"garbage"))
        await take_waiting(tx, 10)
    assert caplog.messages == [f"event {digest.hex()} does not open and is set aside"]
