"""Telegram's HTML, read as strictly as Telegram reads it."""

import re
import sys
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sandbox.telegram.problems import Refused, bad_request
from sandbox.wire import Json

# https://core.telegram.org/bots/api#html-style
_SIMPLE_TAGS = MappingProxyType(
    {
        "b": "bold",
        "strong": "bold",
        "i": "italic",
        "em": "italic",
        "u": "underline",
        "ins": "underline",
        "s": "strikethrough",
        "strike": "strikethrough",
        "del": "strikethrough",
        "tg-spoiler": "spoiler",
        "code": "code",
        "pre": "pre",
    }
)
_OTHER_TAGS = frozenset({"a", "span", "tg-emoji", "tg-time", "blockquote"})
_CHARACTERS = re.compile(r"&(#\d+|#[xX][0-9a-fA-F]+|lt|gt|amp|quot);?")
_NAMED = MappingProxyType({"lt": "<", "gt": ">", "amp": "&", "quot": '"'})
_END_TAG = re.compile(r"</([a-zA-Z-]*)\s*>")
_START_TAG = re.compile(r"<([a-zA-Z0-9-]*)")
_ATTRIBUTE = re.compile(r"""\s+([a-zA-Z-]+)(?:\s*=\s*("[^"]*"|'[^']*'|[a-zA-Z0-9.:/-]+))?""")
_TIME_FORMAT = re.compile(r"r|w?[dD]?[tT]?")


def utf16_length(text: str) -> int:
    """Telegram's unit of length: a character beyond the basic plane counts twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass(frozen=True, slots=True)
class _Open:
    tag: str
    attributes: Mapping[str, str]
    offset: int  # in UTF-16 units of the text
    at: int  # in characters of the source


def parse_html(source: str) -> tuple[str, list[dict[str, Json]]]:
    """The plain text and its entities; refused where a tag is unknown, unclosed or incomplete."""
    return _Parser(source).parse()


class _Parser:
    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._text: list[str] = []
        self._length = 0
        self._open: list[_Open] = []
        self._entities: list[dict[str, Json]] = []

    def parse(self) -> tuple[str, list[dict[str, Json]]]:
        while self._at < len(self._source):
            if self._source.startswith("</", self._at):
                self._end_tag()
            elif self._source[self._at] == "<":
                self._start_tag()
            else:
                self._characters()
        if self._open:
            raise self._problem(
                f'Can\'t find end tag corresponding to start tag "{self._open[-1].tag}"'
            )
        return "".join(self._text), self._entities

    def _characters(self) -> None:
        """Up to the next tag or the end."""
        end = self._source.find("<", self._at)
        end = len(self._source) if end < 0 else end
        text = _CHARACTERS.sub(_character, self._source[self._at : end])
        self._text.append(text)
        self._length += utf16_length(text)
        self._at = end

    def _start_tag(self) -> None:
        at = self._at
        name = _START_TAG.match(self._source, at)
        tag = name[1].lower() if name else ""
        if tag not in _SIMPLE_TAGS and tag not in _OTHER_TAGS:
            raise self._problem(f'Unsupported start tag "{tag}"', at)
        self._at += 1 + len(tag)
        attributes: dict[str, str] = {}
        while found := _ATTRIBUTE.match(self._source, self._at):
            attributes[found[1].lower()] = _CHARACTERS.sub(
                _character, (found[2] or "").strip("\"'")
            )
            self._at = found.end()
        rest = re.compile(r"\s*>").match(self._source, self._at)
        if rest is None:
            raise self._problem("Unclosed start tag", at)
        self._at = rest.end()
        self._open.append(_Open(tag, attributes, self._length, at))

    def _end_tag(self) -> None:
        at = self._at
        found = _END_TAG.match(self._source, at)
        if found is None:
            raise self._problem("Unclosed end tag", at)
        tag = found[1].lower()
        if not self._open:
            raise self._problem("Unexpected end tag", at)
        opened = self._open.pop()
        if tag not in ("", opened.tag):
            raise self._problem(
                "Unmatched end tag", at, f', expected "</{opened.tag}>", found "</{tag}>"'
            )
        self._at = found.end()
        length = self._length - opened.offset
        entity = self._entity(opened)
        if length and entity:
            self._entities.append({"offset": opened.offset, "length": length} | entity)

    def _entity(self, opened: _Open) -> dict[str, Json] | None:
        in_pre = bool(self._open) and self._open[-1].tag == "pre"
        if opened.tag == "code" and in_pre:
            return None  # <pre><code class="language-…">: the outer one is shown
        if opened.tag in _SIMPLE_TAGS:
            return {"type": _SIMPLE_TAGS[opened.tag]}
        return self._special(opened)

    def _special(self, opened: _Open) -> dict[str, Json] | None:
        match opened.tag:
            case "a":
                return _link(opened)
            case "span":
                return self._spoiler(opened)
            case "tg-emoji":
                return self._emoji(opened)
            case "tg-time":
                return self._time(opened)
            case _:
                expandable = "expandable" in opened.attributes
                return {"type": "expandable_blockquote" if expandable else "blockquote"}

    def _spoiler(self, opened: _Open) -> dict[str, Json]:
        if opened.attributes.get("class") != "tg-spoiler":
            raise self._problem('Tag "span" must have class "tg-spoiler"', opened.at)
        return {"type": "spoiler"}

    def _emoji(self, opened: _Open) -> dict[str, Json]:
        emoji = opened.attributes.get("emoji-id", "")
        if not emoji.isdecimal():
            raise self._problem("Invalid custom emoji identifier specified", opened.at)
        return {"type": "custom_emoji", "custom_emoji_id": emoji}

    def _time(self, opened: _Open) -> dict[str, Json]:
        unix, style = opened.attributes.get("unix", ""), opened.attributes.get("format", "")
        if not re.fullmatch(r"-?\d{1,11}", unix):
            raise self._problem('Tag "tg-time" must have a Unix time in "unix"', opened.at)
        if not _TIME_FORMAT.fullmatch(style):
            raise self._problem(f'Invalid date-time format "{style}" specified', opened.at)
        entity: dict[str, Json] = {"type": "date_time", "unix_time": int(unix)}
        return entity | ({"date_time_format": style} if style else {})

    def _problem(self, text: str, at: int | None = None, rest: str = "") -> Refused:
        where = "" if at is None else f" at byte offset {len(self._source[:at].encode())}"
        return bad_request(f"can't parse entities: {text}{where}{rest}")


def _link(opened: _Open) -> dict[str, Json] | None:
    """A link to nowhere is left as plain text, as Telegram leaves it."""
    url = opened.attributes.get("href", "")
    return {"type": "text_link", "url": url} if url else None


def _character(found: re.Match[str]) -> str:
    name = found[1]
    if not name.startswith("#"):
        return _NAMED[name]
    code = int(f"0{name[1:]}", 0) if name[1] in "xX" else int(name[1:])
    if not 0 < code <= sys.maxunicode or unicodedata.category(chr(code)) == "Cs":
        return found[0]
    return chr(code)
