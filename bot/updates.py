"""Receives what Telegram tells: in order per chat, each update once, confirmed when handled.

Telegram forgets an update when a later one is asked for. So the loop asks from the lowest update
that is not yet handled, and skips those that it has in hand; a crash loses nothing. What was
handled is noted in the database, where a repetition after a crash is seen.
"""

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from telegram import Update
from telegram.error import Conflict, NetworkError, RetryAfter, TelegramError
from telegram.ext import Application

from bot.budget import seconds_to_wait
from bot.flooding import Patience, Verdict
from services.logbook import report
from services.office import Office
from storage import updates

log = logging.getLogger(__name__)

ALLOWED_UPDATES = (Update.MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER)

_LONG_POLL_S = 25
_ANSWER_S = 20  # that Telegram may take beyond that
_LOOK_AGAIN_S = 0.25  # for others' updates, while a slow one is being handled
_AT_ONCE = 32  # chats
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 30.0
_TO_FINISH_S = 7.0
_LARGEST_NUMBER = 2**63 - 1  # that the database takes

_Application = Application[Any, Any, Any, Any, Any, Any]


class Updates:
    """One bot's incoming updates, whichever way they come."""

    def __init__(
        self, application: _Application, office: Office, patience: Patience | None = None
    ) -> None:
        """Without `patience`, everything is handled however fast it comes."""
        self._application = application
        self._office = office
        self._patience = patience
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._turns: dict[int, asyncio.Event] = {}  # of each chat: the last update in it
        self._in_hand: dict[int, asyncio.Event] = {}  # by update_id; set at the end
        self._again: set[int] = set()  # could not be begun: to be polled again
        self._done: set[int] = set()  # handled, but Telegram does not know yet
        self._next = 0
        self._polled_at: float | None = None
        self._pause_s = _FIRST_PAUSE_S

    @property
    def last_poll_age(self) -> float | None:
        """Seconds since Telegram last answered; None before it has."""
        if self._polled_at is None:
            return None
        return asyncio.get_running_loop().time() - self._polled_at

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until `stop`, then finish what has been begun, for a few seconds at most."""
        async with asyncio.TaskGroup() as handlers:
            tasks: set[asyncio.Task[None]] = set()
            while not stop.is_set():
                for update in await _unless(stop, self._poll()) or ():
                    task = handlers.create_task(self._take(update))
                    tasks.add(task)
                    task.add_done_callback(tasks.discard)
                if tasks:
                    await asyncio.wait(tasks, timeout=_LOOK_AGAIN_S)
            if tasks:
                await asyncio.wait(tasks, timeout=_TO_FINISH_S)
            for task in tasks:
                task.cancel()  # not noted as handled: they come again

    async def handle(self, update_json: dict[str, Any]) -> None:
        """Handle one update that Telegram pushed; answer it when this returns.

        Raises where it was not handled: Telegram will then push it again. What is no update is
        only logged, as it would be none the next time either.
        """
        update = self._read(update_json)
        if update is None:
            return
        while (begun := self._in_hand.get(update.update_id)) is not None:
            await begun.wait()  # if it failed, this is the next try
        self._in_hand[update.update_id] = asyncio.Event()
        await self._received(update)

    def _read(self, update_json: dict[str, Any]) -> Update | None:
        """None for what is no update: the library fails at that in many ways, or not at once."""
        try:
            update = Update.de_json(update_json, self._application.bot)
            numbers = update.update_id, _chat_of(update)
        except Exception as error:  # noqa: BLE001  whatever was wrong with it
            report(error)
            return None
        if not all(type(one) is int and abs(one) <= _LARGEST_NUMBER for one in numbers):
            log.error("what came is no update: its numbers are none")
            return None
        return update

    async def _poll(self) -> list[Update]:
        """New updates; those in hand keep their places, and the unreadable are passed over."""
        offset = min([*self._in_hand, *self._again], default=self._next)
        self._done = {update_id for update_id in self._done if update_id >= offset}
        # The first poll is short too: only its answer shows that Telegram can be reached.
        at_once = bool(self._in_hand) or self._polled_at is None
        try:
            found = await self._asked(offset, 0 if at_once else _LONG_POLL_S)
        except Exception as error:  # noqa: BLE001  the loop goes on whatever it is
            await self._pause(error)
            return []
        self._polled_at = asyncio.get_running_loop().time()
        self._pause_s = _FIRST_PAUSE_S
        new = []
        for update_id in found:
            if self._is_new(update_id):
                update = self._read(found[update_id])
                if update is None:
                    self._done.add(update_id)
                else:
                    new.append(update)
                    self._in_hand[update_id] = asyncio.Event()
                self._again.discard(update_id)
        self._next = max([self._next, *(update_id + 1 for update_id in found)])
        return new

    async def _asked(self, offset: int, timeout_s: int) -> dict[int, dict[str, Any]]:
        """Updates as they came, by their numbers.

        The library's own method fails at all of them where one cannot be read, and logs what
        they say.
        """
        bot = self._application.bot
        found: Any = await bot._post(  # noqa: SLF001  for want of another way
            "getUpdates",
            {"offset": offset, "timeout": timeout_s, "allowed_updates": ALLOWED_UPDATES},
            read_timeout=timeout_s + _ANSWER_S,
        )
        listed: list[Any] = found if isinstance(found, list) else [None]
        numbered = {number: one for one in listed if (number := _number_of(one)) is not None}
        if listed and not numbered:
            raise TelegramError("Telegram's answer makes no sense")
        return numbered

    def _is_new(self, update_id: int) -> bool:
        return update_id not in self._in_hand and update_id not in self._done

    async def _pause(self, error: Exception) -> None:
        """Telegram does not answer, or another program polls with the same token."""
        if isinstance(error, Conflict):
            log.error("another program receives this bot's updates: stop it, or this one")
        elif isinstance(error, NetworkError):
            log.warning("Telegram does not answer: %s", type(error).__name__)
        elif not isinstance(error, TelegramError):
            report(error)
        else:
            log.error("Telegram gives no updates: %s", type(error).__name__)
        wait_s = seconds_to_wait(error) if isinstance(error, RetryAfter) else self._pause_s
        self._pause_s = min(2 * self._pause_s, _LONGEST_PAUSE_S)
        await asyncio.sleep(wait_s)

    async def _take(self, update: Update) -> None:
        """Handle one that was polled; what could not even be begun is polled again."""
        try:
            await self._received(update)
            self._done.add(update.update_id)
        except Exception as error:  # noqa: BLE001  the loop goes on whatever it is
            self._again.add(update.update_id)  # or the next poll would confirm it
            report(error)
            await asyncio.sleep(_LOOK_AGAIN_S)

    async def _received(self, update: Update) -> None:
        """Handle it in its turn; what is ignored costs nobody's time, and nothing is noted."""
        try:
            verdict = await self._judged_or_noted(update)
            if verdict is not Verdict.IGNORED:
                await self._in_turn(update, verdict)
        finally:
            self._in_hand.pop(update.update_id).set()

    async def _judged_or_noted(self, update: Update) -> Verdict:
        """Ignored, and noted as handled, where it cannot even be judged."""
        try:
            return self._judged(update)
        except Exception as error:  # noqa: BLE001  a broken update is not tried for ever
            report(error)
        await self._note_handled(update)
        return Verdict.IGNORED

    def _judged(self, update: Update) -> Verdict:
        if not self._has_answer(update):
            return Verdict.IGNORED  # what people in a group say to each other, for the most part
        return self._patience.judge(update) if self._patience else Verdict.LET_IN

    def _has_answer(self, update: Update) -> bool:
        handlers = (one for group in self._application.handlers.values() for one in group)
        return any(one.check_update(update) not in (None, False) for one in handlers)

    async def _in_turn(self, update: Update, verdict: Verdict) -> None:
        """After the earlier updates of the same chat."""
        chat, turn = _chat_of(update), asyncio.Event()
        before, self._turns[chat] = self._turns.get(chat), turn
        try:
            if before is not None:
                await before.wait()
            async with self._places:
                await self._once(update, verdict)
        finally:
            turn.set()
            if self._turns.get(chat) is turn:
                del self._turns[chat]

    async def _once(self, update: Update, verdict: Verdict) -> None:
        async with self._office.database.reading() as tx:
            if await updates.handled_among(tx, (update.update_id,)):
                return
        try:
            await self._answered(update, verdict)
        except Exception as error:  # noqa: BLE001  a broken update is not tried for ever
            report(error)
        await self._note_handled(update)

    async def _note_handled(self, update: Update) -> None:
        async with self._office.database.writing() as tx:
            await updates.mark_handled(tx, update.update_id)

    async def _answered(self, update: Update, verdict: Verdict) -> None:
        patience = self._patience
        if patience is not None and verdict is Verdict.WARNED:
            await patience.warn(update)
        elif patience is None or not patience.is_lost_with(update):
            await self._application.process_update(update)


def _number_of(raw: Any) -> int | None:
    number = raw.get("update_id") if isinstance(raw, dict) else None
    return number if type(number) is int and 0 <= number <= _LARGEST_NUMBER else None


def _chat_of(update: Update) -> int:
    """What must keep its order; a pressed button belongs to its message's chat."""
    if update.effective_chat is not None:
        return update.effective_chat.id
    return update.effective_user.id if update.effective_user else 0


async def _unless(
    stop: asyncio.Event, work: Coroutine[Any, Any, list[Update]]
) -> list[Update] | None:
    """The work's result; None if it was given up because `stop` was set."""
    async with asyncio.TaskGroup() as both:
        working = both.create_task(work)
        stopping = both.create_task(stop.wait())
        await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        working.cancel()
    with suppress(asyncio.CancelledError):
        return working.result()
    return None
