"""What chats show about lessons by now, as far as the rows of storage.posts tell."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, or_, select

from school.model import LessonState, PostKind
from storage.courses import OPEN
from storage.database import Transaction
from storage.schema import chat, course, course_chat, lesson, post


@dataclass(frozen=True, slots=True)
class PostState:
    """How far a post has come in its chat."""

    chat_id: int
    chat_title: str | None
    is_shown: bool
    problem: str | None
    lost_reason: str | None


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
    """The chats of its course that have a message of this kind, as far as is known."""
    return await _chats_with(tx, post.c.lesson_id == lesson_id, post.c.kind == kind)


async def chats_knowing(tx: Transaction, course_id: int) -> tuple[int, ...]:
    """The chats of a course that have a card of any of its lessons, as far as is known."""
    is_card = post.c.kind == PostKind.CARD
    return await _chats_with(tx, lesson.c.course_id == course_id, is_card)


async def _chats_with(tx: Transaction, *which: ColumnElement[bool]) -> tuple[int, ...]:
    """Chats of the course that have a message, or may have one that was just being sent."""
    in_course = and_(
        course_chat.c.course_id == lesson.c.course_id, course_chat.c.chat_id == post.c.chat_id
    )
    rows = await tx.connection.execute(
        select(post.c.chat_id)
        .join(lesson, lesson.c.id == post.c.lesson_id)
        .join(course_chat, in_course)
        .where(*which, or_(post.c.message_id.is_not(None), post.c.sending_since.is_not(None)))
        .order_by(post.c.chat_id)
        .distinct()
    )
    return tuple(rows.scalars())


async def kinds_in(tx: Transaction, chat_id: int, message_id: int) -> frozenset[PostKind]:
    """What a message of ours is shown as."""
    rows = await tx.connection.execute(
        select(post.c.kind).where(post.c.chat_id == chat_id, post.c.message_id == message_id)
    )
    return frozenset(PostKind(kind) for kind in rows.scalars())


async def is_about_to_change(
    tx: Transaction, chat_id: int, message_id: int, within: timedelta
) -> bool:
    """Whether the publisher is drawing in this message, or will soon."""
    found = await tx.connection.execute(
        select(post.c.id).where(
            post.c.chat_id == chat_id,
            post.c.message_id == message_id,
            or_(post.c.lease_until.is_not(None), post.c.due_at <= tx.now + within),
        )
    )
    return found.first() is not None


async def chats_wanting(tx: Transaction, lesson_id: int, kind: PostKind) -> tuple[int, ...]:
    """The chats that show it or are to show it."""
    rows = await tx.connection.execute(
        select(post.c.chat_id).where(post.c.lesson_id == lesson_id, post.c.kind == kind)
    )
    return tuple(rows.scalars())


async def lessons_ahead_in(
    tx: Transaction, chat_id: int, teacher_id: int | None = None
) -> tuple[int, ...]:
    """The lessons announced in this chat that are not over; of all teachers' courses, or one's."""
    query = (
        select(post.c.lesson_id)
        .join(lesson, lesson.c.id == post.c.lesson_id)
        .join(
            course_chat,
            and_(
                course_chat.c.course_id == lesson.c.course_id,
                course_chat.c.chat_id == post.c.chat_id,
            ),
        )
        .where(
            post.c.chat_id == chat_id,
            post.c.kind == PostKind.CARD,
            lesson.c.state.in_([*OPEN, LessonState.LIVE]),
        )
    )
    if teacher_id is not None:
        query = query.join(course, course.c.id == lesson.c.course_id).where(
            course.c.teacher_id == teacher_id
        )
    return tuple((await tx.connection.execute(query)).scalars())


async def wanted_since(
    tx: Transaction, kind: PostKind, lesson_id: int, chat_id: int
) -> datetime | None:
    """When its present message was first wanted, however often it was edited since."""
    found = await tx.connection.execute(
        select(post.c.wanted_at).where(
            post.c.kind == kind, post.c.lesson_id == lesson_id, post.c.chat_id == chat_id
        )
    )
    return found.scalar_one_or_none()


def _state(tx: Transaction, row: Row[Any]) -> PostState:
    return PostState(
        chat_id=row.chat_id,
        chat_title=tx.vault.open_optional("chat", "sealed_title", row.chat_id, row.sealed_title),
        is_shown=row.shown_version > 0,
        problem=row.problem,
        lost_reason=row.lost_reason if row.lost_at else None,
    )
