"""What an error of Telegram means for a message that was to be sent."""

from dataclasses import dataclass
from datetime import timedelta

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.budget import seconds_to_wait
from bot.request import Uncertain
from services.posts import Trouble

# Telegram tells its refusals apart by their text alone.
_NO_RIGHTS = ("not enough rights", "have no rights", "chat_write_forbidden", "need administrator")
_NO_CHAT = ("chat not found", "user not found", "peer_id_invalid")
_NO_TOPIC = ("topic_closed", "topic_deleted", "message thread not found")
_LOST = (
    ("blocked by the user", Trouble.BLOCKED),
    ("user is deactivated", Trouble.GONE),
    ("group chat was deleted", Trouble.GONE),
    ("kicked", Trouble.REMOVED),
    ("not a member", Trouble.REMOVED),
)


@dataclass(frozen=True, slots=True)
class NotNow:
    """Certainly not sent; `wait` if Telegram said how long."""

    wait: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Unsure:
    """It may have been carried out."""


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Nothing can be sent to this chat."""

    trouble: Trouble


@dataclass(frozen=True, slots=True)
class Moved:
    """The group has become a supergroup with a new number."""

    new_chat_id: int


@dataclass(frozen=True, slots=True)
class Unwanted:
    """Telegram does not take this message; others may go."""

    trouble: Trouble


Meaning = NotNow | Unsure | Unreachable | Moved | Unwanted


def meaning_of(error: TelegramError) -> Meaning:
    """What has become of the message, and whether it may be sent again."""
    match error:
        case RetryAfter():
            return NotNow(timedelta(seconds=seconds_to_wait(error)))
        case ChatMigrated(new_chat_id=new_chat_id):
            return Moved(new_chat_id)
        case Forbidden():
            return Unreachable(_why_lost(error))
        case BadRequest():
            return _refusal(error)
        case NetworkError() if not isinstance(error, Uncertain):
            # Not sent at all, or Telegram itself answered that it could not (5xx).
            return NotNow()
        case _:
            return Unsure()


def _why_lost(error: Forbidden) -> Trouble:
    said = error.message.lower()
    return next((trouble for words, trouble in _LOST if words in said), Trouble.NO_RIGHTS)


def _refusal(error: BadRequest) -> Meaning:
    said = error.message.lower()
    if any(words in said for words in _NO_RIGHTS):
        return Unreachable(Trouble.NO_RIGHTS)
    if any(words in said for words in _NO_CHAT):
        return Unreachable(Trouble.GONE)
    if any(words in said for words in _NO_TOPIC):
        return Unwanted(Trouble.TOPIC_CLOSED)
    return Unwanted(Trouble.REFUSED)
