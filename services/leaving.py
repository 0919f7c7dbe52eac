"""Leaving the school: what would be deleted, and deleting it."""

import logging
from dataclasses import dataclass
from datetime import datetime

from school.errors import Outdated
from school.model import LessonState, PostKind
from services.office import Office
from services.people import TelegramUser
from services.retention import ACCOUNTS_KEPT_YEARS
from services.settling import call_off, settle
from services.zoom_access import revoke
from storage import courses, erasing, posts, zoom_accounts
from storage.audit import note
from storage.erasing import Holdings
from storage.people import Person, find_person

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a deletion takes and what it leaves; `kept_until` is a year of the accounts."""

    holdings: Holdings
    kept_until: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was done. `left_at_zoom`: meetings that Zoom could not be told to delete.

    `told_zoom` is None where there was nothing to tell.
    """

    number: str
    erased_at: datetime
    told_zoom: bool | None
    left_at_zoom: int


async def preview(office: Office, user: TelegramUser) -> Preview | None:
    """What is held about a person; None if nothing is."""
    async with office.database.reading() as tx:
        person = await find_person(tx, user.id)
        if person is None:
            return None
        holdings = await erasing.count_holdings(tx, person.id)
        return Preview(holdings, _years_on(tx.now))


async def delete(office: Office, user: TelegramUser) -> Receipt:
    """Delete a person's data; their groups are told of classes that are off.

    The meetings go first, while Zoom still lets us in; then everything in one transaction; then
    Zoom is told that the connection ended.
    """
    async with office.database.reading() as tx:
        person = await find_person(tx, user.id)
    if person is None:
        raise Outdated("Nothing is stored about you any more.")
    left_at_zoom = await _call_everything_off(office, person)
    async with office.database.writing() as tx:
        account = await zoom_accounts.find_account(tx, person.id)
        await posts.bump_of_teacher(tx, person.id, (PostKind.CARD,))
        number = await erasing.erase_person(tx, person.id, user.id)
        await note(tx, person.pseudonym, "deleted their data", number)
        erased_at = tx.now
    office.bell.posts.ring()
    if not await office.database.forget():
        log.warning("erased values leave the write-ahead log at the next checkpoint")
    told_zoom = await revoke(office, account.tokens) if account else None
    return Receipt(number, erased_at, told_zoom, left_at_zoom)


async def _call_everything_off(office: Office, person: Person) -> int:
    """How many meetings are still at Zoom afterwards."""
    async with office.database.writing() as tx:
        known = await courses.lessons_of_teacher(tx, person.id, since=tx.now)
        ahead = [one for one in known if one[0].state is not LessonState.LIVE]
        for lesson, _ in ahead:
            await call_off(tx, lesson)
    for _, course in ahead:
        await settle(office, course.id)
    async with office.database.reading() as tx:
        after = [await courses.find_course(tx, course.id) for _, course in ahead]
    return sum(1 for course in after if course and not course.is_deleted)


def _years_on(now: datetime) -> datetime:
    """The end of the month in which the last of the accounts may go."""
    return now.replace(year=now.year + ACCOUNTS_KEPT_YEARS, day=1)
