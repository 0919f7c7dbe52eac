"""A group that became a supergroup: the same chat under a new number."""

from sqlalchemy import ColumnElement, Table, delete, insert, select, update

from storage.chats import Chat, find_chat
from storage.database import Transaction
from storage.schema import chat, chat_teacher, course_chat, post

_BY_CHAT: tuple[tuple[Table, tuple[str, ...]], ...] = (
    (chat_teacher, ("person_id",)),
    (course_chat, ("course_id",)),
    (post, ("kind", "lesson_id")),
)
"""The tables that name chats, each with what is unique within one chat."""


async def move_chat(tx: Transaction, old_id: int, new_id: int) -> None:
    """Everything about a chat follows it to its new number; repeating it changes nothing.

    Messages do not follow: their numbers mean others in the new chat.
    """
    old = await find_chat(tx, old_id)
    if old is None or old_id == new_id:
        return
    if await find_chat(tx, new_id) is None:
        await _add_copy(tx, old, new_id)
    await tx.connection.execute(
        update(post)
        .where(post.c.chat_id == old_id)
        .values(message_id=None, former_message_id=None, sending_since=None)
    )
    for table, unique in _BY_CHAT:
        await _follow(tx, table, unique, old_id, new_id)
    await tx.connection.execute(delete(chat).where(chat.c.id == old_id))


async def _add_copy(tx: Transaction, old: Chat, new_id: int) -> None:
    """The row under its new number; its title is sealed under that."""
    found = await tx.connection.execute(select(chat).where(chat.c.id == old.id))
    values = dict(found.one()._mapping)  # noqa: SLF001  SQLAlchemy's public name for it
    sealed_title = tx.vault.seal_optional("chat", "sealed_title", new_id, old.title)
    values |= {"id": new_id, "kind": "supergroup", "sealed_title": sealed_title}
    values |= {"lost_at": None, "lost_reason": None}
    await tx.connection.execute(insert(chat).values(values))


async def _follow(
    tx: Transaction, table: Table, unique: tuple[str, ...], old_id: int, new_id: int
) -> None:
    """Rows that the new chat has already, stay the new chat's."""
    there = table.alias()
    is_there_too: ColumnElement[bool] = (
        select(there.c.chat_id)
        .where(there.c.chat_id == new_id, *(there.c[name] == table.c[name] for name in unique))
        .exists()
    )
    await tx.connection.execute(delete(table).where(table.c.chat_id == old_id, is_there_too))
    await tx.connection.execute(
        update(table).where(table.c.chat_id == old_id).values(chat_id=new_id)
    )
