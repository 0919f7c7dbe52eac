"""People type, press, follow links, share chats, come and go; and see what they should."""

import pytest
import telegram
from aiogram import Bot as StrictBot
from aiogram.types import InaccessibleMessage
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from sandbox.people import Group, Impossible, NotSeen, People, Person
from sandbox.telegram import telegram_sandbox
from tests.clocks import SettableClock
from tests.sandbox.telegram.conftest import RawBot


def keyboard(*texts: str) -> InlineKeyboardMarkup:
    buttons = [InlineKeyboardButton(text, callback_data=text.lower()) for text in texts]
    return InlineKeyboardMarkup([buttons])


async def newest(ptb: telegram.Bot) -> telegram.Update:
    *_, update = await ptb.get_updates()
    return update


async def test_a_deep_link_types_start_with_its_payload(ptb: telegram.Bot, aisha: Person) -> None:
    await aisha.follows("https://t.me/Darulkubra_Bot?start=t-8Kx2_-")
    message = (await newest(ptb)).message
    assert message is not None
    assert message.text == "/start t-8Kx2_-"
    assert message.parse_entities() == {message.entities[0]: "/start"}


@pytest.mark.parametrize(
    "link",
    [
        "https://example.org/darulkubra_bot?start=x",
        "https://t.me/other_bot?start=x",
        "https://t.me/darulkubra_bot?start=two%20words",
        "https://t.me/darulkubra_bot?startgroup=x",
    ],
)
async def test_a_link_that_leads_nowhere_cannot_be_followed(aisha: Person, link: str) -> None:
    with pytest.raises(Impossible):
        await aisha.follows(link)


async def test_a_group_link_adds_the_bot_and_starts_it_there(
    ptb: telegram.Bot, people: People, aisha: Person
) -> None:
    group = await people.group("Sisters", owner=aisha)
    await aisha.follows(
        "https://t.me/darulkubra_bot?startgroup=g-1&admin=delete_messages", into=group
    )
    updates = (await ptb.get_updates())[1:]
    assert updates[0].my_chat_member is not None
    member = updates[0].my_chat_member.new_chat_member
    assert isinstance(member, telegram.ChatMemberAdministrator)
    assert member.can_delete_messages
    assert updates[1].message is not None
    assert updates[1].message.new_chat_members[0].id == ptb.id
    assert updates[2].message is not None
    assert updates[2].message.text == "/start@darulkubra_bot g-1"


async def test_a_chat_is_shared_only_with_the_rights_that_were_asked(
    ptb: telegram.Bot, people: People, aisha: Person
) -> None:
    rights = telegram.ChatAdministratorRights.no_rights()
    request = telegram.KeyboardButtonRequestChat(
        7, chat_is_channel=False, user_administrator_rights=rights, request_title=True
    )
    markup = telegram.ReplyKeyboardMarkup.from_button(
        telegram.KeyboardButton("Choose a group", request_chat=request)
    )
    await ptb.send_message(aisha.id, "Which group?", reply_markup=markup)
    assert (await aisha.looks()).keyboard == (("Choose a group",),)
    bilal = await people.person("Bilal")
    others = await people.group("Of others", owner=bilal, members=[aisha])
    with pytest.raises(Impossible, match="not offered"):
        await aisha.shares(others, by="Choose a group")
    own = await people.group("Beginners B", owner=aisha)
    await aisha.shares(own, by="Choose a group")
    message = (await newest(ptb)).message
    assert message is not None
    assert message.chat_shared == telegram.ChatShared(7, own.id, "Beginners B")
    await ptb.send_message(aisha.id, "Thanks", reply_markup=telegram.ReplyKeyboardRemove())
    with pytest.raises(Impossible, match="no button"):
        await aisha.shares(own, by="Choose a group")


