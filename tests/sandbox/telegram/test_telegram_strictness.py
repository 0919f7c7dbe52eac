"""What Telegram refuses is refused, in Telegram's words."""

from datetime import timedelta
from io import BytesIO

import aiohttp
import pytest
from PIL import Image

from sandbox.people import Group, People, Person
from sandbox.telegram import TelegramSandbox
from tests.clocks import SettableClock
from tests.sandbox.telegram.conftest import RawBot

NOT_MODIFIED = (
    "400 message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)

TEXT_BUTTON = (
    "400 can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
)


def inline(**button: object) -> dict[str, object]:
    return {"inline_keyboard": [[{"text": "B"} | button]]}


@pytest.mark.parametrize(
    ("parameters", "why"),
    [
        ({}, "400 message text is empty"),
        ({"text": " \n "}, "400 text must be non-empty"),
        ({"text": "x" * 4097}, "400 message is too long"),
        ({"text": "😀" * 2049}, "400 message is too long"),
        ({"text": 5}, '400 parameter "text" of sendMessage: String expected'),
        ({"text": "x", "txt": "y"}, '400 unknown parameter "txt" of sendMessage'),
        ({"text": "\ud800"}, "400 strings must be encoded in UTF-8"),
        (
            {"text": "<b>x", "parse_mode": "HTML"},
            "400 can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        (
            {"text": "é <h1>x</h1>", "parse_mode": "HTML"},
            '400 can\'t parse entities: Unsupported start tag "h1" at byte offset 3',
        ),
        ({"text": "*x*", "parse_mode": "Wiki"}, "400 unsupported parse_mode"),
        ({"text": "x", "reply_markup": inline(callback_data="é" * 33)}, "400 BUTTON_DATA_INVALID"),
        ({"text": "x", "reply_markup": inline(callback_data="")}, "400 BUTTON_DATA_INVALID"),
        (
            {"text": "x", "reply_markup": inline(copy_text={"text": ""})},
            "400 BUTTON_COPY_TEXT_INVALID",
        ),
        (
            {"text": "x", "reply_markup": inline(url="ftp://example.org")},
            "400 inline keyboard button URL 'ftp://example.org' is invalid: Wrong HTTP URL",
        ),
        (
            {"text": "x", "reply_markup": inline(callback_data="x", style="purple")},
            "400 can't parse inline keyboard button: Invalid button style specified",
        ),
        (
            {"text": "x", "reply_markup": inline()},
            TEXT_BUTTON,
        ),
        ({"text": "x", "message_thread_id": 1}, "400 message thread not found"),
        (
            {"text": "x", "reply_parameters": {"message_id": 99}},
            "400 message to be replied not found",
        ),
    ],
)
async def test_a_message_that_is_not_right_is_refused(
    raw: RawBot, aisha: Person, parameters: dict[str, object], why: str
) -> None:
    assert await raw.refusal("sendMessage", chat_id=aisha.id, **parameters) == why


async def test_the_longest_text_is_measured_after_parsing(raw: RawBot, aisha: Person) -> None:
    text = f"<b>{'x' * 4096}</b>"
    answer = await raw.call("sendMessage", chat_id=aisha.id, text=text, parse_mode="HTML")
    assert answer.status == 200


async def test_a_button_may_link_to_this_machine(raw: RawBot, aisha: Person) -> None:
    markup = inline(url="http://127.0.0.1:8080/page")
    answer = await raw.call("sendMessage", chat_id=aisha.id, text="x", reply_markup=markup)
    assert answer.status == 200


async def test_an_unknown_chat_is_not_found(raw: RawBot, people: People) -> None:
    stranger = await people.person("Stranger")
    for chat_id in (4711, stranger.id, "@nobody"):
        assert await raw.refusal("sendMessage", chat_id=chat_id, text="x") == "400 chat not found"
    assert await raw.refusal("sendMessage", text="x") == "400 chat_id is empty"


async def test_a_person_who_never_wrote_cannot_be_written_to(
    raw: RawBot, people: People, beginners: Group
) -> None:
    bilal = await people.person("Bilal")
    await bilal.joins(beginners)
    why = await raw.refusal("sendMessage", chat_id=bilal.id, text="x")
    assert why == "403 Forbidden: bot can't initiate conversation with a user"


async def test_a_person_who_blocked_the_bot_is_out_of_reach(raw: RawBot, aisha: Person) -> None:
    await aisha.blocks_bot()
    why = await raw.refusal("sendMessage", chat_id=aisha.id, text="x")
    assert why == "403 Forbidden: bot was blocked by the user"
    await aisha.unblocks_bot()
    assert (await raw.call("sendMessage", chat_id=aisha.id, text="x")).status == 200
    await aisha.deletes_account()
    why = await raw.refusal("sendMessage", chat_id=aisha.id, text="x")
    assert why == "403 Forbidden: user is deactivated"


async def test_a_group_that_removed_the_bot_is_out_of_reach(
    raw: RawBot, people: People, aisha: Person, beginners: Group
) -> None:
    basic = await people.group("Basic", owner=aisha, basic=True)
    for group, kind in ((beginners, "supergroup"), (basic, "group")):
        await aisha.adds_bot(to=group)
        await aisha.removes_bot(from_=group)
        why = await raw.refusal("sendMessage", chat_id=group.id, text="x")
        assert why == f"403 Forbidden: bot was kicked from the {kind} chat"


async def test_a_group_that_the_bot_left_is_out_of_reach(raw: RawBot, beginners: Group) -> None:
    assert (await raw.call("leaveChat", chat_id=beginners.id)).status == 200
    why = await raw.refusal("sendMessage", chat_id=beginners.id, text="x")
    assert why == "403 Forbidden: bot is not a member of the supergroup chat"


async def test_a_restricted_bot_may_not_write(raw: RawBot, aisha: Person, beginners: Group) -> None:
    await aisha.restricts_bot(in_=beginners)
    why = await raw.refusal("sendMessage", chat_id=beginners.id, text="x")
    assert why == "400 not enough rights to send text messages to the chat"


async def test_an_upgraded_group_names_its_new_id(
    raw: RawBot, people: People, aisha: Person
) -> None:
    basic = await people.group("Sisters", owner=aisha, basic=True)
    await aisha.adds_bot(to=basic)
    new = await aisha.upgrades(basic)
    answer = await raw.call("sendMessage", chat_id=basic.id, text="x")
    assert answer.description == "Bad Request: group chat was upgraded to a supergroup chat"
    assert answer.parameters == {"migrate_to_chat_id": new.id}
    assert (await raw.call("sendMessage", chat_id=new.id, text="x")).status == 200


async def test_topics_are_checked(raw: RawBot, people: People, aisha: Person) -> None:
    forum = await people.group("Forum", owner=aisha, forum=True)
    await aisha.adds_bot(to=forum)
    topic = await aisha.opens_topic("Tajweed", in_=forum)
    for wrong in (1, 999):
        why = await raw.refusal("sendMessage", chat_id=forum.id, text="x", message_thread_id=wrong)
        assert why == "400 message thread not found"
    await raw.call("sendMessage", chat_id=forum.id, text="There", message_thread_id=topic)
    assert (await aisha.sees("There", in_=forum)).thread_id == topic


async def test_edits_are_checked(
    raw: RawBot, aisha: Person, beginners: Group, clock: SettableClock
) -> None:
    await raw.call("sendMessage", chat_id=beginners.id, text="Card")
    message = await aisha.sees("Card", in_=beginners)
    here = {"chat_id": beginners.id, "message_id": message.id}
    assert await raw.refusal("editMessageText", text="Card", **here) == NOT_MODIFIED
    assert await raw.refusal("editMessageReplyMarkup", **here) == NOT_MODIFIED
    why = await raw.refusal("editMessageCaption", caption="x", **here)
    assert why == "400 there is no caption in the message to edit"
    assert await raw.refusal("editMessageText", text="x", chat_id=beginners.id) == (
        "400 message identifier is not specified"
    )
    theirs = await aisha.types("/hello", into=beginners)
    why = await raw.refusal("editMessageText", text="x", chat_id=beginners.id, message_id=theirs.id)
    assert why == "400 message can't be edited"
    clock.forward(timedelta(hours=49))
    assert (await raw.call("editMessageText", text="Old card", **here)).status == 200
    assert await raw.refusal("deleteMessage", **here) == (
        "400 message can't be deleted for everyone"
    )
    why = await raw.refusal("deleteMessage", chat_id=beginners.id, message_id=theirs.id)
    assert why == "400 message can't be deleted"
    await aisha.deletes(message)
    assert await raw.refusal("editMessageText", text="x", **here) == (
        "400 message to edit not found"
    )
    assert await raw.refusal("deleteMessage", **here) == "400 message to delete not found"


async def test_a_press_is_answered_once_and_in_time(
    raw: RawBot, people: People, aisha: Person
) -> None:
    markup = inline(callback_data="x")
    await raw.call("sendMessage", chat_id=aisha.id, text="Card", reply_markup=markup)
    press = await aisha.presses("B")
    answer = await raw.call("answerCallbackQuery", callback_query_id=press.query)
    assert answer.status == 200
    too_old = "400 query is too old and response timeout expired or query ID is invalid"
    assert await raw.refusal("answerCallbackQuery", callback_query_id=press.query) == too_old
    assert await raw.refusal("answerCallbackQuery", callback_query_id="1") == too_old
    await people.settings(query_seconds=0)
    late = await aisha.presses("B")
    assert await raw.refusal("answerCallbackQuery", callback_query_id=late.query) == too_old


async def test_captions_and_files_are_checked(raw: RawBot, aisha: Person) -> None:
    why = await raw.refusal(
        "sendDocument", chat_id=aisha.id, document="nothing", caption="x" * 1025
    )
    assert why == "400 message caption is too long"
    why = await raw.refusal("sendDocument", chat_id=aisha.id, document="nothing")
    assert why == "400 wrong file identifier/HTTP URL specified"
    assert await raw.refusal("sendPhoto", chat_id=aisha.id) == (
        "400 there is no photo in the request"
    )
    answer = await raw.upload("sendPhoto", "photo", b"no picture", chat_id=str(aisha.id))
    assert answer.description == "Bad Request: IMAGE_PROCESS_FAILED"
    answer = await raw.upload("sendDocument", "document", b"", chat_id=str(aisha.id))
    assert answer.description == "Bad Request: file must be non-empty"


async def test_given_entities_are_kept_and_checked(raw: RawBot, aisha: Person) -> None:
    bold = {"type": "bold", "offset": 4, "length": 2}
    url = "https://example.org/a"
    await raw.call("sendMessage", chat_id=aisha.id, text=f"  📗Hi {url} ", entities=[bold])
    assert (await aisha.sees("Hi")).entities == (
        {"type": "bold", "offset": 2, "length": 2},
        {"type": "url", "offset": 5, "length": len(url)},
    )
    for wrong in ({"type": "loud"}, {"offset": 9}, {"length": 0}):
        why = await raw.refusal("sendMessage", chat_id=aisha.id, text="Hi", entities=[bold | wrong])
        assert why.startswith("400 can't parse MessageEntity")


async def test_every_form_of_request_is_read(tg: TelegramSandbox, aisha: Person) -> None:
    url = f"{tg.url}/bot{tg.token}/sendMessage"
    values = {"chat_id": str(aisha.id), "text": "Hi", "protect_content": "true"}
    multipart = aiohttp.FormData(values, default_to_multipart=True)
    async with aiohttp.ClientSession() as session:
        for answer in (
            await session.get(url, params=values),
            await session.post(url, data=values),
            await session.post(url, data=multipart),
            await session.post(url, json={"chat_id": aisha.id, "text": "Hi"}),
        ):
            assert answer.status == 200, await answer.text()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://example.org/", "400 bad webhook: An HTTPS URL must be provided for webhook"),
        (
            "https://example.org:5000/",
            "400 bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
    ],
)
async def test_a_webhook_needs_https_on_a_known_port(raw: RawBot, url: str, why: str) -> None:
    assert await raw.refusal("setWebhook", url=url) == why


