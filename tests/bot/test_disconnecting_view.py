"""What a teacher reads while letting go of the Zoom account."""

import pytest

from bot import callback_data
from bot.speech import Say, Speech
from bot.views import disconnecting
from bot.views.letters import letter_view
from school.letters import ZoomEnded, ZoomRemoved
from services.disconnecting import Disconnected
from tests.bot.keyboards import buttons
from tests.bot.views_of_disconnecting import connection

EMAIL = "aisha@example.org"


@pytest.fixture
def say() -> Say:
    return Speech("en").school


def test_only_the_button_that_cancels_looks_dangerous_and_it_says_how_many(say: Say) -> None:
    view = disconnecting.really_disconnect(say, connection(upcoming=12))
    styles = {label: button.style for label, button in buttons(view).items()}
    assert styles == {
        "Keep classes and disconnect": None,
        "Cancel 12 classes and disconnect": "danger",
        "Stay connected": None,
    }


def test_the_buttons_know_the_connection_and_what_was_seen(say: Say) -> None:
    found = connection(upcoming=12)
    view = disconnecting.really_disconnect(say, found)
    for button in buttons(view).values():
        press = callback_data.decode(str(button.callback_data))
        assert press.number(0) == found.account_id
        if press.action == disconnecting.CANCEL:
            assert press.number(1) == 12


def test_the_first_classes_are_listed_and_the_others_counted(say: Say) -> None:
    text = disconnecting.really_disconnect(say, connection(upcoming=12)).text
    assert text.count("\n· ") == 4
    assert "· and 9 more" in text
    assert "more" not in disconnecting.really_disconnect(say, connection(upcoming=3)).text


def test_classes_for_other_teachers_and_one_that_is_on_are_said_only_where_there_are(
    say: Say,
) -> None:
    plain = disconnecting.really_disconnect(say, connection(upcoming=2)).text
    assert "other teacher" not in plain
    assert "goes on" not in plain
    full = connection(upcoming=2, given_for_others=1, live=1)
    text = disconnecting.really_disconnect(say, full).text
    assert "1 of them you give for another teacher; it goes back to them." in text
    assert "1 class that is on goes on in Zoom" in text


def test_a_disconnection_says_what_becomes_of_the_classes(say: Say) -> None:
    told = Disconnected(EMAIL, zoom_was_told=True, upcoming=3)
    text = disconnecting.disconnected(say, told).text
    assert "Zoom has ended it too" in text
    assert "3 classes that are still to come stay in Zoom" in text
    none = Disconnected(EMAIL, zoom_was_told=True, upcoming=0)
    assert "still to come" not in disconnecting.disconnected(say, none).text
    off = Disconnected(EMAIL, zoom_was_told=True, upcoming=0, called_off=2, left_at_zoom=1)
    text = disconnecting.disconnected(say, off).text
    assert "2 classes are cancelled, and your groups are told." in text
    assert "1 meeting could not be deleted in Zoom." in text


def test_where_zoom_could_not_be_told_the_teacher_need_do_nothing(say: Say) -> None:
    untold = Disconnected(EMAIL, zoom_was_told=False, upcoming=0)
    text = disconnecting.disconnected(say, untold).text
    assert "Zoom does not answer just now: I keep telling it" in text
    assert "You need do nothing." in text
    assert "Zoom has ended it too" not in text


@pytest.mark.parametrize("letter", [ZoomEnded(EMAIL), ZoomRemoved(EMAIL, 0), ZoomRemoved(EMAIL, 2)])
def test_each_letter_about_a_lost_account_leads_back(
    say: Say, letter: ZoomEnded | ZoomRemoved
) -> None:
    view = letter_view(say, letter)
    assert EMAIL in view.text
    assert list(buttons(view)) == ["Connect Zoom"]


def test_a_removal_counts_the_classes_that_are_kept(say: Say) -> None:
    assert "2 classes that are still to come" in letter_view(say, ZoomRemoved(EMAIL, 2)).text
    assert "to come" not in letter_view(say, ZoomRemoved(EMAIL, 0)).text
