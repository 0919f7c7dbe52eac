"""What posts have to say to the teacher of a class, as plain data for the views.

The topic is None once erased.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from school.corrections import Measures
from school.intervals import Span
from school.model import AttendanceRules, LessonState, Planned
from school.recurrence import Repeat
from services.posts import Trouble
from services.problems import Problem
from storage.attendance import Outcome, PresenceRow
from storage.disputes import Dispute


@dataclass(frozen=True, slots=True)
class StartReminder:
    """The teacher's own class begins soon."""

    lesson_id: int
    topic: str | None
    planned: Planned
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Nudge:
    """Its time has come, and the teacher has not started it; students may be waiting."""

    lesson_id: int
    topic: str | None
    planned: Planned
    zone: ZoneInfo
    late_by: timedelta


@dataclass(frozen=True, slots=True)
class WaitingNotice:
    """Who waits for the teacher to come; `is_over` once the class has begun or they have gone."""

    lesson_id: int
    topic: str | None
    names: tuple[str, ...]
    is_over: bool


@dataclass(frozen=True, slots=True)
class LimitWarning:
    """Zoom ends the meeting soon, as the plan is free; opened again, the same class goes on."""

    lesson_id: int
    topic: str | None
    ends_at: datetime
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class GoneNotice:
    """A class was deleted inside Zoom: make it again, or cancel it? `count` is how many."""

    lesson_id: int
    topic: str | None
    planned: Planned
    zone: ZoneInfo
    count: int
    version: int  # the course's
    is_settled: bool  # the teacher has decided


@dataclass(frozen=True, slots=True)
class Delivery:
    """A group that the class is announced in."""

    group: str
    is_shown: bool
    trouble: Trouble | None


@dataclass(frozen=True, slots=True)
class SeriesInfo:
    """The series that a lesson is of: its rule, how many are ahead, and until when planned.

    `goes_on`: more are planned later, in a follow-on meeting with another link.
    """

    repeat: Repeat
    ahead: int
    planned_until: datetime
    goes_on: bool


@dataclass(frozen=True, slots=True)
class AnswerCard:
    """A class for its teacher; `problem` is what keeps Zoom from having it as planned.

    `is_changing`: Zoom is still to be told of a change. `given_to` is the teacher who gives it
    instead of the reader; `given_by` whose course it is where the reader gives it for them.
    """

    lesson_id: int
    version: int
    topic: str | None
    planned: Planned
    zone: ZoneInfo
    state: LessonState
    deliveries: tuple[Delivery, ...]
    here_now: int
    lasted: timedelta | None
    problem: Problem | None
    next_try_at: datetime | None
    zoom_email: str | None
    plan_limit: timedelta | None  # where the class is planned to be longer than that
    is_changing: bool
    is_gone: bool
    can_undo: bool
    series: SeriesInfo | None
    given_to: str | None
    given_by: str | None


@dataclass(frozen=True, slots=True)
class NoLongerYours:
    """A class for the teacher who was to give it, and is not any more."""

    topic: str | None
    planned: Planned
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Unsure:
    """What is not certain of a class that is over: `gaps` are times that nobody heard of.

    `is_asking`: Zoom may still tell. `may_confirm`: else only its teacher knows whether it is
    right; `is_confirmed` once they said so.
    """

    gaps: tuple[Span, ...] = ()
    is_asking: bool = False
    is_confirmed: bool = False
    may_confirm: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """How a class was, for its teacher. Students come longest first.

    `corrected` is how it counts where a person has corrected it.
    `known_as` is what those on the course's list are called there, by student; `absent` are those
    on it who did not come. Who the `unknown` names are can be asked. `is_forgotten`: who was there
    is past its time, so that nothing of that is known; the outcome is.
    """

    lesson_id: int
    topic: str | None
    planned: Planned
    zone: ZoneInfo
    outcome: Outcome
    students: tuple[PresenceRow, ...]
    is_teacher_inferred: bool
    corrected: Measures | None
    known_as: Mapping[int, str] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    rules: AttendanceRules = field(default_factory=AttendanceRules)
    unsure: Unsure = Unsure()
    is_forgotten: bool = False


@dataclass(frozen=True, slots=True)
class HeldOrNot:
    """A class that nobody heard of, as the program was not running; its teacher is asked.

    `is_settled`: they said that it was not held.
    """

    lesson_id: int
    topic: str | None
    planned: Planned
    zone: ZoneInfo
    gaps: tuple[Span, ...]
    is_settled: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of it, for the teacher."""

    dispute: Dispute
    topic: str | None
    planned: Planned
    zone: ZoneInfo
    counted: timedelta


@dataclass(frozen=True, slots=True)
class CorrectedNotice:
    """An admin has corrected a class, for its teacher."""

    topic: str | None
    planned: Planned
    zone: ZoneInfo
    counted: timedelta
    reason: str | None
