"""How a chat is told of classes: language, zone, reminders; as any of its teachers wants it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from school.errors import NotAllowed
from school.model import DayReminder, PostKind
from services import students
from services.calendar_links import chat_calendar_url
from services.groups import Unlinked, unlink_within
from services.office import Office
from services.people import Teacher
from services.zones import zone_named
from storage import chats, posts
from storage.audit import note
from storage.chats import Chat
from storage.database import Transaction
from storage.people import get_person

REMINDER_MINUTES = (0, 5, 10, 15, 30, 60)
"""What is offered for the reminder before a class; 0 is none."""


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """A chat of a teacher's, as it is set now; `calendar_url` is the feed of its classes."""

    chat: Chat
    calendar_url: str


@dataclass(frozen=True, slots=True)
class LetGo:
    """A chat that is no longer the teacher's, as it was; `unlinked` of a group."""

    chat: Chat
    unlinked: Unlinked | None


async def settings_of(office: Office, teacher: Teacher, chat_id: int) -> ChatSettings:
    """Raises NotAllowed for a chat that is not, or no longer, the teacher's."""
    async with office.database.reading() as tx:
        return await _settings(tx, office, teacher, chat_id)


async def set_language(
    office: Office, teacher: Teacher, chat_id: int, language: str | None
) -> ChatSettings:
    """A language that there is; None: the school's, or the student's own."""

    async def change(tx: Transaction, chat: Chat) -> None:
        await chats.set_language(tx, chat.id, language)
        await posts.bump_in(tx, chat.id, (PostKind.CARD,))

    return await _changed(office, teacher, chat_id, change)


async def set_zone(
    office: Office, teacher: Teacher, chat_id: int, typed: str | None
) -> ChatSettings:
    """A zone or city; None: that of each class, or the student's own."""
    zone = None if typed is None else await zone_named(typed)

    async def change(tx: Transaction, chat: Chat) -> None:
        await chats.set_zone(tx, chat.id, zone)
        await posts.bump_in(tx, chat.id, (PostKind.CARD,))

    return await _changed(office, teacher, chat_id, change)


async def remind_day_before(
    office: Office, teacher: Teacher, chat_id: int, day: DayReminder
) -> ChatSettings:
    """For which classes the chat is reminded a day before."""

    async def change(tx: Transaction, chat: Chat) -> None:
        await chats.set_reminders(tx, chat.id, day=day, minutes=chat.reminder_minutes)

    return await _changed(office, teacher, chat_id, change)


async def remind_before(
    office: Office, teacher: Teacher, chat_id: int, minutes: int
) -> ChatSettings:
    """How many minutes before each class; 0: not at all."""

    async def change(tx: Transaction, chat: Chat) -> None:
        await chats.set_reminders(tx, chat.id, day=chat.day_reminder, minutes=minutes)

    return await _changed(office, teacher, chat_id, change)


async def let_go(office: Office, teacher: Teacher, chat_id: int) -> LetGo:
    """A group is unlinked, a student removed.

    A group keeps the classes that it has; a student is announced none any more.
    """
    unlinked = None
    async with office.database.writing() as tx:
        chat = await _own_chat(tx, teacher, chat_id)
        if chat.is_private:
            await students.part(tx, chat_id, teacher.person_id)
            actor = await get_person(tx, teacher.person_id)
            await note(tx, actor.pseudonym, "removed a student")
        else:
            unlinked = await unlink_within(tx, teacher, chat_id)
    office.bell.posts.ring()
    return LetGo(chat, unlinked)


async def language_in(office: Office, chat_id: int) -> str | None:
    """The language chosen for a chat; None where none was, or where the chat is not known."""
    async with office.database.reading() as tx:
        chat = await chats.find_chat(tx, chat_id)
    return chat.language if chat else None


async def _changed(
    office: Office,
    teacher: Teacher,
    chat_id: int,
    change: Callable[[Transaction, Chat], Awaitable[None]],
) -> ChatSettings:
    """The cards of classes ahead follow at once; so do reminders."""
    async with office.database.writing() as tx:
        await change(tx, await _own_chat(tx, teacher, chat_id))
        settings = await _settings(tx, office, teacher, chat_id)
    office.bell.posts.ring()
    office.bell.reminders.ring()
    return settings


async def _settings(
    tx: Transaction, office: Office, teacher: Teacher, chat_id: int
) -> ChatSettings:
    chat = await _own_chat(tx, teacher, chat_id)
    return ChatSettings(chat, chat_calendar_url(tx.vault, office.profile, chat_id))


async def _own_chat(tx: Transaction, teacher: Teacher, chat_id: int) -> Chat:
    chat = await chats.find_chat(tx, chat_id)
    if chat is None or not await chats.may_post(tx, chat_id, teacher.person_id):
        raise NotAllowed("This chat is not among yours any more. Type /groups to see them.")
    return chat
