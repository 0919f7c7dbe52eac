"""A payment that was noted wrongly is put right by admins alone, and never anything but that."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from school.errors import NotAllowed, Outdated
from services import payment_correcting
from services.office import Office
from services.people import Caller, TelegramUser, who_is
from services.statements import lock, pay_out, show
from storage.schema import letter
from tests.clocks import SettableClock
from tests.services.months import earns, held, november
from tests.services.people_of_the_school import ADMIN, AISHA, made_teacher

NOVEMBER, DAY = "2026-11", date(2026, 12, 1)


async def locked(office: Office, clock: SettableClock, teacher: TelegramUser = AISHA) -> int:
    """A statement of one class; whose it is."""
    person_id = (await made_teacher(office, teacher)).person_id
    assert person_id is not None
    await earns(office, person_id, "100")
    await held(office, november(3), teacher)
    clock.now = datetime(2026, 12, 2, tzinfo=UTC)
    admin = await who_is(office, ADMIN)
    page = await show(office, admin, person_id, NOVEMBER)
    await lock(office, admin, person_id, NOVEMBER, page.seen, is_sure=True)
    return person_id


async def paid(office: Office, admin: Caller, person_id: int) -> None:
    await pay_out(office, admin, person_id, NOVEMBER, paid_on=DAY, reference="TR-1")


async def letters_to(office: Office, person_id: int) -> int:
    query = select(func.count()).where(letter.c.person_id == person_id)
    async with office.database.reading() as tx:
        return await tx.connection.scalar(query) or 0


async def test_there_is_nothing_to_put_right_before_it_is_paid(
    office: Office, clock: SettableClock
) -> None:
    person_id, admin = await locked(office, clock), await who_is(office, ADMIN)
    with pytest.raises(Outdated, match="not marked as paid"):
        await payment_correcting.ask(office, admin, person_id, NOVEMBER, "a")
    assert await payment_correcting.typed(office, admin, "yesterday", "b") is None


async def test_its_teacher_cannot_put_it_right(office: Office, clock: SettableClock) -> None:
    person_id, admin = await locked(office, clock), await who_is(office, ADMIN)
    await paid(office, admin, person_id)
    aisha = await who_is(office, AISHA)
    with pytest.raises(NotAllowed):
        await payment_correcting.ask(office, aisha, person_id, NOVEMBER, "a")
    with pytest.raises(NotAllowed):
        await payment_correcting.typed(office, aisha, "yesterday", "b")


async def test_what_is_left_out_stays_and_only_a_change_is_told(
    office: Office, clock: SettableClock
) -> None:
    person_id, admin = await locked(office, clock), await who_is(office, ADMIN)
    await paid(office, admin, person_id)
    before = await letters_to(office, person_id)
    each = (
        ("TR-2", (DAY, "TR-2"), 1),
        ("today", (date(2026, 12, 2), "TR-2"), 2),
        ("2 Dec TR-2", (date(2026, 12, 2), "TR-2"), 2),
    )
    for number, (text, expected, told) in enumerate(each):
        await payment_correcting.ask(office, admin, person_id, NOVEMBER, f"ask {number}")
        page = await payment_correcting.typed(office, admin, text, f"typed {number}")
        assert page is not None
        assert page.stored is not None
        assert (page.stored.paid_on, page.stored.reference) == expected
        assert await letters_to(office, person_id) - before == told
    assert await payment_correcting.typed(office, admin, "TR-3", "late") is None


async def test_an_admin_who_teaches_gets_no_letter_of_their_own_correction(
    office: Office, clock: SettableClock
) -> None:
    person_id, admin = await locked(office, clock, ADMIN), await who_is(office, ADMIN)
    await paid(office, admin, person_id)
    await payment_correcting.ask(office, admin, person_id, NOVEMBER, "a")
    page = await payment_correcting.typed(office, admin, "TR-2", "b")
    assert page is not None
    assert page.is_news
    assert await letters_to(office, person_id) == 0
