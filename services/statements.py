"""Statements, month by month: draft, accepted by the teacher, locked by an admin, paid.

A draft is worked out whenever somebody looks. Once locked it is kept as it was; what its lessons
turn out to be worth later stands in the statement of the month after the last locked one.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from school.errors import NotAllowed, NotUnderstood
from school.model import Role
from school.money import Money
from school.pay import PayLine
from school.periods import Period, month_of, school_day
from school.statements import (
    AdjustmentLine,
    CarriedLine,
    StatementContent,
    StatementState,
    build_statement,
    carried,
    month_key,
    settled_by_month,
    state_now,
)
from services.office import Office
from services.paying import pay_lines_in
from services.people import Caller, require_admin
from services.retention import accounts_kept_since
from storage import adjustments, pay, people, statements
from storage.audit import note
from storage.database import Transaction
from storage.people import Person
from storage.statements import Statement

_ON_A_PAGE = 20
_MONTH_AFTER = timedelta(days=31)
_SHOWN_OF_A_DIGEST = 12


@dataclass(frozen=True, slots=True)
class StatementPage:
    """A statement as it is now.

    `stored` is None for a draft that nobody ever accepted. `has_lapsed`: it was accepted, and says
    something else since. `has_changed`: it is not what the reader saw when they pressed. `is_news`:
    the reader has just brought it into its state. `topics` are by course id.
    """

    teacher: Person
    month: str
    content: StatementContent
    state: StatementState
    stored: Statement | None
    topics: Mapping[int, str | None]
    zone: ZoneInfo  # the school's
    is_over: bool
    is_own: bool
    is_admin: bool
    has_changed: bool = False
    is_news: bool = False
    asks_if_sure: bool = False

    @property
    def has_lapsed(self) -> bool:
        was = self.stored.state if self.stored else StatementState.DRAFT
        return was is StatementState.ACCEPTED and self.state is StatementState.DRAFT

    @property
    def seen(self) -> str:
        """Says in a button what its reader saw."""
        return seen_of(self.content)


@dataclass(frozen=True, slots=True)
class ListedStatement:
    """One of a month's; for the list."""

    teacher: Person
    state: StatementState
    totals: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class MonthPage:
    """A page of a month's statements, by name; `accepted` are ready to be locked, on all pages."""

    month: str
    listed: tuple[ListedStatement, ...]
    page: int
    pages: int
    accepted: int
    is_over: bool
    is_last: bool  # there is no later month yet


@dataclass(frozen=True, slots=True)
class LockedAll:
    """What came of locking all that were accepted."""

    month: str
    locked: tuple[StatementPage, ...]
    lapsed: int  # accepted, but they say something else since


def seen_of(content: StatementContent) -> str:
    return content.digest().hex()[:_SHOWN_OF_A_DIGEST]


async def show(office: Office, caller: Caller, person_id: int, month: str) -> StatementPage:
    """For the teacher themselves, and for admins. Raises NotAllowed for everybody else."""
    async with office.database.reading() as tx:
        return await _page(tx, office, caller, person_id, month)


async def show_to_admin(
    office: Office, caller: Caller, person_id: int, month: str
) -> StatementPage:
    """Raises NotAllowed for everybody else, the teacher too."""
    require_admin(office, caller)
    return await show(office, caller, person_id, month)


async def accept(
    office: Office, caller: Caller, person_id: int, month: str, seen: str
) -> StatementPage:
    """The teacher agrees with what they saw; where that has changed, they are shown it anew."""
    if caller.person_id != person_id:
        raise NotAllowed("Only the teacher can accept this statement.")
    async with office.database.writing() as tx:
        page = await _page(tx, office, caller, person_id, month)
        if page.state is not StatementState.DRAFT:
            return page
        _require_over(page)
        if page.seen != seen:
            return _with(page, has_changed=True)
        await statements.accept(tx, person_id, month, page.content.digest())
        await note(tx, page.teacher.pseudonym, "accepted a statement", month)
        return _with(await _page(tx, office, caller, person_id, month), is_news=True)


async def lock(
    office: Office, caller: Caller, person_id: int, month: str, seen: str, *, is_sure: bool
) -> StatementPage:
    """Keep it for good, as the admin saw it; pressed twice it is locked once.

    Without `is_sure`, one that is not accepted is not locked: the page asks.
    """
    admin_id = require_admin(office, caller)
    async with office.database.writing() as tx:
        page = await _page(tx, office, caller, person_id, month)
        if page.stored is not None and page.stored.is_closed:
            return page
        _require_over(page)
        if page.seen != seen:
            return _with(page, has_changed=True)
        if page.state is StatementState.DRAFT and not is_sure:
            return _with(page, asks_if_sure=True)
        await _lock(tx, page, admin_id)
        return _with(await _page(tx, office, caller, person_id, month), is_news=True)


