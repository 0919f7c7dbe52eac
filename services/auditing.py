"""What was done and by whom, for admins: noted under pseudonyms, shown, handed out."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.office import Office
from services.people import Caller, require_admin
from storage import audit, erasure_requests
from storage.audit import AuditEntry
from storage.people import get_person

ON_A_PAGE = 12


@dataclass(frozen=True, slots=True)
class AuditPage:
    """The newest entries first; pages are counted from 0.

    With them, what waits for an admin: how many people ask to be taken out of attendance, and the
    request that was made first.
    """

    entries: tuple[AuditEntry, ...]
    page: int
    pages: int
    open_requests: int = 0
    oldest_request: int | None = None


async def note_by_admin(
    office: Office, caller: Caller, action: str, subject: str | None = None
) -> None:
    """An admin is about to see, or to be handed, what is about others: noted before they are.

    Raises NotAllowed for everybody else.
    """
    admin_id = require_admin(office, caller)
    async with office.database.writing() as tx:
        admin = await get_person(tx, admin_id)
        await audit.note(tx, admin.pseudonym, action, subject)


async def opened(office: Office, caller: Caller) -> AuditPage:
    """The newest of it; that they opened it is the first that they see."""
    await note_by_admin(office, caller, "saw the audit log")
    return await show(office, caller)


async def show(office: Office, caller: Caller, page: int = 0) -> AuditPage:
    """A page that is not there any more is the last one."""
    require_admin(office, caller)
    async with office.database.reading() as tx:
        pages = max(1, -(-await audit.count_entries(tx) // ON_A_PAGE))
        page = min(max(page, 0), pages - 1)
        found = await audit.latest_entries(tx, ON_A_PAGE, page * ON_A_PAGE)
        return AuditPage(tuple(found), page, pages, *await erasure_requests.open_requests(tx))


async def export(office: Office, caller: Caller) -> Sequence[AuditEntry]:
    """Every entry, the oldest first; that they were exported is the last of them."""
    await note_by_admin(office, caller, "exported the audit log")
    async with office.database.reading() as tx:
        return [one async for some in audit.all_entries(tx) for one in some]
