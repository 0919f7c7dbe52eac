"""What a view makes: everything that is to be seen in one message."""

import re
from dataclasses import dataclass
from html import unescape

from markupsafe import Markup
from telegram import InlineKeyboardMarkup, ReplyKeyboardMarkup, ReplyKeyboardRemove

Keyboard = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove

LONGEST_TEXT = 4096
"""UTF-16 units of a message, after the tags are taken out."""

_TAG = re.compile("<[^>]*>")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message, as a message of its own that replies to it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class View:
    """A message as Telegram is to show it: HTML, and the buttons under it.

    A reply keyboard, which stands in the place of the person's own, only goes with a new message.
    """

    text: Markup
    keyboard: Keyboard | None = None
    attachment: Attachment | None = None
    is_protected: bool = False  # Telegram keeps it from being forwarded and saved


def paragraphs(*blocks: Markup | None) -> Markup:
    """Blocks with an empty line between them; what is None or empty leaves no gap."""
    return Markup("\n\n").join(block for block in blocks if block)


def lines(*each: Markup | None) -> Markup:
    """Lines one under the other; what is None or empty leaves no gap."""
    return Markup("\n").join(line for line in each if line)


def shown_length(text: Markup) -> int:
    """As Telegram counts: without tags, in UTF-16 units."""
    plain = unescape(_TAG.sub("", text))
    return len(plain.encode("utf-16-le")) // 2
