"""Names shortened to their initials: "A. M." for "Amina Musa", in any script."""

import unicodedata

from school.device_names import is_of_nobody
from school.names import clean_name

_MOST_FIGURES = 2  # that tell two devices apart; more of them may be a telephone's number


def initials(name: str) -> str:
    """What is left of a name where no name is to be stored; shortening it again changes nothing.

    The words for devices and for nobody in particular stay, as in "K. iPhone", and so do small
    numbers, as in "Guest 2": they name nobody, and by them a person knows to ask. A name without
    a letter comes down to its first sign.
    """
    words = clean_name(name).split()
    shortened = [short for word in words if (short := _shortened(word))]
    if shortened or not words:
        return " ".join(shortened)
    return words[0][0]


def _shortened(word: str) -> str:
    if is_of_nobody(word):
        return word
    if word.isdecimal():
        return word if len(word) <= _MOST_FIGURES else ""
    letters = unicodedata.normalize("NFC", word)
    start = next((at for at, one in enumerate(letters) if one.isalpha()), None)
    if start is None:
        return ""
    end = start + 1
    while end < len(letters) and unicodedata.category(letters[end]) in {"Mn", "Mc"}:
        end += 1  # vowel signs belong to their letter
    return f"{_capital(letters[start])}{letters[start + 1 : end]}."


def _capital(letter: str) -> str:
    upper = letter.upper()
    return upper if len(upper) == 1 else letter
