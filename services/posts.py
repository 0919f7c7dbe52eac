"""Showing chats what they should be showing: claiming posts, and recording what became of them."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from school.model import PostKind
from services.office import Office
from storage import chats, claims, post_states, posts
from storage.claims import Claim
from storage.database import Transaction
from storage.moving import move_chat

_LEASE = timedelta(seconds=20)  # renewed at every turn; a crashed publisher's work waits so long
_LONGEST_BACKOFF_S = 60
_BEFORE_REPEATING = timedelta(seconds=5)
_BETWEEN_DELIVERY_NEWS = timedelta(seconds=2)


class Trouble(StrEnum):
    """Why a chat does not show a post; kept as its problem or as the chat's `lost_reason`."""

    REMOVED = "removed"  # the bot is no longer in the group
    BLOCKED = "blocked"  # the person blocked the bot
    GONE = "gone"  # the chat or the account does not exist any more
    NO_RIGHTS = "no_rights"  # the bot may not write there
    TOPIC_CLOSED = "topic_closed"
    REFUSED = "refused"  # Telegram does not take the message
    UNCERTAIN = claims.UNCERTAIN  # Telegram did not confirm it


@dataclass(frozen=True, slots=True)
class Shown:
    """The chat shows what was claimed; with no `message_id`, there was nothing to show."""

    claim: Claim
    message_id: int | None


@dataclass(frozen=True, slots=True)
class NotSent:
    """Certainly not sent; `wait` if Telegram said how long."""

    claim: Claim
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A new message may have been sent."""

    claim: Claim


@dataclass(frozen=True, slots=True)
class MessageGone:
    """The message that was to be edited does not exist any more."""

    claim: Claim


@dataclass(frozen=True, slots=True)
class ChatLost:
    """The bot cannot write there, whatever it writes."""

    claim: Claim
    trouble: Trouble


@dataclass(frozen=True, slots=True)
class ChatMoved:
    """The group has become a supergroup with a new number."""

    claim: Claim
    new_chat_id: int


@dataclass(frozen=True, slots=True)
class Refused:
    """Telegram does not take this message; others may go."""

    claim: Claim
    trouble: Trouble


Outcome = Shown | NotSent | Uncertain | MessageGone | ChatLost | ChatMoved | Refused


@dataclass(frozen=True, slots=True)
class Turn:
    """What is to be shown now, and when there may be more (None: when the bell rings)."""

    claims: tuple[Claim, ...]
    next_due_at: datetime | None


async def take_turn(
    office: Office, outcomes: Sequence[Outcome], in_hand: Collection[Claim], limit: int
) -> Turn:
    """Record what became of earlier claims, and claim up to `limit` posts that are due.

    Those still `in_hand` stay ours, and their chats get no other one meanwhile. Call it every few
    seconds while there are any.
    """
    busy_chats = {claim.chat_id for claim in in_hand}
    if not outcomes and not in_hand:
        async with office.database.reading() as tx:
            due_at = await claims.next_due_at(tx, busy_chats)
            if due_at is None or due_at > tx.now or not limit:
                return Turn((), due_at)
    async with office.database.writing() as tx:
        await claims.renew(tx, {claim.token for claim in in_hand}, _LEASE)
        for outcome in outcomes:
            await _record(tx, outcome)
        changed = {one.claim.lesson_id for one in outcomes if _is_delivery_news(one)}
        for lesson_id in changed | await claims.give_up_on_uncertain(tx):
            await _tell_teacher(tx, lesson_id)
        claimed = await claims.claim_due(tx, secrets.randbits(62), _LEASE, limit, busy_chats)
        busy = busy_chats | {claim.chat_id for claim in claimed}
        return Turn(claimed, await claims.next_due_at(tx, busy))


async def group_moved(office: Office, old_chat_id: int, new_chat_id: int) -> None:
    """A group became a supergroup: its classes go on in the new one."""
    async with office.database.writing() as tx:
        await move_chat(tx, old_chat_id, new_chat_id)
    office.bell.posts.ring()


async def _record(tx: Transaction, outcome: Outcome) -> None:
    claim = outcome.claim
    match outcome:
        case Shown(message_id=message_id):
            await claims.record_shown(tx, claim, message_id)
        case NotSent(wait=wait):
            await claims.record_not_sent(tx, claim, tx.now + (wait or _backoff(claim)))
        case Uncertain():
            await claims.record_uncertain(tx, claim, tx.now + _BEFORE_REPEATING)
        case MessageGone():
            await claims.record_gone(tx, claim)
        case ChatLost(trouble=trouble):
            await claims.record_not_sent(tx, claim, tx.now)
            await lose_chat(tx, claim.chat_id, trouble)
        case ChatMoved(new_chat_id=new_chat_id):
            await move_chat(tx, claim.chat_id, new_chat_id)
            await claims.record_not_sent(tx, claim, tx.now)
        case Refused(trouble=trouble):
            await claims.record_refused(tx, claim, trouble)


async def lose_chat(tx: Transaction, chat_id: int, trouble: Trouble) -> None:
    """Nothing more goes there, and the teachers of classes ahead are shown that."""
    await chats.mark_chat_lost(tx, chat_id, trouble)
    for lesson_id in await post_states.lessons_ahead_in(tx, chat_id):
        await _tell_teacher(tx, lesson_id)


def _is_delivery_news(outcome: Outcome) -> bool:
    if outcome.claim.kind is not PostKind.CARD:
        return False
    match outcome:
        case Shown(claim=claim):
            return claim.message_id is None
        case Uncertain(claim=claim):
            return claim.is_repeat
        case Refused():
            return True
        case _:
            return False


async def _tell_teacher(tx: Transaction, lesson_id: int) -> None:
    """At once when every group is settled; while they are many, now and then."""
    is_settled = await post_states.is_settled(tx, lesson_id, PostKind.CARD)
    pause = timedelta() if is_settled else _BETWEEN_DELIVERY_NEWS
    await posts.bump_deliveries(tx, lesson_id, pause=pause)


def _backoff(claim: Claim) -> timedelta:
    return timedelta(seconds=min(2 ** min(claim.attempts, 10), _LONGEST_BACKOFF_S))