async def test_commands_have_telegrams_form(raw: RawBot, people: People) -> None:
    stranger = await people.person("Stranger")
    scope = {"type": "chat", "chat_id": stranger.id}
    right = [{"command": "newclass", "description": "Make a class"}]
    why = await raw.refusal("setMyCommands", commands=right, scope=scope)
    assert why == "400 chat not found"
    wrong = [{"command": "New-Class", "description": "x"}]
    assert await raw.refusal("setMyCommands", commands=wrong) == "400 BOT_COMMAND_INVALID"
    empty = [{"command": "newclass", "description": ""}]
    why = await raw.refusal("setMyCommands", commands=empty)
    assert why == "400 BOT_COMMAND_DESCRIPTION_INVALID"


async def test_a_token_of_no_form_is_no_path(tg: TelegramSandbox) -> None:
    async with aiohttp.ClientSession(tg.url) as session:
        for token, status in (("nonsense", 404), ("1:" + "x" * 35, 401)):
            async with session.get(f"/bot{token}/getMe") as answer:
                assert answer.status == status
                assert (await answer.json())["ok"] is False


def reply(**button: object) -> dict[str, object]:
    return {"keyboard": [[{"text": "B"} | button]]}


REQUEST_CHAT = {"request_id": 1, "chat_is_channel": False}


