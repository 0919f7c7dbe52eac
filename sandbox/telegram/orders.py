"""What people and tests order over the control API: one function each, and what it answers."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from types import MappingProxyType

from sandbox.telegram import acting, membership, shapes, views
from sandbox.telegram.faults import read_fault
from sandbox.telegram.model import Chat, ChatKind, Message, Person
from sandbox.telegram.problems import NotPossible
from sandbox.telegram.world import World
from sandbox.wire import Json, JsonObject, as_integer, as_list, as_text, present


class Order:
    """The JSON of a control request, with what its numbers stand for."""

    def __init__(self, world: World, values: JsonObject) -> None:
        self.world = world
        self.values = values

    def text(self, name: str) -> str:
        return as_text(self.values.get(name))

    def optional(self, name: str) -> str | None:
        return self.text(name) or None

    def integer(self, name: str) -> int | None:
        return as_integer(self.values.get(name))

    def flag(self, name: str) -> bool:
        return self.values.get(name) is True

    def person(self, name: str = "person") -> Person:
        """By number; "bot" is the bot."""
        if self.values.get(name) == "bot":
            return self.world.bot
        return self.world.person(self.integer(name))

    def chat(self) -> Chat:
        """The chat named; without one, the person's private chat with the bot."""
        if self.values.get("chat") is None:
            return self.world.chat(self.person().id)
        return self.world.chat(self.integer("chat"))

    def message(self) -> Message:
        message = self.chat().messages.get(self.integer("message") or 0)
        if message is None:
            raise NotPossible(f"there is no message {self.integer('message')} in that chat")
        return message


Action = Callable[[Order], Json]

# Making people and chats


def _new_person(order: Order) -> Json:
    person = order.world.add_person(
        order.text("first_name"),
        person_id=order.integer("id"),
        last_name=order.optional("last_name"),
        username=order.optional("username"),
        language_code=order.optional("language_code"),
    )
    return views.person(person)


def _new_chat(order: Order) -> Json:
    is_forum = order.flag("is_forum")
    basic = order.text("type") == ChatKind.GROUP and not is_forum
    chat = order.world.add_group(
        order.text("title"),
        ChatKind.GROUP if basic else ChatKind.SUPERGROUP,
        order.person("owner"),
        is_forum=is_forum,
        username=order.optional("username"),
    )
    for number in as_list(order.values.get("members")):
        member = order.world.person(as_integer(number))
        membership.add(order.world, chat, member, member)
    return views.chat(chat, order.world.people)


def _new_topic(order: Order) -> Json:
    return membership.open_topic(order.world, order.chat(), order.person(), order.text("title"))


# Doing


def _types(order: Order) -> Json:
    message = acting.type_text(
        order.world,
        order.person(),
        order.chat(),
        order.text("text"),
        thread_id=order.integer("thread"),
        reply_to=order.integer("reply_to"),
    )
    return views.message(message, order.world.people)


def _presses(order: Order) -> Json:
    data = order.values.get("data")
    what = acting.Press(
        order.text("button"), None if data is None else as_text(data), order.flag("earlier")
    )
    query = acting.press(order.world, order.person(), order.chat(), order.message(), what)
    return {"query": query.id}


def _follows(order: Order) -> Json:
    chat = None if order.values.get("chat") is None else order.chat()
    message = acting.follow(order.world, order.person(), order.text("link"), chat)
    return views.message(message, order.world.people)


def _shares(order: Order) -> Json:
    message = acting.share_chat(order.world, order.person(), order.text("button"), order.chat())
    return views.message(message, order.world.people)


def _deletes(order: Order) -> Json:
    """A person deletes a message; bots are not told."""
    order.world.delete(order.chat(), order.message())
    return True


# Coming, going, rights


def _adds(order: Order) -> Json:
    membership.add(order.world, order.chat(), order.person(), order.person("whom"))
    return True


def _removes(order: Order) -> Json:
    membership.remove(order.world, order.chat(), order.person(), order.person("whom"))
    return True


