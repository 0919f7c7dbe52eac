"""What people read when they come: greetings, help, invitations, zones."""

import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest

from bot import callback_data
from bot.application import routes
from bot.commands import Allowed, Place
from bot.elsewhere import FreshProcess
from bot.routes import Command
from bot.speech import Say, Speech
from bot.views import welcome
from bot.views.connecting import CONNECT
from school.model import Role, SchoolProfile
from services.people import Caller, Invitation
from tests.bot.keyboards import buttons

PROFILE = SchoolProfile(
    name="Darulkubra",
    zone=ZoneInfo("Africa/Addis_Ababa"),
    language="en",
    public_url="https://bot.example.org",
    bot_username="darulkubra_bot",
    admin_ids=frozenset({1}),
    support_email="support@example.org",
    support_url="https://example.org",
    privacy_contact="privacy@example.org",
)


@pytest.fixture
def say() -> Say:
    return Speech("en").school


def caller(role: Role, *, is_teacher: bool = False, name: str = "Aisha") -> Caller:
    return Caller(
        person_id=7,
        telegram_user_id=10,
        name=name,
        role=role,
        is_teacher=is_teacher,
        language="en",
        zone=PROFILE.zone,
    )


TEACHER = caller(Role.TEACHER, is_teacher=True)


def test_a_new_teacher_is_shown_the_two_steps(say: Say) -> None:
    view = welcome.new_teacher(say, TEACHER, PROFILE)
    assert view.text == (
        "Welcome, Aisha. You can now teach with Darulkubra.\n\n"
        "Two steps and your first class is ready:\n"
        "1. Connect your Zoom account\n"
        "2. Add me to your students&#39; group"
    )
    found = buttons(view)
    assert found["Connect Zoom"].callback_data == callback_data.encode(CONNECT)
    assert found["Add to a group"].url == (
        "https://t.me/darulkubra_bot?startgroup=link&admin=manage_chat"
    )


def test_a_name_cannot_bring_markup(say: Say) -> None:
    named = caller(Role.TEACHER, is_teacher=True, name="<b>Aisha</b> & co")
    assert "&lt;b&gt;Aisha&lt;/b&gt; &amp; co" in welcome.new_teacher(say, named, PROFILE).text


@pytest.mark.parametrize(
    ("who", "named", "not_named"),
    [
        (caller(Role.STRANGER), ["invitation"], ["/newclass", "/invite"]),
        (TEACHER, ["/newclass"], ["/invite"]),
        (caller(Role.ADMIN), ["/invite", "/report"], ["/newclass"]),
    ],
    ids=["stranger", "teacher", "admin"],
)
def test_everybody_is_greeted_with_their_own_next_step(
    say: Say, who: Caller, named: list[str], not_named: list[str]
) -> None:
    text = welcome.greeting(say, who, PROFILE).text
    assert text.startswith("Hello, Aisha.")
    assert all(one in text for one in named)
    assert not any(one in text for one in not_named)


@pytest.mark.parametrize(
    ("who", "named", "not_named"),
    [
        (caller(Role.STRANGER), ["/privacy"], ["/newclass", "/invite"]),
        (TEACHER, ["/newclass", "/connect", "/privacy"], ["/invite"]),
        (caller(Role.ADMIN), ["/invite", "/privacy"], ["/newclass"]),
        (caller(Role.ADMIN, is_teacher=True), ["/invite", "/newclass"], []),
    ],
    ids=["stranger", "teacher", "admin", "admin who teaches"],
)
def test_help_lists_what_the_person_may_ask_for(
    say: Say, who: Caller, named: list[str], not_named: list[str]
) -> None:
    text = welcome.help_page(say, who, PROFILE).text
    assert all(one in text for one in named)
    assert not any(one in text for one in not_named)
    assert "support@example.org" in text


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        (caller(Role.STRANGER), {Allowed.ANYONE}),
        (TEACHER, {Allowed.ANYONE, Allowed.TEACHER}),
        (caller(Role.ADMIN, is_teacher=True), set(Allowed)),
    ],
    ids=["stranger", "teacher", "admin who teaches"],
)
def test_help_has_exactly_the_commands_that_are_listed_for_the_person(
    say: Say, who: Caller, allowed: set[Allowed]
) -> None:
    listed = [one for one in routes(FreshProcess()) if isinstance(one, Command) and one.listed]
    at_hand = {
        f"/{one.name}"
        for one in listed
        if one.allowed in allowed and one.place is not Place.GROUP and one.name != "help"
    }
    text = welcome.help_page(say, who, PROFILE).text
    assert set(re.findall(r"^/[a-z]+(?=:)", text, re.MULTILINE)) == at_hand


def test_a_teacher_finds_the_guide_and_everybody_support(say: Say) -> None:
    for view in (
        welcome.new_teacher(say, TEACHER, PROFILE),
        welcome.greeting(say, TEACHER, PROFILE),
        welcome.help_page(say, TEACHER, PROFILE),
    ):
        assert buttons(view)["Guide"].url == "https://bot.example.org/guide?lang=en"
    helped = buttons(welcome.help_page(say, caller(Role.STRANGER), PROFILE))
    assert helped["Support"].url == "https://bot.example.org/support?lang=en"


def test_an_invitation_can_be_copied_and_shared(say: Say) -> None:
    link = "https://t.me/darulkubra_bot?start=t-abc"
    expires_at = datetime(2026, 11, 29, 22, 0, tzinfo=UTC)  # already the 30th in Addis Ababa
    view = welcome.invitation(say, Invitation(link, expires_at), PROFILE.zone)
    assert view.text == (
        "Here is an invitation for one teacher. It works once, until Mon 30 Nov.\n"
        f"<code>{link}</code>"
    )
    found = buttons(view)
    copied = found["Copy"].copy_text
    assert copied is not None
    assert copied.text == link
    assert parse_qs(urlsplit(str(found["Share"].url)).query)["url"] == [link]


def test_zones_are_offered_as_buttons_that_fit(say: Say) -> None:
    view = welcome.zones(say, TEACHER)
    assert "<b>Africa/Addis_Ababa</b>" in view.text
    for button in buttons(view).values():
        press = callback_data.decode(str(button.callback_data))
        assert press.action == welcome.ZONE
        assert ZoneInfo(press.word(0)).key == press.word(0)
