"""What a teacher reads about groups."""

from collections.abc import Sequence

from markupsafe import Markup
from telegram import (
    ChatAdministratorRights,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    KeyboardButtonRequestChat,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from bot import callback_data
from bot.speech import Say
from bot.views.message import View, lines
from bot.views.students import invite_button
from bot.views.welcome import add_to_group_url
from school.model import SchoolProfile
from services.groups import Linked, Unlinked
from storage.chats import Chat

SHOW, LIST = "group.show", "group.list"
"""A chat's settings, and a page of the list."""

STOP = "unlink.stop"
"""After a group was unlinked: what is announced there is to go too."""

_PER_PAGE = 20
_REQUEST_ID = 1
# Telegram offers only groups in which the person has these rights: its administrators' least.
_ADMINISTRATOR = ChatAdministratorRights(
    is_anonymous=False,
    can_manage_chat=True,
    can_delete_messages=False,
    can_manage_video_chats=False,
    can_restrict_members=False,
    can_promote_members=False,
    can_change_info=False,
    can_invite_users=False,
    can_post_stories=False,
    can_edit_stories=False,
    can_delete_stories=False,
)


def linked(say: Say, result: Linked) -> View:
    """In the group itself."""
    group = say.bold(result.title)
    if result.was_linked:
        return View(say("{group} is linked; your classes are posted here.", group=group))
    return View(
        say(
            "{group} is linked. Your classes can be posted here; make one with /newclass "
            "in our private chat.",
            group=group,
        )
    )


def linked_from_here(say: Say, result: Linked) -> View:
    """In private, after the group was chosen there; the keyboard for choosing goes away."""
    text = say(
        "{group} is linked. Your classes can be posted there; make one with /newclass.",
        group=say.bold(result.title),
    )
    return View(text, ReplyKeyboardRemove())


def unlinked(say: Say, result: Unlinked | None) -> View:
    """In the group itself."""
    if result is None:
        return View(say("This group is not linked to your classes. Type /link to link it."))
    text = say("Unlinked. I post no new classes of yours here. /link brings it back.")
    if not result.announced:
        return View(text)
    still = say.many(
        "{count} class ahead stays announced here.",
        "{count} classes ahead stay announced here.",
        result.announced,
    )
    return View(lines(text, still), InlineKeyboardMarkup([[stop_button(say, result)]]))


def cleared(say: Say, *, had_classes: bool) -> View:
    """In the group itself, for its administrator."""
    if not had_classes:
        return View(say("No classes are posted in this group."))
    return View(
        say(
            "No classes are posted in this group any more. "
            "A teacher who administers it can bring theirs back with /link."
        )
    )


def stop_button(say: Say, result: Unlinked) -> InlineKeyboardButton:
    """Takes the group out of the classes that are announced there; for their teacher alone."""
    data = callback_data.encode(STOP, result.chat_id, result.person_id)
    return InlineKeyboardButton(say.label("Stop announcing them too"), callback_data=data)


def stopped(say: Say) -> View:
    """In the group itself."""
    return View(
        say("Unlinked, and none of your classes are announced here. /link brings new ones back.")
    )


def stopped_from_here(say: Say) -> View:
    """In private."""
    back = InlineKeyboardButton(say.label("‹ Back"), callback_data=callback_data.encode(LIST))
    return View(
        say("Unlinked, and none of your classes are announced there any more."),
        InlineKeyboardMarkup([[back]]),
    )


def group_list(say: Say, chats: Sequence[Chat], profile: SchoolProfile, page: int = 0) -> View:
    """The teacher's groups and students, a page of them, each with a button to its settings."""
    ways_to_more = [
        [InlineKeyboardButton(say.label("Add me to a group"), url=add_to_group_url(profile))],
        [invite_button(say)],
    ]
    if not chats:
        text = say(
            "You have no group yet. Add me to your students' group and type /link there. "
            "Or invite a student whom you teach alone."
        )
        return View(text, InlineKeyboardMarkup(ways_to_more))
    last = (len(chats) - 1) // _PER_PAGE
    page = min(max(page, 0), last)
    shown = chats[page * _PER_PAGE : (page + 1) * _PER_PAGE]
    text = lines(
        say("Your classes can be posted in:"),
        *(_line(say, chat) for chat in shown),
        say("Press one to change how it is told of classes."),
    )
    rows = [
        _settings_buttons(row) for row in (shown[at : at + 2] for at in range(0, len(shown), 2))
    ]
    if last:
        rows.append(_turning(page, last))
    return View(text, InlineKeyboardMarkup([*rows, *ways_to_more]))


def shown_name(chat: Chat) -> str:
    """A group's title; a student's name, marked as one."""
    return f"👤 {chat.title or ''}" if chat.is_private else chat.title or ""


def unreachable(say: Say, chat: Chat) -> Markup:
    """Why nothing is posted there just now, and what to do."""
    if chat.is_private:
        return say("I cannot write there now. Ask them to unblock me.")
    return say("I cannot write there now. Add me again.")


def _line(say: Say, chat: Chat) -> Markup:
    if chat.is_reachable:
        return say("· {group}", group=shown_name(chat))
    return say("· {group}: {problem}", group=shown_name(chat), problem=unreachable(say, chat))


def _settings_buttons(chats: Sequence[Chat]) -> list[InlineKeyboardButton]:
    return [
        InlineKeyboardButton(shown_name(chat), callback_data=callback_data.encode(SHOW, chat.id))
        for chat in chats
    ]


def _turning(page: int, last: int) -> list[InlineKeyboardButton]:
    return [
        InlineKeyboardButton(label, callback_data=callback_data.encode(LIST, to))
        for label, to in (("‹", page - 1), ("›", page + 1))
        if 0 <= to <= last
    ]


def choose_group(say: Say) -> View:
    """A keyboard that lets Telegram show the groups the teacher administers."""
    button = KeyboardButton(
        say.label("Choose a group"),
        request_chat=KeyboardButtonRequestChat(
            request_id=_REQUEST_ID,
            chat_is_channel=False,
            user_administrator_rights=_ADMINISTRATOR,
        ),
    )
    keyboard = ReplyKeyboardMarkup([[button]], resize_keyboard=True, one_time_keyboard=True)
    return View(say("Or choose one that you administer:"), keyboard)


def add_me_first(say: Say, profile: SchoolProfile) -> View:
    add = InlineKeyboardButton(say.label("Add me to a group"), url=add_to_group_url(profile))
    return View(
        say("I am not in that group yet. Add me, and it is linked."),
        InlineKeyboardMarkup([[add]]),
    )
