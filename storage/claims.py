"""Posts in the hands of a publisher: claiming what is due, and recording what became of it.

A claimed post has a lease, renewed while its publisher is at it; its `due_at` is empty until
somebody bumps it meanwhile. What a crash leaves is claimed again when the lease is over.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, literal, select, update

from school.model import LessonState, PostKind
from storage.database import Transaction
from storage.schema import UtcDateTime, chat, lesson, post

UNCERTAIN = "uncertain"
"""The problem of a post that may have arrived, twice over."""

_NEWS_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Claim:
    """A post that is this publisher's to show until its lease ends; `token` fences it."""

    id: int
    token: int
    kind: PostKind
    lesson_id: int
    chat_id: int
    thread_id: int | None
    message_id: int | None
    version: int  # what was wanted when it was claimed
    attempts: int
    is_repeat: bool  # an earlier first send may have arrived
    about_at: datetime | None = None  # the moment that a reminder is about
    former_message_id: int | None = None  # what the chat was shown before, in an earlier message


async def next_due_at(tx: Transaction, busy_chats: Collection[int]) -> datetime | None:
    """When the next post may be claimed: due, or left behind by a publisher that crashed."""
    found = await tx.connection.execute(
        select(post.c.lease_until, post.c.due_at)
        .join(chat, chat.c.id == post.c.chat_id)
        .where(_may_be_shown(), post.c.chat_id.not_in(busy_chats))
        .order_by(_claimable_at())
        .limit(1)
    )
    row = found.first()
    return (row.lease_until or row.due_at) if row else None


async def claim_due(
    tx: Transaction, token: int, lease: timedelta, limit: int, busy_chats: Collection[int]
) -> tuple[Claim, ...]:
    """Take what is due, one post in each chat, the longest due first.

    What is long over comes after all else: a teacher who leaves changes all their cards at once.
    A first send is noted as begun: if its end is never recorded, it may have arrived, and is
    repeated once.
    """
    rows = await tx.connection.execute(
        select(post.c.id, post.c.chat_id, chat.c.thread_id)
        .join(chat, chat.c.id == post.c.chat_id)
        .join(lesson, lesson.c.id == post.c.lesson_id)
        .where(
            _may_be_shown(),
            _claimable_at() <= tx.now,
            post.c.chat_id.not_in(busy_chats),
        )
        .order_by(_is_long_over(tx), _claimable_at())
        .limit(4 * limit)
    )
    first_in_chat: dict[int, tuple[int, int | None]] = {}
    for row in rows:
        first_in_chat.setdefault(row.chat_id, (row.id, row.thread_id))
    threads = dict(list(first_in_chat.values())[:limit])
    return await _claim(tx, threads, token, lease)


async def _claim(
    tx: Transaction, threads: Mapping[int, int | None], token: int, lease: timedelta
) -> tuple[Claim, ...]:
    """`threads` has the posts in their order, each with its topic in a forum."""
    if not threads:
        return ()
    rows = await tx.connection.execute(
        update(post)
        .where(post.c.id.in_(threads))
        .values(
            lease_token=token,
            lease_until=tx.now + lease,
            due_at=None,
            repeated=and_(post.c.message_id.is_(None), post.c.sending_since.is_not(None)),
            sending_since=case(
                (
                    post.c.message_id.is_(None),
                    func.coalesce(post.c.sending_since, literal(tx.now, UtcDateTime)),
                ),
                else_=None,
            ),
        )
        .returning(post)
    )
    claimed = {row.id: _claim_from_row(row, token, threads[row.id]) for row in rows}
    return tuple(claimed[post_id] for post_id in threads)


async def renew(tx: Transaction, tokens: Collection[int], lease: timedelta) -> None:
    """Whoever claimed under these tokens is still at it."""
    await tx.connection.execute(
        update(post).where(post.c.lease_token.in_(tokens)).values(lease_until=tx.now + lease)
    )


async def give_up_on_uncertain(tx: Transaction) -> frozenset[int]:
    """What was repeated, and may or may not have arrived, is not sent again; of which lessons."""
    rows = await tx.connection.execute(
        update(post)
        .where(
            post.c.message_id.is_(None),
            post.c.sending_since.is_not(None),
            post.c.repeated,
            _claimable_at() <= tx.now,
        )
        .values(problem=UNCERTAIN, due_at=None, lease_token=None, lease_until=None)
        .returning(post.c.lesson_id)
    )
    return frozenset(rows.scalars())


def _claimable_at() -> ColumnElement[Any]:
    """Null where there is nothing to do."""
    return case(
        (post.c.lease_until.is_(None), post.c.due_at),
        else_=post.c.lease_until,
    )


def _is_long_over(tx: Transaction) -> ColumnElement[bool]:
    return and_(
        lesson.c.state.in_([LessonState.ENDED, LessonState.CANCELLED]),
        lesson.c.starts_at < tx.now - _NEWS_FOR,
    )


def _may_be_shown() -> ColumnElement[bool]:
    """Not in a chat that cannot be reached."""
    return and_(chat.c.lost_at.is_(None), _claimable_at().is_not(None))


# Recording what became of a claim; each does nothing once the claim is no longer ours.


async def record_shown(tx: Transaction, claim: Claim, message_id: int | None) -> None:
    """The chat shows the claimed version; with no `message_id` there was nothing to show."""
    await _release(
        tx,
        claim,
        message_id=message_id,
        former_message_id=None,
        shown_version=claim.version,
        shown_at=tx.now,
        sending_since=None,
        repeated=False,
        problem=None,
        attempts=0,
    )


async def record_not_sent(tx: Transaction, claim: Claim, again_at: datetime) -> None:
    """Certainly nothing was sent."""
    await _release(
        tx,
        claim,
        due_at=again_at,
        attempts=claim.attempts + 1,
        repeated=False,
        **({} if claim.is_repeat else {"sending_since": None}),
    )


async def record_uncertain(tx: Transaction, claim: Claim, again_at: datetime) -> None:
    """A first send may have arrived. It is tried once more; the repeat is not."""
    if claim.is_repeat:
        await _release(tx, claim, due_at=None, problem=UNCERTAIN)
    else:
        await _release(tx, claim, due_at=again_at, attempts=claim.attempts + 1)


async def record_gone(tx: Transaction, claim: Claim) -> None:
    """Somebody deleted the message."""
    await _release(tx, claim, message_id=None, former_message_id=None, due_at=tx.now)


async def record_refused(tx: Transaction, claim: Claim, problem: str) -> None:
    """Telegram will not show it as it is; a later change tries again."""
    await _release(
        tx, claim, problem=problem, sending_since=None, repeated=False, attempts=claim.attempts + 1
    )


async def _release(tx: Transaction, claim: Claim, **values: object) -> None:
    await tx.connection.execute(
        update(post)
        .where(post.c.id == claim.id, post.c.lease_token == claim.token)
        .values(lease_token=None, lease_until=None, **values)
    )


def _claim_from_row(row: Row[Any], token: int, thread_id: int | None) -> Claim:
    return Claim(
        id=row.id,
        token=token,
        kind=PostKind(row.kind),
        lesson_id=row.lesson_id,
        chat_id=row.chat_id,
        thread_id=thread_id,
        message_id=row.message_id,
        version=row.wanted_version,
        attempts=row.attempts,
        is_repeat=row.repeated,
        about_at=row.about_at,
        former_message_id=row.former_message_id,
    )
