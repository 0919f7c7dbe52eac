import asyncio
import sqlite3
import sys
import threading
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import func, select

from storage import inbox as inbox_module
from storage.database import Database
from storage.inbox import Inbox, InboxFailed, InboxFull, IncomingEvent, Stored
from storage.schema import zoom_event
from storage.sealing import DataKeys
from storage.zoom_events import EventState, take_waiting
from tests.clocks import SettableClock
from tests.storage.rows import add_course, add_meeting, add_person, add_zoom_account, names

_PROJECT = Path(__file__).parents[2]
OURS = 777
UNKNOWN_MEETING = 999
NOW = SettableClock()()


@pytest.fixture
async def inbox(database: Database) -> AsyncIterator[Inbox]:
    """Of a school that has one course with a meeting."""
    async with database.writing() as tx:
        await add_meeting(tx, await add_course(tx), OURS)
    async with Inbox.open(database) as inbox:
        yield inbox


def event(
    body: str, meeting_id: int | None = OURS, host_index: bytes | None = None
) -> IncomingEvent:
    raw = body.encode()
    return IncomingEvent(sha256(raw).digest(), meeting_id, host_index, raw, NOW)


async def outcomes_of(
    stored: list[Coroutine[None, None, Stored]],
) -> list[Stored | BaseException]:
    return await asyncio.gather(*stored, return_exceptions=True)


async def stored_states(database: Database) -> list[str]:
    async with database.reading() as tx:
        return list(await tx.connection.scalars(select(zoom_event.c.state)))


async def stored_bodies(database: Database) -> list[bytes]:
    async with database.writing() as tx:
        return [waiting.body for waiting in await take_waiting(tx, 10_000)]


async def test_an_event_of_our_meeting_is_kept_as_it_came(inbox: Inbox, database: Database) -> None:
    late = datetime.fromisoformat("2026-11-23T17:00:00.000001+03:00")
    raw = b'{"name": "Kh\xc3\xa1dija", "not": "utf-8: \xff"}'
    incoming = IncomingEvent(sha256(raw).digest(), OURS, None, raw, late)
    assert await inbox.store(incoming) is Stored.WAITING
    async with database.writing() as tx:
        (waiting,) = await take_waiting(tx, 10)
    assert waiting.digest == incoming.digest
    assert waiting.body == raw
    assert waiting.meeting_id == OURS
    assert waiting.received_at == late
    assert waiting.received_at.tzinfo is UTC


async def test_an_event_is_on_the_disk_when_it_is_answered(
    inbox: Inbox, database: Database
) -> None:
    for number in range(20):
        await inbox.store(event(f"{number}"))
        beside = database.file.connect(reads_only=True)
        count = beside.execute("SELECT count(*) FROM zoom_event").fetchone()
        beside.close()
        assert count == (number + 1,)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Riyadh"])
