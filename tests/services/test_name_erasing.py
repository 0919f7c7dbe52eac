"""A name out of the attendance of some courses, known by its keyed hash alone."""

import asyncio
import json
from datetime import timedelta

import pytest

from school.roster import Mark
from services import folding
from services.events import apply_waiting
from services.name_erasing import erase_name
from services.office import Office
from storage import attendance, students
from storage.attendance import outcome_of
from storage.erasing_names import add_name_erasure, name_index
from storage.student_changes import add_alias
from tests.clocks import SettableClock
from tests.lessons import made_class
from tests.services.test_roster import DAY, GROUP, Course, account, guest
from tests.stored import places_with
from tests.zoom_reports import Held, reported

Who = tuple[str, dict[str, str]]


def plain(one: Who) -> Who:
    """As Zoom has it: numbers and uuids that say nothing of a name."""
    name, who = one
    number = str(abs(hash(name)) % 10**8)
    return name, {"user_id": number, "participant_uuid": f"uuid-{number}", **who}


@pytest.fixture
async def course(office: Office, clock: SettableClock) -> Course:
    made = await made_class(office, {GROUP: "Beginners A"}, starts_at=clock() + DAY)
    return Course(office, clock, made)


async def erased(office: Office, name: str, *courses: int, note: bool = False) -> int:
    async with office.database.writing() as tx:
        index = name_index(tx, name)
        if note:
            await add_name_erasure(tx, index, courses)
        return await erase_name(tx, index, courses or None, tx.now)


async def places(office: Office, name: str) -> set[str]:
    async with office.database.reading() as tx:
        return await places_with(tx, name)


async def test_the_name_is_in_no_column_any_more_and_the_minutes_stay(
    office: Office, course: Course
) -> None:
    zaynab = plain(account("Zaynab  Ali", "z"))
    first = await course.is_held(zaynab, plain(guest("Omar")))
    second = await course.is_held(plain(guest("zaynab ali")), plain(guest("Omar")))
    async with office.database.reading() as tx:
        before = [await outcome_of(tx, lesson_id) for lesson_id in (first, second)]
        times = [await attendance.presences_of(tx, lesson_id) for lesson_id in (first, second)]
    assert await places(office, "zaynab")
    assert await erased(office, "ZAYNAB ALI", course.made.course_id) == 2
    assert await places(office, "zaynab") == set()
    assert await places(office, "zaynab  ali") == set()
    assert await places(office, "Omar") > {"presence.sealed_name", "zoom_event.sealed_body"}
    async with office.database.reading() as tx:
        assert [await outcome_of(tx, lesson_id) for lesson_id in (first, second)] == before
        after = [await attendance.presences_of(tx, lesson_id) for lesson_id in (first, second)]
    assert [[row.total for row in rows] for rows in after] == [
        [row.total for row in rows] for rows in times
    ]


async def test_whatever_is_folded_anew_brings_nobody_back(office: Office, course: Course) -> None:
    lesson_id = await course.is_held(plain(account("Zaynab", "z")), plain(guest("Omar")))
    async with office.database.reading() as tx:
        before = await outcome_of(tx, lesson_id)
    await erased(office, "Zaynab", course.made.course_id)
    await folding.fold_anew(office, lesson_id)
    await folding.close(office, lesson_id)
    assert await places(office, "zaynab") == set()
    async with office.database.reading() as tx:
        assert await outcome_of(tx, lesson_id) == before


async def test_what_zoom_reports_of_it_later_is_erased_again(
    office: Office, course: Course
) -> None:
    lesson_id = await course.is_held(plain(guest("Zaynab")), plain(guest("Omar")))
    assert await erased(office, "Zaynab", course.made.course_id, note=True) == 1
    held = Held(course.made.meeting_id, course.starts_at - DAY, uuid="uuid 0")
    name, who = plain(account("Zaynab", "z"))
    bodies = held.stay(name, 10, 20, **who)
    await reported(office, *bodies)
    await apply_waiting(office)
    async with office.database.reading() as tx:
        rows = await attendance.presences_of(tx, lesson_id)
        names = [one.name for one in await students.roster_of(tx, course.made.course_id)]
    assert sorted(row.name or "" for row in rows) == ["", "Aisha", "Omar"]
    assert names == ["Omar"]
    assert await places(office, "zaynab") == set()


async def test_classes_after_it_and_other_courses_are_left_alone(
    office: Office, course: Course, clock: SettableClock
) -> None:
    await course.is_held(plain(guest("Zaynab")))
    until = clock()
    await course.is_held(plain(guest("Zaynab")))
    async with office.database.writing() as tx:
        index = name_index(tx, "Zaynab")
        assert await erase_name(tx, index, [course.made.course_id + 1], until) == 0
        assert await erase_name(tx, index, None, until) == 1
        assert await erase_name(tx, index, None, until) == 0
    assert "presence.sealed_name" in await places(office, "zaynab")


async def test_a_student_is_found_by_another_name_that_the_teacher_gave(
    office: Office, course: Course
) -> None:
    await course.is_held(plain(guest("Zaynab")), plain(guest("Omar")))
    async with office.database.writing() as tx:
        [student] = [
            one
            for one in await students.roster_of(tx, course.made.course_id)
            if one.name == "Zaynab"
        ]
        await add_alias(tx, student.id, Mark.NAME, "Umm Bilal")
    await course.is_held(plain(guest("Umm Bilal")), plain(guest("Omar")))
    assert await erased(office, "umm bilal", course.made.course_id) == 2
    assert await places(office, "bilal") == set()
    assert await places(office, "zaynab") == set()


async def test_what_is_folded_meanwhile_brings_nobody_back(office: Office, course: Course) -> None:
    """The fold has read the reports before they change, and would save after."""
    lesson_id = await course.is_held(plain(guest("Zaynab")), plain(guest("Omar")))
    late = Held(course.made.meeting_id, course.starts_at - DAY, uuid="uuid 0")
    await reported(office, *late.stay("Zaynab", 36, 38, user_id="1", participant_uuid="1"))
    async with asyncio.TaskGroup() as both:
        both.create_task(apply_waiting(office))
        both.create_task(erased(office, "Zaynab", course.made.course_id, note=True))
    while await apply_waiting(office):
        pass
    assert await places(office, "zaynab") == set()
    async with office.database.reading() as tx:
        rows = await attendance.presences_of(tx, lesson_id)
    assert sorted(row.name or "" for row in rows) == ["", "Aisha", "Omar"]


async def test_who_waits_for_the_teacher_waits_without_that_name(
    office: Office, course: Course
) -> None:
    made = course.made
    course.clock.forward(course.starts_at - timedelta(minutes=2) - course.clock())
    held = course.held()
    await reported(office, held.knocked("Zaynab", -2), held.knocked("Omar", -2))
    await apply_waiting(office)
    assert "lesson.sealed_waiting" in await places(office, "zaynab")
    assert await erased(office, "Zaynab", made.course_id, note=True) == 1
    assert await places(office, "zaynab") == set()
    await reported(office, held.knocked("Bilal", -1))
    await apply_waiting(office)
    async with office.database.reading() as tx:
        waiting = json.loads(await attendance.waiting_in(tx, made.lesson_id) or "[]")
    assert waiting == ["Omar", "Bilal"]
    assert await places(office, "zaynab") == set()
