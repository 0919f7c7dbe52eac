"""Groups: /link and /unlink there, /groups in private, and the bot coming and going."""

from telegram import Chat as TelegramChat
from telegram import ChatFullInfo, ChatMember, ChatMemberRestricted, Message, Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import BadRequest, Forbidden

from bot.context import Context
from bot.handlers import chat_settings
from bot.views import groups as views
from school.errors import NotAllowed, SchoolError
from school.names import clean_name
from services import groups
from services.groups import GroupChat
from services.people import Teacher, as_teacher
from services.posts import Trouble

_ADMINISTERS = (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR)
_PRESENT = (*_ADMINISTERS, ChatMemberStatus.MEMBER)


async def link(update: Update, context: Context) -> None:
    """/link in a group, or the bot added through the [Add to a group] button."""
    teacher = _who_writes(update, context)
    linked = await groups.link(
        context.office,
        teacher,
        _group(context.chat, context.thread_id),
        administers=await _administers(context, context.chat.id),
    )
    await context.reply(views.linked(context.say, linked))


async def unlink(update: Update, context: Context) -> None:
    """/unlink in a group: none of the teacher's new classes are posted there.

    Typed by an administrator who does not teach, nobody's are.
    """
    _check_face(update)
    office, chat_id = context.office, context.chat.id
    if not context.caller.is_teacher and await _may_clear(context):
        had_classes = await groups.clear(office, chat_id)
        await context.reply(views.cleared(context.say, had_classes=had_classes))
        return
    # Never others': a teacher who types it twice means their own.
    result = await groups.unlink(office, as_teacher(office, context.caller), chat_id)
    await context.reply(views.unlinked(context.say, result))


async def stop_announcing(update: Update, context: Context) -> None:
    """The button under that answer, there or in private: what is announced goes too."""
    del update
    teacher = as_teacher(context.office, context.caller)
    if context.press.number(1) != teacher.person_id:
        raise NotAllowed("Only the teacher of these classes can do this.")
    await groups.stop_announcing(context.office, teacher, context.press.number(0))
    say = context.say
    await context.show(views.stopped_from_here(say) if context.is_private else views.stopped(say))


async def list_groups(update: Update, context: Context) -> None:
    """/groups: the teacher's groups and students, and a button to choose another group.

    With a name after it, that one's settings; with a city after that, its zone.
    """
    del update
    teacher = as_teacher(context.office, context.caller)
    if context.typed:
        await chat_settings.typed(context, teacher)
        return
    known = await groups.groups_of(context.office, teacher)
    await context.reply(views.group_list(context.say, known, context.office.profile))
    await context.reply(views.choose_group(context.say))


async def shared(update: Update, context: Context) -> None:
    """A group chosen with the request_chat button; the bot may not even be in it."""
    message = update.message
    assert message is not None
    assert message.chat_shared is not None
    teacher = as_teacher(context.office, context.caller)
    chat = await _own_group(context, message.chat_shared.chat_id)
    if chat is None:
        await context.reply(views.add_me_first(context.say, context.office.profile))
        return
    linked = await groups.link(
        context.office,
        teacher,
        _group(chat, None, is_topic_known=False),
        administers=await _administers(context, chat.id),
    )
    await context.reply(views.linked_from_here(context.say, linked))


async def membership(update: Update, context: Context) -> None:
    """The bot was added somewhere, removed, muted, promoted, blocked."""
    changed = update.my_chat_member
    assert changed is not None
    if changed.chat.type == ChatType.CHANNEL:
        return
    trouble = _trouble(changed.chat, changed.new_chat_member)
    if trouble is None:
        await groups.bot_may_write(context.office, _group(changed.chat, None))
    else:
        await groups.bot_may_not_write(context.office, changed.chat.id, trouble)


def _who_writes(update: Update, context: Context) -> Teacher:
    _check_face(update)
    return as_teacher(context.office, context.caller)


def _check_face(update: Update) -> None:
    message = update.effective_message
    if isinstance(message, Message) and message.sender_chat is not None:
        raise NotAllowed(
            "I cannot see who you are while you write as the group. "
            "Turn off “Remain anonymous” for yourself, or type /groups to me in private."
        )


async def _own_group(context: Context, chat_id: int) -> ChatFullInfo | None:
    """A group that the bot is in; of others Telegram may still tell something."""
    try:
        chat = await context.bot.get_chat(chat_id)
        member = await context.bot.get_chat_member(chat_id, context.bot.id)
    except (BadRequest, Forbidden):
        return None
    return chat if _trouble(chat, member) is not Trouble.REMOVED else None


async def _administers(context: Context, chat_id: int) -> bool:
    try:
        member = await context.bot.get_chat_member(chat_id, context.user.id)
    except (BadRequest, Forbidden) as error:
        raise SchoolError(
            "I cannot see who administers this group. Make me an administrator of it; "
            "then type /link again."
        ) from error
    return member.status in _ADMINISTERS


async def _may_clear(context: Context) -> bool:
    try:
        return await _administers(context, context.chat.id)
    except SchoolError:  # nobody can tell
        return False


def _trouble(chat: TelegramChat | ChatFullInfo, member: ChatMember) -> Trouble | None:
    """What keeps the bot, being such a member, from writing."""
    if member.status in _PRESENT:
        return None
    if isinstance(member, ChatMemberRestricted) and member.is_member:
        return None if member.can_send_messages else Trouble.NO_RIGHTS
    return Trouble.BLOCKED if chat.type == ChatType.PRIVATE else Trouble.REMOVED


def _group(
    chat: TelegramChat | ChatFullInfo, thread_id: int | None, *, is_topic_known: bool = True
) -> GroupChat:
    return GroupChat(
        id=chat.id,
        kind=chat.type,
        title=clean_name(chat.title or ""),
        is_forum=bool(chat.is_forum),
        thread_id=thread_id,
        is_topic_known=is_topic_known,
    )
