"""What rings in the chats of the students: a class moved, is off, is on again.

Each is a message of its own, which stays in the chat: once it is no longer so, the same message
says how it is now.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from school.model import LessonState, PostKind
from services.post_contents import BackNotice, CancelledNotice, MovedNotice
from services.scenes import Scene
from storage import courses
from storage.claims import Claim
from storage.database import Transaction

TOLD = (
    PostKind.MOVED,
    PostKind.CANCELLED,
    PostKind.BACK,
    PostKind.DAY_REMINDER,
    PostKind.REMINDER,
)
"""The messages that are to follow what becomes of a class after they were sent."""

News = MovedNotice | CancelledNotice | BackNotice


async def news(tx: Transaction, claim: Claim, scene: Scene, zone: ZoneInfo) -> News | None:
    """None where it is not so any more before anybody was told."""
    if claim.message_id is not None and (now := outlived(claim, scene, zone)):
        return now
    lesson, topic = scene.lesson, scene.course.topic
    if claim.kind is PostKind.CANCELLED:
        if lesson.state is not LessonState.CANCELLED:
            return None
        return CancelledNotice(topic, lesson.planned, zone, await _next_at(tx, scene))
    if not lesson.is_open:
        return None
    if claim.kind is PostKind.BACK:
        return BackNotice(topic, lesson.planned, zone, scene.join_url)
    return _moved(scene, zone)


def outlived(claim: Claim, scene: Scene, zone: ZoneInfo) -> News | None:
    """What a message that stands in a chat says instead; None while it is still true."""
    lesson, topic = scene.lesson, scene.course.topic
    if lesson.state is LessonState.CANCELLED and claim.kind is not PostKind.CANCELLED:
        return CancelledNotice(topic, lesson.planned, zone, next_at=None)
    if not lesson.is_open:
        return None
    if claim.kind is PostKind.CANCELLED:
        return BackNotice(topic, lesson.planned, zone, scene.join_url)
    is_reminder = claim.kind in {PostKind.DAY_REMINDER, PostKind.REMINDER}
    is_for_other_time = claim.about_at not in {None, lesson.planned.starts_at}
    return _moved(scene, zone) if is_reminder and is_for_other_time else None


def _moved(scene: Scene, zone: ZoneInfo) -> MovedNotice | None:
    lesson = scene.lesson
    if lesson.moved_from_at is None:
        return None
    return MovedNotice(
        scene.course.topic, lesson.planned, lesson.moved_from_at, zone, scene.join_url
    )


async def _next_at(tx: Transaction, scene: Scene) -> datetime | None:
    """When the next lesson of the series is."""
    lessons = await courses.lessons_of_course(tx, scene.course.id)
    return next(
        (
            one.planned.starts_at
            for one in lessons
            if one.is_open and one.planned.starts_at > max(tx.now, scene.lesson.planned.starts_at)
        ),
        None,
    )