async def lock_accepted(office: Office, caller: Caller, month: str) -> LockedAll:
    """Every statement of a month that its teacher accepted as it now is."""
    admin_id = require_admin(office, caller)
    async with office.database.reading() as tx:
        accepted = await statements.accepted_in(tx, month)
    locked, lapsed = [], 0
    for person_id in accepted:
        async with office.database.writing() as tx:
            page = await _page(tx, office, caller, person_id, month)
            _require_over(page)
            if page.state is StatementState.ACCEPTED:
                await _lock(tx, page, admin_id)
                after = await _page(tx, office, caller, person_id, month)
                locked.append(_with(after, is_news=True))
            lapsed += page.has_lapsed
    return LockedAll(month, tuple(locked), lapsed)


async def pay_out(
    office: Office,
    caller: Caller,
    person_id: int,
    month: str,
    *,
    paid_on: date,
    reference: str | None,
) -> StatementPage:
    """The money is on its way; of two admins, or two presses, one says so."""
    admin_id = require_admin(office, caller)
    async with office.database.writing() as tx:
        page = await _page(tx, office, caller, person_id, month)
        if page.stored is None or not page.stored.is_closed:
            raise NotUnderstood("Lock the statement first: what is paid must not change any more.")
        if not await statements.pay(tx, page.stored, paid_on, reference, by=admin_id):
            return page
        admin = await people.get_person(tx, admin_id)
        await note(tx, admin.pseudonym, f"paid a statement of {month}", page.teacher.pseudonym)
        return _with(await _page(tx, office, caller, person_id, month), is_news=True)


