"""Letters reach their readers over HTTP, once, whatever Telegram does meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.application import TelegramBot
from sandbox.people import People, Person
from school.letters import StatementReady
from school.model import ClockFace
from services import letters
from services.office import Office
from storage.letters import add_letter
from storage.people import add_person
from storage.schema import letter, person
from tests.clocks import SettableClock
from tests.services.people_of_the_school import AISHA, made_teacher

NOVEMBER = "Your statement of November 2026 is ready"


@pytest.fixture
async def teacher(office: Office, aisha: Person) -> int:
    """Aisha, who has seen all there is."""
    caller = await made_teacher(office, AISHA)
    assert caller.person_id is not None
    await aisha.catches_up()
    return caller.person_id


@pytest.fixture
async def delivering(telegram_bot: TelegramBot, office: Office) -> AsyncIterator[TelegramBot]:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(telegram_bot.postman.run(stop))
        yield telegram_bot
        stop.set()
        office.bell.letters.ring()


async def write(office: Office, person_id: int, month: str = "2026-11") -> None:
    async with office.database.writing() as tx:
        await letters.write(tx, person_id, StatementReady(person_id, month, ()), month)
    office.bell.letters.ring()


async def settled(office: Office, clock: SettableClock) -> str | None:
    """Until nothing is due, while time goes on; the problem of what was written last."""
    async with asyncio.timeout(30):
        while True:
            clock.forward(timedelta(seconds=1))
            office.bell.letters.ring()
            async with office.database.reading() as tx:
                rows = await tx.connection.execute(
                    select(letter.c.due_at, letter.c.problem).order_by(letter.c.written_at)
                )
                found = rows.all()
            if not any(row.due_at for row in found):
                problem: str | None = found[-1].problem
                return problem
            await asyncio.sleep(0.02)


async def letters_in(aisha: Person) -> list[str]:
    seen = (await aisha.looks()).messages
    return [one.text for one in seen if "statement of" in one.text]


@pytest.mark.parametrize(
    "fault", ["server_error", "drop_before", "too_many_requests", "drop_after"]
)
async def test_whatever_goes_wrong_once_it_is_read(
    office: Office,
    delivering: TelegramBot,
    teacher: int,
    aisha: Person,
    people: People,
    clock: SettableClock,
    fault: str,
) -> None:
    del delivering
    await people.fault(fault, "sendMessage", chat_id=aisha.id)
    await write(office, teacher)
    assert await settled(office, clock) is None
    await aisha.sees(NOVEMBER)
    # What may have been sent already is sent once more, and then no more.
    assert len(await letters_in(aisha)) == (2 if fault == "drop_after" else 1)


async def test_what_is_never_confirmed_is_sent_twice_at_most(
    office: Office,
    delivering: TelegramBot,
    teacher: int,
    aisha: Person,
    people: People,
    clock: SettableClock,
) -> None:
    del delivering
    await people.fault("drop_after", "sendMessage", chat_id=aisha.id, times=9)
    await write(office, teacher)
    assert await settled(office, clock) == "uncertain"
    assert len(await letters_in(aisha)) == 2


async def test_who_has_blocked_the_bot_is_not_written_to_again(
    office: Office, delivering: TelegramBot, teacher: int, aisha: Person, clock: SettableClock
) -> None:
    del delivering
    await aisha.blocks_bot()
    await write(office, teacher)
    assert await settled(office, clock) == "blocked"
    await aisha.unblocks_bot()
    await write(office, teacher, "2026-12")
    assert await settled(office, clock) is None
    assert [NOVEMBER in one for one in await letters_in(aisha)] == [False]


async def test_it_is_worded_as_its_reader_has_chosen_by_then(
    office: Office, telegram_bot: TelegramBot, teacher: int, aisha: Person
) -> None:
    await write(office, teacher)
    async with office.database.writing() as tx:
        chosen = {"language": "ar", "clock": ClockFace.ETHIOPIAN}
        await tx.connection.execute(update(person).values(chosen))
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(telegram_bot.postman.run(stop))
        seen = await aisha.sees("2026")
        stop.set()
        office.bell.letters.ring()
    assert NOVEMBER not in seen.text


async def test_one_that_cannot_be_read_is_given_up_and_keeps_nobody_else_waiting(
    office: Office, delivering: TelegramBot, teacher: int, aisha: Person, people: People
) -> None:
    """As after going back to an earlier version, which knows fewer kinds."""
    del delivering
    khadija = await people.person("Khadija")
    await khadija.types("/start")
    async with office.database.writing() as tx:
        other = await add_person(tx, khadija.id, "Khadija", None)
        await add_letter(tx, teacher, "Unheard\n{}", "1", None)
    await write(office, other.id)
    await khadija.sees(NOVEMBER)
    await aisha.sees_nothing_new(0.1)
    async with office.database.reading() as tx:
        rows = await tx.connection.execute(
            select(letter.c.problem).where(letter.c.person_id == teacher)
        )
        assert rows.scalar_one() == "unreadable"


@pytest.mark.parametrize("contents", ["NoSuchKind\n{}", "StatementReady\n{", "words"])
async def test_what_cannot_be_worded_is_given_up_and_the_next_is_read(
    office: Office,
    delivering: TelegramBot,
    teacher: int,
    aisha: Person,
    clock: SettableClock,
    caplog: pytest.LogCaptureFixture,
    contents: str,
) -> None:
    del delivering
    async with office.database.writing() as tx:
        await add_letter(tx, teacher, contents, "of another release", None)
    assert await settled(office, clock) == "unreadable"
    await write(office, teacher)
    assert await settled(office, clock) is None
    await aisha.sees(NOVEMBER)
    assert caplog.text.count("problem ") == 1
