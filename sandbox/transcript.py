"""The Telegram stand-in's journal as chats that read well in a terminal.

    Aisha, privately                      › /newclass Tajweed tomorrow 18:00 45m
    bot to Aisha, privately               ‹ Which groups?
                                            [Beginners A] [Beginners B]
    Aisha, privately                      · presses [Beginners A]
    bot to group Beginners A, 3 people    ✎ Tajweed with Aisha · live now

One line per message, row of buttons, press and edit; further lines of a text are indented.
"""

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TextIO
from zoneinfo import ZoneInfo

from sandbox.wire import Json, JsonObject, as_integer, as_list, as_object, as_text

_COLUMN = 38  # where the texts begin
_DIM, _BOLD, _YELLOW, _RESET = "\x1b[2m", "\x1b[1m", "\x1b[33m", "\x1b[0m"
_STYLES = MappingProxyType({"danger": "\x1b[31m", "success": "\x1b[32m", "primary": "\x1b[34m"})
_USUAL_BUTTON = "\x1b[36m"
_TIME_FORMATS = MappingProxyType(
    {"w": "%a", "d": "%-d %b", "D": "%-d %B %Y", "t": "%H:%M", "T": "%H:%M:%S"}
)


def is_terminal(stream: TextIO) -> bool:
    """Whether colours make sense there."""
    return stream.isatty()


class Transcript:
    """Turns journal entries into lines.

    With a `zone`, `<tg-time>` is shown in it, as a reader there sees it; else its fallback text.
    """

    def __init__(self, *, coloured: bool = False, zone: ZoneInfo | None = None) -> None:
        self._coloured = coloured
        self._zone = zone
        self._tellers: Mapping[str, Callable[[JsonObject], Iterator[str]]] = MappingProxyType(
            {
                "message": self._message,
                "edited": self._edited,
                "deleted": self._deleted,
                "pressed": self._pressed,
                "answered": self._answered,
                "member": self._member,
            }
        )

    def lines(self, entry: JsonObject) -> list[str]:
        """The lines of one entry; none where there is nothing to see."""
        tell = self._tellers.get(as_text(entry["kind"]))
        return [] if tell is None else [*tell(entry)]

    def aside(self, who: str, text: str) -> str:
        """What somebody does elsewhere, of which Telegram knows nothing."""
        return self._told_by(who, "·", text)

    def _message(self, entry: JsonObject) -> Iterator[str]:
        message = as_object(entry["message"])
        by_bot = as_object(message["sender"]).get("is_bot") is True
        if message.get("service"):
            yield self._line(entry, "·", self._paint(_event(message), _DIM))
            return
        yield from self._state(entry, "‹" if by_bot else "›", _BOLD if not by_bot else "")

    def _edited(self, entry: JsonObject) -> Iterator[str]:
        yield from self._state(entry, "✎", _YELLOW)

    def _state(self, entry: JsonObject, sign: str, colour: str) -> Iterator[str]:
        """The text, the file and the buttons as they now stand."""
        message = as_object(entry["message"])
        text = self._plain(message)
        file = as_object(message.get("file"))
        if file:
            text = (
                f"📎 {as_text(file['name'])} ({as_integer(file['length'])} bytes)\n{text}".strip()
            )
        first, *others = text.splitlines() or [""]
        yield self._line(entry, sign, self._paint(_printable(first), colour))
        for line in others:
            yield self._indented(self._paint(_printable(line), colour))
        for row in as_list(message["buttons"]):
            yield self._indented(" ".join(self._button(as_object(each)) for each in as_list(row)))

    def _deleted(self, entry: JsonObject) -> Iterator[str]:
        text = as_text(as_object(entry["message"])["text"]).split("\n", 1)[0]
        yield self._line(entry, "✗", self._paint(f"deleted: {_printable(text)}", _DIM))

    def _pressed(self, entry: JsonObject) -> Iterator[str]:
        button = _printable(as_text(entry["button"]))
        yield self._line(entry, "·", f"presses [{button}]")

    def _answered(self, entry: JsonObject) -> Iterator[str]:
        text = as_text(entry["text"])
        if text:
            kind = "alert" if entry["alert"] is True else "toast"
            person = _printable(as_text(as_object(entry["person"])["first_name"]))
            yield self._indented(self._paint(f"({kind} to {person}) {_printable(text)}", _YELLOW))

    def _member(self, entry: JsonObject) -> Iterator[str]:
        """Rights given and taken; coming and going have messages of their own."""
        status = as_text(entry["status"])
        private = as_object(entry["chat"])["type"] == "private"
        if status in {"administrator", "restricted"} or private:
            name = _printable(as_text(as_object(entry["person"])["first_name"]))
            text = f"{name} is now {status}"
            if private:
                text = "blocks the bot" if status == "kicked" else "unblocks the bot"
            yield self._line(entry, "·", self._paint(text, _DIM))

    def _line(self, entry: JsonObject, sign: str, text: str) -> str:
        return self._told_by(_who(entry), sign, text)

    def _told_by(self, who: str, sign: str, text: str) -> str:
        who = _printable(who)
        gap = " " * max(_COLUMN - _width(who), 1)
        return f"{self._paint(who, _DIM)}{gap}{sign} {text}".rstrip()

    def _indented(self, text: str) -> str:
        return f"{' ' * (_COLUMN + 2)}{text}".rstrip()

    def _button(self, button: JsonObject) -> str:
        style = _STYLES.get(as_text(button.get("style")), _USUAL_BUTTON)
        return self._paint(f"[{_printable(as_text(button['text']))}]", style)

    def _paint(self, text: str, colour: str) -> str:
        return f"{colour}{text}{_RESET}" if self._coloured and colour and text else text

    def _plain(self, message: JsonObject) -> str:
        """The text with its times in the reader's zone."""
        raw = as_text(message["text"]).encode("utf-16-le")
        if self._zone is not None:
            for entity in reversed(as_list(message["entities"])):
                raw = _with_time(raw, as_object(entity), self._zone)
        return raw.decode("utf-16-le")


