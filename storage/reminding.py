"""What chats of students are to be told of lessons that are near; asked every few seconds.

Each question is bounded by the lessons' times, which have an index. Whether something was said
already is seen from the posts: their `about_at` is the moment that they were about.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, update

from school import reminders
from school.model import DayReminder, LessonState, PostKind
from storage.database import Transaction
from storage.schema import chat, chat_teacher, course, course_chat, lesson, post

LONGEST_LESSON = timedelta(days=1)  # Zoom plans none that is longer
_TELLS_STUDENTS = (PostKind.CARD, PostKind.MOVED, PostKind.BACK, PostKind.HANDED)


@dataclass(frozen=True, slots=True)
class Due:
    """A chat is to be told of a lesson now; `about_at` is the moment that it is about."""

    kind: PostKind
    lesson_id: int
    chat_id: int
    about_at: datetime


async def cards_due(tx: Transaction) -> tuple[Due, ...]:
    """Chats of lessons that are near, or on, that have no card of them yet and may get one."""
    rows = await tx.connection.execute(
        _lessons_in_chats(lesson.c.length_seconds).where(
            lesson.c.state.in_([LessonState.SCHEDULED, LessonState.LIVE]),
            _starts_between(tx.now - LONGEST_LESSON, tx.now + reminders.DAY_BEFORE),
            ~_is_announced(),
            _may_post(),
        )
    )
    return tuple(
        Due(PostKind.CARD, row.id, row.chat_id, row.starts_at)
        for row in rows
        if row.starts_at + timedelta(seconds=row.length_seconds) > tx.now
    )


async def cards_to_say_soon(tx: Transaction) -> tuple[Due, ...]:
    """The cards that are there, and do not say yet that the lesson begins soon."""
    rows = await tx.connection.execute(
        select(lesson.c.id, lesson.c.starts_at, post.c.chat_id)
        .join(post, and_(post.c.lesson_id == lesson.c.id, post.c.kind == PostKind.CARD))
        .where(
            lesson.c.gone_at.is_(None),
            *is_to_come(tx.now, tx.now + reminders.SOON),
            or_(post.c.about_at.is_(None), post.c.about_at != lesson.c.starts_at),
        )
    )
    return tuple(Due(PostKind.CARD, row.id, row.chat_id, row.starts_at) for row in rows)


async def day_reminders_due(tx: Transaction) -> tuple[Due, ...]:
    """For chats that want to be told a day before, of all lessons or of those of no series.

    Where the teacher may no longer post, only what is announced is reminded of.
    """
    is_wanted = or_(
        chat.c.day_reminder == DayReminder.ALWAYS,
        and_(chat.c.day_reminder == DayReminder.SINGLE, course.c.repeat.is_(None)),
    )
    is_near = _is_within_own_minutes(tx, await _chosen_minutes(tx))
    rows = await tx.connection.execute(
        _lessons_in_chats(_told_at(_TELLS_STUDENTS))
        .join(course, course.c.id == lesson.c.course_id)
        .where(
            is_wanted,
            ~is_near,
            or_(_may_post(), _is_announced()),
            *is_to_come(
                tx.now + reminders.DAY_REMINDER_UNTIL,
                tx.now + reminders.DAY_BEFORE,
            ),
            ~_was_reminded(PostKind.DAY_REMINDER),
        )
    )
    return tuple(
        Due(PostKind.DAY_REMINDER, row.id, row.chat_id, row.starts_at)
        for row in rows
        if reminders.knew_long_before(
            row.told_at,
            row.starts_at - reminders.DAY_BEFORE,
            reminders.TOLD_BEFORE_DAY_REMINDER,
        )
    )


async def reminders_due(tx: Transaction) -> tuple[Due, ...]:
    """So many minutes before a lesson as each of its chats wants it."""
    chosen = await _chosen_minutes(tx)
    if not chosen:
        return ()
    rows = await tx.connection.execute(
        _lessons_in_chats(chat.c.reminder_minutes, _told_at(_TELLS_STUDENTS)).where(
            _is_within_own_minutes(tx, chosen),
            or_(_may_post(), _is_announced()),
            *is_to_come(tx.now, tx.now + timedelta(minutes=max(chosen))),
            ~_was_reminded(PostKind.REMINDER),
        )
    )
    return tuple(
        Due(PostKind.REMINDER, row.id, row.chat_id, row.starts_at)
        for row in rows
        if reminders.knew_long_before(
            row.told_at,
            row.starts_at - timedelta(minutes=row.reminder_minutes),
            reminders.TOLD_BEFORE_REMINDER,
        )
    )


async def note_said_soon(tx: Transaction, due: Iterable[Due]) -> None:
    """These cards are shown anew because of that moment."""
    for one in due:
        await tx.connection.execute(
            update(post)
            .where(
                post.c.kind == one.kind,
                post.c.lesson_id == one.lesson_id,
                post.c.chat_id == one.chat_id,
            )
            .values(about_at=one.about_at)
        )


def _lessons_in_chats(*columns: Any) -> Any:
    """Each lesson with each chat of its course."""
    return (
        select(lesson.c.id, lesson.c.starts_at, course_chat.c.chat_id, *columns)
        .join(course_chat, course_chat.c.course_id == lesson.c.course_id)
        .join(chat, chat.c.id == course_chat.c.chat_id)
        .where(lesson.c.gone_at.is_(None))
    )


async def _chosen_minutes(tx: Transaction) -> Sequence[int]:
    """How long before a lesson chats are reminded; there are few different ones."""
    rows = await tx.connection.execute(
        select(chat.c.reminder_minutes).where(chat.c.reminder_minutes > 0).distinct()
    )
    return rows.scalars().all()


def _is_within_own_minutes(tx: Transaction, chosen: Iterable[int]) -> ColumnElement[bool]:
    """Whether the chat's own reminder is due."""
    return or_(
        false(),
        *(
            and_(
                chat.c.reminder_minutes == minutes,
                lesson.c.starts_at <= tx.now + timedelta(minutes=minutes),
            )
            for minutes in chosen
        ),
    )


# Conditions


def _may_post() -> ColumnElement[bool]:
    """Whether the course's teacher may still post in the chat."""
    return exists().where(
        chat_teacher.c.chat_id == course_chat.c.chat_id,
        chat_teacher.c.person_id == course.c.teacher_id,
        course.c.id == lesson.c.course_id,
    )


def _is_announced() -> ColumnElement[bool]:
    return exists().where(_is_of(PostKind.CARD))


def _starts_between(after: datetime, until: datetime) -> ColumnElement[bool]:
    return and_(lesson.c.starts_at > after, lesson.c.starts_at <= until)


def is_to_come(after: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    """Planned for then, and not begun."""
    return lesson.c.state == LessonState.SCHEDULED, _starts_between(after, until)


def _is_of(kind: PostKind) -> ColumnElement[bool]:
    return and_(
        post.c.kind == kind,
        post.c.lesson_id == lesson.c.id,
        post.c.chat_id == course_chat.c.chat_id,
    )


def _was_reminded(kind: PostKind) -> ColumnElement[bool]:
    return exists().where(_is_of(kind), post.c.about_at == lesson.c.starts_at)


def _told_at(kinds: Collection[PostKind]) -> ColumnElement[Any]:
    """When the chat was last told of the lesson by a new message of these kinds."""
    told_at = select(func.max(post.c.wanted_at)).where(
        post.c.kind.in_(kinds),
        post.c.lesson_id == lesson.c.id,
        post.c.chat_id == course_chat.c.chat_id,
    )
    return told_at.scalar_subquery().label("told_at")
