"""What chats should be showing about lessons: rows that say what is wanted and what is shown.

Whatever changes a lesson bumps the wanted version of its posts in the same transaction; the
publisher claims what is due (storage.claims).
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, delete, func, insert, literal, or_, select, update

from school.model import LessonState, PostKind
from storage.chats import find_chat, remember_chat
from storage.courses import OPEN, Lesson
from storage.database import Transaction, new_id
from storage.schema import UtcDateTime, chat, course, dispute, lesson, person, post

PROGRESS_PAUSE = timedelta(seconds=30)
"""Between two edits that only bring a count up to date."""


async def want(
    tx: Transaction,
    kind: PostKind,
    lesson_id: int,
    chat_id: int,
    *,
    message_id: int | None = None,
    pause: timedelta = timedelta(),
) -> None:
    """The chat, which is known, is to show this; wanting it again changes nothing.

    With `message_id` that message of ours is to become the post. With a `pause` it is shown after
    that, or at once when what it shows has changed.
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
            due_at=tx.now + pause,
            wanted_at=tx.now,
        )
    )


async def want_about(
    tx: Transaction, kind: PostKind, lesson_id: int, chat_id: int, about_at: datetime
) -> bool:
    """A reminder of that moment: sent once for it, and anew where it was about another one.

    Whether there was anything to do.
    """
    known = await tx.connection.execute(
        select(post.c.about_at).where(_is(kind, lesson_id, chat_id))
    )
    row = known.one_or_none()
    if row is not None and row.about_at == about_at:
        return False
    await send_anew(tx, kind, lesson_id, chat_id)
    await tx.connection.execute(
        update(post).where(_is(kind, lesson_id, chat_id)).values(about_at=about_at)
    )
    return True


async def chat_of_teacher(tx: Transaction, lesson_of: Lesson) -> int | None:
    """The private chat of a lesson's teacher; None once their data was erased."""
    chat_id = await tx.connection.scalar(
        select(person.c.telegram_user_id).where(person.c.id == lesson_of.teacher_id)
    )
    if chat_id is None:
        return None
    if await find_chat(tx, chat_id) is None:
        await remember_chat(tx, chat_id, "private")
    return int(chat_id)


async def want_for_teacher(tx: Transaction, kind: PostKind, lesson_of: Lesson) -> None:
    """The lesson's teacher is to be shown this, in a new message."""
    chat_id = await chat_of_teacher(tx, lesson_of)
    if chat_id is not None:
        await send_anew(tx, kind, lesson_of.id, chat_id)


async def bump(
    tx: Transaction,
    lesson_id: int,
    kinds: Collection[PostKind],
    *,
    pause: timedelta = timedelta(),
) -> None:
    """What these posts show has changed: show it now, or after a pause."""
    which = and_(post.c.lesson_id == lesson_id, post.c.kind.in_(kinds))
    await _bump(tx, which, tx.now + pause)


async def bump_of_course(tx: Transaction, course_id: int, kinds: Collection[PostKind]) -> None:
    """The same for all lessons of a course that are ahead."""
    lessons = select(lesson.c.id).where(lesson.c.course_id == course_id, lesson.c.state.in_(OPEN))
    await _bump(tx, and_(post.c.lesson_id.in_(lessons), post.c.kind.in_(kinds)), tx.now)


async def bump_in_meeting(tx: Transaction, meeting_row: int, kinds: Collection[PostKind]) -> None:
    """The same for the lessons in a meeting that are not long over."""
    lessons = select(lesson.c.id).where(
        lesson.c.meeting_row == meeting_row, lesson.c.starts_at > tx.now - timedelta(days=2)
    )
    await _bump(tx, and_(post.c.lesson_id.in_(lessons), post.c.kind.in_(kinds)), tx.now)


async def bump_of_teacher(tx: Transaction, person_id: int, kinds: Collection[PostKind]) -> None:
    """The same for all lessons that a teacher gives or gave, and all of their courses."""
    own = select(course.c.id).where(course.c.teacher_id == person_id)
    lessons = select(lesson.c.id).where(
        or_(lesson.c.teacher_id == person_id, lesson.c.course_id.in_(own))
    )
    await _bump(tx, and_(post.c.lesson_id.in_(lessons), post.c.kind.in_(kinds)), tx.now)


