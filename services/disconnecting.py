"""Letting go of a teacher's Zoom account: here first and at once, then at Zoom."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from school.errors import NotConnected
from services.office import Office
from services.people import Caller
from services.zoom_access import revoke
from storage.audit import PROGRAM, note
from storage.connect_attempts import remove_attempts_of
from storage.courses import lessons_of_teacher
from storage.database import Transaction
from storage.people import get_person
from storage.zoom_accounts import (
    ZoomAccount,
    find_account,
    find_account_of_zoom_user,
    remove_account_of_person,
)

_ZOOMS_ROUNDING = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Disconnected:
    """What was let go of; `upcoming` classes stay in Zoom, but nobody can start them from here.

    `zoom_was_told` is False if Zoom did not take it in: the teacher can remove the app there.
    """

    email: str
    zoom_was_told: bool
    upcoming: int


async def disconnect(office: Office, caller: Caller) -> Disconnected:
    """Delete the caller's tokens, then have Zoom end them too."""
    if caller.person_id is None:
        raise _nothing_connected()
    # Whoever is refreshing the tokens finishes first, so that none come after this.
    async with office.turns.of(caller.person_id), office.database.writing() as tx:
        account = await find_account(tx, caller.person_id)
        if account is None:
            raise _nothing_connected()
        await _let_go(tx, account, (await get_person(tx, account.person_id)).pseudonym)
        upcoming = await lessons_of_teacher(tx, account.person_id, since=tx.now)
    zoom_was_told = await revoke(office, account.tokens)
    return Disconnected(account.email, zoom_was_told, len(upcoming))


async def deauthorized(
    office: Office, zoom_user_id: str, removed_at: datetime | None = None
) -> bool:
    """The teacher removed the app in Zoom: delete what is left here; whether there was any.

    Zoom may report it late: an account that was connected after `removed_at` stays.
    """
    async with office.database.writing() as tx:
        account = await find_account_of_zoom_user(tx, zoom_user_id)
        if account is None:
            return False
        if removed_at and removed_at + _ZOOMS_ROUNDING < account.connected_at:
            return False
        await _let_go(tx, account, PROGRAM)
    return True


def _nothing_connected() -> NotConnected:
    return NotConnected("No Zoom account is connected. To connect one, send /connect.")


async def _let_go(tx: Transaction, account: ZoomAccount, actor: str) -> None:
    await remove_account_of_person(tx, account.person_id)
    await remove_attempts_of(tx, account.person_id)
    await note(tx, actor, "disconnected Zoom")
