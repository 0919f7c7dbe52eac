"""Statements from the draft to the payment, as the services keep them."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from school.errors import NotAllowed, NotUnderstood
from school.model import LessonState, Role
from school.money import Money
from school.pay import AdjustmentKind
from school.pay_rules import Per
from school.statements import StatementState
from services import adjusting, adjustment_forms, disputing, rate_forms, statement_payment
from services.adjusting import AdjustmentMade
from services.office import Office
from services.paid_lines import open_line
from services.people import Caller, as_teacher, who_is
from services.rate_forms import RatePage
from services.rates import RateSaved
from services.statements import (
    StatementPage,
    accept,
    list_month,
    lock,
    lock_accepted,
    pay_out,
    show,
)
from tests.clocks import SettableClock
from tests.lessons import set_state
from tests.services.months import Held, counts_as, earns, held, november, person_id_of
from tests.services.people_of_the_school import ADMIN, AISHA, MUSA, made_teacher

NOVEMBER, DECEMBER, JANUARY = "2026-11", "2026-12", "2027-01"
DRAFT, ACCEPTED = StatementState.DRAFT, StatementState.ACCEPTED
LOCKED, PAID = StatementState.LOCKED, StatementState.PAID


@pytest.fixture
async def aisha(office: Office) -> Caller:
    return await made_teacher(office, AISHA)


@pytest.fixture
async def admin(office: Office) -> Caller:
    found = await who_is(office, ADMIN)
    assert found.role is Role.ADMIN
    return found


@pytest.fixture
async def lessons(office: Office, aisha: Caller, clock: SettableClock) -> list[int]:
    """Three of 45, 20 and 10 minutes at 100 an hour, and it is December."""
    assert aisha.person_id is not None
    await earns(office, aisha.person_id, "100")
    classes = [
        await held(office, november(day), how=Held(minutes))
        for day, minutes in ((3, 45), (4, 20), (5, 10))
    ]
    clock.now = datetime(2026, 12, 2, tzinfo=UTC)
    return [one.lesson_id for one in classes]


async def seen(office: Office, reader: Caller, month: str = NOVEMBER) -> StatementPage:
    return await show(office, reader, await person_id_of(office, AISHA), month)


async def locked(office: Office, admin: Caller, month: str = NOVEMBER) -> StatementPage:
    page = await seen(office, admin, month)
    return await lock(office, admin, page.teacher.id, month, page.seen, is_sure=True)


def birr(amount: str) -> tuple[Money, ...]:
    return (Money("ETB", Decimal(amount)),)


async def test_the_total_is_the_sum_of_the_lines_to_the_cent(
    office: Office, aisha: Caller, lessons: list[int]
) -> None:
    """45 min are 75.00, 20 min 33.33, 10 min 16.67."""
    page = await seen(office, aisha)
    amounts = [one.amount and one.amount.amount for one in page.content.lessons]
    assert amounts == [Decimal("75.00"), Decimal("33.33"), Decimal("16.67")]
    assert page.content.totals == birr("125.00")
    assert [one.lesson.lesson_id for one in page.content.lessons] == lessons


async def test_only_the_teacher_accepts_and_only_admins_lock(
    office: Office, aisha: Caller, admin: Caller, lessons: list[int]
) -> None:
    page = await seen(office, aisha)
    person_id, musa = page.teacher.id, await made_teacher(office, MUSA)
    for stranger in (musa, admin):
        with pytest.raises(NotAllowed):
            await accept(office, stranger, person_id, NOVEMBER, page.seen)
    for teacher in (musa, aisha):
        with pytest.raises(NotAllowed):
            await lock(office, teacher, person_id, NOVEMBER, page.seen, is_sure=True)
    assert len(lessons) == 3


async def test_what_somebody_is_paid_for_no_other_teacher_sees_or_doubts(
    office: Office, aisha: Caller, lessons: list[int]
) -> None:
    person_id = (await seen(office, aisha)).teacher.id
    musa = await made_teacher(office, MUSA)
    with pytest.raises(NotAllowed, match="Only this teacher and the admins"):
        await show(office, musa, person_id, NOVEMBER)
    with pytest.raises(NotAllowed, match="Only the teacher of this class"):
        await open_line(office, musa, lessons[0])
    with pytest.raises(NotAllowed, match="Only the teacher of this class"):
        await disputing.ask(office, as_teacher(office, musa), lessons[0])


async def test_a_month_that_is_not_over_is_neither_accepted_nor_locked(
    office: Office, aisha: Caller, admin: Caller, lessons: list[int], clock: SettableClock
) -> None:
    clock.now = datetime(2026, 11, 30, 20, 59, tzinfo=UTC)  # a minute before midnight there
    page = await seen(office, aisha)
    with pytest.raises(NotUnderstood, match="not over yet"):
        await accept(office, aisha, page.teacher.id, NOVEMBER, page.seen)
    with pytest.raises(NotUnderstood, match="not over yet"):
        await locked(office, admin)
    clock.forward(timedelta(minutes=1))
    page = await accept(office, aisha, page.teacher.id, NOVEMBER, page.seen)
    assert (page.state, page.is_news, len(lessons)) == (ACCEPTED, True, 3)


async def test_what_changed_since_it_was_looked_at_is_not_accepted(
    office: Office, aisha: Caller, lessons: list[int]
) -> None:
    page = await seen(office, aisha)
    await counts_as(office, lessons[2], taught=30)
    again = await accept(office, aisha, page.teacher.id, NOVEMBER, page.seen)
    assert (again.has_changed, again.state, again.is_news) == (True, DRAFT, False)
    done = await accept(office, aisha, page.teacher.id, NOVEMBER, again.seen)
    assert (done.state, done.is_news) == (ACCEPTED, True)
    repeated = await accept(office, aisha, page.teacher.id, NOVEMBER, again.seen)
    assert (repeated.state, repeated.is_news) == (ACCEPTED, False)


async def test_one_that_is_not_accepted_is_locked_only_by_whoever_is_sure(
    office: Office, admin: Caller, lessons: list[int]
) -> None:
    page = await seen(office, admin)
    asks = await lock(office, admin, page.teacher.id, NOVEMBER, page.seen, is_sure=False)
    assert (asks.asks_if_sure, asks.state) == (True, DRAFT)
    await counts_as(office, lessons[0], taught=30)
    changed = await lock(office, admin, page.teacher.id, NOVEMBER, page.seen, is_sure=True)
    assert (changed.has_changed, changed.state) == (True, DRAFT)
    assert (await locked(office, admin)).state is LOCKED


async def test_pressed_twice_at_once_it_is_locked_once(
    office: Office, admin: Caller, lessons: list[int]
) -> None:
    page = await seen(office, admin)
    press = [
        lock(office, admin, page.teacher.id, NOVEMBER, page.seen, is_sure=True) for _ in range(5)
    ]
    done = await asyncio.gather(*press)
    assert sorted(one.is_news for one in done) == [False] * 4 + [True]
    assert {one.state for one in done} == {LOCKED}
    assert len(lessons) == 3


async def test_a_locked_statement_never_changes_and_the_difference_is_carried_once(
    office: Office, aisha: Caller, admin: Caller, lessons: list[int], clock: SettableClock
) -> None:
    before = await locked(office, admin)
    await counts_as(office, lessons[1], taught=40)
    assert aisha.person_id is not None
    await earns(office, aisha.person_id, "10", per=Per.LESSON, since=date(2026, 11, 5))
    assert (await seen(office, admin)).content == before.content
    # 40 min are 66.67 instead of 33.33; a class is 10.00 instead of 16.67.
    december = (await seen(office, admin, DECEMBER)).content
    assert [(one.month, one.money) for one in december.carried] == [(NOVEMBER, *birr("26.67"))]
    assert (await seen(office, admin, JANUARY)).content.carried == ()
    clock.now = datetime(2027, 1, 2, tzinfo=UTC)
    assert (await locked(office, admin, DECEMBER)).content.totals == birr("26.67")
    assert (await seen(office, admin, JANUARY)).content.carried == ()
    await counts_as(office, lessons[1], taught=20, key="back again")
    january = (await seen(office, admin, JANUARY)).content
    assert [(one.month, one.money) for one in january.carried] == [(NOVEMBER, *birr("-33.34"))]


async def test_another_way_of_working_pay_out_carries_nothing_of_a_locked_month(
    office: Office,
    aisha: Caller,
    admin: Caller,
    clock: SettableClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Came 25 min late and waited 20 for nobody, at 240 an hour.

    Locked when that was half of all 45 min × 4.00 = 90.00; by now it is half of 20 min = 40.00.
    """
    assert aisha.person_id is not None
    await earns(office, aisha.person_id, "240")
    made = await held(office, november(3), how=Held(taught=0, late=25, students=0))
    async with office.database.writing() as tx:
        waited = {"teacher_seconds": 1200, "actual_seconds": 1200, "teacher_waited_seconds": 1200}
        await set_state(tx, made.lesson_id, LessonState.ENDED, **waited)
    clock.now = datetime(2026, 12, 2, tzinfo=UTC)
    with monkeypatch.context() as before:
        before.setattr("school.pay._WAITED_FOR", frozenset())
        content = (await locked(office, admin)).content
    assert content.totals == birr("90.00")
    assert (await seen(office, admin)).content == content
    assert (await seen(office, admin, DECEMBER)).content.carried == ()
    # What becomes known of it later counts by today's rules: 5 min were taught, 20.00.
    await counts_as(office, made.lesson_id, taught=5)
    december = (await seen(office, admin, DECEMBER)).content
    assert [(one.month, one.money) for one in december.carried] == [(NOVEMBER, *birr("-70.00"))]


