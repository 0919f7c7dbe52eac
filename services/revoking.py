"""Ending grants at Zoom: told once they are gone here, and told again until Zoom has taken it in.

The tokens of such a grant lie sealed in a row of their own, for this alone. One process at a time
has a row; what a crash leaves is gone on with when its lease is over.
"""

import asyncio
import logging
from datetime import timedelta
from enum import Enum, auto

from services.office import Office
from storage import revocations
from storage.database import Transaction
from storage.revocations import Revocation
from storage.zoom_accounts import Tokens, ZoomAccount
from zoom.errors import InvalidClient, InvalidGrant, ZoomError, ZoomUncertain, ZoomUnreachable

log = logging.getLogger(__name__)

_LEASE = timedelta(minutes=3)  # longer than a refresh and two calls, each with its retries
_PATIENCE_S = 8.0  # of a person who waits for an answer
_ONCE_MORE_AFTER_S = 0.4
_FIRST_PAUSE = timedelta(seconds=10)
_LONGEST_PAUSE = timedelta(minutes=15)
_AT_A_TIME = 5
_REFRESH_TOKEN_LIVES = timedelta(days=90)


class _Try(Enum):
    """What came of telling Zoom once."""

    ENDED = auto()
    NOT_YET = auto()  # also while another process is at it
    ZOOM_IS_AWAY = auto()


async def end_at_zoom(tx: Transaction, account: ZoomAccount) -> int:
    """In the transaction that deletes an account: its grant is to be ended; the id of that.

    Afterwards call `told`, or ring `office.bell.grants`.
    """
    return await revocations.want_revocation(tx, account.profile.zoom_user_id, account.tokens)


async def told(office: Office, revocation_id: int) -> bool:
    """Tell Zoom now; False where it does not answer soon: then it is told again by itself."""
    telling = office.unbroken.begin(_told(office, revocation_id))
    done, _ = await asyncio.wait([telling], timeout=_PATIENCE_S)
    return telling.result() if done else False


async def revoke_due(office: Office) -> int:
    """Tell Zoom of a few grants whose time has come; how many it has ended.

    Where Zoom is away, the others wait for the next time too.
    """
    await _give_up_dead(office)
    async with office.database.reading() as tx:
        due = await revocations.due_revocations(tx, _AT_A_TIME)
    ended = 0
    for revocation_id in due:
        try:
            came_of_it = await office.unbroken.run(_tried(office, revocation_id))
        except Exception:
            log.exception("the grant of revocation %d could not be ended", revocation_id)
            continue
        ended += came_of_it is _Try.ENDED
        if came_of_it is _Try.ZOOM_IS_AWAY:
            break
    return ended


async def _give_up_dead(office: Office) -> None:
    """What Zoom never took in, such as of a program that it knows no more: it ends by itself."""
    async with office.database.reading() as tx:
        dead = await revocations.wanted_before(tx, tx.now - _REFRESH_TOKEN_LIVES)
    for revocation_id in dead:
        async with office.database.writing() as tx:
            await revocations.remove_revocation(tx, revocation_id)
        log.error("revocation %d is given up: Zoom never took it in", revocation_id)


async def _told(office: Office, revocation_id: int) -> bool:
    """A hiccup of Zoom's is no reason to say that it does not answer."""
    if await _tried(office, revocation_id) is _Try.ENDED:
        return True
    await asyncio.sleep(_ONCE_MORE_AFTER_S)
    return await _tried(office, revocation_id) is _Try.ENDED


async def _tried(office: Office, revocation_id: int) -> _Try:
    async with office.database.writing() as tx:
        claimed = await revocations.claim_revocation(tx, revocation_id, _LEASE)
    if claimed is None:
        return _Try.ENDED if await _is_over(office, revocation_id) else _Try.NOT_YET
    try:
        await _end(office, claimed)
    except InvalidGrant:
        pass  # it had ended already, perhaps by a try whose answer was lost
    except ZoomError as error:
        await _put_off(office, claimed, error)
        is_away = isinstance(error, ZoomUnreachable | ZoomUncertain)
        return _Try.ZOOM_IS_AWAY if is_away else _Try.NOT_YET
    async with office.database.writing() as tx:
        await revocations.remove_revocation(tx, revocation_id)
    return _Try.ENDED


async def _end(office: Office, claimed: Revocation) -> None:
    """Raises InvalidGrant if it has ended already, ZoomError if Zoom has not taken it in."""
    access = claimed.tokens.access
    if claimed.tokens.access_expires_at > office.clock():
        try:
            await office.oauth.revoke(access)
        except InvalidGrant:
            pass  # the token alone may be over: its refresh tells
        else:
            return
    await office.oauth.revoke(await _renewed(office, claimed))


async def _renewed(office: Office, claimed: Revocation) -> str:
    """A fresh access token, stored before it is used: the old pair opens nothing any more."""
    pair = await office.oauth.refresh(claimed.tokens.refresh)
    async with office.database.writing() as tx:
        expires_at = tx.now + pair.lifetime
        tokens = Tokens(pair.access_token, pair.refresh_token, expires_at)
        await revocations.keep_pair(tx, claimed, tokens)
    return pair.access_token


async def _put_off(office: Office, claimed: Revocation, error: ZoomError) -> None:
    level = logging.ERROR if isinstance(error, InvalidClient) else logging.WARNING
    log.log(level, "a grant still lives at Zoom, which is told again: %s", error)
    pause = min(_FIRST_PAUSE * (1 << min(claimed.attempts, 10)), _LONGEST_PAUSE)
    async with office.database.writing() as tx:
        await revocations.put_off(tx, claimed, tx.now + pause)


async def _is_over(office: Office, revocation_id: int) -> bool:
    async with office.database.reading() as tx:
        return await revocations.is_over(tx, revocation_id)
