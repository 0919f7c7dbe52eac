"""What can reach the bot, and for whom: commands, buttons, and all that is not typed as either."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from telegram import Update
from telegram.ext import (
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
)
from telegram.ext.filters import BaseFilter, UpdateType

from bot import callback_data
from bot.commands import Allowed, Listed, Place
from bot.context import Context, Desk
from bot.errors import answer_problem
from school.errors import NotUnderstood, Outdated
from services.people import require_admin, require_teacher

Handle = Callable[[Update, Context], Coroutine[Any, Any, None]]
_Handler = BaseHandler[Any, Context, Any]


@dataclass(frozen=True, slots=True)
class Command:
    """A command that people type; with a `description` (a message id) it is in the list."""

    name: str
    handle: Handle
    allowed: Allowed = Allowed.ANYONE
    place: Place = Place.PRIVATE
    description: str | None = None

    @property
    def listed(self) -> Listed | None:
        if self.description is None:
            return None
        return Listed(self.name, self.description, self.allowed, self.place)

    def handler(self, desk: Desk) -> _Handler:
        # An edited message is no second command.
        return CommandHandler(self.name, _entrance(self, desk), filters=UpdateType.MESSAGE)

    def check(self, context: Context) -> None:
        if self.place is Place.PRIVATE and not context.is_private:
            raise NotUnderstood("This works in our private chat: write to me there.")
        if self.place is Place.GROUP and context.is_private:
            raise NotUnderstood("This works in a group: type it in the group that you mean.")
        _check_role(self.allowed, context)


@dataclass(frozen=True, slots=True)
class Button:
    """The buttons of one action, such as `form.day`, or of a family of them, such as `form`.

    One whose place is a private chat is forged where it is pressed in a group, and its answer
    would be seen there.
    """

    action: str
    handle: Handle
    allowed: Allowed = Allowed.ANYONE
    place: Place = Place.PRIVATE

    def handler(self, desk: Desk) -> _Handler:
        return CallbackQueryHandler(_entrance(self, desk), pattern=self._matches)

    def check(self, context: Context) -> None:
        _check_role(self.allowed, context)
        if self.place is Place.PRIVATE and not context.is_private:
            raise callback_data.not_current()

    def _matches(self, data: object) -> bool:
        try:
            action = callback_data.decode(str(data)).action
        except Outdated:
            return False
        return action == self.action or action.startswith(f"{self.action}.")


@dataclass(frozen=True, slots=True)
class StaleButton:
    """Every other button: forged, or made by an earlier version of this program."""

    def handler(self, desk: Desk) -> _Handler:
        return CallbackQueryHandler(_entrance(self, desk))

    def check(self, context: Context) -> None:
        """Nobody is let in."""

    async def handle(self, update: Update, context: Context) -> None:
        del update, context
        raise callback_data.not_current()


@dataclass(frozen=True, slots=True)
class Told:
    """A message that is no command: a typed answer, a shared chat, a change of the group."""

    about: str
    handle: Handle
    filters: BaseFilter
    allowed: Allowed = Allowed.ANYONE

    def handler(self, desk: Desk) -> _Handler:
        return MessageHandler(UpdateType.MESSAGE & self.filters, _entrance(self, desk))

    def check(self, context: Context) -> None:
        _check_role(self.allowed, context)


@dataclass(frozen=True, slots=True)
class Membership:
    """The bot itself was added somewhere, removed, promoted, blocked."""

    handle: Handle

    def handler(self, desk: Desk) -> _Handler:
        entrance = _entrance(self, desk, is_silent=True)
        return ChatMemberHandler(entrance, ChatMemberHandler.MY_CHAT_MEMBER)

    def check(self, context: Context) -> None:
        """Whoever did it, it has happened."""


Route = Command | Button | StaleButton | Told | Membership


def _entrance(route: Route, desk: Desk, *, is_silent: bool = False) -> Handle:
    """Finds out who is there, lets in whom the route allows, and answers what goes wrong."""

    async def enter(update: Update, context: Context) -> None:
        if update.effective_user is None or update.effective_chat is None:
            return  # by nobody, or nowhere that could be answered
        try:
            await context.begin(desk, update)
            route.check(context)
            await route.handle(update, context)
            await context.finish()
        except Exception as error:  # noqa: BLE001  whatever it is, the person is told
            await answer_problem(context, error, is_silent=is_silent)

    return enter


def _check_role(allowed: Allowed, context: Context) -> None:
    match allowed:
        case Allowed.TEACHER:
            require_teacher(context.office, context.caller)
        case Allowed.ADMIN:
            require_admin(context.office, context.caller)
        case Allowed.ANYONE:
            pass
