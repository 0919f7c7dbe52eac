"""Chats the bot writes to, and which teachers may have it write there."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, insert, or_, select, update

from school.model import DayReminder
from storage.database import Transaction
from storage.schema import chat, chat_teacher, course, course_chat


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat as the bot knows it; `lost_reason` says why it can no longer write there."""

    id: int
    kind: str
    title: str | None
    thread_id: int | None
    is_forum: bool
    is_linked: bool
    lost_reason: str | None
    language: str | None  # as chosen for it
    zone: str | None
    day_reminder: DayReminder
    reminder_minutes: int

    @property
    def is_private(self) -> bool:
        """A teacher's own chat with the bot; a linked one is a student's."""
        return self.kind == "private"

    @property
    def is_reachable(self) -> bool:
        return self.lost_reason is None


def chat_from_row(tx: Transaction, row: Row[Any]) -> Chat:
    return Chat(
        id=row.id,
        kind=row.kind,
        title=tx.vault.open_optional("chat", "sealed_title", row.id, row.sealed_title),
        thread_id=row.thread_id,
        is_forum=row.is_forum,
        is_linked=row.linked_at is not None,
        lost_reason=row.lost_reason if row.lost_at else None,
        language=row.language,
        zone=row.zone,
        day_reminder=DayReminder(row.day_reminder),
        reminder_minutes=row.reminder_minutes,
    )


async def find_chat(tx: Transaction, chat_id: int) -> Chat | None:
    found = await tx.connection.execute(select(chat).where(chat.c.id == chat_id))
    row = found.one_or_none()
    return chat_from_row(tx, row) if row else None


async def remember_chat(
    tx: Transaction, chat_id: int, kind: str, title: str | None = None, *, is_forum: bool = False
) -> None:
    """Keep a chat's present kind and, if given, name; one that was lost is reachable again."""
    values: dict[str, object] = {
        "kind": kind,
        "is_forum": is_forum,
        "lost_at": None,
        "lost_reason": None,
    }
    if title is not None:
        values["sealed_title"] = tx.vault.seal("chat", "sealed_title", chat_id, title)
    changed = await tx.connection.execute(update(chat).where(chat.c.id == chat_id).values(values))
    if not changed.rowcount:
        await tx.connection.execute(insert(chat).values(id=chat_id, created_at=tx.now, **values))


async def rename_private(tx: Transaction, chat_id: int, name: str) -> None:
    """A student's chat has the student's name; where none is kept, none is."""
    await tx.connection.execute(
        update(chat)
        .where(chat.c.id == chat_id, chat.c.sealed_title.is_not(None))
        .values(sealed_title=tx.vault.seal("chat", "sealed_title", chat_id, name))
    )


async def forget_title(tx: Transaction, chat_id: int) -> None:
    """The name is not needed any more."""
    await _set(tx, chat_id, sealed_title=None)


async def link_chat(tx: Transaction, chat_id: int, person_id: int) -> None:
    """Let a teacher's classes be posted in a known chat."""
    await tx.connection.execute(
        update(chat)
        .where(chat.c.id == chat_id, chat.c.linked_at.is_(None))
        .values(linked_at=tx.now)
    )
    if not await may_post(tx, chat_id, person_id):
        await tx.connection.execute(
            insert(chat_teacher).values(chat_id=chat_id, person_id=person_id, linked_at=tx.now)
        )


async def choose_topic(tx: Transaction, chat_id: int, thread_id: int | None) -> None:
    """Where classes are posted in a forum; None is its General topic."""
    await tx.connection.execute(
        update(chat).where(chat.c.id == chat_id).values(thread_id=thread_id)
    )


async def set_language(tx: Transaction, chat_id: int, language: str | None) -> None:
    """The language of what is posted there; None: as the school or the person has it."""
    await _set(tx, chat_id, language=language)


async def set_zone(tx: Transaction, chat_id: int, zone: str | None) -> None:
    """The zone that is named beside times there; None: the class's own."""
    await _set(tx, chat_id, zone=zone)


async def set_reminders(tx: Transaction, chat_id: int, *, day: DayReminder, minutes: int) -> None:
    """For which classes a day before, and how many minutes before each; 0: not."""
    await _set(tx, chat_id, day_reminder=day, reminder_minutes=minutes)


async def _set(tx: Transaction, chat_id: int, **values: object) -> None:
    await tx.connection.execute(update(chat).where(chat.c.id == chat_id).values(values))


async def unlink_chat(tx: Transaction, chat_id: int, person_id: int) -> bool:
    """Take a teacher's permission away; the last one gone, the chat is linked no more."""
    gone = await tx.connection.execute(
        delete(chat_teacher).where(
            chat_teacher.c.chat_id == chat_id, chat_teacher.c.person_id == person_id
        )
    )
    others = select(chat_teacher.c.person_id).where(chat_teacher.c.chat_id == chat_id)
    await tx.connection.execute(
        update(chat).where(chat.c.id == chat_id, ~others.exists()).values(linked_at=None)
    )
    return bool(gone.rowcount)


async def may_post(tx: Transaction, chat_id: int, person_id: int) -> bool:
    found = await tx.connection.execute(
        select(chat_teacher.c.person_id).where(
            chat_teacher.c.chat_id == chat_id, chat_teacher.c.person_id == person_id
        )
    )
    return found.first() is not None


async def teachers_of_chat(tx: Transaction, chat_id: int) -> tuple[int, ...]:
    """Whose classes may be posted there; the longest linked first."""
    rows = await tx.connection.execute(
        select(chat_teacher.c.person_id)
        .where(chat_teacher.c.chat_id == chat_id)
        .order_by(chat_teacher.c.linked_at, chat_teacher.c.person_id)
    )
    return tuple(rows.scalars())


async def chats_of_teacher(tx: Transaction, person_id: int) -> tuple[Chat, ...]:
    """The linked chats of a teacher, by name; those that are lost too."""
    rows = await tx.connection.execute(
        select(chat)
        .join(chat_teacher, chat_teacher.c.chat_id == chat.c.id)
        .where(chat_teacher.c.person_id == person_id, chat.c.linked_at.is_not(None))
    )
    return tuple(
        sorted((chat_from_row(tx, row) for row in rows), key=lambda known: known.title or "")
    )


async def told_for_teacher(tx: Transaction, person_id: int) -> tuple[Chat, ...]:
    """The chats linked to a teacher, and those where courses of theirs are announced."""
    linked = select(chat_teacher.c.chat_id).where(chat_teacher.c.person_id == person_id)
    announced = (
        select(course_chat.c.chat_id)
        .join(course, course.c.id == course_chat.c.course_id)
        .where(course.c.teacher_id == person_id)
    )
    rows = await tx.connection.execute(
        select(chat).where(or_(chat.c.id.in_(linked), chat.c.id.in_(announced))).order_by(chat.c.id)
    )
    return tuple(chat_from_row(tx, row) for row in rows)


async def mark_chat_lost(tx: Transaction, chat_id: int, reason: str) -> None:
    """Remember that the bot cannot write there; `reason` is one of services.posts' words."""
    await tx.connection.execute(
        update(chat).where(chat.c.id == chat_id).values(lost_at=tx.now, lost_reason=reason)
    )
