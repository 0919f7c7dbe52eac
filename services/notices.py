"""What reminders and warnings about a lesson have to say; None where they are of no use any more.

A reminder that was due while nobody could send it is sent late if it still helps, else not at all.
"""

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from school.model import LessonState, PostKind
from services.post_contents import (
    Alarm,
    Contents,
    GoneNotice,
    LimitWarning,
    Nudge,
    Reminder,
    StartReminder,
    WaitingNotice,
)
from services.scenes import Scene
from storage import attendance, courses
from storage.claims import Claim
from storage.database import Transaction

BASIC_PLAN_LIMIT = timedelta(minutes=40)
"""When Zoom ends a meeting on a free plan."""


async def notice(tx: Transaction, claim: Claim, scene: Scene, zone: ZoneInfo) -> Contents | None:
    """The contents of every kind of post that services.showing does not make itself."""
    match claim.kind:
        case PostKind.DAY_REMINDER | PostKind.REMINDER:
            return _reminder(tx, claim, scene, zone)
        case PostKind.START | PostKind.NUDGE | PostKind.ALARM:
            return _not_begun(tx, claim, scene)
        case PostKind.WAITING:
            return await _waiting(tx, claim, scene)
        case PostKind.LIMIT:
            return await _limit(tx, scene)
        case PostKind.GONE:
            return await _gone(tx, claim, scene)
        case _:
            return None


def _reminder(tx: Transaction, claim: Claim, scene: Scene, zone: ZoneInfo) -> Reminder | None:
    """Before the class begins, and not after it was moved away."""
    lesson = scene.lesson
    if not lesson.is_open or lesson.gone_at is not None or lesson.planned.starts_at <= tx.now:
        return None
    return Reminder(
        topic=scene.course.topic,
        teacher_name=scene.teacher_name,
        planned=lesson.planned,
        zone=zone,
        join_url=scene.join_url,
        is_day_before=claim.kind is PostKind.DAY_REMINDER,
    )


def _not_begun(tx: Transaction, claim: Claim, scene: Scene) -> StartReminder | Nudge | Alarm | None:
    lesson, course = scene.lesson, scene.course
    if not lesson.is_open or lesson.gone_at is not None or lesson.planned.ends_at <= tx.now:
        return None
    if claim.kind is PostKind.START:
        return StartReminder(lesson.id, course.topic, lesson.planned, course.zone)
    late_by = tx.now - lesson.planned.starts_at
    if late_by <= timedelta():  # it was moved meanwhile
        return None
    if claim.kind is PostKind.NUDGE:
        return Nudge(lesson.id, course.topic, lesson.planned, course.zone, late_by)
    return Alarm(course.topic, scene.teacher_name, lesson.planned, course.zone, late_by)


async def _waiting(tx: Transaction, claim: Claim, scene: Scene) -> WaitingNotice | None:
    """While nobody hosts; then it says that they are in."""
    lesson = scene.lesson
    names = waiting_names(await attendance.waiting_in(tx, lesson.id))
    is_over = lesson.state is not LessonState.SCHEDULED or not names
    if is_over and claim.message_id is None:
        return None
    return WaitingNotice(lesson.id, scene.course.topic, names, is_over)


def waiting_names(kept: str | None) -> tuple[str, ...]:
    return tuple(json.loads(kept)) if kept else ()


async def _limit(tx: Transaction, scene: Scene) -> LimitWarning | None:
    lesson = scene.lesson
    started_at = await attendance.last_start(tx, lesson.id)
    if lesson.state is not LessonState.LIVE or started_at is None:
        return None
    ends_at = started_at + BASIC_PLAN_LIMIT
    if ends_at <= tx.now:
        return None
    return LimitWarning(lesson.id, scene.course.topic, ends_at, scene.course.zone)


async def _gone(tx: Transaction, claim: Claim, scene: Scene) -> GoneNotice | None:
    lesson = scene.lesson
    is_settled = not lesson.is_open or lesson.gone_at is None
    if is_settled and claim.message_id is None:
        return None
    gone = [
        one
        for one in await courses.lessons_of_course(tx, lesson.course_id)
        if one.is_open and one.gone_at is not None and _is_ahead(one.planned.starts_at, tx)
    ]
    return GoneNotice(
        lesson_id=lesson.id,
        topic=scene.course.topic,
        planned=lesson.planned,
        zone=scene.course.zone,
        count=max(1, len(gone)),
        is_settled=is_settled,
    )


def _is_ahead(starts_at: datetime, tx: Transaction) -> bool:
    return starts_at > tx.now
