"""What a teacher or an admin types about a disputed class."""

from datetime import timedelta

import pytest

from bot.speech import Speech
from school.errors import NotUnderstood
from services.disputing import _length_and_words


@pytest.mark.parametrize("language", ["en", "ar", "am"])
@pytest.mark.parametrize("minutes", [45, 60, 65, 125])
def test_a_length_is_understood_as_it_is_shown_in_each_language(
    language: str, minutes: int
) -> None:
    length = timedelta(minutes=minutes)
    example = Speech("en").to(language).label("{length}, sound was lost", length=length)
    understood, words = _length_and_words(example)
    assert understood == length
    assert len(words.split()) > 1


@pytest.mark.parametrize(
    ("typed", "minutes", "words"),
    [("40 as you told me", 40, "as you told me"), ("1h30", 90, ""), ("1 h 5 min: x", 65, "x")],
)
def test_a_length_comes_first_and_the_rest_says_why(typed: str, minutes: int, words: str) -> None:
    assert _length_and_words(typed) == (timedelta(minutes=minutes), words)


def test_words_without_a_length_are_not_understood() -> None:
    with pytest.raises(NotUnderstood):
        _length_and_words("much longer than that")
