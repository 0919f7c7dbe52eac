"""Which chat a call means, and whether the bot may write there."""

from sandbox.telegram.call import Call
from sandbox.telegram.model import Chat, ChatKind, Status
from sandbox.telegram.problems import bad_request, forbidden
from sandbox.telegram.world import World
from sandbox.wire import Json, as_text

_GENERAL_TOPIC = 1


def named_chat(world: World, chat_id: Json) -> Chat:
    """The chat of that number or @name, where the bot can know it."""
    chat = _find(world, chat_id)
    if chat is None:
        raise bad_request("chat not found")
    known = chat.known
    if chat.kind is ChatKind.PRIVATE:
        known = world.people[chat.id].started or _met_in_a_group(world, chat.id)
    if not known:
        raise bad_request("chat not found")
    return chat


def _find(world: World, chat_id: Json) -> Chat | None:
    if isinstance(chat_id, int):
        return world.chats.get(chat_id)
    name = as_text(chat_id)
    named = (
        chat
        for chat in world.chats.values()
        if chat.username and f"@{chat.username}".lower() == name.lower()
    )
    return next(named, None)


def _met_in_a_group(world: World, person_id: int) -> bool:
    return any(
        chat.known and person_id in chat.members
        for chat in world.chats.values()
        if chat.kind is not ChatKind.PRIVATE
    )


def reachable_chat(world: World, call: Call) -> Chat:
    """A chat that the bot is in; refused with the reason why it is not."""
    chat = named_chat(world, call.values.get("chat_id"))
    if chat.kind is ChatKind.PRIVATE:
        _check_person(world, chat)
        return chat
    if chat.migrated_to is not None:
        raise bad_request(
            "group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to
        )
    member = chat.member(world.bot.id)
    if member.status is Status.KICKED:
        raise forbidden(f"bot was kicked from the {chat.kind} chat")
    if not member.present:
        raise forbidden(f"bot is not a member of the {chat.kind} chat")
    return chat


def _check_person(world: World, chat: Chat) -> None:
    person = world.people[chat.id]
    if person.deactivated:
        raise forbidden("user is deactivated")
    if not person.started:
        raise forbidden("bot can't initiate conversation with a user")
    if person.blocked:
        raise forbidden("bot was blocked by the user")


def writable_chat(world: World, call: Call, what: str) -> Chat:
    """A chat in which the bot may send `what` (text messages, photos, …)."""
    for name in ("business_connection_id", "direct_messages_topic_id", "message_effect_id"):
        if call.has(name):
            raise bad_request(f"the stand-in cannot play {name}")
    chat = reachable_chat(world, call)
    if chat.member(world.bot.id).status is Status.RESTRICTED:
        raise bad_request(f"not enough rights to send {what} to the chat")
    return chat


def thread_of(chat: Chat, call: Call) -> int | None:
    """The topic to write in; the General one has no number that a bot may name."""
    thread = call.integer("message_thread_id")
    if thread is None:
        return None
    if not chat.is_forum or thread == _GENERAL_TOPIC or thread not in chat.topics:
        raise bad_request("message thread not found")
    return thread
