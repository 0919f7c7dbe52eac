"""A school that stores initials instead of students' names."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from school.errors import NotUnderstood
from school.model import PostKind, StudentNames
from services import leaving, roster, roster_names
from services import students as private
from services.beating import beat
from services.events import apply_waiting
from services.name_erasing import erase_name
from services.office import Office
from services.people import Teacher, TelegramUser, as_teacher, who_is
from services.retention import clear_old
from services.roster_updates import bring_up_to_date
from storage import attendance, students
from storage.database import Database, Transaction
from storage.schema import post
from storage.sealing import DataKeys
from storage.student_names import index_of
from tests import stored
from tests.clocks import SettableClock
from tests.lessons import MadeClass, made_class
from tests.services.people_of_the_school import AISHA
from tests.zoom_reports import Held, reported

KHADIJA, KARIMA = "Khadija Ibrahim", "Karima Idris"
RAW = frozenset({"zoom_event"})
"""Tables that hold what Zoom sent, until its own time is over."""


@pytest.fixture
async def short(
    office: Office, database_path: Path, data_keys: DataKeys, clock: SettableClock
) -> AsyncIterator[Office]:
    """The same school, once it has chosen initials."""
    url = f"sqlite:///{database_path}"
    async with Database.open(url, data_keys, clock, StudentNames.INITIALS) as database:
        profile = replace(office.profile, student_names=StudentNames.INITIALS)
        yield replace(office, database=database, profile=profile)


@pytest.fixture
async def made(office: Office, clock: SettableClock) -> MadeClass:
    return await made_class(office, {}, starts_at=clock() + timedelta(days=1))


@pytest.fixture
async def aisha(office: Office, made: MadeClass) -> Teacher:
    del made
    return as_teacher(office, await who_is(office, AISHA))


async def is_held(office: Office, made: MadeClass, clock: SettableClock, *names: str) -> None:
    clock.now = made.planned.starts_at + timedelta(minutes=41)
    held = Held(made.meeting_id, made.planned.starts_at)
    stays = [body for name in names for body in held.stay(name, 5, 35)]
    await reported(office, held.started(), *stays, held.ended(40))
    await apply_waiting(office)


async def who_was_there(office: Office, lesson_id: int) -> list[tuple[str, int]]:
    """Names with the students that they are, 0 where that is not known."""
    async with office.database.reading() as tx:
        rows = await attendance.presences_of(tx, lesson_id)
    return sorted((row.name or "", row.student_id or 0) for row in rows if not row.is_teacher)


async def on_the_list(office: Office, made: MadeClass) -> list[str]:
    async with office.database.reading() as tx:
        return [one.name for one in await students.roster_of(tx, made.course_id)]


async def assert_nowhere(office: Office, *names: str) -> None:
    async with office.database.reading() as tx:
        for name in [*names, *(one.split()[0] for one in names)]:
            assert await stored.places_with(tx, name, without=RAW) == set()


async def test_two_with_the_same_initials_stay_two(
    short: Office, made: MadeClass, clock: SettableClock
) -> None:
    await is_held(short, made, clock, KHADIJA, KARIMA, KHADIJA)
    assert await on_the_list(short, made) == ["K. I.", "K. I."]
    there = await who_was_there(short, made.lesson_id)
    assert [name for name, _ in there] == ["K. I.", "K. I."]
    assert len({student_id for _, student_id in there}) == 2
    await assert_nowhere(short, KHADIJA, KARIMA)


async def test_a_student_is_recognised_by_the_whole_name_and_by_no_other(
    short: Office, made: MadeClass, aisha: Teacher, clock: SettableClock
) -> None:
    student = await roster.add(short, aisha, made.course_id, KHADIJA)
    assert student.name == "K. I."
    with pytest.raises(NotUnderstood, match="on the list already"):
        await roster.add(short, aisha, made.course_id, KHADIJA.upper())
    await is_held(short, made, clock, KHADIJA, KARIMA, "K. I.")
    there = await who_was_there(short, made.lesson_id)
    assert sorted(student_id for _, student_id in there) == [0, 0, student.id]
    # So too where the lesson is not folded anew.
    clock.forward(timedelta(days=29))
    await bring_up_to_date(short, made.course_id)
    assert await who_was_there(short, made.lesson_id) == there


async def test_an_unknown_name_is_settled_without_being_stored(
    short: Office, made: MadeClass, aisha: Teacher, clock: SettableClock
) -> None:
    student = await roster.add(short, aisha, made.course_id, "Khadija I")
    await is_held(short, made, clock, KHADIJA, KARIMA)
    first = await roster_names.who_is_this(short, aisha, made.lesson_id)
    assert (first.name, first.waiting) == ("K. I.", 1)
    await roster_names.is_student(short, aisha, made.lesson_id, first.token, student.id)
    second = await roster_names.who_is_this(short, aisha, made.lesson_id)
    assert second.token != first.token
    await roster_names.is_new(short, aisha, made.lesson_id, second.token)
    there = await who_was_there(short, made.lesson_id)
    assert len({student_id for _, student_id in there} - {0}) == 2
    renamed = await roster.rename(short, aisha, student.id, "Khadija Bint Ibrahim")
    assert renamed.name == "K. B. I."
    assert (await who_was_there(short, made.lesson_id)) == there
    await assert_nowhere(short, KHADIJA, KARIMA, "Khadija Bint Ibrahim")


async def test_who_leaves_is_found_in_zooms_reports_by_the_whole_name(
    short: Office, made: MadeClass, aisha: Teacher, clock: SettableClock
) -> None:
    user = TelegramUser(50, "Her", None)
    await is_held(short, made, clock, KHADIJA, KARIMA)
    invitation = await private.invite(short, aisha, "a key")
    await private.accept(short, user, invitation.link.partition("start=s-")[2])
    person_id = (await who_is(short, user)).person_id
    assert person_id is not None
    async with short.database.reading() as tx:
        khadija = index_of(tx.vault, KHADIJA)
        listed = await students.roster_of(tx, made.course_id)
    (student,) = [one for one in listed if khadija in one.indexes]
    await roster.link(short, aisha, student.id, person_id)
    await leaving.delete(short, user, person_id)
    async with short.database.reading() as tx:
        assert await stored.places_with(tx, f'"user_name": "{KHADIJA}') == set()
        assert await stored.places_with(tx, f'"user_name": "{KARIMA}') == {"zoom_event.sealed_body"}


async def test_names_from_before_become_initials_once_and_nobody_is_lost(
    office: Office, short: Office, made: MadeClass, aisha: Teacher, clock: SettableClock
) -> None:
    await beat(office)
    student = await roster.add(office, aisha, made.course_id, KARIMA)
    await roster.rename(office, aisha, student.id, "Karima")
    await is_held(office, made, clock, KHADIJA, KARIMA)
    before = await who_was_there(office, made.lesson_id)
    async with office.database.reading() as tx:
        places = await stored.places_with(tx, "Karima", without=RAW)
    assert places == {
        "presence.sealed_name",
        "student.sealed_name",
        "student_alias.sealed_value",
    }
    assert await clear_old(short) == 4  # two presences, a student, another name of theirs
    assert await clear_old(short) == 0
    await assert_nowhere(short, KARIMA)
    after = await who_was_there(short, made.lesson_id)
    assert sorted(one for _, one in after) == sorted(one for _, one in before)
    # Folded anew from the reports, they are who they were.
    held = Held(made.meeting_id, made.planned.starts_at)
    await reported(short, held.left(KARIMA, 36))
    await apply_waiting(short)
    assert await who_was_there(short, made.lesson_id) == after
    await assert_nowhere(short, KARIMA, KHADIJA)


async def test_who_waits_is_told_by_initials(
    short: Office, made: MadeClass, clock: SettableClock
) -> None:
    clock.now = made.planned.starts_at - timedelta(minutes=2)
    held = Held(made.meeting_id, made.planned.starts_at)
    await reported(short, held.knocked(KHADIJA, -2))
    await apply_waiting(short)
    async with short.database.reading() as tx:
        assert await attendance.waiting_in(tx, made.lesson_id) == '["K. I."]'
    await assert_nowhere(short, KHADIJA)


async def test_with_a_name_go_all_initials_of_who_waits_in_the_chosen_course(
    short: Office, made: MadeClass, clock: SettableClock
) -> None:
    clock.now = made.planned.starts_at - timedelta(minutes=2)
    other = await made_class(short, {}, topic="Fiqh", starts_at=made.planned.starts_at)
    for one in (made, other):
        held = Held(one.meeting_id, one.planned.starts_at)
        await reported(short, held.knocked(KHADIJA, -2), held.knocked(KARIMA, -2))
        await apply_waiting(short)
    async with short.database.writing() as tx:
        before = await _wanted(tx, made)
        nobodys = index_of(tx.vault, "Nobody Here")
        assert await erase_name(tx, nobodys, [made.course_id], tx.now) == 0
        assert await attendance.waiting_in(tx, made.lesson_id) is None
        assert await attendance.waiting_in(tx, other.lesson_id) == '["K. I.", "K. I."]'
        assert await _wanted(tx, made) == before + 1
        assert await erase_name(tx, nobodys, [made.course_id], tx.now) == 0
        assert await _wanted(tx, made) == before + 1
        khadijas = index_of(tx.vault, KHADIJA)
        assert await erase_name(tx, khadijas, None, tx.now) == 2
        assert await attendance.waiting_in(tx, other.lesson_id) is None
    # Whoever knocks next is told of, and so are those who wait still; she is not.
    await reported(short, Held(made.meeting_id, made.planned.starts_at).knocked("Omar Said", -1))
    await apply_waiting(short)
    async with short.database.reading() as tx:
        assert await attendance.waiting_in(tx, made.lesson_id) == '["K. I.", "O. S."]'


async def _wanted(tx: Transaction, made: MadeClass) -> int:
    """The version of what the teacher is to be shown of who waits."""
    is_meant = (post.c.lesson_id == made.lesson_id) & (post.c.kind == PostKind.WAITING)
    found = await tx.connection.execute(select(post.c.wanted_version).where(is_meant))
    return int(found.scalar_one())


async def test_taken_back_what_comes_is_kept_whole_again(
    office: Office, short: Office, made: MadeClass, aisha: Teacher
) -> None:
    await beat(office)
    await roster.add(short, aisha, made.course_id, KHADIJA)
    await clear_old(short)
    await clear_old(office)
    await roster.add(office, aisha, made.course_id, KARIMA)
    assert sorted(await on_the_list(office, made)) == ["K. I.", KARIMA]
    with pytest.raises(NotUnderstood, match="on the list already"):
        await roster.add(office, aisha, made.course_id, KHADIJA)
    assert await clear_old(short) == 1
    assert await on_the_list(short, made) == ["K. I.", "K. I."]
