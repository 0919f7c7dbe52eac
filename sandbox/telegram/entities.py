"""What a text says and how: given entities, parsed ones, and those that Telegram finds itself."""

import re
from collections.abc import Iterable, Sequence
from types import MappingProxyType

from sandbox.telegram.call import Call
from sandbox.telegram.html import parse_html, utf16_length
from sandbox.telegram.model import Content
from sandbox.telegram.problems import bad_request
from sandbox.wire import Json, JsonObject, as_integer, as_list, as_object, as_text

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024

_FOUND = MappingProxyType(
    {
        "url": re.compile(r"(?:https?|tg)://[^\s<>\"]+[^\s<>\".,!?)]|(?<![\w/])t\.me/\w[^\s<>\"]*"),
        "email": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
        "bot_command": re.compile(r"(?<![\w/@])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z]\w{2,31})?(?!\w)"),
        "mention": re.compile(r"(?<!\w)@[A-Za-z]\w{3,31}"),
        "hashtag": re.compile(r"(?<!\w)#\w+"),
    }
)
_GIVEN = frozenset(
    {
        *("mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"),
        *("bold", "italic", "underline", "strikethrough", "spoiler", "code", "pre"),
        *("blockquote", "expandable_blockquote", "text_link", "custom_emoji", "date_time"),
    }
)
_OPAQUE = frozenset({"code", "pre", "text_link", "date_time"})  # nothing is found inside these


def spoken(text: str) -> Content:
    """What a person typed."""
    return _content(text, [])


def message_text(call: Call, too_long: str = "message is too long") -> Content:
    content = _formatted(call, "text", "entities")
    if not content.text:
        raise bad_request(
            "message text is empty" if not call.text("text") else "text must be non-empty"
        )
    if utf16_length(content.text) > TEXT_LIMIT:
        raise bad_request(too_long)
    return content


def caption(call: Call) -> Content:
    content = _formatted(call, "caption", "caption_entities")
    if utf16_length(content.text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    return content


def _formatted(call: Call, name: str, entities_name: str) -> Content:
    text, mode = call.text(name), call.text("parse_mode")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise bad_request("strings must be encoded in UTF-8")
    if not mode:
        given = [as_object(entity) for entity in as_list(call.values.get(entities_name))]
        return _content(text, [_checked(entity, text) for entity in given])
    if mode.lower() != "html":
        raise bad_request("unsupported parse_mode")
    return _content(*parse_html(text))


def _checked(entity: JsonObject, text: str) -> dict[str, Json]:
    kind, offset, length = (
        as_text(entity["type"]),
        _number(entity, "offset"),
        _number(entity, "length"),
    )
    if kind not in _GIVEN:
        raise bad_request("can't parse MessageEntity: Unsupported type specified")
    if offset < 0 or length <= 0 or offset + length > utf16_length(text):
        raise bad_request("can't parse MessageEntity: the entity is outside of the text")
    return dict(entity)


def _content(text: str, entities: Sequence[dict[str, Json]]) -> Content:
    """Trimmed as Telegram trims, with what Telegram finds by itself."""
    trimmed = text.strip()
    cut = utf16_length(text[: len(text) - len(text.lstrip())]) if trimmed else 0
    kept = [*_shifted(entities, cut, utf16_length(trimmed))]
    kept += _found(trimmed, kept)
    kept.sort(key=lambda entity: (_number(entity, "offset"), -_number(entity, "length")))
    return Content(trimmed, tuple(kept))


def _shifted(
    entities: Iterable[dict[str, Json]], cut: int, length: int
) -> Iterable[dict[str, Json]]:
    for entity in entities:
        start = max(_number(entity, "offset") - cut, 0)
        end = min(_number(entity, "offset") + _number(entity, "length") - cut, length)
        if end > start:
            yield entity | {"offset": start, "length": end - start}


def _found(text: str, kept: Sequence[JsonObject]) -> list[dict[str, Json]]:
    taken = [_span(entity) for entity in kept if entity["type"] in _OPAQUE]
    found: list[dict[str, Json]] = []
    for kind, pattern in _FOUND.items():
        for match in pattern.finditer(text):
            start = utf16_length(text[: match.start()])
            end = start + utf16_length(match[0])
            if all(end <= other_start or start >= other_end for other_start, other_end in taken):
                taken.append((start, end))
                found.append({"type": kind, "offset": start, "length": end - start})
    return found


def _span(entity: JsonObject) -> tuple[int, int]:
    start = _number(entity, "offset")
    return start, start + _number(entity, "length")


def _number(entity: JsonObject, name: str) -> int:
    return as_integer(entity.get(name)) or 0
