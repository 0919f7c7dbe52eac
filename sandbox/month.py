"""A month of a made-up school, as plain data: who there is, what is planned, what really happens.

`sandbox.month_plan.a_month(seed, size)` makes one, `sandbox.month_truth` says what it comes to, and
`sandbox.month_player` plays it. Times are aware UTC and whole seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo

SCHOOL_ZONE = ZoneInfo("Africa/Addis_Ababa")

HOST = "the host"
"""Whose row the teacher's own connections fall in."""

BASIC: Literal[1] = 1
LICENSED: Literal[2] = 2


@dataclass(frozen=True, slots=True)
class Teacher:
    """`name` is on Telegram and at Zoom alike."""

    number: int
    name: str
    username: str
    email: str
    zone: ZoneInfo
    plan: Literal[1, 2]

    @property
    def is_reported(self) -> bool:
        """Whether Zoom tells of this host's own coming and going."""
        return self.plan == LICENSED


@dataclass(frozen=True, slots=True)
class Student:
    """Signed in to Zoom where there is an `email`; a guest with nothing but a name otherwise."""

    number: int
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Course:
    """`line` is what the teacher types; one that does not repeat has one lesson."""

    number: int
    teacher: Teacher
    topic: str
    group: str
    line: str
    students: tuple[Student, ...]
    starts: tuple[datetime, ...]
    length: timedelta


class Fate(StrEnum):
    """What becomes of a lesson."""

    USUAL = "usual"
    LATE = "late"  # the teacher comes up to twenty minutes late
    LOOKED_IN = "looked in"  # the teacher opens it long before for a moment, then comes late
    IN_VAIN = "in vain"  # the teacher comes late, and nobody else
    NO_STUDENTS = "no students"
    NO_TEACHER = "no teacher"
    RESTARTED = "restarted"  # the host opens the meeting two or three times
    CUT = "cut"  # at 40 minutes, as on a free plan, and opened again
    SHIFTED = "shifted"  # wholly outside its time, by word of mouth
    AWAY = "away"  # the teacher goes and comes back while students are there
    APART = "apart"  # the teacher has gone when the students come
    DEVICES = "devices"  # somebody with two devices at once, somebody as "iPhone 12"
    LOST = "lost"  # nobody is told of somebody's leaving
    SUBSTITUTED = "substituted"
    CANCELLED_EARLY = "cancelled early"
    CANCELLED_LATE = "cancelled late"


class Parting(StrEnum):
    """How a connection ends."""

    LEAVES = "leaves"
    STAYS = "stays"  # until the host ends the meeting
    VANISHES = "vanishes"  # the network fails, and Zoom tells of it later
    LOST = "lost"  # leaves, and the app never hears of it


@dataclass(frozen=True, slots=True)
class Visit:
    """One connection of somebody in a sitting.

    `row` says which visits are one person's as far as anybody can tell by what Zoom shows.
    """

    row: str
    shown_as: str
    email: str  # of the Zoom account that is signed in; empty: a guest
    since: datetime
    until: datetime
    parting: Parting = Parting.STAYS
    knocked_at: datetime | None = None  # waited for the host from then on

    @property
    def is_host(self) -> bool:
        return self.row == HOST


@dataclass(frozen=True, slots=True)
class Sitting:
    """One time that a meeting is held; the host's first visit begins with it."""

    opened_at: datetime
    ended_at: datetime
    visits: tuple[Visit, ...]
    is_cut: bool = False  # ended by Zoom for its length


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson and what happens in it; `giver` is another than the course's teacher at times."""

    course: Course
    starts_at: datetime
    fate: Fate
    giver: Teacher
    sittings: tuple[Sitting, ...]
    told_at: datetime | None = None  # when its teacher cancels it or gives it away
    in_vain: tuple[tuple[str, datetime, datetime], ...] = ()  # who knocks when, and gives up

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + self.course.length

    @property
    def key(self) -> tuple[str, datetime]:
        """What tells it from all others in a report."""
        return self.course.topic, self.starts_at


class Trouble(StrEnum):
    """What is wrong between Zoom and the program for a while."""

    DUPLICATED = "duplicated"
    SHUFFLED = "shuffled"  # held back, then sent in any order
    LATE = "late"  # minutes late
    OUTAGE = "outage"  # the program is down, and Zoom tries again later
    LONG_OUTAGE = "long outage"  # for longer than Zoom tries, while all hosts are on paid plans

    @property
    def is_outage(self) -> bool:
        return self in {Trouble.OUTAGE, Trouble.LONG_OUTAGE}


@dataclass(frozen=True, slots=True)
class Spell:
    """A trouble and how long it lasts."""

    trouble: Trouble
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Month:
    """All of it. `lessons` are in order of time; some are just outside the month."""

    seed: int
    first_day: date
    last_day: date  # both by the school's zone
    founded_at: datetime
    teachers: Sequence[Teacher]
    students: Sequence[Student]
    courses: Sequence[Course]
    lessons: Sequence[Lesson]
    spells: Sequence[Spell]

    def has(self, at: datetime) -> bool:
        """Whether that moment is on one of the month's school days."""
        return self.first_day <= at.astimezone(SCHOOL_ZONE).date() <= self.last_day
