"""What /report answers with: which lessons are meant, and their figures."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from school.errors import NotUnderstood, Outdated
from school.names import normalised_name
from school.periods import Period, month_of, named_period, parse_period, school_day
from school.reports import AttendanceTally, CourseLine, Report, Tally
from services.auditing import note_by_admin
from services.office import Office
from services.people import Caller, require_admin
from services.report_rows import CalledOff, called_off, counted_lessons
from storage import reports
from storage.database import Transaction
from storage.people import get_person, teachers_and_former
from storage.reports import Of, Scope

CHOICES_ON_A_PAGE = 8
MOST_CANDIDATES = 20
ALL = Scope()


@dataclass(frozen=True, slots=True)
class Order:
    """What a report is to be about."""

    period: Period
    scope: Scope = ALL


@dataclass(frozen=True, slots=True)
class NamedCourse:
    """A course's attendance over time; the topic is None once erased.

    `roster` is how many students are on it now; 0: nobody has made one.
    """

    topic: str | None
    roster: int
    line: CourseLine


@dataclass(frozen=True, slots=True)
class Found:
    """The figures of a report as of `as_of`.

    `about` is what it is narrowed to: a name, a topic, a title. `ahead` lessons are in no figure,
    as they are still to come. `rows_on` has how many students were there on each school day, all
    lessons together. `courses` are empty where there are too many to be drawn. `called_off` is
    only looked up where there is nothing else.
    """

    order: Order
    about: str | None
    report: Report
    ahead: int
    courses: tuple[NamedCourse, ...]
    rows_on: Mapping[date, int]
    as_of: datetime
    called_off: CalledOff | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody or something that a report can be narrowed to; `hint` tells equal names apart."""

    scope: Scope
    name: str | None
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """What is to be chosen from: one page of it, pages counted from 0."""

    period: Period
    of: Of
    candidates: tuple[Candidate, ...]
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Several are called as typed; `more` are not shown."""

    period: Period
    name: str
    candidates: tuple[Candidate, ...]
    more: int


async def understood(office: Office, caller: Caller, typed: str) -> Order | Ambiguous:
    """What an admin asks for: a period as typed (this month if none), perhaps a name.

    Days and months are those of the school's zone. Raises NotAllowed, or NotUnderstood for a
    name that is nobody's and nothing's.
    """
    require_admin(office, caller)
    profile = office.profile
    today = school_day(office.clock(), profile.zone)
    period, name = parse_period(typed, today=today, zone=profile.zone, terms=profile.terms)
    if not name:
        return Order(period)
    async with office.database.reading() as tx:
        found = await _called(tx, period, name) or await _called(tx, None, name)
    if not found:
        raise NotUnderstood(
            "I know no teacher, class, group or period called {name}. "
            "Write, for example: /report last month Aisha",
            name=name,
        )
    if len(found) == 1:
        return Order(period, found[0].scope)
    return Ambiguous(
        period, name, tuple(found[:MOST_CANDIDATES]), max(0, len(found) - MOST_CANDIDATES)
    )


def named(office: Office, name: str) -> Period:
    """What "last week" or "this term" is now."""
    profile = office.profile
    today = school_day(office.clock(), profile.zone)
    return named_period(name, today=today, zone=profile.zone, terms=profile.terms)


def days(office: Office, first: date, last: date) -> Period:
    """Whole days of the school's, from the earlier to the later."""
    return Period(min(first, last), max(first, last), office.profile.zone)


def this_month(office: Office) -> Period:
    return month_of(school_day(office.clock(), office.profile.zone), office.profile.zone)


async def report(office: Office, caller: Caller, order: Order, *, as_csv: bool = False) -> Found:
    """The figures of a report.

    Lessons are read some hundreds at a time and none is kept, so that a term of a large school
    neither fills the memory nor keeps others waiting. Raises NotAllowed, or Outdated where what it
    is narrowed to does not exist. That the admin saw it is noted; `as_csv`: took it along.
    """
    require_admin(office, caller)
    async with office.database.reading() as tx:
        about = await _about(tx, order.scope)
        subject = await _noted_as(tx, order)
    action = "exported a report" if as_csv else "saw a report"
    await note_by_admin(office, caller, action, subject)
    async with office.database.reading() as tx:
        tally = Tally(period=order.period, now=tx.now)
        attendance = AttendanceTally(order.period)
        rows_on = Counter[date]()
        async for some in counted_lessons(tx, order.period, order.scope):
            for row in some:
                tally.add(row)
                attendance.add(row)
                rows_on[school_day(row.planned.starts_at, order.period.zone)] += row.students
        courses = await _with_names(tx, attendance.lines())
        found, off = tally.report(), None
        if not found.teachers:
            off = await called_off(tx, order.period, order.scope)
        return Found(order, about, found, tally.ahead, courses, rows_on, tx.now, off)