@pytest.mark.parametrize(
    ("markup", "why"),
    [
        (inline(callback_data="x", url="https://e.org"), "exactly one type of button is allowed"),
        (inline(copy_text={"text": "x" * 257}), "BUTTON_COPY_TEXT_INVALID"),
        (inline(callback_data="x", text=" "), "Text buttons must have non-empty text"),
        (inline(web_app={"url": "https://e.org"}), "the stand-in cannot play WebAppInfo"),
        (inline(pay=True), "the stand-in cannot play a button of the kind pay"),
        ({"inline_keyboard": [[{"text": "B", "pay": True}] * 9]}, "cannot play"),
        (
            {"inline_keyboard": [[{"text": "B", "callback_data": "x"}] * 9]},
            "REPLY_MARKUP_TOO_LONG",
        ),
        (
            {"inline_keyboard": [[{"text": "B", "callback_data": "x"}]] * 101},
            "REPLY_MARKUP_TOO_LONG",
        ),
        ({"keyboard": []}, "reply keyboard is empty"),
        (reply(request_contact=True), "such buttons are allowed in private chats only"),
        (reply(request_chat={"request_id": 1}), 'can\'t find field "chat_is_channel"'),
        (reply(request_chat=REQUEST_CHAT), "such buttons are allowed in private chats only"),
        ({"keyboards": []}, 'unknown field "keyboards"'),
    ],
)
async def test_a_keyboard_that_is_not_right_is_refused(
    raw: RawBot, beginners: Group, markup: dict[str, object], why: str
) -> None:
    refusal = await raw.refusal("sendMessage", chat_id=beginners.id, text="x", reply_markup=markup)
    assert why in refusal