async def test_less_than_nothing_is_carried_on_and_not_paid(
    office: Office, admin: Caller, lessons: list[int], clock: SettableClock
) -> None:
    assert isinstance(
        await adjustment_forms.begin(office, admin, "Aisha deduction 200 ETB a book", "a"),
        AdjustmentMade,
    )
    clock.now = datetime(2027, 1, 2, tzinfo=UTC)
    assert (await locked(office, admin)).content.totals == birr("125.00")
    december = await locked(office, admin, DECEMBER)
    assert december.content.totals == birr("-200.00")
    assert december.content.payable == birr("0")
    january = (await seen(office, admin, JANUARY)).content
    assert [(one.month, one.money) for one in january.carried] == [(DECEMBER, *birr("-200.00"))]
    assert len(lessons) == 3


async def test_all_that_are_accepted_are_locked_but_not_those_that_lapsed(
    office: Office, aisha: Caller, admin: Caller, lessons: list[int]
) -> None:
    musa = await made_teacher(office, MUSA)
    assert musa.person_id is not None
    await earns(office, musa.person_id, "100")
    await held(office, november(3), MUSA)
    for teacher in (aisha, musa):
        assert teacher.person_id is not None
        page = await show(office, teacher, teacher.person_id, NOVEMBER)
        await accept(office, teacher, teacher.person_id, NOVEMBER, page.seen)
    await counts_as(office, lessons[0], taught=30)
    found = await list_month(office, admin, None, 0)
    assert (found.month, found.accepted) == (NOVEMBER, 2)
    assert [(one.teacher.name, one.state) for one in found.listed] == [
        ("Aisha", DRAFT),
        ("Musa", ACCEPTED),
    ]
    done = await lock_accepted(office, admin, NOVEMBER)
    assert ([one.teacher.name for one in done.locked], done.lapsed) == (["Musa"], 1)
    again = await lock_accepted(office, admin, NOVEMBER)
    assert (again.locked, again.lapsed) == ((), 1)


