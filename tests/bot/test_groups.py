"""Linking groups, as people see it there and in private: the whole bot, over HTTP."""

import pytest

from bot.application import TelegramBot
from sandbox.people import People, Person
from sandbox.seen import Group
from sandbox.zoom_people import ZoomPeople, ZoomPerson
from services import groups
from services.office import Office
from services.people import as_teacher, who_is
from storage.chats import Chat
from tests.services.people_of_the_school import AISHA
from tests.services.teaching import teacher_with


@pytest.fixture
async def teacher(
    office: Office,
    zoom: ZoomPeople,
    aisha: Person,
    aisha_at_zoom: ZoomPerson,
    receiving: TelegramBot,
    publishing: TelegramBot,
) -> Person:
    del receiving, publishing
    await zoom.no_per_second_limits()
    await teacher_with(office, AISHA, aisha_at_zoom)
    return aisha


@pytest.fixture
async def musa(people: People) -> Person:
    """Owns the group; does not teach."""
    return await people.person("Musa")


@pytest.fixture
async def group(people: People, teacher: Person, musa: Person) -> Group:
    """The bot is its administrator, Aisha a member."""
    group = await people.group("Beginners A", owner=musa, members=[teacher])
    await musa.adds_bot(to=group)
    await musa.promotes_bot(in_=group)
    return group


async def known(office: Office) -> tuple[Chat, ...]:
    return await groups.groups_of(office, as_teacher(office, await who_is(office, AISHA)))


async def test_a_teacher_who_administers_the_group_links_and_unlinks_it(
    office: Office, teacher: Person, musa: Person, group: Group
) -> None:
    await musa.promotes(teacher, in_=group)
    await teacher.types("/link", into=group)
    await teacher.sees("Beginners A is linked. Your classes can be posted here", in_=group)
    await teacher.types("/link", into=group)
    await teacher.sees("Beginners A is linked; your classes are posted here.", in_=group)
    await teacher.types("/unlink", into=group)
    await teacher.sees("Unlinked.", in_=group)
    await teacher.types("/unlink", into=group)
    await teacher.sees("This group is not linked to your classes.", in_=group)
    assert await known(office) == ()


async def test_a_teacher_who_does_not_administer_it_is_told_what_to_do(
    office: Office, teacher: Person, group: Group
) -> None:
    await teacher.types("/link", into=group)
    await teacher.sees("Only an administrator of this group can link it.", in_=group)
    assert await known(office) == ()


async def test_an_administrator_who_does_not_teach_is_refused(musa: Person, group: Group) -> None:
    await musa.types("/link", into=group)
    await musa.sees("This is for Darulkubra's teachers.", in_=group)


@pytest.mark.parametrize("command", ["/link", "/unlink"])
async def test_who_writes_as_the_group_is_told_how_to_be_seen(
    office: Office, teacher: Person, musa: Person, group: Group, command: str
) -> None:
    await musa.promotes(teacher, in_=group, anonymous=True)
    await teacher.types(command, into=group)
    await teacher.sees("I cannot see who you are while you write as the group.", in_=group)
    assert await known(office) == ()


async def test_in_a_forum_classes_go_where_link_was_typed(people: People, teacher: Person) -> None:
    forum = await people.group("Forum", owner=teacher, forum=True)
    await teacher.adds_bot(to=forum)
    await teacher.promotes_bot(in_=forum)
    topic = await teacher.opens_topic("Announcements", in_=forum)
    await teacher.types("/link", into=forum, topic=topic)
    assert (await teacher.sees("Forum is linked", in_=forum)).thread_id == topic
    await teacher.types("/newclass Tajweed tomorrow 18:00 30m")
    await teacher.sees("Sent to 1 of 1 group")
    assert (await teacher.sees("Tajweed with Aisha", in_=forum)).thread_id == topic


