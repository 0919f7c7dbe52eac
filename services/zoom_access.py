"""Acting at Zoom for a teacher: tokens that are always fresh, and Zoom's errors as sentences."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from school.errors import NotConnected, Outdated, Reconnect, SchoolError, ZoomUnavailable
from school.text import Moment
from services.office import Office
from storage.audit import PROGRAM, note
from storage.people import get_person
from storage.zoom_accounts import (
    Tokens,
    ZoomAccount,
    ZoomProfile,
    find_account,
    give_lease_back,
    mark_broken,
    store_refreshed,
    take_lease,
)
from zoom.client import ZoomClient
from zoom.errors import (
    DailyLimitReached,
    InvalidClient,
    InvalidGrant,
    NotAllowed,
    NotFound,
    PaidOnly,
    ScopeMissing,
    TokenRejected,
    ZoomError,
    ZoomRefused,
    ZoomUncertain,
    ZoomUnreachable,
)
from zoom.oauth import TokenPair

log = logging.getLogger(__name__)

_REFRESH_BEFORE = timedelta(minutes=5)  # so that no call is under way when a token ends
_LEASE = timedelta(seconds=60)  # longer than a refresh with its retries can take
_PATIENCE_S = 20.0
_LOOK_AGAIN_S = 0.25
_REVOKE_AGAIN_AFTER_S = (0.2, 0.6)
_ZOOMS_ZONE = ZoneInfo("Etc/GMT")  # of its days


@dataclass(frozen=True, slots=True)
class _TeachersTokens:
    """A zoom.client.TokenSource: a teacher's stored tokens."""

    office: Office
    person_id: int

    async def token(self) -> str:
        return await access_token(self.office, self.person_id)

    async def renewed(self, rejected: str) -> str:
        return await access_token(self.office, self.person_id, rejected)


@dataclass(frozen=True, slots=True)
class _OneToken:
    """A zoom.client.TokenSource before anything is stored: the token that was just given."""

    access: str

    async def token(self) -> str:
        return self.access

    async def renewed(self, rejected: str) -> str:  # noqa: ARG002  the protocol's; there is no other
        raise InvalidGrant("a first call with new tokens")


async def client_for(office: Office, person_id: int) -> ZoomClient:
    """Zoom as a teacher; raises NotConnected or Reconnect where it would not let them in."""
    async with office.database.reading() as tx:
        _usable(await find_account(tx, person_id))
    return office.zoom.acting_as(_TeachersTokens(office, person_id))


async def account_behind(office: Office, pair: TokenPair) -> ZoomProfile:
    """Whose account new tokens are for; raises ZoomError."""
    user = await office.zoom.acting_as(_OneToken(pair.access_token)).me()
    return ZoomProfile(user.id, user.email, user.display_name, user.plan)


async def access_token(office: Office, person_id: int, rejected: str | None = None) -> str:
    """A token that Zoom accepts for the next minutes; not `rejected`, which it did not accept.

    Refreshed by one at a time: here by turns, across processes under a lease in the database.
    Raises NotConnected, Reconnect (only when Zoom said that the grant is over) or
    ZoomUnavailable.
    """
    async with office.database.reading() as tx:
        account = _usable(await find_account(tx, person_id))
    if _is_fresh(account, office.clock(), rejected):
        return account.tokens.access
    turn = office.turns.of(person_id)
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await turn.acquire()
    except TimeoutError:
        raise _unavailable() from None
    try:
        return await _refreshed_under_lease(office, person_id, rejected)
    finally:
        turn.release()


async def revoke(office: Office, tokens: Tokens) -> bool:
    """End a grant at Zoom, whose tokens are stored no more; whether it is ended."""
    try:
        access = tokens.access
        if tokens.access_expires_at <= office.clock():
            access = (await office.oauth.refresh(tokens.refresh)).access_token
        await _revoke(office, access)
    except InvalidGrant:
        return True  # it had ended already, perhaps by a try whose answer was lost
    except ZoomError as error:
        log.warning("a grant may still live at Zoom: %s", error)
        return False
    return True


def translate(error: ZoomError) -> SchoolError:
    """The sentence for what went wrong at Zoom, with what to do; the one place that has them."""
    if isinstance(error, InvalidClient):
        log.error("Zoom does not know ZOOM_CLIENT_ID with ZOOM_CLIENT_SECRET: %s", error)
    if isinstance(error, DailyLimitReached):
        return SchoolError(
            "You have reached Zoom's limit of 100 changes a day. It resets {when}.",
            when=Moment(error.resets_at, _ZOOMS_ZONE),
        )
    kinds = (kind for kind in type(error).__mro__ if kind in _SENTENCES)
    return _SENTENCES[next(kinds)]()


