"""Students of a teacher's: their invitations, what is kept of them, and what goes with them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from school.errors import NotAllowed, Outdated
from school.model import ClockFace, Role
from services import chat_settings, leaving, students
from services.office import Office
from services.people import (
    Teacher,
    TelegramUser,
    as_teacher,
    require_teacher,
    set_clock,
    set_language,
    who_is,
)
from storage import chats
from storage.chats import Chat
from storage.people import find_person
from storage.schema import chat, chat_teacher, course_chat, invitation, person, post
from tests.clocks import SettableClock
from tests.lessons import announce, made_class
from tests.services.people_of_the_school import AISHA, MUSA, made_teacher

AHMED = TelegramUser(50, "Ahmed", language_code="ar")


@pytest.fixture
async def teacher(office: Office) -> Teacher:
    return as_teacher(office, await made_teacher(office, AISHA))


async def code_of(office: Office, teacher: Teacher, request_key: str = "update:50") -> str:
    return (await students.invite(office, teacher, request_key)).link.rpartition("=s-")[2]


async def taught(office: Office, teacher: Teacher, request_key: str = "update:50") -> None:
    await students.accept(office, AHMED, await code_of(office, teacher, request_key))


async def own_chat(office: Office) -> Chat | None:
    async with office.database.reading() as tx:
        return await chats.find_chat(tx, AHMED.id)


async def test_who_accepts_is_a_student_and_no_teacher(office: Office, teacher: Teacher) -> None:
    await taught(office, teacher)
    caller = await who_is(office, AHMED)
    assert (caller.role, caller.language) == (Role.STUDENT, "ar")
    with pytest.raises(NotAllowed):
        require_teacher(office, caller)
    async with office.database.reading() as tx:
        [known] = await chats.chats_of_teacher(tx, teacher.person_id)
    assert (known.id, known.title, known.is_private) == (AHMED.id, "Ahmed", True)


async def test_a_repeated_update_gives_the_same_link_and_the_same_welcome(
    office: Office, teacher: Teacher
) -> None:
    assert await code_of(office, teacher) == await code_of(office, teacher)
    first = await students.accept(office, AHMED, await code_of(office, teacher))
    again = await students.accept(office, AHMED, await code_of(office, teacher))
    assert (first.is_news, again.is_news) == (True, False)


async def test_an_expired_invitation_connects_nobody(
    office: Office, teacher: Teacher, clock: SettableClock
) -> None:
    code = await code_of(office, teacher)
    clock.now += timedelta(days=7)
    with pytest.raises(Outdated, match="expired"):
        await students.accept(office, AHMED, code)
    assert await own_chat(office) is None


async def test_whoever_stopped_needs_a_new_invitation(office: Office, teacher: Teacher) -> None:
    await taught(office, teacher)
    await students.stop(office, AHMED, teacher.person_id)
    assert (await who_is(office, AHMED)).role is Role.STRANGER
    with pytest.raises(Outdated, match="already been used"):
        await taught(office, teacher)
    await taught(office, teacher, "update:51")
    assert (await who_is(office, AHMED)).role is Role.STUDENT


async def test_the_name_goes_with_the_last_teacher(office: Office, teacher: Teacher) -> None:
    musa = as_teacher(office, await made_teacher(office, MUSA))
    await taught(office, teacher)
    await taught(office, musa, "update:51")
    await students.stop(office, AHMED, teacher.person_id)
    left = await own_chat(office)
    assert left is not None
    assert (left.title, left.is_linked) == ("Ahmed", True)
    await chat_settings.let_go(office, musa, AHMED.id)
    left = await own_chat(office)
    assert left is not None
    assert (left.title, left.is_linked) == (None, False)


async def test_only_the_classes_of_that_teacher_are_no_longer_announced(
    office: Office, teacher: Teacher
) -> None:
    await taught(office, teacher)
    await taught(office, as_teacher(office, await made_teacher(office, MUSA)), "update:51")
    for user in (AISHA, MUSA):
        made = await made_class(office, {AHMED.id: "Ahmed"}, teacher=user)
        await announce(office, made, AHMED.id)
    await students.stop(office, AHMED, teacher.person_id)
    async with office.database.reading() as tx:
        assert len((await tx.connection.execute(select(course_chat))).all()) == 1


async def test_a_card_of_another_teacher_that_is_still_to_come_comes(
    office: Office, teacher: Teacher
) -> None:
    await taught(office, teacher)
    await taught(office, as_teacher(office, await made_teacher(office, MUSA)), "update:51")
    classes = [await made_class(office, {AHMED.id: "Ahmed"}, teacher=one) for one in (AISHA, MUSA)]
    for made in classes:
        await announce(office, made, AHMED.id)
    await students.stop(office, AHMED, teacher.person_id)
    async with office.database.reading() as tx:
        left = await tx.connection.execute(select(post.c.lesson_id))
        assert list(left.scalars()) == [classes[1].lesson_id]


async def test_a_new_name_is_the_chats_name_too(office: Office, teacher: Teacher) -> None:
    await taught(office, teacher)
    await who_is(office, TelegramUser(AHMED.id, "Ahmad"))
    found = await own_chat(office)
    assert found is not None
    assert found.title == "Ahmad"


async def test_nothing_of_a_student_is_left_after_a_deletion(
    office: Office, teacher: Teacher
) -> None:
    await taught(office, teacher)
    made = await made_class(office, {AHMED.id: "Ahmed"})
    await announce(office, made, AHMED.id)
    found = await leaving.preview(office, AHMED)
    assert found is not None
    assert (found.announced, found.upcoming) == (1, 0)
    done = await leaving.delete(office, AHMED, found.person_id)
    assert not done.taught
    async with office.database.reading() as tx:
        assert await find_person(tx, AHMED.id) is None
        for table in (chat_teacher, course_chat, post):
            rows = await tx.connection.execute(select(table).where(table.c.chat_id == AHMED.id))
            assert rows.all() == []
        assert await chats.find_chat(tx, AHMED.id) is None
        names = await tx.connection.execute(select(person.c.sealed_name, person.c.pseudonym))
        assert sum(row.sealed_name is None for row in names) == 1


async def test_a_teacher_who_teaches_no_more_gains_no_students(
    office: Office, teacher: Teacher
) -> None:
    code = await code_of(office, teacher)
    await leaving.delete(office, AISHA, teacher.person_id)
    async with office.database.reading() as tx:
        kinds = await tx.connection.execute(select(invitation.c.kind))
        assert set(kinds.scalars()) == {"teacher"}
    with pytest.raises(Outdated):
        await students.accept(office, AHMED, code)


async def test_a_teacher_who_is_a_student_too_leaves_altogether(
    office: Office, teacher: Teacher
) -> None:
    musa = as_teacher(office, await made_teacher(office, MUSA))
    await students.accept(office, AISHA, await code_of(office, musa))
    made = await made_class(office, {AISHA.id: "Aisha"}, teacher=MUSA)
    await announce(office, made, AISHA.id)
    await leaving.delete(office, AISHA, teacher.person_id)
    async with office.database.reading() as tx:
        assert await chats.chats_of_teacher(tx, musa.person_id) == ()
        left = await tx.connection.execute(select(chat.c.id).where(chat.c.id == AISHA.id))
        assert left.all() == []


async def test_language_and_clock_are_kept_and_make_nobody_a_student(office: Office) -> None:
    await set_language(office, AHMED, "am")
    caller = await set_clock(office, AHMED, ClockFace.ETHIOPIAN)
    assert (caller.language, caller.clock) == ("am", ClockFace.ETHIOPIAN)
    assert (await who_is(office, AHMED)) == caller
    assert caller.role is Role.STRANGER
