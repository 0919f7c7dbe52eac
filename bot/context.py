"""What a handler works with: who asks, in which language, and the ways to answer."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from telegram import (
    Chat,
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
    Update,
    User,
)
from telegram.constants import ChatType, ParseMode
from telegram.error import BadRequest, TelegramError
from telegram.ext import CallbackContext, ExtBot

from bot import callback_data
from bot.backroom import Backroom
from bot.budget import Priority
from bot.callback_data import Press
from bot.commands import Allowed, Listed, show_commands
from bot.speech import Say, Speech
from bot.views.message import Attachment, View
from school.model import Role
from services.chat_settings import language_in
from services.office import Office
from services.people import Caller, TelegramUser, who_is

log = logging.getLogger(__name__)

LONGEST_ALERT = 200  # characters of a callback answer

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
# Answers to Telegram's refusals that mean: there is nothing left to do.
_ALREADY_SHOWN = "message is not modified"
_TOO_LATE = ("query is too old", "query_id_invalid")
_CANNOT_EDIT = ("message to edit not found", "message can't be edited")


@dataclass(frozen=True, slots=True)
class Desk:
    """What the bot's side of the school is made of, for its whole run."""

    office: Office
    speech: Speech
    commands: tuple[Listed, ...] = ()
    backroom: Backroom = field(default_factory=Backroom)


class Context(CallbackContext[ExtBot[Priority], dict[Any, Any], dict[Any, Any], dict[Any, Any]]):
    """One update being handled. `begin` comes first; routes see to that."""

    desk: Desk
    caller: Caller
    say: Say
    """In private the caller's language; in a group the one chosen for it, or the school's."""

    _update: Update
    _is_answered = False

    async def begin(self, desk: Desk, update: Update) -> None:
        """Find out who is there."""
        self.desk, self._update = desk, update
        self.say = desk.speech.school
        await self.meet()

    async def meet(self) -> None:
        """See who the caller is now, and speak as they, or their group, chose."""
        self.caller = await who_is(self.office, self.user)
        if self.is_private:
            self.say = self.desk.speech.to(self.caller.language, self.caller.clock)
        else:
            self.say = self.desk.speech.to(await language_in(self.office, self.chat.id))

    @property
    def office(self) -> Office:
        return self.desk.office

    @property
    def user(self) -> TelegramUser:
        """Who did it. In a group, an anonymous admin is the group's own account."""
        found = self._update.effective_user
        assert found is not None, "every update that has a route was made by somebody"
        return telegram_user(found)

    @property
    def chat(self) -> Chat:
        found = self._update.effective_chat
        assert found is not None, "every update that has a route happened in a chat"
        return found

    @property
    def is_private(self) -> bool:
        return self.chat.type == ChatType.PRIVATE

    @property
    def thread_id(self) -> int | None:
        """The topic of a forum that this happened in; its General topic has no number."""
        message = self._update.effective_message
        if not isinstance(message, Message) or not message.is_topic_message:
            return None
        return message.message_thread_id

    @property
    def request_key(self) -> str:
        """What is made because of this update is keyed by it, so a repeat makes nothing new."""
        return f"update:{self._update.update_id}"

    @property
    def typed(self) -> str:
        """What stands after the command, or the whole text where there is none."""
        message = self._update.effective_message
        text = (message.text if isinstance(message, Message) else None) or ""
        if not text.startswith("/"):
            return text
        return text.split(maxsplit=1)[1] if len(text.split(maxsplit=1)) > 1 else ""

    @property
    def is_press(self) -> bool:
        return self._update.callback_query is not None

    @property
    def press(self) -> Press:
        """The button that was pressed. Raises Outdated for one that is not ours."""
        query = self._update.callback_query
        return callback_data.decode(query.data if query else None)

    @property
    def pressed_message_id(self) -> int | None:
        """The message that has the pressed button."""
        query = self._update.callback_query
        return query.message.message_id if query and query.message else None

    async def reply(self, view: View) -> Message:
        """Send a new message to where this happened."""
        return await send(self.bot, self.chat.id, view, thread_id=self.thread_id)

    async def show(self, view: View) -> None:
        """Draw the message with the pressed button anew; without one, or with it gone, reply."""
        message_id = self.pressed_message_id
        if message_id is None or not await edit(self.bot, self.chat.id, message_id, view):
            await self.reply(view)

    async def alert(self, text: str) -> bool:
        """Say something over the chat to whoever pressed; at most 200 characters, no HTML.

        False if Telegram no longer waits for the answer, so that nobody has seen it: a press is
        answered once.
        """
        return await self._answer_query(text[:LONGEST_ALERT])

    async def show_commands(self) -> None:
        """Show the caller the commands that they may use now, in the language they chose.

        Call it after a change of role or language.
        """
        await self.meet()
        allowed = {Allowed.ANYONE}
        if self.caller.is_teacher:
            allowed.add(Allowed.TEACHER)
        if self.caller.role is Role.ADMIN:
            allowed |= set(Allowed)
        await show_commands(self.bot, self.say, self.desk.commands, self.user.id, allowed)

    async def finish(self) -> None:
        """A pressed button shows that it is busy until it is answered."""
        if not self._is_answered:
            await self._answer_query(None)

    async def _answer_query(self, text: str | None) -> bool:
        query = self._update.callback_query
        if query is None or self._is_answered:
            return False
        self._is_answered = True
        try:
            await query.answer(text, show_alert=text is not None)
        except BadRequest as error:
            if not _says(error, _TOO_LATE):
                raise
            return False
        return True


