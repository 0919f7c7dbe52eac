"""What /report finds for a period of the school's."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from school.attendance import Sureness
from school.errors import NotAllowed, NotUnderstood, Outdated
from school.model import LessonState
from school.money import Money
from school.pay import CalledOffBy
from school.pay_rules import PayRules, Per
from school.periods import month_of
from school.reports import Figures
from services.leaving import delete
from services.office import Office
from services.people import TelegramUser, remember, who_is
from services.report_rows import counted_lessons
from services.reporting import Ambiguous, Found, Order, choices, report, understood
from storage.corrections import Corrected, add_correction
from storage.pay import add_rules
from storage.reports import Of, Scope
from tests.clocks import SettableClock
from tests.lessons import made_class, set_state
from tests.services.months import earns, person_id_of
from tests.services.people_of_the_school import ADMIN, AISHA, MUSA

AISHA_M = TelegramUser(12, "Aisha M")
MINUTES_40 = timedelta(minutes=40)


async def reported(office: Office, typed: str = "") -> Found:
    caller = await who_is(office, ADMIN)
    order = await understood(office, caller, typed)
    assert isinstance(order, Order)
    return await report(office, caller, order)


async def lesson_ids(office: Office, typed: str) -> list[int]:
    found = await reported(office, typed)
    async with office.database.reading() as tx:
        rows = counted_lessons(tx, found.order.period, found.order.scope)
        return [row.lesson_id async for some in rows for row in some]


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


def names(book: Found) -> list[str]:
    return [line.name for line in book.report.teachers]


def november(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


async def test_only_admins_may_ask(office: Office) -> None:
    aisha = await who_is(office, AISHA)
    with pytest.raises(NotAllowed):
        await understood(office, aisha, "")
    with pytest.raises(NotAllowed):
        await report(office, aisha, Order(month_of(date(2026, 11, 1), office.profile.zone)))
    with pytest.raises(NotAllowed):
        await choices(office, aisha, month_of(date(2026, 11, 1), ZoneInfo("UTC")), Of.TEACHER, 0)


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
    assert await lesson_ids(school, "2026-10") == [last]
    assert await lesson_ids(school, "2026-11") == [first]
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


async def candidates(office: Office, typed: str) -> list[tuple[Of, str | None, str | None]]:
    asked = await understood(office, await who_is(office, ADMIN), typed)
    assert isinstance(asked, Ambiguous)
    return [(one.scope.of, one.name, one.hint) for one in asked.candidates]


async def test_a_name_means_whoever_has_it_exactly_else_who_begins_with_it(
    office: Office,
) -> None:
    await held_at(office, november(3))
    await held_at(office, november(5), AISHA_M)
    assert names(await reported(office, "AISHA")) == ["Aisha"]
    assert names(await reported(office, "aisha  m")) == ["Aisha M"]
    asked = await candidates(office, "ai")
    assert asked == [(Of.TEACHER, "Aisha", None), (Of.TEACHER, "Aisha M", None)]


async def test_two_of_one_name_are_told_apart(office: Office) -> None:
    await held_at(office, november(3))
    await held_at(office, november(5), TelegramUser(13, "Aisha", "aisha_r"))
    asked = await candidates(office, "Aisha")
    assert len(asked) == 2
    assert "aisha_r" in {hint for _, _, hint in asked}
    assert len({hint for _, _, hint in asked}) == 2


async def test_a_topic_or_a_group_narrows_the_report(office: Office) -> None:
    await made_class(office, {-1: "Sisters"}, topic="Fiqh", starts_at=november(2))
    await held_at(office, november(3))
    await held_at(office, november(4), MUSA)
    fiqh = await reported(office, "this month fiqh")
    assert (fiqh.about, fiqh.order.scope.of, fiqh.report.total.missed) == ("Fiqh", Of.COURSE, 1)
    sisters = await reported(office, "sis")
    assert (sisters.about, sisters.order.scope) == ("Sisters", Scope(Of.GROUP, -1))
    assert (sisters.report.total.missed, sisters.report.total.held) == (1, 0)
    asked = await candidates(office, "Tajweed this month")
    assert asked == [(Of.COURSE, "Tajweed", "Aisha"), (Of.COURSE, "Tajweed", "Musa")]


async def test_what_has_no_lessons_in_the_days_can_be_asked_for_all_the_same(
    office: Office,
) -> None:
    await held_at(office, november(3))
    assert (await reported(office, "last month tajweed")).about == "Tajweed"


async def test_lists_have_what_there_is_in_the_period_page_by_page(office: Office) -> None:
    caller = await who_is(office, ADMIN)
    for number in range(10):
        await held_at(office, november(3), TelegramUser(100 + number, f"Teacher {number}"))
    await held_at(office, datetime(2026, 10, 30, 12, tzinfo=UTC), MUSA)
    period = month_of(date(2026, 11, 1), office.profile.zone)
    first = await choices(office, caller, period, Of.TEACHER, 0)
    last = await choices(office, caller, period, Of.TEACHER, 9)
    assert [one.name for one in first.candidates] == [f"Teacher {number}" for number in range(8)]
    assert [one.name for one in last.candidates] == ["Teacher 8", "Teacher 9"]
    assert (last.page, last.pages) == (1, 2)
    courses = await choices(office, caller, period, Of.COURSE, 0)
    assert {one.name for one in courses.candidates} == {"Tajweed"}
    assert (await choices(office, caller, period, Of.GROUP, 0)).candidates == ()


async def test_what_does_not_exist_is_no_longer_current(office: Office) -> None:
    caller = await who_is(office, ADMIN)
    period = month_of(date(2026, 11, 1), office.profile.zone)
    for of in (Of.TEACHER, Of.COURSE, Of.GROUP):
        with pytest.raises(Outdated):
            await report(office, caller, Order(period, Scope(of, 404)))


async def test_terms_are_those_of_the_school(office: Office) -> None:
    await held_at(office, datetime(2026, 9, 1, 12, tzinfo=UTC))
    await held_at(office, datetime(2026, 8, 31, 12, tzinfo=UTC))
    this, last = await reported(office, "this term"), await reported(office, "last term")
    assert (this.order.period.first_day, this.order.period.last_day) == (
        date(2026, 9, 1),
        date(2026, 12, 31),
    )
    assert (this.report.total.held, last.report.total.held) == (1, 1)


async def test_what_a_person_corrected_is_what_counts(office: Office) -> None:
    lesson_id = await held_at(office, november(3), sureness=Sureness.INFERRED)
    caller = await who_is(office, ADMIN)
    async with office.database.writing() as tx:
        by = (await remember(tx, ADMIN)).id
        await add_correction(
            tx, lesson_id, Corrected(taught=MINUTES_40), by=by, reason="x", request_key="one"
        )
    found = await report(office, caller, Order(month_of(date(2026, 11, 1), office.profile.zone)))
    assert (found.report.total.taught, found.report.total.inferred) == (MINUTES_40, 0)


@pytest.mark.parametrize(
    ("began", "late", "is_late"),
    [
        (0, 30, True),  # students were let in, and the teacher came half an hour later
        (-60, 20, True),  # looked at the link an hour before
        (12, 0, False),  # held wholly before its time, and the meeting opened once more
        (12, None, True),  # from before it was kept who came when: the meeting's beginning counts
        (-60, None, False),
        (None, None, False),
    ],
)
async def test_a_late_start_goes_by_the_lateness_that_pay_counts(
    office: Office, began: int | None, late: int | None, is_late: bool
) -> None:
    lesson_id = await held_at(office, november(3))
    began_at = None if began is None else november(3) + timedelta(minutes=began)
    late_s = None if late is None else late * 60
    async with office.database.writing() as tx:
        await set_state(
            tx, lesson_id, LessonState.ENDED, began_at=began_at, teacher_late_seconds=late_s
        )
    assert (await reported(office)).report.total.late_starts == is_late
    admin_id = await person_id_of(office, ADMIN)
    async with office.database.writing() as tx:
        said = Corrected(late_by=timedelta())
        await add_correction(tx, lesson_id, said, by=admin_id, reason=None, request_key="excused")
    assert (await reported(office)).report.total.late_starts == 0


async def test_a_few_courses_are_seen_over_time_and_many_are_not(office: Office) -> None:
    await held_at(office, november(3))
    (course,) = (await reported(office)).courses
    assert (course.topic, [one.students for one in course.line.sittings]) == ("Tajweed", [3])
    for day in range(4, 12):
        await held_at(office, november(day))
    assert (await reported(office)).courses == ()


async def test_an_unknown_name_is_said(office: Office) -> None:
    with pytest.raises(NotUnderstood) as error:
        await reported(office, "last month Zayd")
    assert error.value.text.values["name"] == "Zayd"


async def test_no_classes_at_all(office: Office) -> None:
    book = await reported(office)
    assert (book.report.teachers, book.ahead, book.rows_on) == ((), 0, {})


async def test_classes_still_to_come_are_rows_but_count_nowhere(office: Office) -> None:
    await made_class(office, {})
    book = await reported(office)
    assert (book.ahead, book.report.teachers) == (1, ())


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
    assert (await reported(office)).report.teachers == ()
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


async def test_where_all_was_called_off_it_is_said_how_much_and_what_is_paid_for_it(
    office: Office, clock: SettableClock
) -> None:
    made = await made_class(office, {}, starts_at=datetime(2026, 10, 5, 12, tzinfo=UTC))
    await made_class(office, {}, teacher=MUSA, starts_at=datetime(2026, 9, 5, 12, tzinfo=UTC))
    admin = await person_id_of(office, ADMIN)
    await earns(office, await person_id_of(office, AISHA), "100", per=Per.LESSON)
    async with office.database.writing() as tx:
        off = {"cancelled_at": made.planned.starts_at - timedelta(hours=1)}
        await set_state(tx, made.lesson_id, LessonState.CANCELLED, **off)
        half = PayRules(late_cancel_percent=Decimal(50))
        await add_rules(tx, half, date(2026, 1, 1), by=admin, request_key="half")
        said = Corrected(called_off_by=CalledOffBy.STUDENTS)
        await add_correction(tx, made.lesson_id, said, by=admin, reason=None, request_key="a")
    clock.now = datetime(2026, 11, 2, tzinfo=UTC)
    half_of_it = Money("ETB", Decimal("50.00"))
    for typed, count in (("last month", 1), ("last month Aisha", 1), ("this month", 0)):
        found = (await reported(office, typed)).called_off
        assert found is not None
        assert (found.count, found.paid) == (count, (half_of_it,) * count), typed
    assert (await reported(office, "2026-09")).called_off is None  # it was missed, and is reported