async def test_moments_are_written_as_all_other_ones_are_wherever_the_machine_stands(
    inbox: Inbox, database: Database, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        await inbox.store(event("on the second"))
    finally:
        monkeypatch.undo()
        time.tzset()
    with closing(database.file.connect(reads_only=True)) as beside:
        written = beside.execute("SELECT received_at FROM zoom_event").fetchone()
    assert written == ("2026-11-23 14:00:00.000000",)


async def test_events_are_committed_in_the_inboxs_own_thread(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[str] = []
    record = inbox._recorder.record

    def look_and_record(events: list[IncomingEvent]) -> list[Stored]:
        threads.append(threading.current_thread().name)
        return record(events)

    monkeypatch.setattr(inbox._recorder, "record", look_and_record)
    await inbox.store(event("x"))
    assert threads == ["inbox_0"]


async def test_an_event_about_no_meeting_is_always_kept(inbox: Inbox, database: Database) -> None:
    assert await inbox.store(event("app_deauthorized", meeting_id=None)) is Stored.WAITING
    assert await stored_bodies(database) == [b"app_deauthorized"]


async def test_an_unknown_meeting_of_our_host_is_held_for_an_hour(
    inbox: Inbox, database: Database
) -> None:
    async with database.writing() as tx:
        await add_zoom_account(tx, "musa")
    host = database.vault.index("zoom user", "musa")
    assert await inbox.store(event("x", UNKNOWN_MEETING, host)) is Stored.HELD
    async with database.reading() as tx:
        row = (await tx.connection.execute(select(zoom_event))).one()
    assert row.state == EventState.HELD
    assert row.next_try_at == NOW + timedelta(hours=1)
    assert await stored_bodies(database) == []


@pytest.mark.parametrize("host_index", [None, b"another school's host"])
async def test_an_unknown_meeting_of_an_unknown_host_is_not_kept(
    inbox: Inbox, database: Database, host_index: bytes | None
) -> None:
    assert await inbox.store(event("x", UNKNOWN_MEETING, host_index)) is Stored.UNKNOWN
    assert await stored_states(database) == []


async def test_a_repeated_event_is_answered_as_stored_and_kept_once(
    inbox: Inbox, database: Database
) -> None:
    answers = await asyncio.gather(*(inbox.store(event("same")) for _ in range(10)))
    answers.append(await inbox.store(event("same")))
    assert set(answers) == {Stored.WAITING}
    assert await stored_states(database) == [EventState.WAITING]


async def test_events_that_wait_together_share_a_commit(
    inbox: Inbox, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    record = inbox._recorder.record

    def count_and_record(events: list[IncomingEvent]) -> list[Stored]:
        sizes.append(len(events))
        return record(events)

    monkeypatch.setattr(inbox._recorder, "record", count_and_record)
    async with asyncio.TaskGroup() as tasks, database.turn:  # somebody else writes meanwhile
        tasks.create_task(inbox.store(event("first")))
        await asyncio.sleep(0.01)
        for number in range(1000):
            tasks.create_task(inbox.store(event(f"{number}")))
        await asyncio.sleep(0.01)
    assert sizes == [512, 489]
    assert len(await stored_states(database)) == 1001


async def test_batches_are_committed_while_the_loop_is_busy(
    inbox: Inbox, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_module, "_LARGEST_BATCH", 10)
    async with asyncio.TaskGroup() as tasks:
        for number in range(30):
            tasks.create_task(inbox.store(event(f"{number}")))
        await asyncio.sleep(0)  # all of them wait
        await asyncio.sleep(0)  # the thread has begun
        with closing(database.file.connect(reads_only=True)) as beside:
            ends_at = time.monotonic() + 5
            while _count_in(beside) < 30 and time.monotonic() < ends_at:
                time.sleep(0.01)  # noqa: ASYNC251  the loop can do nothing meanwhile
            assert _count_in(beside) == 30


def _count_in(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM zoom_event").fetchone()[0])


async def test_many_meetings_and_hosts_are_told_apart_in_one_batch(
    inbox: Inbox, database: Database
) -> None:
    async with database.writing() as tx:
        for meeting_id in range(100, 110):
            await add_meeting(tx, await add_course(tx), meeting_id)
        await add_zoom_account(tx, "musa")
    musa = database.vault.index("zoom user", "musa")
    other = database.vault.index("zoom user", "other")
    events = [event(f"{n}", n, musa if n % 2 else other) for n in range(95, 115)]
    async with asyncio.TaskGroup() as tasks:
        answers = [tasks.create_task(inbox.store(one)) for one in events]
    for one, answer in zip(events, answers, strict=True):
        ours = one.meeting_id in range(100, 110)
        elsewhere = Stored.HELD if one.host_index == musa else Stored.UNKNOWN
        assert answer.result() is (Stored.WAITING if ours else elsewhere)


async def test_a_full_inbox_says_so_and_recovers(
    inbox: Inbox, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_module, "_LONGEST_QUEUE", 10)
    async with asyncio.TaskGroup() as tasks, database.turn:  # nothing can be committed meanwhile
        stored = [inbox.store(event(f"{n}")) for n in range(50)]
        answers = tasks.create_task(outcomes_of(stored))
        await asyncio.sleep(0.01)
    outcomes = answers.result()
    full = [outcome for outcome in outcomes if isinstance(outcome, InboxFull)]
    kept = [outcome for outcome in outcomes if outcome is Stored.WAITING]
    assert (len(full), len(kept)) == (40, 10)
    assert len(await stored_states(database)) == 10
    assert await inbox.store(event("later")) is Stored.WAITING


async def test_a_failed_commit_is_told_to_all_who_wait_and_the_next_succeeds(
    inbox: Inbox, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    beside = database.file.connect()
    beside.execute(
        "CREATE TRIGGER disk_full BEFORE INSERT ON zoom_event "
        "BEGIN SELECT RAISE(ABORT, 'disk full'); END"
    )
    outcomes = await outcomes_of([inbox.store(event(f"{n}")) for n in range(5)])
    assert [repr(outcome) for outcome in outcomes] == [
        repr(InboxFailed("the event was not stored"))
    ] * 5
    assert caplog.messages == ["5 events could not be stored"]
    assert "disk full" in caplog.text
    beside.execute("DROP TRIGGER disk_full")
    beside.close()
    assert await inbox.store(event("later")) is Stored.WAITING
    assert len(await stored_states(database)) == 1


async def test_a_request_that_goes_away_takes_no_other_with_it(
    inbox: Inbox, database: Database
) -> None:
    async with asyncio.TaskGroup() as tasks:
        requests = [tasks.create_task(inbox.store(event(f"{n}"))) for n in range(20)]
        await asyncio.sleep(0)
        for request in requests[::2]:
            request.cancel()
    assert all(request.cancelled() for request in requests[::2])
    assert [request.result() for request in requests[1::2]] == [Stored.WAITING] * 10
    assert await inbox.store(event("later")) is Stored.WAITING
    bodies = set(await stored_bodies(database))
    assert {f"{n}".encode() for n in range(1, 20, 2)} <= bodies


async def test_what_waits_when_the_inbox_closes_is_still_stored(database: Database) -> None:
    async with asyncio.TaskGroup() as tasks, Inbox.open(database) as inbox:
        stored = [tasks.create_task(inbox.store(event(f"{n}", None))) for n in range(700)]
        await asyncio.sleep(0)
    assert {one.result() for one in stored} == {Stored.WAITING}
    assert len(await stored_states(database)) == 700
    with pytest.raises(InboxFailed, match=r"^the inbox is closed$"):
        await inbox.store(event("too late", None))


async def test_an_error_around_the_inbox_comes_out_as_it_is(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with Inbox.open(database):
            raise ZeroDivisionError


async def test_tearing_the_inbox_down_answers_those_who_wait(database: Database) -> None:
    opened: asyncio.Future[Inbox] = asyncio.get_running_loop().create_future()

    async def serve() -> None:
        async with Inbox.open(database) as inbox:
            opened.set_result(inbox)
            await asyncio.Event().wait()

    async with database.turn, asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(serve())
        inbox = await opened
        answers = tasks.create_task(outcomes_of([inbox.store(event(f"{n}")) for n in range(3)]))
        await asyncio.sleep(0.01)
        serving.cancel()
    assert [type(outcome) for outcome in answers.result()] == [InboxFailed] * 3


async def test_other_writers_come_to_their_turn_under_load(
    inbox: Inbox, database: Database
) -> None:
    async def deliver(sender: int) -> None:
        for number in range(60):
            await inbox.store(event(f"{sender}:{number}"))

    async def write() -> None:
        for _ in range(20):
            async with database.writing() as tx:
                await add_person(tx, "Bilal")

    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        tasks.create_task(write())
        for sender in range(16):
            tasks.create_task(deliver(sender))
    async with database.reading() as tx:
        assert (await names(tx)).count("Bilal") == 20
        count = select(func.count()).select_from(zoom_event)
        assert await tx.connection.scalar(count) == 16 * 60


_UNDER_LOAD = """
import asyncio, sys
from hashlib import sha256
from storage.database import Database
from storage.inbox import Inbox, IncomingEvent
from storage.sealing import DataKeys
from tests.clocks import SettableClock

async def deliver(inbox, sender):
    for number in range(1_000_000):
        body = f"{sender}:{number} ".encode() * 60
        digest = sha256(body).digest()
        await inbox.store(IncomingEvent(digest, None, None, body, SettableClock()()))
        sys.stdout.write(digest.hex() + "\\n")
        sys.stdout.flush()

async def main():
    async with Database.open(sys.argv[1], DataKeys.parse(sys.argv[2]), SettableClock()) as database:
        async with Inbox.open(database) as inbox, asyncio.TaskGroup() as tasks:
            for sender in range(32):
                tasks.create_task(deliver(inbox, sender))

asyncio.run(main())
"""


@pytest.mark.parametrize("acknowledged", [1, 700, 2500])
async def test_no_acknowledged_event_is_lost_when_the_program_is_killed(
    database_path: Path, data_key: str, acknowledged: int
) -> None:
    url = f"sqlite:///{database_path}"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _UNDER_LOAD,
        url,
        data_key,
        cwd=_PROJECT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    answered = [await process.stdout.readline() for _ in range(acknowledged)]
    process.kill()
    rest, _ = await process.communicate()
    digests = {
        bytes.fromhex(line.decode())
        for line in b"".join([*answered, rest]).splitlines()
        if len(line) == 64  # the last may be cut
    }
    assert len(digests) >= acknowledged
    keys = DataKeys.parse(data_key)
    async with Database.open(url, keys, SettableClock()) as database, database.writing() as tx:
        kept = {waiting.digest: waiting.body for waiting in await take_waiting(tx, 1_000_000)}
    assert digests <= set(kept)
    assert all(sha256(body).digest() == digest for digest, body in kept.items())
