"""A teacher's own month at a glance, and a lesson opened to what it is made of."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from school.corrections import Measures
from school.errors import NotAllowed, Outdated
from school.intervals import Span
from school.model import LessonState, Planned, Role
from school.money import Money
from school.periods import Period, month_of, school_day
from school.reports import Figures, LessonRow, build_report
from school.statements import month_key
from services.auditing import note_by_admin
from services.dispute_contents import counted
from services.office import Office
from services.paying import PaidLine, pay_line_of
from services.people import Caller, Teacher
from services.report_rows import titled_lessons
from services.statement_contents import contents_of
from storage import courses, disputes, outages, people, statements, stays
from storage.attendance import Outcome, is_forgotten, outcome_of
from storage.courses import Lesson
from storage.database import Transaction
from storage.reports import Of, Scope
from storage.stays import PersonRow

_ON_A_PAGE = 8


@dataclass(frozen=True, slots=True)
class ListedLesson:
    """A lesson in the month's list."""

    row: LessonRow
    topic: str | None


@dataclass(frozen=True, slots=True)
class Hours:
    """A month of a teacher's; `lessons` are those of the page, newest first.

    `pay` is what the month comes to so far, None where no rate is known yet.
    """

    period: Period
    figures: Figures
    lessons: tuple[ListedLesson, ...]
    page: int
    pages: int
    pay: tuple[Money, ...] | None
    as_of: datetime

    @property
    def is_over(self) -> bool:
        return self.period.ends_at <= self.as_of


@dataclass(frozen=True, slots=True)
class OpenedLesson:
    """All that a lesson's figures are made of, for its teacher or an admin.

    `gaps` are the times in which the program heard nothing. `can_confirm`: something was filled
    in, and the reader may say that it is right. `is_forgotten`: who was there is past its time.
    """

    lesson_id: int
    topic: str | None
    planned: Planned
    zone: ZoneInfo
    state: LessonState
    outcome: Outcome
    counted: Measures
    teacher_name: str
    instances: tuple[Span, ...]
    people: tuple[PersonRow, ...]
    gaps: tuple[Span, ...]
    paid: PaidLine | None
    is_own: bool  # the reader gave it
    can_dispute: bool
    can_confirm: bool
    can_correct: bool
    as_of: datetime
    is_forgotten: bool = False


async def hours(
    office: Office, teacher: Teacher, month: date | None = None, page: int = 0
) -> Hours:
    """The month of the teacher's that a school day is in; the present one without."""
    zone = office.profile.zone
    period = month_of(month or school_day(office.clock(), zone), zone)
    async with office.database.reading() as tx:
        own = titled_lessons(tx, period, Scope(Of.TEACHER, teacher.person_id))
        found = [one async for some in own for one in some]
        pay = await _pay(tx, period, teacher.person_id)
        now = tx.now
    over = [one for one in found if one.row.was_held or one.row.was_missed(now)]
    newest_first = over[::-1]
    pages = max(1, -(-len(over) // _ON_A_PAGE))
    page = max(0, min(page, pages - 1))
    begin = page * _ON_A_PAGE
    return Hours(
        period=period,
        figures=build_report([one.row for one in over], period=period, now=now).total,
        lessons=tuple(
            ListedLesson(one.row, one.topic) for one in newest_first[begin : begin + _ON_A_PAGE]
        ),
        page=page,
        pages=pages,
        pay=pay,
        as_of=now,
    )


async def open_lesson(office: Office, caller: Caller, lesson_id: int) -> OpenedLesson:
    """For its teacher and for admins. Raises NotAllowed for others, Outdated where it is gone."""
    async with office.database.reading() as tx:
        lesson = await courses.find_lesson(tx, lesson_id)
        if lesson is None:
            raise Outdated("This class is not there any more.")
        is_own, is_admin = lesson.given_by == caller.person_id, caller.role is Role.ADMIN
        if not (is_own or is_admin):
            raise NotAllowed("Only the teacher of this class can do this.")
        opened = await _opened(office, tx, lesson, is_own=is_own, is_admin=is_admin)
    if not is_own:
        await note_by_admin(office, caller, "saw who was in a class", str(lesson_id))
    return opened


async def _opened(
    office: Office, tx: Transaction, lesson: Lesson, *, is_own: bool, is_admin: bool
) -> OpenedLesson:
    course = await courses.get_course(tx, lesson.course_id)
    found = await outcome_of(tx, lesson.id)
    now_counts = await counted(tx, lesson.id, found)
    dispute = await disputes.latest_dispute(tx, lesson.id)
    is_known = lesson.state in {LessonState.ENDED, LessonState.CANCELLED}
    is_over = is_known or (lesson.is_open and lesson.planned.ends_at <= tx.now)
    return OpenedLesson(
        lesson_id=lesson.id,
        topic=course.topic,
        planned=lesson.planned,
        zone=course.zone,
        state=lesson.state,
        outcome=found,
        counted=now_counts,
        teacher_name=(await people.get_person(tx, lesson.given_by)).name,
        instances=await stays.instances_of(tx, lesson.id),
        people=await stays.people_with_stays(tx, lesson.id),
        gaps=await outages.gaps_of(tx, lesson.id),
        paid=await pay_line_of(tx, lesson.id, office.profile.zone),
        is_own=is_own,
        can_dispute=is_own and is_over and (dispute is None or not dispute.is_open),
        can_confirm=is_own and is_over and now_counts.is_inferred,
        can_correct=is_admin and is_over,
        as_of=tx.now,
        is_forgotten=await is_forgotten(tx, lesson.id),
    )


async def _pay(tx: Transaction, period: Period, person_id: int) -> tuple[Money, ...] | None:
    """What the month's statement comes to, as it is now; None while there is nothing to pay by."""
    month = month_key(period.first_day)
    stored = await statements.statements_of(tx, [person_id])
    contents = await contents_of(tx, period.zone, [person_id], month, stored)
    return contents[person_id].totals or None
