"""Names as people type them: made safe to show, and made comparable."""

import re
import unicodedata

_BIDI_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def clean_name(text: str) -> str:
    """A name or topic that cannot disturb what stands around it.

    Characters that turn the direction of the text are removed (a right-to-left name reads right
    without them), half characters are replaced, and white space becomes single spaces.
    """
    if not text.isprintable():  # as all these are not
        text = _BIDI_CONTROLS.sub("", text)
        text = _LONE_SURROGATES.sub("\ufffd", text)
        text = _CONTROLS.sub(" ", text)
    return " ".join(text.split())


def normalised_name(name: str) -> str:
    """A display name as it is compared: Unicode form, case and spaces do not count."""
    return comparable(clean_name(name))


def comparable(cleaned: str) -> str:
    """`normalised_name` of what is clean already."""
    if cleaned.isascii():  # of which nothing below changes more than the case
        return cleaned.lower()
    folded = unicodedata.normalize("NFKC", cleaned).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())  # folding can undo the form


def folded(text: str) -> str:
    """A phrase as it is compared: case, width of characters and spaces do not count."""
    return " ".join(unicodedata.normalize("NFKC", clean_name(text)).casefold().split())
