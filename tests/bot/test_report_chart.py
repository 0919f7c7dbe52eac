"""The picture of a report. Every warning is an error in these tests, as everywhere."""

from io import BytesIO

import pytest
from matplotlib.figure import Figure
from PIL import Image

from bot.speech import Speech
from bot.views import report, report_chart
from bot.views.report_chart import MOST_BARS, NOT_DRAWABLE, Bar, Chart, draw_hours
from tests.bot.test_report_views import LESSON, book


def bar(name: str, hours: float = 2.0, label: str = "2 h") -> Bar:
    return Bar(name, "Teacher 7", hours, label)


def drawn(*bars: Bar, title: str = "Hours taught, November 2026") -> Image.Image:
    picture = Image.open(BytesIO(draw_hours(Chart(title, "Hours", bars))))
    picture.load()
    return picture


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What stands in the picture."""
    found: list[str] = []
    save = Figure.savefig

    def noted(figure: Figure, *args: object, **kwargs: object) -> None:
        save(figure, *args, **kwargs)  # type: ignore[arg-type]  # whatever was given
        [axes] = figure.axes
        found.append(axes.get_title(loc="left"))
        found.extend(label.get_text() for label in axes.get_yticklabels())
        found.extend(text.get_text() for text in axes.texts)

    monkeypatch.setattr(Figure, "savefig", noted)
    return found


@pytest.mark.parametrize("count", [0, 1, 14, MOST_BARS])
def test_the_picture_is_one_that_telegram_takes(count: int) -> None:
    picture = drawn(*(bar(f"Teacher {number}", hours=count - number) for number in range(count)))
    assert picture.format == "PNG"
    assert picture.width == 900
    assert 200 <= picture.height <= 3_000
    assert picture.width + picture.height < 10_000


def test_names_and_lengths_stand_beside_the_bars(words: list[str]) -> None:
    drawn(bar("Aisha", 18.1, "18 h 5 min"), bar("Musa", 16.7, "≈ 16 h 40 min"))
    assert words == ["Hours taught, November 2026", "Aisha", "Musa", "18 h 5 min", "≈ 16 h 40 min"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("$x$ and 100$", "$x$ and 100$"),
        (r"\$\frac{1}{", r"\$\frac{1}{"),
        ("عائشة محمد", "عائشة محمد"),
        ("🌸 Rose 🌸", "Rose"),
        ("ሐና", "Teacher 7"),  # the font has no Ethiopic letters
        ("李老师", "Teacher 7"),
        ("", "Teacher 7"),
        ("a\tb\nc\x01d\u202ee", "a b cde"),
        ("x" * 4_000, "x" * 23 + "…"),
    ],
)
def test_any_name_can_be_drawn(words: list[str], name: str, shown: str) -> None:
    drawn(bar(name))
    assert words[1] == shown


def test_no_hours_at_all_can_be_drawn() -> None:
    drawn(bar("Aisha", 0.0, "0 min"))


def test_the_title_is_no_formula_either(words: list[str]) -> None:
    drawn(bar("Aisha"), title="$1 " + "long " * 40)
    assert words[0].startswith("$1 long")
    assert len(words[0]) <= report_chart._LONGEST_LINE


@pytest.mark.parametrize("language", sorted(set(Speech("en").languages) - NOT_DRAWABLE))
def test_the_font_has_the_letters_of_every_language_that_is_drawn(
    words: list[str], language: str
) -> None:
    chart = report.chart(Speech("en").to(language), book(LESSON).report)
    draw_hours(chart)
    assert {chart.title, chart.bars[0].label} <= set(words)


@pytest.mark.parametrize("language", sorted(NOT_DRAWABLE))
def test_a_language_is_only_given_up_where_the_font_has_no_letters_for_it(
    words: list[str], language: str
) -> None:
    chart = report.chart(Speech("en").to(language), book(LESSON).report)
    draw_hours(chart)
    assert chart.title not in words
