"""Courses' rosters: how they fill, how lessons follow them, and what is left of whoever leaves."""

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete as delete_
from sqlalchemy import func, select

from school.errors import NotAllowed, Outdated
from school.model import LessonState, PostKind
from school.periods import month_of
from services import agenda, leaving, own_attendance, roster, roster_names
from services import students as private
from services.events import apply_waiting
from services.office import Office
from services.own_attendance import OwnAttendance, Unconfirmed
from services.people import Teacher, TelegramUser, as_teacher, who_is
from storage import attendance, people, students
from storage.attendance import PresenceRow
from storage.schema import metadata, row_id_of, student, student_alias, zoom_event
from storage.students import Student
from tests.clocks import SettableClock
from tests.lessons import MadeClass, add_lesson, made_class, set_state
from tests.services.heard_classes import posts_wanted
from tests.services.people_of_the_school import AISHA, MUSA, made_teacher
from tests.zoom_reports import Held, reported

GROUP = -1001
KHADIJA = TelegramUser(50, "Khadija B", "khadija")
DAY = timedelta(days=1)


@dataclass
class Course:
    """A class of Aisha's, and further lessons of its course."""

    office: Office
    clock: SettableClock
    made: MadeClass
    held_before: int = 0

    async def is_held(self, *bodies_of: tuple[str, dict[str, str]]) -> int:
        """Another lesson, a day later, with these people for 30 of 40 minutes; its id."""
        bodies = self.bodies(*bodies_of)
        lesson_id = await self.next_lesson()
        await reported(self.office, *bodies)
        await apply_waiting(self.office)
        return lesson_id

    async def next_lesson(self) -> int:
        made = self.made
        if self.held_before:
            lesson_id = await add_lesson(self.office, made, self.starts_at)
        else:
            lesson_id = made.lesson_id
        self.clock.forward(self.starts_at + timedelta(minutes=41) - self.clock())
        self.held_before += 1
        return lesson_id

    @property
    def starts_at(self) -> datetime:
        return self.made.planned.starts_at + self.held_before * DAY

    def bodies(self, *people: tuple[str, dict[str, str]]) -> list[bytes]:
        held = self.held()
        return [
            held.started(),
            *itertools.chain(*(held.stay(name, 5, 35, **who) for name, who in people)),
            held.ended(40),
        ]

    def held(self) -> Held:
        return Held(self.made.meeting_id, self.starts_at, uuid=f"uuid {self.held_before}")


def guest(name: str) -> tuple[str, dict[str, str]]:
    return name, {}


def account(name: str, zoom: str) -> tuple[str, dict[str, str]]:
    return name, {"id": zoom, "user_id": f"of {zoom}"}


@pytest.fixture
async def course(office: Office, clock: SettableClock) -> Course:
    made = await made_class(office, {GROUP: "Beginners A"}, starts_at=clock() + DAY)
    return Course(office, clock, made)


@pytest.fixture
async def aisha(office: Office, course: Course) -> Teacher:
    del course
    return as_teacher(office, await who_is(office, AISHA))


async def on_the_list(office: Office, course: Course) -> list[str]:
    async with office.database.reading() as tx:
        return [one.name for one in await students.roster_of(tx, course.made.course_id)]


async def student_called(office: Office, course: Course, name: str) -> Student:
    async with office.database.reading() as tx:
        roster_ = await students.roster_of(tx, course.made.course_id)
    return next(one for one in roster_ if one.name == name)


async def there(office: Office, lesson_id: int) -> dict[str, PresenceRow]:
    async with office.database.reading() as tx:
        rows = await attendance.presences_of(tx, lesson_id)
    return {row.name or "": row for row in rows if not row.is_teacher}


async def absent(office: Office, lesson_id: int) -> list[str]:
    async with office.database.reading() as tx:
        ids = {row.student_id for row in await attendance.presences_of(tx, lesson_id)}
        return [one.name for one in await students.expected_in(tx, lesson_id) if one.id not in ids]


async def everything_sealed(office: Office) -> str:
    """All that is sealed in the database, opened."""
    found = []
    async with office.database.reading() as tx:
        for table in metadata.sorted_tables:
            sealed = [column.name for column in table.c if column.name.startswith("sealed_")]
            for row in (await tx.connection.execute(select(table))).mappings():
                place = row_id_of(table, row)
                found += [
                    tx.vault.open_bytes(table.name, name, place, row[name]).decode(
                        "utf-8", "replace"
                    )
                    for name in sealed
                    if row[name] is not None
                ]
    return "\n".join(found)


# Filling


