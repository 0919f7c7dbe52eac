"""What /report answers with: the figures of a period, and the rows of its workbook."""

from dataclasses import dataclass

from school.errors import NotUnderstood
from school.reports import Report, build_report
from school.periods import Period, parse_period
from services.office import Office
from services.people import Caller, require_admin
from storage import reports
from storage.attendance import PresenceRow
from storage.database import Transaction
from storage.people import Person, teachers_and_former
from storage.reports import LessonDetails


@dataclass(frozen=True, slots=True)
class Workbook:
    """All that a workbook shows: the figures, the lessons, and who was in each."""

    report: Report
    lessons: tuple[LessonDetails, ...]
    presences: tuple[tuple[int, PresenceRow], ...]


async def report(office: Office, caller: Caller, typed: str = "") -> Workbook:
    """The report an admin asks for: a period as typed (this month if none), perhaps a teacher.

    Raises NotAllowed, or NotUnderstood for a name that is no teacher's.
    """
    require_admin(office, caller)
    now = office.clock()
    period, name = parse_period(
        typed, today=now.astimezone(office.profile.zone).date(), zone=office.profile.zone
    )
    async with office.database.reading() as tx:
        teacher = await _teacher_called(tx, name) if name else None
        return await _gathered(tx, period, teacher)


async def _gathered(tx: Transaction, period: Period, teacher: Person | None) -> Workbook:
    teacher_id = teacher.id if teacher else None
    lessons = await reports.lessons_in(tx, period, teacher_id)
    presences = [found async for found in reports.presences_in(tx, period, teacher_id)]
    figures = build_report((one.row for one in lessons), period=period, now=tx.now)
    return Workbook(figures, tuple(lessons), tuple(presences))


async def _teacher_called(tx: Transaction, name: str) -> Person:
    wanted = name.casefold()
    teachers = await teachers_and_former(tx)
    exact = [one for one in teachers if one.name.casefold() == wanted]
    found = exact or [one for one in teachers if one.name.casefold().startswith(wanted)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotUnderstood(
            "I know no teacher or period called {name}. "
            "Write, for example: /report last month Aisha",
            name=name,
        )
    raise NotUnderstood("More than one teacher is called {name}. Write the whole name.", name=name)
