"""The doors of the bot, each by itself: who is let in, and what comes of it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from telegram import CallbackQuery, Chat, ChatMemberLeft, ChatMemberUpdated, Message, Update, User
from telegram import MessageEntity as Entity
from telegram.ext import CallbackQueryHandler, ChatMemberHandler, CommandHandler, MessageHandler
from telegram.ext.filters import TEXT

from bot.commands import Allowed, Listed, Place
from bot.context import Context, Desk
from bot.routes import Button, Command, Membership, Route, StaleButton, Told
from bot.speech import Speech
from bot.views.message import View
from school.errors import NotAllowed, NotUnderstood, Outdated, SchoolError
from services.office import Office
from services.people import Caller, who_is
from tests.services.people_of_the_school import ADMIN, AISHA, made_teacher

AT = datetime(2026, 11, 23, 14, tzinfo=UTC)
USER = User(5, "Someone", is_bot=False)
PRIVATE, GROUP = Chat(5, "private"), Chat(-7, "supergroup")


def message(text: str = "/report", chat: Chat = PRIVATE) -> Message:
    entity = Entity(Entity.BOT_COMMAND, 0, len(text.split(maxsplit=1)[0]))
    return Message(1, AT, chat, from_user=USER, text=text, entities=[entity])


def press(data: str | None, chat: Chat = PRIVATE) -> Update:
    query = CallbackQuery("1", USER, "1", data=data, message=message(chat=chat))
    return Update(1, callback_query=query)


class Met(Context):
    """A context in which somebody stands already; it notes what is said to them."""

    def __init__(self, desk: Desk, update: Update, caller: Caller) -> None:
        self.desk, self._update, self.caller = desk, update, caller
        self.say = desk.speech.school
        self.begun: list[object] = []
        self.finished = 0
        self.told: list[str] = []

    async def begin(self, desk: Desk, update: Update) -> None:
        self.begun.append((desk, update))

    async def finish(self) -> None:
        self.finished += 1

    async def reply(self, view: View) -> Message:
        self.told.append(str(view.text))
        return message()

    async def alert(self, text: str) -> bool:
        self.told.append(text)
        return True


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office, Speech(office.profile.language))


@pytest.fixture
async def callers(office: Office) -> dict[str, Caller]:
    stranger = await who_is(office, replace(AISHA, id=99))
    return {
        "stranger": stranger,
        "teacher": await made_teacher(office, AISHA),
        "admin": await who_is(office, ADMIN),
    }


async def nothing(update: Update, context: Context) -> None:
    del update, context


LETS_IN = {
    Allowed.ANYONE: {"stranger", "teacher", "admin"},
    Allowed.TEACHER: {"teacher"},
    Allowed.ADMIN: {"admin"},
}


@pytest.mark.parametrize("allowed", list(Allowed))
async def test_each_door_lets_in_whom_it_is_for(
    desk: Desk, callers: dict[str, Caller], allowed: Allowed
) -> None:
    for route in (
        Command("report", nothing, allowed),
        Button("report", nothing, allowed),
        Told("an answer", nothing, TEXT, allowed),
    ):
        let_in = set()
        for who, caller in callers.items():
            try:
                route.check(Met(desk, Update(1, message=message()), caller))
            except NotAllowed as refused:
                whose = "admins" if allowed is Allowed.ADMIN else "teachers"
                if f"This is for {{school}}'s {whose}." not in refused.text.msgid:
                    raise
            else:
                let_in.add(who)
        assert let_in == LETS_IN[allowed]


async def test_without_more_words_a_door_is_for_anyone_in_their_private_chat(
    desk: Desk, callers: dict[str, Caller]
) -> None:
    command, button = Command("x", nothing), Button("x", nothing)
    assert (command.allowed, command.place) == (Allowed.ANYONE, Place.PRIVATE)
    assert (button.allowed, button.place) == (Allowed.ANYONE, Place.PRIVATE)
    assert Told("x", nothing, TEXT).allowed is Allowed.ANYONE
    Membership(nothing).check(Met(desk, press("x"), callers["stranger"]))
    StaleButton().check(Met(desk, press("x"), callers["stranger"]))


@pytest.mark.parametrize(
    ("place", "chat", "sentence"),
    [
        (Place.PRIVATE, PRIVATE, None),
        (Place.PRIVATE, GROUP, "This works in our private chat: write to me there."),
        (Place.GROUP, GROUP, None),
        (
            Place.GROUP,
            PRIVATE,
            "This works in a group: type it in the group that you mean.",
        ),
        (Place.ANYWHERE, PRIVATE, None),
        (Place.ANYWHERE, GROUP, None),
    ],
)
async def test_a_command_works_where_it_belongs(
    desk: Desk, callers: dict[str, Caller], place: Place, chat: Chat, sentence: str | None
) -> None:
    update = Update(1, message=message(chat=chat))
    assert _refusal(Command("x", nothing, place=place), desk, update, callers) == sentence


@pytest.mark.parametrize(
    ("place", "chat", "is_let_in"),
    [
        (Place.PRIVATE, PRIVATE, True),
        (Place.PRIVATE, GROUP, False),
        (Place.ANYWHERE, PRIVATE, True),
        (Place.ANYWHERE, GROUP, True),
    ],
)
async def test_a_private_button_is_forged_where_it_is_pressed_in_a_group(
    desk: Desk, callers: dict[str, Caller], place: Place, chat: Chat, is_let_in: bool
) -> None:
    refusal = _refusal(Button("x", nothing, place=place), desk, press("1:x", chat), callers)
    assert (refusal is None) == is_let_in


def _refusal(
    route: Command | Button, desk: Desk, update: Update, callers: dict[str, Caller]
) -> str | None:
    try:
        route.check(Met(desk, update, callers["stranger"]))
    except (NotUnderstood, Outdated) as refused:
        return refused.text.msgid
    return None


@pytest.mark.parametrize(
    ("data", "is_its"),
    [
        ("1:form", True),
        ("1:form:a:b", True),
        ("1:form.day", True),
        ("1:form.day:1", True),
        ("1:forms", False),
        ("1:other.form", False),
        ("1:xform", False),
        ("2:form", False),
        ("form", False),
    ],
)
async def test_a_button_is_of_its_action_or_family(
    desk: Desk, data: str | None, is_its: bool
) -> None:
    handler = Button("form", nothing).handler(desk)
    assert isinstance(handler, CallbackQueryHandler)
    assert bool(handler.check_update(press(data))) == is_its


async def test_every_press_that_is_no_ones_else_is_stale(
    desk: Desk, callers: dict[str, Caller]
) -> None:
    handler = StaleButton().handler(desk)
    assert isinstance(handler, CallbackQueryHandler)
    assert handler.check_update(press("of an earlier version"))
    update = press("1:x")
    context = Met(desk, update, callers["admin"])
    entrance: Any = handler.callback
    await entrance(update, context)
    assert context.told == ["This button is no longer current."]
    assert context.begun == [(desk, update)]
    with pytest.raises(Outdated):
        await StaleButton().handle(press("x"), Met(desk, press("x"), callers["admin"]))


async def test_a_command_is_its_name_typed_anew(desk: Desk) -> None:
    handler = Command("report", nothing).handler(desk)
    assert isinstance(handler, CommandHandler)
    assert handler.commands == {"report"}
    typed = message()
    typed.set_bot(cast("Any", _Named()))  # all that is asked of it
    assert handler.check_update(Update(1, message=typed))
    assert not handler.check_update(Update(1, edited_message=typed))


class _Named:
    username = "darulkubra_bot"


async def test_an_answer_is_a_new_message_that_its_filter_takes(desk: Desk) -> None:
    handler = Told("an answer", nothing, TEXT).handler(desk)
    assert isinstance(handler, MessageHandler)
    assert handler.check_update(Update(1, message=message("hello")))
    assert not handler.check_update(Update(1, edited_message=message("hello")))
    assert not handler.check_update(Update(1, message=Message(1, AT, PRIVATE, from_user=USER)))


async def test_a_membership_is_the_bots_own(desk: Desk) -> None:
    handler = Membership(nothing).handler(desk)
    assert isinstance(handler, ChatMemberHandler)
    assert handler.check_update(Update(1, my_chat_member=_removed()))
    assert not handler.check_update(Update(1, chat_member=_removed()))
    assert handler.chat_member_types == ChatMemberHandler.MY_CHAT_MEMBER


def _removed() -> ChatMemberUpdated:
    bot = User(1, "Bot", is_bot=True)
    return ChatMemberUpdated(GROUP, USER, AT, ChatMemberLeft(bot), ChatMemberLeft(bot))


def test_only_a_command_with_a_description_is_listed() -> None:
    assert Command("x", nothing).listed is None
    described = Command("x", nothing, Allowed.ADMIN, Place.GROUP, "What it does")
    assert described.listed == Listed("x", "What it does", Allowed.ADMIN, Place.GROUP)


# What becomes of an update at the door


async def _entered(handler: Any, desk: Desk, caller: Caller, update: Update) -> list[str]:
    context = Met(desk, update, caller)
    await handler.callback(update, context)
    return context.told


@pytest.mark.parametrize("kind", ["command", "button", "answer", "membership"])
async def test_who_is_let_in_is_met_first_and_answered_last(
    desk: Desk, callers: dict[str, Caller], kind: str
) -> None:
    handled: list[object] = []

    async def handle(update: Update, context: Context) -> None:
        assert isinstance(context, Met)
        assert (len(context.begun), context.finished) == (1, 0)
        handled.append((update, context))

    update = Update(1, message=message())
    context = Met(desk, update, callers["stranger"])
    routes: dict[str, Route] = {
        "command": Command("report", handle),
        "button": Button("report", handle),
        "answer": Told("an answer", handle, TEXT),
        "membership": Membership(handle),
    }
    handler: Any = routes[kind].handler(desk)
    await handler.callback(update, context)
    assert handled == [(update, context)]
    assert context.begun == [(desk, update)]
    assert (context.finished, context.told) == (1, [])


async def test_who_is_not_let_in_is_told_and_nothing_is_done(
    desk: Desk, callers: dict[str, Caller]
) -> None:
    handled: list[object] = []

    async def handle(update: Update, context: Context) -> None:
        handled.append((update, context))

    handler = Command("report", handle, Allowed.ADMIN).handler(desk)
    told = await _entered(handler, desk, callers["teacher"], Update(1, message=message()))
    assert told == ["This is for Darulkubra&#39;s admins."]
    assert handled == []


async def test_what_goes_wrong_where_nobody_asked_is_told_to_nobody(
    desk: Desk, callers: dict[str, Caller]
) -> None:
    async def fail(update: Update, context: Context) -> None:
        del update, context
        raise SchoolError("A sentence for a person.")

    update = Update(1, my_chat_member=_removed())
    handler = Membership(fail).handler(desk)
    assert await _entered(handler, desk, callers["teacher"], update) == []
    spoken = Command("report", fail).handler(desk)
    asked = Update(1, message=message())
    assert await _entered(spoken, desk, callers["teacher"], asked) == ["A sentence for a person."]


@pytest.mark.parametrize(
    "update",
    [
        Update(1, message=Message(1, AT, PRIVATE, text="/report")),
        Update(1, callback_query=CallbackQuery("1", USER, "1", inline_message_id="x")),
    ],
)
async def test_what_nobody_did_or_nowhere_is_left_alone(
    desk: Desk, callers: dict[str, Caller], update: Update
) -> None:
    async def fail(update: Update, context: Context) -> None:
        del update, context
        raise AssertionError

    context = Met(desk, update, callers["admin"])
    handler: Any = Command("report", fail).handler(desk)
    await handler.callback(update, context)
    assert (context.begun, context.told) == ([], [])
