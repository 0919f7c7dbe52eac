"""The stand-in agrees with the published description of the Bot API, where that is present."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pytest

from sandbox.people import People, Person
from sandbox.telegram.schema import METHODS, OBJECTS, Fields
from tests.oracles import oracle
from tests.sandbox.telegram.conftest import Answer, RawBot

# The live server is ahead of the description, and strict clients insist on it.
NEWER = {"ChatMemberAdministrator": {"can_send_welcome_messages"}}
SIMPLE: Mapping[str, type] = {"Integer": int, "String": str, "Boolean": bool, "Float": float}


ON_REQUEST = ["callback_query", "my_chat_member", "chat_member"]
YES = {"inline_keyboard": [[{"text": "Yes", "callback_data": "yes", "style": "success"}]]}
SHARE = {"request_id": 1, "chat_is_channel": False, "request_title": True}
SHARE_KEYBOARD = {"keyboard": [[{"text": "Choose", "request_chat": SHARE}]]}
CARD = '<b>Tajweed</b> <tg-time unix="1795518000" format="wDt">18:00</tg-time>'
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x28\0\0\0\x1e"


def _fewest(attempts: Iterable[list[str]]) -> list[str]:
    """The problems of the alternative that fits best."""
    return min([(len(problems), problems) for problems in attempts])[1]


@dataclass(frozen=True, slots=True)
class Api:
    """The Bot API as data: methods and types with their fields."""

    methods: Mapping[str, Mapping[str, object]]
    types: Mapping[str, Mapping[str, object]]

    def fields(self, owner: Mapping[str, object]) -> dict[str, tuple[set[str], bool]]:
        fields = owner.get("fields", [])
        assert isinstance(fields, list)
        return {each["name"]: (set(each["types"]), each["required"]) for each in fields}

    def problems(self, value: object, kind: str, where: str) -> Iterator[str]:
        """What is wrong with `value`, if it is to be a `kind`."""
        if kind.startswith("Array of "):
            yield from self._array(value, kind.removeprefix("Array of "), where)
        elif kind in SIMPLE:
            if type(value) is not SIMPLE[kind]:
                yield f"{where}: {value!r} is no {kind}"
        else:
            yield from self._object(value, kind, where)

    def _array(self, value: object, kind: str, where: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{where}: {value!r} is no array"
            return
        for number, item in enumerate(value):
            yield from self.problems(item, kind, f"{where}[{number}]")

    def _object(self, value: object, kind: str, where: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{where}: {value!r} is no {kind}"
            return
        subtypes = self.types[kind].get("subtypes")
        if isinstance(subtypes, list):
            attempts = [[*self._object(value, each, where)] for each in subtypes]
            yield from _fewest(attempts)
            return
        fields = self.fields(self.types[kind])
        for name, (_, required) in fields.items():
            if required and name not in value:
                yield f"{where}: {kind} has no {name}"
        for name, item in value.items():
            yield from self._field(item, kind, name, f"{where}.{name}")

    def _field(self, value: object, kind: str, name: str, where: str) -> Iterator[str]:
        if name in NEWER.get(kind, ()):
            return
        fields = self.fields(self.types[kind])
        if name not in fields:
            yield f"{where}: {kind} knows no {name}"
            return
        attempts = [[*self.problems(value, each, where)] for each in fields[name][0]]
        yield from _fewest(attempts)


@pytest.fixture(scope="module")
def api() -> Api:
    described = json.loads(oracle("telegram/api-10.0.json").read_text())
    return Api(described["methods"], described["types"])


def as_described(fields: Fields) -> dict[str, tuple[set[str], bool]]:
    return {
        field.name: (
            {_kind(kind) for kind in field.kind.split("|")},
            field.required,
        )
        for field in fields.values()
    }


def _kind(kind: str) -> str:
    return f"Array of {_kind(kind[1:-1])}" if kind.startswith("[") else kind


@pytest.mark.parametrize("method", METHODS)
def test_each_method_has_the_parameters_that_are_described(api: Api, method: str) -> None:
    assert as_described(METHODS[method]) == api.fields(api.methods[method])


@pytest.mark.parametrize("kind", OBJECTS)
def test_each_object_has_the_fields_that_are_described(api: Api, kind: str) -> None:
    assert as_described(OBJECTS[kind]) == api.fields(api.types[kind])


async def test_answers_and_updates_have_only_fields_that_are_described(
    api: Api, raw: RawBot, people: People, aisha: Person
) -> None:
    await people.limits(private=100, group=100, overall=100)
    answers = [
        *await _people_make_updates(raw, people, aisha),
        *await _a_bot_calls_every_method(raw, people, aisha),
    ]
    problems: list[str] = []
    for method, answer in answers:
        assert answer.status == 200, (method, answer.description)
        returns = api.methods[method]["returns"]
        assert isinstance(returns, list)
        problems += _fewest(
            [*api.problems(answer.body["result"], kind, method)] for kind in returns
        )
    assert problems == []
    assert {method for method, _ in answers} == set(METHODS)


async def _people_make_updates(
    raw: RawBot, people: People, aisha: Person
) -> list[tuple[str, Answer]]:
    """Everything that a bot can hear of, and a poll that hears it."""
    await raw.call("getUpdates", allowed_updates=["message", *ON_REQUEST])
    bilal = await people.person("Bilal", last_name="Ahmed")
    basic = await people.group("Sisters", owner=aisha, basic=True, members=[bilal])
    await aisha.adds_bot(to=basic)
    group = await aisha.upgrades(basic)
    await aisha.promotes_bot(in_=group)
    await aisha.promotes(bilal, in_=group, anonymous=True)
    await bilal.types("/next@darulkubra_bot #tajweed https://example.org", into=group)
    await aisha.demotes(bilal, in_=group)
    await aisha.restricts(bilal, in_=group)
    await aisha.removes(bilal, from_=group)
    forum = await people.group("Forum", owner=aisha, forum=True)
    await aisha.follows("https://t.me/darulkubra_bot?startgroup=g-1", into=forum)
    topic = await aisha.opens_topic("Tajweed", in_=forum)
    await aisha.types("/link", into=forum, topic=topic)
    await raw.call("sendMessage", chat_id=aisha.id, text="Which?", reply_markup=SHARE_KEYBOARD)
    await aisha.shares(group, by="Choose")
    await raw.call("sendMessage", chat_id=aisha.id, text="Sure?", reply_markup=YES)
    message = await aisha.finds_button("Yes")
    await aisha.presses("Yes")
    await aisha.types("yes", reply_to=message)
    await raw.call("deleteMessage", chat_id=aisha.id, message_id=message.id)
    await aisha.presses_late("Yes", on=message)
    await aisha.blocks_bot()
    await aisha.unblocks_bot()
    return [("getUpdates", await raw.call("getUpdates"))]


async def _a_bot_calls_every_method(
    raw: RawBot, people: People, aisha: Person
) -> list[tuple[str, Answer]]:
    group = await people.group("Beginners A", owner=aisha)
    await aisha.adds_bot(to=group)
    await raw.call("sendMessage", chat_id=aisha.id, text="Ready?", reply_markup=YES)
    press = await aisha.presses("Yes")
    private, chat = {"chat_id": aisha.id}, {"chat_id": group.id}
    card: dict[str, object] = {"text": CARD, "parse_mode": "HTML", "reply_markup": YES}
    calls: list[tuple[str, dict[str, object]]] = [
        ("getMe", {}),
        ("answerCallbackQuery", {"callback_query_id": press.query, "text": "Yes"}),
        ("getChat", {**private}),
        ("getChat", {**chat}),
        ("getChatMember", {**chat, "user_id": aisha.id}),
        ("getChatMember", {**chat, "user_id": 123456}),
        ("getChatMemberCount", {**chat}),
        ("getChatAdministrators", {**chat}),
        ("sendChatAction", {**private, "action": "typing"}),
        ("sendMessage", {**chat, **card, "protect_content": True}),
        ("editMessageText", {**chat, "message_id": 2, "text": "Ended", "reply_markup": YES}),
        ("editMessageReplyMarkup", {**chat, "message_id": 2}),
        ("deleteMessage", {**chat, "message_id": 2}),
        ("leaveChat", {**chat}),
        ("setMyCommands", {"commands": [{"command": "next", "description": "Next"}]}),
        ("getMyCommands", {}),
        ("deleteMyCommands", {}),
        ("setMyDescription", {"description": "A school"}),
        ("getMyDescription", {}),
        ("setMyShortDescription", {"short_description": "School"}),
        ("getMyShortDescription", {}),
        ("setWebhook", {"url": "http://127.0.0.1:1/"}),
        ("getWebhookInfo", {}),
        ("deleteWebhook", {}),
    ]
    answers = [(method, await raw.call(method, **parameters)) for method, parameters in calls]
    return answers + await _files(raw, aisha)


async def _files(raw: RawBot, aisha: Person) -> list[tuple[str, Answer]]:
    to = str(aisha.id)
    photo = await raw.upload("sendPhoto", "photo", PNG, chat_id=to, caption="Hours")
    document = await raw.upload("sendDocument", "document", b"cells", chat_id=to)
    sent = document.body["result"]
    assert isinstance(sent, dict)
    message_id = sent["message_id"]
    edited = await raw.call(
        "editMessageCaption", chat_id=aisha.id, message_id=message_id, caption="More"
    )
    file = await raw.call("getFile", file_id=sent["document"]["file_id"])
    return [
        ("sendPhoto", photo),
        ("sendDocument", document),
        ("editMessageCaption", edited),
        ("getFile", file),
    ]
