"""The font of pictures and statements, and what it can show of a text.

The font is the project's own (bot/fonts): every machine has its Arabic and Ethiopic letters.
"""

import unicodedata
from functools import cache
from pathlib import Path

REGULAR = Path(__file__).parents[1] / "fonts" / "SchoolSans-Regular.ttf"
BOLD = REGULAR.with_name("SchoolSans-Bold.ttf")

RIGHT_TO_LEFT_MARK = "\u200f"
LEFT_TO_RIGHT_MARK = "\u200e"

# What keeps names apart in a sentence that runs the other way (bot.speech), and what joins letters
# or parts them. Nothing else unseen is let in: an override would turn the rest of its line round.
_UNSEEN = frozenset("\u2068\u2069\u200c\u200d" + RIGHT_TO_LEFT_MARK + LEFT_TO_RIGHT_MARK)
_STAND_IN = "□"


def drawable(text: str, longest: int) -> str:
    """What the font can show of a text, in one line. Empty where it has none of its letters."""
    kept = (letter for letter in _one_line(text) if _is_safe(letter) and ord(letter) in _letters())
    shown = " ".join("".join(kept).split())
    if not any(letter not in _UNSEEN for letter in shown):
        return ""
    return _cut(shown, longest)


def printable(text: str, longest: int) -> str:
    """The same for a document, where a letter that is not in the font leaves a box.

    A name on paper is not to look whole when it is not. Emoji and the like are just left out.
    """
    drawn = (_drawn(letter) for letter in _one_line(text) if _is_safe(letter))
    return _cut(" ".join("".join(drawn).split()), longest)


def directed(text: str, *, is_rtl: bool) -> str:
    """The text as a line that runs in the direction of its language, whatever it begins with."""
    mark = RIGHT_TO_LEFT_MARK if is_rtl else LEFT_TO_RIGHT_MARK
    return f"{mark}{text}" if text else ""


def _one_line(text: str) -> str:
    # Composed, so that an accent typed on its own finds the letter that the font has with it.
    return " ".join(unicodedata.normalize("NFC", text).split())


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def _is_safe(letter: str) -> bool:
    return letter.isprintable() or letter in _UNSEEN


def _drawn(letter: str) -> str:
    if ord(letter) in _letters():
        return letter
    return _STAND_IN if unicodedata.category(letter).startswith("L") else ""


@cache
def _letters() -> frozenset[int]:
    """The code points in the font; both weights have the same."""
    from fontTools.ttLib import TTFont

    with TTFont(REGULAR, lazy=True) as font:
        return frozenset(font.getBestCmap())
