"""Methods that change what is there, and the answer to a press."""

from sandbox.telegram import shapes
from sandbox.telegram.access import reachable_chat
from sandbox.telegram.call import Call
from sandbox.telegram.entities import caption, message_text
from sandbox.telegram.html import utf16_length
from sandbox.telegram.keyboards import inline_keyboard
from sandbox.telegram.model import Chat, ChatKind, Content, Message
from sandbox.telegram.problems import NOT_MODIFIED, QUERY_TOO_OLD, bad_request
from sandbox.telegram.world import World
from sandbox.wire import Json

_DELETABLE_SECONDS = 48 * 60 * 60
_ANSWER_LIMIT = 200


def edit_message_text(world: World, call: Call) -> Json:
    content = message_text(call, too_long="MESSAGE_TOO_LONG")
    chat, message = _editable(world, call)
    if message.content.file is not None:
        raise bad_request("there is no text in the message to edit")
    preview = call.object("link_preview_options")
    return _edit(world, call, chat, message, Content(content.text, content.entities, None, preview))


def edit_message_caption(world: World, call: Call) -> Json:
    words = caption(call)
    chat, message = _editable(world, call)
    if message.content.file is None:
        raise bad_request("there is no caption in the message to edit")
    content = Content(words.text, words.entities, message.content.file)
    return _edit(world, call, chat, message, content)


def edit_message_reply_markup(world: World, call: Call) -> Json:
    chat, message = _editable(world, call)
    return _edit(world, call, chat, message, message.content)


def _editable(world: World, call: Call) -> tuple[Chat, Message]:
    if call.has("inline_message_id") or call.has("business_connection_id"):
        raise bad_request("the stand-in cannot play inline and business messages")
    if not call.has("chat_id"):
        raise bad_request("chat_id is empty")
    if not call.has("message_id"):
        raise bad_request("message identifier is not specified")
    chat = reachable_chat(world, call)
    message = chat.messages.get(call.integer("message_id") or 0)
    if message is None or message.deleted:
        raise bad_request("message to edit not found")
    if message.sender_id != world.bot.id or message.service:
        raise bad_request("message can't be edited")
    return chat, message


def _edit(world: World, call: Call, chat: Chat, message: Message, content: Content) -> Json:
    """Without `reply_markup` the buttons go, as they do at Telegram."""
    buttons = inline_keyboard(call.object("reply_markup"))
    if (content, buttons) == (message.content, message.buttons):
        raise bad_request(NOT_MODIFIED)
    world.edit(chat, message, content, buttons)
    return shapes.message(message, chat, world.people)


def delete_message(world: World, call: Call) -> Json:
    chat = reachable_chat(world, call)
    message = chat.messages.get(call.integer("message_id") or 0)
    if message is None or message.deleted:
        raise bad_request("message to delete not found")
    if message.sender_id != world.bot.id and not _may_delete_others(world, chat):
        raise bad_request("message can't be deleted")
    if world.now() - message.date > _DELETABLE_SECONDS:
        raise bad_request("message can't be deleted for everyone")
    world.delete(chat, message)
    return True


def _may_delete_others(world: World, chat: Chat) -> bool:
    if chat.kind is ChatKind.PRIVATE:
        return True
    return chat.member(world.bot.id).may("can_delete_messages")


def answer_callback_query(world: World, call: Call) -> Json:
    query = world.queries.get(call.text("callback_query_id"))
    if query is None or not world.is_answerable(query):
        raise bad_request(QUERY_TOO_OLD)
    text, url = call.text("text"), call.text("url")
    if utf16_length(text) > _ANSWER_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    if url and not url.startswith((f"https://t.me/{world.bot.username}?", "tg://")):
        raise bad_request("URL_INVALID")
    world.answer(query, {"text": text, "alert": call.flag("show_alert"), "url": url})
    return True