async def list_month(office: Office, caller: Caller, month: str | None, page: int) -> MonthPage:
    """A month's statements, the last month's if none is said."""
    require_admin(office, caller)
    zone = office.profile.zone
    this_month = month_key(school_day(office.clock(), zone))
    month = month or month_before(this_month)
    period = period_of(month, zone)
    async with office.database.reading() as tx:
        concerned = await _concerned(tx, period)
        pages = max(1, -(-len(concerned) // _ON_A_PAGE))
        page = min(max(page, 0), pages - 1)
        shown = concerned[page * _ON_A_PAGE : (page + 1) * _ON_A_PAGE]
        stored = await statements.statements_of(tx, [one.id for one in shown])
        contents = await _contents(tx, zone, [one.id for one in shown], month, stored)
        accepted = await statements.accepted_in(tx, month)
    listed = []
    for teacher in shown:
        own = _of_month(stored.get(teacher.id, ()), month)
        content = contents[teacher.id]
        listed.append(ListedStatement(teacher, _state(own, content), content.totals))
    return MonthPage(
        month=month,
        listed=tuple(listed),
        page=page,
        pages=pages,
        accepted=len(accepted),
        is_over=month < this_month,
        is_last=month >= this_month,
    )


async def admins_to_tell(office: Office, caller: Caller) -> tuple[Person, ...]:
    """All admins who have written to the bot, but not the one who asks."""
    async with office.database.reading() as tx:
        found = [
            await people.find_person(tx, one)
            for one in sorted(office.profile.admin_ids)
            if one != caller.telegram_user_id
        ]
    return tuple(one for one in found if one is not None)


def period_of(month: str, zone: ZoneInfo) -> Period:
    """The days of "2026-11". Raises NotUnderstood for what is no month."""
    try:
        return month_of(date.fromisoformat(f"{month}-01"), zone)
    except ValueError:
        raise NotUnderstood("There is no such month.") from None


def month_after(month: str) -> str:
    return month_key(date.fromisoformat(f"{month}-01") + _MONTH_AFTER)


def month_before(month: str) -> str:
    return month_key(date.fromisoformat(f"{month}-01") - timedelta(days=1))


def _with(page: StatementPage, **flags: bool) -> StatementPage:
    return replace(page, **flags)  # type: ignore[arg-type]


def _require_over(page: StatementPage) -> None:
    if not page.is_over:
        raise NotUnderstood("This month is not over yet: what it comes to may still change.")


async def _lock(tx: Transaction, page: StatementPage, admin_id: int) -> None:
    await statements.lock(tx, page.teacher.id, page.content, by=admin_id)
    admin = await people.get_person(tx, admin_id)
    await note(tx, admin.pseudonym, f"locked a statement of {page.month}", page.teacher.pseudonym)


async def _page(
    tx: Transaction, office: Office, caller: Caller, person_id: int, month: str
) -> StatementPage:
    is_own, is_admin = caller.person_id == person_id, caller.role is Role.ADMIN
    teacher = await people.find_by_id(tx, person_id)
    if teacher is None or not (is_own or is_admin):
        raise NotAllowed("Only this teacher and the admins can see this statement.")
    zone = office.profile.zone
    period = period_of(month, zone)
    stored = await statements.statements_of(tx, [person_id])
    content = (await _contents(tx, zone, [person_id], month, stored))[person_id]
    own = _of_month(stored.get(person_id, ()), month)
    return StatementPage(
        teacher=teacher,
        month=month,
        content=content,
        state=_state(own, content),
        stored=own,
        topics=await pay.topics_of(tx, {line.lesson.course_id for line in content.lessons}),
        zone=zone,
        is_over=period.ends_at <= tx.now,
        is_own=is_own,
        is_admin=is_admin,
    )


def _state(own: Statement | None, content: StatementContent) -> StatementState:
    if own is None:
        return StatementState.DRAFT
    return state_now(own.state, own.accepted_digest, content)


def _of_month(stored: Sequence[Statement], month: str) -> Statement | None:
    return next((one for one in stored if one.month == month), None)


async def _concerned(tx: Transaction, period: Period) -> list[Person]:
    """Whoever teaches, or has a part in the month's accounts; by name."""
    month = month_key(period.first_day)
    lessons = await pay.paid_lessons_in(tx, period, with_topics=False)
    entries = await adjustments.adjustments_in(tx, period.first_day, period.last_day)
    known = {one.teacher_id for one in lessons} | {one.person_id for one in entries}
    # What is carried stands in the month after the last locked one.
    known |= await statements.teachers_with_statements(tx, {month, month_before(month)})
    every = await people.teachers_and_former(tx)
    return sorted(
        (one for one in every if one.is_teacher or one.id in known),
        key=lambda one: (one.name.casefold(), one.id),
    )


async def _contents(
    tx: Transaction,
    zone: ZoneInfo,
    teacher_ids: Collection[int],
    month: str,
    stored: Mapping[int, Sequence[Statement]],
) -> dict[int, StatementContent]:
    """What each teacher's statement says: as locked, or worked out now."""
    found = {}
    for teacher_id in teacher_ids:
        own = _of_month(stored.get(teacher_id, ()), month)
        if own is not None and own.content is not None:
            found[teacher_id] = own.content
    open_ids = [one for one in teacher_ids if one not in found]
    period = period_of(month, zone)
    now = await _worth_now(tx, period, open_ids)
    for teacher_id in open_ids:
        lines = now[teacher_id][month]
        brought = await _carried(tx, zone, teacher_id, month, stored.get(teacher_id, ()))
        found[teacher_id] = build_statement(month, lines.lessons, lines.adjustments, brought)
    return found


@dataclass(frozen=True, slots=True)
class _Lines:
    """What a month consists of now."""

    lessons: list[PayLine]
    adjustments: list[AdjustmentLine]


async def _worth_now(
    tx: Transaction, period: Period, teacher_ids: Collection[int]
) -> Mapping[int, Mapping[str, _Lines]]:
    """By teacher and month."""
    found: dict[int, dict[str, _Lines]] = defaultdict(lambda: defaultdict(lambda: _Lines([], [])))
    for one in await pay_lines_in(tx, period, teacher_ids, with_topics=False):
        day = school_day(one.line.lesson.planned.starts_at, period.zone)
        found[one.teacher_id][month_key(day)].lessons.append(one.line)
    for entry in await adjustments.adjustments_in(
        tx, period.first_day, period.last_day, teacher_ids
    ):
        if (line := entry.line) is not None:
            found[entry.person_id][month_key(entry.day)].adjustments.append(line)
    return found


async def _carried(
    tx: Transaction,
    zone: ZoneInfo,
    teacher_id: int,
    month: str,
    stored: Sequence[Statement],
) -> tuple[CarriedLine, ...]:
    """What closed months came to beyond what was settled; in the month after the last of them."""
    closed = [one.content for one in stored if one.content is not None]
    # Of a month that is about to be forgotten, some of the lessons may be gone already.
    kept_since = month_key(accounts_kept_since(tx.now).date())
    months = [one.month for one in closed if one.month > kept_since]
    if not months or month != month_after(closed[-1].month):
        return ()
    span = Period(period_of(months[0], zone).first_day, period_of(months[-1], zone).last_day, zone)
    by_month = (await _worth_now(tx, span, [teacher_id]))[teacher_id]
    now: dict[str, list[PayLine | AdjustmentLine]] = {
        one: [*by_month[one].lessons, *by_month[one].adjustments] for one in months
    }
    settled = settled_by_month(closed)
    return carried(now, {one: settled[one] for one in months})