def telegram_user(user: User) -> TelegramUser:
    # Not the library's full_name, which is None where the first name is empty, as of who has left.
    name = " ".join(part for part in (user.first_name, user.last_name) if part)
    return TelegramUser(user.id, name, user.username, user.language_code)


async def send(
    bot: ExtBot[Priority],
    chat_id: int,
    view: View,
    *,
    thread_id: int | None = None,
    priority: Priority = Priority.ANSWER,
) -> Message:
    """Send a view, its file after it."""
    message = await bot.send_message(
        chat_id,
        view.text,
        parse_mode=ParseMode.HTML,
        reply_markup=view.keyboard,
        message_thread_id=thread_id,
        link_preview_options=_NO_PREVIEW,
        protect_content=view.is_protected,
        rate_limit_args=priority,
    )
    if view.attachment is not None:
        await _send_file(bot, chat_id, message.message_id, view.attachment, thread_id, priority)
    return message


async def edit(
    bot: ExtBot[Priority],
    chat_id: int,
    message_id: int,
    view: View,
    *,
    thread_id: int | None = None,
    priority: Priority = Priority.ANSWER,
) -> bool:
    """Make a message show a view; False if the message is no longer there to be edited.

    A file cannot be edited into another one: the view's comes as a new reply.
    """
    try:
        await bot.edit_message_text(
            view.text,
            chat_id,
            message_id,
            parse_mode=ParseMode.HTML,
            reply_markup=view.keyboard if isinstance(view.keyboard, InlineKeyboardMarkup) else None,
            link_preview_options=_NO_PREVIEW,
            rate_limit_args=priority,
        )
    except BadRequest as error:
        if _says(error, _CANNOT_EDIT):
            return False
        if not _says(error, (_ALREADY_SHOWN,)):
            raise
    if view.attachment is not None:
        await _send_file(bot, chat_id, message_id, view.attachment, thread_id, priority)
    return True


async def _send_file(
    bot: ExtBot[Priority],
    chat_id: int,
    message_id: int,
    file: Attachment,
    thread_id: int | None,
    priority: Priority,
) -> None:
    """The file of a message that is shown already: it is not sent again because this fails."""
    try:
        await bot.send_document(
            chat_id,
            InputFile(file.content, file.name),
            message_thread_id=thread_id,
            reply_parameters=ReplyParameters(message_id, allow_sending_without_reply=True),
            rate_limit_args=priority,
        )
    except TelegramError as error:
        log.warning("a file was not sent: %s", type(error).__name__)


def _says(error: BadRequest, phrases: Sequence[str]) -> bool:
    """Telegram tells these refusals apart by their text alone."""
    return any(phrase in error.message.lower() for phrase in phrases)
