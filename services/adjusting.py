"""What is added to or taken from a teacher's pay: bonuses, deductions, lateness not counted."""

from dataclasses import dataclass
from datetime import date, timedelta

from school.errors import NotAllowed, Outdated
from school.letters import AdjustmentWithdrawn, PayAdjusted, PayEntry
from school.money import Money
from school.pay import AdjustmentKind, PayLine
from school.periods import Period, school_day
from school.statements import month_key
from services import letters
from services.office import Office
from services.paying import PaidLine, pay_line_of, pay_lines_in
from services.people import Caller, require_admin
from storage import adjustments, people, statements
from storage.adjustments import Adjustment, NewAdjustment
from storage.audit import note
from storage.database import Transaction
from storage.people import Person


@dataclass(frozen=True, slots=True)
class LateClass:
    """A class that began late; `day` is its school day, `topic` None once erased."""

    line: PayLine
    topic: str | None
    day: date


@dataclass(frozen=True, slots=True)
class AdjustmentMade:
    """An adjustment that counts; `is_new` is False where the same request came before."""

    teacher: Person
    adjustment_id: int
    entry: PayEntry
    is_new: bool


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """An adjustment that counts no more; `is_new` is False for a second press."""

    teacher: Person
    entry: PayEntry
    is_new: bool


async def add(
    tx: Transaction, new: NewAdjustment, lesson: LateClass | None, *, by: int, request_key: str
) -> AdjustmentMade:
    """Within a transaction: it counts, and its teacher hears of it.

    `lesson` is whose lateness is waived. Raises Outdated where it is waived already.
    """
    if new.lesson_id is not None and await adjustments.waiver_of(tx, new.lesson_id):
        raise Outdated("The lateness of this class is waived already.")
    made = await adjustments.add_adjustment(tx, new, by=by, request_key=request_key)
    teacher = await people.get_person(tx, new.person_id)
    admin = await people.get_person(tx, by)
    await note(tx, admin.pseudonym, f"added a {new.kind}", teacher.pseudonym)
    entry = _entry(made, lesson)
    await letters.write(tx, teacher.id, PayAdjusted(entry), f"adjusted {made.id}")
    return AdjustmentMade(teacher, made.id, entry, is_new=True)


async def made_before(tx: Transaction, office: Office, request_key: str) -> AdjustmentMade | None:
    """What the same request has added already."""
    made = await adjustments.adjustment_of_request(tx, request_key)
    if made is None:
        return None
    teacher = await people.get_person(tx, made.person_id)
    lesson = await late_class(tx, office, made.lesson_id)
    return AdjustmentMade(teacher, made.id, _entry(made, lesson), is_new=False)


async def withdraw(office: Office, caller: Caller, adjustment_id: int) -> Withdrawn:
    """Take an adjustment back, until its month is locked."""
    admin_id = require_admin(office, caller)
    async with office.database.writing() as tx:
        found = await adjustments.find_adjustment(tx, adjustment_id)
        if found is None:
            raise Outdated("I know no such entry.")
        if month_key(found.day) in await statements.closed_months(tx, found.person_id):
            raise NotAllowed(
                "Its month is locked, so it stays. To make up for it, add another one with /adjust."
            )
        is_new = await adjustments.withdraw(tx, adjustment_id)
        teacher = await people.get_person(tx, found.person_id)
        entry = _entry(found, await late_class(tx, office, found.lesson_id))
        if is_new:
            admin = await people.get_person(tx, admin_id)
            await note(tx, admin.pseudonym, f"withdrew a {found.kind}", teacher.pseudonym)
            withdrawn = AdjustmentWithdrawn(entry)
            await letters.write(tx, teacher.id, withdrawn, f"withdrawn {adjustment_id}")
    office.bell.letters.ring()
    return Withdrawn(teacher, entry, is_new)


async def late_classes(
    tx: Transaction, office: Office, teacher_id: int, today: date
) -> tuple[LateClass, ...]:
    """Of this and the last month, with a deduction that can be waived; the newest first."""
    zone = office.profile.zone
    last_month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    lines = await pay_lines_in(tx, Period(last_month, today, zone), {teacher_id})
    return tuple(_late_class(office, one) for one in reversed(lines) if one.line.lateness_percent)


async def late_class(tx: Transaction, office: Office, lesson_id: int | None) -> LateClass | None:
    """The class of a waiver; None for what is about no class."""
    if lesson_id is None:
        return None
    found = await pay_line_of(tx, lesson_id, office.profile.zone)
    return None if found is None else _late_class(office, found)


def _late_class(office: Office, found: PaidLine) -> LateClass:
    day = school_day(found.line.lesson.planned.starts_at, office.profile.zone)
    return LateClass(found.line, found.topic, day)


def waiver_entry(lesson: LateClass, reason: str | None) -> PayEntry:
    """What a waiver says."""
    return PayEntry(
        kind=AdjustmentKind.WAIVER,
        day=lesson.day,
        money=_waived_money(lesson.line),
        late_by=lesson.line.lesson.late_by,
        topic=lesson.topic,
        reason=reason or "",
    )


def _entry(one: Adjustment, lesson: LateClass | None) -> PayEntry:
    if lesson is not None:
        return waiver_entry(lesson, one.reason)
    return PayEntry(one.kind, one.day, one.money, None, None, one.reason or "")


def _waived_money(line: PayLine) -> Money | None:
    """What a waiver gives back."""
    if line.gross is None or line.amount is None:
        return None
    return Money(line.amount.currency, line.gross.rounded.amount - line.amount.amount)
