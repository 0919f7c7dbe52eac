"""How long things are kept, and the regular clearing of what is past its time."""

import asyncio
import logging
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

from services.office import Office
from storage import (
    answers,
    attendance,
    connect_attempts,
    drafts,
    erasing,
    letters,
    updates,
    zoom_events,
)
from storage.database import Database

ACCOUNTS_KEPT_YEARS = 5
"""Dates and lengths of classes, for the school's accounts."""
FORMS_KEPT = timedelta(hours=24)
"""A guided form that nobody goes on with."""
WAITING_KEPT = timedelta(days=2)
"""The names of those who waited for a class that never began."""
UPDATES_REMEMBERED = timedelta(days=2)
"""Telegram repeats an update for a day at most."""
LETTERS_REMEMBERED = timedelta(days=2)
"""That somebody was written to, without what it said: so that no repeat writes again."""

_FORGET_TRIES = 5
_FORGET_PAUSE_S = 0.2  # readers are done with the file in less

_log = logging.getLogger(__name__)


async def clear_old(office: Office) -> int:
    """Delete what is past its time, and how much that was; safe to repeat, also after a pause."""
    async with office.database.writing() as tx:
        gone = await zoom_events.forget_old(tx) + await answers.forget_old(tx)
        gone += await drafts.forget_drafts(tx, tx.now - FORMS_KEPT)
        gone += await attendance.forget_waiting(tx, tx.now - WAITING_KEPT)
        gone += await connect_attempts.forget_expired(tx)
        gone += await erasing.forget_accounts(tx, accounts_kept_since(tx.now))
        # Nothing that was said, so it need not leave the disk at once.
        await letters.forget_old(tx, tx.now - LETTERS_REMEMBERED)
        await updates.forget_updates(tx, tx.now - UPDATES_REMEMBERED)
    if gone:
        await forget(office.database)
    return gone


def accounts_kept_since(now: datetime) -> datetime:
    """What is older is in the accounts no more; whole months go together."""
    return datetime(now.year - ACCOUNTS_KEPT_YEARS, now.month, 1, tzinfo=UTC)


def accounts_kept_until(day: date) -> date:
    """The last day on which a class of that day can still be in the accounts."""
    year = day.year + ACCOUNTS_KEPT_YEARS
    return date(year, day.month, monthrange(year, day.month)[1])


async def forget(database: Database) -> None:
    """What was deleted leaves the disk too; where somebody reads all the time, a little later."""
    for _ in range(_FORGET_TRIES):
        if await database.forget():
            return
        await asyncio.sleep(_FORGET_PAUSE_S)
    _log.warning("deleted values stay in the write-ahead log until it is begun anew")
