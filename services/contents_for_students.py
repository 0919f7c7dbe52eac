"""What posts have to say to the chats of the students, as plain data for the views.

Topic and teacher are None once erased; the zone is the one that the chat reads times in, where it
has one, or else the class's own.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from school.model import LessonState, Planned
from school.recurrence import Repeat


@dataclass(frozen=True, slots=True)
class ClassCard:
    """A class in its group; not `is_announced`, it is in this chat no more.

    `repeat` is None outside a series. There is no `join_url` while its meeting is being made.
    """

    topic: str | None
    teacher_name: str | None
    planned: Planned
    zone: ZoneInfo
    state: LessonState
    starts_soon: bool
    here_now: int
    lasted: timedelta | None
    student_count: int
    join_url: str | None
    calendar_url: str | None
    repeat: Repeat | None
    is_announced: bool


@dataclass(frozen=True, slots=True)
class MovedNotice:
    """A class has another time: a fresh message. `was_at` is its time before.

    `rule` is that of its whole series where that moved; its times are those of `class_zone`.
    """

    topic: str | None
    planned: Planned
    was_at: datetime
    zone: ZoneInfo
    join_url: str | None
    rule: Repeat | None
    class_zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class CancelledNotice:
    """A class is off: a fresh message to the group. `next_at`: the next one of the series.

    `all_cancelled`: with it, all of the series that were ahead.
    """

    topic: str | None
    planned: Planned
    zone: ZoneInfo
    next_at: datetime | None
    all_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class SkippedNotice:
    """Several classes of a series are off, such as in a holiday: one fresh message for them all.

    `is_back`: they take place after all.
    """

    topic: str
    first_at: datetime
    last_at: datetime
    count: int
    zone: ZoneInfo
    next_at: datetime | None
    is_back: bool


@dataclass(frozen=True, slots=True)
class BackNotice:
    """A class that was off is on again: a fresh message, with the link that is right now."""

    topic: str | None
    planned: Planned
    zone: ZoneInfo
    join_url: str | None


@dataclass(frozen=True, slots=True)
class HandedNotice:
    """Another teacher gives a class, by another link: a fresh message."""

    topic: str | None
    teacher_name: str | None
    planned: Planned
    zone: ZoneInfo
    join_url: str | None


@dataclass(frozen=True, slots=True)
class NoLongerHere:
    """What stands there in a message about a class that is not announced there any more."""

    topic: str | None


@dataclass(frozen=True, slots=True)
class Overtaken:
    """What stands there in a message that a newer one has taken the place of."""

    topic: str | None


@dataclass(frozen=True, slots=True)
class Reminder:
    """A class begins soon, or tomorrow."""

    topic: str | None
    teacher_name: str | None
    planned: Planned
    zone: ZoneInfo
    join_url: str | None
    is_day_before: bool
