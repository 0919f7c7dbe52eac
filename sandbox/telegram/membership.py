"""Who comes, goes and is given rights, and how the bot hears of it."""

from collections.abc import Set as AbstractSet
from dataclasses import replace

from sandbox.telegram import shapes, views
from sandbox.telegram.model import Chat, ChatKind, Content, Member, Person, Status
from sandbox.telegram.problems import NotPossible
from sandbox.telegram.world import World
from sandbox.wire import Json, JsonObject

_NOTHING = Content("")


def change(world: World, chat: Chat, actor: Person, new: Member) -> None:
    """Puts `new` in the place of what that person was there: updates, service message, journal."""
    old = chat.member(new.person_id)
    person = world.people[new.person_id]
    if old == new:
        return
    chat.members[new.person_id] = new
    if person is world.bot and new.present:
        chat.known = True
    _tell(world, chat, actor, old, new)
    world.note(
        "member",
        chat,
        person=views.person(person),
        by=views.person(actor),
        status=new.status.value,
        before=old.status.value,
    )
    _announce(world, chat, actor, person, came=new.present and not old.present, old=old, new=new)


def _tell(world: World, chat: Chat, actor: Person, old: Member, new: Member) -> None:
    """my_chat_member about the bot itself; chat_member about others, to an administrator bot."""
    about_bot = new.person_id == world.bot.id
    if not about_bot and not chat.member(world.bot.id).in_charge:
        return
    person = world.people[new.person_id]
    update: JsonObject = {
        "chat": shapes.chat(chat, world.people),
        "from": shapes.user(actor),
        "date": world.now(),
        "old_chat_member": shapes.member(old, person),
        "new_chat_member": shapes.member(new, person),
    }
    world.updates.add("my_chat_member" if about_bot else "chat_member", update)


def _announce(
    world: World, chat: Chat, actor: Person, person: Person, *, came: bool, old: Member, new: Member
) -> None:
    if chat.kind is ChatKind.PRIVATE:
        return
    service: dict[str, Json] = {}
    if came:
        service = {"new_chat_members": [shapes.user(person)]}
    elif old.present and not new.present:
        service = {"left_chat_member": shapes.user(person)}
    if service:
        world.say(chat, actor, _NOTHING, service=service)


def add(world: World, chat: Chat, actor: Person, person: Person) -> None:
    """A member brings somebody in, or a person joins by a link."""
    if actor is not person and not chat.member(actor.id).present:
        raise NotPossible(f"{actor.name} is not in {chat.title}")
    status = chat.member(person.id).status
    if status is Status.KICKED and not chat.member(actor.id).in_charge:
        raise NotPossible(f"{person.name} was removed from {chat.title}")
    if not chat.member(person.id).present:
        change(world, chat, actor, Member(person.id, Status.MEMBER))


def remove(world: World, chat: Chat, actor: Person, person: Person) -> None:
    """Somebody leaves (actor and person are the same), or is removed and barred."""
    if not chat.member(person.id).present:
        raise NotPossible(f"{person.name} is not in {chat.title}")
    if actor is not person:
        _require(chat, actor, "can_restrict_members")
    status = Status.LEFT if actor is person else Status.KICKED
    change(world, chat, actor, Member(person.id, status))


def promote(
    world: World,
    chat: Chat,
    actor: Person,
    person: Person,
    rights: AbstractSet[str],
    *,
    is_anonymous: bool = False,
) -> None:
    """Makes an administrator, who comes into the chat by that where need be."""
    _require(chat, actor, "can_promote_members")
    unknown = rights - set(shapes.RIGHTS)
    if unknown:
        raise NotPossible(f"no such right: {min(unknown)}")
    member = Member(person.id, Status.ADMINISTRATOR, frozenset(rights), is_anonymous)
    change(world, chat, actor, member)


def demote(world: World, chat: Chat, actor: Person, person: Person) -> None:
    _require(chat, actor, "can_promote_members")
    change(world, chat, actor, Member(person.id, Status.MEMBER))


def restrict(world: World, chat: Chat, actor: Person, person: Person) -> None:
    """From now on that person can only read."""
    _require(chat, actor, "can_restrict_members")
    change(world, chat, actor, Member(person.id, Status.RESTRICTED))


def hide(chat: Chat, person: Person, *, hidden: bool) -> None:
    """An owner or administrator chooses to appear as the group itself."""
    member = chat.member(person.id)
    if not member.in_charge:
        raise NotPossible(f"{person.name} is no administrator of {chat.title}")
    chat.members[person.id] = replace(member, is_anonymous=hidden)


def _require(chat: Chat, actor: Person, right: str) -> None:
    if not chat.member(actor.id).may(right):
        raise NotPossible(f"{actor.name} has not the right {right} in {chat.title}")


def set_blocked(world: World, person: Person, *, blocked: bool) -> None:
    """Blocks the bot, or lets it write again."""
    if person.blocked == blocked:
        return
    person.blocked = blocked
    status = Status.KICKED if blocked else Status.MEMBER
    change(world, world.chats[person.id], person, Member(world.bot.id, status))


def upgrade(world: World, chat: Chat, actor: Person) -> Chat:
    """A basic group becomes a supergroup under another id; both are told."""
    if chat.kind is not ChatKind.GROUP or chat.migrated_to is not None:
        raise NotPossible(f"{chat.title} is no basic group")
    if chat.member(actor.id).status is not Status.CREATOR:
        raise NotPossible(f"{actor.name} does not own {chat.title}")
    new = world.add_group(chat.title, ChatKind.SUPERGROUP, actor)
    new.members, new.known = dict(chat.members), chat.known
    world.say(chat, actor, _NOTHING, service={"migrate_to_chat_id": new.id})
    chat.migrated_to = new.id
    world.say(new, actor, _NOTHING, service={"migrate_from_chat_id": chat.id})
    return new


def open_topic(world: World, chat: Chat, actor: Person, title: str) -> int:
    """A new topic of a forum; its number is that of the message that opened it."""
    if not chat.is_forum:
        raise NotPossible(f"{chat.title} has no topics")
    service: JsonObject = {"forum_topic_created": {"name": title, "icon_color": 7322096}}
    number = world.next_message_id(chat)
    chat.topics[number] = title
    world.say(chat, actor, _NOTHING, service=service, thread_id=number)
    return number
