"""Methods that send."""

from sandbox.telegram import shapes
from sandbox.telegram.access import thread_of, writable_chat
from sandbox.telegram.call import Call
from sandbox.telegram.entities import caption, message_text
from sandbox.telegram.keyboards import inline_keyboard, reply_keyboard
from sandbox.telegram.model import Chat, ChatKind, Content, StoredFile
from sandbox.telegram.problems import bad_request
from sandbox.telegram.world import World
from sandbox.wire import Json, JsonObject, as_integer

_ACTIONS = frozenset(
    {
        *("typing", "choose_sticker", "find_location"),
        *("record_video", "record_voice", "record_video_note"),
        *("upload_photo", "upload_video", "upload_voice", "upload_document", "upload_video_note"),
    }
)


def send_message(world: World, call: Call) -> Json:
    content = message_text(call)
    chat = writable_chat(world, call, "text messages")
    preview = call.object("link_preview_options")
    return _send(world, call, chat, Content(content.text, content.entities, None, preview))


def send_photo(world: World, call: Call) -> Json:
    words = caption(call)
    chat = writable_chat(world, call, "photos")
    return _send(world, call, chat, _with_file(words, world.files.photo(call)))


def send_document(world: World, call: Call) -> Json:
    words = caption(call)
    chat = writable_chat(world, call, "documents")
    return _send(world, call, chat, _with_file(words, world.files.document(call)))


def _with_file(words: Content, file: StoredFile) -> Content:
    return Content(words.text, words.entities, file)


def _send(world: World, call: Call, chat: Chat, content: Content) -> Json:
    if call.flag("allow_paid_broadcast"):
        raise bad_request("the stand-in cannot play allow_paid_broadcast")
    thread = thread_of(chat, call)
    reply_to = _replied(chat, call)
    markup = call.object("reply_markup")
    buttons = inline_keyboard(markup) if markup and "inline_keyboard" in markup else None
    if markup and "inline_keyboard" not in markup:
        _show_keyboard(chat, markup)
    message = world.say(
        chat,
        world.bot,
        content,
        buttons=buttons,
        thread_id=thread,
        reply_to=reply_to,
        protected=call.flag("protect_content"),
        silent=call.flag("disable_notification"),
    )
    return shapes.message(message, chat, world.people)


def _replied(chat: Chat, call: Call) -> int | None:
    parameters = call.object("reply_parameters")
    if parameters is None:
        return None
    if parameters.keys() - {"message_id", "chat_id", "allow_sending_without_reply"}:
        raise bad_request("the stand-in cannot play quotes")
    if parameters.get("chat_id", chat.id) != chat.id:
        raise bad_request("the stand-in cannot play replies across chats")
    number = as_integer(parameters["message_id"]) or 0
    replied = chat.messages.get(number)
    if replied is not None and not replied.deleted:
        return number
    if parameters.get("allow_sending_without_reply"):
        return None
    raise bad_request("message to be replied not found")


def _show_keyboard(chat: Chat, markup: JsonObject) -> None:
    """A reply keyboard stands below the chat until it is replaced or removed."""
    if "keyboard" in markup:
        reply_keyboard(markup, private=chat.kind is ChatKind.PRIVATE)
    for person_id in chat.members:
        if "keyboard" in markup:
            chat.keyboards[person_id] = markup
        elif "remove_keyboard" in markup:
            chat.keyboards.pop(person_id, None)


def send_chat_action(world: World, call: Call) -> Json:
    if call.text("action") not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    thread_of(writable_chat(world, call, "chat actions"), call)
    return True
