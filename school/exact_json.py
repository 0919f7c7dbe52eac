"""Values of the school as JSON and back, without losing anything.

For what has to be the same years later: decimal numbers are kept as text, lengths in
microseconds, moments in UTC. A dataclass is an object with its fields by name, so a field may
be added later if it has a default, which then stands in what was written before.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Any, TypeVar, cast, get_args, get_origin

_MICROSECOND = timedelta(microseconds=1)

_T = TypeVar("_T")


def to_json(value: object) -> str:
    """The same text for equal values."""
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_json(kind: type[_T], text: str) -> _T:
    """What `to_json` was given; ValueError, KeyError or TypeError if `text` is no such thing."""
    try:
        return cast("_T", _read(kind, json.loads(text)))
    except ArithmeticError as problem:  # a number that is none, or too large a length
        raise ValueError(str(problem)) from problem


def _plain(value: object) -> object:
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, timedelta):
        return value // _MICROSECOND
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return _text(value)


def _text(value: object) -> str:
    match value:
        case str() | Decimal():
            return str(value)
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date() | time():
            return value.isoformat()
    raise TypeError(f"cannot be kept as JSON: {type(value).__name__}")


_READERS: Mapping[object, Callable[[Any], object]] = {
    Decimal: Decimal,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    time: time.fromisoformat,
    timedelta: lambda count: count * _MICROSECOND,
}


def _read(kind: Any, plain: Any) -> object:
    if plain is None:
        return None
    if get_origin(kind) is UnionType:  # of something and None: no others are in use
        (kind,) = (one for one in get_args(kind) if one is not type(None))
    if get_origin(kind) is tuple:
        return tuple(_read(get_args(kind)[0], one) for one in plain)
    if get_origin(kind) is Mapping:
        return {name: _read(get_args(kind)[1], one) for name, one in _object(plain).items()}
    if is_dataclass(kind):
        kinds = {field.name: field.type for field in fields(kind)}
        build = cast("Callable[..., object]", kind)
        return build(**{name: _read(kinds[name], one) for name, one in _object(plain).items()})
    if issubclass(kind, Enum):
        return kind(plain)
    reader = _READERS.get(kind)
    return plain if reader is None else reader(plain)


def _object(plain: Any) -> dict[str, Any]:
    if not isinstance(plain, dict):
        raise TypeError(f"not an object: {type(plain).__name__}")
    return plain
