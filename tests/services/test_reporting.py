"""What /report finds for a period of the school's."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from school.attendance import Sureness
from school.errors import NotAllowed, NotUnderstood
from school.model import LessonState
from school.reports import Figures
from services.leaving import delete
from services.office import Office
from services.people import TelegramUser, who_is
from services.reporting import Workbook, report
from tests.clocks import SettableClock
from tests.lessons import made_class, set_state
from tests.services.people_of_the_school import ADMIN, AISHA, MUSA

AISHA_M = TelegramUser(12, "Aisha M")
MINUTES_40 = timedelta(minutes=40)


async def reported(office: Office, typed: str = "") -> Workbook:
    return await report(office, await who_is(office, ADMIN), typed)


async def held_at(
    office: Office,
    starts_at: datetime,
    teacher: TelegramUser = AISHA,
    *,
    state: LessonState = LessonState.ENDED,
    sureness: Sureness = Sureness.COMPLETE,
) -> int:
    """A class of forty minutes, thirty of them taught."""
    made = await made_class(office, {}, teacher=teacher, starts_at=starts_at)
    async with office.database.writing() as tx:
        await set_state(
            tx,
            made.lesson_id,
            state,
            began_at=starts_at,
            ended_at=starts_at + MINUTES_40,
            actual_seconds=2400,
            teacher_seconds=2400,
            taught_seconds=1800,
            student_count=3,
            sureness=sureness,
        )
    return made.lesson_id


def names(book: Workbook) -> list[str]:
    return [line.name for line in book.report.teachers]


def november(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


async def test_only_admins_may_ask(office: Office) -> None:
    with pytest.raises(NotAllowed):
        await report(office, await who_is(office, AISHA))


async def test_this_month_if_nothing_is_said(office: Office) -> None:
    await held_at(office, november(3))
    await held_at(office, november(5), MUSA, sureness=Sureness.INFERRED)
    await held_at(office, november(6), MUSA)
    await held_at(office, datetime(2026, 10, 30, 12, tzinfo=UTC))
    book = await reported(office)
    assert (book.report.period.first_day, book.report.period.last_day) == (
        date(2026, 11, 1),
        date(2026, 11, 30),
    )
    assert names(book) == ["Musa", "Aisha"]
    assert book.report.total == Figures(
        held=3,
        missed=0,
        late_starts=0,
        scheduled=timedelta(minutes=135),
        actual=3 * MINUTES_40,
        teacher_present=3 * MINUTES_40,
        taught=timedelta(minutes=90),
        inferred=1,
    )


@pytest.fixture(params=["Africa/Addis_Ababa", "Asia/Riyadh", "America/Lima"])
def in_zone(request: pytest.FixtureRequest) -> Callable[[Office], Office]:
    def moved(office: Office) -> Office:
        return replace(office, profile=replace(office.profile, zone=ZoneInfo(request.param)))

    return moved


async def test_a_class_late_on_the_last_evening_is_of_that_month_whatever_utc_says(
    office: Office, clock: SettableClock, in_zone: Callable[[Office], Office]
) -> None:
    school = in_zone(office)
    zone = school.profile.zone
    last = await held_at(school, datetime(2026, 10, 31, 23, 30, tzinfo=zone))
    first = await held_at(school, datetime(2026, 11, 1, 0, 10, tzinfo=zone))
    october, november_ = await reported(school, "2026-10"), await reported(school, "2026-11")
    assert [one.row.lesson_id for one in october.lessons] == [last]
    assert [one.row.lesson_id for one in november_.lessons] == [first]
    assert (await reported(school, "2026-10-31")).report.total.held == 1
    # What "this month" is, follows the school's clock too.
    clock.now = datetime(2026, 11, 30, 23, 30, tzinfo=zone).astimezone(UTC)
    assert (await reported(school)).report.period.first_day == date(2026, 11, 1)
    clock.forward(timedelta(hours=1))
    assert (await reported(school)).report.period.first_day == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("typed", "held"),
    [
        ("2026-11-03", 1),
        ("2026-11-03 2026-11-05", 2),
        ("this week", 0),
        ("last month", 1),
        ("last month Aisha", 1),
        ("last month Musa", 0),
        ("musa", 1),
    ],
)
async def test_typed_periods_and_names(office: Office, typed: str, held: int) -> None:
    await held_at(office, november(3))
    await held_at(office, november(5), MUSA)
    await held_at(office, datetime(2026, 10, 30, 12, tzinfo=UTC))
    assert (await reported(office, typed)).report.total.held == held


async def test_a_name_means_whoever_has_it_exactly_else_all_who_begin_with_it(
    office: Office,
) -> None:
    await held_at(office, november(3))
    await held_at(office, november(5), AISHA_M)
    assert names(await reported(office, "AISHA")) == ["Aisha"]
    assert sorted(names(await reported(office, "ai"))) == ["Aisha", "Aisha M"]
    assert names(await reported(office, "aisha  m")) == ["Aisha M"]


async def test_two_of_one_name_have_a_line_each(office: Office) -> None:
    await held_at(office, november(3))
    await held_at(office, november(5), TelegramUser(13, "Aisha"))
    assert names(await reported(office, "Aisha")) == ["Aisha", "Aisha"]


async def test_an_unknown_name_is_said(office: Office) -> None:
    with pytest.raises(NotUnderstood) as error:
        await reported(office, "last month Zayd")
    assert error.value.text.values["name"] == "Zayd"


async def test_no_classes_at_all(office: Office) -> None:
    book = await reported(office)
    assert (book.report.teachers, book.lessons, book.presences) == ((), (), ())


async def test_classes_still_to_come_are_rows_but_count_nowhere(office: Office) -> None:
    await made_class(office, {})
    book = await reported(office)
    assert (len(book.lessons), book.report.teachers) == (1, ())


async def test_a_class_that_was_due_and_not_held_is_missed(
    office: Office, clock: SettableClock
) -> None:
    await made_class(office, {}, starts_at=clock() + timedelta(minutes=5))
    clock.forward(timedelta(minutes=49))
    assert (await reported(office)).report.total.missed == 0
    clock.forward(timedelta(minutes=1))
    assert (await reported(office)).report.total.missed == 1


async def test_a_cancelled_class_counts_only_if_it_was_held_all_the_same(office: Office) -> None:
    made = await made_class(office, {}, starts_at=november(3))
    async with office.database.writing() as tx:
        await set_state(tx, made.lesson_id, LessonState.CANCELLED)
    assert (await reported(office)).lessons == ()
    await held_at(office, november(4), state=LessonState.CANCELLED)
    assert (await reported(office)).report.total.held == 1


async def test_whoever_left_is_there_under_a_made_up_name_that_can_be_asked_for(
    office: Office,
) -> None:
    await held_at(office, november(3))
    person_id = (await who_is(office, AISHA)).person_id
    assert person_id is not None
    await delete(office, AISHA, person_id)
    [pseudonym] = names(await reported(office))
    assert pseudonym != "Aisha"
    assert names(await reported(office, pseudonym.lower())) == [pseudonym]
    with pytest.raises(NotUnderstood):
        await reported(office, "Aisha")
