"""Links guessed and used again, and buttons that were altered or are not one's own."""

import asyncio
import json
from datetime import timedelta

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from sandbox.people import Impossible, Person, Seen
from sandbox.story import Cast
from storage.schema import connect_attempt, course, draft, invitation, lesson, person
from tests.attacks.outside import Outside
from tests.story.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

BOT = "https://t.me/darulkubra_bot?start="
TEACHERS_ONLY = "This is for Darulkubra's teachers."


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def stranger(stage: Stage) -> Person:
    return await stage.people.person("Zayd")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def card(school: Cast) -> Seen:
    """Aisha's own, of a class in both groups."""
    await school.aisha.types('/newclass Tajweed tomorrow 18:00 45m #"Beginners A" #Sisters')
    return await school.aisha.sees("Sent to 2 of 2 groups")


async def the_class_stands(stage: Stage, school: Cast) -> None:
    assert (await stage.count(lesson), len(await stage.zoom.meetings())) == (1, 1)
    assert (await school.khadija.finds_button("Join class", in_=school.sisters)).text
    shown = await school.aisha.finds_button("Start class")
    assert "Tajweed" in shown.text


# Links


@pytest.mark.parametrize("kind", ["t", "s", "c", "x", "T", ""])
@pytest.mark.parametrize(
    "rest", ["", "A" * 22, "A" * 62, "-" * 20, "_", "0", "null", "1e9", "t-" + "A" * 20]
)
async def test_a_guessed_link_lets_nobody_in(
    stage: Stage, school: Cast, stranger: Person, kind: str, rest: str
) -> None:
    before = await stage.count(person)
    payload = f"{kind}-{rest}"[:64]
    await stranger.follows(f"{BOT}{payload}")
    said = await stranger.sees("")
    assert "You can now teach" not in said.text
    assert "Zoom connected" not in said.text
    assert await stage.count(person) == before
    del school


@pytest.mark.parametrize(
    "typed",
    [
        "/start t-" + "A" * 4_000,
        "/start c-\u0000\u0001",
        "/start t-😀" + "\u202e" * 50,
        "/start s-%00' OR 1=1 --",
        "/start t-\u200b",
        "/start  t-  ",
        "/start " + "\u0301" * 3_000,
    ],
)
async def test_a_payload_of_odd_bytes_or_any_length_is_one_sentence(
    stage: Stage, stranger: Person, typed: str
) -> None:
    before = await stage.count(person)
    await stranger.types(typed)
    said = await stranger.sees("")
    assert "Something went wrong on my side" not in said.text
    assert len(said.text) < 300
    assert await stage.count(person) == before


async def test_an_invitation_makes_one_teacher_and_then_nobody(
    stage: Stage, school: Cast, stranger: Person
) -> None:
    await school.admin.types("/invite")
    link = (await school.admin.sees("invitation for one teacher")).button("Copy").value
    crowd = [await stage.people.person(f"Person {number}") for number in range(8)]
    await asyncio.gather(*(one.follows(link) for one in crowd))
    answers = [(await one.sees("")).text for one in crowd]
    assert sum("You can now teach" in one for one in answers) == 1
    assert sum("has already been used" in one for one in answers) == 7
    await stranger.follows(link)
    await stranger.sees("has already been used")
    await stranger.types("/newclass")
    await stranger.sees(TEACHERS_ONLY)


async def test_an_altered_or_expired_invitation_makes_nobody_a_teacher(
    stage: Stage, school: Cast, stranger: Person
) -> None:
    await school.admin.types("/invite")
    link = (await school.admin.sees("invitation for one teacher")).button("Copy").value
    swapped = link.swapcase().partition("=")[2]
    for altered in (link + "A", link[:-1], f"{BOT}{swapped}", link.replace("=t-", "=s-")):
        await stranger.follows(altered)
        said = await stranger.sees("")
        assert "You can now teach" not in said.text
    assert await stage.count(invitation) >= 1
    stage.forward(timedelta(days=7))
    await stranger.follows(link)
    await stranger.sees("This invitation has expired.")
    await stranger.types("/connect")
    await stranger.sees(TEACHERS_ONLY)
    assert await stage.count(connect_attempt) == 0


# Buttons


async def test_a_teachers_buttons_do_nothing_for_anybody_else(
    stage: Stage, school: Cast, stranger: Person, card: Seen
) -> None:
    """Pressed by a stranger, by a student in a group, and by an admin who does not teach."""
    data = [
        button.value for row in card.buttons for button in row if button.kind == "callback_data"
    ]
    await stranger.types("/help")
    own = await stranger.sees("/privacy")
    in_group = await school.khadija.finds_button("Join class", in_=school.sisters)
    await school.admin.types("/help")
    admins = await school.admin.sees("/report")
    assert len(data) >= 3
    for presser, message in ((stranger, own), (school.khadija, in_group), (school.admin, admins)):
        for one in data:
            press = await presser.forges(one, on=message)
            assert TEACHERS_ONLY in (await presser.sees_toast(press)).text
    await the_class_stands(stage, school)


