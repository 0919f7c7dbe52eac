"""What is due to be said about lessons that are near; asked of the database every few seconds.

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
from storage.outages import gaps_in
from storage.schema import (
    chat,
    chat_teacher,
    course,
    course_chat,
    lesson,
    meeting,
    meeting_instance,
    person,
    post,
    zoom_account,
)

_LONGEST_LESSON = timedelta(days=1)  # Zoom plans none that is longer
_STARTED_BEFORE = timedelta(minutes=30)
_TELLS_STUDENTS = (PostKind.CARD, PostKind.MOVED, PostKind.BACK, PostKind.HANDED)


@dataclass(frozen=True, slots=True)
class Due:
    """A chat is to be told of a lesson now; `about_at` is the moment that it is about."""

    kind: PostKind
    lesson_id: int
    chat_id: int
    about_at: datetime


@dataclass(frozen=True, slots=True)
class _Late:
    """A lesson that should have begun; `teacher_chat` is None once its teacher was erased."""

    lesson_id: int
    starts_at: datetime
    teacher_chat: int | None


# To the students


async def cards_due(tx: Transaction) -> tuple[Due, ...]:
    """Chats of lessons that are near, or on, that have no card of them yet and may get one."""
    rows = await tx.connection.execute(
        _lessons_in_chats(lesson.c.length_seconds).where(
            lesson.c.state.in_([LessonState.SCHEDULED, LessonState.LIVE]),
            _starts_between(tx.now - _LONGEST_LESSON, tx.now + reminders.DAY_BEFORE),
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
            *_is_to_come(tx.now, tx.now + reminders.SOON),
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
            *_is_to_come(
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
            *_is_to_come(tx.now, tx.now + timedelta(minutes=max(chosen))),
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


# To the teacher, and to the admins


async def starts_due(tx: Transaction) -> tuple[Due, ...]:
    """Teachers whose lesson begins soon, or should have begun just now."""
    is_there = exists().where(
        post.c.kind == PostKind.START,
        post.c.lesson_id == lesson.c.id,
        post.c.chat_id == person.c.telegram_user_id,
        post.c.about_at == lesson.c.starts_at,
    )
    told_at = (
        select(func.max(post.c.wanted_at))
        .where(
            post.c.kind == PostKind.ANSWER,
            post.c.lesson_id == lesson.c.id,
            post.c.chat_id == person.c.telegram_user_id,
        )
        .scalar_subquery()
        .label("told_at")
    )
    rows = await tx.connection.execute(
        select(lesson.c.id, lesson.c.starts_at, person.c.telegram_user_id, told_at)
        .join(person, person.c.id == lesson.c.teacher_id)
        .where(
            lesson.c.gone_at.is_(None),
            person.c.telegram_user_id.is_not(None),
            *_is_to_come(tx.now - reminders.NUDGES_AFTER[0], tx.now + reminders.TEACHER_BEFORE),
            ~is_there,
        )
    )
    return tuple(
        Due(PostKind.START, row.id, row.telegram_user_id, row.starts_at)
        for row in rows
        if row.told_at is None
        or reminders.knew_long_before(
            row.told_at,
            row.starts_at - reminders.TEACHER_BEFORE,
            reminders.TOLD_BEFORE_REMINDER,
        )
    )


async def warnings_due(tx: Transaction, admins: Collection[int]) -> tuple[Due, ...]:
    """Teachers, and later the `admins`, where the time of a lesson has come and nothing began."""
    late = [one for one in await _late_lessons(tx) if not await _may_have_begun(tx, one)]
    said = await _said_about(tx, late)
    wanted = [due for one in late for due in _warnings(one, admins, tx.now)]
    return tuple(
        one for one in wanted if said.get((one.kind, one.lesson_id, one.chat_id)) != one.about_at
    )


def _warnings(late: _Late, admins: Collection[int], now: datetime) -> list[Due]:
    wanted = []
    nudge_at = reminders.nudge_due(late.starts_at, now)
    if nudge_at is not None and late.teacher_chat is not None:
        wanted.append(Due(PostKind.NUDGE, late.lesson_id, late.teacher_chat, nudge_at))
    alarm_at = late.starts_at + reminders.ALARM_AFTER
    if alarm_at <= now:
        wanted += [Due(PostKind.ALARM, late.lesson_id, admin, alarm_at) for admin in sorted(admins)]
    return wanted


async def _late_lessons(tx: Transaction) -> list[_Late]:
    """Lessons that have not begun although their time has come, and is not over."""
    rows = await tx.connection.execute(
        select(lesson.c.id, lesson.c.starts_at, lesson.c.length_seconds, person.c.telegram_user_id)
        .join(person, person.c.id == lesson.c.teacher_id)
        .where(*_is_to_come(tx.now - _LONGEST_LESSON, tx.now - reminders.NUDGES_AFTER[0]))
    )
    return [
        _Late(row.id, row.starts_at, row.telegram_user_id)
        for row in rows
        if row.starts_at + timedelta(seconds=row.length_seconds) > tx.now
    ]


async def _may_have_begun(tx: Transaction, late: _Late) -> bool:
    """Whether the program was away when it may have been started."""
    return bool(await gaps_in(tx, (late.starts_at - _STARTED_BEFORE, tx.now)))


async def _said_about(
    tx: Transaction, late: Iterable[_Late]
) -> dict[tuple[PostKind, int, int], datetime | None]:
    ids = [one.lesson_id for one in late]
    if not ids:
        return {}
    rows = await tx.connection.execute(
        select(post.c.kind, post.c.lesson_id, post.c.chat_id, post.c.about_at).where(
            post.c.lesson_id.in_(ids), post.c.kind.in_([PostKind.NUDGE, PostKind.ALARM])
        )
    )
    return {(PostKind(row.kind), row.lesson_id, row.chat_id): row.about_at for row in rows}


async def limits_due(tx: Transaction, free_plan: int) -> tuple[Due, ...]:
    """Teachers whose meeting Zoom will end soon, as its account is on the free plan."""
    is_there = exists().where(
        post.c.kind == PostKind.LIMIT,
        post.c.lesson_id == lesson.c.id,
        post.c.chat_id == person.c.telegram_user_id,
        post.c.about_at >= meeting_instance.c.started_at,
    )
    rows = await tx.connection.execute(
        select(
            lesson.c.id,
            person.c.telegram_user_id,
            func.max(meeting_instance.c.started_at).label("started_at"),
        )
        .join(lesson, lesson.c.id == meeting_instance.c.lesson_id)
        .join(person, person.c.id == lesson.c.teacher_id)
        .join(meeting, meeting.c.id == lesson.c.meeting_row)
        .join(zoom_account, zoom_account.c.person_id == meeting.c.host_id)
        .where(
            meeting_instance.c.started_at > tx.now - reminders.FREE_LIMIT,
            meeting_instance.c.started_at <= tx.now - reminders.LIMIT_WARNING_AFTER,
            meeting_instance.c.ended_at.is_(None),
            lesson.c.state == LessonState.LIVE,
            person.c.telegram_user_id.is_not(None),
            zoom_account.c.plan == free_plan,
            ~is_there,
        )
        .group_by(lesson.c.id, person.c.telegram_user_id)
    )
    return tuple(Due(PostKind.LIMIT, row.id, row.telegram_user_id, row.started_at) for row in rows)


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


def _is_to_come(after: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
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
