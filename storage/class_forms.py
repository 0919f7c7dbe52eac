"""What is said in the form for a new class, and the steps of it."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from datetime import time as time_of_day
from enum import StrEnum

from school.recurrence import Repeat, first_day
from storage.forms import Form, Kind


class Step(StrEnum):
    """What the form asks for just now."""

    TOPIC = "topic"
    GROUPS = "groups"
    DAY = "day"
    TIME = "time"
    LENGTH = "length"
    REPEAT = "repeat"
    WEEKDAYS = "weekdays"  # which days of the week it is repeated on
    UNTIL = "until"  # when the repeating ends
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class ClassForm:
    """What has been said so far about a class to be made; days and times are local.

    `is_guided` forms show each step and ask for a last confirmation; others ask only for what
    the one line left open. `unclear_groups` are typed names that mean no group, or
    several. `month` is the calendar's page. `repeat` is a part of the answer only until
    `repeat_chosen`, which is also true of a class that is held once. `doubts_accepted` says that
    the teacher has seen what speaks against the class, such as a clash with another one, and
    wants it all the same.
    """

    topic: str | None = None
    chat_ids: tuple[int, ...] = ()
    day: date | None = None
    time: time_of_day | None = None
    length: timedelta | None = None
    is_guided: bool = False
    groups_chosen: bool = False
    unclear_groups: tuple[str, ...] = ()
    month: date | None = None
    doubts_accepted: bool = False
    repeat: Repeat | None = None
    repeat_chosen: bool = False

    @property
    def first_day(self) -> date | None:
        """The day of the first class: of a repeat, the first that fits from the chosen one on."""
        if self.day is None or self.repeat is None:
            return self.day
        return first_day(self.repeat, self.day)

    @property
    def missing(self) -> Step | None:
        """The first thing that is still open, in the order the form asks."""
        if self.topic is None:
            return Step.TOPIC
        if not self.chat_ids or not self.groups_chosen:
            return Step.GROUPS
        if self.day is None:
            return Step.DAY
        if self.time is None:
            return Step.TIME
        if self.length is None:
            return Step.LENGTH
        return self._missing_of_repeat

    @property
    def _missing_of_repeat(self) -> Step | None:
        """Only a guided form asks for it: a line would have said it."""
        if not self.is_guided or self.repeat_chosen:
            return None
        return Step.REPEAT if self.repeat is None else Step.UNTIL

    @property
    def next_step(self) -> Step:
        return self.missing or Step.CONFIRM

    @property
    def lacks_only_groups(self) -> bool:
        return replace(self, chat_ids=(0,), groups_chosen=True).missing is None


CLASS = Kind("class", ClassForm, Step)

Draft = Form[ClassForm, Step]
