"""The words of the school that several rooms share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
"""Gives the present as an aware UTC time."""


class Role(StrEnum):
    """What a person is to the school; everybody may ask what is stored about them."""

    STRANGER = "stranger"
    STUDENT = "student"
    TEACHER = "teacher"
    ADMIN = "admin"


class LessonState(StrEnum):
    """Where a lesson is in its life; only `CREATING` has no Zoom meeting yet."""

    CREATING = "creating"
    SCHEDULED = "scheduled"
    LIVE = "live"
    ENDED = "ended"
    CANCELLED = "cancelled"


class PostKind(StrEnum):
    """What a chat is shown about a lesson; one message each."""

    CARD = "card"  # a group's class card, edited through the lesson's life
    CANCELLED = "cancelled"  # a fresh message to the group: edits do not ring
    ANSWER = "answer"  # the teacher's own card: state, delivery progress, buttons
    SUMMARY = "summary"  # durations, to the teacher in private, after the lesson


class ClockFace(StrEnum):
    """How a person is told the time of day."""

    DAY = "day"  # 24 hours from midnight
    ETHIOPIAN = "ethiopian"  # twice 12 hours, from dawn and from dusk


@dataclass(frozen=True, slots=True)
class SchoolProfile:
    """What a school is called and where its days begin; from the settings."""

    name: str
    zone: ZoneInfo
    language: str
    public_url: str
    bot_username: str
    admin_ids: frozenset[int]
    support_email: str
    support_url: str
    privacy_contact: str


@dataclass(frozen=True, slots=True)
class Planned:
    """When a lesson was to be held."""

    starts_at: datetime
    length: timedelta

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + self.length