async def test_the_size_of_a_jpeg_is_read(raw: RawBot, aisha: Person) -> None:
    buffer = BytesIO()
    Image.new("RGB", (64, 48), "teal").save(buffer, "JPEG")
    sent = await raw.upload("sendPhoto", "photo", buffer.getvalue(), chat_id=str(aisha.id))
    result = sent.body["result"]
    assert isinstance(result, dict)
    assert (result["photo"][0]["width"], result["photo"][0]["height"]) == (64, 48)
    buffer = BytesIO()
    Image.new("1", (2100, 100)).save(buffer, "PNG")
    sent = await raw.upload("sendPhoto", "photo", buffer.getvalue(), chat_id=str(aisha.id))
    assert sent.description == "Bad Request: PHOTO_INVALID_DIMENSIONS"


async def test_a_reply_may_go_without_the_message_it_replies_to(raw: RawBot, aisha: Person) -> None:
    lost = {"message_id": 99, "allow_sending_without_reply": True}
    sent = await raw.call("sendMessage", chat_id=aisha.id, text="x", reply_parameters=lost)
    assert sent.status == 200
    quote = {"message_id": 1, "quote": "x"}
    why = await raw.refusal("sendMessage", chat_id=aisha.id, text="x", reply_parameters=quote)
    assert why == "400 the stand-in cannot play quotes"


