"""Methods that ask, and leaveChat."""

from sandbox.telegram import membership, shapes
from sandbox.telegram.access import reachable_chat
from sandbox.telegram.call import Call
from sandbox.telegram.model import ChatKind, Member, Status
from sandbox.telegram.problems import bad_request
from sandbox.telegram.world import World
from sandbox.wire import Json


def get_me(world: World, _call: Call) -> Json:
    return shapes.user(world.bot) | {
        "can_join_groups": True,
        "can_read_all_group_messages": not world.privacy_mode,
        "supports_guest_queries": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
    }


def get_chat(world: World, call: Call) -> Json:
    return shapes.full_chat(reachable_chat(world, call), world.people)


def get_chat_member(world: World, call: Call) -> Json:
    chat = reachable_chat(world, call)
    person = world.people.get(call.integer("user_id") or 0)
    if person is None or (chat.kind is ChatKind.PRIVATE and person.id not in chat.members):
        raise bad_request("PARTICIPANT_ID_INVALID")
    return shapes.member(chat.member(person.id), person)


def get_chat_administrators(world: World, call: Call) -> Json:
    """Other bots are left out unless asked for; this one is always in."""
    chat = reachable_chat(world, call)
    if chat.kind is ChatKind.PRIVATE:
        raise bad_request("there are no administrators in the private chat")
    return [
        shapes.member(member, world.people[member.person_id])
        for member in chat.members.values()
        if member.in_charge
    ]


def get_chat_member_count(world: World, call: Call) -> Json:
    chat = reachable_chat(world, call)
    return sum(member.present for member in chat.members.values())


def get_file(world: World, call: Call) -> Json:
    file = world.files.find(call.text("file_id"))
    if file is None:
        raise bad_request("invalid file_id")
    return shapes.file(file)


def leave_chat(world: World, call: Call) -> Json:
    chat = reachable_chat(world, call)
    if chat.kind is ChatKind.PRIVATE:
        raise bad_request("chat member status can't be changed in private chats")
    membership.change(world, chat, world.bot, Member(world.bot.id, Status.LEFT))
    return True
