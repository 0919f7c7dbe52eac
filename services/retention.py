"""How long things are kept, and the regular clearing of what is past its time."""

import asyncio
import logging
from calendar import monthrange
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from functools import partial

from school.model import SchoolProfile
from school.periods import day_starts_at, school_day
from school.text import Text
from services.office import Office
from services.pacing import Pace
from services.shortening import keep_names_as_chosen
from storage import forgetting
from storage.database import Database, Transaction
from storage.forgetting import ByAge, Cuts, Keys

FORMS_KEPT = timedelta(hours=24)
"""A guided form that nobody goes on with."""
WAITING_KEPT = timedelta(days=2)
"""The names of those who waited for a class that never began."""
UPDATES_REMEMBERED = timedelta(days=2)
"""Telegram repeats an update for a day at most."""
REQUESTS_KEPT = timedelta(days=90)
"""The name that somebody asks to be taken out of attendance under, if no admin answers."""
LETTERS_REMEMBERED = timedelta(days=2)
"""That somebody was written to, without what it said: so that no repeat writes again."""

_MONTHS = 12
_FORGET_TRIES = 5
_FORGET_PAUSE_S = 0.2  # readers are done with the file in less

_Find = Callable[[Transaction, int], Awaitable[Keys]]
_Forget = Callable[[Transaction, Keys], Awaitable[int]]

_log = logging.getLogger(__name__)


async def clear_old(office: Office) -> int:
    """Delete what is past its time, and how much that was; safe to repeat, also after a pause.

    However much it is: each transaction takes a little of it, and in between the others have
    their turn.
    """
    now = office.clock()
    cuts = _cuts(office.profile, now)
    gone = 0
    for what in forgetting.by_age(cuts, now):
        some = await _clear_by_age(office, what)
        gone += some if what.says_something else 0
    for find, forget_some in _in_order(cuts):
        gone += await _clear(office, find, forget_some)
    gone += await keep_names_as_chosen(office)
    if gone:
        await forget(office.database)
    return gone


def _in_order(cuts: Cuts) -> tuple[tuple[_Find, _Forget], ...]:
    """What goes with other things: each after what it needs to have gone before."""
    waiting, attendance, accounts = cuts.waiting, cuts.attendance, cuts.summaries
    return (
        (
            partial(forgetting.requests_past, made_before=cuts.requests),
            partial(forgetting.close_requests, made_before=cuts.requests),
        ),
        (partial(forgetting.waiting_past, planned_before=waiting), forgetting.forget_waiting),
        (
            partial(forgetting.attendance_past, planned_before=attendance),
            forgetting.forget_attendance,
        ),
        (partial(forgetting.students_past, before=attendance), forgetting.forget_students_past),
        (partial(forgetting.lessons_past, planned_before=accounts), forgetting.forget_lessons),
        (
            partial(forgetting.courses_past, made_before=accounts),
            partial(forgetting.forget_courses, made_before=accounts),
        ),
        (partial(forgetting.meetings_past, deleted_before=accounts), forgetting.forget_meetings),
        (forgetting.rates_past, forgetting.forget_rates),
    )


async def _clear_by_age(office: Office, what: ByAge) -> int:
    find = partial(forgetting.rows_past, what=what)

    async def forget_some(tx: Transaction, keys: Keys) -> int:
        return await forgetting.forget_rows(tx, what, keys)

    return await _clear(office, find, forget_some)


async def _clear(office: Office, find: _Find, forget_some: _Forget) -> int:
    """As often as there is something; whoever else writes meanwhile is let in between."""
    gone, pace = 0, Pace()
    while keys := await _found(office, find, pace.at_once):
        async with pace.writing(office.database) as tx:
            some = await forget_some(tx, keys)
        gone += some
        if not some:  # somebody else has taken them
            break
    return gone


async def _found(office: Office, find: _Find, at_once: int) -> Keys:
    async with office.database.reading() as tx:
        return await find(tx, at_once)


def _cuts(profile: SchoolProfile, now: datetime) -> Cuts:
    kept = profile.retention
    today = school_day(now, profile.zone)

    def since(months: int) -> datetime:
        return day_starts_at(kept_since(today, months), profile.zone)

    return Cuts(
        forms=now - FORMS_KEPT,
        waiting=now - WAITING_KEPT,
        requests=now - REQUESTS_KEPT,
        updates=now - UPDATES_REMEMBERED,
        letters=now - LETTERS_REMEMBERED,
        raw_events=now - kept.raw_events,
        attendance=since(kept.attendance_months),
        summaries=since(kept.summaries_months),
        accounts_day=kept_since(today, kept.summaries_months),
        audit=since(kept.audit_months),
        erasures=since(kept.erasures_months),
    )


def kept_since(today: date, months: int) -> date:
    """The first school day of which something is kept for so many months; they go as a whole."""
    return _month(today.year * _MONTHS + today.month - 1 - months)


def kept_until(day: date, months: int) -> date:
    """The last school day on which something of that day can still be there."""
    last = _month(day.year * _MONTHS + day.month - 1 + months)
    return last.replace(day=monthrange(last.year, last.month)[1])


def in_words(months: int) -> Text:
    """How long that is: "5 years", or "18 months"."""
    if months % _MONTHS:
        return Text("{count} month", plural="{count} months", count=months)
    return Text("{count} year", plural="{count} years", count=months // _MONTHS)


def _month(number: int) -> date:
    year, month = divmod(number, _MONTHS)
    return date(year, month + 1, 1)


async def forget(database: Database) -> None:
    """What was deleted leaves the disk too; where somebody reads all the time, a little later."""
    for _ in range(_FORGET_TRIES):
        if await database.forget():
            return
        await asyncio.sleep(_FORGET_PAUSE_S)
    _log.warning("deleted values stay in the write-ahead log until it is begun anew")
