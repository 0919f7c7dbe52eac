"""Renewing tokens before they are needed, and grants before they end unused.

A refresh that has to wait for Zoom when a class begins is one too late; and a grant that nobody
used for ninety days is over. One account after the other; what fails is tried again later, at
growing pauses.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from school.errors import NotConnected, Reconnect, SchoolError
from services.office import Office
from services.zoom_access import renew
from storage import renewals
from storage.renewals import NextClass, Renewal

log = logging.getLogger(__name__)

UNUSED = timedelta(days=60)  # of the ninety after which Zoom ends a grant

_AHEAD = timedelta(minutes=45)  # a new token lasts an hour: for the start, and some more
_INTO_THE_CLASS = timedelta(minutes=10)
_FIRST_PAUSE = timedelta(minutes=2)
_LONGEST_PAUSE = timedelta(hours=1)
_JUST_RENEWED = timedelta(minutes=10)  # however short a life Zoom gives to its tokens
_AT_A_TIME = 5


@dataclass(frozen=True, slots=True)
class Renewed:
    """How many Zoom has renewed or said to be over, and whether it was away for one."""

    done: int
    zoom_is_away: bool


async def renew_due(office: Office) -> Renewed:
    """Renew what is due, a few at a time.

    Where Zoom is away, the others wait for the next time too.
    """
    done = 0
    for renewal, lasting in await _due(office):
        try:
            done += await _renewed(office, renewal, lasting)
        except SchoolError as error:
            log.info("account %d is renewed later: %s", renewal.account_id, type(error).__name__)
            return Renewed(done, zoom_is_away=True)
        except Exception:
            log.exception("account %d could not be renewed", renewal.account_id)
    return Renewed(done, zoom_is_away=False)


async def _due(office: Office) -> list[tuple[Renewal, timedelta]]:
    """What is to be renewed, with how long its token is to last: for the next class first."""
    async with office.database.reading() as tx:
        soon = await renewals.classes_until(tx, tx.now + _AHEAD, tx.now - _JUST_RENEWED)
        unused = await renewals.unused_since(tx, tx.now - UNUSED, _AT_A_TIME)
    short = sorted((one for one in soon if _is_short(one, tx.now)), key=lambda one: one.starts_at)
    needed = {one.renewal: _needed_for(one, tx.now) for one in short}
    others = {one: _INTO_THE_CLASS for one in unused if one not in needed}
    return [*needed.items(), *others.items()][:_AT_A_TIME]


def _needed_for(one: NextClass, now: datetime) -> timedelta:
    return max(one.starts_at - now, timedelta()) + _INTO_THE_CLASS


def _is_short(one: NextClass, now: datetime) -> bool:
    return one.access_expires_at <= now + _needed_for(one, now)


async def _renewed(office: Office, renewal: Renewal, lasting: timedelta) -> bool:
    """False if somebody else is at it; raises SchoolError while Zoom is away."""
    pause = min(_FIRST_PAUSE * (1 << min(renewal.tries, 10)), _LONGEST_PAUSE)
    async with office.database.writing() as tx:
        if not await renewals.begin_renewal(tx, renewal, tx.now + pause):
            return False
    try:
        await renew(office, renewal.person_id, lasting)
    except (NotConnected, Reconnect):
        return True  # it is over, and its teacher has been told
    return True
