"""Events are applied: in turn, again where that failed, and never against what came meanwhile."""

import asyncio
import itertools
import json
from collections.abc import Callable
from datetime import timedelta
from threading import Event, get_ident
from typing import Any, ParamSpec, TypeVar

import pytest
from sqlalchemy import insert, text, update

from school.attendance import LessonAttendance, fold
from school.model import LessonState
from services import events, folding
from services.events import apply_waiting, try_set_aside_again
from services.folding import close
from services.office import Office
from storage.schema import lesson, zoom_event
from storage.zoom_events import TRIES, EventState, assign, count_waiting, take_waiting
from tests.clocks import SettableClock
from tests.lessons import MadeClass, made_class
from tests.services.heard_classes import MINUTE, held, made, outcome, states_of_events, whole_class
from tests.zoom_reports import Held, reported

__all__ = ["held", "made"]

P = ParamSpec("P")
R = TypeVar("R")


async def test_a_signed_event_that_makes_no_sense_counts_for_nothing_and_hinders_nobody(
    office: Office, made: MadeClass, held: Held, caplog: pytest.LogCaptureFixture
) -> None:
    senseless = json.loads(held.joined("Ahmed", 3))
    senseless["payload"]["object"]["participant"] = "nobody"
    no_user = b'{"event": "app_deauthorized", "payload": {}}'
    await reported(office, json.dumps(senseless).encode(), no_user, *whole_class(held))
    await apply_waiting(office)
    assert (await outcome(office, made.lesson_id))[1].student_count == 2
    assert set(await states_of_events(office)) == {EventState.APPLIED}
    assert "Ahmed" not in caplog.text
    assert caplog.text.count("counts for nothing") == 2


async def test_an_event_that_needs_no_folding_is_done_with(
    office: Office, made: MadeClass, held: Held
) -> None:
    deleted = held.started().replace(b"meeting.started", b"meeting.deleted")
    await reported(office, deleted)
    await apply_waiting(office)
    assert await states_of_events(office) == [EventState.APPLIED]
    assert (await outcome(office, made.lesson_id))[0] is LessonState.SCHEDULED


async def test_a_lesson_that_fails_is_tried_again_and_does_not_stop_the_others(
    office: Office, made: MadeClass, held: Held, clock: SettableClock
) -> None:
    other = await made_class(office, {}, starts_at=made.planned.starts_at)
    others = Held(other.meeting_id, held.starts_at, uuid="other")
    async with office.database.writing() as tx:  # its row cannot be read
        await tx.connection.execute(
            text("UPDATE lesson SET length_seconds = 'broken' WHERE id = :id"),
            {"id": made.lesson_id},
        )
    await reported(office, *whole_class(held), *whole_class(others))
    await apply_waiting(office)
    assert (await outcome(office, other.lesson_id))[0] is LessonState.ENDED
    async with office.database.reading() as tx:
        assert (await count_waiting(tx)).waiting == len(whole_class(held))
    assert await apply_waiting(office) == 0
    async with office.database.writing() as tx:
        await tx.connection.execute(
            update(lesson).where(lesson.c.id == made.lesson_id).values(length_seconds=2700)
        )
    clock.forward(MINUTE)
    assert await apply_waiting(office) == len(whole_class(held))
    assert (await outcome(office, made.lesson_id))[0] is LessonState.ENDED


async def test_events_that_cannot_be_applied_for_a_day_are_set_aside_until_the_next_start(
    office: Office,
    made: MadeClass,
    held: Held,
    clock: SettableClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_: Any, **__: Any) -> LessonAttendance:
        raise RuntimeError("a mistake of ours")

    with monkeypatch.context() as mistaken:
        mistaken.setattr(folding, "fold", broken)
        await reported(office, held.started(), held.ended(40))
        began_at = clock()
        for _ in range(TRIES):
            assert "set aside" not in caplog.text
            assert await apply_waiting(office) == 2
            clock.forward(120 * MINUTE)
    assert clock() - began_at > timedelta(days=1)
    assert caplog.text.count("2 events are set aside") == 1
    assert await apply_waiting(office) == 0
    assert await try_set_aside_again(office) == 2
    assert await try_set_aside_again(office) == 0
    assert await apply_waiting(office) == 2
    assert (await outcome(office, made.lesson_id))[0] is LessonState.ENDED


