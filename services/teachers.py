"""Who teaches at the school, as its admins see them."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from school.errors import Outdated
from school.model import InvitationKind
from services.auditing import note_by_admin
from services.last_classes import ahead_of
from services.office import Office
from services.pay_forms import teachers_by_name
from services.people import Caller, require_admin
from storage import chats, erasing, people, zoom_accounts
from storage.audit import note
from storage.database import Transaction
from storage.invitations import accepted_at
from storage.people import Person


class ZoomStanding(Enum):
    """Whether a teacher's Zoom account lets us in."""

    NONE = auto()
    CONNECTED = auto()
    BROKEN = auto()  # they must connect it again


@dataclass(frozen=True, slots=True)
class TeacherPage:
    """What an admin sees of a teacher.

    `since` is when they last became one, None where that is not known. `upcoming` counts the
    classes to come of their own courses, `given_for_others` those that they give for another
    teacher, and `live` those that are on. `students` are taught in private.
    """

    teacher: Person
    since: datetime | None
    zoom: ZoomStanding
    groups: int
    students: int
    upcoming: int
    given_for_others: int
    live: int
    is_admin: bool

    @property
    def seen(self) -> int:
        """How many classes their removal would call off or give back."""
        return self.upcoming + self.given_for_others


class NoLongerTeaches(Outdated):
    """Somebody who was removed, or has deleted their data."""

    def __init__(self) -> None:
        super().__init__("They do not teach here any more.")


async def opened(office: Office, caller: Caller) -> tuple[Person, ...]:
    """Everybody who teaches, by name; that an admin looked is noted."""
    await note_by_admin(office, caller, "saw the list of teachers")
    return await listed(office, caller)


async def listed(office: Office, caller: Caller) -> tuple[Person, ...]:
    """The same, once it is open."""
    require_admin(office, caller)
    async with office.database.reading() as tx:
        return await teachers_by_name(tx)


async def look(office: Office, caller: Caller, person_id: int) -> TeacherPage:
    """One of them. Raises NoLongerTeaches."""
    admin_id = require_admin(office, caller)
    async with office.database.writing() as tx:
        teacher = await teaching(tx, person_id)
        admin = await people.get_person(tx, admin_id)
        await note(tx, admin.pseudonym, "saw a teacher", teacher.pseudonym)
        return await page_of(tx, office, teacher)


async def teaching(tx: Transaction, person_id: int) -> Person:
    """Somebody who teaches. Raises NoLongerTeaches for everybody else."""
    person = await people.find_by_id(tx, person_id)
    if person is None or not person.is_teacher:
        raise NoLongerTeaches
    return person


async def page_of(tx: Transaction, office: Office, teacher: Person) -> TeacherPage:
    linked = await chats.chats_of_teacher(tx, teacher.id)
    ahead = await ahead_of(tx, teacher.id)
    return TeacherPage(
        teacher=teacher,
        since=await accepted_at(tx, InvitationKind.TEACHER, teacher.id),
        zoom=await _zoom_of(tx, teacher.id),
        groups=sum(not one.is_private for one in linked),
        students=sum(one.is_private for one in linked),
        upcoming=len(ahead.own),
        given_for_others=len(ahead.of_others),
        live=len(await erasing.live_lessons(tx, teacher.id)),
        is_admin=teacher.telegram_user_id in office.profile.admin_ids,
    )


async def _zoom_of(tx: Transaction, person_id: int) -> ZoomStanding:
    account = await zoom_accounts.find_account(tx, person_id)
    if account is None:
        return ZoomStanding.NONE
    return ZoomStanding.BROKEN if account.is_broken else ZoomStanding.CONNECTED
