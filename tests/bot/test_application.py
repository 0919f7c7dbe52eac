"""The bot as a whole: who is let in where, and what people see of its commands."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from telegram.error import InvalidToken

from bot.application import TelegramBot, open_bot, routes, username_of
from bot.routes import Command
from sandbox.people import People, Person
from sandbox.telegram import TelegramSandbox
from services.office import Office
from storage.schema import chat_teacher
from tests.services.people_of_the_school import AISHA, made_teacher

TEACHERS_ONLY = "This is for Darulkubra's teachers."
ADMINS_ONLY = "This is for Darulkubra's admins."


async def test_a_stranger_is_told_whose_a_command_is(
    receiving: TelegramBot, people: People
) -> None:
    del receiving
    stranger = await people.person("Someone")
    for command in ("/newclass", "/classes", "/groups", "/connect", "/disconnect"):
        await stranger.types(command)
        await stranger.sees(TEACHERS_ONLY)
    for command in ("/invite", "/report"):
        await stranger.types(command)
        await stranger.sees(ADMINS_ONLY)


async def test_a_private_command_in_a_group_is_sent_to_the_private_chat(
    receiving: TelegramBot, people: People, aisha: Person
) -> None:
    del receiving
    group = await people.group("Beginners A", owner=aisha)
    await aisha.adds_bot(to=group)
    await aisha.types("/newclass@darulkubra_bot", into=group)
    await aisha.sees("This works in our private chat", in_=group)
    await aisha.types("/link")
    await aisha.sees("This works in a group")


@pytest.mark.parametrize("text", ["/nothing", "Good morning"])
async def test_what_is_not_understood_leads_to_help(
    receiving: TelegramBot, people: People, text: str
) -> None:
    del receiving
    stranger = await people.person("Someone")
    await stranger.types(text)
    await stranger.sees("I do not understand that. /help lists what you can ask me.")


async def test_talk_in_a_group_is_not_answered(
    receiving: TelegramBot, people: People, aisha: Person
) -> None:
    del receiving
    group = await people.group("Beginners A", owner=aisha)
    await aisha.adds_bot(to=group)
    await aisha.promotes_bot(in_=group)
    await aisha.types("Good morning", into=group)
    await aisha.types("/nothing", into=group)
    await aisha.catches_up()
    await aisha.sees_nothing_new(0.3, in_=group)


@pytest.mark.parametrize(
    "data", ["nonsense", "1:lesson.unknown:1", "0:lesson.start:1", "1:", "1:zone.set.x"]
)
async def test_a_forged_button_is_no_longer_current(
    receiving: TelegramBot, office: Office, aisha: Person, data: str
) -> None:
    del receiving
    await made_teacher(office, AISHA)
    await aisha.types("/timezone")
    message = await aisha.sees("Times you type are meant in")
    press = await aisha.forges(data, on=message)
    toast = await aisha.sees_toast(press)
    assert toast.alert
    assert "no longer current" in toast.text


async def test_a_teachers_button_forged_by_a_stranger_is_refused(
    receiving: TelegramBot, people: People
) -> None:
    del receiving
    stranger = await people.person("Someone")
    await stranger.types("/timezone")
    message = await stranger.sees("Times you type are meant in")
    press = await stranger.forges("1:lesson.start:1", on=message)
    toast = await stranger.sees_toast(press)
    assert toast.text.startswith(TEACHERS_ONLY)


async def test_a_group_that_became_a_supergroup_stays_linked(
    receiving: TelegramBot, office: Office, people: People, aisha: Person
) -> None:
    del receiving
    await made_teacher(office, AISHA)
    basic = await people.group("Beginners B", owner=aisha, basic=True)
    await aisha.adds_bot(to=basic)
    await aisha.promotes_bot(in_=basic)
    await aisha.types("/link", into=basic)
    await aisha.sees("Beginners B", in_=basic)
    upgraded = await aisha.upgrades(basic)
    async with asyncio.timeout(30):
        while await linked_chats(office) != [upgraded.id]:  # noqa: ASYNC110  a test may look
            await asyncio.sleep(0.02)


async def linked_chats(office: Office) -> list[int]:
    async with office.database.reading() as tx:
        return list((await tx.connection.execute(select(chat_teacher.c.chat_id))).scalars())


async def test_nobody_is_shown_what_they_may_not_do(
    telegram_bot: TelegramBot, people: People, admin: Person, aisha: Person
) -> None:
    await admin.types("/start")
    await telegram_bot.publish_commands()
    for_all = [
        *("help", "next", "myattendance", "language", "timezone"),
        *("profile", "privacy", "mydata", "deletemydata"),
    ]
    assert await aisha.commands() == for_all
    of_admin = await admin.commands()
    assert {"invite", "report", "newclass", "help"} <= set(of_admin)
    group = await people.group("Beginners A", owner=aisha)
    await aisha.adds_bot(to=group)
    assert await aisha.commands(in_=group) == ["link", "unlink", "next"]


async def test_an_admin_who_never_wrote_to_the_bot_does_not_keep_it_from_starting(
    telegram_bot: TelegramBot,
) -> None:
    await telegram_bot.publish_commands()


async def test_a_person_with_no_languages_of_ours_is_answered_in_the_schools(
    receiving: TelegramBot, people: People
) -> None:
    del receiving
    stranger = await people.person("Someone", language="fr")
    await stranger.types("/help")
    await stranger.sees("Questions? Write to support@example.org")


async def test_an_unexpected_error_has_a_reference_that_is_in_the_log(
    receiving: TelegramBot,
    office: Office,
    people: People,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    del receiving, office
    monkeypatch.setattr("bot.handlers.start.welcome.help_page", lambda *_: 1 / 0)
    person = await people.person("Someone")
    await person.types("/help me please")
    seen = await person.sees("Something went wrong on my side. If it happens again")
    reference = seen.text.rstrip(".").rpartition(" ")[2]
    assert f"problem {reference}: ZeroDivisionError at " in caplog.text
    assert "me please" not in caplog.text


async def test_an_answer_that_may_have_arrived_is_followed_by_none(
    receiving: TelegramBot, people: People, caplog: pytest.LogCaptureFixture
) -> None:
    del receiving
    person = await people.person("Someone")
    await people.fault("drop_after", "sendMessage")
    await person.types("/help")
    await person.sees("Questions? Write to support@example.org")
    await person.sees_nothing_new(0.3)
    assert "Uncertain at " in caplog.text


async def test_every_command_says_what_it_is_for_or_is_start() -> None:
    with ThreadPoolExecutor(1) as elsewhere:
        commands = [route for route in routes(elsewhere) if isinstance(route, Command)]
    assert [command.name for command in commands if command.listed is None] == ["start"]
    assert len({command.name for command in commands}) == len(commands)


async def test_the_bot_knows_its_name(telegram: TelegramSandbox) -> None:
    assert await username_of(telegram.token, telegram.url) == telegram.bot_username


async def test_a_wrong_token_is_refused(telegram: TelegramSandbox, office: Office) -> None:
    with ThreadPoolExecutor(1) as elsewhere, pytest.raises(InvalidToken):
        async with open_bot("123456:wrong", telegram.url, office, elsewhere):
            pass
