"""The queue of updates, and the long poll that empties it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from sandbox.telegram.call import Call
from sandbox.telegram.faults import FaultKind, Faults
from sandbox.telegram.problems import SECOND_POLLER, WEBHOOK_ACTIVE, bad_request, conflict
from sandbox.wire import Json, JsonObject

_LONGEST_POLL = 50  # seconds
_MOST = 100
KINDS = frozenset(
    {
        *("message", "edited_message", "channel_post", "edited_channel_post", "guest_message"),
        *("business_connection", "business_message", "edited_business_message"),
        *("deleted_business_messages", "message_reaction", "message_reaction_count"),
        *("inline_query", "chosen_inline_result", "callback_query", "shipping_query"),
        *("pre_checkout_query", "purchased_paid_media", "poll", "poll_answer", "my_chat_member"),
        *("chat_member", "chat_join_request", "chat_boost", "removed_chat_boost", "managed_bot"),
    }
)
_ON_REQUEST_ONLY = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(slots=True)
class _Pending:
    id: int
    body: JsonObject
    deliveries: int


@dataclass(slots=True)
class _Poll:
    ended: str = ""  # why it was ended from outside


class Updates:
    """Updates wait here until they are confirmed, by a higher offset or a webhook's 2xx."""

    def __init__(self, faults: Faults) -> None:
        self.webhook_url = ""
        self.allowed: list[str] | None = None  # None: the default set
        self._faults = faults
        self._ids = count(100_000_001)
        self._queue: list[_Pending] = []
        self._held: _Pending | None = None
        self._poll: _Poll | None = None  # the one that is waiting, if any
        self._news = asyncio.Event()
        self._closed = False

    @property
    def pending(self) -> int:
        return len(self._queue)

    def add(self, kind: str, payload: JsonObject) -> None:
        if not self._wanted(kind):
            return
        number = next(self._ids)
        if self._faults.take(FaultKind.UNREADABLE_UPDATE):
            payload = {}
        twice = self._faults.take(FaultKind.DUPLICATE_UPDATE)
        update = _Pending(number, {"update_id": number, kind: payload}, 2 if twice else 1)
        if self._held is None and self._faults.take(FaultKind.REORDER_UPDATES):
            self._held = update
            return
        self._queue.append(update)
        if self._held is not None:
            self._queue.append(self._held)
            self._held = None
        self.ring()

    def _wanted(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in _ON_REQUEST_ONLY

    def allow(self, kinds: Sequence[str] | None) -> None:
        """Which kinds the bot wants from now on; None leaves it as it is, [] is the default."""
        if kinds is None:
            return
        unknown = set(kinds) - KINDS
        if unknown:
            raise bad_request(f"unknown update type {min(unknown)}")
        self.allowed = list(kinds)

    def ring(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    def close(self) -> None:
        self._closed = True
        self.ring()

    def clear(self) -> None:
        self._queue.clear()

    async def next(self) -> JsonObject:
        """The oldest update, for the webhook; it stays until `delivered`."""
        while not (self._queue and self.webhook_url):
            await self._news.wait()
        return self._queue[0].body

    def delivered(self, update: JsonObject) -> None:
        self._confirm([pending for pending in self._queue if pending.body is update])

    async def poll(self, call: Call) -> Json:
        """Answers getUpdates. A newer poll ends an older one that is still waiting."""
        if self.webhook_url:
            raise conflict(WEBHOOK_ACTIVE)
        limit = call.integer("limit") or _MOST
        if not 1 <= limit <= _MOST:
            raise bad_request("invalid limit specified")
        self.allow(call.strings("allowed_updates"))
        self._confirm_before(call.integer("offset") or 0)
        self.end_poll(SECOND_POLLER)
        mine = self._poll = _Poll()
        try:
            await self._wait(min(call.integer("timeout") or 0, _LONGEST_POLL), mine)
        finally:
            if self._poll is mine:
                self._poll = None
        if mine.ended:
            raise conflict(mine.ended)
        return [pending.body for pending in self._queue[:limit]]

    async def _wait(self, seconds: float, mine: _Poll) -> None:
        try:
            async with asyncio.timeout(seconds):
                while not (self._queue or mine.ended or self._closed):
                    await self._news.wait()
        except TimeoutError:
            return

    def end_poll(self, why: str) -> None:
        """Whoever is polling is answered 409."""
        if self._poll is not None:
            self._poll.ended = why
        self.ring()

    def _confirm_before(self, offset: int) -> None:
        if offset < 0:
            del self._queue[:offset]
            return
        self._confirm([pending for pending in self._queue if pending.id < offset])

    def _confirm(self, confirmed: Sequence[_Pending]) -> None:
        for pending in confirmed:
            pending.deliveries -= 1
        self._queue = [pending for pending in self._queue if pending.deliveries > 0]
