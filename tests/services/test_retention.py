"""What is cleared, and when."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from school.model import Retention
from services.connecting import begin
from services.events import apply_waiting
from services.leaving import delete
from services.office import Office
from services.people import who_is
from services.retention import clear_old, in_words, kept_since, kept_until
from storage import forms
from storage.class_forms import CLASS, ClassForm
from storage.inbox import HELD_FOR
from storage.schema import metadata
from storage.updates import mark_handled
from tests.clocks import SettableClock
from tests.lessons import announce, made_class
from tests.services.people_of_the_school import AISHA, made_teacher
from tests.zoom_reports import Held, reported

GROUP = -1001
ACCOUNTS: Sequence[str] = (
    "lesson",
    "course",
    "course_chat",
    "meeting_instance",
    "presence",
    "stay",
    "post",
)


async def counts(office: Office, *tables: str) -> list[int]:
    async with office.database.reading() as tx:
        found = [
            await tx.connection.execute(select(func.count()).select_from(metadata.tables[name]))
            for name in tables
        ]
    return [one.scalar_one() for one in found]


async def held_class(office: Office) -> None:
    made = await made_class(office, {GROUP: "Beginners A"}, starts_at=office.clock())
    await announce(office, made, GROUP)
    held = Held(made.meeting_id, office.clock())
    await reported(office, held.started(), *held.stay("Khadija", 0, 40), held.ended(40))
    await apply_waiting(office)


async def test_everything_goes_at_its_own_time(office: Office, clock: SettableClock) -> None:
    caller = await made_teacher(office, AISHA)
    assert caller.person_id is not None
    await held_class(office)
    await begin(office, caller)
    async with office.database.writing() as tx:
        await forms.begin(tx, CLASS, caller.person_id, "update 1", ClassForm())
        await mark_handled(tx, 1)
    short_lived = ("connect_attempt", "draft", "handled_update", "zoom_event")
    began = clock()
    for after, left in (
        (timedelta(), [1, 1, 1, 4]),
        (timedelta(minutes=6), [0, 1, 1, 4]),
        (timedelta(hours=24, seconds=1), [0, 0, 1, 4]),
        (timedelta(days=2, seconds=1), [0, 0, 0, 4]),
        (Retention().raw_events, [0, 0, 0, 0]),
    ):
        clock.now = began + after
        await clear_old(office)
        assert await counts(office, *short_lived) == left, after
    assert 0 not in await counts(office, *ACCOUNTS)


async def test_held_reports_go_after_an_hour(office: Office, clock: SettableClock) -> None:
    made = await made_class(office, {})
    await reported(office, Held(made.meeting_id, clock()).started())
    async with office.database.writing() as tx:
        await tx.connection.execute(
            update(metadata.tables["zoom_event"]).values(
                state="held", next_try_at=tx.now + HELD_FOR
            )
        )
    clock.forward(HELD_FOR - timedelta(seconds=1))
    await clear_old(office)
    assert await counts(office, "zoom_event") == [1]
    clock.forward(timedelta(seconds=1))
    await clear_old(office)
    assert await counts(office, "zoom_event") == [0]


async def test_the_log_is_left_alone_while_nothing_is_past_its_time(
    office: Office, clock: SettableClock, database_path: Path
) -> None:
    log = database_path.with_name(f"{database_path.name}-wal")
    await held_class(office)
    assert await clear_old(office) == 0
    assert log.stat().st_size > 0
    clock.forward(Retention().raw_events)
    assert await clear_old(office) == 4
    assert log.stat().st_size == 0


async def test_after_a_month_off_one_clearing_catches_up_and_another_changes_nothing(
    office: Office, clock: SettableClock
) -> None:
    await held_class(office)
    clock.forward(timedelta(days=31))
    tables = [table.name for table in metadata.sorted_tables]
    await clear_old(office)
    after = await counts(office, *tables)
    await clear_old(office)
    assert await counts(office, *tables) == after
    assert await counts(office, "zoom_event", "lesson") == [0, 1]


async def test_accounts_go_after_five_years_by_whole_months(
    office: Office, clock: SettableClock
) -> None:
    await held_class(office)  # in November 2026
    person_id = (await who_is(office, AISHA)).person_id
    assert person_id is not None
    await delete(office, AISHA, person_id)
    clock.now = datetime(2031, 11, 30, 20, 59, tzinfo=UTC)  # in Addis Ababa, a minute to midnight
    await clear_old(office)
    assert await counts(office, "lesson", "presence", "erasure") == [1, 2, 1]
    clock.forward(timedelta(minutes=1))
    await clear_old(office)
    assert await counts(office, *ACCOUNTS, "audit_entry") == [0] * 8


async def test_a_course_with_a_younger_lesson_stays(office: Office, clock: SettableClock) -> None:
    await held_class(office)
    clock.now = datetime(2031, 12, 1, tzinfo=UTC)
    await held_class(office)
    await clear_old(office)
    assert await counts(office, "lesson", "course", "course_chat") == [1, 1, 1]


@pytest.mark.parametrize(
    ("day", "months", "until"),
    [
        (date(2026, 11, 23), 60, date(2031, 11, 30)),
        (date(2027, 2, 1), 60, date(2032, 2, 29)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 1, 31), 13, date(2027, 2, 28)),
    ],
)
def test_what_is_promised_is_kept(day: date, months: int, until: date) -> None:
    assert kept_until(day, months) == until
    assert kept_since(until, months) == day.replace(day=1)
    assert kept_since(until + timedelta(days=1), months) > day


@pytest.mark.parametrize(
    ("months", "said"),
    [(60, ("{count} years", 5)), (12, ("{count} years", 1)), (18, ("{count} months", 18))],
)
def test_a_number_of_months_reads_as_years_where_it_is_that(
    months: int, said: tuple[str, int]
) -> None:
    words = in_words(months)
    assert (words.plural, words.count) == said