async def bump_judged(tx: Transaction, person_id: int) -> None:
    """What the admins read of disputes that the person has decided: it says who did."""
    lessons = select(dispute.c.lesson_id).where(dispute.c.decided_by == person_id)
    which = and_(post.c.lesson_id.in_(lessons), post.c.kind == PostKind.DISPUTE)
    await _bump(tx, and_(which, post.c.message_id.is_not(None)), tx.now)


async def bump_lately_of_teacher(
    tx: Transaction, person_id: int, kinds: Collection[PostKind]
) -> None:
    """The same for the lessons that a teacher gives, and those that are not long over."""
    lessons = select(lesson.c.id).where(
        or_(lesson.c.teacher_id == person_id, lesson.c.hosted_by == person_id),
        lesson.c.starts_at > tx.now - timedelta(days=2),
    )
    await _bump(tx, and_(post.c.lesson_id.in_(lessons), post.c.kind.in_(kinds)), tx.now)


async def bump_in(tx: Transaction, chat_id: int, kinds: Collection[PostKind]) -> None:
    """What is shown there of lessons that are not over is to be shown another way."""
    lessons = select(lesson.c.id).where(
        lesson.c.state.in_([LessonState.CREATING, LessonState.SCHEDULED, LessonState.LIVE])
    )
    which = and_(post.c.chat_id == chat_id, post.c.kind.in_(kinds), post.c.lesson_id.in_(lessons))
    await _bump(tx, which, tx.now)


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
    """Show it in a new message, whatever became of an earlier one; that one is remembered."""
    await want(tx, kind, lesson_id, chat_id)
    await tx.connection.execute(
        update(post)
        .where(_is(kind, lesson_id, chat_id))
        .values(
            wanted_version=post.c.wanted_version + 1,
            message_id=None,
            former_message_id=func.coalesce(post.c.message_id, post.c.former_message_id),
            sending_since=None,
            repeated=False,
            problem=None,
            due_at=tx.now,
            wanted_at=tx.now,
        )
    )


async def show_in(
    tx: Transaction, kind: PostKind, lesson_id: int, chat_id: int, message_id: int
) -> None:
    """Show it in that message of ours, which showed something else; an earlier one is left.

    Whatever else was shown there is shown no more.
    """
    await tx.connection.execute(
        delete(post).where(
            post.c.chat_id == chat_id,
            post.c.message_id == message_id,
            ~_is(kind, lesson_id, chat_id),
        )
    )
    await want(tx, kind, lesson_id, chat_id, message_id=message_id)
    await tx.connection.execute(
        update(post)
        .where(_is(kind, lesson_id, chat_id))
        .values(
            wanted_version=post.c.wanted_version + 1,
            message_id=message_id,
            sending_since=None,
            repeated=False,
            problem=None,
            due_at=tx.now,
            lease_token=None,
            lease_until=None,
        )
    )


async def forget_unsent(tx: Transaction, kind: PostKind, lesson_id: int, chat_id: int) -> None:
    """The chat is no longer to get it, unless it has it already, or had it."""
    await tx.connection.execute(
        delete(post).where(
            _is(kind, lesson_id, chat_id),
            post.c.message_id.is_(None),
            post.c.former_message_id.is_(None),
            post.c.sending_since.is_(None),
        )
    )


async def try_again(tx: Transaction, lesson_id: int, kind: PostKind) -> None:
    """What could not be shown is tried once more, also where the chat seemed to be lost."""
    lost = select(chat.c.id).where(
        chat.c.lost_at.is_not(None),
        chat.c.id.in_(select(post.c.chat_id).where(post.c.lesson_id == lesson_id)),
    )
    await tx.connection.execute(
        update(chat).where(chat.c.id.in_(lost)).values(lost_at=None, lost_reason=None)
    )
    await tx.connection.execute(
        update(post)
        .where(
            post.c.lesson_id == lesson_id,
            post.c.kind == kind,
            post.c.shown_version < post.c.wanted_version,
        )
        .values(problem=None, sending_since=None, repeated=False, attempts=0, due_at=tx.now)
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


def _time(at: datetime) -> ColumnElement[datetime]:
    return literal(at, UtcDateTime)


def _is(kind: PostKind, lesson_id: int, chat_id: int) -> ColumnElement[bool]:
    return and_(post.c.kind == kind, post.c.lesson_id == lesson_id, post.c.chat_id == chat_id)
