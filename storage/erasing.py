"""Taking a person out of the database; what the accounts need stays under a pseudonym."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select, update

from school.model import ErasureKind, InvitationKind, LessonState
from storage import (
    adjustments,
    disputes,
    erasures,
    instance_hosts,
    invitations,
    letters,
    statements,
)
from storage.database import Transaction
from storage.erasing_students import erase_rosters, erase_students
from storage.forms import ASKED
from storage.own_parts import Subject, attended, on_list
from storage.schema import (
    adjustment,
    chat,
    chat_teacher,
    connect_attempt,
    course,
    course_chat,
    draft,
    former_account,
    lesson,
    meeting,
    meeting_instance,
    occurrence,
    person,
    post,
    presence,
    rate,
    statement,
    zoom_account,
    zoom_answer,
    zoom_event,
)

_PAY = (rate, adjustment, statement)

Lessons = Select[tuple[int]]
"""The ids of some lessons, as a query."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is stored about a person, counted."""

    has_zoom: bool
    drafts: int
    accounted: int  # lessons whose dates and lengths the accounts keep
    rosters: int = 0  # lists of students on which they are known to be
    attended: int = 0  # lessons that they are known to have been in as a student
    pay: int = 0  # entries of what they earn, and months that they were paid for


async def count_holdings(tx: Transaction, who: Subject) -> Holdings:
    """What they attended is counted as it is shown to them, by name too."""
    person_id = who.person_id
    is_teachers = lesson.c.teacher_id == person_id
    held = await _count(tx, is_teachers, lesson.c.state == LessonState.ENDED)
    return Holdings(
        has_zoom=bool(await _count(tx, zoom_account.c.person_id == person_id)),
        drafts=await _count(tx, draft.c.person_id == person_id, draft.c.kind != ASKED),
        accounted=held + await _missed(tx, is_teachers),
        rosters=await _count(tx, on_list(who)),
        attended=await _count(tx, attended(who)),
        pay=sum([await _count(tx, table.c.person_id == person_id) for table in _PAY]),
    )


async def _missed(tx: Transaction, condition: ColumnElement[bool]) -> int:
    """Lessons whose time is over though they were never held."""
    rows = await tx.connection.execute(
        select(lesson.c.starts_at, lesson.c.length_seconds).where(
            condition, lesson.c.state == LessonState.SCHEDULED, lesson.c.starts_at <= tx.now
        )
    )
    return sum(row.starts_at + timedelta(seconds=row.length_seconds) <= tx.now for row in rows)


async def _count(tx: Transaction, *conditions: ColumnElement[bool]) -> int:
    found = await tx.connection.execute(select(func.count()).where(*conditions))
    return int(found.scalar_one())


async def left_at_zoom(tx: Transaction, person_id: int) -> Sequence[int]:
    """Rows of meetings that are no longer wanted while they may still be at Zoom."""
    rows = await tx.connection.execute(
        select(meeting.c.id).where(
            meeting.c.host_id == person_id,
            meeting.c.discarded_at.is_not(None),
            meeting.c.deleted_at.is_(None),
        )
    )
    return rows.scalars().all()


async def live_lessons(tx: Transaction, person_id: int) -> Sequence[int]:
    """A teacher's lessons that are on, however long they were to be."""
    rows = await tx.connection.execute(
        select(lesson.c.id).where(
            lesson.c.teacher_id == person_id, lesson.c.state == LessonState.LIVE
        )
    )
    return rows.scalars().all()


async def erase_person(tx: Transaction, person_id: int, telegram_user_id: int) -> str:
    """Delete everything of a person that the accounts do not need; the receipt's number."""
    await erase_restored(tx, person_id, telegram_user_id)
    index = erasures.telegram_user_index(tx.vault, telegram_user_id)
    return (await erasures.add(tx, ErasureKind.PERSON, index)).receipt


async def erase_restored(tx: Transaction, person_id: int, telegram_user_id: int) -> None:
    """The same for somebody who has a receipt already, as a backup brought them back.

    Lessons keep their dates, lengths and counts. Names, topics, links, forms, raw events and the
    Zoom connection go. Chats that nobody else posts in are linked no more. Where they were taught
    in their private chat, their classes stay, and are no longer announced there. On lists of
    students they are no more, nor is their name in the lessons that they attended.
    """
    await erase_rosters(tx, person_id)
    await erase_students(tx, person_id)
    await _erase_lessons(tx, person_id)
    await _erase_courses(tx, person_id)
    await _erase_chats(tx, person_id, telegram_user_id)
    await disputes.erase_words(tx, person_id)
    # What was earned and paid stays in the accounts; what was said about it does not.
    await adjustments.erase_words(tx, person_id)
    await statements.erase_words(tx, person_id)
    await letters.erase_letters(tx, person_id)
    for table in (zoom_account, former_account, connect_attempt, draft):
        await tx.connection.execute(delete(table).where(table.c.person_id == person_id))
    await invitations.withdraw_open(tx, InvitationKind.STUDENT, person_id)
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
            clock=None,
            erased_at=tx.now,
        )
    )


