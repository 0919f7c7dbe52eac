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
    count_of_lesson,
    count_waiting,
    events_of_lesson,
    mark_applied,
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
        assert await count_of_lesson(tx, lesson_id) == 1
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


async def test_a_body_that_does_not_open_is_set_aside_and_stops_no_other(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with database.writing() as tx:
        digest = await add_event(tx, "a")
        await tx.connection.execute(zoom_event.update().values(sealed_body=b"garbage"))
        await add_event(tx, "b")
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