async def test_the_first_lesson_fills_the_list_with_proper_names(
    office: Office, course: Course
) -> None:
    await course.is_held(guest("Khadija"), guest("iPhone 12"), account("Ali", "z"), guest("Aisha"))
    assert await on_the_list(office, course) == ["Ali", "Khadija"]
    ali = await student_called(office, course, "Ali")
    assert ali.keys == {("zoom", "z")}
    await course.is_held(guest("Omar"))
    assert await on_the_list(office, course) == ["Ali", "Khadija"]


async def test_nobody_is_put_on_it_while_the_lesson_is_on(office: Office, course: Course) -> None:
    bodies = course.bodies(guest("Khadija"))
    await course.next_lesson()
    await reported(office, *bodies[:-1])
    await apply_waiting(office)
    assert await on_the_list(office, course) == []


async def test_events_in_any_order_fill_the_same_list(office: Office, course: Course) -> None:
    bodies = course.bodies(
        guest("Khadija"), guest("Omar"), account("Ali", "y"), account("Ali", "z")
    )
    lesson_id = await course.next_lesson()
    for body in reversed(bodies):
        await reported(office, body)
        await apply_waiting(office)
    assert await on_the_list(office, course) == ["Ali", "Ali", "Khadija", "Omar"]
    rows = await there(office, lesson_id)
    assert all(row.student_id for row in rows.values())
    assert not any(row.ambiguous for row in rows.values())


async def test_who_was_taken_off_is_not_put_on_it_again(
    office: Office, course: Course, aisha: Teacher
) -> None:
    bodies = course.bodies(guest("Khadija"), guest("Omar"))
    await course.next_lesson()
    await reported(office, *bodies[:2], *bodies[3:])
    await apply_waiting(office)
    omar = await student_called(office, course, "Omar")
    await roster.take_off(office, aisha, omar.id)
    await reported(office, bodies[2])  # a late leave
    await apply_waiting(office)
    page = await roster.show(office, aisha, course.made.course_id)
    assert [one.student.name for one in page.students] == ["Khadija"]
    assert [one.name for one in page.others] == ["Omar"]


# Following


async def test_absent_is_who_was_on_the_list_when_the_lesson_was_planned(
    office: Office, course: Course, aisha: Teacher
) -> None:
    first = await course.is_held(guest("Khadija"), guest("Omar"))
    zaynab = await roster.add(office, aisha, course.made.course_id, "Zaynab")
    second = await course.is_held(guest("Khadija"))
    await roster.take_off(office, aisha, zaynab.id)
    third = await course.is_held(guest("Khadija"))
    assert [await absent(office, one) for one in (first, second, third)] == [
        [],
        ["Omar", "Zaynab"],
        ["Omar"],
    ]
    await roster.put_back(office, aisha, zaynab.id)
    assert await absent(office, third) == ["Omar", "Zaynab"]


async def test_an_answer_reaches_lessons_whose_events_are_gone(
    office: Office, course: Course, aisha: Teacher
) -> None:
    await course.is_held(guest("Khadija"))
    old = await course.is_held(guest("iPhone 12"))
    async with office.database.writing() as tx:
        await tx.connection.execute(delete_(zoom_event))
    new = await course.is_held(guest("iPhone 12"), guest("Omar"))
    page = await roster_names.who_is_this(office, aisha, new)
    assert page.name in {"iPhone 12", "Omar"}
    khadija = await student_called(office, course, "Khadija")
    asked = await roster_names.who_is_this(office, aisha, old)
    done = await roster_names.is_student(office, aisha, old, asked.token, khadija.id)
    for lesson_id in (old, new):
        assert (await there(office, lesson_id))["iPhone 12"].student_id == khadija.id
    assert await absent(office, old) == []
    await roster_names.take_back(office, aisha, done.student_id, done.said_at)
    for lesson_id in (old, new):
        assert (await there(office, lesson_id))["iPhone 12"].student_id is None
    with pytest.raises(Outdated):
        await roster_names.take_back(office, aisha, done.student_id, done.said_at)


async def test_where_nothing_can_be_folded_two_rows_of_one_student_are_not_both_theirs(
    office: Office, course: Course, aisha: Teacher
) -> None:
    await course.is_held(guest("Khadija"))
    old = await course.is_held(guest("Khadija"), guest("iPhone 12"))
    async with office.database.writing() as tx:
        await tx.connection.execute(delete_(zoom_event))
    khadija = await student_called(office, course, "Khadija")
    asked = await roster_names.who_is_this(office, aisha, old)
    await roster_names.is_student(office, aisha, old, asked.token, khadija.id)
    rows = await there(office, old)
    assert sum(row.student_id == khadija.id for row in rows.values()) == 1
    assert sum(row.ambiguous for row in rows.values()) == 1


