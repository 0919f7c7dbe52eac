"""Letting go of a teacher's Zoom account: here first and at once, then at Zoom.

Classes to come stay as they are, or are called off before: without the tokens nothing can be
changed at Zoom any more.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from school.errors import NotConnected, Outdated
from school.letters import ZoomRemoved
from school.model import ErasureKind
from services.classes import UpcomingClass
from services.erasures_listed import write_down
from services.last_classes import ahead_on_account, call_off_all
from services.letters import write
from services.office import Office
from services.people import Caller
from services.revoking import end_at_zoom, told
from storage import erasures
from storage.audit import PROGRAM, note
from storage.connect_attempts import remove_attempts_of
from storage.database import Transaction
from storage.people import get_person
from storage.zoom_accounts import (
    ZoomAccount,
    find_account,
    find_account_of_zoom_user,
    remove_account_of_person,
    zoom_user_index,
)

_ZOOMS_ROUNDING = timedelta(seconds=1)
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Connection:
    """A teacher's connected account, and what is held on it; `account_id` is of this connection.

    `upcoming` counts the classes to come, `given_for_others` those among them that are another
    teacher's, and `next_classes` are the first of them. `live` counts those that are on.
    """

    account_id: int
    email: str
    upcoming: int
    given_for_others: int
    next_classes: tuple[UpcomingClass, ...]
    live: int


@dataclass(frozen=True, slots=True)
class Disconnected:
    """What was let go of; `upcoming` classes stay in Zoom, but nobody can start them from here.

    `zoom_was_told` is False while Zoom has not taken it in; it is told again until it has.
    `called_off` counts the classes that were cancelled or given back before, if the teacher chose
    that, and `left_at_zoom` the meetings that Zoom could not be told to delete.
    """

    email: str
    zoom_was_told: bool
    upcoming: int
    live: int = 0
    called_off: int = 0
    left_at_zoom: int = 0


async def connection_of(
    office: Office, caller: Caller, account_id: int | None = None
) -> Connection:
    """Raises NotConnected without one, Outdated where it is not `account_id` any more."""
    async with office.database.reading() as tx:
        account = await _own_account(tx, caller, account_id)
        ahead = await ahead_on_account(tx, account.person_id)
    classes = [
        UpcomingClass(lesson.id, course.topic or "", lesson.planned, course.zone)
        for lesson, course in ahead.in_order[:_SHOWN]
    ]
    return Connection(
        account_id=account.id,
        email=account.email,
        upcoming=ahead.count,
        given_for_others=len(ahead.of_others),
        next_classes=tuple(classes),
        live=len(ahead.live),
    )


async def disconnect(office: Office, caller: Caller, account_id: int | None = None) -> Disconnected:
    """Delete the caller's tokens, then have Zoom end them too; classes stay as they are.

    Raises NotConnected without an account, Outdated where it is not `account_id` any more.
    """
    person_id = _known(caller)
    # Whoever is refreshing the tokens finishes first, so that none come after this.
    async with office.turns.of(person_id), office.database.writing() as tx:
        account = await _own_account(tx, caller, account_id)
        revocation_id = await end_at_zoom(tx, account)
        await let_go(tx, account, (await get_person(tx, person_id)).pseudonym)
        ahead = await ahead_on_account(tx, person_id)
    await write_down(office)
    return Disconnected(
        email=account.email,
        zoom_was_told=await told(office, revocation_id),
        upcoming=ahead.count,
        live=len(ahead.live),
    )


async def disconnect_without_classes(
    office: Office, caller: Caller, account_id: int, seen: int
) -> Disconnected | None:
    """Call off all that is to come, as long as the tokens are there; then disconnect.

    None, with nothing done, where it is not `seen` classes any more that would be called off.
    While Zoom is away or slow, the classes are off here all the same. Raises as `disconnect`.
    """
    person_id = _known(caller)
    async with office.database.reading() as tx:
        await _own_account(tx, caller, account_id)
    done = await call_off_all(office, person_id, seen)
    if done is None:
        return None
    result = await disconnect(office, caller, account_id)
    return replace(result, called_off=done.called_off, left_at_zoom=done.left_at_zoom)


async def deauthorized(
    office: Office, zoom_user_id: str, removed_at: datetime | None = None
) -> bool:
    """The teacher removed the app in Zoom: delete what is left here; whether there was any.

    Zoom may report it late: an account that was connected after `removed_at` stays. Of one that
    had ended before, its teacher has heard already.
    """
    async with office.database.writing() as tx:
        account = await find_account_of_zoom_user(tx, zoom_user_id)
        if account is None:
            return False
        if removed_at and removed_at + _ZOOMS_ROUNDING < account.connected_at:
            return False
        await let_go(tx, account, PROGRAM)
        if not account.is_broken:
            ahead = await ahead_on_account(tx, account.person_id)
            letter = ZoomRemoved(account.email, ahead.count)
            await write(tx, account.person_id, letter, f"zoom removed:{account.id}")
    office.bell.letters.ring()
    await write_down(office)
    return True


def _known(caller: Caller) -> int:
    if caller.person_id is None:
        raise _nothing_connected()
    return caller.person_id


async def _own_account(tx: Transaction, caller: Caller, account_id: int | None) -> ZoomAccount:
    account = await find_account(tx, _known(caller))
    if account is None and account_id is not None:
        raise Outdated("Zoom is disconnected already. To connect it again, send /connect.")
    if account is None:
        raise _nothing_connected()
    if account_id is not None and account.id != account_id:
        raise Outdated(
            "This button is no longer current: you have connected Zoom anew since. "
            "To disconnect, send /disconnect."
        )
    return account


def _nothing_connected() -> NotConnected:
    return NotConnected("No Zoom account is connected. To connect one, send /connect.")


async def let_go(
    tx: Transaction, account: ZoomAccount, actor: str, subject: str | None = None
) -> None:
    """Within a transaction: the tokens are deleted, and whatever was begun to get others."""
    await remove_account_of_person(tx, account.person_id)
    await remove_attempts_of(tx, account.person_id)
    # A backup that is restored connects nobody who has disconnected since.
    zoom_user = zoom_user_index(tx.vault, account.profile.zoom_user_id)
    await erasures.add(tx, ErasureKind.ZOOM, zoom_user)
    await note(tx, actor, "disconnected Zoom", subject)
