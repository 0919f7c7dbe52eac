"""What teachers earn, and from which day on something else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from school.errors import NotUnderstood
from school.letters import RateSet
from school.pay_rules import Rate, rate_for
from school.statements import month_key
from services import letters
from services.auditing import note_by_admin
from services.office import Office
from services.pay_forms import teachers_by_name, today_of
from services.people import Caller, require_admin
from storage import pay, people, statements
from storage.audit import note
from storage.database import Transaction
from storage.pay import NewRate
from storage.people import Person

_NO_COURSE = 0  # what valid_on looks up for the general rate: no course has this id


@dataclass(frozen=True, slots=True)
class TeacherRate:
    """A teacher with the rate that holds today for courses without one of their own."""

    teacher: Person
    rate: Rate | None


@dataclass(frozen=True, slots=True)
class RateList:
    """Everybody who teaches, by name."""

    teachers: tuple[TeacherRate, ...]


@dataclass(frozen=True, slots=True)
class RateHistory:
    """All rates of a teacher, the newest day first; `topics` by course id, None once erased."""

    teacher: Person
    rates: tuple[Rate, ...]
    topics: Mapping[int, str | None]
    today: date


@dataclass(frozen=True, slots=True)
class RateSaved:
    """A rate that now holds; `is_new` is False where the same request came before."""

    teacher: Person
    rate: RateSet
    closed: tuple[str, ...]
    is_new: bool


async def list_rates(office: Office, caller: Caller) -> RateList:
    """Everybody who teaches, with what they earn today."""
    await note_by_admin(office, caller, "saw the list of rates")
    today = today_of(office)
    async with office.database.reading() as tx:
        rates = await pay.rates_of(tx)
        return RateList(
            tuple(
                TeacherRate(one, rate_for(_NO_COURSE, today, rates.get(one.id, ())))
                for one in await teachers_by_name(tx)
            )
        )


async def history(office: Office, caller: Caller, person_id: int) -> RateHistory:
    """What a teacher earns and has earned."""
    admin_id = require_admin(office, caller)
    async with office.database.writing() as tx:
        return await history_shown(tx, office, admin_id, await teacher_of(tx, person_id))


async def history_shown(
    tx: Transaction, office: Office, admin_id: int, teacher: Person
) -> RateHistory:
    """Within a transaction: that an admin sees a teacher's rates is noted."""
    admin = await people.get_person(tx, admin_id)
    await note(tx, admin.pseudonym, "saw rates", teacher.pseudonym)
    rates = (await pay.rates_of(tx, {teacher.id})).get(teacher.id, ())
    newest_first = sorted(rates, key=lambda one: (one.valid_from, one.added_at), reverse=True)
    topics = await pay.topics_of(tx, {one.course_id for one in rates if one.course_id})
    return RateHistory(teacher, tuple(newest_first), topics, today_of(office))


async def rate_on(tx: Transaction, person_id: int, course_id: int | None, day: date) -> Rate | None:
    """What a teacher earns on a day: in that course, or in those without a rate of their own."""
    rates = (await pay.rates_of(tx, {person_id})).get(person_id, ())
    return rate_for(course_id or _NO_COURSE, day, rates)


async def teacher_of(tx: Transaction, person_id: int) -> Person:
    """Raises NotUnderstood for a number that is nobody's."""
    person = await people.find_by_id(tx, person_id)
    if person is None:
        raise NotUnderstood("I know no such teacher.")
    return person


async def set_rate(
    tx: Transaction, new: NewRate, topic: str | None, *, by: int, request_key: str
) -> RateSaved:
    """Within a transaction: it holds from its day on, and its teacher hears of it.

    `topic` is that of the course it is for. The same request again sets nothing more.
    """
    teacher = await people.get_person(tx, new.person_id)
    said = _told(new, topic)
    is_new = await pay.add_rate(tx, new, by=by, request_key=request_key)
    if is_new:
        admin = await people.get_person(tx, by)
        await note(tx, admin.pseudonym, "set a rate", teacher.pseudonym)
        await letters.write(tx, teacher.id, said, f"rate of {request_key}")
    return RateSaved(teacher, said, await closed_from(tx, teacher.id, new.valid_from), is_new)


async def closed_from(tx: Transaction, person_id: int, day: date) -> tuple[str, ...]:
    """The teacher's months that are closed, from that of the day on."""
    months = await statements.closed_months(tx, person_id)
    return tuple(month for month in months if month >= month_key(day))


async def set_before(tx: Transaction, by: int, request_key: str) -> RateSaved | None:
    """What the same request has set already."""
    new = await pay.rate_of_request(tx, request_key, by)
    if new is None:
        return None
    teacher = await people.get_person(tx, new.person_id)
    topics = await pay.topics_of(tx, {new.course_id} if new.course_id else ())
    topic = topics.get(new.course_id or 0)
    return RateSaved(teacher, _told(new, topic), (), is_new=False)


def _told(new: NewRate, topic: str | None) -> RateSet:
    is_for_one = new.course_id is not None
    return RateSet(new.money, new.per, new.valid_from, is_for_one_course=is_for_one, topic=topic)
