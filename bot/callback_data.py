"""What stands behind a button: an action and its arguments, in at most 64 bytes.

The data comes back from whoever presses, so it may be forged, replayed, or from a button made by
an earlier version. It says what is asked for, never that the presser may ask for it.
"""

import string
from dataclasses import dataclass

from school.errors import Outdated

_VERSION = "1"
_SEPARATOR = ":"
_LONGEST = 64  # bytes; https://core.telegram.org/bots/api#inlinekeyboardbutton
_DIGITS = string.digits + string.ascii_lowercase
_LARGEST = 2**63 - 1  # what the database can hold


@dataclass(frozen=True, slots=True)
class Press:
    """A pressed button, its arguments not yet believed."""

    action: str
    args: tuple[str, ...]

    def word(self, position: int) -> str:
        if position >= len(self.args):
            raise not_current()
        return self.args[position]

    def number(self, position: int) -> int:
        word = self.word(position)
        digits = word.removeprefix("-")
        if not digits or not set(digits) <= set(_DIGITS):
            raise not_current()
        number = int(word, len(_DIGITS))
        if abs(number) > _LARGEST:
            raise not_current()
        return number


def encode(action: str, *args: int | str) -> str:
    """Callback data for a button. Raises ValueError where it would not fit."""
    words = [arg if isinstance(arg, str) else _base36(arg) for arg in args]
    if any(_SEPARATOR in word for word in (action, *words)):
        raise ValueError(f"callback data of {action} cannot hold a colon in a word")
    data = _SEPARATOR.join((_VERSION, action, *words))
    if len(data.encode()) > _LONGEST:
        raise ValueError(f"callback data of {action} is longer than {_LONGEST} bytes")
    return data


def decode(data: str | None) -> Press:
    """What was pressed. Raises Outdated for anything that this version did not encode."""
    version, *words = (data or "").split(_SEPARATOR)
    if version != _VERSION or not words or not words[0]:
        raise not_current()
    return Press(words[0], tuple(words[1:]))


def _base36(number: int) -> str:
    if number < 0:
        return "-" + _base36(-number)
    if number < len(_DIGITS):
        return _DIGITS[number]
    return _base36(number // len(_DIGITS)) + _DIGITS[number % len(_DIGITS)]


def not_current() -> Outdated:
    """For a button that means nothing any more."""
    return Outdated("This button is no longer current.")