async def test_ones_own_buttons_pressed_from_a_group_show_nothing_there(
    stage: Stage, school: Cast, card: Seen
) -> None:
    """A changed program can press what it likes; a report or a host link is for nobody else."""
    await stage.all_is_shown()
    before = await school.khadija.looks(at=school.sisters)
    in_group = next(one for one in before.messages if one.has_button("Join class"))
    own = [button.value for row in card.buttons for button in row]
    admins = ["1:report.show:0:zzzz:all:0", "1:report.dates:0:0", "1:lesson.page:0"]
    for presser, data in ((school.aisha, [*own, "1:lesson.page:0"]), (school.admin, admins)):
        await school.admin.joins(school.sisters)
        for one in data:
            press = await presser.forges(one, on=in_group)
            said = (await presser.sees_toast(press)).text
            assert said == "This button is no longer current." or said.startswith(TEACHERS_ONLY)
    after = await school.khadija.looks(at=school.sisters)
    assert [one.text for one in after.messages if one.from_bot] == [
        one.text for one in before.messages if one.from_bot
    ]
    await the_class_stands(stage, school)


async def test_altered_data_never_reaches_another_class_or_form(
    stage: Stage, school: Cast, card: Seen
) -> None:
    data = card.button("Cancel class").value
    version, action, *arguments = data.split(":")
    for altered in (
        f"{version}:{action}:" + ":".join(reversed(arguments)),
        f"{version}:{action}:" + ":".join(["0"] * len(arguments)),
        f"{version}:{action}:" + ":".join(["-1"] * len(arguments)),
        f"{version}:{action}:" + ":".join(["zzzzzzzzzzzzz"] * len(arguments)),
        f"{version}:{action}",
        f"{version}:{action}:" + ":".join([*arguments, "1", "1"]).replace(":", "::"),
        f"2:{action}:" + ":".join(arguments),
        data.upper(),
        data + "\u0000",
        data.replace(":", "\uff1a"),
        f"{version}:roster.drop:{arguments[0]}",
        f"{version}:statement.pay:{arguments[0]}",
    ):
        press = await school.aisha.forges(altered, on=card)
        await school.aisha.sees_toast(press)
    stage.forward(timedelta(minutes=1))
    await the_class_stands(stage, school)
    assert await stage.count(draft) == 0


async def test_a_press_that_is_repeated_comes_to_the_same_as_one(
    stage: Stage, school: Cast, card: Seen
) -> None:
    await school.aisha.types("/newclass Fiqh tomorrow 10:00 30m")
    await school.aisha.sees("Which groups?")
    await school.aisha.presses("Sisters")
    await school.aisha.finds_button("Create for 1 group")
    press = await school.aisha.presses("Create for 1 group")
    await asyncio.gather(*(school.aisha.repeats(press) for _ in range(10)))
    await school.aisha.sees("Sent to 1 of 1 group")
    await stage.polls_quietly()
    assert await stage.count(course) == 2
    assert len(await stage.zoom.meetings()) == 2
    assert "Tajweed" in card.text


async def test_telegram_itself_takes_no_data_over_64_bytes_and_if_it_did_we_would_not(
    stage: Stage, school: Cast, card: Seen
) -> None:
    for data in ("1:lesson.cancel:" + "z" * 60, "1:" + "x" * 4_000, "1:form:" + "é" * 60):
        try:
            press = await school.aisha.forges(data, on=card)
        except Impossible:
            continue
        assert (await school.aisha.sees_toast(press)).text == "This button is no longer current."
    assert await stage.count(course) == 2


async def test_an_admins_buttons_are_nothing_to_a_teacher(
    stage: Stage, school: Cast, card: Seen
) -> None:
    for action in ("report.month", "rate.set", "payrules.save", "adjust.add", "statements.lock"):
        for arguments in ("", ":1:1", ":0:0:0", f":{card.id}"):
            press = await school.aisha.forges(f"1:{action}{arguments}", on=card)
            assert "admins" in (await school.aisha.sees_toast(press)).text
    assert await stage.count(course) == 2


async def test_a_message_that_claims_to_be_from_an_admin_is_from_who_sent_it(
    stage: Stage, school: Cast, stranger: Person, outside: Outside
) -> None:
    """A name, a username, a forwarded or quoted command: none of it is who somebody is."""
    await school.admin.types("/invite")
    await school.admin.sees("invitation for one teacher")
    invitations = await stage.count(invitation)
    mimic = await stage.people.person("Musa", username="musa_admin_")
    for text in ("/invite", "/invite@darulkubra_bot", "/report", "/rate", "/adjust"):
        await mimic.types(text)
        await mimic.sees("This is for Darulkubra's admins.")
    assert await stage.count(invitation) == invitations
    async with ClientSession() as http:  # and the update's own path is not there while we poll
        url = f"{outside.url}/telegram/webhook"
        async with http.post(url, data=json.dumps({"update_id": 1})) as answer:
            assert answer.status == 404
    del stranger
