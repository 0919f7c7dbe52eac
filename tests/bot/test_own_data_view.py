"""What people read about what is stored of them, each text written out."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.speech import Say, Speech
from bot.views.own_data import file_name, summary
from services.own_data import OnList, OwnZoom
from tests.bot.views_of_own_data import CALLER, NOTHING, NOW, SUMMARY


@pytest.fixture
def say() -> Say:
    return Speech("en").school


def test_a_teachers_summary_fits_a_phone(say: Say) -> None:
    found = replace(
        SUMMARY,
        name="Aisha",
        username="aisha_q",
        is_teacher=True,
        zoom=OwnZoom("aisha@example.org", "Aisha Q", 1, is_broken=False, connected_at=NOW),
        groups=("Beginners A", "Sisters"),
        counts={**NOTHING, "lessons": 41, "rates": 1, "corrections": 2, "disputes": 1, "log": 7},
    )
    assert summary(say, found, CALLER).text == (
        "<b>What is stored about you</b>\n"
        "\n"
        "Name: <b>Aisha</b> (@aisha_q)\n"
        "Language: English\n"
        "Time zone: America/Argentina/ComodRivadavia\n"
        "You are a teacher. Known here since 24 Nov 2026.\n"
        "\n"
        "Zoom: aisha@example.org (Basic plan), as Aisha Q\n"
        "\n"
        "41 classes that you give\n"
        "Groups: Beginners A and Sisters\n"
        "Pay: 1 rate\n"
        "3 corrections, adjustments and messages about classes\n"
        "\n"
        "7 entries in the log\n"
        "In the log you are K7Q2M9XA.\n"
        "\n"
        "The file has all of it. Something is wrong? /profile corrects it. "
        "/deletemydata deletes it."
    )


def test_a_student_reads_of_their_attendance(say: Say) -> None:
    found = replace(
        SUMMARY,
        on_lists=(OnList("Khadija", "Tajweed"),),
        attended_for=timedelta(minutes=450),
        counts={**NOTHING, "attendance": 10},
    )
    text = summary(say, found, CALLER).text
    assert "On the list of students: Khadija in Tajweed\nIn class 10 times, 7 h 30 min in all" in (
        text
    )
    assert "only once your teacher" not in text


def test_who_is_not_confirmed_reads_why_there_is_no_attendance(say: Say) -> None:
    assert "only once your teacher has confirmed who you are" in summary(say, SUMMARY, CALLER).text


def test_the_file_has_the_school_and_its_day_in_its_name() -> None:
    assert file_name("Darulkubra", date(2026, 11, 23)) == "darulkubra-my-data-2026-11-23.json"
    assert file_name("دار", date(2026, 11, 23)) == "school-my-data-2026-11-23.json"
