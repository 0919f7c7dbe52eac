"""What an admin reads of a report, each text written out."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot import callback_data
from bot.application import routes
from bot.speech import Say, Speech
from bot.views.message import View
from bot.views.report import file_name, nothing, summary
from bot.views.report_buttons import (
    CSV,
    LAST_DAY,
    NAMED,
    SHOW,
    pressed_day,
    pressed_name,
    pressed_scope,
)
from bot.views.report_chart import MOST_BARS
from bot.views.report_choosing import ambiguous, choices, first_day, last_day
from bot.views.report_pictures import attendance_chart, hours_chart
from bot.views.report_sheets import attendance_table, lessons_table
from bot.views.report_tables import Cell, Table
from school.attendance import Sureness
from school.errors import Outdated
from school.model import LessonState, Planned
from school.money import Money
from school.periods import Period, month_of, parse_period
from school.reports import AttendanceTally, LessonRow, Tally
from school.standing import ABSENT, Standing, Standings
from services.report_rows import AttendanceLine, CalledOff, TitledLesson
from services.reporting import ALL, Ambiguous, Candidate, Choices, Found, NamedCourse, Order
from storage.attendance import PresenceRow
from storage.reports import Of, Scope
from tests.bot.keyboards import buttons

ADDIS_ABABA = ZoneInfo("Africa/Addis_Ababa")
NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
NOVEMBER = month_of(date(2026, 11, 1), ADDIS_ABABA)
MINUTE = timedelta(minutes=1)
LESSON = LessonRow(
    lesson_id=1,
    course_id=1,
    teacher_id=1,
    teacher="Aisha",
    planned=Planned(datetime(2026, 11, 3, 21, 30, tzinfo=UTC), 45 * MINUTE),
    began_at=datetime(2026, 11, 3, 21, 32, 10, 500, tzinfo=UTC),
    actual=47 * MINUTE,
    teacher_present=46 * MINUTE,
    taught=44 * MINUTE + timedelta(seconds=29),
    teacher_late_by=timedelta(seconds=130),
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
    teacher_late_by=timedelta(),
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
    now: datetime = NOW,
    scope: Scope = ALL,
    about: str | None = None,
    topic: str | None = "Tajweed",
) -> Found:
    tally, attendance = Tally(period=period, now=now), AttendanceTally(period)
    for row in rows:
        tally.add(row)
        attendance.add(row)
    return Found(
        order=Order(period, scope),
        about=about,
        report=tally.report(),
        ahead=tally.ahead,
        courses=tuple(NamedCourse(topic, 0, line) for line in attendance.lines()),
        rows_on={},
        as_of=now,
    )


def of(typed: str) -> Period:
    return parse_period(typed, today=NOW.date(), zone=ADDIS_ABABA)[0]


# The message


def test_the_headline_figures_and_the_hours_of_each(say: Say) -> None:
    musa = replace(LESSON, lesson_id=4, teacher_id=2, teacher="<Musa>", sureness=Sureness.INFERRED)
    late = replace(LESSON, lesson_id=5, teacher_late_by=11 * MINUTE)
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
    ("off", "said"),
    [
        (CalledOff(1, ()), "1 class was called off. Paid for it: nothing."),
        (
            CalledOff(2, (Money("ETB", Decimal(50)),)),
            "2 classes were called off. Paid for them: 50.00 ETB.",
        ),
        (CalledOff(0, ()), "No classes were planned in these days."),
    ],
)
def test_classes_that_were_called_off_are_not_nothing(say: Say, off: CalledOff, said: str) -> None:
    found = replace(book(period=of("2026-10")), called_off=off)
    assert nothing(say, found).text == f"<b>October 2026</b>\n{said}"


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


def pressed(view: View) -> dict[str, callback_data.Press]:
    return {
        label: callback_data.decode(str(button.callback_data))
        for label, button in buttons(view).items()
    }


def test_other_periods_are_a_press_away_and_keep_what_was_chosen(say: Say) -> None:
    scope = Scope(Of.TEACHER, 2**62)
    presses = pressed(nothing(say, book(scope=scope, about="Aisha")))
    named = [label for label, press in presses.items() if press.action == NAMED]
    assert named == ["This week", "Last week", "This month", "Last month", "This term", "Last term"]
    for label in named:
        assert pressed_name(presses[label]) == label.lower()
        assert pressed_scope(presses[label], 1) == scope
    with ThreadPoolExecutor(1) as elsewhere:
        assert any(getattr(route, "action", None) == "report" for route in routes(elsewhere))


def test_a_button_of_an_earlier_version_means_all(say: Say) -> None:
    assert say.language == "en"
    assert pressed_scope(callback_data.decode("1:report.period:1"), 1) == ALL


def test_what_is_chosen_is_said_and_can_be_let_go(say: Say) -> None:
    whole, narrowed = (
        summary(say, book(LESSON)),
        book(LESSON, scope=Scope(Of.GROUP, -(10**12)), about="<Sisters>"),
    )
    view = summary(say, narrowed)
    assert "Only <b>&lt;Sisters&gt;</b>" in view.text
    assert "Only" not in whole.text
    assert "All classes" not in pressed(whole)
    back = pressed(view)["All classes"]
    assert (pressed_day(back, 0), pressed_scope(back, 2)) == (date(2026, 11, 1), ALL)
    csv = pressed(view)["CSV"]
    assert (csv.action, pressed_scope(csv, 2)) == (CSV, Scope(Of.GROUP, -(10**12)))
    assert "CSV" not in pressed(nothing(say, narrowed))


def test_lists_lead_to_the_same_days(say: Say) -> None:
    found = Choices(
        NOVEMBER,
        Of.COURSE,
        (
            Candidate(Scope(Of.COURSE, 1), "Tajweed", "Aisha"),
            Candidate(Scope(Of.COURSE, 2), None, "Musa"),
            Candidate(Scope(Of.COURSE, 3), "x" * 300, "y" * 300),
        ),
        page=1,
        pages=3,
    )
    view = choices(say, found)
    assert view.text == "Which class, November 2026?"
    labels = list(pressed(view))
    assert labels[:2] == ["Tajweed · Aisha", "(deleted) · Musa"]
    assert len(labels[2]) < 100
    assert labels[3:] == ["‹", "2 of 3", "›"]
    press = pressed(view)["Tajweed · Aisha"]
    assert (press.action, pressed_day(press, 1)) == (SHOW, date(2026, 11, 30))
    assert [pressed(view)[label].number(3) for label in ("‹", "›")] == [0, 2]


def test_several_of_a_name_are_asked_about(say: Say) -> None:
    found = Ambiguous(NOVEMBER, "<Aisha>", (Candidate(Scope(Of.TEACHER, 1), "Aisha", "aq"),), 2)
    view = ambiguous(say, found)
    assert view.text == (
        "Which <b>&lt;Aisha&gt;</b> do you mean?\n2 more are not shown: type more of the name."
    )
    assert list(pressed(view)) == ["Aisha · aq"]


def test_days_are_chosen_from_a_calendar(say: Say) -> None:
    scope, today = Scope(Of.TEACHER, 7), date(2026, 11, 23)
    first = pressed(first_day(say, scope, today, today))
    assert (pressed_day(first["3"], 0), first["3"].action) == (date(2026, 11, 3), LAST_DAY)
    assert pressed_day(first["‹"], 1) == date(2026, 10, 1)
    last = pressed(last_day(say, scope, date(2026, 11, 3), today, today))
    assert "2" not in last
    assert (last["15"].action, pressed_scope(last["15"], 2)) == (SHOW, scope)
    assert [pressed_day(last["15"], at) for at in (0, 1)] == [date(2026, 11, 3), date(2026, 11, 15)]


@pytest.mark.parametrize(
    "data", ["report.period:-1", "report.period:6", "report.period:zzzz", "report.period"]
)
def test_a_forged_period_is_not_current(data: str) -> None:
    with pytest.raises(Outdated):
        pressed_name(callback_data.decode(f"1:{data}"))


@pytest.mark.parametrize("word", ["0", "1", "zzzzzz", "-5", "x!"])
def test_a_forged_day_is_not_current(word: str) -> None:
    with pytest.raises(Outdated):
        pressed_day(callback_data.decode(f"1:report.show:{word}"), 0)


@pytest.mark.parametrize("words", ["x:1", "t", "t:x!"])
def test_a_forged_narrowing_is_not_current(words: str) -> None:
    with pytest.raises(Outdated):
        pressed_scope(callback_data.decode(f"1:report.period:{words}"), 0)


# The picture


def test_the_pictures_bars_are_the_teachers_hours(say: Say) -> None:
    musa = replace(LESSON, lesson_id=4, teacher_id=2, teacher="Musa", sureness=Sureness.INFERRED)
    found = hours_chart(say, book(LESSON, replace(LESSON, lesson_id=2), musa).report)
    assert (found.title, found.axis) == ("Hours taught, November 2026", "Hours")
    assert [(bar.name, bar.label) for bar in found.bars] == [
        ("Aisha", "1 h 29 min"),
        ("Musa", "≈ 44 min"),
    ]
    assert found.bars[0].hours == pytest.approx(2 * 44.4833 / 60, abs=1e-4)
    assert found.bars[1].otherwise == "Teacher 2"


def test_a_picture_of_many_says_that_it_has_the_first(say: Say) -> None:
    rows = [replace(LESSON, lesson_id=one, teacher_id=one) for one in range(MOST_BARS + 1)]
    found = hours_chart(say, book(*rows).report)
    assert len(found.bars) == MOST_BARS
    assert found.title.endswith(f"(the first {MOST_BARS} teachers)")


def on(day: int, students: int, course_id: int = 1) -> LessonRow:
    planned = Planned(datetime(2026, 11, day, 12, tzinfo=UTC), 45 * MINUTE)
    return replace(
        LESSON,
        lesson_id=day * 10 + course_id,
        course_id=course_id,
        planned=planned,
        began_at=planned.starts_at,
        students=students,
    )


def test_attendance_over_time_has_a_line_for_each_course(say: Say) -> None:
    found = attendance_chart(say, book(on(3, 9), on(10, 6), on(10, 4, 2)))
    assert found is not None
    assert found.title == "Attendance, November 2026"
    assert found.slots == ("Tue 3", "Tue 10")
    assert [one.present for one in found.courses] == [(1.0, 6 / 9), (None, 1.0)]
    assert found.courses[0].label == "83 % present"


def test_a_term_is_seen_by_weeks(say: Say) -> None:
    term = Period(date(2026, 9, 1), date(2026, 12, 31), ADDIS_ABABA)
    found = attendance_chart(say, book(on(2, 8), on(4, 4), on(10, 8), period=term))
    assert found is not None
    assert found.slots == ("Mon 2 Nov", "Mon 9 Nov")
    assert found.courses[0].present == (0.75, 1.0)


def test_one_day_is_no_line(say: Say) -> None:
    assert attendance_chart(say, book(LESSON)) is None
    assert attendance_chart(say, book()) is None


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
    assert file_name(school, of(typed), "xlsx") == name


def column(table: Table, heading: str) -> list[Cell]:
    [at] = [at for at, column in enumerate(table.columns) if column.heading == heading]
    return [row[at] for row in table.rows]


def lessons(say: Say, *rows: LessonRow, topic: str | None = "Tajweed") -> Table:
    titled = [TitledLesson(row, topic) for row in rows]
    table = lessons_table(say, titled, zone=ADDIS_ABABA, now=NOW)
    return replace(table, rows=list(table.rows))


def test_the_lessons_are_in_the_schools_days_and_exact(say: Say) -> None:
    table = lessons(say, LESSON, NEVER_HELD, AHEAD)
    assert column(table, "Day")[0] == date(2026, 11, 4)  # 21:30 UTC is after midnight there
    assert column(table, "Began")[0] == datetime(2026, 11, 4, 0, 32, 10)  # noqa: DTZ001  as cells
    assert column(table, "Taught")[0] == 44 * MINUTE + timedelta(seconds=29)
    assert column(table, "State") == ["held", "not held", "planned"]


def test_the_file_says_how_sure_each_figure_is(say: Say) -> None:
    rows = [replace(LESSON, sureness=one) for one in (*Sureness, None)]
    assert column(lessons(say, *rows), "How sure") == [
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
    assert column(lessons(say, replace(LESSON, state=state)), "State") == [shown]


def test_attendance_names_students_and_marks_what_is_doubtful(say: Say) -> None:
    lesson = TitledLesson(LESSON, None)
    late = Standings(Standing.PARTLY, is_late=True, returned=True, is_unmatched=True)
    doubtful = replace(PRESENCE, overlapping=True, ambiguous=True, inferred=True)
    lines = [
        AttendanceLine(lesson, "Khadija", PRESENCE, late),
        AttendanceLine(lesson, None, doubtful, Standings(Standing.PRESENT)),
        AttendanceLine(lesson, "Zahra", None, ABSENT),
    ]
    table = attendance_table(say, lines, zone=ADDIS_ABABA)
    table = replace(table, rows=list(table.rows))
    assert column(table, "Class") == ["(deleted)"] * 3
    assert column(table, "Name") == ["Khadija", "(deleted)", "Zahra"]
    assert column(table, "Attendance") == ["partly present", "present", "absent"]
    assert column(table, "Late") == ["yes", "", ""]
    assert column(table, "Came back") == [1, 1, None]
    assert column(table, "On the roster") == ["no", "yes", "yes"]
    assert column(table, "Present") == [31 * MINUTE, 31 * MINUTE, None]
    assert column(table, "How sure") == ["reported by Zoom", "partly inferred", ""]
    assert column(table, "Remarks")[1] == "on several devices; one of several with this name"


def test_an_erased_topic_is_said_to_be(say: Say) -> None:
    assert column(lessons(say, LESSON, topic=None), "Class") == ["(deleted)"]
