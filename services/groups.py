"""The chats that teachers' classes are posted in: linking, unlinking, losing and finding them."""

from dataclasses import dataclass

from school.errors import NotAllowed
from services.office import Office
from services.people import Teacher
from services.posts import Trouble, lose_chat
from storage import chats, posts
from storage.chats import Chat


@dataclass(frozen=True, slots=True)
class GroupChat:
    """A group as Telegram describes it; `thread_id` is the topic that is meant in a forum."""

    id: int
    kind: str
    title: str
    is_forum: bool = False
    thread_id: int | None = None
    is_topic_known: bool = True  # False where the group was chosen from outside


@dataclass(frozen=True, slots=True)
class Linked:
    """A group is linked; `was_linked` says that it had been before."""

    title: str
    was_linked: bool


async def link(office: Office, teacher: Teacher, group: GroupChat, *, administers: bool) -> Linked:
    """Let the teacher's classes be posted in a group that they administer."""
    if not administers:
        raise NotAllowed(
            "Only an administrator of this group can link it. "
            "Ask one to make you an administrator; then type /link again."
        )
    async with office.database.writing() as tx:
        was_linked = await chats.may_post(tx, group.id, teacher.person_id)
        await chats.remember_chat(tx, group.id, group.kind, group.title, is_forum=group.is_forum)
        await chats.link_chat(tx, group.id, teacher.person_id)
        if group.is_topic_known:
            await chats.choose_topic(tx, group.id, group.thread_id)
        await posts.wake_chat(tx, group.id)
    office.bell.posts.ring()
    return Linked(group.title, was_linked)


async def unlink(office: Office, teacher: Teacher, chat_id: int) -> bool:
    """No more of the teacher's new classes here; whether there was anything to unlink."""
    async with office.database.writing() as tx:
        return await chats.unlink_chat(tx, chat_id, teacher.person_id)


async def groups_of(office: Office, teacher: Teacher) -> tuple[Chat, ...]:
    async with office.database.reading() as tx:
        return await chats.chats_of_teacher(tx, teacher.person_id)


async def bot_may_write(office: Office, group: GroupChat) -> None:
    """The bot was added or may write again: what waits for a known chat goes on."""
    async with office.database.writing() as tx:
        if await chats.find_chat(tx, group.id) is None:
            return
        # A private chat has no title of its own.
        title = group.title or None
        await chats.remember_chat(tx, group.id, group.kind, title, is_forum=group.is_forum)
        await posts.wake_chat(tx, group.id)
    office.bell.posts.ring()


async def bot_may_not_write(office: Office, chat_id: int, trouble: Trouble) -> None:
    """The bot was removed, muted or blocked: nothing is sent there, and its teachers see that."""
    async with office.database.writing() as tx:
        if await chats.find_chat(tx, chat_id) is None:
            return
        await lose_chat(tx, chat_id, trouble)
    office.bell.posts.ring()
