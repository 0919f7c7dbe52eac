"""Letters on their way: written once, claimed by a postman, and what became of them.

A claimed letter has a lease, renewed while its postman is at it; what a crash leaves is claimed
again when the lease is over. A send that began and whose end is not known is repeated once.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    case,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)

from storage.database import Transaction, new_id
from storage.schema import UtcDateTime, letter, person
from storage.sealing import SealBroken

_log = logging.getLogger(__name__)

UNCERTAIN = "uncertain"
"""The problem of a letter that may have arrived, twice over."""
UNREADABLE = "unreadable"
"""The problem of a letter that nothing can be made of."""
NOT_THEIRS = "not theirs"
"""The problem of a letter to an admin who is none any more."""
_REPEATING = "repeating"  # the problem of one that is being sent though it may have arrived


@dataclass(frozen=True, slots=True)
class LetterClaim:
    """A letter that is this postman's to send until its lease ends; `token` fences it.

    `language` and `clock` are what its reader has chosen by now.
    """

    id: int
    token: int
    person_id: int
    telegram_user_id: int
    language: str | None
    clock: str | None
    contents: str = field(repr=False)
    attempts: int
    is_repeat: bool  # an earlier send may have arrived


async def add_letter(
    tx: Transaction, person_id: int, contents: str, request_key: str, about_id: int | None
) -> bool:
    """Due at once; whether it is new. Nothing is written to somebody whose data was erased."""
    can_read = await tx.connection.scalar(
        select(person.c.id).where(person.c.id == person_id, person.c.telegram_user_id.is_not(None))
    )
    known = await tx.connection.scalar(
        select(letter.c.id).where(letter.c.request_key == request_key)
    )
    if can_read is None or known is not None:
        return False
    letter_id = new_id()
    await tx.connection.execute(
        insert(letter).values(
            id=letter_id,
            person_id=person_id,
            about_id=about_id,
            sealed_contents=tx.vault.seal("letter", "sealed_contents", letter_id, contents),
            written_at=tx.now,
            due_at=tx.now,
            request_key=request_key,
        )
    )
    return True


async def next_due_at(tx: Transaction, busy: Collection[int]) -> datetime | None:
    """When the next letter may be claimed, of those to people who are not `busy`."""
    found = await tx.connection.execute(
        _oldest_of_each(busy, letter.c.lease_until, letter.c.due_at)
        .order_by(_claimable_at())
        .limit(1)
    )
    row = found.first()
    return (row.lease_until or row.due_at) if row else None


async def claim_due(
    tx: Transaction, token: int, lease: timedelta, limit: int, busy: Collection[int]
) -> tuple[LetterClaim, ...]:
    """Take what is due, each person's oldest letter only, so that they read them in order.

    A send is noted as begun: if its end is never recorded, it may have arrived. What does not open
    is given up, so that it holds up nobody.
    """
    rows = await tx.connection.execute(
        _oldest_of_each(busy, letter.c.id, letter.c.person_id)
        .where(_claimable_at() <= tx.now)
        .order_by(letter.c.written_at, letter.c.id)
        .limit(limit)
    )
    first_of: dict[int, int] = {}
    for row in rows:
        first_of.setdefault(row.person_id, row.id)
    return await _claim(tx, tuple(first_of.values()), token, lease)


async def _claim(
    tx: Transaction, letters: tuple[int, ...], token: int, lease: timedelta
) -> tuple[LetterClaim, ...]:
    if not letters:
        return ()
    may_have_arrived = letter.c.sending_since.is_not(None)
    await tx.connection.execute(
        update(letter)
        .where(letter.c.id.in_(letters))
        .values(
            lease_token=token,
            lease_until=tx.now + lease,
            problem=case((may_have_arrived, _REPEATING), else_=None),
            sending_since=func.coalesce(letter.c.sending_since, literal(tx.now, UtcDateTime)),
        )
    )
    rows = await tx.connection.execute(
        select(letter, person.c.telegram_user_id, person.c.language, person.c.clock)
        .join(person, person.c.id == letter.c.person_id)
        .where(letter.c.id.in_(letters))
        .order_by(letter.c.written_at, letter.c.id)
    )
    claims = {row.id: _claim_from_row(tx, row, token) for row in rows}
    unreadable = [letter_id for letter_id, claim in claims.items() if claim is None]
    if unreadable:
        given_up = update(letter).where(letter.c.id.in_(unreadable)).values(_done(UNREADABLE))
        await tx.connection.execute(given_up)
    return tuple(claim for claim in claims.values() if claim is not None)


def _oldest_of_each(busy: Collection[int], *what: ColumnElement[Any]) -> Select[Any]:
    """Of each person who is not `busy`, the letters that come next; several of one moment."""
    waiting = (
        select(letter.c.person_id, func.min(letter.c.written_at).label("since"))
        .where(letter.c.due_at.is_not(None), letter.c.person_id.not_in(busy))
        .group_by(letter.c.person_id)
        .subquery()
    )
    is_oldest = and_(
        waiting.c.person_id == letter.c.person_id, waiting.c.since == letter.c.written_at
    )
    return select(*what).join(waiting, is_oldest).where(letter.c.due_at.is_not(None))


async def renew(tx: Transaction, tokens: Collection[int], lease: timedelta) -> None:
    """Whoever claimed under these tokens is still at it."""
    await tx.connection.execute(
        update(letter).where(letter.c.lease_token.in_(tokens)).values(lease_until=tx.now + lease)
    )


async def give_up_on_uncertain(tx: Transaction) -> None:
    """What was being repeated when its postman was lost is not sent a third time."""
    which = and_(letter.c.problem == _REPEATING, letter.c.lease_until <= tx.now)
    await tx.connection.execute(update(letter).where(which).values(_done(UNCERTAIN)))


# Recording what became of a claim; each does nothing once the claim is no longer ours.


async def record_sent(tx: Transaction, claim: LetterClaim, message_id: int) -> None:
    await _release(tx, claim, **_done(None), message_id=message_id)


async def record_not_sent(tx: Transaction, claim: LetterClaim, again_at: datetime) -> None:
    """Certainly nothing was sent, this time."""
    values = {} if claim.is_repeat else {"sending_since": None}
    await _later(tx, claim, again_at, **values)


async def record_uncertain(tx: Transaction, claim: LetterClaim, again_at: datetime) -> None:
    """It may have arrived. It is sent once more; the repeat is not."""
    if claim.is_repeat:
        await record_given_up(tx, claim, UNCERTAIN)
    else:
        await _later(tx, claim, again_at)


async def record_given_up(tx: Transaction, claim: LetterClaim, problem: str) -> None:
    """It cannot be sent."""
    await _release(tx, claim, **_done(problem))


async def erase_letters(tx: Transaction, person_id: int) -> None:
    """Those to a person, and those to others that name them."""
    for column in (letter.c.person_id, letter.c.about_id):
        await tx.connection.execute(delete(letter).where(column == person_id))


def _done(problem: str | None) -> dict[str, object]:
    """What it said is not kept any longer; that it was written is, so that no repeat does."""
    return {
        "sealed_contents": None,
        "due_at": None,
        "sending_since": None,
        "problem": problem,
        "lease_token": None,
        "lease_until": None,
    }


async def _later(tx: Transaction, claim: LetterClaim, again_at: datetime, **values: object) -> None:
    attempts = claim.attempts + 1
    await _release(tx, claim, due_at=again_at, attempts=attempts, problem=None, **values)


async def _release(tx: Transaction, claim: LetterClaim, **values: object) -> None:
    await tx.connection.execute(
        update(letter)
        .where(letter.c.id == claim.id, letter.c.lease_token == claim.token)
        .values({"lease_token": None, "lease_until": None, **values})
    )


def _claimable_at() -> ColumnElement[Any]:
    return func.coalesce(letter.c.lease_until, letter.c.due_at)


def _claim_from_row(tx: Transaction, row: Row[Any], token: int) -> LetterClaim | None:
    """None for one that does not open."""
    try:
        contents = tx.vault.open("letter", "sealed_contents", row.id, row.sealed_contents)
    except SealBroken as error:
        _log.error("letter %d cannot be read: %s", row.id, type(error).__name__)
        return None
    return LetterClaim(
        id=row.id,
        token=token,
        person_id=row.person_id,
        telegram_user_id=row.telegram_user_id,
        language=row.language,
        clock=row.clock,
        contents=contents,
        attempts=row.attempts,
        is_repeat=row.problem == _REPEATING,
    )
