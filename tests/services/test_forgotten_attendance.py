"""Who was there is forgotten; that the class was held, and what it was paid, is not."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from school.model import LessonState, Retention
from school.periods import month_of
from school.reports import LessonRow
from services import hours, own_attendance, report_rows, roster, statements
from services.events import apply_waiting
from services.folding import fold_anew
from services.office import Office
from services.own_attendance import OwnAttendance
from services.people import Caller, as_teacher, who_is
from services.retention import clear_old
from services.roster_updates import bring_up_to_date
from storage import attendance, forgetting, outages, student_changes, students
from storage.attendance import Outcome, outcome_of
from storage.reports import Scope
from tests.clocks import SettableClock
from tests.lessons import MadeClass, add_lesson, made_class, set_state
from tests.services.months import earns, person_id_of
from tests.services.people_of_the_school import ADMIN, AISHA, made_teacher
from tests.services.test_retention import counts
from tests.zoom_reports import Held, reported

MINUTE = timedelta(minutes=1)
KEPT = Retention(attendance_months=2, summaries_months=12)
WHO_WAS_THERE = ("presence", "stay", "zoom_event", "zoom_answer")


@pytest.fixture
def office(office: Office) -> Office:
    """Of a school that keeps attendance for two months, and the rest for a year."""
    return replace(office, profile=replace(office.profile, retention=KEPT))


@pytest.fixture
async def aisha(office: Office) -> Caller:
    return await made_teacher(office, AISHA)


@pytest.fixture
async def made(office: Office, aisha: Caller, clock: SettableClock) -> MadeClass:
    """A class in November 2026 to which Khadija came, paid by the hour; Zayd is on the list too."""
    assert aisha.person_id is not None
    await earns(office, aisha.person_id, "100")
    made = await made_class(office, {}, starts_at=clock())
    await is_held(office, made, clock)
    clock.forward(timedelta(minutes=41))
    await roster.add(office, as_teacher(office, aisha), made.course_id, "Zayd")
    return made


async def is_held(office: Office, made: MadeClass, clock: SettableClock) -> None:
    held = Held(made.meeting_id, clock(), uuid=f"uuid {clock().isoformat()}")
    bodies = [held.started(), *held.stay("Khadija", 5, 35), *held.host(0, 40), held.ended(40)]
    await reported(office, *bodies)
    await apply_waiting(office)


async def two_months_later(office: Office, clock: SettableClock) -> None:
    clock.forward(timedelta(days=100))
    await clear_old(office)


async def outcome(office: Office, lesson_id: int) -> Outcome:
    async with office.database.reading() as tx:
        return await outcome_of(tx, lesson_id)


async def report_of(
    office: Office, made: MadeClass
) -> tuple[Sequence[LessonRow], Sequence[tuple[str | None, bool]]]:
    """The month's classes, and who was there or not."""
    month = month_of(made.planned.starts_at.date(), office.profile.zone)
    rules = office.profile.attendance
    async with office.database.reading() as tx:
        rows = [
            one async for some in report_rows.counted_lessons(tx, month, Scope()) for one in some
        ]
        lines = [
            (one.name, one.presence is not None)
            async for some in report_rows.attendance(tx, month, Scope(), rules)
            for one in some
        ]
    return rows, lines


async def test_names_and_times_go_while_the_totals_stay(
    office: Office, made: MadeClass, clock: SettableClock
) -> None:
    before = await outcome(office, made.lesson_id)
    assert (before.taught, before.student_count) == (30 * MINUTE, 1)
    await two_months_later(office, clock)
    assert await counts(office, *WHO_WAS_THERE) == [0, 0, 0, 0]
    assert await counts(office, "lesson", "course", "meeting_instance") == [1, 1, 1]
    assert await outcome(office, made.lesson_id) == before
    async with office.database.reading() as tx:
        assert await attendance.is_forgotten(tx, made.lesson_id)


async def test_pay_and_statements_come_to_the_same_as_before(
    office: Office, aisha: Caller, made: MadeClass, clock: SettableClock
) -> None:
    person_id = await person_id_of(office, AISHA)
    admin = await who_is(office, ADMIN)
    before = await statements.show(office, admin, person_id, "2026-11")
    assert [str(one) for one in before.content.totals]
    assert before.content.lessons[0].amount is not None
    await two_months_later(office, clock)
    after = await statements.show(office, admin, person_id, "2026-11")
    assert after.content == before.content
    opened = await hours.open_lesson(office, aisha, made.lesson_id)
    assert opened.paid is not None
    assert opened.paid.line == before.content.lessons[0]
    rows, _ = await report_of(office, made)
    assert [(one.taught, one.students) for one in rows] == [(30 * MINUTE, 1)]


