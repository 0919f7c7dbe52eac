"""The picture of one lesson."""

import pickle
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from PIL import ImageColor

from bot.views.picture import BLUE
from bot.views.timeline_picture import (
    MOST_STUDENTS,
    NoEvents,
    Stretch,
    Tick,
    Timeline,
    TimelineRow,
    TimelineWords,
    draw_timeline,
    tick_times,
)
from tests.bot.pictures import opened, words_drawn

RIYADH = ZoneInfo("Asia/Riyadh")
START = datetime(2026, 11, 24, 15, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WORDS = TimelineWords(
    planned="Planned time",
    taught="Taught",
    present="Present",
    inferred="Worked out",
    no_events="No events",
    axis="Time in Riyadh",
)


def stretch(begins: float, ends: float, *, is_inferred: bool = False) -> Stretch:
    return Stretch(START + begins * MINUTE, START + ends * MINUTE, is_inferred)


def row(name: str, *stretches: Stretch) -> TimelineRow:
    return TimelineRow(name, "Student 7", stretches or (stretch(1, 44),), "43 min")


def clock(times: list[datetime], zone: ZoneInfo = RIYADH) -> list[str]:
    return [f"{at.astimezone(zone):%H:%M}" for at in times]


LESSON = Timeline(
    title="Tajweed, 24 Nov 2026",
    planned=stretch(0, 45),
    taught=row("Taught", stretch(3, 17), stretch(24, 44)),
    teacher=row("Musa", stretch(-5, 46)),
    students=(row("Aisha", stretch(1, 20), stretch(25, 44)), row("ሐና"), row("عائشة")),
    no_events=(),
    ticks=tuple(
        Tick(at, f"{at.astimezone(RIYADH):%H:%M}")
        for at in tick_times(START - 5 * MINUTE, START + 46 * MINUTE, RIYADH)
    ),
    words=WORDS,
)
GAP = NoEvents(START + 2 * MINUTE, START + 19 * MINUTE, "no events 18:02–18:19")


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    return words_drawn(monkeypatch)


@pytest.mark.parametrize(
    ("count", "is_rtl"), [(0, False), (1, True), (MOST_STUDENTS, False)], ids=str
)
def test_any_number_of_students_fits_a_phone(count: int, is_rtl: bool) -> None:
    students = tuple(row(f"Student {number}") for number in range(count))
    many = replace(LESSON, students=students, more="and 9 more", is_rtl=is_rtl)
    shown = opened(draw_timeline(many))
    assert shown.width == 900
    assert 250 <= shown.height <= 1_440


def test_a_students_bar_has_the_colour_that_the_legend_explains() -> None:
    """Whoever was there is drawn alike, so that one patch can say it of all."""
    empty = replace(LESSON, taught=row("Taught", stretch(0, 0)), teacher=row("Musa", stretch(0, 0)))
    drawn = {
        blue for _, blue in opened(draw_timeline(empty)).convert("RGB").getcolors(99_999) or ()
    }
    assert ImageColor.getrgb(BLUE) in drawn
    assert (0x3D, 0x8F, 0xC6) not in drawn  # a lighter one, which the legend does not have


def test_everybody_has_a_line_with_their_time(words: list[str]) -> None:
    draw_timeline(replace(LESSON, more="and 2 more"))
    assert {"Taught", "Musa", "Aisha", "ሐና", "عائشة", "and 2 more", "18:00", "18:40"} <= set(words)
    assert words.count("43 min") == 5


def test_a_gap_says_that_nothing_was_heard(words: list[str]) -> None:
    draw_timeline(replace(LESSON, no_events=(GAP,)))
    assert {"no events 18:02–18:19", "No events"} <= set(words)


def test_the_legend_only_explains_what_is_there(words: list[str]) -> None:
    draw_timeline(LESSON)
    assert {"Planned time", "Present"} <= set(words)
    assert not {"Worked out", "No events"} & set(words)


def test_the_legend_explains_what_was_worked_out(words: list[str]) -> None:
    draw_timeline(replace(LESSON, teacher=row("Musa", stretch(0, 45, is_inferred=True))))
    assert "Worked out" in words


def test_a_lesson_that_nobody_came_to_can_be_drawn() -> None:
    nobody = TimelineRow("Musa", "Teacher", (), "0 min")
    empty = replace(LESSON, taught=nobody, teacher=nobody, students=(), ticks=())
    assert opened(draw_timeline(empty)).width == 900


def test_hostile_words_are_only_words(words: list[str]) -> None:
    hostile = row("$\\frac{\u202e\n" + "x" * 999)
    bad_words = replace(WORDS, planned="$x", axis="$\\sum")
    gaps = tuple(replace(GAP, words="$" * 300) for _ in range(9))
    draw_timeline(replace(LESSON, students=(hostile,), words=bad_words, no_events=gaps))
    assert {"$\\frac{ " + "x" * 15 + "…", "$x", "$\\sum"} <= set(words)


def test_the_lesson_goes_to_another_process_as_it_is() -> None:
    assert pickle.loads(pickle.dumps(LESSON)) == LESSON  # noqa: S301 -- our own bytes


def test_ticks_are_round_on_the_clock_of_the_zone() -> None:
    kathmandu = ZoneInfo("Asia/Kathmandu")  # 5 h 45 min ahead
    times = tick_times(START - 7 * MINUTE, START + 50 * MINUTE, kathmandu)
    assert clock(times, kathmandu) == ["20:40", "20:50", "21:00", "21:10", "21:20", "21:30"]


def test_ticks_go_on_over_midnight_and_over_the_night_the_clock_is_put_back() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    first_at = datetime(2026, 10, 24, 23, 50, tzinfo=UTC)
    times = tick_times(first_at, first_at + 80 * MINUTE, berlin)
    assert clock(times, berlin) == ["02:00", "02:15", "02:30", "02:45", "02:00"]


@pytest.mark.parametrize("minutes", [0, 1, 40, 180, 1_440, 5 * 1_440])
def test_a_lesson_of_any_length_has_a_handful_of_ticks(minutes: int) -> None:
    assert len(tick_times(START, START + minutes * MINUTE, RIYADH)) <= 8
