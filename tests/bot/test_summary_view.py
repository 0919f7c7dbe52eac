"""What a teacher reads after a class, written out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.speech import Say, Speech
from bot.views.summary import summary
from school.attendance import Sureness
from school.model import Planned
from services.contents_for_teachers import Summary
from storage.attendance import Outcome, PresenceRow
from tests.bot.keyboards import buttons

ADDIS_ABABA = ZoneInfo("Africa/Addis_Ababa")
SIX = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
HELD = Outcome(
    began_at=SIX + timedelta(minutes=2),
    ended_at=SIX + timedelta(minutes=49),
    actual=timedelta(minutes=47),
    teacher_present=timedelta(minutes=47),
    taught=timedelta(minutes=44),
    teacher_late_by=timedelta(),
    student_count=3,
    here_now=0,
    sureness=Sureness.COMPLETE,
)


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def student(name: str | None, total: int) -> PresenceRow:
    return PresenceRow(
        name=name,
        is_teacher=False,
        total=minutes(total),
        together=minutes(total),
        first_joined_at=SIX,
        last_left_at=SIX + minutes(total),
        late_by=timedelta(seconds=20),
        left_early_by=timedelta(),
        returns=0,
        inferred=False,
        overlapping=False,
        ambiguous=False,
    )


CLASS = Summary(
    lesson_id=7,
    topic="Tajweed",
    planned=Planned(SIX, minutes(45)),
    zone=ADDIS_ABABA,
    outcome=HELD,
    students=(
        student("Ahmed", 44),
        replace(student("Bilal", 43), returns=2),
        replace(student("Khadija", 31), late_by=minutes(13), left_early_by=minutes(3)),
    ),
    is_teacher_inferred=False,
    corrected=None,
)


@pytest.fixture
def say() -> Say:
    return Speech("en").school


def test_a_class_that_went_well(say: Say) -> None:
    assert summary(say, CLASS).text == (
        "<b>Tajweed</b>, Tue 24 Nov: 47 min\n"
        "Planned 18:00–18:45 · held 18:02–18:49\n"
        "Taught (you and at least one student together): 44 min\n"
        "\n"
        "Students: 3\n"
        "Ahmed 44 min\n"
        "Bilal 43 min (left 2 times and came back)\n"
        "Khadija 31 min (late 13 min)"
    )


def test_what_was_not_reported_is_marked_and_explained(say: Say) -> None:
    bilal = replace(student("Bilal", 43), inferred=True, overlapping=True, returns=1)
    text = summary(say, replace(CLASS, students=(bilal,), is_teacher_inferred=True)).text
    assert text.endswith(
        "Students: 1\n"
        "Bilal 43 min (left once and came back, partly estimated, on several devices)\n"
        "\n"
        "⚠︎ Zoom did not report every coming and going. "
        "What is estimated is marked.\n"
        "⚠︎ Zoom did not report your own coming and going: "
        "you are counted as there from start to end."
    )


def test_a_guest_with_the_teachers_own_name_is_said_not_to_count(say: Say) -> None:
    aisha = replace(student("Aisha", 44), together=timedelta(), is_namesake=True)
    nobody = replace(HELD, taught=timedelta(), student_count=0)
    one = replace(CLASS, students=(aisha,), outcome=nobody, unknown=("Aisha",))
    view = summary(say, one)
    assert "Students: 0\nAisha 44 min (your own name, so not counted)" in view.text
    assert view.text.endswith("know: “Aisha”")


def test_a_class_that_nobody_came_to(say: Say) -> None:
    alone = replace(CLASS, students=(), outcome=replace(HELD, taught=timedelta()))
    text = summary(say, alone).text
    assert text.endswith("together): 0 min\n\nNo students joined.")


def test_a_name_that_was_erased_or_never_said(say: Say) -> None:
    text = summary(say, replace(CLASS, students=(student(None, 5), student("", 4)))).text
    assert text.endswith("A student 5 min (partly there)\nA student 4 min (partly there)")


def test_names_are_escaped(say: Say) -> None:
    assert (
        "&lt;Ahmed&gt; 44 min"
        in summary(say, replace(CLASS, students=(student("<Ahmed>", 44),))).text
    )


def test_the_shortest_stays_go_to_a_file_when_they_are_too_many(say: Say) -> None:
    crowd = tuple(student(f"Student & friend {n:03} 🌙", 400 - n) for n in range(300))
    view = summary(say, replace(CLASS, students=crowd))
    assert view.attachment is not None
    in_file = view.attachment.content.decode().splitlines()
    in_text = [line for line in view.text.splitlines() if line.startswith("Student &amp;")]
    assert len(in_text) + len(in_file) == 300
    assert in_file[-1] == "Student & friend 299 🌙 1 h 41 min"
    assert view.text.endswith(f"{len(in_file)} shorter stays are in the file.")
    assert view.attachment.name == "students-2026-11-24.txt"
    # As Telegram counts: without tags, in UTF-16 units; another line would not have fitted.
    plain = str(view.text).replace("<b>", "").replace("</b>", "").replace("&amp;", "&")
    length = len(plain.encode("utf-16-le")) // 2
    assert 4096 - 45 < length <= 4096


def test_who_was_missing_and_who_is_unknown_are_told_to_the_teacher(say: Say) -> None:
    khadija = replace(student("iPhone 12", 40), student_id=3)
    one = replace(
        CLASS,
        students=(khadija, student("Galaxy", 30)),
        known_as={3: "Khadija"},
        absent=("Omar", "Zaynab"),
        unknown=("Galaxy",),
    )
    view = summary(say, one)
    assert view.text.endswith(
        "Students: 2\n"
        "Khadija 40 min (in Zoom “iPhone 12”)\n"
        "Galaxy 30 min\n"
        "Absent: Omar and Zaynab\n"
        "1 name I don&#39;t know: “Galaxy”"
    )
    assert [*buttons(view)] == ["Who is this?", "Timeline", "Something is wrong"]


def test_a_crowd_of_absent_and_unknown_is_cut(say: Say) -> None:
    one = replace(CLASS, absent=("Omar " * 12,) * 300, unknown=("Galaxy " * 9,) * 40)
    text = summary(say, one).text
    assert "280 more" in text
    assert "40 names I don&#39;t know" in text
    assert "35 more" in text


def test_less_than_the_schools_share_is_said(say: Say) -> None:
    text = summary(say, replace(CLASS, students=(student("Ahmed", 20),))).text
    assert text.endswith("Ahmed 20 min (partly there)")


def test_a_class_of_which_is_forgotten_who_was_there(say: Say) -> None:
    """It does not say that nobody came."""
    forgotten = replace(CLASS, students=(), is_forgotten=True)
    assert summary(say, forgotten).text.endswith(
        "Taught (you and at least one student together): 44 min\n"
        "\n"
        "Students: 3\n"
        "Who was there is no longer kept."
    )
