"""From the invitation to a connected Zoom account and back, as people see it in their chats."""

from urllib.parse import parse_qs, urlsplit

import pytest

from bot.application import TelegramBot
from sandbox.people import People, Person
from sandbox.zoom_people import ZoomPeople, ZoomPerson
from services.connecting import Finish, consent, returned
from services.office import Office
from tests.services.people_of_the_school import ADMIN


@pytest.fixture
async def people(people: People, receiving: TelegramBot) -> People:
    """Those who talk to the bot, which is running."""
    del receiving
    return people


@pytest.fixture
async def admin(people: People) -> Person:
    return await people.person(ADMIN.name, id=ADMIN.id)


@pytest.fixture
async def aisha(people: People) -> Person:
    return await people.person("Aisha", username="aisha_q")


async def invitation_from(admin: Person) -> str:
    await admin.types("/invite")
    answer = await admin.sees("an invitation for one teacher")
    return answer.button("Copy").value


@pytest.fixture
async def teacher(admin: Person, aisha: Person) -> Person:
    """Aisha, welcomed."""
    await aisha.follows(await invitation_from(admin))
    await aisha.sees("You can now teach")
    return aisha


async def back_from_zoom(office: Office, page_url: str, at_zoom: ZoomPerson) -> Finish:
    """What the browser does: our page, Zoom's, and the way back."""
    given = await consent(office, page_url.rpartition("/")[2])
    query = parse_qs(urlsplit(await at_zoom.allows(given.authorize_url)).query)
    return await returned(
        office,
        state=query["state"][0],
        code=query["code"][0],
        cookie=given.cookie_value,
        declined=False,
    )


async def asks_to_connect(office: Office, teacher: Person, at_zoom: ZoomPerson) -> Finish:
    await teacher.types("/connect")
    page = await teacher.sees("Open this page")
    return await back_from_zoom(office, page.button("Open page").url, at_zoom)


async def test_an_invitation_welcomes_one_teacher_and_nobody_after(
    people: People, admin: Person, aisha: Person
) -> None:
    link = await invitation_from(admin)
    await aisha.follows(link)
    welcome = await aisha.sees("Welcome, Aisha. You can now teach with Darulkubra.")
    assert welcome.labels == ["Connect Zoom", "Add to a group", "Guide"]
    await aisha.follows(link)
    await aisha.sees("Welcome, Aisha")
    musa = await people.person("Musa")
    await musa.follows(link)
    await musa.sees("already been used. Ask your admin for a new one.")


async def test_the_button_of_the_welcome_leads_to_a_connected_account(
    office: Office, teacher: Person, aisha_at_zoom: ZoomPerson
) -> None:
    await teacher.presses("Connect Zoom")
    page = await teacher.sees("The link is yours alone and works for 5 min.")
    assert page.protected
    ready = await back_from_zoom(office, page.button("Open page").url, aisha_at_zoom)
    await teacher.follows(ready.deep_link)
    done = await teacher.sees("Zoom connected: aisha@example.org (Basic plan")
    assert done.labels == ["Add me to a group", "Not yours? Disconnect"]


async def test_six_typed_digits_finish_it_on_another_device(
    office: Office, teacher: Person, aisha_at_zoom: ZoomPerson
) -> None:
    ready = await asks_to_connect(office, teacher, aisha_at_zoom)
    await teacher.types(f"{ready.typed_code[:3]} {ready.typed_code[3:]}")
    await teacher.sees("Zoom connected: aisha@example.org")


async def test_wrong_digits_are_answered_with_what_to_do(
    office: Office, teacher: Person, aisha_at_zoom: ZoomPerson
) -> None:
    ready = await asks_to_connect(office, teacher, aisha_at_zoom)
    await teacher.types(f"{(int(ready.typed_code) + 1) % 1_000_000:06}")
    await teacher.sees("That is not the code on the page.")


async def test_when_another_presses_finish_both_are_told_and_nobody_is_bound(
    office: Office,
    people: People,
    teacher: Person,
    aisha_at_zoom: ZoomPerson,
    zoom: ZoomPeople,
) -> None:
    ready = await asks_to_connect(office, teacher, aisha_at_zoom)
    other = await people.person("Musa")
    await teacher.catches_up()
    await other.follows(ready.deep_link)
    await other.sees("This code belongs to somebody else")
    await teacher.sees("Somebody else opened the last step of your Zoom connection")
    await teacher.follows(ready.deep_link)
    await teacher.sees("used or has expired")
    assert (await zoom.statistics()).get("exchanges", 0) == 0


async def test_whoever_pressed_is_answered_even_if_the_other_cannot_be_told(
    office: Office, people: People, teacher: Person, aisha_at_zoom: ZoomPerson
) -> None:
    ready = await asks_to_connect(office, teacher, aisha_at_zoom)
    await teacher.blocks_bot()
    other = await people.person("Musa")
    await other.follows(ready.deep_link)
    await other.sees("This code belongs to somebody else")


async def test_disconnecting_is_one_press_and_zoom_is_told(
    office: Office, teacher: Person, aisha_at_zoom: ZoomPerson, zoom: ZoomPeople
) -> None:
    ready = await asks_to_connect(office, teacher, aisha_at_zoom)
    await teacher.follows(ready.deep_link)
    await teacher.presses("Disconnect")
    await teacher.sees("Disconnected: aisha@example.org")
    assert (await zoom.statistics())["revokes"] == 1
    await teacher.types("/disconnect")
    nothing = await teacher.sees("No Zoom account is connected")
    assert nothing.labels == ["Connect Zoom"]


@pytest.mark.parametrize("command", ["/connect", "/disconnect", "/newclass", "/invite"])
async def test_a_stranger_is_told_whom_to_ask(people: People, command: str) -> None:
    stranger = await people.person("Someone")
    await stranger.types(command)
    await stranger.sees("This is for Darulkubra's")


async def test_a_stranger_is_greeted_and_shown_no_teachers_buttons(people: People) -> None:
    stranger = await people.person("Someone")
    await stranger.types("/start")
    greeting = await stranger.sees("Hello, Someone.")
    assert greeting.labels == []


@pytest.mark.parametrize(
    ("payload", "answer"),
    [
        ("x-abc", "I do not know this link."),
        ("t-", "I do not know this invitation."),
        ("t-" + "A" * 62, "I do not know this invitation."),
        ("c-", "This code has been used or has expired."),
        ("c-418302", "This code has been used or has expired."),
    ],
)
async def test_a_link_that_is_not_known_is_answered(
    people: People, payload: str, answer: str
) -> None:
    person = await people.person("Someone")
    await person.types(f"/start {payload}")
    await person.sees(answer)


async def test_the_zone_is_chosen_by_button_or_typed(teacher: Person) -> None:
    await teacher.types("/timezone")
    await teacher.sees("Times you type are meant in Africa/Addis_Ababa.")
    await teacher.presses("Riyadh")
    await teacher.sees("From now on, times you type are meant in Asia/Riyadh.")
    await teacher.types("/timezone new york")
    await teacher.sees("America/New_York")
    await teacher.types("/timezone Atlantis")
    await teacher.sees("I do not know the time zone Atlantis.")


async def test_help_is_for_everybody(teacher: Person) -> None:
    await teacher.types("/help")
    assert "/newclass" in (await teacher.sees("/privacy")).text
