"""What a teacher reads about the Zoom account."""

from datetime import timedelta

import pytest

from bot import callback_data
from bot.speech import Say, Speech
from bot.views import connecting
from bot.views.message import View
from services.connecting import ConnectLink
from services.granting import Connected
from tests.bot.keyboards import buttons

GROUP_URL = "https://t.me/darulkubra_bot?startgroup=link&admin=manage_chat"


@pytest.fixture
def say() -> Say:
    return Speech("en").school


def test_the_page_is_behind_a_button_of_a_message_that_cannot_be_forwarded(say: Say) -> None:
    """A link in the text would be fetched for its preview, too."""
    link = ConnectLink("https://bot.example.org/zoom/connect/abc", timedelta(minutes=5))
    view = connecting.open_page(say, link)
    assert view.text == (
        "Open this page to connect your Zoom account. The link is yours alone and works for 5 min."
    )
    assert buttons(view)["Open page"].url == link.url
    assert view.is_protected


def connected(
    say: Say,
    *,
    email: str = "aisha@example.org",
    plan: int = 1,
    missing_scopes: tuple[str, ...] = (),
    replaced_email: str | None = None,
) -> View:
    result = Connected(7, email, plan, missing_scopes, replaced_email)
    return connecting.connected(say, result, GROUP_URL)


def test_a_basic_account_is_told_of_its_forty_minutes(say: Say) -> None:
    view = connected(say)
    assert view.text.startswith(
        "Zoom connected: <b>aisha@example.org</b> (Basic plan: classes end after 40 minutes)."
    )
    assert list(buttons(view)) == ["Add me to a group", "Not yours? Disconnect"]
    pressed = callback_data.decode(str(buttons(view)["Not yours? Disconnect"].callback_data))
    assert (pressed.action, pressed.number(0)) == (connecting.DISCONNECT, 7)


def test_a_paid_account_is_not(say: Say) -> None:
    assert "40" not in connected(say, plan=2).text


def test_missing_permissions_are_said_in_words(say: Say) -> None:
    text = connected(say, missing_scopes=("meeting:delete:meeting",)).text
    assert "· cancel your classes" in text
    assert "meeting:" not in text


def test_a_replaced_account_is_named(say: Say) -> None:
    assert "old@example.org" in connected(say, replaced_email="old@example.org").text


def test_an_address_cannot_bring_markup(say: Say) -> None:
    assert "<i>" not in connected(say, email="<i>@example.org").text


def test_whoever_began_is_told_to_start_again(say: Say) -> None:
    view = connecting.pressed_by_another(say)
    assert "nothing was connected" in view.text
    button = buttons(view)["Connect Zoom"]
    assert callback_data.decode(str(button.callback_data)).action == connecting.CONNECT
