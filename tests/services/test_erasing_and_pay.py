"""Erasing names changes no money: statements and reports come to the same as before."""

from datetime import timedelta

import pytest

from services import folding, leaving, report_rows, statements
from services.events import apply_waiting
from services.name_erasing import erase_name
from services.office import Office
from services.people import TelegramUser, set_zone, who_is
from services.reporting import Order, report, this_month
from storage import student_changes, students
from storage.erasing_names import add_name_erasure, name_index
from storage.reports import Scope
from tests.clocks import SettableClock
from tests.lessons import MadeClass, made_class
from tests.services.months import earns, person_id_of
from tests.services.people_of_the_school import ADMIN, AISHA
from tests.stored import places_with
from tests.zoom_reports import Held, reported

ZAYNAB = TelegramUser(70, "Zaynab")


@pytest.fixture
async def made(office: Office, clock: SettableClock) -> MadeClass:
    """Held in November with one guest, who alone makes it a class that was taught."""
    made = await made_class(office, {}, starts_at=clock())
    await earns(office, await person_id_of(office, AISHA), "100")
    held = Held(made.meeting_id, clock(), host_id="the-host")
    who = {"user_id": "7", "participant_uuid": "7"}
    bodies = [held.started(), *held.stay("Zaynab", 5, 35, **who), *held.host(0, 40), held.ended(40)]
    await reported(office, *bodies)
    await apply_waiting(office)
    clock.forward(timedelta(minutes=41))
    return made


async def worth(office: Office) -> tuple[object, ...]:
    """The statement's content and the report's lines, the teacher's name aside."""
    teacher_id = await person_id_of(office, AISHA)
    admin = await who_is(office, ADMIN)
    page = await statements.show(office, admin, teacher_id, "2026-11")
    assert page.content.totals
    return page.content, *(await in_report(office))


async def in_report(office: Office) -> tuple[object, ...]:
    found = await report(office, await who_is(office, ADMIN), Order(this_month(office)))
    async with office.database.reading() as tx:
        rows = [
            (one.taught, one.students, one.actual)
            async for some in report_rows.counted_lessons(tx, found.order.period, Scope())
            for one in some
        ]
    return [line.figures for line in found.report.teachers], rows


async def test_a_name_in_zoom(office: Office, made: MadeClass) -> None:
    before = await worth(office)
    async with office.database.writing() as tx:
        index = name_index(tx, "Zaynab")
        assert await erase_name(tx, index, [made.course_id], tx.now) == 1
        await add_name_erasure(tx, index, [made.course_id])
    assert await worth(office) == before
    await folding.fold_anew(office, made.lesson_id)
    assert await worth(office) == before


async def test_a_student_on_telegram(office: Office, made: MadeClass) -> None:
    await set_zone(office, ZAYNAB, "riyadh")
    zaynab = await person_id_of(office, ZAYNAB)
    async with office.database.writing() as tx:
        (student,) = await students.roster_of(tx, made.course_id)
        await student_changes.link_person(tx, student.id, zaynab)
    before = await worth(office)
    await leaving.delete(office, ZAYNAB, zaynab)
    assert await worth(office) == before
    async with office.database.reading() as tx:
        assert await places_with(tx, "Zaynab") == set()
    late = Held(made.meeting_id, made.planned.starts_at, host_id="the-host")
    who = {"user_id": "8", "participant_uuid": "8", "email": "z@example.org"}
    await reported(office, *late.stay("Zaynab", 10, 20, **who))
    await apply_waiting(office)
    async with office.database.reading() as tx:
        assert await places_with(tx, "Zaynab") == set()
    assert await worth(office) == before
    await folding.fold_anew(office, made.lesson_id)
    assert await worth(office) == before
