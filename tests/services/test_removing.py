"""A teacher is removed by an admin, against the Zoom stand-in: whole, interrupted, repeated."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from sandbox.zoom_people import ZoomPeople, ZoomPerson
from school.errors import NotAllowed, Outdated
from school.letters import TeachingEnded
from school.model import InvitationKind, LessonState, PostKind
from services import removing
from services.classes import create_class
from services.connecting import finish
from services.grants import tend_grants
from services.groups import link
from services.letters import read
from services.office import Office
from services.people import (
    Caller,
    Teacher,
    TelegramUser,
    accept_invitation,
    as_teacher,
    invite_teacher,
    make_invitation,
    who_is,
)
from services.removing import Removed, finish_removals, remove
from services.settling import settle_due
from services.students import accept
from services.substituting import hand_over
from services.teachers import NoLongerTeaches, TeacherPage, ZoomStanding, listed, look
from storage import chats, forms
from storage.audit import latest_entries
from storage.class_forms import CLASS, ClassForm
from storage.people import get_person
from storage.schema import course_chat, draft, letter, revocation, zoom_account
from tests.services.connections import account_of, code_of, connected, ready_to_finish
from tests.services.people_of_the_school import ADMIN, AISHA, MUSA, made_teacher
from tests.services.series import lessons_with, made_series, show_cards, wish
from tests.services.teaching import BEGINNERS, SISTERS, made, order, standing, teacher_with

KHADIJA = TelegramUser(30, "Khadija")


@pytest.fixture
async def teacher(office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson) -> Teacher:
    await zoom.no_per_second_limits()
    return await teacher_with(office, AISHA, aisha_at_zoom, BEGINNERS)


@pytest.fixture
async def musa(office: Office, zoom: ZoomPeople, teacher: Teacher) -> Teacher:
    del teacher  # first
    at_zoom = await zoom.user("musa@example.org", name="Musa", plan=2)
    return await teacher_with(office, MUSA, at_zoom, SISTERS)


@pytest.fixture
async def admin(office: Office, teacher: Teacher) -> Caller:
    del teacher  # first
    return await who_is(office, ADMIN)


async def removed(office: Office, admin: Caller, teacher: Teacher) -> Removed:
    """Looked at, then removed as seen."""
    found = await look(office, admin, teacher.person_id)
    done = await remove(office, admin, teacher.person_id, found.seen)
    assert done is not None
    return done


async def states(office: Office, lesson_id: int) -> set[LessonState]:
    return {one.state for one in await lessons_with(office, lesson_id)}


async def letters(office: Office) -> list[object]:
    async with office.database.reading() as tx:
        rows = await tx.connection.execute(select(letter.c.id, letter.c.sealed_contents))
        return [read(tx.vault.open("letter", "sealed_contents", *row)) for row in rows]


async def noted(office: Office) -> list[tuple[str, str, str | None]]:
    async with office.database.reading() as tx:
        return [(one.actor, one.action, one.subject) for one in await latest_entries(tx, 50)]


async def is_all_gone(office: Office, teacher: Teacher) -> bool:
    """Nothing is left with which they could act as a teacher."""
    async with office.database.reading() as tx:
        counts = [
            await tx.connection.scalar(select(func.count()).select_from(table))
            for table in (zoom_account, revocation, course_chat, draft)
        ]
        told = await chats.told_for_teacher(tx, teacher.person_id)
    return counts == [0, 0, 0, 0] and not told and not (await who_is(office, AISHA)).is_teacher


async def test_classes_are_off_groups_and_zoom_are_let_go_of_and_all_is_told(
    office: Office, zoom: ZoomPeople, teacher: Teacher, admin: Caller
) -> None:
    first = await made_series(office, teacher)
    await show_cards(office, first)
    found = await look(office, admin, teacher.person_id)
    assert (found.groups, found.upcoming, found.zoom) == (1, 5, ZoomStanding.CONNECTED)
    assert found.since is not None
    done = await removed(office, admin, teacher)
    assert (done.zoom_was_told, done.left_at_zoom, done.before.upcoming) == (True, 0, 5)
    assert await states(office, first) == {LessonState.CANCELLED}
    assert (PostKind.CANCELLED, BEGINNERS.id) in (await standing(office, first)).posts
    assert await zoom.meetings() == []
    assert (await zoom.statistics())["grants"]["aisha@example.org"] == 0
    assert await is_all_gone(office, teacher)
    assert (await standing(office, first)).course.has_ended
    assert await letters(office) == [TeachingEnded(teacher.person_id, "2026-11", 5, had_zoom=True)]
    async with office.database.reading() as tx:
        pseudonym = (await get_person(tx, teacher.person_id)).pseudonym
    assert ("removed a teacher", pseudonym) in [one[1:] for one in await noted(office)]
    assert ("program", "disconnected Zoom", pseudonym) in await noted(office)
    assert await listed(office, admin) == ()


async def test_a_class_given_for_another_teacher_goes_back_to_them(
    office: Office, teacher: Teacher, musa: Teacher, admin: Caller
) -> None:
    lesson_id = await made(office, musa, replace(order(), chat_ids=(SISTERS.id,)))
    await hand_over(office, await wish(office, musa, lesson_id), teacher.person_id)
    done = await removed(office, admin, teacher)
    assert (done.before.upcoming, done.before.given_for_others) == (0, 1)
    await settle_due(office)
    now = (await standing(office, lesson_id)).lesson
    assert (now.teacher_id, now.state) == (musa.person_id, LessonState.SCHEDULED)


async def test_a_class_of_theirs_that_another_gives_is_off_too(
    office: Office, zoom: ZoomPeople, teacher: Teacher, musa: Teacher, admin: Caller
) -> None:
    lesson_id = await made(office, teacher)
    await hand_over(office, await wish(office, teacher, lesson_id), musa.person_id)
    await removed(office, admin, teacher)
    await settle_due(office)
    assert await states(office, lesson_id) == {LessonState.CANCELLED}
    assert await zoom.meetings() == []
    assert (await who_is(office, MUSA)).is_teacher


async def test_what_was_begun_is_gone(
    office: Office, teacher: Teacher, admin: Caller, aisha_at_zoom: ZoomPerson
) -> None:
    link_ = (
        await make_invitation(office, InvitationKind.STUDENT, teacher.person_id, "update:7")
    ).link
    ready = await ready_to_finish(office, AISHA, aisha_at_zoom)
    async with office.database.writing() as tx:
        await forms.begin(tx, CLASS, teacher.person_id, "update:8", ClassForm())
    await removed(office, admin, teacher)
    assert await is_all_gone(office, teacher)
    with pytest.raises(Outdated):
        await accept(office, KHADIJA, link_.rpartition("=s-")[2])
    with pytest.raises(Outdated):
        await finish(office, AISHA, code_of(ready))


async def test_a_student_in_private_is_theirs_no_more(
    office: Office, teacher: Teacher, admin: Caller
) -> None:
    made_for = await make_invitation(office, InvitationKind.STUDENT, teacher.person_id, "update:7")
    await accept(office, KHADIJA, made_for.link.rpartition("=s-")[2])
    assert (await look(office, admin, teacher.person_id)).students == 1
    await removed(office, admin, teacher)
    async with office.database.reading() as tx:
        chat = await chats.find_chat(tx, KHADIJA.id)
    assert chat is not None
    assert (chat.is_linked, chat.title) == (False, None)


async def test_other_classes_than_were_seen_are_not_called_off(
    office: Office, teacher: Teacher, admin: Caller
) -> None:
    lesson_id = await made(office, teacher)
    assert await remove(office, admin, teacher.person_id, 0) is None
    assert (await who_is(office, AISHA)).is_teacher
    assert await states(office, lesson_id) == {LessonState.SCHEDULED}


@pytest.mark.parametrize("dies_in", ["_leave_zoom", "_end_grant"])
async def test_what_a_crash_left_is_gone_on_with(
    office: Office,
    zoom: ZoomPeople,
    teacher: Teacher,
    admin: Caller,
    monkeypatch: pytest.MonkeyPatch,
    dies_in: str,
) -> None:
    await made(office, teacher)

    async def dies(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(removing, dies_in, dies)
        with pytest.raises(RuntimeError):
            await remove(office, admin, teacher.person_id, 1)
    assert not (await who_is(office, AISHA)).is_teacher
    assert await account_of(office, AISHA) is not None
    with pytest.raises(NoLongerTeaches):
        await remove(office, admin, teacher.person_id, 1)
    assert await tend_grants(office) == 1
    assert await finish_removals(office) == 0
    assert await is_all_gone(office, teacher)
    assert await zoom.meetings() == []
    assert [type(one) for one in await letters(office)] == [TeachingEnded]
    assert [action for _, action, _ in await noted(office)].count("removed a teacher") == 1


async def test_with_zoom_away_nothing_is_left_here_and_it_is_said(
    office: Office, zoom: ZoomPeople, teacher: Teacher, admin: Caller
) -> None:
    await made(office, teacher)
    await zoom.goes_down()
    done = await removed(office, admin, teacher)
    await zoom.no_faults()
    assert (done.zoom_was_told, done.left_at_zoom) == (False, 1)
    assert await account_of(office, AISHA) is None


async def test_invited_again_they_teach_again_and_begin_anew(
    office: Office, teacher: Teacher, admin: Caller, aisha_at_zoom: ZoomPerson
) -> None:
    await removed(office, admin, teacher)
    anew = (await invite_teacher(office, admin, "once more")).link.rpartition("=t-")[2]
    assert (await accept_invitation(office, AISHA, anew)).is_teacher
    assert await account_of(office, AISHA) is None
    await connected(office, AISHA, aisha_at_zoom)
    assert await finish_removals(office) == 0
    found = await look(office, admin, teacher.person_id)
    assert (found.groups, found.upcoming, found.zoom) == (0, 0, ZoomStanding.CONNECTED)
    assert (await removed(office, admin, teacher)).zoom_was_told
    assert len(await letters(office)) == 2


async def test_an_admin_who_teaches_stays_an_admin(office: Office, admin: Caller) -> None:
    teaching = as_teacher(office, await made_teacher(office, ADMIN))
    found: TeacherPage = (await removed(office, admin, teaching)).before
    assert found.is_admin
    now = await who_is(office, ADMIN)
    assert (now.role, now.is_teacher) == (admin.role, False)


async def test_nobody_else_may_and_nobody_is_removed_who_does_not_teach(
    office: Office, teacher: Teacher, admin: Caller
) -> None:
    aisha = await who_is(office, AISHA)
    for step in (
        look(office, aisha, teacher.person_id),
        remove(office, aisha, teacher.person_id, 0),
        listed(office, aisha),
    ):
        with pytest.raises(NotAllowed):
            await step
    with pytest.raises(NoLongerTeaches):
        await look(office, admin, 2**62)
    assert admin.person_id is not None
    with pytest.raises(NoLongerTeaches):
        await remove(office, admin, admin.person_id, 0)


async def test_what_they_were_just_doing_comes_to_nothing(
    office: Office, teacher: Teacher, admin: Caller
) -> None:
    """`teacher` was found before the removal."""
    await removed(office, admin, teacher)
    with pytest.raises(Outdated, match="do not teach here any more"):
        await create_class(office, teacher, order())
    with pytest.raises(Outdated, match="do not teach here any more"):
        await link(office, teacher, SISTERS, administers=True)
