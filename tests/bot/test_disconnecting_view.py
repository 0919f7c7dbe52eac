"""What a teacher reads while letting go of the Zoom account, and when it is gone."""

from dataclasses import replace

import pytest

from bot import callback_data
from bot.speech import Say, Speech
from bot.views import disconnecting as views
from bot.views.letters import letter_view
from school.letters import ZoomEnded, ZoomRemoved
from services.classes import UpcomingClass
from services.disconnecting import Connection, Disconnected
from tests.bot.keyboards import buttons
from tests.bot.test_cards_view import PLANNED
from tests.bot.test_welcome_view import PROFILE

EMAIL = "aisha@example.org"
CLASS = UpcomingClass(5, "Tajweed", PLANNED, PROFILE.zone)
FOUND = Connection(7, EMAIL, 5, 0, (CLASS,) * 3, 0)
DONE = Disconnected(EMAIL, zoom_was_told=True, upcoming=0)


@pytest.fixture
def say() -> Say:
    return Speech("en").school


def test_classes_to_come_are_counted_and_the_next_few_listed(say: Say) -> None:
    text = views.really_disconnect(say, FOUND).text
    assert "5 classes are still to come:" in text
    assert text.count("<b>Tajweed</b>") == 3
    assert "· and 2 more" in text
    assert "more" not in views.really_disconnect(say, replace(FOUND, upcoming=3)).text


def test_there_are_three_ways_on_and_the_one_that_cancels_is_marked(say: Say) -> None:
    choices = buttons(views.really_disconnect(say, FOUND))
    data = {label: str(one.callback_data) for label, one in choices.items()}
    assert data == {
        "Keep classes and disconnect": callback_data.encode(views.KEEP, 7),
        "Cancel 5 classes and disconnect": callback_data.encode(views.CANCEL, 7, 5),
        "Stay connected": callback_data.encode(views.STAY, 7),
    }
    styles = [one.to_dict().get("style") for one in choices.values()]
    assert styles == [None, "danger", None]


def test_classes_of_others_and_those_that_are_on_are_said(say: Say) -> None:
    text = views.really_disconnect(say, replace(FOUND, given_for_others=2, live=1)).text
    assert "2 of them you give for other teachers; they go back to them." in text
    assert "1 class that is on goes on in Zoom" in text


def test_a_long_topic_leaves_room_for_the_others(say: Say) -> None:
    found = replace(FOUND, next_classes=(replace(CLASS, topic="t" * 200),))
    assert "t" * 59 + "…" in views.really_disconnect(say, found).text


def test_a_topic_cannot_bring_markup(say: Say) -> None:
    found = replace(FOUND, next_classes=(replace(CLASS, topic="<i>x"),))
    assert "<i>" not in views.really_disconnect(say, found).text


def test_a_disconnection_says_what_becomes_of_the_classes(say: Say) -> None:
    text = views.disconnected(say, replace(DONE, upcoming=3)).text
    assert "Zoom has ended it too" in text
    assert "3 classes that are still to come stay in Zoom" in text
    assert "still to come" not in views.disconnected(say, DONE).text


def test_while_zoom_was_not_told_there_is_nothing_to_do(say: Say) -> None:
    text = views.disconnected(say, replace(DONE, zoom_was_told=False)).text
    assert "I have deleted my access." in text
    assert "I keep telling it" in text
    assert "You need do nothing." in text
    assert "Zoom has ended it too" not in text


def test_what_was_cancelled_and_what_zoom_still_has_is_said(say: Say) -> None:
    text = views.disconnected(say, replace(DONE, called_off=2, left_at_zoom=1)).text
    assert "2 classes are cancelled, and your groups are told." in text
    assert "1 meeting could not be deleted in Zoom." in text


@pytest.mark.parametrize("letter", [ZoomEnded(EMAIL), ZoomRemoved(EMAIL, 2)])
def test_whose_connection_is_over_reads_which_and_can_connect_again(
    say: Say, letter: ZoomEnded | ZoomRemoved
) -> None:
    view = letter_view(say, letter)
    assert EMAIL in view.text
    assert list(buttons(view)) == ["Connect Zoom"]


def test_whoever_removed_the_app_reads_what_becomes_of_the_classes(say: Say) -> None:
    assert "2 classes that are still to come stay" in letter_view(say, ZoomRemoved(EMAIL, 2)).text
    assert "still to come" not in letter_view(say, ZoomRemoved(EMAIL, 0)).text