async def test_it_is_paid_once_and_only_when_locked(
    office: Office, admin: Caller, lessons: list[int]
) -> None:
    page = await seen(office, admin)
    day = date(2026, 12, 2)
    with pytest.raises(NotUnderstood, match="Lock the statement first"):
        await pay_out(office, admin, page.teacher.id, NOVEMBER, paid_on=day, reference="A")
    with pytest.raises(NotUnderstood, match="Lock the statement first"):
        await statement_payment.ask(office, admin, page.teacher.id, NOVEMBER, "a")
    await locked(office, admin)
    assert await statement_payment.typed(office, admin, "TR-1") is None
    await statement_payment.ask(office, admin, page.teacher.id, NOVEMBER, "a")
    paid = await statement_payment.typed(office, admin, "TR-1")
    assert paid is not None
    assert paid.stored is not None
    assert (paid.state, paid.is_news, paid.stored.reference) == (PAID, True, "TR-1")
    assert paid.stored.paid_on == day
    again = await pay_out(office, admin, page.teacher.id, NOVEMBER, paid_on=day, reference="B")
    assert again.stored is not None
    assert (again.is_news, again.stored.reference) == (False, "TR-1")
    with pytest.raises(NotUnderstood, match="paid already"):
        await statement_payment.ask(office, admin, page.teacher.id, NOVEMBER, "b")
    assert len(lessons) == 3


async def test_a_rate_that_reaches_into_a_locked_month_is_confirmed_first(
    office: Office, admin: Caller, lessons: list[int]
) -> None:
    await locked(office, admin)
    line = "Aisha 120 ETB per hour from 2026-11-01"
    page = await rate_forms.begin(office, admin, line, "a")
    assert isinstance(page, RatePage)
    assert page.closed == (NOVEMBER,)
    saved = await rate_forms.begin(office, admin, line.replace("11-01", "12-01"), "b")
    assert isinstance(saved, RateSaved)
    repeated = await rate_forms.begin(office, admin, line.replace("11-01", "12-01"), "b")
    assert isinstance(repeated, RateSaved)
    assert (saved.is_new, repeated.is_new, len(lessons)) == (True, False, 3)


async def test_an_entry_of_a_locked_month_is_not_withdrawn(
    office: Office, admin: Caller, lessons: list[int], clock: SettableClock
) -> None:
    made = await adjustment_forms.begin(office, admin, "Aisha bonus 50 ETB Ramadan", "a")
    assert isinstance(made, AdjustmentMade)
    repeated = await adjustment_forms.begin(office, admin, "Aisha bonus 50 ETB Ramadan", "a")
    assert isinstance(repeated, AdjustmentMade)
    assert (repeated.entry, repeated.is_new) == (made.entry, False)
    assert made.entry.kind is AdjustmentKind.BONUS
    clock.now = datetime(2027, 1, 2, tzinfo=UTC)
    await locked(office, admin, DECEMBER)
    with pytest.raises(NotAllowed, match="Its month is locked"):
        await adjusting.withdraw(office, admin, made.adjustment_id)
    assert len(lessons) == 3
