"""Who leaves takes their name along, and not a cent of anybody's."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import update

from school.money import Money
from school.pay import AdjustmentKind
from school.reports import Figures
from school.statements import StatementContent, StatementState
from services.leaving import delete, preview
from services.office import Office
from services.people import Caller, TelegramUser, who_is
from services.reporting import Order, days, report
from services.statements import accept, list_month, lock, show
from storage import adjustments, erasures
from storage.adjustments import NewAdjustment
from storage.schema import lesson
from tests.clocks import SettableClock
from tests.lessons import MadeClass
from tests.services.months import Held, counts_as, earns, held, november, person_id_of
from tests.services.people_of_the_school import ADMIN, AISHA, MUSA, made_teacher

NOVEMBER = "2026-11"
EVERYBODY = (AISHA, MUSA)


@dataclass(frozen=True, slots=True)
class Accounts:
    """All that the school's accounts come to; `earned` by each teacher."""

    figures: dict[int, Figures]
    total: Figures
    earned: dict[int, tuple[Money, ...]]
    states: dict[int, StatementState]
    listed: dict[int, tuple[Money, ...]]  # in the list of the month's statements


@pytest.fixture
async def ids(office: Office, clock: SettableClock) -> dict[TelegramUser, int]:
    """Two teachers who have stood in for each other in November; it is December."""
    for one in EVERYBODY:
        await made_teacher(office, one)
    ids = {one: await person_id_of(office, one) for one in EVERYBODY}
    await earns(office, ids[AISHA], "100")
    await earns(office, ids[MUSA], "90.50", currency="USD")
    classes = {
        teacher: [
            await held(office, november(day, 8 + day), teacher, Held(minutes), topic=topic)
            for day, minutes in ((3, 45), (4, 20), (5, 10), (6, 44))
        ]
        for teacher, topic in ((AISHA, "Tajweed"), (MUSA, "Fiqh"))
    }
    for teacher, other in ((AISHA, MUSA), (MUSA, AISHA)):
        given, hosted, corrected, _ = classes[teacher]
        await is_given(office, given, teacher_id=ids[other])
        await is_given(office, hosted, hosted_by=ids[other])
        await counts_as(office, corrected.lesson_id, 33, f"mend of {teacher.id}")
    clock.now = datetime(2026, 12, 2, tzinfo=UTC)
    await paid_extra(office, ids)
    return ids


async def is_given(office: Office, made: MadeClass, **by: int) -> None:
    async with office.database.writing() as tx:
        await tx.connection.execute(
            update(lesson).where(lesson.c.id == made.lesson_id).values(**by)
        )


async def paid_extra(office: Office, ids: dict[TelegramUser, int]) -> None:
    admin_id = await person_id_of(office, ADMIN)
    async with office.database.writing() as tx:
        for teacher, person_id in ids.items():
            new = NewAdjustment(
                person_id=person_id,
                kind=AdjustmentKind.BONUS,
                day=date(2026, 11, 20),
                money=Money("ETB", Decimal("12.35")),
                lesson_id=None,
                reason=f"for {teacher.name}",
            )
            await adjustments.add_adjustment(
                tx, new, by=admin_id, request_key=f"bonus of {teacher.id}"
            )


async def accounts(office: Office, ids: dict[TelegramUser, int]) -> Accounts:
    """As an admin reads them."""
    admin = await who_is(office, ADMIN)
    period = days(office, date(2026, 11, 1), date(2026, 11, 30))
    found = (await report(office, admin, Order(period))).report
    pages = {one: await show(office, admin, one, NOVEMBER) for one in ids.values()}
    month = await list_month(office, admin, NOVEMBER, 0)
    return Accounts(
        figures={one.teacher_id: one.figures for one in found.teachers},
        total=found.total,
        earned={one: page.content.totals for one, page in pages.items()},
        states={one: page.state for one, page in pages.items()},
        listed={one.teacher.id: one.totals for one in month.listed},
    )


async def content_of(office: Office, person_id: int) -> StatementContent:
    return (await show(office, await who_is(office, ADMIN), person_id, NOVEMBER)).content


async def is_locked(office: Office, person_id: int) -> None:
    admin = await who_is(office, ADMIN)
    page = await show(office, admin, person_id, NOVEMBER)
    await lock(office, admin, person_id, NOVEMBER, page.seen, is_sure=True)


async def leaves(office: Office, user: TelegramUser) -> None:
    read = await preview(office, user)
    assert read is not None
    await delete(office, user, read.person_id)


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("locked", ["nobody", "who leaves", "who stays"])
async def test_every_total_is_what_it_was_before(
    office: Office, ids: dict[TelegramUser, int], who: TelegramUser, locked: str
) -> None:
    [stays] = [one for one in EVERYBODY if one != who]
    if locked != "nobody":
        await is_locked(office, ids[who if locked == "who leaves" else stays])
    before, read = await accounts(office, ids), await content_of(office, ids[stays])
    assert all(before.earned.values())
    await leaves(office, who)
    assert await accounts(office, ids) == before
    assert await content_of(office, ids[stays]) == read


async def test_a_statement_that_was_accepted_stays_accepted(
    office: Office, ids: dict[TelegramUser, int]
) -> None:
    musa: Caller = await who_is(office, MUSA)
    page = await show(office, musa, ids[MUSA], NOVEMBER)
    await accept(office, musa, ids[MUSA], NOVEMBER, page.seen)
    await leaves(office, AISHA)
    now = await show(office, musa, ids[MUSA], NOVEMBER)
    assert (now.state, now.has_lapsed) == (StatementState.ACCEPTED, False)


async def test_everybody_may_leave_and_the_accounts_still_add_up(
    office: Office, ids: dict[TelegramUser, int]
) -> None:
    before = await accounts(office, ids)
    for one in EVERYBODY:
        await leaves(office, one)
    assert await accounts(office, ids) == before
    async with office.database.reading() as tx:
        assert len(await erasures.all_kept(tx)) == len(EVERYBODY)
