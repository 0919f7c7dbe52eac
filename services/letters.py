"""Letters: written in the transaction that makes them true, delivered afterwards, once.

Whoever writes one rings `office.bell.letters` after the transaction.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import get_args

from school.exact_json import from_json, to_json
from school.letters import FOR_ADMINS, Letter
from services.office import Office
from services.posts import Trouble
from storage import letters, people
from storage.database import Transaction
from storage.letters import LetterClaim

_LEASE = timedelta(seconds=20)  # renewed at every turn; a crashed postman's work waits so long
_LONGEST_BACKOFF_S = 300
_BEFORE_REPEATING = timedelta(seconds=5)
_FOR_ADMINS = frozenset(kind.__name__ for kind in FOR_ADMINS)
_KINDS = MappingProxyType({kind.__name__: kind for kind in get_args(Letter)})


@dataclass(frozen=True, slots=True)
class Sent:
    """Its reader has it."""

    claim: LetterClaim
    message_id: int


@dataclass(frozen=True, slots=True)
class NotSent:
    """Certainly not sent; `wait` if Telegram said how long."""

    claim: LetterClaim
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Uncertain:
    """It may have been sent."""

    claim: LetterClaim


@dataclass(frozen=True, slots=True)
class GivenUp:
    """It cannot be sent."""

    claim: LetterClaim
    trouble: Trouble


@dataclass(frozen=True, slots=True)
class Unreadable:
    """It cannot be worded, now or later: as of a kind that this version does not know."""

    claim: LetterClaim


Outcome = Sent | NotSent | Uncertain | GivenUp | Unreadable


@dataclass(frozen=True, slots=True)
class Turn:
    """What is to be sent now, and when there may be more (None: when the bell rings)."""

    claims: tuple[LetterClaim, ...]
    next_due_at: datetime | None


async def write(
    tx: Transaction, person_id: int, letter: Letter, key: str, *, about_id: int | None = None
) -> None:
    """Have a person told this, once, whatever is repeated: `key` says what it is about.

    `about_id` is whom it names, if that is somebody else: it goes when their data is erased.
    Nothing is written to somebody who has no Telegram any more.
    """
    await letters.add_letter(tx, person_id, written(letter), f"{person_id}:{key}", about_id)


async def write_to_admins(
    tx: Transaction,
    office: Office,
    letter: Letter,
    key: str,
    *,
    about_id: int | None = None,
    but: int | None = None,
) -> None:
    """Have every admin told who has written to the bot, but not the person `but`."""
    for telegram_user_id in sorted(office.profile.admin_ids):
        admin = await people.find_person(tx, telegram_user_id)
        if admin is not None and admin.id != but:
            await write(tx, admin.id, letter, key, about_id=about_id)


def written(letter: Letter) -> str:
    """As a letter is stored: its kind, then what it says."""
    return f"{type(letter).__name__}\n{to_json(letter)}"


def read(contents: str) -> Letter:
    """What `written` was given. Raises KeyError, TypeError or ValueError for anything else."""
    kind, _, said = contents.partition("\n")
    letter: Letter = from_json(_KINDS[kind], said)
    return letter


async def take_turn(
    office: Office, outcomes: Sequence[Outcome], in_hand: Collection[LetterClaim], limit: int
) -> Turn:
    """Record what became of earlier claims, and claim up to `limit` letters that are due.

    Those still `in_hand` stay ours, and their readers get no other one meanwhile. Call it every
    few seconds while there are any.
    """
    busy = {claim.person_id for claim in in_hand}
    if not outcomes and not in_hand:
        async with office.database.reading() as tx:
            due_at = await letters.next_due_at(tx, busy)
            if due_at is None or due_at > tx.now or not limit:
                return Turn((), due_at)
    async with office.database.writing() as tx:
        await letters.renew(tx, {claim.token for claim in in_hand}, _LEASE)
        for outcome in outcomes:
            await _record(tx, outcome)
        await letters.give_up_on_uncertain(tx)
        claimed = await letters.claim_due(tx, secrets.randbits(62), _LEASE, limit, busy)
        theirs = tuple([claim for claim in claimed if await _is_theirs(tx, office, claim)])
        busy |= {claim.person_id for claim in theirs}
        return Turn(theirs, await letters.next_due_at(tx, busy))


async def _is_theirs(tx: Transaction, office: Office, claim: LetterClaim) -> bool:
    """Whether its reader may still read it; if not, it is given up."""
    kind, _, _ = claim.contents.partition("\n")
    if kind not in _FOR_ADMINS or claim.telegram_user_id in office.profile.admin_ids:
        return True
    await letters.record_given_up(tx, claim, letters.NOT_THEIRS)
    return False


async def _record(tx: Transaction, outcome: Outcome) -> None:
    claim = outcome.claim
    match outcome:
        case Sent(message_id=message_id):
            await letters.record_sent(tx, claim, message_id)
        case NotSent(wait=wait):
            await letters.record_not_sent(tx, claim, tx.now + (wait or _backoff(claim)))
        case Uncertain():
            await letters.record_uncertain(tx, claim, tx.now + _BEFORE_REPEATING)
        case GivenUp(trouble=trouble):
            await letters.record_given_up(tx, claim, trouble)
        case Unreadable():
            await letters.record_given_up(tx, claim, letters.UNREADABLE)


def _backoff(claim: LetterClaim) -> timedelta:
    return timedelta(seconds=min(2 ** min(claim.attempts, 10), _LONGEST_BACKOFF_S))
