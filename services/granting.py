"""What Zoom granted becomes a teacher's account, unless it is just being told to end the grant."""

import asyncio
from dataclasses import dataclass

from school.errors import Outdated, SchoolError
from school.model import ErasureKind
from services.erasures_listed import write_down
from services.office import Office
from services.people import TelegramUser
from services.revoking import end_at_zoom, told
from services.zoom_access import account_behind, tokens_of, translate
from storage import erasures, revocations, zoom_accounts
from storage.audit import note
from storage.database import Transaction
from storage.meetings import wake_meetings
from storage.people import find_person
from storage.zoom_accounts import ZoomAccount, ZoomProfile
from zoom.errors import InvalidGrant, TokenRejected, ZoomError
from zoom.oauth import REQUIRED_SCOPES, TokenPair

_PATIENCE_S = 20.0
_LOOK_AGAIN_S = 0.25


@dataclass(frozen=True, slots=True)
class Granted:
    """What Zoom gave for an attempt, and whose account it is for."""

    profile: ZoomProfile
    pair: TokenPair


@dataclass(frozen=True, slots=True)
class Connected:
    """The account that can now be used; `plan` is Zoom's user type (1 Basic, 2 Licensed).

    `account_id` is this connection's: the next one has another.
    """

    account_id: int
    email: str
    plan: int
    missing_scopes: tuple[str, ...]
    replaced_email: str | None


async def connect(
    office: Office, user: TelegramUser, person_id: int, granted: Granted
) -> Connected:
    """Store the account, in place of the one before, whose grant Zoom is then told to end.

    A former grant of the same account is ended no more: Zoom would end this one with it. Where
    Zoom is told to just now, that is awaited. Raises SchoolError: the account is another
    teacher's, the person is gone, or the grant was ended with the former one. What is not kept is
    ended at Zoom.
    """
    try:
        while (bound := await _bound(office, user, person_id, granted)) is None:
            await _until_zoom_was_told(office, granted.profile)
            await _check_still_granted(office, granted)
    except SchoolError:
        await _give_back(office, granted)
        raise
    connected, revocation_id = bound
    office.bell.courses.ring()
    if revocation_id is not None:
        await write_down(office)
        await told(office, revocation_id)
    return connected


async def _bound(
    office: Office, user: TelegramUser, person_id: int, granted: Granted
) -> tuple[Connected, int | None] | None:
    """With the revocation of the account that was there before, if that was another.

    None while Zoom is told to end a grant of this account.
    """
    profile, pair = granted.profile, granted.pair
    async with office.database.writing() as tx:
        person = await find_person(tx, user.id)
        if person is None or person.id != person_id:  # their data was deleted while Zoom was asked
            raise Outdated(
                "This link has been used or has expired. Send /connect to the bot for a new one."
            )
        if not person.is_teacher:
            raise Outdated("You do not teach here any more, so Zoom was not connected.")
        await _check_is_free(tx, profile, person_id)
        if await revocations.is_revoked_just_now(tx, profile.zoom_user_id):
            return None
        await revocations.call_off_revocations(tx, profile.zoom_user_id)
        replaced = _other_account(await zoom_accounts.find_account(tx, person_id), profile)
        revocation_id = await _let_go(tx, replaced) if replaced else None
        account_id = await zoom_accounts.store_account(
            tx, person_id, profile, pair.scopes, tokens_of(pair, tx.now)
        )
        await wake_meetings(tx, person_id)
        await note(tx, person.pseudonym, "connected Zoom")
    connected = Connected(
        account_id=account_id,
        email=profile.email,
        plan=profile.plan,
        missing_scopes=tuple(scope for scope in REQUIRED_SCOPES if scope not in pair.scopes),
        replaced_email=replaced.email if replaced else None,
    )
    return connected, revocation_id


async def _give_back(office: Office, granted: Granted) -> None:
    """Have a grant ended that is not kept, unless an account lives by it."""
    profile, pair = granted.profile, granted.pair
    async with office.database.writing() as tx:
        if await zoom_accounts.find_account_of_zoom_user(tx, profile.zoom_user_id):
            return  # Zoom would end that one's grant with it
        await revocations.want_revocation(tx, profile.zoom_user_id, tokens_of(pair, tx.now))
    office.bell.grants.ring()


async def _let_go(tx: Transaction, replaced: ZoomAccount) -> int:
    """Of the account that was there before; the id of what Zoom is to be told."""
    index = zoom_accounts.zoom_user_index(tx.vault, replaced.profile.zoom_user_id)
    await erasures.add(tx, ErasureKind.ZOOM, index)  # a backup does not connect it again
    return await end_at_zoom(tx, replaced)


async def _check_is_free(tx: Transaction, profile: ZoomProfile, person_id: int) -> None:
    holder = await zoom_accounts.find_account_of_zoom_user(tx, profile.zoom_user_id)
    if holder and holder.person_id != person_id:
        # Its tokens are not revoked: Zoom would end the other teacher's grant with them.
        raise SchoolError(
            "{email} is already connected to another teacher here. Sign in to Zoom with "
            "your own account, then send /connect.",
            email=profile.email,
        )


def _other_account(former: ZoomAccount | None, profile: ZoomProfile) -> ZoomAccount | None:
    is_other = former and former.profile.zoom_user_id != profile.zoom_user_id
    return former if is_other else None


async def _until_zoom_was_told(office: Office, profile: ZoomProfile) -> None:
    deadline = asyncio.get_running_loop().time() + _PATIENCE_S
    while True:
        async with office.database.reading() as tx:
            if not await revocations.is_revoked_just_now(tx, profile.zoom_user_id):
                return
        if asyncio.get_running_loop().time() > deadline:
            raise _ended_too()
        await asyncio.sleep(_LOOK_AGAIN_S)


async def _check_still_granted(office: Office, granted: Granted) -> None:
    """What Zoom was told about the former grant may have come after it had given this one."""
    try:
        await account_behind(office, granted.pair)
    except (InvalidGrant, TokenRejected):
        raise _ended_too() from None
    except ZoomError as error:
        raise translate(error) from error


def _ended_too() -> Outdated:
    return Outdated(
        "Zoom was just ending your former connection, and this one with it. "
        "Send /connect once more."
    )