async def _noted_as(tx: Transaction, order: Order) -> str | None:
    """What it is narrowed to, without a name: of a teacher the pseudonym alone.

    By that alone they find in /mydata that it was looked at.
    """
    match order.scope.of:
        case Of.ALL:
            return None
        case Of.TEACHER:
            return (await get_person(tx, order.scope.id)).pseudonym
        case Of.COURSE | Of.GROUP:
            return str(order.scope.id)


async def choices(office: Office, caller: Caller, period: Period, of: Of, page: int) -> Choices:
    """Whom or what a report of that period can be narrowed to, by name.

    A page that is not there any more is the last one.
    """
    require_admin(office, caller)
    async with office.database.reading() as tx:
        match of:
            case Of.TEACHER:
                found = await _teachers_in(tx, period)
            case Of.COURSE:
                found = await _courses_in(tx, period)
            case _:
                found = await _groups_in(tx, period)
    pages = max(1, -(-len(found) // CHOICES_ON_A_PAGE))
    page = min(max(page, 0), pages - 1)
    shown = _by_name(found)[page * CHOICES_ON_A_PAGE : (page + 1) * CHOICES_ON_A_PAGE]
    return Choices(period, of, tuple(shown), page, pages)


async def _called(tx: Transaction, period: Period | None, name: str) -> Sequence[Candidate]:
    """Whoever and whatever has that name; if nothing, what begins with it.

    Classes and groups are those that have lessons in the period, if one is given.
    """
    wanted = normalised_name(name)
    known = [
        *await _all_teachers(tx),
        *await _courses_in(tx, period),
        *await _groups_in(tx, period),
    ]
    names = [(normalised_name(one.name), one) for one in known if one.name is not None]
    exact = [one for called, one in names if called == wanted]
    return _by_name(exact or [one for called, one in names if called.startswith(wanted)])


async def _all_teachers(tx: Transaction) -> Sequence[Candidate]:
    people = await teachers_and_former(tx)
    times = Counter(normalised_name(one.name) for one in people)
    return [
        Candidate(
            Scope(Of.TEACHER, one.id),
            one.name,
            (one.username or one.pseudonym) if times[normalised_name(one.name)] > 1 else None,
        )
        for one in people
    ]


async def _teachers_in(tx: Transaction, period: Period) -> Sequence[Candidate]:
    there = await reports.teachers_in(tx, period)
    return [one for one in await _all_teachers(tx) if one.scope.id in there]


async def _courses_in(tx: Transaction, period: Period | None) -> Sequence[Candidate]:
    courses = await reports.courses_in(tx, period)
    names = await reports.names_of(tx, {one.teacher_id for one in courses})
    return [
        Candidate(Scope(Of.COURSE, one.course_id), one.topic, names[one.teacher_id])
        for one in courses
    ]


async def _groups_in(tx: Transaction, period: Period | None) -> Sequence[Candidate]:
    groups = await reports.groups_in(tx, period)
    return [Candidate(Scope(Of.GROUP, chat_id), title) for chat_id, title in groups.items()]


def _by_name(candidates: Iterable[Candidate]) -> Sequence[Candidate]:
    return sorted(
        candidates,
        key=lambda one: (
            one.name is None,
            (one.name or "").casefold(),
            (one.hint or "").casefold(),
            one.scope.id,
        ),
    )


async def _about(tx: Transaction, scope: Scope) -> str | None:
    match scope.of:
        case Of.ALL:
            return None
        case Of.TEACHER:
            known: Mapping[int, str | None] = await reports.names_of(tx, [scope.id])
        case Of.COURSE:
            known = await reports.topics_of(tx, [scope.id])
        case Of.GROUP:
            known = await reports.groups_in(tx)
    if scope.id not in known:
        raise Outdated("This button is no longer current.")
    return known[scope.id]


async def _with_names(tx: Transaction, lines: Sequence[CourseLine]) -> tuple[NamedCourse, ...]:
    course_ids = [line.course_id for line in lines]
    topics = await reports.topics_of(tx, course_ids)
    rosters = await reports.rosters_of(tx, course_ids)
    return tuple(
        NamedCourse(topics[line.course_id], rosters.get(line.course_id, 0), line) for line in lines
    )