async def test_a_group_is_chosen_in_private(
    office: Office, people: People, teacher: Person
) -> None:
    group = await people.group("Sisters", owner=teacher)
    await teacher.adds_bot(to=group)
    await teacher.promotes_bot(in_=group)
    await teacher.types("/groups")
    await teacher.sees("You have no group yet.")
    await teacher.sees("Or choose one that you administer")
    await teacher.shares(group, by="Choose a group")
    await teacher.sees("Sisters is linked. Your classes can be posted there")
    assert (await teacher.looks()).keyboard == ()
    assert [chat.title for chat in await known(office)] == ["Sisters"]
    await teacher.types("/groups")
    await teacher.sees("· Sisters")


async def test_a_group_without_the_bot_is_not_linked_yet(
    office: Office, people: People, teacher: Person
) -> None:
    never = await people.group("Sisters", owner=teacher)
    public = await people.group("Public", owner=teacher, username="public_group")
    left = await people.group("Left", owner=teacher)
    await teacher.adds_bot(to=left)
    await teacher.removes_bot(from_=left)
    for group in (never, public, left):
        await teacher.types("/groups")
        await teacher.sees("Or choose one that you administer")
        await teacher.shares(group, by="Choose a group")
        answer = await teacher.sees("I am not in that group yet.")
        assert answer.has_button("Add me to a group")
    assert await known(office) == ()


async def test_the_button_that_adds_the_bot_links_the_group_too(
    office: Office, people: People, teacher: Person
) -> None:
    group = await people.group("Sisters", owner=teacher)
    await teacher.types("/groups")
    link = (await teacher.sees("You have no group yet.")).button("Add me to a group").url
    await teacher.follows(link, into=group)
    await teacher.sees("Sisters is linked.", in_=group)
    assert len(await known(office)) == 1


@pytest.mark.parametrize("typed", ["/start@another_bot link", "/start@another_bot", "/startled"])
async def test_what_is_said_to_another_bot_links_no_group(
    office: Office, teacher: Person, musa: Person, group: Group, typed: str
) -> None:
    await musa.promotes(teacher, in_=group)
    await teacher.types(typed, into=group)
    await teacher.sees_nothing_new(0.3, in_=group)
    assert await known(office) == ()


async def test_a_start_without_the_buttons_word_links_no_group(
    office: Office, teacher: Person, musa: Person, group: Group
) -> None:
    await musa.promotes(teacher, in_=group)
    await teacher.types("/start@darulkubra_bot", into=group)
    await teacher.sees("This works in our private chat: write to me there.", in_=group)
    assert await known(office) == ()


async def test_a_class_waits_for_a_group_that_removed_the_bot(
    people: People, teacher: Person
) -> None:
    group = await people.group("Sisters", owner=teacher)
    await teacher.adds_bot(to=group)
    await teacher.promotes_bot(in_=group)
    await teacher.types("/link", into=group)
    await teacher.sees("Sisters is linked", in_=group)
    await teacher.types("/newclass Tajweed tomorrow 18:00")
    await teacher.sees("How long?")
    await teacher.removes_bot(from_=group)
    await teacher.presses("30 min")
    await teacher.sees("Sisters: I was removed.")
    await teacher.adds_bot(to=group)
    await teacher.sees("Tajweed with Aisha", in_=group)
    await teacher.sees("Sent to 1 of 1 group")


async def test_whoever_blocks_the_bot_and_comes_back_is_written_to_again(
    people: People, teacher: Person
) -> None:
    group = await people.group("Sisters", owner=teacher)
    await teacher.adds_bot(to=group)
    await teacher.promotes_bot(in_=group)
    await teacher.types("/link", into=group)
    await teacher.sees("Sisters is linked", in_=group)
    await teacher.types("/newclass Tajweed tomorrow 18:00 30m")
    await teacher.sees("Sent to 1 of 1 group")
    await teacher.blocks_bot()
    await teacher.unblocks_bot()
    await teacher.types("/classes")
    await teacher.presses("Tajweed · Tue 24 Nov")
    await teacher.sees("Sent to 1 of 1 group")
