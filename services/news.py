"""What rings in the chats of the students: a class moved, is off, is on again, has another link.

Each is a message of its own, which stays in the chat: once it is no longer so, the same message
says how it is now.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from school.model import LessonState, PostKind
from school.recurrence import Repeat
from services.contents_for_students import (
    BackNotice,
    CancelledNotice,
    HandedNotice,
    MovedNotice,
    SkippedNotice,
)
from services.scenes import Scene
from storage import courses, post_states, posts
from storage.claims import Claim
from storage.courses import Lesson
from storage.database import Transaction

NEWS = (
    PostKind.MOVED,
    PostKind.CANCELLED,
    PostKind.BACK,
    PostKind.SKIPPED,
    PostKind.HANDED,
)
"""The fresh messages that something has changed."""

TOLD = (*NEWS, PostKind.DAY_REMINDER, PostKind.REMINDER)
"""The messages that are to follow what becomes of a class after they were sent."""

News = MovedNotice | CancelledNotice | BackNotice | SkippedNotice | HandedNotice


async def tell_of_gap(tx: Transaction, lessons: Sequence[Lesson]) -> None:
    """Within a transaction: the chats that know the course are told that all these are off.

    It is one message, with the first of them, instead of one for each.
    """
    first = min(lessons, key=lambda one: one.planned.starts_at)
    for chat_id in await post_states.chats_knowing(tx, first.course_id):
        for one in lessons:
            await posts.forget_unsent(tx, PostKind.CANCELLED, one.id, chat_id)
        await posts.send_anew(tx, PostKind.SKIPPED, first.id, chat_id)


async def news(tx: Transaction, claim: Claim, scene: Scene, zone: ZoneInfo) -> News | None:
    """None where it is not so any more before anybody was told, or too late to tell."""
    if claim.kind is PostKind.SKIPPED:
        return await _gap(tx, claim, scene, zone)
    if claim.message_id is not None and (now := outlived(claim, scene, zone)):
        return now
    is_late = claim.message_id is None and scene.lesson.planned.ends_at <= tx.now
    return None if is_late else await _still_true(tx, claim, scene, zone)


async def _still_true(tx: Transaction, claim: Claim, scene: Scene, zone: ZoneInfo) -> News | None:
    lesson = scene.lesson
    match claim.kind:
        case PostKind.CANCELLED:
            is_off = lesson.state is LessonState.CANCELLED
            return await _cancelled(tx, scene, zone) if is_off else None
        case PostKind.HANDED if not lesson.is_open:
            return _handed(claim, scene, zone) if loses_name(claim, scene) else None
        case _ if not lesson.is_open:
            return None
        case PostKind.BACK:
            return _back(scene, zone)
        case PostKind.HANDED:
            return _handed(claim, scene, zone)
        case _:
            moved = _moved(scene, zone)
            return replace(moved, rule=await _rule_moved(tx, scene)) if moved else None


def loses_name(claim: Claim, scene: Scene) -> bool:
    """Whether a message that stands in a chat has the name of somebody who deleted their data."""
    return claim.message_id is not None and scene.teacher_name is None


def outlived(claim: Claim, scene: Scene, zone: ZoneInfo) -> News | None:
    """What a message that stands in a chat says instead; None while it is still true."""
    lesson = scene.lesson
    if lesson.state is LessonState.CANCELLED and claim.kind is not PostKind.CANCELLED:
        return CancelledNotice(scene.course.topic, lesson.planned, zone, next_at=None)
    if not lesson.is_open:
        return None
    if claim.kind is PostKind.CANCELLED:
        return _back(scene, zone)
    is_reminder = claim.kind in {PostKind.DAY_REMINDER, PostKind.REMINDER}
    is_for_other_time = claim.about_at not in {None, lesson.planned.starts_at}
    return _moved(scene, zone) if is_reminder and is_for_other_time else None


def _back(scene: Scene, zone: ZoneInfo) -> BackNotice:
    return BackNotice(scene.course.topic, scene.lesson.planned, zone, scene.join_url)


def _handed(claim: Claim, scene: Scene, zone: ZoneInfo) -> HandedNotice | None:
    """Nobody is told before there is a link."""
    if claim.message_id is None and scene.join_url is None:
        return None
    topic, planned = scene.course.topic, scene.lesson.planned
    return HandedNotice(topic, scene.teacher_name, planned, zone, scene.join_url)


# A class has another time


def _moved(scene: Scene, zone: ZoneInfo) -> MovedNotice | None:
    lesson, course = scene.lesson, scene.course
    if lesson.moved_from_at is None:
        return None
    return MovedNotice(
        topic=course.topic,
        planned=lesson.planned,
        was_at=lesson.moved_from_at,
        zone=zone,
        join_url=scene.join_url,
        rule=None,
        class_zone=course.zone,
    )


async def _rule_moved(tx: Transaction, scene: Scene) -> Repeat | None:
    """The rule of its series, where the lesson moved together with the next one of it."""
    lesson, course = scene.lesson, scene.course
    if course.repeat is None or not _moved_by_rule(lesson):
        return None
    later = [
        one
        for one in await courses.lessons_of_course(tx, course.id)
        if one.is_open and one.planned.starts_at > lesson.planned.starts_at
    ]
    is_whole = bool(later) and _moved_by_rule(later[0])
    return Repeat.from_text(course.repeat) if is_whole else None


def _moved_by_rule(lesson: Lesson) -> bool:
    """It is where the rule puts it now, and was elsewhere."""
    return lesson.moved_from_at is not None and lesson.slot_at == lesson.planned.starts_at


# Classes are off


async def _cancelled(tx: Transaction, scene: Scene, zone: ZoneInfo) -> CancelledNotice:
    lesson, course = scene.lesson, scene.course
    next_at = await _next_at(tx, scene, lesson)
    is_all = course.has_ended and next_at is None and len(await _together(tx, lesson)) > 1
    return CancelledNotice(course.topic, lesson.planned, zone, next_at, all_cancelled=is_all)


async def _gap(tx: Transaction, claim: Claim, scene: Scene, zone: ZoneInfo) -> News | None:
    """Told anew once it is taken back, where it was told of before."""
    lesson, topic = scene.lesson, scene.course.topic
    is_off = lesson.state is LessonState.CANCELLED
    lessons = [
        one for one in await _together(tx, lesson) if (one.state is LessonState.CANCELLED) == is_off
    ]
    last = lessons[-1]
    was_told = claim.message_id is not None or claim.former_message_id is not None
    is_late = claim.message_id is None and last.planned.ends_at <= tx.now
    if topic is None or is_late or (not is_off and not was_told):
        return None
    next_at = await _next_at(tx, scene, last) if is_off else None
    if len(lessons) == 1 and is_off:
        return CancelledNotice(topic, lesson.planned, zone, next_at)
    if len(lessons) == 1:
        return _back(scene, zone)
    return SkippedNotice(
        topic=topic,
        first_at=lessons[0].planned.starts_at,
        last_at=last.planned.starts_at,
        count=len(lessons),
        zone=zone,
        next_at=next_at,
        is_back=not is_off,
    )


async def _together(tx: Transaction, lesson: Lesson) -> list[Lesson]:
    """The lessons that were called off with this one, soonest first; it is one of them."""
    return [
        one
        for one in await courses.lessons_of_course(tx, lesson.course_id)
        if one.cancelled_at == lesson.cancelled_at
    ]


async def _next_at(tx: Transaction, scene: Scene, after: Lesson) -> datetime | None:
    """When the next lesson of the series is."""
    lessons = await courses.lessons_of_course(tx, scene.course.id)
    return next(
        (
            one.planned.starts_at
            for one in lessons
            if one.is_open and one.planned.starts_at > max(tx.now, after.planned.starts_at)
        ),
        None,
    )