async def test_an_account_is_remembered_rather_than_the_name_of_a_device(
    office: Office, course: Course, aisha: Teacher
) -> None:
    await course.is_held(guest("Khadija"))
    second = await course.is_held(account("iPhone", "z"))
    khadija = await student_called(office, course, "Khadija")
    asked = await roster_names.who_is_this(office, aisha, second)
    await roster_names.is_student(office, aisha, second, asked.token, khadija.id)
    khadija = await student_called(office, course, "Khadija")
    assert khadija.names == {"khadija"}
    assert khadija.keys == {("zoom", "z")}
    third = await course.is_held(account("iPhone", "y"))
    assert (await there(office, third))["iPhone"].student_id is None


async def test_a_new_student_undone_is_on_the_list_no_more(
    office: Office, course: Course, aisha: Teacher
) -> None:
    lesson_id = await course.is_held(guest("Khadija"), guest("Aisha"))
    asked = await roster_names.who_is_this(office, aisha, lesson_id)
    done = await roster_names.is_new(office, aisha, lesson_id, asked.token)
    assert await on_the_list(office, course) == ["Aisha", "Khadija"]
    await roster_names.take_back(office, aisha, done.student_id, done.said_at)
    assert await on_the_list(office, course) == ["Khadija"]


async def test_a_change_that_touches_no_lesson_edits_no_card(
    office: Office, course: Course, aisha: Teacher
) -> None:
    lesson_id = await course.is_held(guest("Khadija"))
    before = await posts_wanted(office, lesson_id, PostKind.ANSWER)
    await roster.add(office, aisha, course.made.course_id, "Zaynab")
    assert await posts_wanted(office, lesson_id, PostKind.ANSWER) == before


async def test_another_teacher_reads_and_changes_nothing(
    office: Office, course: Course, aisha: Teacher
) -> None:
    del aisha
    lesson_id = await course.is_held(guest("Khadija"), guest("iPhone"))
    musa = as_teacher(office, await made_teacher(office, MUSA))
    khadija = await student_called(office, course, "Khadija")
    for refused in (
        roster.show(office, musa, course.made.course_id),
        roster.add(office, musa, course.made.course_id, "Omar"),
        roster.show_student(office, musa, khadija.id),
        roster.rename(office, musa, khadija.id, "Omar"),
        roster.take_off(office, musa, khadija.id),
        roster.link(office, musa, khadija.id, musa.person_id),
        roster_names.who_is_this(office, musa, lesson_id),
        roster_names.take_back(office, musa, khadija.id, 0),
    ):
        with pytest.raises(NotAllowed):
            await refused


async def test_the_absent_of_a_period_are_listed_lesson_by_lesson(
    office: Office, course: Course
) -> None:
    await course.is_held(guest("Khadija"), guest("Omar"))
    second = await course.is_held(guest("Khadija"))
    third = await course.is_held(guest("Zaynab"))
    month = month_of(course.starts_at.date(), office.profile.zone)
    async with office.database.reading() as tx:
        found = [one async for one in students.absent_in(tx, month)]
        nobodys = [one async for one in students.absent_in(tx, month, [1])]
    assert found[0] == (second, "Omar")
    assert sorted(found[1:]) == [(third, "Khadija"), (third, "Omar")]
    assert nobodys == []


async def test_marks_of_an_account_change_come_to_the_list_by_one_tap(
    office: Office, course: Course, aisha: Teacher
) -> None:
    """Ali with another account may be another Ali: it is asked, and then both are known."""
    await course.is_held(account("Ali", "z"))
    second = await course.is_held(account("Ali", "y"))
    asked = await roster_names.who_is_this(office, aisha, second)
    assert (asked.name, [one.name for one in asked.choices]) == ("Ali", ["Ali"])
    assert asked.choices[0].is_likely
    ali = await student_called(office, course, "Ali")
    await roster_names.is_student(office, aisha, second, asked.token, ali.id)
    assert (await there(office, second))["Ali"].student_id == ali.id
    assert await absent(office, second) == []


# Students themselves


async def taught(office: Office, aisha: Teacher) -> int:
    """Khadija, who has opened an invitation; her person."""
    link = (await private.invite(office, aisha, "update:50")).link
    await private.accept(office, KHADIJA, link.rpartition("=s-")[2])
    caller = await who_is(office, KHADIJA)
    assert caller.person_id is not None
    return caller.person_id


async def test_only_those_taught_in_private_can_be_linked(
    office: Office, course: Course, aisha: Teacher
) -> None:
    await course.is_held(guest("Khadija"))
    khadija = await student_called(office, course, "Khadija")
    with pytest.raises(NotAllowed):
        await roster.link(office, aisha, khadija.id, aisha.person_id)


