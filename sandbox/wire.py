"""JSON as it travels, with the narrowing that reading it needs."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"] | None
JsonObject: TypeAlias = Mapping[str, Json]


def as_object(value: Json) -> JsonObject:
    """The object that `value` is; anything else counts as an empty one."""
    return value if isinstance(value, Mapping) else {}


def as_list(value: Json) -> Sequence[Json]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def as_rows(value: Json) -> list[list[JsonObject]]:
    """A keyboard's rows of buttons."""
    return [[as_object(button) for button in as_list(row)] for row in as_list(value)]


def as_text(value: Json) -> str:
    return value if isinstance(value, str) else ""


def as_integer(value: Json) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def present(**fields: Json) -> dict[str, Json]:
    """An object of the fields that are set: the API leaves absent ones out."""
    return {name: value for name, value in fields.items() if value is not None}
