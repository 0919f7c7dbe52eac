"""Two libraries talk to the stand-in as they talk to Telegram."""

from io import BytesIO

import aiogram.types
import pytest
import telegram
from aiogram import Bot as StrictBot
from aiogram.enums import ParseMode
from PIL import Image
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from sandbox.people import Group, Person
from sandbox.telegram import TelegramSandbox
from tests.sandbox.telegram.conftest import RawBot


def picture() -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(buffer, "PNG")
    return buffer.getvalue()


def keyboard(text: str = "Join class", data: str = "join") -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(text, callback_data=data)]])


async def test_a_bot_learns_who_it_is(ptb: telegram.Bot, strict: StrictBot) -> None:
    assert ptb.username == "darulkubra_bot"
    assert (await strict.get_me()).username == "darulkubra_bot"


async def test_a_message_goes_out_and_changes_and_goes(ptb: telegram.Bot, aisha: Person) -> None:
    sent = await ptb.send_message(aisha.id, "<b>Hi</b>", "HTML", reply_markup=keyboard())
    assert (await aisha.sees("Hi")).button("Join class").value == "join"
    assert sent.text_html == "<b>Hi</b>"

    edited = await ptb.edit_message_text("Bye", aisha.id, sent.message_id)
    assert isinstance(edited, telegram.Message)
    seen = await aisha.sees("Bye")
    assert seen.labels == []
    assert seen.edits == ("Hi",)

    assert await ptb.delete_message(aisha.id, sent.message_id)
    await aisha.sees_it_gone(seen)
    assert [each.text for each in (await aisha.looks()).messages] == ["/start"]


async def test_files_are_kept_and_can_be_fetched_back(ptb: telegram.Bot, aisha: Person) -> None:
    photo = await ptb.send_photo(aisha.id, picture(), caption="Hours")
    assert (photo.photo[-1].width, photo.photo[-1].height) == (40, 30)
    assert (await aisha.downloads(await aisha.sees_file())) == picture()

    document = await ptb.send_document(aisha.id, b"cells", filename="november.xlsx")
    assert document.document is not None
    fetched = await (await document.document.get_file()).download_as_bytearray()
    assert bytes(fetched) == b"cells"
    again = await ptb.send_document(aisha.id, document.document.file_id)
    assert again.document is not None
    assert again.document.file_name == "november.xlsx"


async def test_a_press_reaches_the_bot_and_its_answer_the_person(
    ptb: telegram.Bot, aisha: Person
) -> None:
    await ptb.send_message(aisha.id, "Ready?", reply_markup=keyboard())
    press = await aisha.presses("Join class")
    *_, update = await ptb.get_updates()
    query = update.callback_query
    assert query is not None
    assert (query.data, query.from_user.id) == ("join", aisha.id)
    assert isinstance(query.message, telegram.Message)
    await query.answer("Welcome", show_alert=True)
    toast = await aisha.sees_toast(press)
    assert (toast.text, toast.alert) == ("Welcome", True)


async def test_the_strict_client_accepts_every_answer(
    strict: StrictBot, aisha: Person, beginners: Group
) -> None:
    markup = aiogram.types.InlineKeyboardMarkup(
        inline_keyboard=[
            [
                aiogram.types.InlineKeyboardButton(text="Join", url="http://127.0.0.1:1/j"),
                aiogram.types.InlineKeyboardButton(
                    text="Copy", copy_text=aiogram.types.CopyTextButton(text="418 302")
                ),
            ]
        ]
    )
    sent = await strict.send_message(
        beginners.id,
        '<tg-time unix="1795518000" format="wDt">18:00</tg-time>',
        parse_mode=ParseMode.HTML,
        reply_markup=markup,
        protect_content=True,
    )
    assert sent.has_protected_content
    await strict.edit_message_reply_markup(chat_id=beginners.id, message_id=sent.message_id)
    photo = aiogram.types.BufferedInputFile(picture(), "hours.png")
    captioned = await strict.send_photo(aisha.id, photo, caption="Hours")
    await strict.edit_message_caption(
        chat_id=aisha.id, message_id=captioned.message_id, caption="More hours"
    )
    assert await strict.send_chat_action(aisha.id, "typing")
    assert (await strict.get_chat(beginners.id)).title == "Beginners A"
    assert (await strict.get_chat(aisha.id)).first_name == "Aisha"
    assert (await strict.get_chat_member(beginners.id, aisha.id)).status == "creator"
    assert len(await strict.get_chat_administrators(beginners.id)) == 1
    assert (await strict.get_webhook_info()).url == ""


async def test_the_strict_client_accepts_every_update(
    strict: StrictBot, aisha: Person, beginners: Group
) -> None:
    await strict.send_message(beginners.id, "Here", reply_markup=_aiogram_keyboard())
    await aisha.presses("Press", in_=beginners)
    await aisha.promotes_bot(in_=beginners)
    await aisha.blocks_bot()
    updates = await strict.get_updates()
    kinds = [update.event_type for update in updates]
    assert kinds == [
        *("message", "my_chat_member", "message"),
        *("callback_query", "my_chat_member", "my_chat_member"),
    ]


def _aiogram_keyboard() -> aiogram.types.InlineKeyboardMarkup:
    button = aiogram.types.InlineKeyboardButton(text="Press", callback_data="x", style="danger")
    return aiogram.types.InlineKeyboardMarkup(inline_keyboard=[[button]])


async def test_commands_are_kept_by_scope_and_language(ptb: telegram.Bot, aisha: Person) -> None:
    await ptb.set_my_commands([("start", "Begin")])
    await ptb.set_my_commands(
        [("newclass", "Make a class")], scope=telegram.BotCommandScopeChat(aisha.id)
    )
    assert [each.command for each in await ptb.get_my_commands()] == ["start"]
    assert await aisha.commands() == ["newclass"]
    await ptb.delete_my_commands(scope=telegram.BotCommandScopeChat(aisha.id))
    assert await aisha.commands() == ["start"]
    assert await ptb.set_my_description("A school", language_code="en")
    assert await ptb.set_my_short_description("School")


async def test_a_wrong_token_is_turned_away(tg: TelegramSandbox) -> None:
    wrong = telegram.Bot("1:" + "x" * 35, base_url=f"{tg.url}/bot")
    with pytest.raises(telegram.error.InvalidToken):
        await wrong.initialize()
    await wrong.shutdown()


async def test_a_method_that_does_not_exist_is_not_found(raw: RawBot) -> None:
    assert await raw.refusal("sendMoney") == "404 Not Found: method not found"