def _who(entry: JsonObject) -> str:
    """Who speaks, and who sees it."""
    chat = as_object(entry["chat"])
    message = as_object(entry.get("message"))
    actor = as_object(message.get("sender") or entry.get("by") or entry.get("person"))
    name = as_text(actor.get("first_name"))
    title, people = as_text(chat["title"]), as_integer(chat["people"]) or 0
    private = chat["type"] == "private"
    audience = "privately" if private else f"{people} {'person' if people == 1 else 'people'}"
    if actor.get("is_bot") is True:
        return f"bot to {title if private else f'group {title}'}, {audience}"
    if private:
        return f"{name}, privately"
    speaker = "an administrator" if message.get("anonymous") is True else name
    return f"{speaker} in {title}, {audience}"


def _event(message: JsonObject) -> str:
    """A service message in words."""
    for name, value in as_object(message["service"]).items():
        about = as_object(value)
        match name:
            case "new_chat_members":
                return f"{_names(value)} came in"
            case "left_chat_member":
                return f"{_printable(as_text(about.get('first_name')))} is gone"
            case "chat_shared":
                return f"shares a chat: {_printable(as_text(about.get('title')) or 'unnamed')}"
            case "forum_topic_created":
                return f"opens the topic {_printable(as_text(about.get('name')))}"
            case "migrate_to_chat_id":
                return "makes the group a supergroup"
    return "continues here as a supergroup"


def _names(people: Json) -> str:
    names = [as_text(as_object(person).get("first_name")) for person in as_list(people)]
    return _printable(", ".join(names))


def _with_time(raw: bytes, entity: JsonObject, zone: ZoneInfo) -> bytes:
    """`raw` is UTF-16, so that entities' offsets are pairs of bytes."""
    style, unix = as_text(entity.get("date_time_format")), as_integer(entity.get("unix_time"))
    if entity["type"] != "date_time" or unix is None or style in {"", "r"}:
        return raw
    start = 2 * (as_integer(entity["offset"]) or 0)
    end = start + 2 * (as_integer(entity["length"]) or 0)
    at = datetime.fromtimestamp(unix, UTC).astimezone(zone)
    parts = [at.strftime(_TIME_FORMATS[letter]) for letter in style]
    return raw[:start] + _sentence(style, parts).encode("utf-16-le") + raw[end:]


def _sentence(style: str, parts: list[str]) -> str:
    """A comma only before the time: «Tue 24 Nov, 18:00»."""
    if len(parts) > 1 and style[-1] in "tT":
        return f"{' '.join(parts[:-1])}, {parts[-1]}"
    return " ".join(parts)


def _printable(text: str) -> str:
    """Without control characters, so that no name or message can steer the terminal."""
    return "".join("�" if unicodedata.category(each) == "Cc" else each for each in text)


def _width(text: str) -> int:
    """Columns in a terminal: wide characters take two, combining ones none."""
    wide = sum(unicodedata.east_asian_width(each) in "WF" for each in text)
    return len(text) + wide - sum(unicodedata.combining(each) > 0 for each in text)
