"""The chats that teachers' classes are posted in: linking, unlinking, losing and finding them."""

from dataclasses import dataclass

from school.errors import NotAllowed, Outdated
from services import announcing
from services.office import Office
from services.people import Teacher, check_still_teaches
from services.posts import Trouble, lose_chat
from storage import chats, post_states, posts
from storage.chats import Chat
from storage.database import Transaction


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


@dataclass(frozen=True, slots=True)
class Unlinked:
    """A teacher's classes can no longer be posted in a group.

    `announced` of them are not over and stay there.
    """

    chat_id: int
    person_id: int
    announced: int


async def link(office: Office, teacher: Teacher, group: GroupChat, *, administers: bool) -> Linked:
    """Let the teacher's classes be posted in a group that they administer."""
    if not administers:
        raise NotAllowed(
            "Only an administrator of this group can link it. "
            "Ask one to make you an administrator; then type /link again."
        )
    async with office.database.writing() as tx:
        await check_still_teaches(tx, teacher)
        was_linked = await chats.may_post(tx, group.id, teacher.person_id)
        await chats.remember_chat(tx, group.id, group.kind, group.title, is_forum=group.is_forum)
        await chats.link_chat(tx, group.id, teacher.person_id)
        if group.is_topic_known:
            await chats.choose_topic(tx, group.id, group.thread_id)
        await posts.wake_chat(tx, group.id)
    office.bell.posts.ring()
    return Linked(group.title, was_linked)


async def unlink(office: Office, teacher: Teacher, chat_id: int) -> Unlinked | None:
    """No more of the teacher's new classes here; None where there was nothing to unlink."""
    async with office.database.writing() as tx:
        return await unlink_within(tx, teacher, chat_id)


async def unlink_within(tx: Transaction, teacher: Teacher, chat_id: int) -> Unlinked | None:
    """The same, within a transaction."""
    if not await chats.unlink_chat(tx, chat_id, teacher.person_id):
        return None
    announced = await post_states.lessons_ahead_in(tx, chat_id, teacher.person_id)
    return Unlinked(chat_id, teacher.person_id, len(announced))


async def clear(office: Office, chat_id: int) -> bool:
    """No teacher's classes are posted or announced here any more; whether any were.

    For whoever administers the group: also a teacher who has left it may have linked it.
    """
    async with office.database.writing() as tx:
        teachers = await chats.teachers_of_chat(tx, chat_id)
        for person_id in teachers:
            await chats.unlink_chat(tx, chat_id, person_id)
            await announcing.stop_announcing(tx, chat_id, person_id)
    office.bell.posts.ring()
    return bool(teachers)


async def stop_announcing(office: Office, teacher: Teacher, chat_id: int) -> None:
    """Nor are the classes announced any more that were still there when it was unlinked.

    Raises Outdated where it has been linked again since.
    """
    async with office.database.writing() as tx:
        if await chats.may_post(tx, chat_id, teacher.person_id):
            raise Outdated("This group is linked again, so your classes stay announced there.")
        await announcing.stop_announcing(tx, chat_id, teacher.person_id)
    office.bell.posts.ring()


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
