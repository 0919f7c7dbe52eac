"""Acting at Zoom for a teacher: tokens that are always fresh, and Zoom's errors as sentences."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from school.errors import NotConnected, Outdated, Reconnect, SchoolError, ZoomUnavailable
from school.letters import ZoomEnded
from school.text import Moment
from services.letters import write
from services.office import Office
from storage.audit import PROGRAM, note
from storage.people import get_person
from storage.revocations import want_revocation
from storage.zoom_accounts import (
    Tokens,
    ZoomAccount,
    ZoomProfile,
    find_account,
    find_account_of_zoom_user,
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
)
from zoom.oauth import TokenPair

log = logging.getLogger(__name__)

_REFRESH_BEFORE = timedelta(minutes=5)  # so that no call is under way when a token ends
_LEASE = timedelta(seconds=60)  # longer than a refresh with its retries can take
_PATIENCE_S = 20.0
_LOOK_AGAIN_S = 0.25
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


@dataclass(frozen=True, slots=True)
class _Need:
    """A token that lasts so long from now, and is another than `rejected`."""

    lasting: timedelta
    rejected: str | None = None

    def is_met_by(self, tokens: Tokens, now: datetime) -> bool:
        return tokens.access != self.rejected and tokens.access_expires_at > now + self.lasting


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
    return await _token(office, person_id, _Need(_REFRESH_BEFORE, rejected))


async def renew(office: Office, person_id: int, lasting: timedelta) -> None:
    """Have a token that lasts so long from now, if Zoom gives such; raises as `access_token`.

    While Zoom is away, nothing is raised as long as the present one works.
    """
    await _token(office, person_id, _Need(lasting))


async def _token(office: Office, person_id: int, need: _Need) -> str:
    async with office.database.reading() as tx:
        account = _usable(await find_account(tx, person_id))
    if need.is_met_by(account.tokens, office.clock()):
        return account.tokens.access
    turn = office.turns.of(person_id)
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await turn.acquire()
    except TimeoutError:
        raise _unavailable() from None
    try:
        return await _refreshed_under_lease(office, person_id, need)
    finally:
        turn.release()


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


async def _refreshed_under_lease(office: Office, person_id: int, need: _Need) -> str:
    deadline = asyncio.get_running_loop().time() + _PATIENCE_S
    while True:
        # Once Zoom has given a new pair, losing it would be losing the grant.
        access = await office.unbroken.run(_refreshed_unless_leased(office, person_id, need))
        if access is not None:
            return access
        if asyncio.get_running_loop().time() > deadline:
            raise _unavailable()
        await asyncio.sleep(_LOOK_AGAIN_S)


async def _refreshed_unless_leased(office: Office, person_id: int, need: _Need) -> str | None:
    """None while another process has the lease."""
    async with office.database.writing() as tx:
        # Read again under the lease: whoever had it before may have done the work.
        account = _usable(await find_account(tx, person_id))
        if need.is_met_by(account.tokens, tx.now):
            return account.tokens.access
        lease = await take_lease(tx, account.id, _LEASE)
    return None if lease is None else await _refresh(office, account, lease, need)


async def _refresh(office: Office, account: ZoomAccount, lease: int, need: _Need) -> str:
    try:
        pair = await office.oauth.refresh(account.tokens.refresh)
        await _keep(office, account, pair)
    except InvalidGrant:
        await _break(office, account, lease)
    except ZoomError as error:
        if need.rejected is None and account.tokens.access_expires_at > office.clock():
            return account.tokens.access  # it still has some minutes, and Zoom may come back
        raise translate(error) from error
    finally:
        async with office.database.writing() as tx:
            await give_lease_back(tx, account.id, lease)
    # As stored, not as received: a disconnection or reconnection meanwhile goes before.
    async with office.database.reading() as tx:
        return _usable(await find_account(tx, account.person_id)).tokens.access


async def _keep(office: Office, account: ZoomAccount, pair: TokenPair) -> None:
    """Of a grant that was let go of meanwhile, the new pair is what can end it at Zoom."""
    async with office.database.writing() as tx:
        tokens, zoom_user_id = tokens_of(pair, tx.now), account.profile.zoom_user_id
        if await store_refreshed(tx, account.id, account.tokens.refresh, tokens, pair.scopes):
            return
        if await find_account_of_zoom_user(tx, zoom_user_id) is None:
            await want_revocation(tx, zoom_user_id, tokens)
    office.bell.grants.ring()


async def _break(office: Office, account: ZoomAccount, lease: int) -> None:
    """Its teacher is told once, whoever found it out and however often it is asked for."""
    async with office.database.writing() as tx:
        if await mark_broken(tx, account.id, account.tokens.refresh, lease):
            person = await get_person(tx, account.person_id)
            await note(tx, PROGRAM, "Zoom ended a grant", person.pseudonym)
            key = f"zoom ended:{account.id}:{tx.now.isoformat()}"
            await write(tx, person.id, ZoomEnded(account.email), key)
    office.bell.letters.ring()


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
