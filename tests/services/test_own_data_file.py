"""What stands in a person's file, for what is rare in stories."""

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import update

from school.letters import StatementAccepted, StatementPaid
from school.model import LessonState
from school.money import Money
from school.roster import Mark
from services import letters
from services.office import Office
from services.own_data_file import DataOrder, everything
from services.people import TelegramUser, remember, who_is
from services.reporting import Order, report, understood
from storage import student_changes
from storage.people import find_person
from storage.schema import presence
from tests.clocks import SettableClock
from tests.lessons import MadeClass, add_students, made_class, set_state
from tests.services.people_of_the_school import ADMIN, AISHA, MUSA, made_teacher

SUMS = (Money("ETB", Decimal("12.50")),)


async def file_of(office: Office, user: TelegramUser) -> dict[str, Any]:
    order = DataOrder(
        access=office.database.access,
        telegram_user_id=user.id,
        school="Darulkubra",
        zone=ZoneInfo("Africa/Addis_Ababa"),
        as_of=office.clock(),
    )
    async with office.database.reading() as tx:
        return json.loads(json.dumps(await everything(tx, order)))  # type: ignore[no-any-return]


def rows(said: dict[str, Any], key: str) -> list[dict[str, Any]]:
    return list(said["stored"][key]["rows"])


async def test_letters_are_given_to_whom_they_are_about(office: Office) -> None:
    await made_teacher(office, AISHA)
    await who_is(office, ADMIN)
    async with office.database.writing() as tx:
        aisha, admin = await find_person(tx, AISHA.id), await find_person(tx, ADMIN.id)
        assert aisha is not None
        assert admin is not None
        paid = StatementPaid(aisha.id, "2026-11", SUMS, date(2026, 12, 1), "TT-1")
        await letters.write(tx, aisha.id, paid, "paid")
        accepted = StatementAccepted(aisha.id, "Aisha", "2026-11", SUMS)
        await letters.write(tx, admin.id, accepted, "accepted", about_id=aisha.id)
    own = await file_of(office, AISHA)
    (letter,) = rows(own, "letters")
    assert letter["contents"]["kind"] == "StatementPaid"
    assert letter["contents"]["says"]["reference"] == "TT-1"
    assert letter["contents"]["says"]["sums"] == [{"currency": "ETB", "amount": "12.50"}]
    (about,) = rows(own, "letters_about_you")
    assert about["contents"]["says"]["name"] == "Aisha"
    assert about["person_id"] == "somebody"
    admins = await file_of(office, ADMIN)
    (letter,) = rows(admins, "letters_about_others")
    assert "contents" not in letter
    assert "Aisha" not in json.dumps(admins)


async def test_a_substitute_has_the_class_that_they_gave_and_its_teacher_its_date(
    office: Office,
) -> None:
    made = await made_class(office, {})
    musa = (await made_teacher(office, MUSA)).person_id
    async with office.database.writing() as tx:
        await set_state(tx, made.lesson_id, LessonState.ENDED, hosted_by=musa, taught_seconds=1234)
    musas = await file_of(office, MUSA)
    (given,) = rows(musas, "lessons")
    assert (given["taught_seconds"], given["hosted_by"]) == (1234, "you")
    assert given["teacher_id"] == "another teacher"
    assert [one["topic"] for one in rows(musas, "courses_of_others")] == ["Tajweed"]
    aishas = await file_of(office, AISHA)
    assert rows(aishas, "lessons") == []
    (passed_on,) = rows(aishas, "lessons_given_by_others")
    assert passed_on["hosted_by"] == "another teacher"
    assert "taught_seconds" not in passed_on


async def _linked(office: Office, made: MadeClass, user: TelegramUser, name: str) -> None:
    """The person is that student of the class, as its teacher has confirmed."""
    async with office.database.writing() as tx:
        person = await remember(tx, user)
        since = made.planned.starts_at - timedelta(days=1)
        student_id = await student_changes.add_student(tx, made.course_id, name, since)
        await student_changes.link_person(tx, student_id, person.id)


async def test_the_log_has_an_admins_look_at_a_teachers_report_without_the_admin(
    office: Office, clock: SettableClock
) -> None:
    await made_class(office, {})
    admin = await who_is(office, ADMIN)
    order = await understood(office, admin, "this month Aisha")
    assert isinstance(order, Order)
    await report(office, admin, order)
    clock.forward(timedelta(minutes=1))
    await report(office, admin, order, as_csv=True)
    looks = [one for one in rows(await file_of(office, AISHA), "log") if one["subject"] == "you"]
    assert [one["action"] for one in looks] == ["saw a report", "exported a report"]
    assert {one["actor"] for one in looks} == {"somebody or something else"}


KHADIJA = TelegramUser(77, "Khadija")
CALLED = "Student 000"


async def _came_by_that_name(office: Office, made: MadeClass, **values: object) -> None:
    """Nobody knows who that was: the list says nothing of it yet."""
    async with office.database.writing() as tx:
        await add_students(tx, made, count=2)
        index = tx.vault.index("student name", CALLED.casefold())
        await tx.connection.execute(
            update(presence)
            .where(presence.c.lesson_id == made.lesson_id, presence.c.ordinal == 0)
            .values(name_index=index, **values)
        )


async def test_a_confirmed_student_is_found_by_name_in_that_class_alone(office: Office) -> None:
    made, other = await made_class(office, {}), await made_class(office, {}, topic="Fiqh")
    for one in (made, other):
        await _came_by_that_name(office, one)
    assert "attendance" not in (await file_of(office, KHADIJA))["stored"]
    await _linked(office, made, KHADIJA, CALLED)
    (attended,) = rows(await file_of(office, KHADIJA), "attendance")
    assert (attended["lesson_id"], attended["name"]) == (str(made.lesson_id), CALLED)


async def test_a_name_that_another_bears_too_is_nobodys(office: Office) -> None:
    made = await made_class(office, {})
    await _came_by_that_name(office, made)
    await _linked(office, made, KHADIJA, CALLED)
    async with office.database.writing() as tx:
        since = made.planned.starts_at
        student_id = await student_changes.add_student(tx, made.course_id, "Other", since)
        await student_changes.add_alias(tx, student_id, Mark.NAME, CALLED)
    assert rows(await file_of(office, KHADIJA), "attendance") == []


async def test_whom_zoom_told_apart_by_more_is_not_found_by_name(office: Office) -> None:
    made = await made_class(office, {})
    await _came_by_that_name(office, made, sealed_keys=b"another's")
    await _linked(office, made, KHADIJA, CALLED)
    assert rows(await file_of(office, KHADIJA), "attendance") == []
