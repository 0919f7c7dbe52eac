"""The picture of a report. Every warning is an error in these tests, as everywhere."""

import pytest
from PIL import Image

from bot.speech import Speech
from bot.views import picture, report_pictures
from bot.views.report_chart import MOST_BARS, Bar, Chart, draw_hours
from tests.bot.pictures import opened, words_drawn
from tests.bot.test_report_views import LESSON, book


def bar(name: str, hours: float = 2.0, label: str = "2 h") -> Bar:
    return Bar(name, "Teacher 7", hours, label)


def drawn(*bars: Bar, title: str = "Hours taught, November 2026") -> Image.Image:
    return opened(draw_hours(Chart(title, "Hours", bars)))


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    return words_drawn(monkeypatch)


@pytest.mark.parametrize("count", [0, 1, 20, MOST_BARS + 20])
def test_the_picture_is_as_wide_as_a_phone_and_not_much_taller(count: int) -> None:
    shown = drawn(*(bar(f"Teacher {number}", hours=count - number) for number in range(count)))
    assert shown.width == 900
    assert 200 <= shown.height <= 1_440


def test_names_and_lengths_stand_beside_the_bars(words: list[str]) -> None:
    drawn(bar("Aisha", 18.1, "18 h 5 min"), bar("Musa", 16.7, "≈ 16 h 40 min"))
    expected = {"Hours taught, November 2026", "Aisha", "Musa", "18 h 5 min", "≈ 16 h 40 min"}
    assert expected <= set(words)


def test_any_name_can_be_drawn(words: list[str]) -> None:
    shown = {
        "$x$ and 100$": "$x$ and 100$",
        r"\$\frac{1}{": r"\$\frac{1}{",
        "عائشة محمد": "عائشة محمد",
        "🌸 Rose 🌸": "Rose",
        "ሐና": "ሐና",
        "李老师": "Teacher 7",
        "": "Teacher 7",
        "a\tb\nc\x01d\u202ee": "a b cde",
        "x" * 4_000: "x" * 23 + "…",
    }
    drawn(*map(bar, shown))
    first = words.index("$x$ and 100$")
    assert words[first : first + len(shown)] == list(shown.values())


def test_no_hours_at_all_can_be_drawn() -> None:
    drawn(bar("Aisha", 0.0, "0 min"))


def test_the_title_is_no_formula_either(words: list[str]) -> None:
    drawn(bar("Aisha"), title="$1 " + "long " * 40)
    [title] = [text for text in words if text.startswith("$1 long")]
    assert len(title) <= picture._LONGEST_LINE


def test_bars_grow_from_the_side_where_the_language_begins() -> None:
    bars = (bar("عائشة", 9, "9 س"), bar("موسى", 4, "4 س"))
    shown = opened(draw_hours(Chart("ساعات", "ساعات", bars, is_rtl=True))).convert("RGB")
    blue = (0x00, 0x72, 0xB2)
    places = [
        x for x in range(900) for y in range(0, shown.height, 3) if shown.getpixel((x, y)) == blue
    ]
    row_ends = max(places), min(places)
    assert row_ends[0] > 600
    assert row_ends[1] > 100


def test_what_was_inferred_is_drawn_lighter() -> None:
    sure, inferred = bar("Aisha"), Bar("Aisha", "", 2.0, "2 h", is_inferred=True)
    darkness = [sum(drawn(one).convert("L").histogram()[:128]) for one in (sure, inferred)]
    assert darkness[1] < darkness[0] / 2


@pytest.mark.parametrize("language", sorted(Speech("en").languages))
def test_the_font_has_the_letters_of_every_language(words: list[str], language: str) -> None:
    chart = report_pictures.hours_chart(Speech("en").to(language), book(LESSON).report)
    draw_hours(chart)
    assert {chart.title, chart.bars[0].label} <= set(words)
