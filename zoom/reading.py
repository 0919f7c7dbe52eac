"""Zoom's JSON read strictly: what is needed must be there and be right; the rest may be anything.

Every function raises Malformed, naming the field and never its value.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from zoom.errors import Malformed

JsonObject = Mapping[str, object]

_MOST_DIGITS = 18  # of a number written as text; what fits a database's integer


def json_object(body: bytes) -> JsonObject:
    """The JSON object that `body` is."""
    try:
        value: object = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("not JSON") from None
    if not isinstance(value, dict):
        raise Malformed("not a JSON object")
    return value


def nested(of: JsonObject, name: str) -> JsonObject:
    value = of.get(name)
    if not isinstance(value, dict):
        raise Malformed(f"{name}: not an object")
    return value


def nested_list(of: JsonObject, name: str) -> list[JsonObject]:
    """A list of objects; one that is left out or null is empty."""
    value = of.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise Malformed(f"{name}: not a list")
    for item in value:
        if not isinstance(item, dict):
            raise Malformed(f"{name}: not a list of objects")
    return value


def text(of: JsonObject, name: str) -> str:
    value = optional_text(of, name)
    if not value:
        raise Malformed(f"{name}: missing")
    return value


def optional_text(of: JsonObject, name: str) -> str:
    """A text, empty where it is left out or null; always valid Unicode, so it can be stored."""
    value = of.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Malformed(f"{name}: not a text")
    if value.isascii():
        return value
    # JSON can escape half a surrogate pair, which no encoding can write.
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def number(of: JsonObject, name: str) -> int:
    """A whole number ≥ 0; Zoom writes meeting ids as numbers in some places and texts in others."""
    value = of.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value) if len(value) <= _MOST_DIGITS else -1
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 10**_MOST_DIGITS:
        raise Malformed(f"{name}: not a number")
    return value


def id_text(of: JsonObject, name: str) -> str:
    """An id that is a text, or a number written as one; empty where it is left out."""
    value = of.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(number(of, name))
    return optional_text(of, name)


def moment(of: JsonObject, *names: str) -> datetime:
    """The time under the first of `names` that is there, in UTC."""
    value = optional_moment(of, *names)
    if value is None:
        raise Malformed(f"{names[0]}: missing")
    return value


def optional_moment(of: JsonObject, *names: str) -> datetime | None:
    for name in names:
        value = optional_text(of, name)
        if value:
            return _utc(name, value)
    return None


def moment_of_milliseconds(of: JsonObject, name: str) -> datetime:
    try:
        return datetime.fromtimestamp(number(of, name) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        raise Malformed(f"{name}: not a time") from None


def minutes(of: JsonObject, name: str) -> timedelta:
    return _length(name, number(of, name) * 60)


def seconds(of: JsonObject, name: str) -> timedelta:
    return _length(name, number(of, name))


def _length(name: str, in_seconds: int) -> timedelta:
    try:
        return timedelta(seconds=in_seconds)
    except OverflowError:
        raise Malformed(f"{name}: not a length") from None


def _utc(name: str, value: str) -> datetime:
    try:
        at = datetime.fromisoformat(value)
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Malformed(f"{name}: not a time with a zone")
