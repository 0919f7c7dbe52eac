"""Groups: /link and /unlink there, /groups in private, and the bot coming and going."""

from telegram import Chat as TelegramChat
from telegram import ChatFullInfo, Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import BadRequest, Forbidden

from bot.context import Context
from bot.views import groups as views
from school.errors import NotAllowed, SchoolError
from services import groups
from services.groups import GroupChat
from services.people import as_teacher

_ADMINISTERS = (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR)
_PRESENT = (*_ADMINISTERS, ChatMemberStatus.MEMBER)


async def link(update: Update, context: Context) -> None:
    """/link in a group, or the bot added through the [Add to a group] button."""
    message = update.effective_message
    if message is not None and message.sender_chat is not None:
        raise NotAllowed(
            "I cannot see who you are while you write as the group. "
            "Turn off “Remain anonymous” for yourself, or type /groups to me in private."
        )
    linked = await groups.link(
        context.office,
        as_teacher(context.office, context.caller),
        _group(context.chat, context.thread_id),
        administers=await _administers(context, context.chat.id),
    )
    await context.reply(views.linked(context.say, linked))


async def unlink(update: Update, context: Context) -> None:
    """/unlink in a group: none of the teacher's new classes are posted there."""
    del update
    teacher = as_teacher(context.office, context.caller)
    was_linked = await groups.unlink(context.office, teacher, context.chat.id)
    await context.reply(views.unlinked(context.say, was_linked=was_linked))


async def list_groups(update: Update, context: Context) -> None:
    """/groups: the teacher's groups, and a button to choose another one."""
    del update
    teacher = as_teacher(context.office, context.caller)
    known = await groups.groups_of(context.office, teacher)
    await context.reply(views.group_list(context.say, known, context.office.profile))
    await context.reply(views.choose_group(context.say))


async def shared(update: Update, context: Context) -> None:
    """A group chosen with the request_chat button; the bot may not even be in it."""
    message = update.message
    assert message is not None
    assert message.chat_shared is not None
    teacher = as_teacher(context.office, context.caller)
    chat_id = message.chat_shared.chat_id
    try:
        chat = await context.bot.get_chat(chat_id)
        administers = await _administers(context, chat_id)
    except (BadRequest, Forbidden):
        await context.reply(views.add_me_first(context.say, context.office.profile))
        return
    linked = await groups.link(context.office, teacher, _group(chat, None), administers=administers)
    await context.reply(views.linked(context.say, linked))


async def membership(update: Update, context: Context) -> None:
    """The bot was added somewhere, removed, muted, promoted."""
    changed = update.my_chat_member
    assert changed is not None
    member = changed.new_chat_member
    may_write = member.status in _PRESENT or (
        member.status == ChatMemberStatus.RESTRICTED and getattr(member, "can_send_messages", False)
    )
    if changed.chat.type == ChatType.CHANNEL:
        return
    if may_write:
        await groups.bot_may_write(context.office, _group(changed.chat, None))
    else:
        await groups.bot_may_not_write(context.office, changed.chat.id)


async def _administers(context: Context, chat_id: int) -> bool:
    try:
        member = await context.bot.get_chat_member(chat_id, context.user.id)
    except BadRequest as error:
        raise SchoolError(
            "I cannot see who administers this group. Make me an administrator of it; "
            "then type /link again."
        ) from error
    return member.status in _ADMINISTERS


def _group(chat: TelegramChat | ChatFullInfo, thread_id: int | None) -> GroupChat:
    return GroupChat(
        id=chat.id,
        kind=chat.type,
        title=chat.title or chat.full_name or "",
        is_forum=bool(chat.is_forum),
        thread_id=thread_id,
    )
