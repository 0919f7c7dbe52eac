"""Letters: what one person is told once, in private, because something has become true.

A letter holds all that it says, as it was when it was written; how it is worded is settled when
it is sent. Its fields are what school.exact_json keeps: texts, numbers, flags, days, moments,
lengths, sums of money, enums, and tuples of those; a moment stands beside the name of the zone in
which it is to be shown.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from school.money import Money
from school.pay import AdjustmentKind
from school.pay_rules import PayRules, Per


@dataclass(frozen=True, slots=True)
class RateSet:
    """To a teacher: what they earn from a day on."""

    money: Money
    per: Per
    valid_from: date
    is_for_one_course: bool
    topic: str | None = field(repr=False)  # of that course; None once erased


@dataclass(frozen=True, slots=True)
class RulesSet:
    """To a teacher: by which rules classes are paid from a day on, and by which they were."""

    valid_from: date
    rules: PayRules
    before: PayRules


@dataclass(frozen=True, slots=True)
class PayEntry:
    """A bonus, a deduction, or a lateness that is waived.

    `money` of a waiver is what is not taken off, None where its class has no rate. `late_by` is
    None for all but a waiver, and for one whose class is no longer known.
    """

    kind: AdjustmentKind
    day: date  # of a waiver, its class's
    money: Money | None
    late_by: timedelta | None
    topic: str | None = field(repr=False)
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PayAdjusted:
    """To a teacher: an entry counts now."""

    entry: PayEntry


@dataclass(frozen=True, slots=True)
class AdjustmentWithdrawn:
    """To a teacher: an entry counts no more."""

    entry: PayEntry


@dataclass(frozen=True, slots=True)
class StatementReady:
    """To a teacher: an admin asks them to look their statement over."""

    teacher_id: int
    month: str
    sums: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class StatementAccepted:
    """To the admins: a teacher agrees with their statement."""

    teacher_id: int
    name: str = field(repr=False)
    month: str
    sums: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class StatementLapsed:
    """To a teacher: what they accepted says something else by now."""

    teacher_id: int
    month: str
    sums: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class StatementLocked:
    """To a teacher: their statement does not change any more."""

    teacher_id: int
    month: str
    sums: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class StatementPaid:
    """To a teacher: the money is on its way."""

    teacher_id: int
    month: str
    sums: tuple[Money, ...]
    paid_on: date
    reference: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class PaymentCorrected:
    """To a teacher: it was paid on another day, or has another reference, than they were told."""

    teacher_id: int
    month: str
    sums: tuple[Money, ...]
    paid_on: date
    reference: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class AttendanceDoubted:
    """To a teacher: a student says that their attendance, or their name on the list, is wrong."""

    student_id: int
    name: str = field(repr=False)  # as on the list
    topic: str | None = field(repr=False)
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ZoomEnded:
    """To a teacher: Zoom refuses us, though nobody here disconnected the account."""

    email: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ZoomRemoved:
    """To a teacher: they removed the app in Zoom, so their tokens were deleted here too.

    `upcoming` counts their classes to come, which stay as they are.
    """

    email: str = field(repr=False)
    upcoming: int


@dataclass(frozen=True, slots=True)
class TeachingEnded:
    """To who taught until now: an admin has removed them as a teacher.

    `month` is the one whose statement has their last classes. `upcoming` counts their own classes
    that were called off.
    """

    teacher_id: int
    month: str
    upcoming: int
    had_zoom: bool


@dataclass(frozen=True, slots=True)
class ErasureAsked:
    """To the admins: somebody asks to be taken out of attendance under a name."""

    request_id: int


@dataclass(frozen=True, slots=True)
class NameErased:
    """To whoever asked: under the name that they gave, they are in these classes no more.

    `lessons` is None for somebody whom no teacher has confirmed to be that student: how often a
    name is in attendance is nobody else's business.
    """

    receipt: str
    lessons: int | None


@dataclass(frozen=True, slots=True)
class NameNotFound:
    """To whoever asked: the admins have looked, and that is all that is said.

    That a name is in no attendance would tell of others too.
    """


@dataclass(frozen=True, slots=True)
class ErasureDeclined:
    """To whoever asked: nothing was deleted."""

    reason: str = field(repr=False)


FOR_ADMINS = (StatementAccepted, ErasureAsked)
"""What nobody reads who has ceased to be one."""

Letter = (
    RateSet
    | RulesSet
    | PayAdjusted
    | AdjustmentWithdrawn
    | StatementReady
    | StatementAccepted
    | StatementLapsed
    | StatementLocked
    | StatementPaid
    | PaymentCorrected
    | AttendanceDoubted
    | ZoomEnded
    | ZoomRemoved
    | TeachingEnded
    | ErasureAsked
    | NameErased
    | NameNotFound
    | ErasureDeclined
)
