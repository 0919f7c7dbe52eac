"""How much one person, and one group, may ask for, so that nobody waits because of somebody else.

Each person has a store of updates that fills again by itself, each group has one, and each member
has one in each group. Whoever has used theirs up reads one sentence, and then nothing is answered
until half of it is there again: while they go on as before, that does not come. A group's store is
drained only by what is answered there, and more slowly by any one member than it fills: so a member
alone never shuts it, and whatever is ignored leaves it to fill. All of it is still confirmed to
Telegram, or it would come again.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from telegram import Chat, Message, Update
from telegram.constants import ChatType
from telegram.ext import Application

from bot.context import Context, Desk
from bot.errors import answer_problem
from school.errors import SchoolError
from school.model import Clock

_MOST_KNOWN = 10_000  # people, groups and members; about 3 MB

_Asker = int | tuple[int, int]
"""A person, a group (negative), or who asks in a group, with the group."""

Warn = Callable[[Update], Awaitable[None]]
"""Says the one sentence, to where the update came from."""


class Verdict(IntEnum):
    """What is done about an update, the worst last."""

    LET_IN = 0
    WARNED = 1
    IGNORED = 2


@dataclass(frozen=True, slots=True)
class Pace:
    """Updates: so many at once, and so many a minute for long.

    A person at a form presses twice a second and not for long; Telegram takes one answer a second
    for them. A group's are fewer: it takes 20 messages a minute, and cards need some of them. One
    member has less than a third of what fills the group's store, so that nobody can use up what is
    everybody's.
    """

    at_once: int = 30
    a_minute: int = 60
    group_at_once: int = 20
    group_a_minute: int = 10
    member_at_once: int = 4
    member_a_minute: int = 3


class Patience:
    """The bot's, with each person and each group, by `clock`; admins have no more of it."""

    def __init__(self, clock: Clock, warn: Warn, pace: Pace | None = None) -> None:
        self.warn = warn
        self._clock = clock
        self._pace = pace or Pace()
        self._stores: OrderedDict[_Asker, _Store] = OrderedDict()

    def judge(self, update: Update) -> Verdict:
        """Once for each update, when it arrives."""
        if _only_tells(update):
            return Verdict.LET_IN
        verdict = Verdict.LET_IN
        for asker in _askers(update):
            verdict = self._store_of(asker).take(self._clock())
            if verdict is not Verdict.LET_IN:
                break
        return verdict

    def is_lost_with(self, update: Update) -> bool:
        """Whether what was let in is too late, as its sender has been warned meanwhile.

        Else the answers to a flood's beginning, one a second, would hold up Telegram's queue.
        """
        if _only_tells(update):
            return False
        known = (self._stores.get(asker) for asker in _askers(update))
        return any(store.is_shut for store in known if store is not None)

    def _store_of(self, asker: _Asker) -> "_Store":
        store = self._stores.get(asker)
        if store is None:
            store = self._stores[asker] = self._full_store(asker)
        self._stores.move_to_end(asker)
        if len(self._stores) > _MOST_KNOWN:
            self._stores.popitem(last=False)
        return store

    def _full_store(self, asker: _Asker) -> "_Store":
        pace, now = self._pace, self._clock()
        if isinstance(asker, tuple):
            return _Store(pace.member_at_once, pace.member_a_minute, now)
        if asker > 0:
            return _Store(pace.at_once, pace.a_minute, now)
        return _Store(pace.group_at_once, pace.group_a_minute, now, is_shared=True)


class _Store:
    """What one asker has left; `a_minute` fill it again, up to `most`.

    One that is shared is not used up by what is asked for in vain.
    """

    __slots__ = ("_a_minute", "_filled_at", "_is_shared", "_left", "_most", "is_shut")

    def __init__(self, most: int, a_minute: int, now: datetime, *, is_shared: bool = False) -> None:
        self._most = most
        self._a_minute = a_minute
        self._left = float(most)
        self._filled_at = now
        self._is_shared = is_shared
        self.is_shut = False

    def take(self, now: datetime) -> Verdict:
        """What comes of asking once more."""
        self._fill(now)
        if self.is_shut and self._left >= self._most / 2:
            self.is_shut = False
        was_shut, was_empty = self.is_shut, self._left < 1
        self.is_shut = was_shut or was_empty
        if not (self.is_shut and self._is_shared):
            self._left = max(0.0, self._left - 1)
        if was_shut:
            return Verdict.IGNORED
        return Verdict.WARNED if was_empty else Verdict.LET_IN

    def _fill(self, now: datetime) -> None:
        """A clock that was put back fills nothing, and begins anew."""
        passed = max(now - self._filled_at, timedelta())
        self._left = min(self._most, self._left + self._a_minute * (passed / timedelta(minutes=1)))
        self._filled_at = now


def warning(application: Application[Any, Any, Any, Any, Any, Any], desk: Desk) -> Warn:
    """The sentence, in the language of whoever is too fast."""

    async def warn(update: Update) -> None:
        context = Context.from_update(update, application)
        await context.begin(desk, update)
        await answer_problem(context, SchoolError("You are faster than I am. Give me a minute."))

    return warn


def _only_tells(update: Update) -> bool:
    """What has happened to the bot or a group, whoever did it: it is not told again."""
    message = update.message
    has_moved = message is not None and message.migrate_to_chat_id is not None
    return has_moved or update.my_chat_member is not None


def _askers(update: Update) -> Iterable[_Asker]:
    """Who asks, and the group where they do; groups have negative ids.

    Whoever writes as a group or a channel has no name of their own: all who do are one member. In
    a group its member comes first, so that what is ignored there is no one else's loss, nor theirs
    elsewhere.
    """
    message, user, chat = update.message, update.effective_user, update.effective_chat
    speaks_as = message.sender_chat if isinstance(message, Message) else None
    speaker = speaks_as or user
    if speaker is not None and chat is not None and _is_group(chat):
        yield speaker.id, chat.id
    if user is not None and speaks_as is None:
        yield user.id
    if chat is not None and _is_group(chat):
        yield chat.id


def _is_group(chat: Chat | None) -> bool:
    return chat is not None and chat.type != ChatType.PRIVATE
