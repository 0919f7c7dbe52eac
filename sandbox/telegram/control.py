"""The control API: what people do and see, and what is to go wrong, as JSON under /control/."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from http import HTTPStatus

from aiohttp import web

from sandbox.telegram import acting, membership, shapes, views
from sandbox.telegram.faults import read_fault
from sandbox.telegram.model import Chat, ChatKind, Message, Person
from sandbox.telegram.problems import NotPossible, Refused
from sandbox.telegram.world import World
from sandbox.wire import Json, JsonObject, as_integer, as_list, as_text, present

_LONGEST_WAIT = 60.0  # seconds


class Body:
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


Action = Callable[[Body], Json]
Handler = Callable[[web.Request], Awaitable[web.Response]]


def control_routes(world: World) -> list[web.RouteDef]:
    return [
        *(web.post(f"/control/{name}", _posted(world, action)) for name, action in _POSTS.items()),
        *(web.get(f"/control/{name}", _asked(world, action)) for name, action in _GETS.items()),
        web.get("/control/journal", _journal(world)),
        web.get("/control/files/{id}", _file(world)),
    ]


def _posted(world: World, action: Action) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        try:
            values: JsonObject = await request.json()
        except json.JSONDecodeError:
            return _answer({"error": "not JSON"}, HTTPStatus.BAD_REQUEST)
        return _act(action, Body(world, values))

    return handle


def _asked(world: World, action: Action) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        values = {name: _number_or_text(value) for name, value in request.query.items()}
        return _act(action, Body(world, values))

    return handle


def _number_or_text(value: str) -> Json:
    return int(value) if value.lstrip("-").isdecimal() else value


def _act(action: Action, body: Body) -> web.Response:
    try:
        return _answer(action(body))
    except NotPossible as problem:
        return _answer({"error": str(problem)}, HTTPStatus.CONFLICT)
    except Refused as problem:
        return _answer({"error": problem.description}, HTTPStatus.BAD_REQUEST)


def _answer(value: Json, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    return web.json_response(value, status=status)


def _journal(world: World) -> Handler:
    """`?after=n&wait=s`: the entries after n, waiting up to s seconds for one."""

    async def handle(request: web.Request) -> web.Response:
        after = int(request.query.get("after", "0"))
        wait = min(float(request.query.get("wait", "0")), _LONGEST_WAIT)
        await world.journal.wait(after, wait)
        return _answer({"last": world.journal.last, "entries": world.journal.after(after)})

    return handle


def _file(world: World) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        file = world.files.find(request.match_info["id"])
        if file is None:
            return _answer({"error": "no such file"}, HTTPStatus.NOT_FOUND)
        return web.Response(body=file.content, content_type=file.mime_type)

    return handle


# Making people and chats


def _new_person(body: Body) -> Json:
    person = body.world.add_person(
        body.text("first_name"),
        person_id=body.integer("id"),
        last_name=body.optional("last_name"),
        username=body.optional("username"),
        language_code=body.optional("language_code"),
    )
    return views.person(person)


def _new_chat(body: Body) -> Json:
    is_forum = body.flag("is_forum")
    kind = ChatKind.SUPERGROUP if is_forum else ChatKind(body.text("type") or "supergroup")
    chat = body.world.add_group(
        body.text("title"),
        kind,
        body.person("owner"),
        is_forum=is_forum,
        username=body.optional("username"),
    )
    for number in as_list(body.values.get("members")):
        member = body.world.person(as_integer(number))
        membership.add(body.world, chat, member, member)
    return views.chat(chat, body.world.people)


def _new_topic(body: Body) -> Json:
    return membership.open_topic(body.world, body.chat(), body.person(), body.text("title"))


# Doing


def _types(body: Body) -> Json:
    message = acting.type_text(
        body.world,
        body.person(),
        body.chat(),
        body.text("text"),
        thread_id=body.integer("thread"),
        reply_to=body.integer("reply_to"),
    )
    return views.message(message, body.world.people)


def _presses(body: Body) -> Json:
    data = body.values.get("data")
    what = acting.Press(
        body.text("button"), None if data is None else as_text(data), body.flag("earlier")
    )
    query = acting.press(body.world, body.person(), body.chat(), body.message(), what)
    return {"query": query.id}


def _follows(body: Body) -> Json:
    chat = None if body.values.get("chat") is None else body.chat()
    message = acting.follow(body.world, body.person(), body.text("link"), chat)
    return views.message(message, body.world.people)


def _shares(body: Body) -> Json:
    message = acting.share_chat(body.world, body.person(), body.text("button"), body.chat())
    return views.message(message, body.world.people)


def _deletes(body: Body) -> Json:
    """A person deletes a message; bots are not told."""
    body.world.delete(body.chat(), body.message())
    return True


# Coming, going, rights


def _adds(body: Body) -> Json:
    membership.add(body.world, body.chat(), body.person(), body.person("whom"))
    return True


def _removes(body: Body) -> Json:
    membership.remove(body.world, body.chat(), body.person(), body.person("whom"))
    return True


def _promotes(body: Body) -> Json:
    rights = body.values.get("rights")
    chosen = {as_text(right) for right in as_list(rights)}
    membership.promote(
        body.world,
        body.chat(),
        body.person(),
        body.person("whom"),
        chosen if rights is not None else shapes.USUAL_RIGHTS,
        is_anonymous=body.flag("is_anonymous"),
    )
    return True


def _demotes(body: Body) -> Json:
    membership.demote(body.world, body.chat(), body.person(), body.person("whom"))
    return True


def _restricts(body: Body) -> Json:
    membership.restrict(body.world, body.chat(), body.person(), body.person("whom"))
    return True


def _hides(body: Body) -> Json:
    membership.hide(body.chat(), body.person(), hidden=body.flag("hidden"))
    return True


def _blocks(body: Body) -> Json:
    membership.set_blocked(body.world, body.person(), blocked=body.flag("blocked"))
    return True


def _deactivates(body: Body) -> Json:
    body.person().deactivated = True
    return True


def _upgrades(body: Body) -> Json:
    chat = membership.upgrade(body.world, body.chat(), body.person())
    return views.chat(chat, body.world.people)


# Seeing


def _chats(body: Body) -> Json:
    return [views.chat(chat, body.world.people) for chat in body.world.chats.values()]


def _chat(body: Body) -> Json:
    """What a person sees of a chat: nothing where they are not in it."""
    chat, person = body.chat(), body.person()
    messages = chat.messages.values() if chat.member(person.id).present else ()
    return {
        "chat": views.chat(chat, body.world.people),
        "messages": [
            views.message(message, body.world.people) for message in messages if not message.deleted
        ],
        "keyboard": views.reply_rows(chat.keyboards.get(person.id)),
        "last": body.world.journal.last,
    }


def _commands(body: Body) -> Json:
    return acting.commands_for(body.world, body.person(), body.chat())


def _query(body: Body) -> Json:
    query = body.world.queries.get(str(body.values.get("query", "")))
    if query is None:
        raise NotPossible("there is no such press")
    return {"answered": query.answer is not None, "answer": dict(query.answer or {})}


# The server itself


def _faults(body: Body) -> Json:
    body.world.faults.add(read_fault(body.values))
    return True


def _no_faults(body: Body) -> Json:
    body.world.faults.clear()
    return True


def _budgets(body: Body) -> Json:
    return asdict(body.world.budgets.change(body.values))


def _settings(body: Body) -> Json:
    """How the stand-in behaves: privacy mode, how long a press can be answered, webhook pauses."""
    world = body.world
    if "privacy_mode" in body.values:
        world.privacy_mode = body.flag("privacy_mode")
    world.query_seconds = _number(body.values, "query_seconds", world.query_seconds)
    world.webhook.pause = _number(body.values, "webhook_pause", world.webhook.pause)
    return present(privacy_mode=world.privacy_mode, query_seconds=world.query_seconds)


def _number(values: Mapping[str, Json], name: str, default: float) -> float:
    value = values.get(name)
    return float(value) if isinstance(value, int | float) else default


def _statistics(body: Body) -> Json:
    return body.world.budgets.statistics() | {"pending_updates": body.world.updates.pending}


_POSTS: Mapping[str, Action] = {
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
_GETS: Mapping[str, Action] = {
    "chats": _chats,
    "chat": _chat,
    "commands": _commands,
    "last": lambda body: body.world.journal.last,
    "query": _query,
    "statistics": _statistics,
}
