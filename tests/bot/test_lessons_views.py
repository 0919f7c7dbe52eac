"""A teacher's list, host link and questions, and what is said about groups; written out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from telegram import ReplyKeyboardMarkup, ReplyKeyboardRemove

from bot import callback_data
from bot.speech import Say, Speech
from bot.views import groups, lessons
from school.model import Planned
from services.cancelling import MayCancel
from services.classes import HostLink, UpcomingClass
from services.groups import Linked, Unlinked
from services.listing import ClassList, ListedClass
from tests.bot.chats import linked_group
from tests.bot.keyboards import buttons
from tests.bot.test_welcome_view import PROFILE

FIQH = UpcomingClass(
    lesson_id=77,
    topic="Fiqh",
    planned=Planned(datetime(2026, 11, 24, 14, 30, tzinfo=UTC), timedelta(hours=1)),
    zone=ZoneInfo("Africa/Addis_Ababa"),
)
BEGINNERS = linked_group(-1, "Beginners A")


@pytest.fixture
def say() -> Say:
    return Speech("en").school


# Classes


def test_classes_ahead_are_listed_in_their_own_zone_with_a_button_each(say: Say) -> None:
    fiqh = ListedClass(77, "Fiqh", FIQH.planned, FIQH.zone, None)
    in_tokyo = replace(fiqh, lesson_id=78, topic="<Hadith>", zone=ZoneInfo("Asia/Tokyo"))
    view = lessons.class_list(say, ClassList((fiqh, in_tokyo), 0, 1))
    assert view.text == (
        "Your classes:\n"
        "· <b>Fiqh</b>: Tue 24 Nov, 17:30–18:30 (Addis Ababa)\n"
        "· <b>&lt;Hadith&gt;</b>: Tue 24 Nov, 23:30–00:30 (Tokyo)\n"
        "Press one to see or change it. /newclass makes another."
    )
    found = buttons(view)
    assert list(found) == [
        *("Fiqh · Tue 24 Nov", "<Hadith> · Tue 24 Nov"),
        *("Repeat last class", "Lists of students"),
    ]
    press = callback_data.decode(str(found["Fiqh · Tue 24 Nov"].callback_data))
    assert (press.action, press.number(0)) == (lessons.SHOW, 77)


def test_without_classes_the_next_step_is_said(say: Say) -> None:
    view = lessons.class_list(say, ClassList((), 0, 1))
    assert view.text == "No classes ahead. Make one with /newclass."


def test_the_host_link_cannot_be_forwarded(say: Say) -> None:
    view = lessons.host_link(say, HostLink("Fiqh", "https://zoom.us/s/1?zak=secret"))
    assert view.text == "Your host link for <b>Fiqh</b>. It works for 2 hours; keep it to yourself."
    assert buttons(view)["Open Zoom as host"].url == "https://zoom.us/s/1?zak=secret"
    assert view.is_protected


def test_cancelling_is_asked_about_with_the_one_dangerous_button(say: Say) -> None:
    view = lessons.really_cancel(say, MayCancel(FIQH, 1, 3))
    assert view.text == (
        "Cancel <b>Fiqh</b>, Tue 24 Nov, 17:30–18:30 (Addis Ababa)? "
        "The groups are told at once, and the Zoom meeting is deleted."
    )
    found = buttons(view)
    assert [(label, found[label].style) for label in found] == [
        ("Cancel class", "danger"),
        ("Keep", None),
    ]


# Groups


def test_a_linked_group_is_told_where_to_go_on(say: Say) -> None:
    assert groups.linked(say, Linked("Beginners <A>", was_linked=False)).text == (
        "<b>Beginners &lt;A&gt;</b> is linked. Your classes can be posted here; "
        "make one with /newclass in our private chat."
    )
    assert groups.linked(say, Linked("Sisters", was_linked=True)).text == (
        "<b>Sisters</b> is linked; your classes are posted here."
    )


def test_chosen_in_private_the_keyboard_for_choosing_goes_away(say: Say) -> None:
    view = groups.linked_from_here(say, Linked("Sisters", was_linked=False))
    assert view.text == (
        "<b>Sisters</b> is linked. Your classes can be posted there; make one with /newclass."
    )
    assert isinstance(view.keyboard, ReplyKeyboardRemove)


def test_unlinking_says_how_to_come_back(say: Say) -> None:
    assert groups.unlinked(say, Unlinked(-1, 5, 0)).text == (
        "Unlinked. I post no new classes of yours here. /link brings it back."
    )
    view = groups.unlinked(say, Unlinked(-1, 5, 2))
    assert view.text.endswith("brings it back.\n2 classes ahead stay announced here.")
    assert list(buttons(view)) == ["Stop announcing them too"]
    assert groups.unlinked(say, None).text == (
        "This group is not linked to your classes. Type /link to link it."
    )


def test_the_list_of_groups_shows_what_is_lost(say: Say) -> None:
    lost = replace(BEGINNERS, id=-2, title="Sisters", lost_reason="removed")
    view = groups.group_list(say, [BEGINNERS, lost], PROFILE)
    assert view.text == (
        "Your classes can be posted in:\n"
        "· Beginners A\n"
        "· Sisters: I cannot write there now. Add me again.\n"
        "Press one to change how it is told of classes."
    )
    assert "startgroup=" in str(buttons(view)["Add me to a group"].url)


def test_without_a_group_it_is_said_how_to_get_one(say: Say) -> None:
    assert groups.group_list(say, [], PROFILE).text == (
        "You have no group yet. Add me to your students&#39; group and type /link there. "
        "Or invite a student whom you teach alone."
    )


def test_only_groups_that_the_teacher_administers_can_be_chosen(say: Say) -> None:
    view = groups.choose_group(say)
    assert isinstance(view.keyboard, ReplyKeyboardMarkup)
    ((button,),) = view.keyboard.keyboard
    asked = button.request_chat
    assert asked is not None
    assert asked.user_administrator_rights is not None
    assert (asked.chat_is_channel, asked.user_administrator_rights.can_manage_chat) == (False, True)


def test_a_group_without_the_bot_leads_to_adding_it(say: Say) -> None:
    view = groups.add_me_first(say, PROFILE)
    assert view.text == "I am not in that group yet. Add me, and it is linked."
    assert "Add me to a group" in buttons(view)