async def test_a_locked_statement_brings_nothing_along_when_its_month_is_forgotten(
    office: Office, made: MadeClass, clock: SettableClock
) -> None:
    del made
    person_id = await person_id_of(office, AISHA)
    admin = await who_is(office, ADMIN)
    clock.forward(timedelta(days=10))
    for month in ("2026-11", "2026-12"):
        page = await statements.show(office, admin, person_id, month)
        await statements.lock(office, admin, person_id, month, page.seen, is_sure=True)
        clock.forward(timedelta(days=31))
    clock.forward(timedelta(days=320))
    await clear_old(office)
    assert await counts(office, "lesson", "statement") == [0, 1]
    page = await statements.show(office, admin, person_id, "2027-01")
    assert page.content.carried == ()
    assert page.content.totals == ()


async def test_nobody_is_said_not_to_have_come(
    office: Office, aisha: Caller, made: MadeClass, clock: SettableClock
) -> None:
    teacher = as_teacher(office, aisha)
    _, before = await report_of(office, made)
    assert before == [("Khadija", True)]
    await two_months_later(office, clock)
    async with office.database.reading() as tx:
        assert await students.expected_in(tx, made.lesson_id) == ()
        assert await outages.gaps_of(tx, made.lesson_id) == ()
    _, lines = await report_of(office, made)
    assert lines == []
    opened = await hours.open_lesson(office, aisha, made.lesson_id)
    assert opened.is_forgotten
    assert opened.people == ()
    page = await roster.show(office, teacher, made.course_id)
    assert [(one.student.name, one.expected, one.there) for one in page.students] == []


async def test_an_outage_in_a_forgotten_class_leaves_no_gap_that_was_filled_before(
    office: Office, made: MadeClass, clock: SettableClock
) -> None:
    async with office.database.writing() as tx:
        begins = made.planned.starts_at
        await outages.add_outage(tx, (begins + 4 * MINUTE, begins + 6 * MINUTE))
        known = await outages.gaps_of(tx, made.lesson_id)
    await two_months_later(office, clock)
    async with office.database.reading() as tx:
        assert await outages.gaps_of(tx, made.lesson_id) == ()
    assert len(known) <= 2


async def test_a_forgotten_class_is_never_folded_anew(
    office: Office, aisha: Caller, made: MadeClass, clock: SettableClock
) -> None:
    before = await outcome(office, made.lesson_id)
    teacher = as_teacher(office, aisha)
    long_kept = replace(KEPT, raw_events=timedelta(days=90), attendance_months=1)
    office = replace(office, profile=replace(office.profile, retention=long_kept))
    clock.forward(timedelta(days=45))  # its figures would not stand yet
    await clear_old(office)
    assert await counts(office, *WHO_WAS_THERE) == [0, 0, 0, 0]
    held = Held(made.meeting_id, made.planned.starts_at, uuid="late")
    await reported(office, held.started(), *held.stay("Umar", 5, 35), held.ended(40))
    await apply_waiting(office)
    await roster.add(office, teacher, made.course_id, "Umar")
    await bring_up_to_date(office, made.course_id)
    assert not await fold_anew(office, made.lesson_id)
    assert await outcome(office, made.lesson_id) == before
    assert await counts(office, "presence", "stay") == [0, 0]


async def test_what_is_folded_while_it_is_forgotten_brings_nobody_back(
    office: Office, made: MadeClass
) -> None:
    """The fold has read the events before they go, and would save after."""
    before = await outcome(office, made.lesson_id)

    async def forget_now() -> None:
        async with office.database.writing() as tx:
            await forgetting.forget_attendance(tx, [made.lesson_id])

    async with asyncio.TaskGroup() as both:
        both.create_task(fold_anew(office, made.lesson_id))
        both.create_task(forget_now())
    assert await outcome(office, made.lesson_id) == before
    assert await counts(office, *WHO_WAS_THERE) == [0, 0, 0, 0]


async def test_a_student_reads_of_the_classes_that_are_kept_only(
    office: Office, aisha: Caller, made: MadeClass, clock: SettableClock
) -> None:
    """A course that goes on keeps its list, and shows nobody as absent from what is forgotten."""
    clock.forward(timedelta(days=100))
    later = await add_lesson(office, made, clock())
    async with office.database.writing() as tx:
        await set_state(tx, later, LessonState.SCHEDULED, began_at=None)
    await is_held(office, made, clock)
    teacher = as_teacher(office, aisha)
    page = await roster.show(office, teacher, made.course_id)
    khadija = next(one.student for one in page.students if one.student.name == "Khadija")
    person_id = await person_id_of(office, ADMIN)
    async with office.database.writing() as tx:
        await student_changes.link_person(tx, khadija.id, person_id)
    await clear_old(office)
    page = await roster.show(office, teacher, made.course_id)
    assert [(one.student.name, one.expected, one.there) for one in page.students] == [
        ("Khadija", 1, 1),
        ("Zayd", 1, 0),
    ]
    found = await own_attendance.own_attendance(
        office, await who_is(office, ADMIN), made.planned.starts_at.date()
    )
    assert isinstance(found, OwnAttendance)
    assert [one.lessons for one in found.courses] in ([], [()])
