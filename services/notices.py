"""What reminders and warnings about a lesson have to say; None where they are of no use any more.

A reminder that was due while nobody could send it is sent late if it still helps, else not at all.
"""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

from school import reminders
from school.model import LessonState, PostKind
from school.reminders import FREE_LIMIT
from school.waiting import is_awaited
from services.contents_for_students import Reminder
from services.contents_for_teachers import (
    GoneNotice,
    LimitWarning,
    Nudge,
    StartReminder,
    WaitingNotice,
)
from services.dispute_contents import about_figures
from services.news import News, loses_name, outlived
from services.post_contents import Alarm, Contents
from services.scenes import Scene
from storage import attendance, courses, instances
from storage.claims import Claim
from storage.courses import Lesson
from storage.database import Transaction


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
            return await _limit(tx, claim, scene)
        case PostKind.GONE:
            return await _gone(tx, claim, scene)
        case _:
            return await about_figures(tx, claim.kind, scene, zone)


def _reminder(
    tx: Transaction, claim: Claim, scene: Scene, zone: ZoneInfo
) -> Reminder | News | None:
    """Sent before the class begins; a day's reminder while it is not about to."""
    if claim.message_id is not None and (now := outlived(claim, scene, zone)):
        return now
    lesson = scene.lesson
    is_day_before = claim.kind is PostKind.DAY_REMINDER
    useful_until = lesson.planned.starts_at
    if is_day_before:
        useful_until -= reminders.DAY_REMINDER_UNTIL
    is_late = claim.message_id is None and useful_until <= tx.now
    is_of_use = _is_still_planned(claim, lesson, lesson.planned.starts_at) and not is_late
    if not is_of_use and not loses_name(claim, scene):
        return None
    return Reminder(
        topic=scene.course.topic,
        teacher_name=scene.teacher_name,
        planned=lesson.planned,
        zone=zone,
        join_url=scene.join_url,
        is_day_before=is_day_before,
    )


def _not_begun(tx: Transaction, claim: Claim, scene: Scene) -> StartReminder | Nudge | Alarm | None:
    """While its time is not over, and nothing later is to be said instead."""
    lesson, topic, zone = scene.lesson, scene.course.topic, scene.course.zone
    planned = lesson.planned
    about_at = _moment_of(claim.kind, planned.starts_at, tx.now)
    if claim.kind is PostKind.ALARM and loses_name(claim, scene):
        return Alarm(topic, None, planned, zone, reminders.ALARM_AFTER)
    if about_at is None or not _is_still_planned(claim, lesson, about_at):
        return None
    if planned.ends_at <= tx.now:
        return None
    late_by = tx.now - planned.starts_at
    match claim.kind:
        case PostKind.START:
            return StartReminder(lesson.id, topic, planned, zone)
        case PostKind.NUDGE:
            return Nudge(lesson.id, topic, planned, zone, late_by)
        case _:
            return Alarm(topic, scene.teacher_name, planned, zone, late_by)


def _moment_of(kind: PostKind, starts_at: datetime, now: datetime) -> datetime | None:
    """What it is about at this time; None before that, or once it is of no use."""
    nudge_at = reminders.nudge_due(starts_at, now)
    alarm_at = starts_at + reminders.ALARM_AFTER
    match kind:
        case PostKind.START:
            return starts_at if nudge_at is None else None
        case PostKind.NUDGE:
            return nudge_at
        case _:
            return alarm_at if alarm_at <= now else None


def _is_still_planned(claim: Claim, lesson: Lesson, about_at: datetime) -> bool:
    """Not begun or off, and not moved since it was decided to say this.

    Of a class that is gone from Zoom only those are told who can do something about it.
    """
    is_for_that = claim.about_at in {None, about_at}
    is_there = lesson.gone_at is None or claim.kind in {PostKind.NUDGE, PostKind.ALARM}
    return lesson.is_open and is_there and is_for_that


async def _waiting(tx: Transaction, claim: Claim, scene: Scene) -> WaitingNotice | None:
    """While nobody hosts; then it says that they are in."""
    lesson = scene.lesson
    names = waiting_names(await attendance.waiting_in(tx, lesson.id))
    is_over = not names or not is_awaited(lesson.state, lesson.planned, tx.now)
    if is_over and claim.message_id is None:
        return None
    return WaitingNotice(lesson.id, scene.course.topic, names, is_over)


def waiting_names(kept: str | None) -> tuple[str, ...]:
    return tuple(json.loads(kept)) if kept else ()


async def _limit(tx: Transaction, claim: Claim, scene: Scene) -> LimitWarning | None:
    lesson = scene.lesson
    started_at = await instances.last_start(tx, lesson.id)
    if lesson.state is not LessonState.LIVE or started_at is None:
        return None
    ends_at = started_at + FREE_LIMIT
    is_about_another = claim.about_at not in {None, started_at}
    if ends_at <= tx.now or is_about_another:
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
        version=scene.course.version,
        is_settled=is_settled,
    )


def _is_ahead(starts_at: datetime, tx: Transaction) -> bool:
    return starts_at > tx.now
