"""What chats should be showing about lessons: rows that say what is wanted and what is shown.

Whatever changes a lesson bumps the wanted version of its posts in the same transaction. The
publisher claims what is due, shows the present state, and records how that went. A claimed post
has a lease; its `due_at` is empty until somebody bumps it meanwhile.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, insert, literal, or_, select, update

from school.model import LessonState, PostKind
from storage.database import Transaction, new_id
from storage.schema import UtcDateTime, chat, lesson, post

UNCERTAIN = "uncertain"
"""The problem of a post that may have arrived, twice over."""
PROGRESS_PAUSE = timedelta(seconds=30)
"""Between two edits that only bring a count up to date."""


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


@dataclass(frozen=True, slots=True)
class PostState:
    """How far a post has come in its chat."""

    chat_id: int
    chat_title: str | None
    is_shown: bool
    problem: str | None
    lost_reason: str | None


# Wanting


async def want(
    tx: Transaction,
    kind: PostKind,
    lesson_id: int,
    chat_id: int,
    *,
    message_id: int | None = None,
) -> None:
    """The chat, which is known, is to show this; wanting it again changes nothing.

    With `message_id` that message of ours is to become the post.
    """
    known = await tx.connection.execute(select(post.c.id).where(_is(kind, lesson_id, chat_id)))
    if known.first() is not None:
        return
    await tx.connection.execute(
        insert(post).values(
            id=new_id(),
            kind=kind,
            lesson_id=lesson_id,
            chat_id=chat_id,
            message_id=message_id,
            due_at=tx.now,
        )
    )


async def bump(tx: Transaction, lesson_id: int, kinds: Collection[PostKind]) -> None:
    """What these posts show has changed: show it now."""
    await _bump(tx, and_(post.c.lesson_id == lesson_id, post.c.kind.in_(kinds)), tx.now)


async def bump_of_teacher(tx: Transaction, person_id: int, kinds: Collection[PostKind]) -> None:
    """The same for all lessons of a teacher."""
    lessons = select(lesson.c.id).where(lesson.c.teacher_id == person_id)
    await _bump(tx, and_(post.c.lesson_id.in_(lessons), post.c.kind.in_(kinds)), tx.now)


async def bump_for_progress(tx: Transaction, lesson_id: int, *, at_once: bool) -> None:
    """A lesson goes on: a new state is shown at once, a count at most every 30 seconds."""
    kinds = (PostKind.CARD, PostKind.ANSWER) if at_once else (PostKind.CARD,)
    which = and_(post.c.lesson_id == lesson_id, post.c.kind.in_(kinds))
    await _bump(tx, which, tx.now if at_once else _after_pause(tx, PROGRESS_PAUSE))


async def bump_deliveries(tx: Transaction, lesson_id: int, *, pause: timedelta) -> None:
    """The teacher's card says where the class has arrived; `pause` after it last changed."""
    which = and_(post.c.lesson_id == lesson_id, post.c.kind == PostKind.ANSWER)
    await _bump(tx, which, _after_pause(tx, pause) if pause else tx.now)


async def send_anew(tx: Transaction, kind: PostKind, lesson_id: int, chat_id: int) -> None:
    """Show it in a new message, whatever became of an earlier one."""
    await want(tx, kind, lesson_id, chat_id)
    await tx.connection.execute(
        update(post)
        .where(_is(kind, lesson_id, chat_id))
        .values(
            wanted_version=post.c.wanted_version + 1,
            message_id=None,
            sending_since=None,
            repeated=False,
            problem=None,
            due_at=tx.now,
        )
    )


async def wake_chat(tx: Transaction, chat_id: int) -> None:
    """The chat can be reached again: what it does not show yet is tried anew."""
    await tx.connection.execute(
        update(post)
        .where(post.c.chat_id == chat_id, post.c.shown_version < post.c.wanted_version)
        .values(problem=None, due_at=tx.now)
    )


async def _bump(
    tx: Transaction, which: ColumnElement[bool], due_at: datetime | ColumnElement[datetime]
) -> None:
    """One more version is wanted; what is due sooner stays so."""
    due_at = _time(due_at) if isinstance(due_at, datetime) else due_at
    is_sooner = and_(post.c.due_at.is_not(None), post.c.due_at < due_at)
    await tx.connection.execute(
        update(post)
        .where(which)
        .values(
            wanted_version=post.c.wanted_version + 1,
            due_at=case((is_sooner, post.c.due_at), else_=due_at),
        )
    )


