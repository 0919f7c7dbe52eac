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

    # To the chats of its students
    CARD = "card"  # the class card, edited through the lesson's life
    MOVED = "moved"  # fresh messages, because edits do not ring
    CANCELLED = "cancelled"
    BACK = "back"  # on again after it was cancelled
    SKIPPED = "skipped"  # a gap in a series; kept with the first lesson of it
    HANDED = "handed"  # another teacher gives it, in another meeting
    DAY_REMINDER = "day_reminder"  # a day before
    REMINDER = "reminder"  # minutes before

    # To its teacher, in private
    ANSWER = "answer"  # the teacher's own card: state, delivery progress, buttons
    START = "start"  # minutes before, with the button that starts it
    NUDGE = "nudge"  # its time has come, and it has not begun
    WAITING = "waiting"  # students wait for the host
    LIMIT = "limit"  # a free plan's 40 minutes are almost over
    GONE = "gone"  # deleted inside Zoom: what now?
    SUMMARY = "summary"  # durations, after the lesson
    VERDICT = "verdict"  # what became of what they said was wrong
    CORRECTED = "corrected"  # an admin has corrected it

    # To the admins
    ALARM = "alarm"  # long after its time it has not begun
    DISPUTE = "dispute"  # its teacher says that something is wrong


class DayReminder(StrEnum):
    """For which classes a chat is reminded a day before."""

    NEVER = "never"
    SINGLE = "single"  # those that do not repeat
    ALWAYS = "always"


class InvitationKind(StrEnum):
    """What an invitation makes of whoever follows it."""

    TEACHER = "teacher"
    STUDENT = "student"  # of the teacher who made it, taught in their private chat


class ErasureKind(StrEnum):
    """Whom an erasure was about."""

    PERSON = "person"  # on Telegram
    NAME = "name"  # as Zoom showed it, in some courses
    ZOOM = "zoom"  # a Zoom account: it was disconnected
    GUEST = "guest"  # a teacher, as Zoom showed them in classes of others


class ErasureRequestState(StrEnum):
    """What became of somebody's wish to be taken out of attendance."""

    OPEN = "open"
    DONE = "done"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"  # nobody answered in time


class ClockFace(StrEnum):
    """How a person is told the time of day."""

    DAY = "day"  # 24 hours from midnight
    ETHIOPIAN = "ethiopian"  # twice 12 hours, from dawn and from dusk


@dataclass(frozen=True, slots=True)
class AttendanceRules:
    """From when on a student is late, and what counts as having been there."""

    late_after: timedelta = timedelta(minutes=5)
    present_percent: int = 60  # of the time taught


class StudentNames(StrEnum):
    """How students' names are stored where classes are attended."""

    FULL = "full"
    INITIALS = "initials"


@dataclass(frozen=True, slots=True)
class Retention:
    """How long what is known of classes is kept; months go as a whole, in the school's zone."""

    raw_events: timedelta = timedelta(days=30)  # Zoom's reports as they came
    attendance_months: int = 60  # who was there and when
    summaries_months: int = 60  # dates, lengths, counts and pay; never less than attendance
    audit_months: int = 60  # who did what, under pseudonyms

    @property
    def figures_stand_after(self) -> timedelta:
        """So long after a lesson its figures stay as they are.

        Folding it anew needs all its raw events, and the first of them are forgotten a day later.
        """
        return self.raw_events - timedelta(days=1)

    @property
    def erasures_months(self) -> int:
        """As long as any backup could bring back what was erased."""
        return max(self.summaries_months, self.audit_months)


@dataclass(frozen=True, slots=True)
class SchoolProfile:
    """What a school is called, where its days begin, what it counts by; from the settings."""

    name: str
    zone: ZoneInfo
    language: str
    public_url: str
    bot_username: str
    admin_ids: frozenset[int]
    support_email: str
    support_url: str
    privacy_contact: str
    currency: str = "ETB"  # proposed for a new rate, ISO 4217
    terms: tuple[tuple[int, int], ...] = ((1, 1), (5, 1), (9, 1))
    """The month and day on which each term begins; it lasts until the next one does."""
    attendance: AttendanceRules = AttendanceRules()
    retention: Retention = Retention()
    student_names: StudentNames = StudentNames.FULL


@dataclass(frozen=True, slots=True)
class Planned:
    """When a lesson was to be held."""

    starts_at: datetime
    length: timedelta

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + self.length
