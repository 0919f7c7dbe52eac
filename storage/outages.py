"""When the program was not there to hear Zoom's events, and what that means for a lesson."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, insert, or_, select, update

from school.attendance import Sureness
from school.intervals import Span, clipped, union
from school.model import LessonState
from school.outages import unheard
from storage.database import Transaction, new_id
from storage.schema import correction, heartbeat, lesson, meeting_instance, outage, stay

_AT_ONCE = 500
_THE_ROW = 1
_LONGEST_LESSON = timedelta(days=1)  # Zoom plans none that is longer


async def last_beat(tx: Transaction) -> datetime | None:
    """When the program last was there to hear events; None before its first start."""
    return await tx.connection.scalar(select(heartbeat.c.at))


async def beat(tx: Transaction) -> None:
    """The program is there now. A clock that was set back does not undo that it was."""
    last = await last_beat(tx)
    if last is None:
        await tx.connection.execute(insert(heartbeat).values(id=_THE_ROW, at=tx.now))
    elif last < tx.now:
        await tx.connection.execute(update(heartbeat).values(at=tx.now))


async def add_outage(tx: Transaction, when: Span) -> None:
    """Nobody was there to hear events."""
    from_at, until_at = when
    await tx.connection.execute(
        insert(outage).values(id=new_id(), from_at=from_at, until_at=until_at)
    )


async def gaps_in(tx: Transaction, when: Span) -> tuple[Span, ...]:
    """When the program was not running within `when`, whatever was heard of it later."""
    return tuple(union(clipped(one, when) for one in await _outages_in(tx, when)))


async def gaps_of(tx: Transaction, lesson_id: int) -> tuple[Span, ...]:
    """The times of a lesson for which nothing was ever heard; see `gaps_among`."""
    return (await gaps_among(tx, (lesson_id,))).get(lesson_id, ())


async def gaps_among(
    tx: Transaction, lesson_ids: Collection[int]
) -> Mapping[int, tuple[Span, ...]]:
    """Those of these lessons that have times for which nothing was ever heard, with these times.

    They count from the plan and from when it was held. None is left once Zoom was asked and told
    all of it, and of what Zoom repeated later none either. A lesson that was never held and has
    any may have been held for all we know. Of one that was, it can be told no more what was heard
    once it is forgotten who was there: then it has none.
    """
    found: dict[int, tuple[Span, ...]] = {}
    ids = sorted(lesson_ids)
    for some in (ids[at : at + _AT_ONCE] for at in range(0, len(ids), _AT_ONCE)):
        rows = await tx.connection.execute(
            select(lesson).where(
                lesson.c.id.in_(some),
                lesson.c.asked_at.is_(None),
                or_(lesson.c.forgotten_at.is_(None), lesson.c.began_at.is_(None)),
            )
        )
        found |= await _gaps(tx, rows.all())
    return found


async def lessons_within(tx: Transaction, when: Span) -> tuple[int, ...]:
    """Lessons that were to be, or were, held at some time of `when`."""
    from_at, until_at = when
    near = lesson.c.starts_at > from_at - _LONGEST_LESSON
    held = select(meeting_instance.c.lesson_id).where(
        meeting_instance.c.started_at < until_at,
        meeting_instance.c.started_at > from_at - _LONGEST_LESSON,
        or_(meeting_instance.c.ended_at.is_(None), meeting_instance.c.ended_at > from_at),
    )
    rows = await tx.connection.execute(select(lesson).where(near, lesson.c.starts_at < until_at))
    planned = {row.id for row in rows if _counts_by_plan(row) and _planned(row)[1] > from_at}
    return tuple(sorted(planned | set((await tx.connection.execute(held)).scalars())))


async def mark_unheard(tx: Transaction, lesson_id: int) -> None:
    """The figures of a lesson that has a gap are not complete, though nothing is filled in."""
    if await gaps_of(tx, lesson_id):
        await tx.connection.execute(
            update(lesson)
            .where(lesson.c.id == lesson_id, lesson.c.sureness == Sureness.COMPLETE)
            .values(sureness=Sureness.INFERRED)
        )


async def is_confirmed(tx: Transaction, lesson_id: int) -> bool:
    """Whether its teacher said that its figures are right."""
    found = await tx.connection.execute(
        select(correction.c.id)
        .where(correction.c.lesson_id == lesson_id, correction.c.is_confirmation)
        .limit(1)
    )
    return found.first() is not None


@dataclass(slots=True)
class _Known:
    """When a lesson was held, and the moments that Zoom told of."""

    held: list[Span] = field(default_factory=list)
    told: set[datetime] = field(default_factory=set)


async def _gaps(tx: Transaction, rows: Collection[Row[Any]]) -> dict[int, tuple[Span, ...]]:
    if not rows:
        return {}
    outages = await _outages_in(tx, _around(rows, tx.now))
    near = [row for row in rows if any(_may_touch(row, one) for one in outages)]
    known = await _known(tx, near)
    gaps = {row.id: _gaps_of_row(row, outages, known[row.id]) for row in near}
    return {lesson_id: spans for lesson_id, spans in gaps.items() if spans}


def _gaps_of_row(row: Row[Any], outages: Collection[Span], known: _Known) -> tuple[Span, ...]:
    planned = [_planned(row)] if _counts_by_plan(row) else []
    return unheard(outages, known.told, [*planned, *known.held])


def _around(rows: Collection[Row[Any]], now: datetime) -> Span:
    """From the first of them to the last, with room for when they were held instead."""
    begins = [min(row.starts_at, row.began_at or row.starts_at) for row in rows]
    ends = [max(_planned(row)[1], row.ended_at or row.starts_at) for row in rows]
    is_on = any(row.state == LessonState.LIVE for row in rows)
    return min(begins), max(*ends, now) if is_on else max(ends)


def _may_touch(row: Row[Any], outage_: Span) -> bool:
    begin, end = outage_
    starts_at, ends_at = _planned(row)
    last = max(ends_at, row.ended_at or (end if row.state == LessonState.LIVE else ends_at))
    return min(starts_at, row.began_at or starts_at) < end and begin < last


def _planned(row: Row[Any]) -> Span:
    return row.starts_at, row.starts_at + timedelta(seconds=row.length_seconds)


def _counts_by_plan(row: Row[Any]) -> bool:
    return row.state not in {LessonState.CREATING, LessonState.CANCELLED}


async def _outages_in(tx: Transaction, when: Span) -> list[Span]:
    rows = await tx.connection.execute(select(outage).where(_overlaps(when)))
    return sorted((row.from_at, row.until_at) for row in rows)


def _overlaps(when: Span) -> ColumnElement[bool]:
    return and_(outage.c.until_at > when[0], outage.c.from_at < when[1])


async def _known(tx: Transaction, rows: Collection[Row[Any]]) -> Mapping[int, _Known]:
    """From the stays and instances: these outlast the raw events."""
    known = defaultdict[int, _Known](_Known)
    lesson_ids = [row.id for row in rows]
    if not lesson_ids:
        return known
    instances = await tx.connection.execute(
        select(meeting_instance).where(
            meeting_instance.c.lesson_id.in_(lesson_ids), meeting_instance.c.started_at.is_not(None)
        )
    )
    for row in instances:
        of_lesson = known[row.lesson_id]
        of_lesson.held.append((row.started_at, row.ended_at or max(tx.now, row.started_at)))
        if not row.inferred:
            of_lesson.told |= {row.started_at} | ({row.ended_at} if row.ended_at else set())
    # While a lesson is on, who is still there has the present as the end of their stay.
    is_on = {row.id for row in rows if row.state == LessonState.LIVE}
    stays = await tx.connection.execute(select(stay).where(stay.c.lesson_id.in_(lesson_ids)))
    for row in stays:
        is_open = row.inferred_leave or row.lesson_id in is_on
        joined = () if row.inferred_join else (row.joined_at,)
        left = () if is_open else (row.left_at,)
        known[row.lesson_id].told.update(chain(joined, left))
    return known
