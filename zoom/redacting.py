"""Zoom's reports without somebody in them, who wants their data deleted; or with nobody else."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

_NAMES = ("user_name", "name", "display_name")
_IDS = ("id", "participant_user_id", "zoom_user_id")
_EMAILS = ("email", "user_email")
_REGISTRANT = "registrant_id"
_HOST = "host_id"
_OTHERS = ("phone_number", "customer_key")
_MARKS_OF_PEOPLE = frozenset(
    {*_NAMES, *_EMAILS, *_IDS, *_OTHERS, _REGISTRANT, "user_id", "participant_uuid", "ip_address"}
) - {"id"}  # meetings have one too
_WHO_DID_IT = frozenset(
    {"operator", "operator_id", "host_id", "host_email", "alternative_hosts", "creator_id"}
)
_NO_REPORT = (ValueError, RecursionError)
"""What reading raises of anything else; none of Zoom's is nested as deep as Python goes."""


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A person as a report names them; what it leaves out is empty."""

    name: str = field(repr=False)
    zoom_user_id: str
    email: str = field(repr=False)
    registrant_id: str


def hosts_of(body: bytes) -> frozenset[str]:
    """The Zoom ids of those who host what is reported."""
    try:
        return frozenset(_hosts(json.loads(body)))
    except _NO_REPORT:
        return frozenset()


def _hosts(said: object) -> Iterator[str]:
    if isinstance(said, dict):
        host = said.get(_HOST)
        if isinstance(host, str) and host:
            yield host
        for value in said.values():
            yield from _hosts(value)
    elif isinstance(said, list):
        for value in said:
            yield from _hosts(value)


def without(body: bytes, is_meant: Callable[[Mentioned], bool], pseudonym: str) -> bytes | None:
    """The report with `pseudonym` as the registration of who is meant, and nothing else of them.

    So what belongs together still does. None where nobody in it is meant, or it is no report.
    """
    try:
        said = json.loads(body)
        meant = [one for one in _people(said) if is_meant(_mentioned(one))]
        for one in meant:
            one.update({key: "" for key in (*_NAMES, *_IDS, *_EMAILS, *_OTHERS) if key in one})
            one[_REGISTRANT] = pseudonym
        return json.dumps(said, ensure_ascii=False).encode(errors="replace") if meant else None
    except _NO_REPORT:
        return None


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A report in which at most one person is left.

    `entries` are what it says of them; `whole` is all of it without others, of whom there were
    `others`.
    """

    whole: object = field(repr=False)
    entries: tuple[object, ...] = field(repr=False)
    others: int


def narrowed(
    body: bytes, is_meant: Callable[[Mentioned], bool], own: frozenset[str]
) -> Narrowed | None:
    """The report with nobody in it but who is meant; None where it is no report.

    `own` are their Zoom ids and e-mails in small letters, by which they are known as who did it.
    Whatever may be a person is taken for one: better too little is left than somebody else.
    """
    try:
        return _narrowed(json.loads(body), is_meant, own)
    except _NO_REPORT:
        return None


def _narrowed(said: object, is_meant: Callable[[Mentioned], bool], own: frozenset[str]) -> Narrowed:
    entries: list[object] = []
    others: list[object] = []

    def left(value: object) -> object:
        if isinstance(value, list):
            return [left(one) for one in value if not is_another(one)]
        if isinstance(value, dict):
            return {
                key: left(one)
                for key, one in value.items()
                if not is_another(one) and not _was_done_by_another(key, one, own)
            }
        return value

    def is_another(value: object) -> bool:
        if not isinstance(value, dict) or not _MARKS_OF_PEOPLE & value.keys():
            return False
        is_theirs = is_meant(_mentioned(value))
        (entries if is_theirs else others).append(value)
        return not is_theirs

    whole = None if is_another(said) else left(said)
    count = len(others)
    return Narrowed(whole, tuple([left(one) for one in entries]), count)


def _was_done_by_another(key: str, value: object, own: frozenset[str]) -> bool:
    return key in _WHO_DID_IT and str(value).strip().casefold() not in own


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
