"""Rows of letters: who may claim which, and when."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from storage import letters, people
from storage.database import Database
from storage.erasing import erase_person
from storage.letters import UNCERTAIN, LetterClaim
from storage.schema import letter
from tests.clocks import SettableClock
from tests.storage.rows import forget_accounts

AISHA, MUSA = 7, 8
LEASE = timedelta(seconds=20)


@pytest.fixture
async def aisha(database: Database) -> int:
    return await somebody(database, AISHA, "Aisha")


@pytest.fixture
async def musa(database: Database) -> int:
    return await somebody(database, MUSA, "Musa")


async def somebody(database: Database, telegram_user_id: int, name: str) -> int:
    async with database.writing() as tx:
        return (await people.add_person(tx, telegram_user_id, name, None)).id


async def write(
    database: Database, person_id: int, contents: str, *, about_id: int | None = None
) -> bool:
    async with database.writing() as tx:
        key = f"{person_id}:{contents}"
        return await letters.add_letter(tx, person_id, contents, key, about_id)


async def claim(database: Database, *, busy: tuple[int, ...] = ()) -> list[LetterClaim]:
    async with database.writing() as tx:
        await letters.give_up_on_uncertain(tx)
        return list(await letters.claim_due(tx, 1, LEASE, 10, busy))


async def due_in(database: Database, clock: SettableClock) -> timedelta | None:
    async with database.reading() as tx:
        due_at = await letters.next_due_at(tx, ())
    return None if due_at is None else due_at - clock()


async def problems(database: Database) -> list[str | None]:
    async with database.reading() as tx:
        rows = await tx.connection.execute(select(letter.c.problem).order_by(letter.c.written_at))
        return list(rows.scalars())


async def count(database: Database) -> int:
    async with database.reading() as tx:
        return await tx.connection.scalar(select(func.count()).select_from(letter)) or 0


async def test_a_letter_is_written_once_and_what_it_said_goes_when_it_was_sent(
    database: Database, aisha: int
) -> None:
    assert await write(database, aisha, "locked")
    assert not await write(database, aisha, "locked")
    (one,) = await claim(database)
    assert (one.telegram_user_id, one.contents, one.is_repeat) == (AISHA, "locked", False)
    assert await claim(database) == []
    async with database.writing() as tx:
        await letters.record_sent(tx, one, message_id=5)
    assert not await write(database, aisha, "locked")
    assert await claim(database) == []
    async with database.reading() as tx:
        row = (await tx.connection.execute(select(letter))).one()
    assert (row.sealed_contents, row.message_id, row.due_at) == (None, 5, None)


async def test_a_person_gets_letters_in_order_while_others_are_not_kept_waiting(
    database: Database, aisha: int, musa: int, clock: SettableClock
) -> None:
    await write(database, aisha, "locked")
    clock.forward(timedelta(seconds=1))
    await write(database, aisha, "paid")
    await write(database, musa, "rate")
    first, other = await claim(database)
    assert (first.contents, other.contents) == ("locked", "rate")
    assert await claim(database, busy=(aisha, musa)) == []
    async with database.writing() as tx:
        await letters.record_not_sent(tx, first, tx.now + timedelta(minutes=1))
        await letters.record_sent(tx, other, 1)
    # The later one waits with the earlier one, and nobody looks in vain meanwhile.
    assert await claim(database) == []
    assert await due_in(database, clock) == timedelta(minutes=1)
    clock.forward(timedelta(minutes=1))
    (first,) = await claim(database)
    assert (first.contents, first.attempts, first.is_repeat) == ("locked", 1, False)
    async with database.writing() as tx:
        await letters.record_sent(tx, first, 2)
    assert [one.contents for one in await claim(database)] == ["paid"]


async def test_what_a_crash_leaves_between_sending_and_recording_is_repeated_once(
    database: Database, aisha: int, clock: SettableClock
) -> None:
    await write(database, aisha, "locked")
    (lost,) = await claim(database)
    assert await due_in(database, clock) == LEASE
    clock.forward(LEASE)
    (again,) = await claim(database)
    assert again.is_repeat
    async with database.writing() as tx:  # the first postman is heard of after all
        await letters.record_sent(tx, replace(lost, token=9), 1)
    clock.forward(LEASE)
    assert await claim(database) == []
    assert (await problems(database), await due_in(database, clock)) == ([UNCERTAIN], None)


async def test_an_uncertain_send_is_repeated_at_most_once(
    database: Database, aisha: int, clock: SettableClock
) -> None:
    await write(database, aisha, "locked")
    (one,) = await claim(database)
    async with database.writing() as tx:
        await letters.record_uncertain(tx, one, tx.now)
    (again,) = await claim(database)
    async with database.writing() as tx:  # this time nothing was sent; it still may have been
        await letters.record_not_sent(tx, again, tx.now)
    (third,) = await claim(database)
    assert (one.is_repeat, again.is_repeat, third.is_repeat) == (False, True, True)
    async with database.writing() as tx:
        await letters.record_uncertain(tx, third, tx.now)
    assert (await claim(database), await problems(database)) == ([], [UNCERTAIN])
    clock.forward(timedelta(days=3))
    assert await claim(database) == []


async def test_what_was_given_up_is_not_tried_again_and_forgotten_in_time(
    database: Database, aisha: int, musa: int, clock: SettableClock
) -> None:
    await write(database, aisha, "locked")
    await write(database, musa, "rate")
    for one in await claim(database):
        if one.person_id == aisha:
            async with database.writing() as tx:
                await letters.record_given_up(tx, one, "blocked")
    assert sorted(str(one) for one in await problems(database)) == ["None", "blocked"]
    clock.forward(timedelta(days=2))
    async with database.writing() as tx:
        await forget_accounts(tx, tx.now)
        assert await tx.connection.scalar(select(func.count()).select_from(letter)) == 1
    assert [one.contents for one in await claim(database)] == ["rate"]


async def test_erasing_a_person_takes_their_letters_and_those_that_name_them(
    database: Database, aisha: int, musa: int
) -> None:
    await write(database, aisha, "rate")
    await write(database, musa, "Aisha accepted", about_id=aisha)
    await write(database, musa, "rate")
    async with database.writing() as tx:
        await erase_person(tx, aisha, AISHA)
    assert [one.contents for one in await claim(database)] == ["rate"]
    assert await count(database) == 1
    assert not await write(database, aisha, "paid")