async def test_a_press_needs_a_button_that_is_there(ptb: telegram.Bot, aisha: Person) -> None:
    sent = await ptb.send_message(aisha.id, "Sure?", reply_markup=keyboard("Yes", "No"))
    message = await aisha.finds_button("Yes")
    press = await aisha.presses("Yes", on=message)
    await ptb.edit_message_text("Done", aisha.id, sent.message_id)
    with pytest.raises(Impossible, match=r"no button \[Yes\]"):
        await aisha._press(message, "Yes")
    with pytest.raises(NotSeen, match=r"found no \[Yes\]"):
        await aisha.presses("Yes", within=0)
    for again in (
        await aisha.repeats(press),
        await aisha.presses_late("No", on=message),
        await aisha.forges("made:up", on=message),
    ):
        assert again.message_id == message.id
    data = [
        update.callback_query.data
        for update in await ptb.get_updates()
        if update.callback_query is not None
    ]
    assert data == ["yes", "yes", "no", "made:up"]


async def test_a_late_press_on_a_deleted_message_has_no_content(
    strict: StrictBot, ptb: telegram.Bot, aisha: Person
) -> None:
    sent = await ptb.send_message(aisha.id, "Sure?", reply_markup=keyboard("Yes"))
    message = await aisha.finds_button("Yes")
    await ptb.delete_message(aisha.id, sent.message_id)
    await aisha.presses_late("Yes", on=message)
    *_, update = await strict.get_updates()
    assert update.callback_query is not None
    assert isinstance(update.callback_query.message, InaccessibleMessage)


async def test_strangers_to_a_group_see_and_do_nothing_there(
    ptb: telegram.Bot, people: People, beginners: Group
) -> None:
    await ptb.send_message(beginners.id, "Card", reply_markup=keyboard("Join"))
    stranger = await people.person("Stranger")
    assert (await stranger.looks(at=beginners)).messages == ()
    with pytest.raises(Impossible):
        await stranger.types("hello", into=beginners)
    await stranger.joins(beginners)
    assert (await stranger.presses("Join", in_=beginners)).button == "Join"


async def test_what_was_seen_before_the_last_act_is_no_news(
    ptb: telegram.Bot, people: People, beginners: Group
) -> None:
    student = await people.person("Student")
    await student.joins(beginners)
    await ptb.send_message(beginners.id, "Join class")
    await student.sees("Join class", in_=beginners)
    await student.sees_nothing_new(0.05, in_=beginners)
    await student.catches_up()
    with pytest.raises(NotSeen, match="did not see 'Join class'") as vain:
        await student.sees("Join class", in_=beginners, within=0)
    assert "--- Beginners A ---\n" in str(vain.value)
    await ptb.send_message(beginners.id, "Join class")
    with pytest.raises(NotSeen, match="Student saw 'Join class'"):
        await student.sees_nothing_new(0.05, in_=beginners)


async def test_an_anonymous_administrator_writes_as_the_group(
    ptb: telegram.Bot, people: People, aisha: Person, beginners: Group
) -> None:
    bilal = await people.person("Bilal")
    await aisha.promotes(bilal, in_=beginners, anonymous=True)
    await bilal.types("/link", into=beginners)
    message = (await newest(ptb)).message
    assert message is not None
    assert message.from_user is not None
    assert message.sender_chat is not None
    assert (message.from_user.username, message.sender_chat.id) == (
        "GroupAnonymousBot",
        beginners.id,
    )
    member = await ptb.get_chat_member(beginners.id, bilal.id)
    assert isinstance(member, telegram.ChatMemberAdministrator)
    assert member.is_anonymous


async def test_rights_are_needed_to_change_who_is_in_a_group(
    ptb: telegram.Bot, people: People, aisha: Person, beginners: Group
) -> None:
    bilal = await people.person("Bilal")
    await aisha.adds(bilal, to=beginners)
    for act in (bilal.removes_bot(from_=beginners), bilal.promotes_bot(in_=beginners)):
        with pytest.raises(Impossible, match="has not the right"):
            await act
    await aisha.promotes(bilal, in_=beginners)
    await bilal.removes_bot(from_=beginners)
    change = (await newest(ptb)).my_chat_member
    assert change is not None
    assert change.from_user.id == bilal.id
    assert change.new_chat_member.status == "kicked"
    await aisha.demotes(bilal, in_=beginners)
    await aisha.restricts(bilal, in_=beginners)
    with pytest.raises(Impossible, match="may not write"):
        await bilal.types("hello", into=beginners)
    await aisha.removes(bilal, from_=beginners)
    with pytest.raises(Impossible, match="was removed"):
        await bilal.joins(beginners)


