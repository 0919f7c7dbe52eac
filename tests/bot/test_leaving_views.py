"""What people read about their data and its deletion, each text written out."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot import callback_data
from bot.speech import Say, Speech
from bot.views.erasures import WITHDRAW
from bot.views.leaving import DELETE, KEEP, kept, nothing_held, preview, receipt
from school.model import Planned, SchoolProfile
from services.erasure_requests import Pending
from services.leaving import Coming, Preview, Receipt
from storage.erasing import Holdings
from tests.bot.keyboards import buttons
from tests.bot.test_welcome_view import PROFILE

NAME_IN_ZOOM = (
    "\n\n"
    "Attendance under a name that you typed in Zoom, and that your teacher has not confirmed as "
    "yours, is not found by this. Press My name in Zoom for it."
)
FIQH = Coming(
    "Fiqh",
    Planned(datetime(2026, 11, 24, 15, tzinfo=UTC), timedelta(minutes=45)),
    ZoneInfo("Africa/Addis_Ababa"),
)
FULL = Preview(
    person_id=7,
    holdings=Holdings(has_zoom=True, drafts=2, accounted=41),
    upcoming=3,
    live=0,
    kept_until=date(2031, 11, 30),
    attended_until=date(2029, 11, 30),
    is_admin=False,
)
DONE = Receipt(
    number="E-5F2A",
    erased_at=datetime(2026, 11, 23, 21, 2, tzinfo=UTC),
    told_zoom=True,
    left_at_zoom=0,
    is_admin=False,
    before=FULL,
)


@pytest.fixture
def say() -> Say:
    return Speech("en").school


def test_the_preview_says_what_goes_and_what_stays(say: Say) -> None:
    assert preview(say, FULL).text == (
        "This will delete:\n"
        "· your Zoom connection (and tell Zoom)\n"
        "· your name, language and settings, and your links to groups\n"
        "· 2 unfinished forms\n"
        "· 3 upcoming classes (your groups will be told)\n"
        "· topics and links of your classes, and the names of students in them\n"
        "\n"
        "This will stay for the school&#39;s accounts until November 2031, without your name: "
        "dates and lengths of 41 classes, and students&#39; minutes without their names."
        + NAME_IN_ZOOM
    )


def test_what_there_is_none_of_is_not_listed(say: Say) -> None:
    little = replace(FULL, holdings=Holdings(has_zoom=False, drafts=0, accounted=0), upcoming=0)
    assert preview(say, little).text == (
        "This will delete:\n· your name, language and settings, and your links to groups"
        + NAME_IN_ZOOM
    )


def test_the_next_classes_are_named_with_how_many_more_there_are(say: Say) -> None:
    text = preview(say, replace(FULL, next_upcoming=(FIQH, FIQH))).text
    assert (
        "· 3 upcoming classes (your groups will be told)\n"
        "– Fiqh: Tue 24 Nov, 18:00–18:45 (Addis Ababa)\n"
        "– Fiqh: Tue 24 Nov, 18:00–18:45 (Addis Ababa)\n"
        "– and 1 more\n"
    ) in text


def test_a_student_reads_how_long_their_times_stay(say: Say) -> None:
    held = Holdings(has_zoom=False, drafts=0, accounted=0, rosters=1, attended=12)
    before = replace(FULL, holdings=held, upcoming=0)
    assert (
        "Your times in 12 classes that you attended will stay until November 2029, without your "
        "name."
    ) in preview(say, before).text
    done = replace(DONE, told_zoom=None, before=before, taught=False)
    text = receipt(say, done, PROFILE).text
    assert "· Your name is off 1 list of students." in text
    assert "Kept until November 2029, without your name: your times in 12 classes." in text


def test_who_asked_about_a_name_in_zoom_can_take_that_back(say: Say) -> None:
    found = preview(say, replace(FULL, pending=Pending(5, "Zaynab")))
    assert "under the name <b>Zaynab</b>. The admins have it." in found.text
    press = callback_data.decode(str(buttons(found)["Withdraw"].callback_data))
    assert (press.action, press.number(0)) == (WITHDRAW, 5)


def test_a_class_that_is_on_goes_and_stays(say: Say) -> None:
    text = preview(say, replace(FULL, live=1)).text
    assert "· the link to 1 class that is on; it is counted up to this moment" in text
    assert "dates and lengths of 42 classes" in text


def test_only_the_deletion_is_a_danger_and_it_names_whom(say: Say) -> None:
    found = buttons(preview(say, FULL))
    assert {label: button.style for label, button in found.items()} == {
        "Delete my data": "danger",
        "Keep": None,
        "My name in Zoom": None,
    }
    press = callback_data.decode(str(found["Delete my data"].callback_data))
    assert (press.action, press.number(0)) == (DELETE, 7)
    assert callback_data.decode(str(found["Keep"].callback_data)).action == KEEP


def test_the_receipt_has_the_schools_day_and_time(say: Say, profile: SchoolProfile) -> None:
    assert receipt(say, DONE, profile).text == (
        "Done. Your data was deleted on 24 Nov 2026, 00:02. Receipt: <b>E-5F2A</b>.\n"
        "\n"
        "· Your Zoom connection is ended, and Zoom was told.\n"
        "· 3 upcoming classes were cancelled; your groups are told.\n"
        "\n"
        "Kept until November 2031, without your name: dates and lengths of 41 classes.\n"
        "This receipt is kept without your name too, for when you ask about it.\n"
        "\n"
        "To teach again, ask your admin for an invitation."
    )
    elsewhere = replace(profile, zone=ZoneInfo("America/Lima"))
    assert "23 Nov 2026, 16:02" in receipt(say, DONE, elsewhere).text


def test_the_receipt_says_what_zoom_still_has(say: Say, profile: SchoolProfile) -> None:
    text = receipt(say, replace(DONE, told_zoom=False, left_at_zoom=2), profile).text
    assert "Zoom does not answer just now: I keep telling it" in text
    assert text.endswith("2 meetings could not be deleted in Zoom. Delete them there.")


def test_an_admin_reads_that_writing_again_stores_again(say: Say, profile: SchoolProfile) -> None:
    assert "You are an admin" in preview(say, replace(FULL, is_admin=True)).text
    text = receipt(say, replace(DONE, is_admin=True), profile).text
    assert "You are an admin" in text
    assert "invitation" not in text


def test_who_is_not_known_is_told_where_to_write(say: Say, profile: SchoolProfile) -> None:
    assert nothing_held(say, profile).text.endswith("write to privacy@example.org.")
    assert kept(say).text == "Nothing was deleted."


def test_what_goes_back_to_other_teachers_is_said(say: Say) -> None:
    text = preview(say, replace(FULL, given_back=2)).text
    assert "· 2 classes that you give for other teachers; they go back to them\n" in text
