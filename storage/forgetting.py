"""What is past its time leaves the database, a little at once, so that nobody waits for it.

Each kind of thing has two functions: one finds some of what is past its time, about `at_once`
rows of it, in a reading transaction; the other deletes these, in a writing one. Both are safe to
repeat.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, delete, exists, func, or_, select, update

from school.model import ErasureRequestState
from storage import disputes, instance_hosts, pay_accounts
from storage.database import Transaction
from storage.erasing_students import forget_rosters, forget_students
from storage.schema import (
    adjustment,
    audit_entry,
    connect_attempt,
    course,
    course_chat,
    draft,
    erasure_request,
    handled_update,
    lesson,
    letter,
    meeting,
    meeting_instance,
    occurrence,
    outage,
    post,
    presence,
    rate,
    statement,
    stay,
    student,
    zoom_answer,
    zoom_event,
)
from storage.zoom_events import EventState

_MOST_LESSONS = 40

Keys = Sequence[Any]
"""The primary keys of some rows of one table."""


@dataclass(frozen=True, slots=True)
class Cuts:
    """What is from before then is past its time.

    `accounts_day` is the school day of `summaries`, the first of a month.
    """

    forms: datetime
    waiting: datetime
    requests: datetime
    updates: datetime
    letters: datetime
    raw_events: datetime
    attendance: datetime
    summaries: datetime
    accounts_day: date
    audit: datetime
    erasures: datetime


@dataclass(frozen=True, slots=True)
class ByAge:
    """Rows that go by their own age alone.

    `says_something`: so that they are to leave the disk at once, and not when it is written anew.
    """

    table: Table
    is_past: ColumnElement[bool]
    says_something: bool = True


def by_age(cuts: Cuts, now: datetime) -> tuple[ByAge, ...]:
    """What else goes, in the order in which it must go: statements before their lessons."""
    any_state = zoom_event.c.state.in_(list(EventState))  # lets the index find them
    too_long_held = (zoom_event.c.state == EventState.HELD) & (zoom_event.c.next_try_at <= now)
    old = any_state & (zoom_event.c.received_at <= cuts.raw_events)
    return (
        ByAge(zoom_event, or_(too_long_held, old)),
        ByAge(zoom_answer, zoom_answer.c.asked_at <= cuts.raw_events),
        ByAge(draft, draft.c.updated_at < cuts.forms),
        ByAge(connect_attempt, connect_attempt.c.expires_at <= now),
        ByAge(handled_update, handled_update.c.handled_at < cuts.updates, says_something=False),
        ByAge(
            letter,
            letter.c.due_at.is_(None) & (letter.c.written_at < cuts.letters),
            says_something=False,
        ),
        ByAge(audit_entry, audit_entry.c.at < cuts.audit),
        ByAge(erasure_request, erasure_request.c.decided_at < cuts.erasures),
        ByAge(outage, outage.c.until_at < cuts.summaries),
        ByAge(statement, statement.c.month < f"{cuts.accounts_day:%Y-%m}"),
        ByAge(adjustment, adjustment.c.day < cuts.accounts_day),
    )


async def rows_past(tx: Transaction, at_once: int, what: ByAge) -> Keys:
    (key,) = what.table.primary_key
    rows = await tx.connection.execute(select(key).where(what.is_past).limit(at_once))
    return rows.scalars().all()


async def forget_rows(tx: Transaction, what: ByAge, keys: Keys) -> int:
    (key,) = what.table.primary_key
    gone = await tx.connection.execute(delete(what.table).where(key.in_(keys), what.is_past))
    return gone.rowcount


async def requests_past(tx: Transaction, at_once: int, made_before: datetime) -> Keys:
    """Wishes to be taken out of attendance that nobody has answered."""
    rows = await tx.connection.execute(
        select(erasure_request.c.id).where(_is_unanswered(made_before)).limit(at_once)
    )
    return rows.scalars().all()


async def close_requests(tx: Transaction, request_ids: Keys, made_before: datetime) -> int:
    """They are answered no more, and the names that were given go."""
    changed = await tx.connection.execute(
        update(erasure_request)
        .where(erasure_request.c.id.in_(request_ids), _is_unanswered(made_before))
        .values(state=ErasureRequestState.LAPSED, sealed_name=None, decided_at=tx.now)
    )
    return changed.rowcount


def _is_unanswered(made_before: datetime) -> ColumnElement[bool]:
    return and_(
        erasure_request.c.state == ErasureRequestState.OPEN,
        erasure_request.c.made_at < made_before,
    )


# Who was there


async def waiting_past(tx: Transaction, at_once: int, planned_before: datetime) -> Keys:
    """Lessons of which it is known who waited for them."""
    rows = await tx.connection.execute(
        select(lesson.c.id)
        .where(lesson.c.sealed_waiting.is_not(None), lesson.c.starts_at < planned_before)
        .limit(at_once)
    )
    return rows.scalars().all()


async def forget_waiting(tx: Transaction, lesson_ids: Keys) -> int:
    changed = await tx.connection.execute(
        update(lesson).where(lesson.c.id.in_(lesson_ids)).values(sealed_waiting=None)
    )
    return changed.rowcount


async def attendance_past(tx: Transaction, at_once: int, planned_before: datetime) -> Keys:
    """Lessons of which it is known who was there: one at least, with at most so many stays."""
    is_past = and_(lesson.c.forgotten_at.is_(None), lesson.c.starts_at < planned_before)
    return await _lessons(tx, at_once, is_past)


async def _lessons(tx: Transaction, at_once: int, which: ColumnElement[bool]) -> Keys:
    stays = select(func.count()).where(stay.c.lesson_id == lesson.c.id).scalar_subquery()
    posts = select(func.count()).where(post.c.lesson_id == lesson.c.id).scalar_subquery()
    rows = await tx.connection.execute(
        select(lesson.c.id, (stays + posts).label("rows"))
        .where(which)
        .order_by(lesson.c.starts_at)
        .limit(_MOST_LESSONS)
    )
    found: list[int] = []
    for row in rows:
        at_once -= row.rows + 1
        if found and at_once < 0:
            break
        found.append(row.id)
    return found


async def forget_attendance(tx: Transaction, lesson_ids: Keys) -> int:
    """Of the lessons stay their figures, and what was paid for them; they are folded no more."""
    for table in (stay, presence, zoom_answer, zoom_event):
        await tx.connection.execute(delete(table).where(table.c.lesson_id.in_(lesson_ids)))
    await instance_hosts.forget_teachers(tx, lesson_ids)
    changed = await tx.connection.execute(
        update(lesson)
        .where(lesson.c.id.in_(lesson_ids), lesson.c.forgotten_at.is_(None))
        .values(forgotten_at=tx.now, sealed_waiting=None, ask_at=None)
    )
    return changed.rowcount


async def students_past(tx: Transaction, at_once: int, before: datetime) -> Keys:
    """On rosters for nothing: none of what they attended is kept, and they come no more.

    They were taken off before then, or their course had its last lesson before.
    """
    attended = exists().where(presence.c.student_id == student.c.id)
    goes_on = exists().where(
        lesson.c.course_id == student.c.course_id, lesson.c.starts_at >= before
    )
    rows = await tx.connection.execute(
        select(student.c.id)
        .where(or_(student.c.removed_at < before, ~goes_on), student.c.since_at < before, ~attended)
        .limit(at_once)
    )
    return rows.scalars().all()


async def forget_students_past(tx: Transaction, student_ids: Keys) -> int:
    await forget_students(tx, select(student.c.id).where(student.c.id.in_(student_ids)))
    return len(student_ids)


# Lessons and courses


async def lessons_past(tx: Transaction, at_once: int, planned_before: datetime) -> Keys:
    """Those whose attendance is forgotten already."""
    is_past = and_(lesson.c.forgotten_at.is_not(None), lesson.c.starts_at < planned_before)
    return await _lessons(tx, at_once, is_past)


async def forget_lessons(tx: Transaction, lesson_ids: Keys) -> int:
    """With all that is of them."""
    old = select(lesson.c.id).where(lesson.c.id.in_(lesson_ids))
    await disputes.forget_of(tx, old)
    await pay_accounts.forget_waivers_of(tx, old)
    for table in (stay, presence, meeting_instance, zoom_answer, zoom_event, post, occurrence):
        await tx.connection.execute(delete(table).where(table.c.lesson_id.in_(lesson_ids)))
    gone = await tx.connection.execute(delete(lesson).where(lesson.c.id.in_(lesson_ids)))
    return gone.rowcount


async def courses_past(tx: Transaction, at_once: int, made_before: datetime) -> Keys:
    """Those of whose lessons none is left."""
    rows = await tx.connection.execute(
        select(course.c.id).where(_has_no_lessons(made_before)).limit(at_once)
    )
    return rows.scalars().all()


async def forget_courses(tx: Transaction, course_ids: Keys, made_before: datetime) -> int:
    still = select(course.c.id).where(course.c.id.in_(course_ids), _has_no_lessons(made_before))
    old = select(course.c.id).where(
        course.c.id.in_((await tx.connection.execute(still)).scalars().all())
    )
    meetings = select(meeting.c.id).where(meeting.c.course_id.in_(old))
    await tx.connection.execute(delete(occurrence).where(occurrence.c.meeting_row.in_(meetings)))
    await tx.connection.execute(delete(meeting).where(meeting.c.course_id.in_(old)))
    await tx.connection.execute(delete(course_chat).where(course_chat.c.course_id.in_(old)))
    await forget_rosters(tx, old)
    await pay_accounts.forget_rates_of(tx, old)
    gone = await tx.connection.execute(delete(course).where(course.c.id.in_(old)))
    return gone.rowcount


def _has_no_lessons(made_before: datetime) -> ColumnElement[bool]:
    held = exists().where(lesson.c.course_id == course.c.id)
    return and_(course.c.created_at < made_before, ~held)


async def rates_past(tx: Transaction, at_once: int) -> Keys:
    """Those of people who are gone, once the last that was paid by them is gone too."""
    found = select(rate.c.id).where(pay_accounts.of_nobody()).limit(at_once)
    return (await tx.connection.execute(found)).scalars().all()


async def forget_rates(tx: Transaction, rate_ids: Keys) -> int:
    gone = await tx.connection.execute(delete(rate).where(rate.c.id.in_(rate_ids)))
    return gone.rowcount


async def meetings_past(tx: Transaction, at_once: int, deleted_before: datetime) -> Keys:
    """Those that went at Zoom, and in which no lesson is held any more."""
    held = exists().where(lesson.c.meeting_row == meeting.c.id)
    rows = await tx.connection.execute(
        select(meeting.c.id).where(meeting.c.deleted_at < deleted_before, ~held).limit(at_once)
    )
    return rows.scalars().all()


async def forget_meetings(tx: Transaction, meeting_rows: Keys) -> int:
    await tx.connection.execute(
        delete(occurrence).where(occurrence.c.meeting_row.in_(meeting_rows))
    )
    gone = await tx.connection.execute(delete(meeting).where(meeting.c.id.in_(meeting_rows)))
    return gone.rowcount
