"""Groups: linked, unlinked, lost and found again."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from sandbox.zoom_people import ZoomPeople, ZoomPerson
from school.errors import NotAllowed, Outdated
from school.model import Planned, PostKind
from services import groups
from services.contents_for_students import ClassCard
from services.holding import hold_in_new_meeting
from services.office import Office
from services.people import Teacher
from services.posts import Trouble
from services.reminding import remind_due
from services.settling import settle
from storage import chats, courses
from storage.chats import Chat
from storage.erasing import erase_person
from storage.schema import post
from tests.clocks import SettableClock
from tests.services.people_of_the_school import AISHA, MUSA
from tests.services.publishing import publish
from tests.services.series import made_series
from tests.services.teaching import BEGINNERS, SISTERS, made, order, standing, teacher_with

FORUM = replace(BEGINNERS, is_forum=True, thread_id=7)


@pytest.fixture
async def teacher(office: Office) -> Teacher:
    return await teacher_with(office, AISHA, None)


@pytest.fixture
async def musa(office: Office) -> Teacher:
    return await teacher_with(office, MUSA, None)


async def known(office: Office, chat_id: int = BEGINNERS.id) -> Chat | None:
    async with office.database.reading() as tx:
        return await chats.find_chat(tx, chat_id)


async def test_an_administrator_who_teaches_links_a_group(office: Office, teacher: Teacher) -> None:
    result = await groups.link(office, teacher, BEGINNERS, administers=True)
    assert (result.title, result.was_linked) == ("Beginners A", False)
    (group,) = await groups.groups_of(office, teacher)
    assert (group.id, group.title, group.is_linked, group.is_reachable) == (
        BEGINNERS.id,
        "Beginners A",
        True,
        True,
    )


async def test_linking_again_is_said_and_keeps_up_with_the_name(
    office: Office, teacher: Teacher
) -> None:
    await groups.link(office, teacher, BEGINNERS, administers=True)
    renamed = replace(BEGINNERS, title="Beginners B")
    result = await groups.link(office, teacher, renamed, administers=True)
    assert (result.title, result.was_linked) == ("Beginners B", True)
    assert [group.title for group in await groups.groups_of(office, teacher)] == ["Beginners B"]


async def test_a_teacher_who_does_not_administer_the_group_cannot_link_it(
    office: Office, teacher: Teacher
) -> None:
    with pytest.raises(NotAllowed, match="Only an administrator of this group"):
        await groups.link(office, teacher, BEGINNERS, administers=False)
    assert await known(office) is None


async def test_two_teachers_share_a_group_and_unlink_it_each_for_themselves(
    office: Office, teacher: Teacher, musa: Teacher
) -> None:
    for one in (teacher, musa):
        await groups.link(office, one, BEGINNERS, administers=True)
    assert await groups.unlink(office, teacher, BEGINNERS.id)
    assert await groups.groups_of(office, teacher) == ()
    assert len(await groups.groups_of(office, musa)) == 1
    assert await groups.unlink(office, musa, BEGINNERS.id)
    group = await known(office)
    assert group is not None
    assert not group.is_linked


async def test_unlinking_what_is_not_linked_says_so(office: Office, teacher: Teacher) -> None:
    assert not await groups.unlink(office, teacher, BEGINNERS.id)


async def test_after_unlinking_nothing_new_is_posted_and_what_is_there_can_go_too(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson, clock: SettableClock
) -> None:
    await zoom.no_per_second_limits()
    teacher = await teacher_with(office, AISHA, aisha_at_zoom, BEGINNERS, SISTERS)
    first_at = clock() + timedelta(hours=6)
    first = await made_series(office, teacher, "daily x3", first_at, BEGINNERS.id, SISTERS.id)
    await publish(office)
    left = await groups.unlink(office, teacher, BEGINNERS.id)
    assert left is not None
    assert left.announced == 1
    clock.forward(timedelta(hours=5, minutes=50))
    while await remind_due(office):
        pass
    said = [(one.kind, one.chat_id) for one in await publish(office) if one.is_new]
    assert (PostKind.REMINDER, BEGINNERS.id) in said  # of what is announced
    clock.forward(timedelta(days=1))
    while await remind_due(office):
        pass
    said = [(one.kind, one.chat_id) for one in await publish(office) if one.is_new]
    assert {chat_id for _, chat_id in said if chat_id < 0} == {SISTERS.id}

    await groups.stop_announcing(office, teacher, BEGINNERS.id)
    shown = [one for one in await publish(office) if one.chat_id == BEGINNERS.id]
    assert [one.contents.is_announced for one in shown if isinstance(one.contents, ClassCard)] == [
        False
    ]
    async with office.database.reading() as tx:
        lesson = await courses.find_lesson(tx, first)
        assert lesson is not None
        chats_left = await courses.chats_of_course(tx, lesson.course_id)
    assert [one.id for one in chats_left] == [SISTERS.id]


async def test_a_follow_on_meeting_is_not_announced_where_its_teacher_may_no_longer_post(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson, clock: SettableClock
) -> None:
    await zoom.no_per_second_limits()
    teacher = await teacher_with(office, AISHA, aisha_at_zoom, BEGINNERS, SISTERS)
    planned = Planned(clock() + timedelta(hours=6), timedelta(minutes=45))
    lesson_id = await made(office, teacher, order("one", planned, BEGINNERS.id, SISTERS.id))
    async with office.database.writing() as tx:
        await tx.connection.execute(delete(post).where(post.c.kind == PostKind.CARD))
        await chats.unlink_chat(tx, BEGINNERS.id, teacher.person_id)
        lesson = await courses.find_lesson(tx, lesson_id)
        assert lesson is not None
        course = await courses.get_course(tx, lesson.course_id)
        row = await hold_in_new_meeting(tx, course, [lesson])
    await settle(office, row)
    posts = (await standing(office, lesson_id)).posts
    assert (PostKind.CARD, BEGINNERS.id) not in posts
    assert (PostKind.CARD, SISTERS.id) in posts


async def test_once_linked_again_the_old_button_does_nothing(
    office: Office, teacher: Teacher
) -> None:
    await groups.link(office, teacher, BEGINNERS, administers=True)
    with pytest.raises(Outdated, match="linked again"):
        await groups.stop_announcing(office, teacher, BEGINNERS.id)


async def test_in_a_forum_the_topic_of_the_command_is_kept_and_can_be_changed(
    office: Office, teacher: Teacher
) -> None:
    for thread_id in (7, 9, None):  # None is its General topic
        group = replace(FORUM, thread_id=thread_id)
        await groups.link(office, teacher, group, administers=True)
        found = await known(office)
        assert found is not None
        assert (found.is_forum, found.thread_id) == (True, thread_id)


async def test_choosing_a_forum_from_outside_keeps_its_topic(
    office: Office, teacher: Teacher
) -> None:
    await groups.link(office, teacher, FORUM, administers=True)
    from_outside = replace(FORUM, thread_id=None, is_topic_known=False)
    await groups.link(office, teacher, from_outside, administers=True)
    found = await known(office)
    assert found is not None
    assert found.thread_id == 7


async def test_a_group_that_nobody_linked_is_not_remembered(office: Office) -> None:
    await groups.bot_may_write(office, BEGINNERS)
    await groups.bot_may_not_write(office, BEGINNERS.id, Trouble.REMOVED)
    assert await known(office) is None


async def test_a_lost_group_is_shown_as_such_and_found_again(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson
) -> None:
    await zoom.no_per_second_limits()
    teacher = await teacher_with(office, AISHA, aisha_at_zoom, BEGINNERS)
    lesson_id = await made(office, teacher)
    async with office.database.writing() as tx:
        await tx.connection.execute(update(post).values(due_at=None))
    answer = (PostKind.ANSWER, AISHA.id)
    before = (await standing(office, lesson_id)).posts[answer]

    await groups.bot_may_not_write(office, BEGINNERS.id, Trouble.REMOVED)
    (group,) = await groups.groups_of(office, teacher)
    assert (group.is_reachable, group.lost_reason) == (False, Trouble.REMOVED)
    assert (await standing(office, lesson_id)).posts[answer] > before  # she is told

    await groups.bot_may_write(office, BEGINNERS)
    (group,) = await groups.groups_of(office, teacher)
    assert group.is_reachable
    async with office.database.reading() as tx:
        card = post.c.kind == PostKind.CARD
        due_at = await tx.connection.scalar(select(post.c.due_at).where(card))
    assert due_at is not None  # what it has not shown goes on


async def test_link_brings_a_lost_group_back_too(office: Office, teacher: Teacher) -> None:
    await groups.link(office, teacher, BEGINNERS, administers=True)
    await groups.bot_may_not_write(office, BEGINNERS.id, Trouble.NO_RIGHTS)
    await office.bell.posts.wait(0)
    await groups.link(office, teacher, BEGINNERS, administers=True)
    (group,) = await groups.groups_of(office, teacher)
    assert group.is_reachable
    assert await office.bell.posts.wait(0)


async def test_whose_data_was_deleted_meanwhile_links_nothing(
    office: Office, teacher: Teacher
) -> None:
    async with office.database.writing() as tx:
        await erase_person(tx, teacher.person_id, AISHA.id)
    with pytest.raises(Outdated):
        await groups.link(office, teacher, BEGINNERS, administers=True)
    assert await known(office) is None
