"""When Zoom is to be asked about a lesson that its events may not have told all about.

`ask_at` is when, null where nothing is to be asked; `asked_at` since when all that Zoom knows is
known. Where both are null and `ask_attempts` is not 0, it was asked in vain.
"""

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from school.attendance import Sureness
from school.model import LessonState
from storage.database import Transaction
from storage.schema import lesson, meeting_instance, zoom_answer, zoom_event

_DUE_AT_ONCE = 20


async def ask_at(tx: Transaction, lesson_id: int, at: datetime) -> None:
    """Zoom is to be asked then, with the patience of a first time; sooner if it was to be."""
    await tx.connection.execute(
        update(lesson)
        .where(lesson.c.id == lesson_id, or_(lesson.c.ask_at.is_(None), lesson.c.ask_at > at))
        .values(ask_at=at, ask_attempts=0, asked_at=None)
    )


async def due(tx: Transaction) -> tuple[int, ...]:
    """Lessons that Zoom is to be asked about now, the longest due first."""
    rows = await tx.connection.execute(
        select(lesson.c.id)
        .where(lesson.c.ask_at <= tx.now)
        .order_by(lesson.c.ask_at)
        .limit(_DUE_AT_ONCE)
    )
    return tuple(rows.scalars())


async def attempts_of(tx: Transaction, lesson_id: int) -> int | None:
    """How often Zoom was asked about it so far; None where it is not to be asked."""
    return await tx.connection.scalar(
        select(lesson.c.ask_attempts).where(lesson.c.id == lesson_id, lesson.c.ask_at.is_not(None))
    )


async def begin(tx: Transaction, lesson_id: int, next_at: datetime) -> bool:
    """Take the lesson to ask about it; whatever comes of that, again at `next_at`, if need be.

    False if somebody else took it meanwhile, or nothing is to be asked any more.
    """
    taken = await tx.connection.execute(
        update(lesson)
        .where(lesson.c.id == lesson_id, lesson.c.ask_at <= tx.now)
        .values(ask_at=next_at, ask_attempts=lesson.c.ask_attempts + 1)
    )
    return bool(taken.rowcount)


async def put_off(tx: Transaction, lesson_id: int, until: datetime) -> None:
    """Ask then; not where it is no longer to be asked about."""
    await tx.connection.execute(
        update(lesson)
        .where(lesson.c.id == lesson_id, lesson.c.ask_at.is_not(None))
        .values(ask_at=until)
    )


async def settle(tx: Transaction, lesson_id: int) -> bool:
    """All that Zoom knows of the lesson is known; False if it was no longer asked about."""
    settled = await tx.connection.execute(
        update(lesson)
        .where(lesson.c.id == lesson_id, lesson.c.ask_at.is_not(None))
        .values(ask_at=None, asked_at=tx.now)
    )
    return bool(settled.rowcount)


async def ask_no_more(tx: Transaction, lesson_id: int) -> None:
    """Nothing is to be asked; what is not known by now stays so."""
    await tx.connection.execute(update(lesson).where(lesson.c.id == lesson_id).values(ask_at=None))


async def need_not_ask(tx: Transaction, lesson_id: int) -> None:
    """Its events have told everything after all; nobody gave up on it."""
    await tx.connection.execute(
        update(lesson)
        .where(lesson.c.id == lesson_id, lesson.c.ask_at.is_not(None))
        .values(ask_at=None, ask_attempts=0)
    )


async def is_unsure(tx: Transaction, lesson_id: int) -> bool:
    """Whether something of a lesson that is over was filled in, and Zoom may know it better.

    It cannot where all instances have its answers; nor where it was asked in vain.
    """
    if not await instances_of(tx, lesson_id) - await answered_of(tx, lesson_id):
        return False
    found = await tx.connection.execute(
        select(lesson.c.id).where(
            lesson.c.id == lesson_id,
            lesson.c.state == LessonState.ENDED,
            lesson.c.sureness == Sureness.INFERRED,
            or_(lesson.c.asked_at.is_not(None), lesson.c.ask_attempts == 0),
        )
    )
    return found.first() is not None


async def is_complete(tx: Transaction, lesson_id: int) -> bool:
    """Whether its events alone have told everything about a lesson that is over."""
    found = await tx.connection.execute(
        select(lesson.c.id).where(
            lesson.c.id == lesson_id,
            lesson.c.state == LessonState.ENDED,
            lesson.c.sureness == Sureness.COMPLETE,
        )
    )
    return found.first() is not None


async def instances_of(tx: Transaction, lesson_id: int) -> frozenset[bytes]:
    """What the lesson's known instances are known by."""
    rows = await tx.connection.execute(
        select(meeting_instance.c.uuid_index).where(meeting_instance.c.lesson_id == lesson_id)
    )
    return frozenset(rows.scalars())


async def answered_of(tx: Transaction, lesson_id: int) -> frozenset[bytes]:
    """Those of which Zoom has told."""
    rows = await tx.connection.execute(
        select(zoom_answer.c.uuid_index).where(zoom_answer.c.lesson_id == lesson_id)
    )
    return frozenset(rows.scalars())


async def meetings_heard_of(tx: Transaction, lesson_id: int) -> frozenset[int]:
    """Zoom's numbers of the meetings that events of the lesson came from."""
    rows = await tx.connection.execute(
        select(zoom_event.c.meeting_id).where(zoom_event.c.lesson_id == lesson_id).distinct()
    )
    return frozenset(number for number in rows.scalars() if number is not None)


async def without_end(tx: Transaction, *, since: datetime, until: datetime) -> tuple[int, ...]:
    """Lessons planned to end between then and then whose end nobody reported or asked for."""
    rows = await tx.connection.execute(
        select(lesson.c.id, lesson.c.starts_at, lesson.c.length_seconds).where(
            lesson.c.starts_at > since - timedelta(days=1),
            lesson.c.starts_at < until,
            lesson.c.state.in_([LessonState.SCHEDULED, LessonState.LIVE]),
            lesson.c.ask_at.is_(None),
            lesson.c.asked_at.is_(None),
            lesson.c.ask_attempts == 0,
        )
    )
    ends = {row.id: row.starts_at + timedelta(seconds=row.length_seconds) for row in rows}
    return tuple(lesson_id for lesson_id, end in ends.items() if since < end <= until)
