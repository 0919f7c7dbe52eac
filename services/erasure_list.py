"""The list of erasures beside the database: a backup that is restored brings nobody back.

The database has a row for each erasure, and so has its backup, for those before it. The list is a
file of its own, which no backup of the database takes back with it.
"""

import asyncio
import logging

from school.model import ErasureKind
from services import guest_erasing
from services.erasures_listed import add_new
from services.leaving import erase_restored
from services.name_erasing import erase_name
from services.office import Office
from services.retention import forget
from services.revoking import end_at_zoom
from storage import erasures, people, zoom_accounts
from storage.audit import PROGRAM, note
from storage.connect_attempts import remove_attempts_of
from storage.database import Transaction
from storage.erasures import Erasure
from storage.errors import DatabaseProblem

log = logging.getLogger(__name__)


async def bring_in_step(office: Office) -> int:
    """Before anybody is served: what the list has and the database has not is erased again.

    How many that were. Raises DatabaseProblem where the list cannot be read or written.
    """
    file = office.erasure_file
    if file is None:
        return 0
    await asyncio.to_thread(file.repair)
    listed = await asyncio.to_thread(file.read)
    async with office.database.reading() as tx:
        known = {one.receipt for one in await erasures.all_kept(tx)}
    missing = sorted(
        (one for one in listed if one.receipt not in known), key=lambda one: one.erased_at
    )
    for one in missing:
        async with office.database.writing() as tx:
            await _erase_again(tx, one)
            await erasures.keep(tx, one)
            await note(tx, PROGRAM, "erased again after a restore", one.receipt)
    if missing:
        log.warning("%d erasures were done again: the database is a restored one", len(missing))
        await forget(office.database)
    try:
        await add_new(office)
    except OSError as error:
        raise DatabaseProblem(
            f"The list of erasures {file.path} cannot be written ({error.strerror}): "
            "let the program's user write there."
        ) from error
    return len(missing)


async def _erase_again(tx: Transaction, one: Erasure) -> None:
    """Whoever came after the erasure stays, though they be the same person."""
    match one.kind:
        case ErasureKind.PERSON:
            await _erase_person(tx, one)
        case ErasureKind.ZOOM:
            await _end_grant(tx, one)
        case ErasureKind.NAME:
            await erase_name(tx, one.subject_index, one.course_ids, one.erased_at)
        case ErasureKind.GUEST:
            await guest_erasing.erase_restored(tx, one.subject_index, one.erased_at)


async def _erase_person(tx: Transaction, one: Erasure) -> None:
    for person_id, user_id in (await people.known_since(tx, one.erased_at)).items():
        if erasures.telegram_user_index(tx.vault, user_id) == one.subject_index:
            person = await people.get_person(tx, person_id)
            await erase_restored(tx, person, user_id, one.erased_at)


async def _end_grant(tx: Transaction, one: Erasure) -> None:
    """Zoom is told once more; a connection that was made afterwards stays."""
    account = await zoom_accounts.find_account_by_index(tx, one.subject_index)
    if account is not None and account.connected_at <= one.erased_at:
        await end_at_zoom(tx, account)
        await zoom_accounts.remove_account_of_person(tx, account.person_id)
        await remove_attempts_of(tx, account.person_id)
