"""Taking a person out of the database; what the accounts need stays under a pseudonym."""

import secrets
from dataclasses import dataclass

from sqlalchemy import ColumnElement, ScalarSelect, Select, delete, func, insert, select, update

from school.model import LessonState
from storage.database import Transaction, new_id
from storage.schema import (
    chat,
    chat_teacher,
    connect_attempt,
    course,
    draft,
    erasure,
    lesson,
    meeting_instance,
    person,
    post,
    presence,
    zoom_account,
    zoom_event,
)

_RECEIPT_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that look alike


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is stored about a person, counted."""

    has_zoom: bool
    drafts: int
    upcoming: int
    accounted: int  # lessons whose dates and lengths the accounts keep


async def count_holdings(tx: Transaction, person_id: int) -> Holdings:
    of_teacher = lesson.c.teacher_id == person_id
    open_states = [LessonState.CREATING, LessonState.SCHEDULED]
    held_states = [LessonState.LIVE, LessonState.ENDED]
    return Holdings(
        has_zoom=bool(await _count(tx, zoom_account.c.person_id == person_id)),
        drafts=await _count(tx, draft.c.person_id == person_id),
        upcoming=await _count(tx, of_teacher & lesson.c.state.in_(open_states)),
        accounted=await _count(tx, of_teacher & lesson.c.state.in_(held_states)),
    )


async def _count(tx: Transaction, condition: ColumnElement[bool]) -> int:
    found = await tx.connection.execute(select(func.count()).where(condition))
    return int(found.scalar_one())


async def erase_person(tx: Transaction, person_id: int, telegram_user_id: int) -> str:
    """Delete everything of a person that the accounts do not need; the receipt's number.

    Lessons keep their dates, lengths and counts. Names, topics, links, forms, raw events and the
    Zoom connection go. Chats that nobody else posts in are linked no more.
    """
    own_courses = select(course.c.id).where(course.c.teacher_id == person_id)
    own_lessons = select(lesson.c.id).where(lesson.c.teacher_id == person_id)
    await _erase_lessons(tx, own_lessons)
    await _erase_courses(tx, own_courses.scalar_subquery())
    await _erase_chats(tx, person_id, telegram_user_id)
    for table in (zoom_account, connect_attempt, draft):
        await tx.connection.execute(delete(table).where(table.c.person_id == person_id))
    await tx.connection.execute(
        update(person)
        .where(person.c.id == person_id)
        .values(
            telegram_user_id=None,
            sealed_name=None,
            sealed_username=None,
            is_teacher=False,
            language=None,
            zone=None,
            erased_at=tx.now,
        )
    )
    return await _add_receipt(tx, telegram_user_id)


async def _erase_lessons(tx: Transaction, own_lessons: Select[tuple[int]]) -> None:
    for table in (zoom_event, meeting_instance):
        await tx.connection.execute(delete(table).where(table.c.lesson_id.in_(own_lessons)))
    await tx.connection.execute(
        update(presence)
        .where(presence.c.lesson_id.in_(own_lessons))
        .values(sealed_name=None, name_index=None)
    )


async def _erase_courses(tx: Transaction, own_courses: ScalarSelect[int]) -> None:
    # Without its meeting's number, what Zoom may still report of it is no longer ours to keep.
    await tx.connection.execute(
        update(course)
        .where(course.c.id.in_(own_courses))
        .values(
            sealed_topic=None,
            sealed_join_url=None,
            sealed_passcode=None,
            meeting_id=None,
            next_try_at=None,
        )
    )


async def _erase_chats(tx: Transaction, person_id: int, telegram_user_id: int) -> None:
    await tx.connection.execute(delete(post).where(post.c.chat_id == telegram_user_id))
    await tx.connection.execute(delete(chat_teacher).where(chat_teacher.c.person_id == person_id))
    await tx.connection.execute(
        update(chat).where(chat.c.id.not_in(select(chat_teacher.c.chat_id))).values(linked_at=None)
    )
    await tx.connection.execute(delete(chat).where(chat.c.id == telegram_user_id))


async def _add_receipt(tx: Transaction, telegram_user_id: int) -> str:
    receipt = "E-" + "".join(secrets.choice(_RECEIPT_LETTERS) for _ in range(6))
    await tx.connection.execute(
        insert(erasure).values(
            id=new_id(),
            receipt=receipt,
            telegram_user_index=tx.vault.index("erased telegram user", str(telegram_user_id)),
            erased_at=tx.now,
        )
    )
    return receipt