@pytest.mark.parametrize(
    ("method", "parameters", "why"),
    [
        ("getFile", {"file_id": "x"}, "400 invalid file_id"),
        ("getChatMember", {"user_id": 99}, "400 PARTICIPANT_ID_INVALID"),
        (
            "getChatAdministrators",
            {},
            "400 there are no administrators in the private chat",
        ),
        ("sendChatAction", {"action": "sing"}, "400 wrong parameter action in request"),
        ("getUpdates", {"limit": 101}, "400 invalid limit specified"),
        ("setWebhook", {"url": "http://localhost/", "max_connections": 0}, "400 max_connections"),
        (
            "setWebhook",
            {"url": "http://localhost/", "secret_token": "a b"},
            "400 secret token contains unallowed characters",
        ),
        ("setMyCommands", {"commands": [], "scope": {"type": "all"}}, "BotCommandScope expected"),
        ("setMyDescription", {"description": "x" * 513}, "400 description is too long"),
        ("setMyDescription", {"language_code": "eng"}, "400 invalid language code specified"),
        ("sendMessage", {"text": "x", "business_connection_id": "1"}, "400 the stand-in cannot"),
        ("sendMessage", {"text": "x", "allow_paid_broadcast": True}, "400 the stand-in cannot"),
    ],
)
async def test_other_methods_are_strict_too(
    raw: RawBot, aisha: Person, method: str, parameters: dict[str, object], why: str
) -> None:
    needs_chat = method.startswith(("getChat", "send"))
    chat = {"chat_id": aisha.id} if needs_chat else {}
    assert why in await raw.refusal(method, **chat, **parameters)


async def test_an_answer_to_a_press_is_short_and_links_only_to_the_bot(
    raw: RawBot, aisha: Person
) -> None:
    await raw.call(
        "sendMessage", chat_id=aisha.id, text="x", reply_markup=inline(callback_data="x")
    )
    press = await aisha.presses("B")
    for wrong in ({"text": "x" * 201}, {"url": "https://example.org"}):
        refusal = await raw.refusal("answerCallbackQuery", callback_query_id=press.query, **wrong)
        assert refusal in {"400 MESSAGE_TOO_LONG", "400 URL_INVALID"}


async def test_a_body_that_is_no_json_is_refused(tg: TelegramSandbox) -> None:
    url = f"{tg.url}/bot{tg.token}/getMe"
    headers = {"Content-Type": "application/json"}
    async with aiohttp.ClientSession() as session:
        for body in ("{", "[]"):
            async with session.post(url, data=body, headers=headers) as answer:
                description = (await answer.json())["description"]
            assert description == "Bad Request: can't parse JSON object"
        async with session.get(url.replace("getMe", "getUpdates?allowed_updates=x")) as answer:
            description = (await answer.json())["description"]
        assert description == "Bad Request: can't parse allowed_updates JSON object"
