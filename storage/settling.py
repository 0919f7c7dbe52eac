"""How far a course is settled with Zoom, and who is settling it just now.

A course that waits has `next_try_at`. Whoever settles it holds a lease; each try is counted
before Zoom is asked, and uncounted once it is certain that it left nothing there.
"""

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from school.model import LessonState
from storage.courses import Course, course_from_row
from storage.database import Transaction
from storage.schema import course, lesson, person


async def due_courses(tx: Transaction, limit: int = 20) -> tuple[int, ...]:
    """Courses that are not yet as they should be at Zoom, and whose time has come."""
    rows = await tx.connection.execute(
        select(course.c.id)
        .where(
            course.c.next_try_at <= tx.now,
            or_(course.c.lease_until.is_(None), course.c.lease_until <= tx.now),
        )
        .order_by(course.c.next_try_at)
        .limit(limit)
    )
    return tuple(rows.scalars())


async def claim_course(
    tx: Transaction, course_id: int, lease_token: int, lease: timedelta
) -> Course | None:
    """Take a course to settle it with Zoom; None while somebody else has it."""
    claimed = await tx.connection.execute(
        update(course)
        .where(
            course.c.id == course_id,
            or_(course.c.lease_until.is_(None), course.c.lease_until <= tx.now),
        )
        .values(lease_token=lease_token, lease_until=tx.now + lease)
        .returning(course)
    )
    row = claimed.one_or_none()
    return course_from_row(tx, row) if row else None


async def courses_being_settled(tx: Transaction, teacher_id: int) -> frozenset[int]:
    """Those of a teacher's courses that somebody holds just now."""
    rows = await tx.connection.execute(
        select(course.c.id).where(course.c.teacher_id == teacher_id, course.c.lease_until > tx.now)
    )
    return frozenset(rows.scalars())


async def count_attempt(tx: Transaction, course_id: int) -> None:
    """Before Zoom is asked, so that a crash is known to have been a try."""
    await tx.connection.execute(
        update(course).where(course.c.id == course_id).values(attempts=course.c.attempts + 1)
    )


async def uncount_attempt(tx: Transaction, course_id: int, lease_token: int) -> None:
    """The try has certainly left nothing at Zoom."""
    await tx.connection.execute(
        update(course)
        .where(course.c.id == course_id, course.c.lease_token == lease_token)
        .values(attempts=course.c.attempts - 1)
    )


async def confirm_course(
    tx: Transaction, course_id: int, *, meeting_id: int, join_url: str, passcode: str
) -> bool:
    """The Zoom meeting exists: its lessons are scheduled.

    False if the course has a meeting already, is over with, or is of a person whose data was
    deleted: this one is too many.
    """
    erased = select(person.c.id).where(person.c.erased_at.is_not(None))
    changed = await tx.connection.execute(
        update(course)
        .where(
            course.c.id == course_id,
            or_(course.c.meeting_id.is_(None), course.c.meeting_id == meeting_id),
            course.c.deleted_at.is_(None),
            course.c.teacher_id.not_in(erased),
        )
        .values(
            meeting_id=meeting_id,
            sealed_join_url=tx.vault.seal("course", "sealed_join_url", course_id, join_url),
            sealed_passcode=tx.vault.seal("course", "sealed_passcode", course_id, passcode),
            confirmed_at=tx.now,
        )
    )
    if not changed.rowcount:
        return False
    await tx.connection.execute(
        update(lesson)
        .where(lesson.c.course_id == course_id, lesson.c.state == LessonState.CREATING)
        .values(state=LessonState.SCHEDULED)
    )
    return True


async def mark_deleted(tx: Transaction, course_id: int) -> None:
    """The Zoom meeting is known to be gone, or never was."""
    await tx.connection.execute(
        update(course).where(course.c.id == course_id).values(deleted_at=tx.now)
    )


async def release_course(
    tx: Transaction,
    course_id: int,
    lease_token: int,
    *,
    next_try_at: datetime | None,
    problem: str | None,
) -> None:
    """Give a claimed course back: what hinders it, and when to look at it again."""
    await tx.connection.execute(
        update(course)
        .where(course.c.id == course_id, course.c.lease_token == lease_token)
        .values(lease_token=None, lease_until=None, next_try_at=next_try_at, last_problem=problem)
    )


async def break_off(tx: Transaction, course_id: int, lease_token: int) -> None:
    """Give a course back in the middle of a try: what that left, the next one finds at once."""
    await tx.connection.execute(
        update(course)
        .where(course.c.id == course_id, course.c.lease_token == lease_token)
        .values(lease_token=None, lease_until=None, next_try_at=tx.now)
    )
