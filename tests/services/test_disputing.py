"""What a teacher or an admin types about a class that was counted wrong."""

from datetime import timedelta

import pytest

from bot.speech import Speech
from school.errors import NotUnderstood
from school.when import length_and_words


@pytest.mark.parametrize("language", ["en", "ar", "am"])
@pytest.mark.parametrize("minutes", [45, 60, 65, 125])
def test_a_length_is_understood_as_it_is_shown_in_each_language(
    language: str, minutes: int
) -> None:
    length = timedelta(minutes=minutes)
    example = Speech("en").to(language).label("{length}, sound was lost", length=length)
    understood, words = length_and_words(example)
    assert understood == length
    assert len(words.split()) > 1


@pytest.mark.parametrize(
    ("typed", "minutes", "words"),
    [
        ("40 as you told me", 40, "as you told me"),
        ("1h30", 90, ""),
        ("1 h 5 min: x", 65, "x"),
        ("0 min a test", 0, "a test"),
        ("0, nobody", 0, "nobody"),
    ],
)
def test_a_length_comes_first_and_the_rest_says_why(typed: str, minutes: int, words: str) -> None:
    assert length_and_words(typed) == (timedelta(minutes=minutes), words)


def test_words_without_a_length_are_not_understood() -> None:
    with pytest.raises(NotUnderstood):
        length_and_words("much longer than that")