async def test_own_attendance_says_nothing_before_it_is_confirmed(
    office: Office, course: Course, aisha: Teacher
) -> None:
    person_id = await taught(office, aisha)
    await course.is_held(guest("Khadija"), guest("Omar"))
    caller = await who_is(office, KHADIJA)
    first = await own_attendance.own_attendance(office, caller)
    assert isinstance(first, Unconfirmed)
    assert [one.name for one in first.to_ask] == ["Aisha"]
    again = await own_attendance.own_attendance(office, caller)
    assert isinstance(again, Unconfirmed)
    assert again.to_ask == ()
    khadija = await student_called(office, course, "Khadija")
    await own_attendance.confirm(office, aisha, person_id, khadija.id)
    own = await own_attendance.own_attendance(office, caller)
    assert isinstance(own, OwnAttendance)
    (tajweed,) = own.courses
    assert (tajweed.student_name, tajweed.there, tajweed.total) == (
        "Khadija",
        1,
        timedelta(minutes=30),
    )


async def test_a_name_that_somebody_chose_puts_no_student_first(
    office: Office, course: Course, aisha: Teacher
) -> None:
    person_id = await taught(office, aisha)
    await course.is_held(guest("Amina"), guest("Khadija"))

    async def offered() -> list[str]:
        found = await own_attendance.who_are_they(office, aisha, person_id)
        return [one.student.name for one in found.offered]

    assert await offered() == ["Khadija", "Amina"], "she is Khadija B in Telegram"
    async with office.database.writing() as tx:
        await people.set_own_name(tx, person_id, "Khadija", KHADIJA.name)
    assert await offered() == ["Amina", "Khadija"]


async def test_what_is_on_for_a_student_is_known_from_the_list_too(
    office: Office, course: Course, aisha: Teacher
) -> None:
    person_id = await taught(office, aisha)
    await course.is_held(guest("Khadija"))
    khadija = await student_called(office, course, "Khadija")
    linked = await own_attendance.confirm(office, aisha, person_id, khadija.id)
    assert linked.person.id == person_id
    await private.stop(office, KHADIJA, aisha.person_id)
    next_lesson = await add_lesson(office, course.made, course.clock() + DAY)
    async with office.database.writing() as tx:
        await set_state(tx, next_lesson, LessonState.SCHEDULED)
    found = await agenda.of_person(office, await who_is(office, KHADIJA))
    assert found is not None
    assert [one.topic for one in found] == ["Tajweed"]
    await roster.unlink(office, aisha, khadija.id)
    assert await agenda.of_person(office, await who_is(office, KHADIJA)) is None


@pytest.mark.parametrize("signs", [{}, {"id": "zoom-of-khadija"}, {"email": "khadija@example.org"}])
async def test_a_student_who_leaves_is_nowhere_and_a_late_event_brings_nothing_back(
    office: Office, course: Course, aisha: Teacher, signs: dict[str, str]
) -> None:
    person_id = await taught(office, aisha)
    connection = {"user_id": "16778240", "participant_uuid": "55AA", **signs}
    bodies = course.bodies(("Khadija", connection), guest("Omar"))
    lesson_id = await course.next_lesson()
    await reported(office, *bodies[:3], *bodies[4:])
    await apply_waiting(office)
    khadija = await student_called(office, course, "Khadija")
    await own_attendance.confirm(office, aisha, person_id, khadija.id)
    assert "Khadija" in await everything_sealed(office)
    await leaving.delete(office, KHADIJA, person_id)
    assert "hadija" not in await everything_sealed(office)
    assert await on_the_list(office, course) == ["Omar"]
    await reported(office, bodies[3])  # Omar's coming, late
    await apply_waiting(office)
    assert "hadija" not in await everything_sealed(office)
    rows = await there(office, lesson_id)
    assert set(rows) == {"", "Omar"}
    assert rows[""].total == timedelta(minutes=30)
    assert await on_the_list(office, course) == ["Omar"]


async def test_a_teacher_who_leaves_leaves_no_list(
    office: Office, course: Course, aisha: Teacher
) -> None:
    await course.is_held(guest("Khadija"), account("Omar", "zoom-of-omar"))
    await leaving.delete(office, AISHA, aisha.person_id)
    async with office.database.reading() as tx:
        for table in (student, student_alias):
            assert await tx.connection.scalar(select(func.count()).select_from(table)) == 0
    left = await everything_sealed(office)
    assert "Khadija" not in left
    assert "zoom-of-omar" not in left
