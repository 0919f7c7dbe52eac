"""Requests about a name in Zoom: answered once, whoever presses, and by admins only."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from school.errors import NotAllowed, NotUnderstood, Outdated
from school.letters import ErasureAsked, NameErased, NameNotFound
from services import (
    auditing,
    doubting,
    erasure_answers,
    erasure_requests,
    leaving,
    letters,
    retention,
)
from services.daily_asks import AskedEnough
from services.erasure_askers import ConfirmedAs, is_confirmed_as
from services.erasure_requests import Pending
from services.office import Office
from services.people import TelegramUser, remember, set_zone, who_is
from storage import chats, student_changes, students
from storage.people import find_person
from storage.schema import erasure, erasure_request, letter
from storage.student_names import index_of
from tests.clocks import SettableClock
from tests.lessons import made_class
from tests.services.months import person_id_of
from tests.services.people_of_the_school import ADMIN, AISHA
from tests.services.test_roster import DAY, GROUP, Course, guest
from tests.stored import places_with

STRANGER, OTHER_ADMIN = TelegramUser(80, "Umm Bilal"), TelegramUser(2, "Bilqis")


@pytest.fixture
def office(office: Office) -> Office:
    """With two admins."""
    admins = frozenset({ADMIN.id, OTHER_ADMIN.id})
    return replace(office, profile=replace(office.profile, admin_ids=admins))


@pytest.fixture
async def course(office: Office, clock: SettableClock) -> Course:
    for admin in (ADMIN, OTHER_ADMIN):
        await who_is(office, admin)
    made = await made_class(office, {GROUP: "Beginners A"}, starts_at=clock() + DAY)
    return Course(office, clock, made)


async def asked(office: Office, name: str = "Zaynab", key: str = "1") -> Pending:
    assert await erasure_requests.ask(office, STRANGER, f"press {key}") is None
    made = await erasure_requests.typed(office, STRANGER, name, f"text {key}")
    assert made is not None
    return made


async def written(office: Office) -> list[tuple[int, object]]:
    async with office.database.reading() as tx:
        rows = (await tx.connection.execute(select(letter))).all()
        opened = [
            tx.vault.open("letter", "sealed_contents", row.id, row.sealed_contents) for row in rows
        ]
    return [(row.person_id, letters.read(one)) for row, one in zip(rows, opened, strict=True)]


async def test_each_admin_is_written_to_once(office: Office, course: Course) -> None:
    del course
    made = await asked(office)
    again = await erasure_requests.ask(office, STRANGER, "press 2")
    assert again == made
    assert await erasure_requests.typed(office, STRANGER, "Another", "text 2") is None
    admins = [await person_id_of(office, one) for one in (ADMIN, OTHER_ADMIN)]
    assert sorted(await written(office)) == sorted(
        (admin, ErasureAsked(made.request_id)) for admin in admins
    )


async def test_of_two_admins_who_press_at_once_one_deletes(office: Office, course: Course) -> None:
    await course.is_held(guest("Zaynab"))
    made = await asked(office)
    admins = [await who_is(office, one) for one in (ADMIN, OTHER_ADMIN)]
    both = await asyncio.gather(
        *(
            erasure_answers.erase(office, one, made.request_id, [course.made.course_id])
            for one in admins
        ),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in both) == ["Erased", "Outdated"]
    async with office.database.reading() as tx:
        assert len((await tx.connection.execute(select(erasure))).all()) == 1
        assert await tx.connection.scalar(select(erasure_request.c.sealed_name)) is None
    stranger = await person_id_of(office, STRANGER)
    told = [one for reader, one in await written(office) if reader == stranger]
    assert [one.lessons for one in told if isinstance(one, NameErased)] == [None]
    for answer in (
        erasure_answers.look(office, admins[0], made.request_id),
        erasure_answers.nothing_found(office, admins[0], made.request_id),
        erasure_answers.begin_decline(office, admins[0], made.request_id, "decline"),
    ):
        with pytest.raises(Outdated):
            await answer


async def test_a_reason_that_comes_too_late_is_told_and_asked_for_no_more(
    office: Office, course: Course
) -> None:
    await course.is_held(guest("Zaynab"))
    made = await asked(office)
    admin, other = await who_is(office, ADMIN), await who_is(office, OTHER_ADMIN)
    await erasure_answers.begin_decline(office, admin, made.request_id, "decline")
    with pytest.raises(NotUnderstood):
        await erasure_answers.typed(office, admin, " ")
    await erasure_answers.erase(office, other, made.request_id, [course.made.course_id])
    with pytest.raises(Outdated):
        await erasure_answers.typed(office, admin, "Who are you?")
    assert await erasure_answers.typed(office, admin, "Who are you?") is False


async def test_only_admins_look_and_only_who_asked_withdraws(
    office: Office, course: Course
) -> None:
    await course.is_held(guest("Zaynab"))
    made = await asked(office)
    aisha = await who_is(office, AISHA)
    for press in (
        erasure_answers.look(office, aisha, made.request_id),
        erasure_answers.look_again(office, aisha, made.request_id),
        erasure_answers.erase(office, aisha, made.request_id, [course.made.course_id]),
        erasure_answers.nothing_found(office, aisha, made.request_id),
        erasure_answers.begin_decline(office, aisha, made.request_id, "decline"),
        erasure_answers.typed(office, aisha, "no"),
    ):
        with pytest.raises(NotAllowed):
            await press
    with pytest.raises(Outdated):
        await erasure_requests.withdraw(office, AISHA, made.request_id)
    await erasure_requests.withdraw(office, STRANGER, made.request_id)
    with pytest.raises(Outdated):
        await erasure_requests.withdraw(office, STRANGER, made.request_id)


async def test_a_teacher_and_a_student_known_on_telegram_are_left_alone(
    office: Office, course: Course
) -> None:
    """They delete their own data; nobody does it for them by typing their name."""
    await course.is_held(guest("Zaynab"), guest("Omar"))
    zaynab = TelegramUser(70, "Zaynab")
    await set_zone(office, zaynab, "riyadh")
    known = await person_id_of(office, zaynab)
    async with office.database.writing() as tx:
        own = {one.name: one for one in await students.roster_of(tx, course.made.course_id)}
        await student_changes.link_person(tx, own["Zaynab"].id, known)
    admin = await who_is(office, ADMIN)
    for key, name in enumerate(("Zaynab", "Aisha Q", "Aisha")):
        made = await asked(office, name, str(key))
        assert (await erasure_answers.look(office, admin, made.request_id)).places == ()
        done = await erasure_answers.erase(office, admin, made.request_id, [course.made.course_id])
        assert done.lessons == 0, name
    async with office.database.reading() as tx:
        assert {"presence.sealed_name", "zoom_event.sealed_body", "student.sealed_name"} <= (
            await places_with(tx, "Zaynab")
        )


@pytest.mark.parametrize("typed", ["", "7", "\u202e", "x" * 200])
async def test_what_is_no_name_is_asked_for_again(office: Office, typed: str) -> None:
    await erasure_requests.ask(office, STRANGER, "press")
    with pytest.raises(NotUnderstood):
        await erasure_requests.typed(office, STRANGER, typed, "text")
    assert await erasure_requests.typed(office, STRANGER, "Zaynab", "text 2")


async def left(office: Office) -> None:
    """Who asked deletes their own data."""
    await leaving.delete(office, STRANGER, await person_id_of(office, STRANGER))


async def test_a_request_is_answered_also_where_who_asked_has_left(
    office: Office, course: Course
) -> None:
    await course.is_held(guest("Zaynab"))
    made = await asked(office)
    await left(office)
    assert [one for _, one in await written(office)] == [ErasureAsked(made.request_id)] * 2
    admin = await who_is(office, ADMIN)
    found = await erasure_answers.look(office, admin, made.request_id)
    assert (found.name, found.asker) == ("Zaynab", None)
    done = await erasure_answers.erase(office, admin, made.request_id, [course.made.course_id])
    assert done.lessons == 1
    assert len(await written(office)) == 2, "nobody is there to be told"


async def test_a_request_that_nobody_answers_goes_after_90_days_with_its_name(
    office: Office, clock: SettableClock
) -> None:
    made = await asked(office)
    admin = await who_is(office, ADMIN)
    clock.forward(timedelta(days=90))
    await retention.clear_old(office)
    assert (await erasure_answers.look(office, admin, made.request_id)).name == "Zaynab"
    clock.forward(timedelta(seconds=1))
    await retention.clear_old(office)
    with pytest.raises(Outdated):
        await erasure_answers.look(office, admin, made.request_id)
    async with office.database.reading() as tx:
        row = (await tx.connection.execute(select(erasure_request))).one()
        assert (row.state, row.sealed_name) == ("lapsed", None)
    assert (await auditing.show(office, admin)).oldest_request is None
    clock.forward(timedelta(days=365 * 20))
    await retention.clear_old(office)
    async with office.database.reading() as tx:
        assert (await tx.connection.execute(select(erasure_request))).all() == []


async def test_an_admin_who_came_later_finds_the_oldest_request_in_the_log(
    office: Office, clock: SettableClock
) -> None:
    first = await asked(office)
    assert await written(office) == [], "no admin has written to the bot yet"
    clock.forward(timedelta(minutes=1))
    await erasure_requests.ask(office, AISHA, "press of another")
    await erasure_requests.typed(office, AISHA, "Aisha", "text of another")
    found = await auditing.show(office, await who_is(office, ADMIN))
    assert (found.open_requests, found.oldest_request) == (2, first.request_id)


async def test_of_one_person_three_requests_are_taken_within_a_day(
    office: Office, clock: SettableClock
) -> None:
    for key in "123":
        made = await asked(office, key=key)
        await erasure_requests.withdraw(office, STRANGER, made.request_id)
        clock.forward(timedelta(hours=1))
    with pytest.raises(AskedEnough):
        await erasure_requests.ask(office, STRANGER, "press 4")
    clock.forward(timedelta(hours=21))
    await asked(office, key="5")


async def test_of_one_student_three_letters_go_to_teachers_within_a_day(
    office: Office, course: Course, clock: SettableClock
) -> None:
    await course.is_held(guest("Zaynab"))
    await set_zone(office, STRANGER, "riyadh")
    async with office.database.writing() as tx:
        (zaynab,) = await students.roster_of(tx, course.made.course_id)
        person = await find_person(tx, STRANGER.id)
        assert person is not None
        await student_changes.link_person(tx, zaynab.id, person.id)
    for key in "123":
        await doubting.ask(office, STRANGER, zaynab.id, f"press {key}")
        assert await doubting.typed(office, STRANGER, "I was there", f"text {key}")
    with pytest.raises(AskedEnough):
        await doubting.ask(office, STRANGER, zaynab.id, "press 4")
    clock.forward(timedelta(days=1))
    assert await doubting.ask(office, STRANGER, zaynab.id, "press 5")


async def test_the_admins_see_who_asks_and_whose_student_that_is(
    office: Office, course: Course
) -> None:
    await course.is_held(guest("Zaynab"), guest("Omar"))
    made = await asked(office)
    admin = await who_is(office, ADMIN)
    asker = (await erasure_answers.look(office, admin, made.request_id)).asker
    assert asker is not None
    assert (asker.person.name, asker.confirmed, asker.taught_by) == ("Umm Bilal", (), ())
    async with office.database.writing() as tx:
        (omar,) = [
            one for one in await students.roster_of(tx, course.made.course_id) if one.name == "Omar"
        ]
        await student_changes.link_person(tx, omar.id, asker.person.id)
        aisha = await find_person(tx, AISHA.id)
        assert aisha is not None
        await chats.remember_chat(tx, STRANGER.id, "private", "Umm Bilal")
        await chats.link_chat(tx, STRANGER.id, aisha.id)
    asker = (await erasure_answers.look(office, admin, made.request_id)).asker
    assert asker is not None
    assert asker.confirmed == (ConfirmedAs("Omar", "Tajweed", "Aisha"),)
    assert asker.taught_by == ("Aisha",)


async def test_only_who_is_confirmed_as_that_student_reads_how_many_classes_it_was(
    office: Office, course: Course
) -> None:
    """Others of that name may have come; a name that was confirmed is the asker's own."""
    await course.is_held(guest("Zaynab"))
    async with office.database.writing() as tx:
        (zaynab,) = await students.roster_of(tx, course.made.course_id)
        asker = await remember(tx, STRANGER)
        await student_changes.link_person(tx, zaynab.id, asker.id)
        index = index_of(tx.vault, "zaynab")
        own = course.made.course_id
        assert await is_confirmed_as(tx, asker.id, index, [own])
        assert not await is_confirmed_as(tx, asker.id, index, [own, own + 1])
        assert not await is_confirmed_as(tx, asker.id, index_of(tx.vault, "Omar"), [own])
    made = await asked(office)
    admin = await who_is(office, ADMIN)
    await erasure_answers.erase(office, admin, made.request_id, [own])
    told = [one for reader, one in await written(office) if reader == asker.id]
    assert [one.lessons for one in told if isinstance(one, NameErased)] == [0]


async def test_with_more_classes_than_can_be_chosen_from_the_request_stays_open(
    office: Office, course: Course
) -> None:
    await course.is_held(guest("Zaynab"))
    made = await asked(office)
    admin = await who_is(office, ADMIN)
    own = [course.made.course_id]
    done = await erasure_answers.erase(office, admin, made.request_id, own, is_all=False)
    assert (done.lessons, done.is_open) == (1, True)
    asker = await person_id_of(office, STRANGER)
    assert [one for reader, one in await written(office) if reader == asker] == []
    assert (await erasure_answers.look(office, admin, made.request_id)).places == ()
    await erasure_answers.nothing_found(office, admin, made.request_id)
    told = [one for reader, one in await written(office) if reader == asker]
    assert told == [NameNotFound()]
