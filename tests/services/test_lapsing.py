"""What was accepted and says something else since: noted once, and its teacher told once."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from services.lapsing import lapse_due
from services.office import Office
from services.people import Caller, who_is
from services.statements import StatementPage, accept, list_month, lock, lock_accepted, show
from storage.schema import letter
from tests.clocks import SettableClock
from tests.services.months import Held, counts_as, earns, held, november
from tests.services.people_of_the_school import ADMIN, AISHA, made_teacher

NOVEMBER = "2026-11"


@pytest.fixture
async def lesson_id(office: Office, clock: SettableClock) -> int:
    """A class of Aisha's in November, whose statement she accepted in December."""
    aisha = await made_teacher(office, AISHA)
    assert aisha.person_id is not None
    await earns(office, aisha.person_id, "100")
    made = await held(office, november(3), how=Held(30))
    clock.now = datetime(2026, 12, 2, tzinfo=UTC)
    await accepts(office)
    return made.lesson_id


async def accepts(office: Office) -> None:
    aisha = await who_is(office, AISHA)
    assert aisha.person_id is not None
    page = await show(office, aisha, aisha.person_id, NOVEMBER)
    assert (await accept(office, aisha, aisha.person_id, NOVEMBER, page.seen)).is_news


async def told(office: Office) -> int:
    """How often a teacher was told that their acceptance lapsed."""
    async with office.database.reading() as tx:
        keys = (await tx.connection.execute(select(letter.c.request_key))).scalars()
        return sum(":lapsed " in key for key in keys)


async def test_nothing_lapses_while_nothing_changes(office: Office, lesson_id: int) -> None:
    assert lesson_id
    assert (await lapse_due(office), await told(office)) == (0, 0)


async def test_each_acceptance_lapses_once(
    office: Office, lesson_id: int, clock: SettableClock
) -> None:
    await counts_as(office, lesson_id, 40, "a")
    assert [await lapse_due(office), await lapse_due(office)] == [1, 0]
    # It changes once more before she has looked at it.
    await counts_as(office, lesson_id, 30, "b")
    page = await _seen_by_admin(office)
    assert (await lapse_due(office), await told(office), page.has_lapsed) == (0, 1, True)
    clock.now = datetime(2026, 12, 3, tzinfo=UTC)
    await accepts(office)
    await counts_as(office, lesson_id, 45, "c")
    assert (await lapse_due(office), await told(office)) == (1, 2)


@pytest.mark.parametrize("is_noted", [True, False])
async def test_what_lapsed_is_not_locked_with_the_accepted_ones(
    office: Office, lesson_id: int, *, is_noted: bool
) -> None:
    await counts_as(office, lesson_id, 40, "a")
    if is_noted:
        await lapse_due(office)
    admin = await who_is(office, ADMIN)
    done = await lock_accepted(office, admin, NOVEMBER)
    assert (done.locked, done.lapsed) == ((), 1)
    assert (await list_month(office, admin, NOVEMBER, 0)).accepted == int(not is_noted)
    page = await _seen_by_admin(office)
    locked = await lock(office, admin, page.teacher.id, NOVEMBER, page.seen, is_sure=True)
    assert locked.stored is not None
    assert (locked.stored.is_closed, locked.stored.accepted_at) == (True, None)
    assert await lapse_due(office) == 0


async def _seen_by_admin(office: Office) -> StatementPage:
    admin: Caller = await who_is(office, ADMIN)
    aisha = await who_is(office, AISHA)
    assert aisha.person_id is not None
    return await show(office, admin, aisha.person_id, NOVEMBER)