async def test_an_upgrade_is_told_in_both_chats(
    ptb: telegram.Bot, people: People, aisha: Person
) -> None:
    basic = await people.group("Sisters", owner=aisha, basic=True)
    await aisha.adds_bot(to=basic)
    new = await aisha.upgrades(basic)
    old_note, new_note = [update.message for update in (await ptb.get_updates())[-2:]]
    assert old_note is not None
    assert new_note is not None
    assert old_note.migrate_to_chat_id == new.id
    assert new_note.migrate_from_chat_id == basic.id
    await aisha.types("/next", into=new)
    with pytest.raises(Impossible, match="was upgraded"):
        await aisha.types("/next", into=basic)


async def test_messages_typed_in_a_topic_carry_it(
    ptb: telegram.Bot, people: People, aisha: Person
) -> None:
    forum = await people.group("Forum", owner=aisha, forum=True)
    await aisha.adds_bot(to=forum)
    topic = await aisha.opens_topic("Tajweed", in_=forum)
    await aisha.types("/link", into=forum, topic=topic)
    message = (await newest(ptb)).message
    assert message is not None
    assert (message.message_thread_id, message.is_topic_message) == (topic, True)
    with pytest.raises(Impossible, match="no topic"):
        await aisha.types("/link", into=forum, topic=999)


async def test_the_command_menu_is_the_narrowest_that_was_set(
    ptb: telegram.Bot, people: People, aisha: Person, beginners: Group
) -> None:
    student = await people.person("Student", language="am")
    await student.joins(beginners)
    await ptb.set_my_commands([("help", "Help")])
    await ptb.set_my_commands([("next", "Next")], scope=telegram.BotCommandScopeAllGroupChats())
    await ptb.set_my_commands(
        [("link", "Link")], scope=telegram.BotCommandScopeAllChatAdministrators()
    )
    await ptb.set_my_commands([("rdt", "Help")], language_code="am")
    assert await aisha.commands(in_=beginners) == ["link"]
    assert await student.commands(in_=beginners) == ["next"]
    assert (await aisha.commands(), await student.commands()) == (["help"], ["rdt"])


async def test_the_page_shows_the_chats_and_escapes_them(
    ptb: telegram.Bot, people: People, aisha: Person
) -> None:
    await ptb.send_message(aisha.id, "<script>", reply_markup=keyboard("Join & go"))
    async with people._open.get("/") as answer:
        page = await answer.text()
    assert "&lt;script&gt;" in page
    assert "Join &amp; go" in page
    assert "<script>" not in page


async def test_the_journal_has_everything_in_order(
    raw: RawBot, people: People, aisha: Person
) -> None:
    start = await people.last()
    await raw.call("sendMessage", chat_id=aisha.id, text="Card")
    await aisha.types("thanks")
    entries = await people.journal(start)
    assert [entry["n"] for entry in entries] == [start + 1, start + 2]
    assert [entry["kind"] for entry in entries] == ["message", "message"]
    async for entry in people.follow_journal(start):
        assert entry == entries[0]
        break


