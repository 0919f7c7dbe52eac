"""The gates: who somebody is, and whose a class, a course or a chat is; to the letter."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from sandbox.zoom_people import ZoomPerson
from school.errors import NotAllowed, Outdated, SchoolError
from school.model import ClockFace, InvitationKind, Role
from services.chat_settings import _own_chat
from services.classes import own_lesson
from services.office import Office
from services.people import (
    Caller,
    Teacher,
    TelegramUser,
    accept_invitation,
    as_teacher,
    make_invitation,
    require_admin,
    require_teacher,
    set_clock,
    set_zone,
    who_is,
)
from services.roster import own_course
from storage import chats
from storage.people import find_person
from tests.clocks import SettableClock
from tests.services.people_of_the_school import ADMIN, AISHA, MUSA, made_teacher
from tests.services.teaching import BEGINNERS, SISTERS, made, teacher_with

STRANGER = TelegramUser(99, "Someone", "someone_99", "ar")
TEACHERS_ONLY = (
    "This is for {school}'s teachers. If you teach here, ask your admin for an invitation."
)
ADMINS_ONLY = "This is for {school}'s admins."


def said(refused: pytest.ExceptionInfo[SchoolError]) -> tuple[str, dict[str, object]]:
    return refused.value.text.msgid, dict(refused.value.text.values)


# Roles


async def test_teachers_are_let_in_as_who_they_are(office: Office) -> None:
    caller = await made_teacher(office, AISHA)
    assert caller.person_id is not None
    assert require_teacher(office, caller) == caller.person_id
    teacher = as_teacher(office, caller)
    assert teacher == Teacher(caller.person_id, AISHA.id, "Aisha", ZoneInfo("Africa/Addis_Ababa"))


@pytest.mark.parametrize("flags", [{"is_teacher": False}, {"person_id": None}])
async def test_who_does_not_teach_or_is_not_stored_is_told_whose_it_is(
    office: Office, flags: dict[str, object]
) -> None:
    caller = replace(await made_teacher(office, AISHA), **flags)  # type: ignore[arg-type]
    for gate in (require_teacher, as_teacher):
        with pytest.raises(NotAllowed) as refused:
            gate(office, caller)
        assert said(refused) == (TEACHERS_ONLY, {"school": "Darulkubra"})


@pytest.mark.parametrize(
    "flags", [{"role": Role.TEACHER}, {"role": Role.STRANGER}, {"person_id": None}]
)
async def test_who_is_no_admin_or_is_not_stored_is_told_whose_it_is(
    office: Office, flags: dict[str, object]
) -> None:
    admin = await who_is(office, ADMIN)
    assert require_admin(office, admin) == admin.person_id
    with pytest.raises(NotAllowed) as refused:
        require_admin(office, replace(admin, **flags))  # type: ignore[arg-type]
    assert said(refused) == (ADMINS_ONLY, {"school": "Darulkubra"})


async def test_a_stranger_is_who_telegram_says(office: Office) -> None:
    assert await who_is(office, STRANGER) == Caller(
        person_id=None,
        telegram_user_id=99,
        name="Someone",
        role=Role.STRANGER,
        is_teacher=False,
        language="ar",
        zone=ZoneInfo("Africa/Addis_Ababa"),
        clock=ClockFace.DAY,
    )


async def test_a_teacher_has_what_they_chose(office: Office) -> None:
    await made_teacher(office, AISHA)
    await set_zone(office, AISHA, "Asia/Riyadh")
    other = next(face for face in ClockFace if face is not ClockFace.DAY)
    await set_clock(office, AISHA, other)
    caller = await who_is(office, AISHA)
    assert (caller.zone, caller.clock) == (ZoneInfo("Asia/Riyadh"), other)
    assert (caller.telegram_user_id, caller.role) == (AISHA.id, Role.TEACHER)


async def test_a_student_is_who_is_taught_in_private_and_as_long_as_they_are(
    office: Office,
) -> None:
    teacher = await made_teacher(office, MUSA)
    assert teacher.person_id is not None
    await set_zone(office, STRANGER, "Asia/Riyadh")  # so that they are stored
    assert (await who_is(office, STRANGER)).role is Role.STRANGER
    async with office.database.writing() as tx:
        await chats.remember_chat(tx, STRANGER.id, "private", "Someone")
    assert (await who_is(office, STRANGER)).role is Role.STRANGER  # known, and not linked
    async with office.database.writing() as tx:
        await chats.link_chat(tx, STRANGER.id, teacher.person_id)
    assert (await who_is(office, STRANGER)).role is Role.STUDENT
    assert (await who_is(office, replace(STRANGER, id=98))).role is Role.STRANGER
    async with office.database.writing() as tx:
        await chats.unlink_chat(tx, STRANGER.id, teacher.person_id)
    assert (await who_is(office, STRANGER)).role is Role.STRANGER


async def test_a_new_username_is_kept_like_a_new_name(office: Office) -> None:
    await made_teacher(office, AISHA)
    for renamed in (replace(AISHA, username="other_name"), replace(AISHA, username=None)):
        await who_is(office, renamed)
        async with office.database.reading() as tx:
            found = await find_person(tx, AISHA.id)
        assert found is not None
        assert (found.name, found.username) == ("Aisha", renamed.username)


async def test_an_admin_is_stored_with_their_username(office: Office) -> None:
    await who_is(office, ADMIN)
    async with office.database.reading() as tx:
        found = await find_person(tx, ADMIN.id)
    assert found is not None
    assert found.username == "hafsa"


# Invitations


async def test_asking_again_gives_the_invitation_and_its_end_as_they_were(
    office: Office, clock: SettableClock
) -> None:
    admin = await who_is(office, ADMIN)
    assert admin.person_id is not None
    first = await make_invitation(office, InvitationKind.TEACHER, admin.person_id, "update:1")
    clock.forward(timedelta(days=1))
    assert first == await make_invitation(
        office, InvitationKind.TEACHER, admin.person_id, "update:1"
    )


@pytest.mark.parametrize(
    ("happens", "sentence"),
    [
        (
            "nothing",
            (
                "I do not know this invitation. Open the newest link from your admin, "
                "or ask for a new one."
            ),
        ),
        ("expires", "This invitation has expired. Ask your admin for a new one."),
        ("is used", "This invitation has already been used. Ask your admin for a new one."),
    ],
)
async def test_why_an_invitation_is_refused_is_said(
    office: Office, clock: SettableClock, happens: str, sentence: str
) -> None:
    admin = await who_is(office, ADMIN)
    assert admin.person_id is not None
    made_one = await make_invitation(office, InvitationKind.TEACHER, admin.person_id, "update:1")
    code = made_one.link.rpartition("=t-")[2]
    if happens == "nothing":
        code = code.swapcase()
    if happens == "is used":
        await accept_invitation(office, AISHA, code)
    if happens == "expires":
        clock.forward(timedelta(days=7))
    with pytest.raises(Outdated) as refused:
        await accept_invitation(office, MUSA, code)
    assert said(refused) == (sentence, {})
    assert (await who_is(office, MUSA)).role is Role.STRANGER


# Whose it is


async def test_a_class_is_its_teachers_and_nobody_elses(
    office: Office, aisha_at_zoom: ZoomPerson
) -> None:
    aisha = await teacher_with(office, AISHA, aisha_at_zoom, BEGINNERS)
    musa = await teacher_with(office, MUSA, None)
    lesson_id = await made(office, aisha)
    async with office.database.reading() as tx:
        lesson, course = await own_lesson(tx, aisha, lesson_id)
        assert (lesson.id, course.id) == (lesson_id, lesson.course_id)
        assert (await own_course(tx, aisha, course.id)).id == course.id
        with pytest.raises(NotAllowed) as refused:
            await own_lesson(tx, musa, lesson_id)
        assert said(refused) == ("Only the teacher of this class can do this.", {})
        with pytest.raises(NotAllowed) as refused:
            await own_course(tx, musa, course.id)
        assert said(refused) == ("Only the teacher of this class can do this.", {})
        gone = "This class is no longer there. Type /classes to see yours."
        with pytest.raises(Outdated) as outdated:
            await own_lesson(tx, aisha, lesson_id + 1)
        assert said(outdated) == (gone, {})
        with pytest.raises(Outdated) as outdated:
            await own_course(tx, aisha, course.id + 1)
        assert said(outdated) == (gone, {})


async def test_a_chat_is_of_those_who_teach_there(office: Office) -> None:
    aisha = await teacher_with(office, AISHA, None, BEGINNERS)
    musa = await teacher_with(office, MUSA, None, SISTERS)
    async with office.database.reading() as tx:
        assert (await _own_chat(tx, aisha, BEGINNERS.id)).id == BEGINNERS.id
        for teacher, chat_id in ((musa, BEGINNERS.id), (aisha, SISTERS.id), (aisha, -5)):
            with pytest.raises(NotAllowed) as refused:
                await _own_chat(tx, teacher, chat_id)
            assert said(refused) == (
                "This chat is not among yours any more. Type /groups to see them.",
                {},
            )
