"""What is said in the form that changes a class which is ahead, and the steps of it."""

from dataclasses import dataclass
from datetime import date, timedelta
from datetime import time as time_of_day
from enum import StrEnum

from storage.forms import Form, Kind


class Change(StrEnum):
    """What is to be changed."""

    TIME = "time"
    LENGTH = "length"
    TOPIC = "topic"
    GROUPS = "groups"
    SKIP = "skip"
    TEACHER = "teacher"


class ChangeStep(StrEnum):
    """What the form asks for just now."""

    MENU = "menu"
    DATES = "dates"  # which other class of the series?
    SCOPE = "scope"  # this class, or all?
    DAY = "day"
    TIME = "time"
    LENGTH = "length"
    TOPIC = "topic"
    GROUPS = "groups"
    FIRST_DAY = "first_day"
    LAST_DAY = "last_day"
    TEACHER = "teacher"
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class ChangeForm:
    """What has been said so far about a change; days and times are of the course's zone.

    `seen` is the version of the course that the person looks at. `for_all` is None while nobody
    has said whether the whole series is meant. `day` to `last_day` are to be skipped. `month` is
    the calendar's page.
    """

    lesson_id: int
    seen: int
    what: Change | None = None
    for_all: bool | None = None
    day: date | None = None
    time: time_of_day | None = None
    last_day: date | None = None
    length: timedelta | None = None
    topic: str | None = None
    chat_ids: tuple[int, ...] | None = None
    person_id: int | None = None
    month: date | None = None


CHANGE = Kind("change", ChangeForm, ChangeStep)

ChangeDraft = Form[ChangeForm, ChangeStep]
