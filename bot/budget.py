"""How much the bot sends: never more than Telegram takes, and as much as it takes.

Telegram takes about 30 messages a second over all chats; 20 a minute in one group, edits and sends
together; one a second to one person, with short bursts. It counts in windows that slide, and may
take less at times: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
"""

import asyncio
import logging
import warnings
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from bot.window import Priority, Window

__all__ = ["Budget", "Limits", "Priority", "seconds_to_wait"]

log = logging.getLogger(__name__)

_COUNTED = ("send", "edit", "copy", "forward")
_NOT_COUNTED = "sendChatAction"
_TRIES = 3
_LONGEST_WAIT_S = 30.0
_MANY_CHATS = 1000

Answer: TypeAlias = bool | dict[str, Any] | list[dict[str, Any]]
"""What Telegram answers a call with."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Calls, each in a window of so many seconds."""

    overall: int = 30
    overall_s: float = 1.0
    group: int = 20
    group_s: float = 60.0
    group_kept: int = 3  # of a group's, for answers: live cards may not use them up
    private: int = 3
    private_s: float = 3.0


class Budget(BaseRateLimiter[Priority]):
    """Lets each call go when Telegram will take it; what is refused all the same, waits.

    Calls are answers to somebody unless their `rate_limit_args` says `Priority.BROADCAST`. An
    answer that Telegram refuses with a short wait is sent again; a post is raised back to its
    publisher, which has its own record of what is due.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._overall: Window | None = None
        self._chats: dict[int | str, Window] = {}
        self._many = _MANY_CHATS
        self._last_refusal: tuple[int | str, float] = (0, float("-inf"))

    async def initialize(self) -> None:
        """The windows are made in the loop that they count in."""
        self._overall = Window(self.limits.overall, self.limits.overall_s)

    async def shutdown(self) -> None:
        self._chats.clear()

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Answer]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Priority | None,
    ) -> Answer:
        """Makes the call when both the chat's window and everybody's have a place."""
        if not endpoint.startswith(_COUNTED) or endpoint == _NOT_COUNTED:
            return await callback(*args, **kwargs)
        priority = Priority.ANSWER if rate_limit_args is None else rate_limit_args
        for left in reversed(range(_TRIES)):
            try:
                return await self._within(
                    _chat_of(data), priority, lambda: callback(*args, **kwargs)
                )
            except RetryAfter as refusal:
                wait_s = seconds_to_wait(refusal)
                if not left or wait_s > _LONGEST_WAIT_S or priority is not Priority.ANSWER:
                    raise
        raise AssertionError("the last try returns or raises")

    async def _within(
        self,
        chat_id: int | str,
        priority: Priority,
        call: Callable[[], Coroutine[Any, Any, Answer]],
    ) -> Answer:
        overall, chat = self._everybody(), self._window_of(chat_id)
        await _enter_both(chat, overall, priority)
        try:
            return await call()
        except RetryAfter as refusal:
            self._refused(chat_id, chat, seconds_to_wait(refusal))
            raise
        finally:
            chat.leave()
            overall.leave()

    def _refused(self, chat_id: int | str, chat: Window, wait_s: float) -> None:
        """Nothing more goes to this chat; if others are refused too, all of it goes slower."""
        chat.close(wait_s)
        chat.narrow()
        now = asyncio.get_running_loop().time()
        earlier_chat, at = self._last_refusal
        self._last_refusal = (chat_id, now)
        is_general = earlier_chat != chat_id and now - at <= self.limits.overall_s
        log.warning(
            "Telegram takes no more for %.0f s %s",
            wait_s,
            "from several chats" if is_general else "in one chat",
        )
        if is_general:
            self._everybody().narrow()
            self._everybody().close(min(wait_s, self.limits.overall_s))

    def _everybody(self) -> Window:
        assert self._overall is not None, "initialize() comes first"
        return self._overall

    def _window_of(self, chat_id: int | str) -> Window:
        if chat_id not in self._chats:
            self._forget_quiet_chats()
            self._chats[chat_id] = self._new_window(chat_id)
        return self._chats[chat_id]

    def _new_window(self, chat_id: int | str) -> Window:
        limits = self.limits
        if isinstance(chat_id, int) and chat_id > 0:
            return Window(limits.private, limits.private_s)
        return Window(limits.group, limits.group_s, kept=limits.group_kept)

    def _forget_quiet_chats(self) -> None:
        if len(self._chats) < self._many:
            return
        self._chats = {known: one for known, one in self._chats.items() if not one.is_idle}
        self._many = max(_MANY_CHATS, 2 * len(self._chats))


async def _enter_both(chat: Window, overall: Window, priority: Priority) -> None:
    """Take a place in both, at a moment when the chat is not closed."""
    while True:
        await chat.enter(priority)
        try:
            await overall.enter(priority)
        except asyncio.CancelledError:
            chat.give_back()
            raise
        if not chat.is_closed:
            return
        overall.give_back()
        chat.give_back()


def _chat_of(data: dict[str, Any]) -> int | str:
    """Groups have negative ids; an @name can only be a group or channel."""
    chat_id = data.get("chat_id", 0)
    try:
        return int(chat_id)
    except ValueError:
        return str(chat_id)


def seconds_to_wait(refusal: RetryAfter) -> float:
    """How long Telegram wants no more."""
    with warnings.catch_warnings():
        # The library is on its way from a number to a timedelta, and warns until we choose by an
        # environment variable; either is understood here.
        warnings.simplefilter("ignore")
        wait = refusal.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
