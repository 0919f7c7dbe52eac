"""Letters: written with what they tell, and read as they were written."""

import pytest
from sqlalchemy import select, update

from school.letters import Letter, StatementAccepted, StatementReady
from services import letters
from services.office import Office
from services.people import who_is
from storage.schema import letter
from tests.bot.views_of_letters import every_letter
from tests.services.people_of_the_school import ADMIN, AISHA, made_teacher


@pytest.mark.parametrize("one", list(every_letter()))
def test_a_letter_reads_as_it_was_written(one: Letter) -> None:
    assert letters.read(letters.written(one)) == one


async def keys(office: Office) -> list[str]:
    async with office.database.reading() as tx:
        return list((await tx.connection.execute(select(letter.c.request_key))).scalars())


async def test_what_is_undone_was_never_told(office: Office) -> None:
    aisha = await made_teacher(office, AISHA)
    assert aisha.person_id is not None
    with pytest.raises(RuntimeError):
        await _write_and_fail(office, aisha.person_id)
    assert await keys(office) == []


async def _write_and_fail(office: Office, person_id: int) -> None:
    async with office.database.writing() as tx:
        await letters.write(tx, person_id, StatementReady(person_id, "2026-11", ()), "ready 1")
        raise RuntimeError


async def test_admins_are_told_who_have_written_but_not_whoever_did_it(office: Office) -> None:
    aisha = await made_teacher(office, AISHA)
    admin = await who_is(office, ADMIN)
    assert aisha.person_id is not None
    accepted = StatementAccepted(aisha.person_id, "Aisha", "2026-11", ())
    async with office.database.writing() as tx:
        await letters.write_to_admins(tx, office, accepted, "own", but=admin.person_id)
        for _ in range(2):
            await letters.write_to_admins(tx, office, accepted, "accepted")
    assert await keys(office) == [f"{admin.person_id}:accepted"]


async def test_a_letter_that_does_not_open_is_given_up_and_holds_up_nobody(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    aisha, admin = await made_teacher(office, AISHA), await who_is(office, ADMIN)
    assert aisha.person_id is not None
    assert admin.person_id is not None
    async with office.database.writing() as tx:
        await letters.write(tx, aisha.person_id, StatementReady(1, "2026-10", ()), "broken")
        await tx.connection.execute(update(letter).values(sealed_contents=b"no seal of ours"))
        for person_id in (aisha.person_id, admin.person_id):
            await letters.write(tx, person_id, StatementReady(1, "2026-11", ()), "whole")
    first = await letters.take_turn(office, (), (), 10)
    done = [letters.Sent(claim, 5) for claim in first.claims]
    second = await letters.take_turn(office, done, (), 10)
    assert {one.person_id for one in (*first.claims, *second.claims)} == {
        aisha.person_id,
        admin.person_id,
    }
    async with office.database.reading() as tx:
        rows = await tx.connection.execute(select(letter.c.request_key, letter.c.problem))
        problems = {key.partition(":")[2]: problem for key, problem in rows if problem}
    assert problems == {"broken": "unreadable"}
    assert caplog.text.count("cannot be read") == 1
