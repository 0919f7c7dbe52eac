"""What the form for a new class answers with, whatever was pressed or typed."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from school.errors import Outdated
from school.text import Text
from services.classes import UpcomingClass
from services.people import Teacher
from storage.chats import Chat
from storage.class_forms import Draft


@dataclass(frozen=True, slots=True)
class FormPage:
    """A form as it stands, with what its present step offers."""

    draft: Draft
    groups: tuple[Chat, ...]
    recent_topics: dict[int, str]  # by a course that has it
    today: date


@dataclass(frozen=True, slots=True)
class Doubt:
    """The class could be made, but perhaps is not meant so; the form asks.

    It, or one of its series, overlaps with `others`; or (`is_repeated`) clocks show its time twice
    on its first day, or on a later one (`skipped_on`) they skip it.
    """

    draft: Draft
    others: tuple[UpcomingClass, ...]
    is_repeated: bool
    zone: ZoneInfo
    skipped_on: date | None = None


@dataclass(frozen=True, slots=True)
class Passed:
    """The time is over; the form offers the next day at the same hour."""

    draft: Draft
    problem: Text
    suggested_day: date
    today: date


@dataclass(frozen=True, slots=True)
class Made:
    """The class is made; its card is on its way to the teacher and the groups."""

    lesson_id: int


FormAnswer = FormPage | Doubt | Passed | Made


@dataclass(frozen=True, slots=True)
class Place:
    """The state of a form that a button was drawn for, and who pressed it."""

    teacher: Teacher
    draft_id: int
    version: int


class FormGone(Outdated):
    """A button of a form that was used, discarded, forgotten, or is somebody else's."""

    def __init__(self) -> None:
        super().__init__("This form is no longer current. Type /newclass for a new one.")


class FormUsed(FormGone):
    """A button of a form that has made its class: pressed twice."""

    def __init__(self, made: Made) -> None:
        super().__init__()
        self.made = made


class OldForm(Outdated):
    """A button of an earlier state of the form."""

    def __init__(self) -> None:
        super().__init__("The form has moved on. Here it is as it stands.")
