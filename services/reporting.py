"""What /report answers with: the figures of a period, and the rows of its workbook."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from school.errors import NotUnderstood
from school.names import normalised_name
from school.periods import Period, parse_period, school_day
from school.reports import Report, build_report
from services.office import Office
from services.people import Caller, require_admin
from storage import reports
from storage.attendance import PresenceRow
from storage.database import Transaction
from storage.people import teachers_and_former
from storage.reports import LessonDetails


@dataclass(frozen=True, slots=True)
class Workbook:
    """All that a report shows: the figures, the lessons, and who was in each.

    The lessons are more than the figures count: those still to come as of `as_of` are among them.
    """

    report: Report
    lessons: tuple[LessonDetails, ...]
    presences: tuple[tuple[int, PresenceRow], ...]
    as_of: datetime


async def report(office: Office, caller: Caller, typed: str = "") -> Workbook:
    """The report an admin asks for: a period as typed (this month if none), perhaps a teacher.

    Days and months are those of the school's zone. Raises NotAllowed, or NotUnderstood for a
    name that is no teacher's.
    """
    require_admin(office, caller)
    zone = office.profile.zone
    period, name = parse_period(typed, today=school_day(office.clock(), zone), zone=zone)
    async with office.database.reading() as tx:
        teacher_ids = await _teachers_called(tx, name) if name else None
        return await _gathered(tx, period, teacher_ids)


async def _gathered(
    tx: Transaction, period: Period, teacher_ids: Collection[int] | None
) -> Workbook:
    lessons = await reports.lessons_in(tx, period, teacher_ids)
    presences = [found async for found in reports.presences_in(tx, period, teacher_ids)]
    figures = build_report((one.row for one in lessons), period=period, now=tx.now)
    return Workbook(figures, tuple(lessons), tuple(presences), tx.now)


async def _teachers_called(tx: Transaction, name: str) -> Collection[int]:
    """Whoever has that name; if nobody, whoever's name begins with it.

    They may be several: the report has a line for each.
    """
    wanted = normalised_name(name)
    teachers = [(normalised_name(one.name), one.id) for one in await teachers_and_former(tx)]
    exact = {person_id for known, person_id in teachers if known == wanted}
    found = exact or {person_id for known, person_id in teachers if known.startswith(wanted)}
    if not found:
        raise NotUnderstood(
            "I know no teacher or period called {name}. "
            "Write, for example: /report last month Aisha",
            name=name,
        )
    return found