async def _erase_lessons(tx: Transaction, person_id: int) -> None:
    # Who gave it, whoever was to: that teacher's name is in it, and that teacher still needs it.
    given_by = func.coalesce(lesson.c.hosted_by, lesson.c.teacher_id)
    own: Lessons = select(lesson.c.id).where(given_by == person_id)
    # Also those that are still to be applied, or could not be, and so are of no lesson yet.
    meetings = select(meeting.c.meeting_id).where(
        meeting.c.host_id == person_id, meeting.c.meeting_id.is_not(None)
    )
    await tx.connection.execute(delete(zoom_event).where(zoom_event.c.meeting_id.in_(meetings)))
    for table in (zoom_event, zoom_answer, meeting_instance):
        await tx.connection.execute(delete(table).where(table.c.lesson_id.in_(own)))
    # No more is heard of a lesson that is on.
    await tx.connection.execute(
        update(lesson)
        .where(lesson.c.teacher_id == person_id, lesson.c.state == LessonState.LIVE)
        .values(state=LessonState.ENDED, ended_at=tx.now, here_now=0)
    )
    await tx.connection.execute(
        update(lesson)
        .where(lesson.c.teacher_id == person_id)
        .values(sealed_waiting=None, ask_at=None)
    )
    as_planned: Lessons = select(lesson.c.id).where(lesson.c.teacher_id == person_id)
    await instance_hosts.forget_teachers(tx, as_planned)
    await tx.connection.execute(
        update(presence)
        .where(or_(presence.c.lesson_id.in_(own), _as_planned(person_id)))
        .values(sealed_name=None, name_index=None, sealed_keys=None)
    )


def _as_planned(person_id: int) -> ColumnElement[bool]:
    """Of presences: the teacher's, who has the planned one's name where Zoom says no other."""
    planned = select(lesson.c.id).where(lesson.c.teacher_id == person_id)
    return and_(presence.c.is_teacher, presence.c.lesson_id.in_(planned))


async def _erase_courses(tx: Transaction, person_id: int) -> None:
    await tx.connection.execute(
        update(course)
        .where(course.c.teacher_id == person_id)
        .values(sealed_topic=None, repeat=None, ended_at=tx.now)
    )
    # A substitute's meeting stays at Zoom, and its topic there; here it is the course's.
    courses = select(course.c.id).where(course.c.teacher_id == person_id)
    await tx.connection.execute(
        update(meeting).where(meeting.c.course_id.in_(courses)).values(sealed_topic=None)
    )
    own = select(meeting.c.id).where(meeting.c.host_id == person_id)
    await tx.connection.execute(delete(occurrence).where(occurrence.c.meeting_row.in_(own)))
    # Without its meeting's number, what Zoom may still report of it is no longer ours to keep.
    await tx.connection.execute(
        update(meeting)
        .where(meeting.c.host_id == person_id)
        .values(
            sealed_topic=None,
            sealed_join_url=None,
            sealed_passcode=None,
            meeting_id=None,
            next_try_at=None,
            look_at=None,
            last_problem=None,
        )
    )


async def _erase_chats(tx: Transaction, person_id: int, telegram_user_id: int) -> None:
    own_groups = select(chat_teacher.c.chat_id).where(chat_teacher.c.person_id == person_id)
    others = select(chat_teacher.c.chat_id).where(chat_teacher.c.person_id != person_id)
    await tx.connection.execute(
        update(chat)
        .where(chat.c.id.in_(own_groups), chat.c.id.not_in(others))
        .values(linked_at=None, sealed_title=None)
    )
    await tx.connection.execute(delete(chat_teacher).where(chat_teacher.c.person_id == person_id))
    for table in (post, course_chat, chat_teacher):
        await tx.connection.execute(delete(table).where(table.c.chat_id == telegram_user_id))
    await tx.connection.execute(delete(chat).where(chat.c.id == telegram_user_id))
