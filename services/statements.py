"""Statements, month by month: draft, accepted by the teacher, locked by an admin, paid.

A draft is worked out whenever somebody looks. Once locked it is kept as it was; what its lessons
turn out to be worth later stands in the statement of the month after the last locked one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from school.errors import NotAllowed, NotUnderstood
from school.letters import StatementAccepted, StatementLocked, StatementPaid, StatementReady
from school.model import Role
from school.money import Money
from school.periods import school_day
from school.statements import (
    StatementContent,
    StatementState,
    month_key,
)
from services import letters
from services.auditing import note_by_admin
from services.office import Office
from services.people import Caller, require_admin
from services.statement_contents import (
    concerned_in,
    contents_of,
    month_before,
    of_month,
    period_of,
    state_of,
)
from storage import pay, people, statements
from storage.audit import note
from storage.database import Transaction
from storage.people import Person
from storage.statements import Statement

_ON_A_PAGE = 20
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
        was_accepted = self.stored is not None and self.stored.accepted_digest is not None
        return was_accepted and self.state is StatementState.DRAFT

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


async def show(
    office: Office, caller: Caller, person_id: int, month: str, *, as_paper: bool = False
) -> StatementPage:
    """For the teacher themselves, and for admins, which is noted; `as_paper`: to be taken along.

    Raises NotAllowed for everybody else.
    """
    async with office.database.reading() as tx:
        page = await _page(tx, office, caller, person_id, month)
    if not page.is_own:
        action = "exported a statement" if as_paper else "saw a statement"
        await note_by_admin(office, caller, f"{action} of {month}", page.teacher.pseudonym)
    return page


async def ask_to_accept(
    office: Office, caller: Caller, person_id: int, month: str, request_key: str
) -> StatementPage:
    """The teacher is told that it waits for them, once for each press."""
    admin_id = require_admin(office, caller)
    async with office.database.writing() as tx:
        page = await _page(tx, office, caller, person_id, month)
        admin = await people.get_person(tx, admin_id)
        await note(
            tx, admin.pseudonym, f"asked to accept a statement of {month}", page.teacher.pseudonym
        )
        ready = StatementReady(person_id, month, page.content.totals)
        await letters.write(tx, person_id, ready, f"ready {request_key}")
    office.bell.letters.ring()
    return page


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
        accepted = StatementAccepted(person_id, page.teacher.name, month, page.content.totals)
        key = f"accepted {person_id} {month} {page.seen}"
        await letters.write_to_admins(tx, office, accepted, key, about_id=person_id, but=person_id)
        page = _with(await _page(tx, office, caller, person_id, month), is_news=True)
    office.bell.letters.ring()
    return page


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
        page = _with(await _page(tx, office, caller, person_id, month), is_news=True)
    office.bell.letters.ring()
    return page


async def lock_accepted(office: Office, caller: Caller, month: str) -> LockedAll:
    """Every statement of a month that its teacher accepted as it now is."""
    admin_id = require_admin(office, caller)
    async with office.database.reading() as tx:
        accepted = await statements.accepted_in(tx, month)
    locked = []
    for person_id in accepted:
        async with office.database.writing() as tx:
            page = await _page(tx, office, caller, person_id, month)
            _require_over(page)
            if page.state is StatementState.ACCEPTED:
                await _lock(tx, page, admin_id)
                after = await _page(tx, office, caller, person_id, month)
                locked.append(_with(after, is_news=True))
    async with office.database.reading() as tx:
        lapsed = await statements.count_lapsed(tx, month)
    office.bell.letters.ring()
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
        if not page.is_own:
            paid = StatementPaid(person_id, month, page.content.payable, paid_on, reference)
            await letters.write(tx, person_id, paid, f"paid {month}")
        page = _with(await _page(tx, office, caller, person_id, month), is_news=True)
    office.bell.letters.ring()
    return page


async def list_month(office: Office, caller: Caller, month: str | None, page: int) -> MonthPage:
    """A month's statements, the last month's if none is said."""
    require_admin(office, caller)
    zone = office.profile.zone
    this_month = month_key(school_day(office.clock(), zone))
    month = month or month_before(this_month)
    period = period_of(month, zone)
    await note_by_admin(office, caller, f"saw the list of statements of {month}")
    async with office.database.reading() as tx:
        concerned = await concerned_in(tx, period)
        pages = max(1, -(-len(concerned) // _ON_A_PAGE))
        page = min(max(page, 0), pages - 1)
        shown = concerned[page * _ON_A_PAGE : (page + 1) * _ON_A_PAGE]
        stored = await statements.statements_of(tx, [one.id for one in shown])
        contents = await contents_of(tx, zone, [one.id for one in shown], month, stored)
        accepted = await statements.accepted_in(tx, month)
    listed = []
    for teacher in shown:
        own = of_month(stored.get(teacher.id, ()), month)
        content = contents[teacher.id]
        listed.append(ListedStatement(teacher, state_of(own, content), content.totals))
    return MonthPage(
        month=month,
        listed=tuple(listed),
        page=page,
        pages=pages,
        accepted=len(accepted),
        is_over=month < this_month,
        is_last=month >= this_month,
    )


def _with(page: StatementPage, **flags: bool) -> StatementPage:
    return replace(page, **flags)  # type: ignore[arg-type]


def _require_over(page: StatementPage) -> None:
    if not page.is_over:
        raise NotUnderstood("This month is not over yet: what it comes to may still change.")


async def _lock(tx: Transaction, page: StatementPage, admin_id: int) -> None:
    if page.stored is not None and page.has_lapsed:
        await statements.lapse(tx, page.stored)  # locked all the same, but nobody agreed with it
    await statements.lock(tx, page.teacher.id, page.content, by=admin_id)
    admin = await people.get_person(tx, admin_id)
    await note(tx, admin.pseudonym, f"locked a statement of {page.month}", page.teacher.pseudonym)
    if not page.is_own:
        locked = StatementLocked(page.teacher.id, page.month, page.content.payable)
        await letters.write(tx, page.teacher.id, locked, f"locked {page.month}")


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
    content = (await contents_of(tx, zone, [person_id], month, stored))[person_id]
    own = of_month(stored.get(person_id, ()), month)
    return StatementPage(
        teacher=teacher,
        month=month,
        content=content,
        state=state_of(own, content),
        stored=own,
        topics=await pay.topics_of(tx, {line.lesson.course_id for line in content.lessons}),
        zone=zone,
        is_over=period.ends_at <= tx.now,
        is_own=is_own,
        is_admin=is_admin,
    )