def _promotes(order: Order) -> Json:
    rights = order.values.get("rights")
    chosen = {as_text(right) for right in as_list(rights)}
    membership.promote(
        order.world,
        order.chat(),
        order.person(),
        order.person("whom"),
        chosen if rights is not None else shapes.USUAL_RIGHTS,
        is_anonymous=order.flag("is_anonymous"),
    )
    return True


def _demotes(order: Order) -> Json:
    membership.demote(order.world, order.chat(), order.person(), order.person("whom"))
    return True


def _restricts(order: Order) -> Json:
    membership.restrict(order.world, order.chat(), order.person(), order.person("whom"))
    return True


def _hides(order: Order) -> Json:
    membership.hide(order.chat(), order.person(), hidden=order.flag("hidden"))
    return True


def _blocks(order: Order) -> Json:
    membership.set_blocked(order.world, order.person(), blocked=order.flag("blocked"))
    return True


def _deactivates(order: Order) -> Json:
    order.person().deactivated = True
    return True


def _upgrades(order: Order) -> Json:
    chat = membership.upgrade(order.world, order.chat(), order.person())
    return views.chat(chat, order.world.people)


# Seeing


def _chats(order: Order) -> Json:
    return [views.chat(chat, order.world.people) for chat in order.world.chats.values()]


def _chat(order: Order) -> Json:
    """What a person sees of a chat: nothing where they are not in it."""
    chat, person = order.chat(), order.person()
    messages = chat.messages.values() if chat.member(person.id).present else ()
    return {
        "chat": views.chat(chat, order.world.people),
        "messages": [
            views.message(message, order.world.people)
            for message in messages
            if not message.deleted
        ],
        "keyboard": views.reply_rows(chat.keyboards.get(person.id)),
        "last": order.world.journal.last,
    }


def _commands(order: Order) -> Json:
    return acting.commands_for(order.world, order.person(), order.chat())


def _query(order: Order) -> Json:
    query = order.world.queries.get(str(order.values.get("query", "")))
    if query is None:
        raise NotPossible("there is no such press")
    return {"answered": query.answer is not None, "answer": dict(query.answer or {})}


# The server itself


def _faults(order: Order) -> Json:
    order.world.faults.add(read_fault(order.values))
    return True


def _no_faults(order: Order) -> Json:
    order.world.faults.clear()
    return True


def _budgets(order: Order) -> Json:
    return asdict(order.world.budgets.change(order.values))


def _settings(order: Order) -> Json:
    """How the stand-in behaves: privacy mode, how long a press can be answered, webhook pauses."""
    world = order.world
    if "privacy_mode" in order.values:
        world.privacy_mode = order.flag("privacy_mode")
    world.query_seconds = _number(order.values, "query_seconds", world.query_seconds)
    world.webhook.pause = _number(order.values, "webhook_pause", world.webhook.pause)
    return present(privacy_mode=world.privacy_mode, query_seconds=world.query_seconds)


def _number(values: Mapping[str, Json], name: str, default: float) -> float:
    value = values.get(name)
    return float(value) if isinstance(value, int | float) else default


def _statistics(order: Order) -> Json:
    return order.world.budgets.statistics() | {"pending_updates": order.world.updates.pending}


DONE: Mapping[str, Action] = MappingProxyType(
    {
        "people": _new_person,
        "chats": _new_chat,
        "topics": _new_topic,
        "types": _types,
        "presses": _presses,
        "follows": _follows,
        "shares": _shares,
        "deletes": _deletes,
        "adds": _adds,
        "removes": _removes,
        "promotes": _promotes,
        "demotes": _demotes,
        "restricts": _restricts,
        "hides": _hides,
        "blocks": _blocks,
        "deactivates": _deactivates,
        "upgrades": _upgrades,
        "faults": _faults,
        "no-faults": _no_faults,
        "budgets": _budgets,
        "settings": _settings,
    }
)
ASKED: Mapping[str, Action] = MappingProxyType(
    {
        "chats": _chats,
        "chat": _chat,
        "commands": _commands,
        "last": lambda order: order.world.journal.last,
        "query": _query,
        "statistics": _statistics,
    }
)
