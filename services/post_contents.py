"""What a post has to say at a moment, as plain data for the views; services.showing finds it."""

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
from storage.claims import Claim
from storage.disputes import Dispute

# To the chats of the students. Topic and teacher are None once erased; the zone is the one that
# the chat reads times in, where it has one, or else the class's own.


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


# To the teacher


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


# To the admins


@dataclass(frozen=True, slots=True)
class Alarm:
    """Long after its time a class has not begun."""

    topic: str | None
    teacher_name: str | None
    planned: Planned
    zone: ZoneInfo
    late_by: timedelta


@dataclass(frozen=True, slots=True)
class DisputeNotice:
    """A teacher says that something about a class is wrong; `counted` is how it counts now."""

    dispute: Dispute
    topic: str | None
    teacher_name: str | None
    planned: Planned
    zone: ZoneInfo
    outcome: Outcome
    counted: timedelta
    decided_by: str | None


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


Contents = (
    ClassCard
    | MovedNotice
    | CancelledNotice
    | SkippedNotice
    | BackNotice
    | HandedNotice
    | NoLongerHere
    | Overtaken
    | Reminder
    | StartReminder
    | Nudge
    | WaitingNotice
    | LimitWarning
    | GoneNotice
    | AnswerCard
    | NoLongerYours
    | Summary
    | HeldOrNot
    | Alarm
    | DisputeNotice
    | Verdict
    | CorrectedNotice
)


@dataclass(frozen=True, slots=True)
class Showing:
    """What a post is to show: `contents` None if nothing is left to say.

    `claim` is the post as it was claimed; where there is nothing new to send, it goes on in its
    former message. `overtaken` is what the former message says once a new one is sent.
    """

    claim: Claim
    contents: Contents | None
    overtaken: Overtaken | None
    language: str | None  # the reader's own; None where the school's is spoken
    clock: str | None = None  # the reader's clock face; None: 24 hours
