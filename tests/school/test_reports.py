"""The sums of /report."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from school.attendance import Sureness
from school.model import LessonState, Planned
from school.periods import Period
from school.reports import (
    MOST_COURSES,
    AttendanceTally,
    Figures,
    LessonRow,
    Report,
    Sitting,
    Tally,
    build_report,
)

RIYADH = ZoneInfo("Asia/Riyadh")
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30), RIYADH)
NOW = datetime(2026, 11, 23, 20, tzinfo=UTC)
NOTHING = timedelta()


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def held(
    lesson_id: int, teacher: str, taught: float, *, late: float = 0, day: int = 2
) -> LessonRow:
    starts_at = datetime(2026, 11, day, 15, tzinfo=UTC)
    return LessonRow(
        lesson_id=lesson_id,
        course_id=sum(teacher.encode()),
        teacher_id=sum(teacher.encode()),
        teacher=teacher,
        planned=Planned(starts_at, minutes(45)),
        began_at=starts_at + minutes(late),
        actual=minutes(taught + 3),
        teacher_present=minutes(taught + 2),
        taught=minutes(taught),
        teacher_late_by=minutes(late),
        students=9,
        state=LessonState.ENDED,
        sureness=Sureness.COMPLETE,
    )


def never_held(lesson_id: int, teacher: str, *, day: int = 2) -> LessonRow:
    return replace(
        held(lesson_id, teacher, 0, day=day),
        began_at=None,
        actual=NOTHING,
        teacher_present=NOTHING,
        taught=NOTHING,
        teacher_late_by=NOTHING,
        students=0,
        state=LessonState.SCHEDULED,
        sureness=None,
    )


def report(*rows: LessonRow, now: datetime = NOW) -> Report:
    return build_report(rows, period=NOVEMBER, now=now)


def test_nothing_is_a_report_of_nothing() -> None:
    empty = report()
    assert empty.teachers == ()
    assert empty.total == Figures(0, 0, 0, NOTHING, NOTHING, NOTHING, NOTHING, 0)


def test_who_taught_most_comes_first_and_sums_are_exact() -> None:
    odd = replace(held(3, "Musa", 30), taught=timedelta(minutes=30, microseconds=1))
    found = report(held(1, "Aisha", 20), held(2, "Aisha", 15.5), odd, held(4, "Fatima", 90))
    assert [line.name for line in found.teachers] == ["Fatima", "Aisha", "Musa"]
    aisha = found.teachers[1].figures
    assert (aisha.held, aisha.taught, aisha.scheduled) == (2, minutes(35.5), minutes(90))
    assert (aisha.actual, aisha.teacher_present) == (minutes(41.5), minutes(39.5))
    assert found.total.taught == minutes(90 + 35.5 + 30) + timedelta(microseconds=1)


def test_equal_teachers_come_by_name() -> None:
    found = report(held(1, "musa", 20), held(2, "Aisha", 20))
    assert [line.name for line in found.teachers] == ["Aisha", "musa"]


def test_a_lesson_whose_time_is_over_and_that_was_never_held_was_missed() -> None:
    found = report(held(1, "Aisha", 40), never_held(2, "Aisha"))
    assert (found.total.held, found.total.missed) == (1, 1)
    assert found.total.scheduled == minutes(90)


def test_a_lesson_still_to_come_or_not_yet_over_counts_nowhere() -> None:
    today = never_held(1, "Aisha", day=23)
    in_its_middle = today.planned.starts_at + minutes(20)
    assert report(today, now=in_its_middle).total.missed == 0
    assert report(today, now=in_its_middle).teachers == ()
    assert report(today, now=today.planned.ends_at).total.missed == 1


def test_a_cancelled_lesson_was_not_missed() -> None:
    cancelled = replace(never_held(1, "Aisha"), state=LessonState.CANCELLED)
    assert report(cancelled).teachers == ()


def test_a_lesson_held_although_cancelled_counts() -> None:
    assert report(replace(held(1, "Aisha", 40), state=LessonState.CANCELLED)).total.held == 1


def test_more_than_ten_minutes_is_a_late_start() -> None:
    found = report(held(1, "Aisha", 30, late=10), held(2, "Aisha", 30, late=10.1))
    assert found.total.late_starts == 1


def test_a_late_start_goes_by_the_teacher_and_not_by_the_meeting() -> None:
    let_in = replace(held(1, "Aisha", 15, late=0), teacher_late_by=minutes(30))
    looked_in = replace(held(2, "Aisha", 25, late=-60), teacher_late_by=minutes(20))
    on_time = replace(held(3, "Aisha", 45, late=12), teacher_late_by=NOTHING)
    never_came = replace(held(4, "Aisha", 0, late=12), teacher_late_by=NOTHING)
    late = [one.began_late for one in (let_in, looked_in, on_time, never_came)]
    assert late == [True, True, False, False]
    assert report(let_in, looked_in, on_time, never_came).total.late_starts == 2


def test_figures_that_were_filled_in_are_counted() -> None:
    guessed = replace(held(1, "Aisha", 30), sureness=Sureness.INFERRED)
    asked = replace(held(2, "Musa", 20), sureness=Sureness.RECONCILED)
    found = report(guessed, asked)
    assert [line.figures.has_inferred for line in found.teachers] == [True, False]
    assert found.total.inferred == 1


def test_a_running_lesson_counts_with_what_it_came_to_so_far() -> None:
    running = replace(held(1, "Aisha", 12, day=23), state=LessonState.LIVE)
    assert report(running).total.taught == minutes(12)


def test_the_last_evening_of_the_month_counts_by_the_schools_calendar() -> None:
    late = held(1, "Aisha", 40)
    inside = replace(late, planned=Planned(datetime(2026, 11, 30, 20, tzinfo=UTC), minutes(45)))
    outside = replace(late, planned=Planned(datetime(2026, 11, 30, 21, tzinfo=UTC), minutes(45)))
    after = datetime(2026, 12, 2, tzinfo=UTC)
    assert report(inside, now=after).total.held == 1
    assert report(outside, now=after).total.held == 0


def test_a_teacher_who_changed_names_is_one_line_under_the_latest() -> None:
    before = held(1, "Aisha", 40, day=2)
    after = replace(held(2, "Aisha Q", 40, day=9), teacher_id=before.teacher_id)
    (line,) = report(after, before).teachers
    assert (line.name, line.figures.held) == ("Aisha Q", 2)


rows = st.builds(
    lambda lesson_id, teacher, taught, late, was_held: (
        held(lesson_id, teacher, taught, late=late) if was_held else never_held(lesson_id, teacher)
    ),
    st.integers(1, 10**6),
    st.sampled_from(["Aisha", "Musa", "Fatima"]),
    st.integers(0, 45),
    st.integers(0, 30),
    st.booleans(),
)


@given(st.lists(rows, max_size=12, unique_by=lambda row: row.lesson_id))
def test_the_lines_add_up_to_the_total(lessons: list[LessonRow]) -> None:
    found = report(*lessons)
    figures = [line.figures for line in found.teachers]
    assert sum(one.held + one.missed for one in figures) == len(lessons)
    assert sum((one.taught for one in figures), NOTHING) == found.total.taught
    assert sum((one.scheduled for one in figures), NOTHING) == found.total.scheduled
    assert sum(one.late_starts for one in figures) == found.total.late_starts
    assert found == report(*reversed(lessons))


def listed(lessons: list[LessonRow]) -> Figures:
    """The same figures, worked out from all lessons at once."""
    been = [row for row in lessons if row.was_held]
    counted = [row for row in lessons if row.was_held or row.was_missed(NOW)]
    return Figures(
        held=len(been),
        missed=len(counted) - len(been),
        late_starts=len([row for row in been if row.began_late]),
        scheduled=sum((row.planned.length for row in counted), NOTHING),
        actual=sum((row.actual for row in been), NOTHING),
        teacher_present=sum((row.teacher_present for row in been), NOTHING),
        taught=sum((row.taught for row in been), NOTHING),
        inferred=len([row for row in been if row.sureness is Sureness.INFERRED]),
    )


@given(st.lists(rows, max_size=12, unique_by=lambda row: row.lesson_id))
def test_what_grows_lesson_by_lesson_is_what_all_of_them_come_to(
    lessons: list[LessonRow],
) -> None:
    found = report(*lessons)
    assert found.total == listed(lessons)
    for line in found.teachers:
        own = [row for row in lessons if row.teacher_id == line.teacher_id]
        assert line.figures == listed(own)


def test_lessons_still_ahead_are_counted_apart() -> None:
    tally = Tally(period=NOVEMBER, now=NOW)
    cancelled = replace(never_held(3, "Aisha", day=29), state=LessonState.CANCELLED)
    for row in (held(1, "Aisha", 40), never_held(2, "Aisha", day=29), cancelled):
        tally.add(row)
    assert (tally.ahead, tally.report().total.held) == (1, 1)


def test_what_a_person_said_was_held_was_held() -> None:
    said = replace(never_held(1, "Aisha"), actual=minutes(40), taught=minutes(40))
    assert (report(said).total.held, report(said).total.missed) == (1, 0)


def test_attendance_over_time_is_kept_for_a_few_courses_and_for_many_not_at_all() -> None:
    tally = AttendanceTally(NOVEMBER)
    for course_id in range(MOST_COURSES):
        for day in (9, 2):
            tally.add(replace(held(day, "Aisha", 40, day=day), course_id=course_id))
    tally.add(replace(never_held(1, "Aisha"), course_id=99))
    lines = tally.lines()
    assert [line.course_id for line in lines] == list(range(MOST_COURSES))
    assert lines[0].sittings == (Sitting(date(2026, 11, 2), 9), Sitting(date(2026, 11, 9), 9))
    tally.add(replace(held(1, "Aisha", 40), course_id=99))
    assert tally.lines() == ()
