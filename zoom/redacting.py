"""Zoom's reports without somebody in them: for whoever wants their data deleted."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

_NAMES = ("user_name", "name", "display_name")
_IDS = ("id", "participant_user_id", "zoom_user_id")
_EMAILS = ("email", "user_email")
_REGISTRANT = "registrant_id"
_OTHERS = ("phone_number", "customer_key")


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A person as a report names them; what it leaves out is empty."""

    name: str = field(repr=False)
    zoom_user_id: str
    email: str = field(repr=False)
    registrant_id: str


def without(body: bytes, is_meant: Callable[[Mentioned], bool], pseudonym: str) -> bytes | None:
    """The report with `pseudonym` as the registration of who is meant, and nothing else of them.

    So what belongs together still does. None where nobody in it is meant, or it is no report.
    """
    try:
        said = json.loads(body)
    except ValueError:
        return None
    meant = [one for one in _people(said) if is_meant(_mentioned(one))]
    for one in meant:
        one.update({key: "" for key in (*_NAMES, *_IDS, *_EMAILS, *_OTHERS) if key in one})
        one[_REGISTRANT] = pseudonym
    return json.dumps(said, ensure_ascii=False).encode(errors="replace") if meant else None


def _people(said: object) -> Iterator[dict[str, object]]:
    """Every object that names somebody, however deep."""
    if isinstance(said, dict):
        if any(isinstance(said.get(key), str) for key in _NAMES):
            yield said
        for value in said.values():
            yield from _people(value)
    elif isinstance(said, list):
        for value in said:
            yield from _people(value)


def _mentioned(one: dict[str, object]) -> Mentioned:
    return Mentioned(
        name=_first(one, _NAMES),
        zoom_user_id=_first(one, _IDS),
        email=_first(one, _EMAILS),
        registrant_id=_first(one, (_REGISTRANT,)),
    )


def _first(one: dict[str, object], keys: tuple[str, ...]) -> str:
    values = (one.get(key) for key in keys)
    return next((value for value in values if isinstance(value, str) and value), "")
