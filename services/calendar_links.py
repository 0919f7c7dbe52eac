"""Addresses of calendar files: whoever has one may read it, so it cannot be guessed."""

import hmac
from dataclasses import dataclass
from enum import StrEnum

from school.model import SchoolProfile
from storage.sealing import Vault

_MAC_LENGTH = 16  # bytes of 32: nobody can try 2**128


class CalendarKind(StrEnum):
    """What a calendar is of; the first letter of its address."""

    LESSON = "l"
    CHAT = "g"
    TEACHER = "t"


@dataclass(frozen=True, slots=True)
class CalendarOf:
    """A lesson, a chat or a teacher, by id."""

    kind: CalendarKind
    id: int


def lesson_calendar_url(vault: Vault, profile: SchoolProfile, lesson_id: int) -> str:
    """One class, to be opened once."""
    return _url(vault, profile, CalendarOf(CalendarKind.LESSON, lesson_id))


def chat_calendar_url(vault: Vault, profile: SchoolProfile, chat_id: int) -> str:
    """All classes of a group, or of a student's private chat, to be subscribed to."""
    return _url(vault, profile, CalendarOf(CalendarKind.CHAT, chat_id))


def teacher_calendar_url(vault: Vault, profile: SchoolProfile, person_id: int) -> str:
    """All classes of a teacher, to be subscribed to."""
    return _url(vault, profile, CalendarOf(CalendarKind.TEACHER, person_id))


def calendar_of_token(vault: Vault, token: str) -> CalendarOf | None:
    """What an address is of; None for one that we did not make, letter for letter."""
    kind, number = token[:1], _number(token[1:].partition(".")[0])
    if kind not in set(CalendarKind) or number is None:
        return None
    found = CalendarOf(CalendarKind(kind), number)
    # The whole of it, as Python reads one number in many ways: f, 0f, +F…
    made = _token(vault, found)
    return found if hmac.compare_digest(token.encode(errors="replace"), made.encode()) else None


def _url(vault: Vault, profile: SchoolProfile, of: CalendarOf) -> str:
    return f"{profile.public_url}/calendar/{_token(vault, of)}.ics"


def _token(vault: Vault, of: CalendarOf) -> str:
    mac = vault.index("calendar address", f"{of.kind}{of.id}")[:_MAC_LENGTH]
    return f"{of.kind}{of.id:x}.{mac.hex()}"


def _number(text: str) -> int | None:
    try:
        return int(text, 16)
    except ValueError:
        return None
