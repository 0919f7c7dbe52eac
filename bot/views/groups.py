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

from bot.speech import Say
from bot.views.message import View, lines
from bot.views.welcome import add_to_group_url
from school.model import SchoolProfile
from services.groups import Linked
from storage.chats import Chat

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


def unlinked(say: Say, *, was_linked: bool) -> View:
    if not was_linked:
        return View(say("This group is not linked to your classes. Type /link to link it."))
    return View(say("Unlinked. I post no new classes of yours here. /link brings it back."))


def group_list(say: Say, groups: Sequence[Chat], profile: SchoolProfile) -> View:
    """The linked groups and how to get more."""
    add = InlineKeyboardButton(say.label("Add me to a group"), url=add_to_group_url(profile))
    keyboard = InlineKeyboardMarkup([[add]])
    if not groups:
        return View(
            say("You have no group yet. Add me to your students' group and type /link there."),
            keyboard,
        )
    named = [_line(say, group) for group in groups]
    return View(lines(say("Your classes can be posted in:"), *named), keyboard)


def _line(say: Say, group: Chat) -> Markup:
    if group.is_reachable:
        return say("· {group}", group=group.title or "")
    return say("· {group}: I cannot write there now. Add me again.", group=group.title or "")


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
