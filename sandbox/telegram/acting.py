"""What people do with the bot: type, press, follow links, share chats."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from sandbox.telegram import membership, shapes, views
from sandbox.telegram.entities import spoken
from sandbox.telegram.model import Chat, ChatKind, Content, Message, Person, Query, Status
from sandbox.telegram.problems import NotPossible
from sandbox.telegram.world import World
from sandbox.wire import (
    Json,
    JsonObject,
    as_integer,
    as_object,
    as_rows,
    as_text,
    present,
)

_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{0,64}")


@dataclass(frozen=True, slots=True)
class Press:
    """Which button: by its visible `text`, or with `data` as a forged or remembered press.

    `earlier` also finds buttons that the message had before an edit: a press that was on its way.
    """

    text: str = ""
    data: str | None = None
    earlier: bool = False


def type_text(
    world: World,
    person: Person,
    chat: Chat,
    text: str,
    *,
    thread_id: int | None = None,
    reply_to: int | None = None,
) -> Message:
    member = chat.member(person.id)
    if not member.present or member.status is Status.RESTRICTED:
        raise NotPossible(f"{person.name} may not write in {chat.title}")
    if thread_id is not None and thread_id not in chat.topics:
        raise NotPossible(f"{chat.title} has no topic {thread_id}")
    if chat.migrated_to is not None:
        raise NotPossible(f"{chat.title} was upgraded; write in the new chat")
    if chat.kind is ChatKind.PRIVATE:
        _open_private_chat(person)
    return world.say(
        chat,
        person,
        spoken(text),
        thread_id=thread_id,
        reply_to=reply_to,
        anonymous=member.is_anonymous,
    )


def _open_private_chat(person: Person) -> None:
    if person.deactivated:
        raise NotPossible(f"{person.name} has no account any more")
    if person.blocked:
        raise NotPossible(f"{person.name} has blocked the bot; unblock it first")
    person.started = True


def press(world: World, person: Person, chat: Chat, message: Message, what: Press) -> Query:
    """A press of a button; the bot gets the message as it stands now."""
    if not chat.member(person.id).present:
        raise NotPossible(f"{person.name} is not in {chat.title}")
    data = _button_data(message, what) if what.data is None else what.data
    query = world.ask(person, chat, message.id)
    world.note(
        "pressed",
        chat,
        person=views.person(person),
        message_id=message.id,
        button=what.text or data,
        query=query.id,
    )
    world.updates.add("callback_query", _callback_query(world, query, chat, message, data))
    return query


def _button_data(message: Message, what: Press) -> str:
    states = [None if message.deleted else message.buttons]
    if what.earlier:
        states += [message.buttons, *(version.buttons for version in reversed(message.history))]
    for buttons in states:
        for button in _buttons(buttons):
            if button["text"] == what.text:
                return _data_of(button)
    there = ", ".join(f"[{as_text(button['text'])}]" for button in _buttons(states[0]))
    raise NotPossible(f"there is no button [{what.text}]; there are: {there or 'none'}")


def _buttons(markup: JsonObject | None) -> list[JsonObject]:
    return [button for row in as_rows((markup or {}).get("inline_keyboard")) for button in row]


def _data_of(button: JsonObject) -> str:
    if "callback_data" not in button:
        raise NotPossible(f"[{as_text(button['text'])}] is no button that the bot hears of")
    return as_text(button["callback_data"])


def _callback_query(
    world: World, query: Query, chat: Chat, message: Message, data: str
) -> dict[str, Json]:
    if message.deleted:
        seen: dict[str, Json] = {
            "chat": shapes.chat(chat, world.people),
            "message_id": message.id,
            "date": 0,
        }
    else:
        seen = shapes.message(message, chat, world.people)
    return {
        "id": query.id,
        "from": shapes.user(world.people[query.person_id]),
        "message": seen,
        "chat_instance": str(7_000_000_000_000_000_000 + abs(chat.id) % 10**15),
        "data": data,
    }


def follow(world: World, person: Person, link: str, chat: Chat | None) -> Message:
    """A link to the bot: `?start=` in private, `?startgroup=` adds it to `chat`."""
    query = _link_query(world, link)
    if "startgroup" in query:
        if chat is None:
            raise NotPossible("a group has to be chosen for this link")
        return _start_in_group(world, person, chat, query)
    payload = _payload(query.get("start", ""))
    return type_text(world, person, world.chats[person.id], f"/start {payload}".rstrip())


def _link_query(world: World, link: str) -> dict[str, str]:
    parts = urlsplit(link)
    query = {name: values[0] for name, values in parse_qs(parts.query, True).items()}
    if parts.scheme == "tg" and parts.netloc == "resolve":
        name = query.get("domain", "")
    elif parts.scheme == "https" and parts.netloc in ("t.me", "telegram.me"):
        name = parts.path.strip("/")
    else:
        raise NotPossible(f"not a Telegram link: {link}")
    if name.lower() != (world.bot.username or "").lower():
        raise NotPossible(f"the link leads to @{name}, not to @{world.bot.username}")
    return query


def _payload(payload: str) -> str:
    if not _PAYLOAD.fullmatch(payload):
        raise NotPossible(f"Telegram ignores such a payload: {payload}")
    return payload


def _start_in_group(world: World, person: Person, chat: Chat, query: dict[str, str]) -> Message:
    payload = _payload(query["startgroup"])
    rights = frozenset(f"can_{right}" for right in query.get("admin", "").split())
    if rights:
        membership.promote(world, chat, person, world.bot, rights | {"can_manage_chat"})
    else:
        membership.add(world, chat, person, world.bot)
    text = f"/start@{world.bot.username} {payload}".rstrip()
    return type_text(world, person, chat, text)


def share_chat(world: World, person: Person, button_text: str, shared: Chat) -> Message:
    """Presses a request_chat button below the private chat, and chooses `shared`."""
    private = world.chats[person.id]
    rows = as_rows((private.keyboards.get(person.id) or {}).get("keyboard"))
    for row in rows:
        for button in row:
            if button["text"] == button_text and "request_chat" in button:
                return _share(world, person, as_object(button["request_chat"]), shared)
    there = ", ".join(f"[{as_text(button['text'])}]" for row in rows for button in row)
    raise NotPossible(f"there is no button [{button_text}] to share with: {there or 'none'}")


def _share(world: World, person: Person, request: JsonObject, shared: Chat) -> Message:
    _check_choice(world, person, request, shared)
    rights = request.get("bot_administrator_rights")
    if rights is not None:
        wanted = frozenset(_granted(rights))
        membership.promote(world, shared, person, world.bot, wanted)
    service: JsonObject = {
        "chat_shared": present(
            request_id=as_integer(request["request_id"]),
            chat_id=shared.id,
            title=shared.title if request.get("request_title") else None,
            username=shared.username if request.get("request_username") else None,
        )
    }
    return world.say(world.chats[person.id], person, Content(""), service=service)


def _check_choice(world: World, person: Person, request: JsonObject, shared: Chat) -> None:
    """Telegram shows only the chats that fit the request."""
    member = shared.member(person.id)
    fits = {
        "chat_is_channel": False,
        "chat_is_forum": shared.is_forum,
        "chat_has_username": shared.username is not None,
    }
    for name, value in fits.items():
        if request.get(name, value) != value:
            raise NotPossible(f"{shared.title} is not offered: {name}")
    if request.get("chat_is_created") and member.status is not Status.CREATOR:
        raise NotPossible(f"{shared.title} is not offered: {person.name} does not own it")
    if request.get("bot_is_member") and not shared.member(world.bot.id).present:
        raise NotPossible(f"{shared.title} is not offered: the bot is not in it")
    needed = request.get("user_administrator_rights")
    missing = [right for right in _granted(needed) if not member.may(right)]
    if not member.present or missing or (needed is not None and not member.in_charge):
        raise NotPossible(f"{shared.title} is not offered: {person.name} has not the rights")


def _granted(rights: Json) -> list[str]:
    """The rights that are true, but for anonymity, which is no right to act."""
    return [
        name
        for name, value in as_object(rights).items()
        if value is True and name != "is_anonymous"
    ]


def commands_for(world: World, person: Person, chat: Chat) -> list[JsonObject]:
    """The command menu as Telegram chooses it for that person there."""
    scopes: list[tuple[Json, ...]] = []
    if chat.kind is ChatKind.PRIVATE:
        scopes = [("chat", chat.id), ("all_private_chats",)]
    else:
        scopes = [("chat_member", chat.id, person.id)]
        in_charge = chat.member(person.id).in_charge
        scopes += [("chat_administrators", chat.id)] if in_charge else []
        scopes += [("chat", chat.id)]
        scopes += [("all_chat_administrators",)] if in_charge else []
        scopes += [("all_group_chats",)]
    scopes.append(("default",))
    return world.profile.commands_shown(iter(scopes), person.language_code or "")
