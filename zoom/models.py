"""What is asked of Zoom's API, and what it answers.

https://developers.zoom.us/docs/api/meetings/ . Links and passcodes let people in, so they are left
out when a value is printed.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Self
from zoneinfo import ZoneInfo

from zoom import reading
from zoom.reading import JsonObject
from zoom.recurrence import Recurrence
from zoom.writing import utc_text, whole_minutes, without_none

LONGEST_TOPIC: Final = 200
LONGEST_AGENDA: Final = 2_000
LONGEST_MEETING: Final = timedelta(minutes=1_440)

BASIC_PLAN: Final = 1
"""`User.plan` of those whose meetings end after 40 minutes."""

# Zoom's numbers for a meeting at one time, and for recurring ones: at any time, and at fixed times.
_SCHEDULED = 2
_RECURRING_AT_ANY_TIME = 3
_RECURRING = 8
_PASSCODE = re.compile(r"[A-Za-z0-9@_*-]{1,10}")


@dataclass(frozen=True, slots=True)
class User:
    """A Zoom user. `plan` is Zoom's user type: 1 Basic, 2 Licensed."""

    id: str
    email: str = field(repr=False)
    display_name: str = field(repr=False)
    plan: int
    zone_name: str
    account_id: str

    @classmethod
    def from_json(cls, said: JsonObject) -> Self:
        return cls(
            id=reading.text(said, "id"),
            email=reading.optional_text(said, "email"),
            display_name=reading.optional_text(said, "display_name"),
            plan=reading.number(said, "type"),
            zone_name=reading.optional_text(said, "timezone"),
            account_id=reading.optional_text(said, "account_id"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMeeting:
    """A meeting to be planned; raises ValueError for what Zoom would refuse.

    Zoom counts whole minutes: a part of one is rounded up. What is None is as the user's Zoom
    settings say; with a waiting room, nobody joins before the host. With a `recurrence`,
    `starts_at` is its first date's, or earlier on a day that is none of its days; the local time
    in `zone` is every date's.
    """

    topic: str = field(repr=False)
    starts_at: datetime
    zone: ZoneInfo
    length: timedelta
    agenda: str = field(default="", repr=False)
    passcode: str | None = field(default=None, repr=False)
    waiting_room: bool | None = None
    join_before_host: bool | None = None
    recurrence: Recurrence | None = None

    def __post_init__(self) -> None:
        _check(topic=self.topic, agenda=self.agenda, length=self.length, starts_at=self.starts_at)
        _check_order(self.starts_at, self.recurrence)
        if self.passcode is not None and not _PASSCODE.fullmatch(self.passcode):
            raise ValueError("a passcode is 1 to 10 of A-Z a-z 0-9 @ - _ *")

    def to_json(self) -> dict[str, object]:
        settings = {
            "waiting_room": self.waiting_room,
            "join_before_host": self.join_before_host,
        }
        return without_none(
            type=_SCHEDULED if self.recurrence is None else _RECURRING,
            topic=self.topic,
            agenda=self.agenda,
            start_time=utc_text(self.starts_at),
            timezone=self.zone.key,
            duration=whole_minutes(self.length),
            password=self.passcode,
            recurrence=None if self.recurrence is None else self.recurrence.to_json(),
            settings=without_none(**settings) or None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingChanges:
    """What is to be different about a planned meeting; None stays as it is.

    All values are absolute, so the same changes may be made twice. With a `recurrence`, all dates
    of a recurring meeting are planned anew: moved and deleted ones are as the others again. Zoom
    overlooks a start that has passed, and the recurrence with it. Raises ValueError as NewMeeting
    does.
    """

    topic: str | None = field(default=None, repr=False)
    starts_at: datetime | None = None
    zone: ZoneInfo | None = None
    length: timedelta | None = None
    agenda: str | None = field(default=None, repr=False)
    recurrence: Recurrence | None = None

    def __post_init__(self) -> None:
        _check(topic=self.topic, agenda=self.agenda, length=self.length, starts_at=self.starts_at)
        _check_order(self.starts_at, self.recurrence)

    @property
    def fits_one_date(self) -> bool:
        """Whether one date of a recurring meeting can differ from the others in this."""
        return self.topic is None and self.recurrence is None

    def to_json(self) -> dict[str, object]:
        return without_none(
            topic=self.topic,
            agenda=self.agenda,
            start_time=None if self.starts_at is None else utc_text(self.starts_at),
            timezone=None if self.zone is None else self.zone.key,
            duration=None if self.length is None else whole_minutes(self.length),
            recurrence=None if self.recurrence is None else self.recurrence.to_json(),
        )


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One planned date of a recurring meeting; a deleted one stays listed."""

    id: str
    starts_at: datetime
    length: timedelta
    is_deleted: bool

    @classmethod
    def from_json(cls, said: JsonObject) -> Self:
        return cls(
            id=reading.id_text(said, "occurrence_id"),
            starts_at=reading.moment(said, "start_time"),
            length=reading.minutes(said, "duration"),
            is_deleted=reading.optional_text(said, "status") == "deleted",
        )


@dataclass(frozen=True, slots=True)
class Meeting:
    """A planned meeting.

    `start_url` makes whoever opens it the host, for two hours: never kept, never logged, shown to
    the host alone. `starts_at` and `length` are None where a meeting has no fixed time.
    `occurrences` are a recurring meeting's dates that are not over, deleted ones among them.
    """

    id: int
    uuid: str
    host_id: str
    topic: str = field(repr=False)
    agenda: str = field(repr=False)
    starts_at: datetime | None
    length: timedelta | None
    zone_name: str
    join_url: str = field(repr=False)
    start_url: str = field(repr=False)
    passcode: str = field(repr=False)
    is_recurring: bool = False
    occurrences: tuple[Occurrence, ...] = ()

    @classmethod
    def from_json(cls, said: JsonObject) -> Self:
        return cls(
            id=reading.number(said, "id"),
            uuid=reading.optional_text(said, "uuid"),
            host_id=reading.optional_text(said, "host_id"),
            topic=reading.optional_text(said, "topic"),
            agenda=reading.optional_text(said, "agenda"),
            starts_at=reading.optional_moment(said, "start_time"),
            length=_optional_minutes(said),
            zone_name=reading.optional_text(said, "timezone"),
            join_url=reading.text(said, "join_url"),
            start_url=reading.text(said, "start_url"),
            passcode=reading.optional_text(said, "password"),
            is_recurring=said.get("type") in (_RECURRING_AT_ANY_TIME, _RECURRING),
            occurrences=tuple(
                map(Occurrence.from_json, reading.nested_list(said, "occurrences")),
            ),
        )


@dataclass(frozen=True, slots=True)
class ListedMeeting:
    """A line of the list of meetings; Zoom cuts the agenda there after 250 characters."""

    id: int
    uuid: str
    topic: str = field(repr=False)
    agenda: str = field(repr=False)
    starts_at: datetime | None
    length: timedelta | None

    @classmethod
    def from_json(cls, said: JsonObject) -> Self:
        return cls(
            id=reading.number(said, "id"),
            uuid=reading.optional_text(said, "uuid"),
            topic=reading.optional_text(said, "topic"),
            agenda=reading.optional_text(said, "agenda"),
            starts_at=reading.optional_moment(said, "start_time"),
            length=_optional_minutes(said),
        )


@dataclass(frozen=True, slots=True)
class PastMeeting:
    """One time that a meeting was held and is over."""

    id: int
    uuid: str
    host_id: str
    started_at: datetime
    ended_at: datetime

    @classmethod
    def from_json(cls, said: JsonObject) -> Self:
        return cls(
            id=reading.number(said, "id"),
            uuid=reading.text(said, "uuid"),
            host_id=reading.optional_text(said, "host_id"),
            started_at=reading.moment(said, "start_time"),
            ended_at=reading.moment(said, "end_time"),
        )


@dataclass(frozen=True, slots=True)
class PastInstance:
    """That a meeting was held; `PastMeeting` tells more."""

    uuid: str
    started_at: datetime

    @classmethod
    def from_json(cls, said: JsonObject) -> Self:
        return cls(
            uuid=reading.text(said, "uuid"),
            started_at=reading.moment(said, "start_time"),
        )


@dataclass(frozen=True, slots=True)
class PastParticipant:
    """One connection of a meeting that is over; who came twice is listed twice.

    `in_waiting_room` tells time that was spent waiting: it is not attendance.
    """

    connection_id: str
    name: str = field(repr=False)
    zoom_user_id: str
    registrant_id: str
    email: str = field(repr=False)
    joined_at: datetime
    left_at: datetime
    in_waiting_room: bool

    @classmethod
    def from_json(cls, said: JsonObject) -> Self:
        return cls(
            connection_id=reading.id_text(said, "user_id"),
            name=reading.optional_text(said, "name"),
            zoom_user_id=reading.optional_text(said, "id"),
            registrant_id=reading.optional_text(said, "registrant_id"),
            email=reading.optional_text(said, "user_email"),
            joined_at=reading.moment(said, "join_time"),
            left_at=reading.moment(said, "leave_time"),
            in_waiting_room=reading.optional_text(said, "status") == "in_waiting_room",
        )


def _check(
    *,
    topic: str | None,
    agenda: str | None,
    length: timedelta | None,
    starts_at: datetime | None,
) -> None:
    if topic is not None and not 1 <= len(topic) <= LONGEST_TOPIC:
        raise ValueError(f"a topic has 1 to {LONGEST_TOPIC} characters")
    if agenda is not None and len(agenda) > LONGEST_AGENDA:
        raise ValueError(f"an agenda has at most {LONGEST_AGENDA} characters")
    if length is not None and not timedelta() < length <= LONGEST_MEETING:
        raise ValueError("a meeting is 1 to 1440 minutes long")
    if starts_at is not None and starts_at.tzinfo is None:
        raise ValueError("a start needs a zone")


def _check_order(starts_at: datetime | None, recurrence: Recurrence | None) -> None:
    until = None if recurrence is None else recurrence.until
    if starts_at is not None and until is not None and until < starts_at:
        raise ValueError("a recurrence ends after its start")


def _optional_minutes(said: JsonObject) -> timedelta | None:
    return None if said.get("duration") is None else reading.minutes(said, "duration")
