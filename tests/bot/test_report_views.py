"""What an admin reads of a report, each text written out."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from bot import callback_data
from bot.application import routes
from bot.speech import Say, Speech
from bot.views.report import chart, file_name, nothing, period_typed, summary
from bot.views.report_chart import MOST_BARS
from bot.views.report_sheets import sheets
from bot.views.report_workbook import Cell, Sheet, write_workbook
from school.attendance import Sureness
from school.errors import Outdated
from school.model import LessonState, Planned
from school.periods import Period, month_of, parse_period
from school.reports import LessonRow, build_report
from services.reporting import Workbook
from storage.attendance import PresenceRow
from storage.reports import LessonDetails
from tests.bot.keyboards import buttons

ADDIS_ABABA = ZoneInfo("Africa/Addis_Ababa")
NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
NOVEMBER = month_of(date(2026, 11, 1), ADDIS_ABABA)
MINUTE = timedelta(minutes=1)
LESSON = LessonRow(
    lesson_id=1,
    teacher_id=1,
    teacher="Aisha",
    planned=Planned(datetime(2026, 11, 3, 21, 30, tzinfo=UTC), 45 * MINUTE),
    began_at=datetime(2026, 11, 3, 21, 32, 10, 500, tzinfo=UTC),
    actual=47 * MINUTE,
    teacher_present=46 * MINUTE,
    taught=44 * MINUTE + timedelta(seconds=29),
    students=9,
    state=LessonState.ENDED,
    sureness=Sureness.COMPLETE,
)
NEVER_HELD = replace(
    LESSON,
    lesson_id=2,
    began_at=None,
    actual=timedelta(),
    teacher_present=timedelta(),
    taught=timedelta(),
    students=0,
    state=LessonState.SCHEDULED,
    sureness=None,
)
AHEAD = replace(
    NEVER_HELD, lesson_id=3, planned=Planned(datetime(2026, 11, 29, 12, tzinfo=UTC), 45 * MINUTE)
)
PRESENCE = PresenceRow(
    name="Khadija",
    is_teacher=False,
    total=31 * MINUTE,
    together=30 * MINUTE,
    first_joined_at=datetime(2026, 11, 3, 21, 45, tzinfo=UTC),
    last_left_at=datetime(2026, 11, 3, 22, 16, tzinfo=UTC),
    late_by=13 * MINUTE,
    left_early_by=timedelta(),
    returns=1,
    inferred=False,
    overlapping=False,
    ambiguous=False,
)


@pytest.fixture
def say() -> Say:
    return Speech("en").school


def book(
    *rows: LessonRow,
    period: Period = NOVEMBER,
    topic: str | None = "Tajweed",
    presences: tuple[PresenceRow, ...] = (),
    now: datetime = NOW,
) -> Workbook:
    return Workbook(
        report=build_report(rows, period=period, now=now),
        lessons=tuple(LessonDetails(row, topic) for row in rows),
        presences=tuple((rows[0].lesson_id, one) for one in presences),
        as_of=now,
    )


def of(typed: str) -> Period:
    return parse_period(typed, today=NOW.date(), zone=ADDIS_ABABA)[0]


# The message


def test_the_headline_figures_and_the_hours_of_each(say: Say) -> None:
    musa = replace(LESSON, lesson_id=4, teacher_id=2, teacher="<Musa>", sureness=Sureness.INFERRED)
    late = replace(LESSON, lesson_id=5, began_at=LESSON.planned.starts_at + 11 * MINUTE)
    assert summary(say, book(LESSON, late, NEVER_HELD, AHEAD, musa)).text == (
        "<b>November 2026</b>, so far (1–23 Nov 2026)\n"
        "2 teachers · 3 classes · ≈ 2 h 13 min taught\n"
        "\n"
        "1 class did not take place\n"
        "1 class started more than 10 min late\n"
        "\n"
        "Aisha 1 h 29 min\n"
        "&lt;Musa&gt; ≈ 44 min\n"
        "\n"
        "≈ Zoom did not report every coming and going of 1 class; the file marks it."
    )


def test_the_sum_is_rounded_once_and_not_its_parts(say: Say) -> None:
    """Three times 44:29 is 2:13:27, though each alone is shown as 44 min."""
    text = summary(say, book(*(replace(LESSON, lesson_id=number) for number in range(3)))).text
    assert "2 h 13 min taught" in text
    assert "Aisha 2 h 13 min" in text


def test_many_teachers_are_named_up_to_fifteen(say: Say) -> None:
    rows = [
        replace(LESSON, lesson_id=number, teacher_id=number, teacher=f"Teacher {number:02}")
        for number in range(17)
    ]
    text = summary(say, book(*rows)).text
    assert "Teacher 14 44 min" in text
    assert "Teacher 15" not in text
    assert text.endswith("and 2 more")


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("2026-10", "<b>October 2026</b>"),
        ("2026-12", "<b>December 2026</b>"),
        ("2025-11-01 2025-11-15", "<b>1–15 Nov 2025</b>"),
        ("2026-10-30 2026-11-02", "<b>30 Oct\u2009–\u20092 Nov 2026</b>"),
        ("today", "<b>23 Nov 2026</b>, so far"),
        ("this week", "<b>23–29 Nov 2026</b>, so far"),
        ("last week", "<b>16–22 Nov 2026</b>"),
    ],
)
def test_every_period_has_its_name(say: Say, typed: str, title: str) -> None:
    text = nothing(say, book(period=of(typed))).text
    assert text == f"{title}\nNo classes were planned in these days."


def test_today_is_the_schools_day(say: Say) -> None:
    at_night = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)
    assert "(1–24 Nov 2026)" in nothing(say, book(now=at_night)).text


def test_classes_that_are_only_planned_are_counted_as_such(say: Say) -> None:
    text = nothing(say, book(AHEAD)).text
    assert text.endswith("Nothing was held yet. 1 class is planned.")


def test_other_periods_are_a_press_away(say: Say) -> None:
    typed = {}
    for label, button in buttons(nothing(say, book())).items():
        press = callback_data.decode(str(button.callback_data))
        if press.action.partition(".")[0] != "report":
            assert label == "Statements"
            continue
        typed[label] = period_typed(press.number(0))
    assert typed == {label: label.lower() for label in typed}
    assert list(typed) == ["This week", "Last week", "This month", "Last month"]
    with ThreadPoolExecutor(1) as elsewhere:
        assert any(getattr(route, "action", None) == "report" for route in routes(elsewhere))


@pytest.mark.parametrize("number", [-1, 4, 2**40])
def test_a_forged_period_is_not_current(number: int) -> None:
    with pytest.raises(Outdated):
        period_typed(number)


# The picture


def test_the_pictures_bars_are_the_teachers_hours(say: Say) -> None:
    musa = replace(LESSON, lesson_id=4, teacher_id=2, teacher="Musa", sureness=Sureness.INFERRED)
    found = chart(say, book(LESSON, replace(LESSON, lesson_id=2), musa).report)
    assert (found.title, found.axis) == ("Hours taught, November 2026", "Hours")
    assert [(bar.name, bar.label) for bar in found.bars] == [
        ("Aisha", "1 h 29 min"),
        ("Musa", "≈ 44 min"),
    ]
    assert found.bars[0].hours == pytest.approx(2 * 44.4833 / 60, abs=1e-4)
    assert found.bars[1].otherwise == "Teacher 2"


def test_a_picture_of_many_says_that_it_has_the_first(say: Say) -> None:
    rows = [replace(LESSON, lesson_id=one, teacher_id=one) for one in range(MOST_BARS + 1)]
    found = chart(say, book(*rows).report)
    assert len(found.bars) == MOST_BARS
    assert found.title.endswith(f"(the first {MOST_BARS} teachers)")


# The file


@pytest.mark.parametrize(
    ("school", "typed", "name"),
    [
        ("Darulkubra", "2026-11", "darulkubra-2026-11.xlsx"),
        ("Al-Nur & Co. ../x", "2026-11-01 2026-11-15", "alnurcox-2026-11-01-2026-11-15.xlsx"),
        ("مدرسة", "2026-11-03", "school-2026-11-03-2026-11-03.xlsx"),
    ],
)
def test_the_file_is_called_by_school_and_period(school: str, typed: str, name: str) -> None:
    assert file_name(school, of(typed)) == name


def column(sheet: Sheet, heading: str) -> list[Cell]:
    [at] = [at for at, column in enumerate(sheet.columns) if column.heading == heading]
    return [row[at] for row in sheet.rows]


def test_the_lessons_are_in_the_schools_days_and_exact(say: Say) -> None:
    _, lessons, _ = sheets(say, book(LESSON, NEVER_HELD, AHEAD))
    assert column(lessons, "Day")[0] == date(2026, 11, 4)  # 21:30 UTC is after midnight there
    assert column(lessons, "Began")[0] == datetime(2026, 11, 4, 0, 32, 10)  # noqa: DTZ001  as cells
    assert column(lessons, "Taught")[0] == 44 * MINUTE + timedelta(seconds=29)
    assert column(lessons, "State") == ["held", "not held", "planned"]


def test_the_file_says_how_sure_each_figure_is(say: Say) -> None:
    rows = [replace(LESSON, sureness=one) for one in (*Sureness, None)]
    assert column(sheets(say, book(*rows))[1], "How sure") == [
        "reported by Zoom",
        "partly inferred",
        "asked of Zoom",
        "corrected by a person",
        "",
    ]


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        (LessonState.LIVE, "live now"),
        (LessonState.CANCELLED, "held"),
        (LessonState.ENDED, "held"),
    ],
)
def test_the_state_of_a_class_that_began(say: Say, state: LessonState, shown: str) -> None:
    assert column(sheets(say, book(replace(LESSON, state=state)))[1], "State") == [shown]


def test_attendance_names_students_and_marks_what_is_doubtful(say: Say) -> None:
    students = (
        PRESENCE,
        replace(PRESENCE, name=None, inferred=True),
        replace(PRESENCE, name="Ali", overlapping=True, ambiguous=True),
        replace(PRESENCE, name="Aisha", is_teacher=True),
    )
    *_, attendance = sheets(say, book(LESSON, presences=students))
    assert column(attendance, "Name") == ["Khadija", "(deleted)", "Ali"]
    assert column(attendance, "How sure") == [
        "reported by Zoom",
        "partly inferred",
        "reported by Zoom",
    ]
    assert column(attendance, "Remarks") == [
        "",
        "",
        "on several devices; one of several with this name",
    ]


def test_the_workbook_of_a_whole_report_adds_up(say: Say) -> None:
    evil = replace(LESSON, lesson_id=2, teacher_id=2, teacher="=1+1")
    found = book(LESSON, evil, NEVER_HELD, topic="@x", presences=(replace(PRESENCE, name="+cmd"),))
    content = BytesIO(write_workbook(sheets(say, found)))
    read = load_workbook(content, data_only=True)
    assert read.sheetnames == ["Summary", "Lessons", "Attendance"]
    for name in ("Summary", "Lessons"):
        headings, *_, totals = [[cell.value for cell in row] for row in read[name].iter_rows()]
        assert totals[headings.index("Taught")] == found.report.total.taught
    formulas = {
        cell.value
        for sheet in load_workbook(content).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }
    assert all(str(formula).startswith("=SUM(") for formula in formulas)


def test_an_erased_topic_is_an_empty_cell(say: Say) -> None:
    assert column(sheets(say, book(LESSON, topic=None))[1], "Class") == [""]
