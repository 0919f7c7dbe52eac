"""One class's pay, opened: every step, and the times it rests on."""

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from school.errors import NotAllowed, Outdated
from school.intervals import Span
from school.model import Role
from school.pay import PayLine
from services.auditing import note_by_admin
from services.office import Office
from services.paying import pay_line_of
from services.people import Caller
from services.statements import StatementPage, show
from storage import courses, paid_lessons
from storage.database import Transaction


@dataclass(frozen=True, slots=True)
class OpenedLine:
    """A pay line with what it rests on. `zone` is the class's own; `topic` None once erased.

    `teacher_there` is as was found, which nothing that was corrected changes; it is empty where
    the line is a locked one and says something else than was found by now. `now` is then what the
    class comes to today.
    """

    line: PayLine
    topic: str | None
    zone: ZoneInfo
    teacher_there: tuple[Span, ...]
    now: PayLine | None = None


async def open_line(office: Office, caller: Caller, lesson_id: int) -> OpenedLine:
    """As the pay stands now; for who is paid, and for admins."""
    async with office.database.reading() as tx:
        found = await pay_line_of(tx, lesson_id, office.profile.zone)
        if found is None:
            raise Outdated("This class is not over yet.")
        if caller.role is not Role.ADMIN and caller.person_id != found.teacher_id:
            raise NotAllowed("Only the teacher of this class can do this.")
        opened = await _opened(tx, found.line)
    if caller.person_id != found.teacher_id:
        await note_by_admin(office, caller, "saw the pay of a class", str(lesson_id))
    return opened


async def open_in_statement(
    office: Office, caller: Caller, person_id: int, month: str, lesson_id: int
) -> tuple[OpenedLine, StatementPage]:
    """As it stands in a statement: once that is locked, as it was then."""
    page = await show(office, caller, person_id, month)
    line = next((one for one in page.content.lessons if one.lesson.lesson_id == lesson_id), None)
    if line is None:
        raise Outdated("This class is not in the statement any more.")
    is_locked = page.stored is not None and page.stored.is_closed
    async with office.database.reading() as tx:
        opened = await _opened(tx, line)
        now = await pay_line_of(tx, lesson_id, office.profile.zone) if is_locked else None
    if now is None or _comes_to_the_same(now.line, line):
        return opened, page
    return replace(opened, teacher_there=(), now=now.line), page


def _comes_to_the_same(one: PayLine, other: PayLine) -> bool:
    return (one.lesson, one.paid, one.amount) == (other.lesson, other.paid, other.amount)


async def _opened(tx: Transaction, line: PayLine) -> OpenedLine:
    course = await courses.get_course(tx, line.lesson.course_id)
    there = await paid_lessons.teacher_there(tx, line.lesson.lesson_id)
    return OpenedLine(line, course.topic, course.zone, tuple(there))