def tokens_of(pair: TokenPair, now: datetime) -> Tokens:
    return Tokens(pair.access_token, pair.refresh_token, now + pair.lifetime)


async def _revoke(office: Office, access: str) -> None:
    for pause_s in _REVOKE_AGAIN_AFTER_S:
        try:
            await office.oauth.revoke(access)
        except (ZoomUnreachable, ZoomUncertain):
            await asyncio.sleep(pause_s)
        else:
            return
    await office.oauth.revoke(access)


async def _refreshed_under_lease(office: Office, person_id: int, rejected: str | None) -> str:
    deadline = asyncio.get_running_loop().time() + _PATIENCE_S
    while True:
        # Once Zoom has given a new pair, losing it would be losing the grant.
        access = await office.unbroken.run(_refreshed_unless_leased(office, person_id, rejected))
        if access is not None:
            return access
        if asyncio.get_running_loop().time() > deadline:
            raise _unavailable()
        await asyncio.sleep(_LOOK_AGAIN_S)


async def _refreshed_unless_leased(
    office: Office, person_id: int, rejected: str | None
) -> str | None:
    """None while another process has the lease."""
    async with office.database.writing() as tx:
        # Read again under the lease: whoever had it before may have done the work.
        account = _usable(await find_account(tx, person_id))
        if _is_fresh(account, tx.now, rejected):
            return account.tokens.access
        lease = await take_lease(tx, account.id, _LEASE)
    return None if lease is None else await _refresh(office, account, lease, rejected)


async def _refresh(office: Office, account: ZoomAccount, lease: int, rejected: str | None) -> str:
    try:
        pair = await office.oauth.refresh(account.tokens.refresh)
        async with office.database.writing() as tx:
            await store_refreshed(
                tx, account.id, account.tokens.refresh, tokens_of(pair, tx.now), pair.scopes
            )
    except InvalidGrant:
        await _break(office, account, lease)
    except ZoomError as error:
        if rejected is None and account.tokens.access_expires_at > office.clock():
            return account.tokens.access  # it still has some minutes, and Zoom may come back
        raise translate(error) from error
    finally:
        async with office.database.writing() as tx:
            await give_lease_back(tx, account.id, lease)
    # As stored, not as received: a disconnection or reconnection meanwhile goes before.
    async with office.database.reading() as tx:
        return _usable(await find_account(tx, account.person_id)).tokens.access


async def _break(office: Office, account: ZoomAccount, lease: int) -> None:
    async with office.database.writing() as tx:
        if await mark_broken(tx, account.id, account.tokens.refresh, lease):
            person = await get_person(tx, account.person_id)
            await note(tx, PROGRAM, "Zoom ended a grant", person.pseudonym)


def _usable(account: ZoomAccount | None) -> ZoomAccount:
    if account is None:
        raise NotConnected("Your Zoom account is not connected. Send /connect first.")
    if account.is_broken:
        raise Reconnect(
            "Zoom no longer lets me in as {email}. "
            "Connect again and I will go on where we stopped.",
            email=account.email,
        )
    return account


def _is_fresh(account: ZoomAccount, now: datetime, rejected: str | None) -> bool:
    tokens = account.tokens
    return tokens.access != rejected and tokens.access_expires_at > now + _REFRESH_BEFORE


def _unavailable() -> ZoomUnavailable:
    return ZoomUnavailable("Zoom is not answering. Try again in a minute.")


_SENTENCES: Mapping[type, Callable[[], SchoolError]] = MappingProxyType(
    {
        ZoomError: _unavailable,
        ZoomRefused: lambda: SchoolError(
            "Zoom refused this, so nothing was changed. If it happens again, tell your admin."
        ),
        InvalidGrant: lambda: Reconnect(
            "Zoom no longer lets me in. Connect again and I will go on where we stopped."
        ),
        TokenRejected: lambda: Reconnect(
            "Zoom no longer lets me in. Connect again and I will go on where we stopped."
        ),
        ScopeMissing: lambda: Reconnect(
            "Zoom has not given me the permission for this. "
            "Connect again and allow everything on its page."
        ),
        InvalidClient: lambda: ZoomUnavailable(
            "Zoom does not know this school's app, so nothing was changed. Please tell your admin."
        ),
        NotAllowed: lambda: SchoolError(
            "Your Zoom account may not host meetings. Ask whoever manages it at Zoom."
        ),
        PaidOnly: lambda: SchoolError("Zoom does this for paid accounts only."),
        NotFound: lambda: Outdated("Zoom no longer knows this. It may have been deleted there."),
    }
)