def _after_pause(tx: Transaction, pause: timedelta) -> ColumnElement[datetime]:
    """`pause` after it was shown; while it is being shown, after now."""
    pause_began = tx.now - pause
    may_be_shown = and_(
        or_(post.c.shown_at.is_(None), post.c.shown_at <= pause_began),
        post.c.lease_until.is_(None),
    )
    return case((may_be_shown, _time(tx.now)), else_=_time(tx.now + pause))


# Looking


async def states(tx: Transaction, lesson_id: int, kind: PostKind) -> tuple[PostState, ...]:
    """How far each chat's post has come, by the chats' titles."""
    rows = await tx.connection.execute(
        select(post, chat.c.sealed_title, chat.c.lost_at, chat.c.lost_reason)
        .join(chat, chat.c.id == post.c.chat_id)
        .where(post.c.lesson_id == lesson_id, post.c.kind == kind)
    )
    return tuple(sorted((_state(tx, row) for row in rows), key=lambda one: one.chat_title or ""))


async def is_settled(tx: Transaction, lesson_id: int, kind: PostKind) -> bool:
    """Whether each chat shows it, or has a reason not to."""
    still_to_come = (
        select(post.c.id)
        .join(chat, chat.c.id == post.c.chat_id)
        .where(
            post.c.lesson_id == lesson_id,
            post.c.kind == kind,
            post.c.shown_version == 0,
            post.c.problem.is_(None),
            chat.c.lost_at.is_(None),
        )
        .limit(1)
    )
    return (await tx.connection.execute(still_to_come)).first() is None


async def chats_showing(tx: Transaction, lesson_id: int, kind: PostKind) -> tuple[int, ...]:
    """The chats that have a message of this kind, as far as is known."""
    rows = await tx.connection.execute(
        select(post.c.chat_id)
        .where(
            post.c.lesson_id == lesson_id,
            post.c.kind == kind,
            or_(post.c.message_id.is_not(None), post.c.sending_since.is_not(None)),
        )
        .order_by(post.c.chat_id)
    )
    return tuple(rows.scalars())


async def lessons_ahead_in(tx: Transaction, chat_id: int) -> tuple[int, ...]:
    """The lessons that have a card for this chat and are not over."""
    rows = await tx.connection.execute(
        select(post.c.lesson_id)
        .join(lesson, lesson.c.id == post.c.lesson_id)
        .where(
            post.c.chat_id == chat_id,
            post.c.kind == PostKind.CARD,
            lesson.c.state.in_([LessonState.SCHEDULED, LessonState.LIVE]),
        )
    )
    return tuple(rows.scalars())


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


# Claiming


async def claim_due(
    tx: Transaction, token: int, lease: timedelta, limit: int, busy_chats: Collection[int]
) -> tuple[Claim, ...]:
    """Take what is due, one post in each chat, the longest due first.

    A first send is noted as begun: if its end is never recorded, it may have arrived, and is
    repeated once.
    """
    rows = await tx.connection.execute(
        select(post.c.id, post.c.chat_id, chat.c.thread_id)
        .join(chat, chat.c.id == post.c.chat_id)
        .where(
            _may_be_shown(),
            _claimable_at() <= tx.now,
            post.c.chat_id.not_in(busy_chats),
        )
        .order_by(_claimable_at())
        .limit(4 * limit)
    )
    first_in_chat: dict[int, Row[Any]] = {}
    for row in rows:
        first_in_chat.setdefault(row.chat_id, row)
    threads = {row.id: row.thread_id for row in list(first_in_chat.values())[:limit]}
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
                (post.c.message_id.is_(None), func.coalesce(post.c.sending_since, _time(tx.now))),
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
    await _release(tx, claim, message_id=None, due_at=tx.now)


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


def _time(at: datetime) -> ColumnElement[datetime]:
    return literal(at, UtcDateTime)


def _is(kind: PostKind, lesson_id: int, chat_id: int) -> ColumnElement[bool]:
    return and_(post.c.kind == kind, post.c.lesson_id == lesson_id, post.c.chat_id == chat_id)


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
    )


def _state(tx: Transaction, row: Row[Any]) -> PostState:
    return PostState(
        chat_id=row.chat_id,
        chat_title=tx.vault.open_optional("chat", "sealed_title", row.chat_id, row.sealed_title),
        is_shown=row.shown_version > 0,
        problem=row.problem,
        lost_reason=row.lost_reason if row.lost_at else None,
    )
