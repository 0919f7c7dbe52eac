"""What lessons are paid, as stored."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, insert, select, update

from school.attendance import Sureness
from school.model import LessonState
from school.money import Money
from school.pay import CalledOffBy, Outcome
from school.pay_rules import Basis, PayRules, Per
from school.periods import Period, month_of
from services.office import Office
from services.paying import PaidLine, pay_line_of, pay_lines_in
from storage.corrections import Corrected, add_correction
from storage.database import new_id
from storage.pay import add_rules
from storage.schema import lesson
from tests.clocks import SettableClock
from tests.lessons import add_lesson, made_class, set_state
from tests.services.months import Held, counts_as, earns, held, november, person_id_of
from tests.services.people_of_the_school import ADMIN, AISHA, MUSA, made_teacher

NOVEMBER = month_of(date(2026, 11, 1), ZoneInfo("Africa/Addis_Ababa"))


@pytest.fixture
async def aisha_id(office: Office) -> int:
    await made_teacher(office, AISHA)
    return await person_id_of(office, AISHA)


async def paid(office: Office, period: Period = NOVEMBER) -> list[PaidLine]:
    async with office.database.reading() as tx:
        return await pay_lines_in(tx, period)


async def amounts(office: Office, period: Period = NOVEMBER) -> list[str]:
    found = [one.line.amount for one in await paid(office, period)]
    return ["none" if money is None else f"{money.amount} {money.currency}" for money in found]


async def test_what_was_taught_is_paid_by_the_hour(office: Office, aisha_id: int) -> None:
    await earns(office, aisha_id, "240")
    await held(office, november(3), how=Held(taught=40))
    (one,) = await paid(office)
    assert (one.line.outcome, one.line.amount) == (
        Outcome.TAUGHT,
        Money("ETB", Decimal("160.00")),
    )
    assert (one.teacher_id, one.topic) == (aisha_id, "Tajweed")


async def test_without_a_rate_a_lesson_has_no_amount(office: Office) -> None:
    await held(office, november(3))
    assert await amounts(office) == ["none"]


async def test_the_rate_of_the_school_day_counts_at_midnight_of_the_31st(
    office: Office, aisha_id: int
) -> None:
    """Addis Ababa is three hours ahead: 21:30 on the 31st in UTC is 00:30 on the 1st there."""
    await earns(office, aisha_id, "100", since=date(2026, 10, 1))
    await earns(office, aisha_id, "200", since=date(2026, 11, 1))
    await held(office, datetime(2026, 10, 31, 20, 30, tzinfo=UTC), how=Held(taught=60))
    await held(office, datetime(2026, 10, 31, 21, 30, tzinfo=UTC), how=Held(taught=50))
    october = month_of(date(2026, 10, 1), NOVEMBER.zone)
    assert await amounts(office, october) == ["83.33 ETB"]  # capped at 50 min: 100 * 50 / 60
    assert await amounts(office) == ["166.67 ETB"]  # 200 * 50 / 60


async def test_a_courses_own_rate_comes_first_and_the_newest_of_one_day_holds(
    office: Office, aisha_id: int
) -> None:
    tajweed = await held(office, november(3))
    await held(office, november(4), topic="Fiqh")
    await earns(office, aisha_id, "100", per=Per.LESSON)
    await earns(office, aisha_id, "300", per=Per.LESSON, course_id=tajweed.course_id)
    await earns(office, aisha_id, "120", per=Per.LESSON)
    assert await amounts(office) == ["300.00 ETB", "120.00 ETB"]


async def test_rules_hold_from_their_school_day(office: Office, aisha_id: int) -> None:
    await earns(office, aisha_id, "60")
    await held(office, november(3), how=Held(taught=30))
    await held(office, november(10), how=Held(taught=30))
    by_plan = PayRules(basis=Basis.SCHEDULED)
    admin_id = await person_id_of(office, ADMIN)
    async with office.database.writing() as tx:
        await add_rules(tx, by_plan, date(2026, 11, 10), by=admin_id, request_key="a")
        assert not await add_rules(tx, by_plan, date(2026, 11, 1), by=admin_id, request_key="a")
    assert await amounts(office) == ["30.00 ETB", "45.00 ETB"]


async def test_a_substitute_is_paid_for_what_they_held(office: Office, aisha_id: int) -> None:
    made = await held(office, november(3))
    await made_teacher(office, MUSA)
    musa_id = await person_id_of(office, MUSA)
    async with office.database.writing() as tx:
        await tx.connection.execute(
            update(lesson).where(lesson.c.id == made.lesson_id).values(hosted_by=musa_id)
        )
    async with office.database.reading() as tx:
        assert [one.teacher_id for one in await pay_lines_in(tx, NOVEMBER, {musa_id})] == [musa_id]
        assert await pay_lines_in(tx, NOVEMBER, {aisha_id}) == []
        assert await pay_lines_in(tx, NOVEMBER, ()) == []


async def test_what_is_ahead_or_on_is_not_paid_yet(office: Office, clock: SettableClock) -> None:
    missed = await made_class(office, {}, starts_at=clock() - timedelta(hours=2))
    on = await made_class(office, {}, starts_at=clock() - timedelta(minutes=10))
    unmade = await made_class(office, {}, starts_at=clock() - timedelta(hours=4))
    await made_class(office, {}, starts_at=clock() - timedelta(minutes=44))
    await made_class(office, {}, starts_at=clock() + timedelta(hours=2))
    async with office.database.writing() as tx:
        await set_state(tx, on.lesson_id, LessonState.LIVE, began_at=on.planned.starts_at)
        await set_state(tx, unmade.lesson_id, LessonState.CREATING)
    (one,) = await paid(office)
    assert (one.line.lesson.lesson_id, one.line.outcome) == (missed.lesson_id, Outcome.NOT_HELD)


async def test_a_class_called_off_late_by_students_is_known_from_a_correction(
    office: Office, aisha_id: int
) -> None:
    await earns(office, aisha_id, "100", per=Per.LESSON)
    made = await made_class(office, {}, starts_at=november(3))
    admin_id = await person_id_of(office, ADMIN)
    half = PayRules(late_cancel_percent=Decimal(50))
    async with office.database.writing() as tx:
        off_at = november(3, 11)
        await set_state(tx, made.lesson_id, LessonState.CANCELLED, cancelled_at=off_at)
        await add_rules(tx, half, date(2026, 1, 1), by=admin_id, request_key="a")
    assert [one.line.outcome for one in await paid(office)] == [Outcome.CANCELLED]
    async with office.database.writing() as tx:
        said = Corrected(called_off_by=CalledOffBy.STUDENTS)
        await add_correction(tx, made.lesson_id, said, by=admin_id, reason="true", request_key="b")
    (one,) = await paid(office)
    assert (one.line.outcome, one.line.amount) == (
        Outcome.LATE_CANCEL,
        Money("ETB", Decimal("50.00")),
    )


async def test_corrections_count_and_figures_found_stay(office: Office, aisha_id: int) -> None:
    await earns(office, aisha_id, "60")
    made = await held(office, november(3), how=Held(taught=20, sureness=Sureness.INFERRED))
    assert (await paid(office))[0].line.lesson.is_inferred
    await counts_as(office, made.lesson_id, taught=40)
    (one,) = await paid(office)
    assert (one.line.lesson.taught, one.line.lesson.is_corrected) == (timedelta(minutes=40), True)
    assert await amounts(office) == ["40.00 ETB"]
    async with office.database.reading() as tx:
        found = await tx.connection.scalar(select(lesson.c.taught_seconds))
    assert found == 20 * 60


async def test_one_lesson_says_what_the_month_says(office: Office, aisha_id: int) -> None:
    await earns(office, aisha_id, "60")
    made = await held(office, november(3))
    ahead = await made_class(office, {})
    async with office.database.reading() as tx:
        assert [await pay_line_of(tx, made.lesson_id, NOVEMBER.zone)] == await paid(office)
        assert await pay_line_of(tx, ahead.lesson_id, NOVEMBER.zone) is None
        bare = await pay_lines_in(tx, NOVEMBER, with_topics=False)
    assert bare == [replace(one, topic=None) for one in await paid(office)]


async def test_in_whatever_order_it_was_written_it_is_paid_the_same(
    office: Office, aisha_id: int
) -> None:
    made = await held(office, november(1))
    times = [november(day, hour) for day in range(2, 8) for hour in (8, 12)]
    random.Random(4).shuffle(times)
    for at in times:
        await add_lesson(office, made, at)
    for since in (date(2026, 11, 5), date(2026, 11, 1), date(2026, 11, 3)):
        await earns(office, aisha_id, str(since.day * 100), per=Per.LESSON, since=since)
    found = await paid(office)
    assert [one.line.lesson.planned.starts_at for one in found] == [november(1), *sorted(times)]
    expected = [100, *[100] * 2, *[300] * 4, *[500] * 6]
    assert [one.line.amount and one.line.amount.amount for one in found] == expected


async def test_a_year_of_lessons_takes_a_handful_of_questions(office: Office) -> None:
    made = await held(office, november(1))
    async with office.database.writing() as tx:
        found = await tx.connection.execute(select(lesson))
        row = dict(found.mappings().one())
        rows = [
            row | {"id": new_id(), "starts_at": november(1) + timedelta(minutes=minute)}
            for minute in range(3_000)
        ]
        await tx.connection.execute(insert(lesson), rows)
    asked: list[str] = []
    async with office.database.reading() as tx:
        event.listen(
            tx.connection.sync_connection,
            "before_cursor_execute",
            lambda _connection, _cursor, statement, *_: asked.append(statement),
        )
        lines = await pay_lines_in(tx, NOVEMBER)
    assert len(lines) == 3_001
    assert len(asked) < 8
    assert made.course_id == lines[0].line.lesson.course_id
