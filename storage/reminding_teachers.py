"""What is due to be said to teachers, and to the admins, about lessons that are near.

Asked and remembered as in storage.reminding, which does it for the students.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select

from school import reminders
from school.model import LessonState, PostKind
from storage.database import Transaction
from storage.outages import gaps_in
from storage.reminding import LONGEST_LESSON, Due, is_to_come
from storage.schema import lesson, meeting, meeting_instance, person, post, zoom_account

_STARTED_BEFORE = timedelta(minutes=30)


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
            *is_to_come(tx.now - reminders.NUDGES_AFTER[0], tx.now + reminders.TEACHER_BEFORE),
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


@dataclass(frozen=True, slots=True)
class _Late:
    """A lesson that should have begun; `teacher_chat` is None once its teacher was erased."""

    lesson_id: int
    starts_at: datetime
    teacher_chat: int | None


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
        .where(*is_to_come(tx.now - LONGEST_LESSON, tx.now - reminders.NUDGES_AFTER[0]))
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
