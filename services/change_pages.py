"""What the form that changes a class answers with, whatever was pressed or typed."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from school.errors import Outdated
from school.text import Text
from services.changing import ClassDetails
from services.classes import UpcomingClass
from services.overlapping import NO_OVERLAPS, Overlaps
from services.people import Teacher
from services.substituting import Substitute
from storage.change_forms import Change, ChangeDraft, ChangeStep
from storage.chats import Chat


@dataclass(frozen=True, slots=True)
class ChangePage:
    """The form as it stands, with the class as it is now and what the present step offers.

    `groups` and `teachers` can be chosen; `lessons` are the other classes of the series, or those
    that are about to be skipped. Before a move: where it goes `to`, what it `overlaps` with then
    (so before another teacher gives it), and whether clocks show that time twice (`is_repeated`).
    With `has_changed` somebody else has changed the class since, so that the same change is asked
    about once more.
    """

    draft: ChangeDraft
    now: ClassDetails
    today: date
    groups: tuple[Chat, ...] = ()
    teachers: tuple[Substitute, ...] = ()
    lessons: tuple[UpcomingClass, ...] = ()
    to: datetime | None = None
    overlaps: Overlaps = NO_OVERLAPS
    is_repeated: bool = False
    has_changed: bool = False
    problem: Text | None = None  # why it is asked once more

    @property
    def zone(self) -> ZoneInfo:
        return self.now.zone

    @property
    def offers(self) -> tuple[Change, ...]:
        """What the menu has for this teacher and this class."""
        return offered(self.now)

    @property
    def before(self) -> ChangeStep | None:
        """The step that [Back] leads to; None: to the card."""
        return step_before(self.draft, self.now)


@dataclass(frozen=True, slots=True)
class TimePassed:
    """The new time is over; the form offers the next day at the same hour."""

    page: ChangePage
    problem: Text
    suggested_day: date


@dataclass(frozen=True, slots=True)
class Done:
    """The change is made, or given up; the class's card takes the form's place again."""


ChangeAnswer = ChangePage | TimePassed | Done


@dataclass(frozen=True, slots=True)
class ChangePlace:
    """The state of a form that a button was drawn for, and who pressed it."""

    teacher: Teacher
    draft_id: int
    version: int


class ChangeClosed(Outdated):
    """A button of a form that has made its change, or was given up."""

    def __init__(self) -> None:
        super().__init__("This form is closed. Here is the class as it is now.")


class OldChange(Outdated):
    """A button of an earlier state of the form."""

    def __init__(self) -> None:
        super().__init__("The form has moved on. Here it is as it stands.")


def may_change_all(now: ClassDetails) -> bool:
    """Whether there are more classes ahead in the series, and the teacher may change them."""
    return now.repeat is not None and now.is_own_course


def offered(now: ClassDetails) -> tuple[Change, ...]:
    """What somebody may change about a class, apart from its time."""
    whole_course = (Change.TOPIC, Change.GROUPS) if now.is_own_course else ()
    series = (Change.SKIP,) if may_change_all(now) else ()
    return (Change.LENGTH, *whole_course, *series, Change.TEACHER)


_BEFORE_CONFIRM = {
    Change.TIME: ChangeStep.TIME,
    Change.LENGTH: ChangeStep.LENGTH,
    Change.TOPIC: ChangeStep.TOPIC,
    Change.GROUPS: ChangeStep.GROUPS,
    Change.SKIP: ChangeStep.LAST_DAY,
    Change.TEACHER: ChangeStep.TEACHER,
}
_FIRST_STEPS = {
    Change.TIME: ChangeStep.DAY,
    Change.LENGTH: ChangeStep.LENGTH,
    Change.TOPIC: ChangeStep.TOPIC,
    Change.GROUPS: ChangeStep.GROUPS,
    Change.SKIP: ChangeStep.FIRST_DAY,
    Change.TEACHER: ChangeStep.TEACHER,
}


def first_step(what: Change | None, now: ClassDetails) -> ChangeStep:
    """Where the form begins for a change; of a series it is asked whether all is meant."""
    if what is None:
        return ChangeStep.MENU
    if what in {Change.TIME, Change.LENGTH} and may_change_all(now):
        return ChangeStep.SCOPE
    return _FIRST_STEPS[what]


def step_after_scope(what: Change) -> ChangeStep:
    return _FIRST_STEPS[what]


def step_before(draft: ChangeDraft, now: ClassDetails) -> ChangeStep | None:
    """The step before the present one; None where that is the card."""
    step, what = draft.step, draft.said.what
    if what is None:
        return None if step is ChangeStep.MENU else ChangeStep.MENU
    if step is ChangeStep.CONFIRM:
        return _BEFORE_CONFIRM[what]
    if step is ChangeStep.TIME:
        return ChangeStep.DAY
    if step is ChangeStep.LAST_DAY:
        return ChangeStep.FIRST_DAY
    if step is not first_step(what, now):
        return ChangeStep.SCOPE
    return None if what is Change.TIME else ChangeStep.MENU