async def test_what_was_folded_without_an_event_that_came_meanwhile_is_not_kept(
    office: Office, made: MadeClass, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, may_end = Event(), Event()

    def slow_fold(*args: Any, **kwargs: Any) -> LessonAttendance:
        began.set()
        assert may_end.wait(5)
        return fold(*args, **kwargs)

    monkeypatch.setattr(folding, "fold", slow_fold)
    await reported(office, held.started())
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(apply_waiting(office))
        assert await asyncio.to_thread(began.wait, 5)
        # As another process might, which has just found out whose event it is.
        await reported(office, held.ended(40))
        async with office.database.writing() as tx:
            digests = [one.digest for one in await take_waiting(tx, 10)]
            await assign(tx, digests, made.lesson_id)
        may_end.set()
    assert (await outcome(office, made.lesson_id))[0] is LessonState.SCHEDULED
    assert await apply_waiting(office) == 2
    assert (await outcome(office, made.lesson_id))[0] is LessonState.ENDED


async def test_a_class_is_closed_with_what_was_reported_while_it_was_being_closed(
    office: Office,
    made: MadeClass,
    held: Held,
    clock: SettableClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock.forward(30 * MINUTE)
    await reported(office, held.started())
    await apply_waiting(office)
    began, may_end = Event(), Event()

    def slow_fold(*args: Any, **kwargs: Any) -> LessonAttendance:
        began.set()
        assert may_end.wait(5)
        return fold(*args, **kwargs)

    monkeypatch.setattr(folding, "fold", slow_fold)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(close(office, made.lesson_id))
        assert await asyncio.to_thread(began.wait, 5)
        await reported(office, held.joined("Ahmed", 10))
        async with office.database.writing() as tx:
            await assign(tx, [one.digest for one in await take_waiting(tx, 10)], made.lesson_id)
        may_end.set()
    state, figures = await outcome(office, made.lesson_id)
    assert (state, figures.actual, figures.taught) == (LessonState.ENDED, 30 * MINUTE, 20 * MINUTE)


def noting_threads(work: Callable[P, R], seen: set[int]) -> Callable[P, R]:
    """The same work, which notes on which threads it is done."""

    def noted(*args: P.args, **kwargs: P.kwargs) -> R:
        seen.add(get_ident())
        return work(*args, **kwargs)

    return noted


async def stored(office: Office, made: MadeClass, bodies: list[bytes]) -> None:
    """In one statement, as the inbox is not what is measured."""
    async with office.database.writing() as tx:
        rows = [
            {
                "digest": (digest := index.to_bytes(32, "big")),
                "meeting_id": made.meeting_id,
                "state": EventState.WAITING,
                "attempts": 0,
                "received_at": tx.now,
                "sealed_body": tx.vault.seal_bytes("zoom_event", "sealed_body", digest, body),
            }
            for index, body in enumerate(bodies)
        ]
        await tx.connection.execute(insert(zoom_event), rows)


async def test_thousands_of_events_of_hundreds_of_people_do_not_hold_the_loop_up(
    office: Office, made: MadeClass, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What takes long with so many goes on in other threads; how long is the benchmarks' matter."""
    threads: dict[str, set[int]] = {}
    for module, name in ((events, "read"), (folding, "read"), (folding, "fold")):
        seen = threads[f"{module.__name__}.{name}"] = set()
        monkeypatch.setattr(module, name, noting_threads(getattr(module, name), seen))
    moves = itertools.chain.from_iterable(
        held.stay(f"Student {student}", turn * 6, turn * 6 + 5, user_id=f"{student}-{turn}")
        for student in range(333)
        for turn in range(6)
    )
    await stored(office, made, [held.started(), *moves, held.ended(40)])
    while await apply_waiting(office):
        pass
    assert (await outcome(office, made.lesson_id))[1].student_count == 333
    assert all(threads.values())
    assert [work for work, seen in threads.items() if get_ident() in seen] == []
