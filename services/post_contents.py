"""What a post has to say at a moment, as plain data for the views; services.showing finds it.

What is for students and teachers stands in services.contents_for_students and
services.contents_for_teachers.
"""

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from school.model import Planned
from services.contents_for_students import (
    BackNotice,
    CancelledNotice,
    ClassCard,
    HandedNotice,
    MovedNotice,
    NoLongerHere,
    Overtaken,
    Reminder,
    SkippedNotice,
)
from services.contents_for_teachers import (
    AnswerCard,
    CorrectedNotice,
    GoneNotice,
    HeldOrNot,
    LimitWarning,
    NoLongerYours,
    Nudge,
    StartReminder,
    Summary,
    Verdict,
    WaitingNotice,
)
from storage.attendance import Outcome
from storage.claims import Claim
from storage.disputes import Dispute

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
