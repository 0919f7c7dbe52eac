"""Lessons, rates and rules to work pay out with, in few words.

Unless told otherwise: planned for 45 minutes from 18:00, on time, at 240.00 an hour, which is
4.00 a minute.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from school.attendance import LessonAttendance, Sureness
from school.model import Planned
from school.money import Money
from school.pay import CalledOffBy, LessonFacts, Outcome, PayLine, pay_line
from school.pay_rules import LatenessTier, PayRules, Per, Rate, RulesVersion

SIX = datetime(2026, 11, 24, 18, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
THEN = LONG_AGO.date()
STUDENTS = CalledOffBy.STUDENTS
TEACHER = CalledOffBy.TEACHER


def clock(text: str) -> timedelta:
    """A length as a clock counts it: 33:20 is 33 min 20 s, 1:00:00.5 an hour and half a second."""
    parts = [Decimal(part) for part in text.split(":")]
    seconds = sum((part * 60**place for place, part in enumerate(reversed(parts))), Decimal())
    return timedelta(microseconds=int(seconds * 1_000_000))


def mins(count: float) -> timedelta:
    return timedelta(minutes=count)


def money(text: str) -> Money:
    """From "140.00 KWD"; without a currency, Ethiopian birr."""
    amount, _, currency = text.partition(" ")
    return Money(currency or "ETB", Decimal(amount))


def rate(
    text: str = "240.00",
    per: Per = Per.HOUR,
    *,
    since: date = THEN,
    course_id: int | None = None,
    added_at: datetime = LONG_AGO,
    rate_id: int = 1,
) -> Rate:
    return Rate(rate_id, course_id, since, per, money(text), added_at)


def tiers(*pairs: tuple[float, int]) -> tuple[LatenessTier, ...]:
    """(minutes that are free, per cent taken off beyond)."""
    return tuple(LatenessTier(mins(over), Decimal(percent)) for over, percent in pairs)


def version(rules: PayRules, since: date = THEN) -> RulesVersion:
    return RulesVersion(1, since, rules, LONG_AGO)


def lesson(
    taught: str = "0:00",
    *,
    teacher: str | None = None,
    actual: str | None = None,
    planned: str = "45:00",
    starts_at: datetime = SIX,
    late: str = "0:00",
    students: int = 2,
    was_held: bool = True,
    off: str | None = None,
    off_by: CalledOffBy = TEACHER,
    is_waived: bool = False,
    lesson_id: int = 1,
    course_id: int = 1,
) -> LessonFacts:
    """`off` is how long before its start it was called off; with a minus, how long after.

    The teacher and the meeting were there for as long as was taught, unless said otherwise.
    """
    plan = Planned(starts_at, clock(planned))
    present = clock(teacher or taught)
    return LessonFacts(
        lesson_id=lesson_id,
        course_id=course_id,
        planned=plan,
        began_at=starts_at + clock(late) if was_held else None,
        actual=max(clock(actual or "0:00"), present),
        teacher_present=present,
        taught=clock(taught),
        late_by=clock(late),
        waited=min(present, plan.length),
        students=students,
        called_off_at=_called_off_at(starts_at, off),
        called_off_by=off_by,
        is_waived=is_waived,
        is_inferred=False,
        is_corrected=False,
    )


def _called_off_at(starts_at: datetime, off: str | None) -> datetime | None:
    if off is None:
        return None
    return starts_at + clock(off[1:]) if off.startswith("-") else starts_at - clock(off)


Row = tuple[str, LessonFacts, str]
"""What it is about, the lesson, and the arithmetic, whose last number is what is paid."""


@dataclass(frozen=True)
class Case:
    """A lesson whose pay was worked out by hand."""

    name: str
    lesson: LessonFacts
    worked: str
    rules: PayRules
    rate: Rate
    outcome: Outcome

    @property
    def amount(self) -> str:
        return self.worked.rpartition("= ")[2]


def by(
    rules: PayRules,
    *rows: Row,
    at_rate: Rate | None = None,
    outcome: Outcome = Outcome.TAUGHT,
) -> list[Case]:
    """Cases that go by the same rules and rate, and come to the same outcome."""
    return [Case(*row, rules, at_rate or rate(), outcome) for row in rows]


def facts_of(found: LessonAttendance, planned: Planned) -> LessonFacts:
    """What pay needs to know of what was found."""
    return LessonFacts(
        lesson_id=1,
        course_id=1,
        planned=planned,
        began_at=found.began_at,
        actual=found.actual,
        teacher_present=found.teacher_present,
        taught=found.taught,
        late_by=found.teacher_late_by,
        waited=found.teacher_waited,
        students=found.student_count,
        called_off_at=None,
        called_off_by=CalledOffBy.TEACHER,
        is_waived=False,
        is_inferred=found.sureness is Sureness.INFERRED,
        is_corrected=False,
    )


def line(facts: LessonFacts, rules: PayRules | None = None, at_rate: Rate | None = None) -> PayLine:
    return pay_line(facts, at_rate or rate(), version(rules or PayRules()))
