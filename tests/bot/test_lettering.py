"""The font that comes with the project, and what becomes of letters it does not have."""

import pytest
from fontTools.ttLib import TTFont

from bot.speech import Speech
from bot.views.lettering import BOLD, REGULAR, drawable, printable
from tests.bot.pictures import ink_of, pieces

NOT_JOINED = "\u200c"


@pytest.mark.parametrize("path", [REGULAR, BOLD])
@pytest.mark.parametrize(
    "letters",
    ["Aïşe Đặng Ödön 0123456789", "عائشة محمد گلی ٠١٢٣", "ሐና ተስፋዬ ሙሐመድ፣ ።", "≈·–—…⚠✓−×≤€₦«»“”’→"],
)
def test_both_weights_have_the_letters_and_signs_that_are_needed(path: str, letters: str) -> None:
    with TTFont(path) as font:
        assert {ord(letter) for letter in letters} <= set(font.getBestCmap())


def test_both_weights_have_the_same_letters() -> None:
    with TTFont(REGULAR) as regular, TTFont(BOLD) as bold:
        assert set(regular.getBestCmap()) == set(bold.getBestCmap())


def test_the_font_comes_with_its_licence() -> None:
    assert "SIL OPEN FONT LICENSE" in (REGULAR.parent / "OFL.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", sorted(Speech("en").languages))
def test_every_sentence_of_every_language_can_be_printed(language: str) -> None:
    catalogue = Speech("en").to(language).catalogue
    sentences = getattr(catalogue, "_catalog", {}).values()
    letters = {letter for sentence in sentences for letter in sentence if letter.isalpha()}
    assert {letter for letter in letters if printable(letter, 9) != letter} == set()


def test_arabic_letters_are_joined() -> None:
    assert pieces(ink_of("بيت")) == 1
    assert pieces(ink_of(NOT_JOINED.join("بيت"))) == 3


def test_arabic_runs_from_right_to_left_and_latin_from_left_to_right() -> None:
    thin_and_wide = ink_of("ا" + NOT_JOINED + "س")
    assert max(thin_and_wide) == max(thin_and_wide[-10:])  # the upright alef stands on the right
    assert max(ink_of("lm")) == max(ink_of("lm")[:10])


def test_ethiopic_letters_are_not_all_one_box() -> None:
    assert len({tuple(ink_of(letter)) for letter in "ሐናተስፋዬ"}) == 6


def test_a_name_in_two_scripts_is_drawn_whole() -> None:
    alone = len(ink_of("Hana")) + len(ink_of("ሐና"))
    assert len(ink_of("Hana ሐና")) > alone


def test_controls_of_direction_leave_no_ink() -> None:
    assert ink_of("\u2068Aisha\u2069") == ink_of("Aisha")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("  a\tb\nc\x01d\u202ee ", "a b cde"),
        ("🌸 Rose 🌸", "Rose"),
        ("李老师", ""),
        ("\u200f\u2068\u2069", ""),
        ("e\u0301", "é"),
        ("", ""),
        ("x" * 4_000, "x" * 9 + "…"),
    ],
)
def test_a_picture_leaves_out_what_the_font_does_not_have(text: str, shown: str) -> None:
    assert drawable(text, 10) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [("李 Ming", "□ Ming"), ("🌸 Rose", "Rose"), ("a\u202eb\x00", "ab"), ("y" * 20, "y" * 9 + "…")],
)
def test_a_document_shows_that_a_letter_is_missing(text: str, shown: str) -> None:
    assert printable(text, 10) == shown
