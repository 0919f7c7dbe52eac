"""The lists of commands that Telegram shows: nobody is shown what they may not do."""

import logging
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum, auto

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import BadRequest, Forbidden

from bot.speech import Say, Speech

log = logging.getLogger(__name__)


class Allowed(Enum):
    """Whom something is for. Services check what the person may do with the thing in question."""

    ANYONE = auto()
    TEACHER = auto()
    ADMIN = auto()


class Place(Enum):
    """Where a command works."""

    PRIVATE = auto()
    GROUP = auto()
    ANYWHERE = auto()


@dataclass(frozen=True, slots=True)
class Listed:
    """A command as it stands in a list; `description` is a message id."""

    name: str
    description: str
    allowed: Allowed
    place: Place


async def publish_commands(
    bot: Bot, speech: Speech, commands: Sequence[Listed], admin_ids: AbstractSet[int]
) -> None:
    """Set the lists that everybody has, in each language, and those of the admins."""
    in_private = _private(commands, {Allowed.ANYONE})
    in_groups = [one for one in commands if one.place is not Place.PRIVATE]
    await _publish(bot, speech, BotCommandScopeAllPrivateChats(), in_private)
    await _publish(bot, speech, BotCommandScopeAllGroupChats(), in_groups)
    for admin_id in sorted(admin_ids):
        await show_commands(bot, speech.school, commands, admin_id, set(Allowed))


async def show_commands(
    bot: Bot, say: Say, commands: Sequence[Listed], user_id: int, allowed: AbstractSet[Allowed]
) -> None:
    """Set the list in one person's private chat, which they may not have opened yet."""
    chosen = _private(commands, allowed)
    try:
        await _set(bot, say, BotCommandScopeChat(user_id), chosen)
    except (BadRequest, Forbidden):
        log.info("the command list of an admin who never wrote to the bot waits until they do")


async def _publish(
    bot: Bot, speech: Speech, scope: BotCommandScope, chosen: Sequence[Listed]
) -> None:
    await _set(bot, speech.school, scope, chosen)
    for language in speech.languages:
        await _set(bot, speech.to(language), scope, chosen, language)


async def _set(
    bot: Bot,
    say: Say,
    scope: BotCommandScope,
    chosen: Sequence[Listed],
    language: str | None = None,
) -> None:
    listed = [BotCommand(one.name, say.label(one.description)) for one in chosen]
    await bot.set_my_commands(listed, scope, language)


def _private(commands: Sequence[Listed], allowed: AbstractSet[Allowed]) -> list[Listed]:
    return [one for one in commands if one.place is not Place.GROUP and one.allowed in allowed]