async def test_only_chats_that_fit_the_request_are_offered(
    ptb: telegram.Bot, people: People, aisha: Person, beginners: Group
) -> None:
    rights = telegram.ChatAdministratorRights.no_rights()
    requests = {
        "Channel": telegram.KeyboardButtonRequestChat(1, chat_is_channel=True),
        "Forum": telegram.KeyboardButtonRequestChat(2, False, chat_is_forum=True),
        "Named": telegram.KeyboardButtonRequestChat(3, False, chat_has_username=True),
        "Own": telegram.KeyboardButtonRequestChat(4, False, chat_is_created=True),
        "With bot": telegram.KeyboardButtonRequestChat(5, False, bot_is_member=True),
        "As admin": telegram.KeyboardButtonRequestChat(6, False, bot_administrator_rights=rights),
    }
    buttons = [
        telegram.KeyboardButton(text, request_chat=request) for text, request in requests.items()
    ]
    markup = telegram.ReplyKeyboardMarkup.from_column(buttons)
    await ptb.send_message(aisha.id, "Which group?", reply_markup=markup)
    bilal = await people.person("Bilal")
    others = await people.group("Of others", owner=bilal, members=[aisha])
    for text in ("Channel", "Forum", "Named", "Own", "With bot"):
        with pytest.raises(Impossible, match="not offered"):
            await aisha.shares(others, by=text)
    await aisha.shares(beginners, by="With bot")
    await aisha.shares(beginners, by="As admin")
    member = await ptb.get_chat_member(beginners.id, ptb.id)
    assert member.status == "administrator"


async def test_an_owner_can_write_as_the_group_too(
    ptb: telegram.Bot, people: People, aisha: Person, beginners: Group
) -> None:
    await aisha.hides(in_=beginners)
    await aisha.types("/link", into=beginners)
    message = (await newest(ptb)).message
    assert message is not None
    assert message.sender_chat is not None
    assert message.sender_chat.title == "Beginners A"
    bilal = await people.person("Bilal")
    await bilal.joins(beginners)
    with pytest.raises(Impossible, match="no administrator"):
        await bilal.hides(in_=beginners)


async def test_a_press_on_a_link_is_nothing_the_bot_hears_of(
    ptb: telegram.Bot, aisha: Person
) -> None:
    link = InlineKeyboardMarkup.from_button(InlineKeyboardButton("Open", url="http://localhost/x"))
    await ptb.send_message(aisha.id, "Open this", reply_markup=link)
    message = await aisha.sees("Open this")
    assert message.button("Open").url == "http://localhost/x"
    assert message.from_bot
    with pytest.raises(Impossible, match="no button that the bot hears of"):
        await aisha.presses("Open")
    with pytest.raises(NotSeen, match="no single button"):
        message.button("Close")


async def test_what_does_not_exist_cannot_be_used(people: People, aisha: Person) -> None:
    with pytest.raises(Impossible, match="already a person"):
        await people.person("Twin", id=aisha.id)
    with pytest.raises(Impossible, match="no chat 4711"):
        await aisha.types("hello", into=Group(4711, "Nowhere"))
    with pytest.raises(Impossible, match="no such fault"):
        await people.fault("plague")
    with pytest.raises(Impossible, match="no such limit"):
        await people.limits(everything=1)
    with pytest.raises(Impossible, match="has no topics"):
        await aisha.opens_topic("x", in_=await people.group("Plain", owner=aisha))
    await aisha.blocks_bot()
    with pytest.raises(Impossible, match="has blocked the bot"):
        await aisha.types("hello")
    await aisha.deletes_account()
    with pytest.raises(Impossible, match="no account"):
        await aisha.types("hello")


async def test_a_press_that_nobody_answers_is_noticed(ptb: telegram.Bot, aisha: Person) -> None:
    await ptb.send_message(aisha.id, "Sure?", reply_markup=keyboard("Yes"))
    press = await aisha.presses("Yes")
    with pytest.raises(NotSeen, match="was not answered"):
        await aisha.sees_toast(press, within=0.01)
    with pytest.raises(NotSeen, match="still sees"):
        await aisha.sees_it_gone(await aisha.finds_button("Yes"), within=0.01)


async def test_without_privacy_mode_the_bot_hears_everything(
    ptb: telegram.Bot, people: People, aisha: Person, beginners: Group
) -> None:
    await people.settings(privacy_mode=False)
    await aisha.types("just talking", into=beginners)
    message = (await newest(ptb)).message
    assert message is not None
    assert message.text == "just talking"


async def test_a_failure_inside_the_sandbox_comes_out_as_it_is(clock: SettableClock) -> None:
    with pytest.raises(NotSeen, match="as it is"):
        async with telegram_sandbox(clock=clock):
            raise NotSeen("as it is")
