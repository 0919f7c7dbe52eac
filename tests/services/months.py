"""Classes that were held, missed or called off, as the fold leaves them, for tests of pay."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from school.attendance import Sureness
from school.model import LessonState
from school.money import Money
from school.pay_rules import Per
from services.office import Office
from services.people import TelegramUser, who_is
from storage.corrections import Corrected, add_correction
from storage.pay import NewRate, add_rate
from tests.lessons import MadeClass, made_class, set_state
from tests.services.people_of_the_school import ADMIN, AISHA

LONG_AGO = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Held:
    """How a class went, in minutes."""

    taught: float = 45
    late: float = 0
    students: int = 3
    sureness: Sureness = Sureness.COMPLETE


async def held(
    office: Office,
    starts_at: datetime,
    teacher: TelegramUser = AISHA,
    how: Held = Held(),
    *,
    topic: str = "Tajweed",
) -> MadeClass:
    """A class planned for 45 minutes."""
    made = await made_class(office, {}, teacher=teacher, starts_at=starts_at, topic=topic)
    seconds = round(how.taught * 60)
    async with office.database.writing() as tx:
        await set_state(
            tx,
            made.lesson_id,
            LessonState.ENDED,
            began_at=starts_at + timedelta(minutes=how.late),
            ended_at=starts_at + timedelta(minutes=how.late + how.taught),
            actual_seconds=seconds,
            teacher_seconds=seconds,
            taught_seconds=seconds,
            teacher_late_seconds=round(how.late * 60),
            student_count=how.students,
            sureness=how.sureness,
        )
    return made


async def earns(
    office: Office,
    teacher_id: int,
    amount: str,
    *,
    per: Per = Per.HOUR,
    since: date = LONG_AGO,
    course_id: int | None = None,
    currency: str = "ETB",
) -> None:
    money = Money(currency, Decimal(amount))
    admin_id = await person_id_of(office, ADMIN)
    async with office.database.writing() as tx:
        new = NewRate(teacher_id, course_id, since, per, money)
        key = f"rate {teacher_id} {amount} {since} {course_id} {currency} {office.clock()}"
        await add_rate(tx, new, by=admin_id, request_key=key)


async def counts_as(
    office: Office,
    lesson_id: int,
    taught: float,
    key: str = "a mend",
    by: TelegramUser = ADMIN,
) -> None:
    """An admin corrects the minutes taught."""
    admin_id = await person_id_of(office, by)
    said = Corrected(taught=timedelta(minutes=taught))
    async with office.database.writing() as tx:
        await add_correction(tx, lesson_id, said, by=admin_id, reason=None, request_key=key)


async def person_id_of(office: Office, user: TelegramUser) -> int:
    found = (await who_is(office, user)).person_id
    assert found is not None
    return found


def november(day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)
