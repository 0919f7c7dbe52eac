"""Delivers webhooks: signs, sends, tries again as Zoom does, and misbehaves when told to.

Source: https://developers.zoom.us/docs/api/webhooks/
"""

import asyncio
import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Literal

from aiohttp import ClientError, ClientSession, ClientTimeout

from .model import JsonObject
from .world import World

RETRIES = (timedelta(minutes=5), timedelta(minutes=20), timedelta(minutes=60))
PATIENCE_S = 3.0
_SERVER_ERROR = 500
_LOOK_EVERY_S = 0.05


class State(StrEnum):
    """Where a webhook is on its way."""

    QUEUED = "queued"  # being sent, or about to be
    WAITING = "waiting"  # for its time: a late event, or a retry
    HELD = "held"  # until released
    ANSWERED = "answered"  # 200 or 204
    LOST = "lost"  # 3xx, 4xx, or the last retry failed
    DROPPED = "dropped"  # by a rule


@dataclass(slots=True)
class Delivery:
    """One webhook; its body and request id stay the same over all tries."""

    event: str
    body: bytes
    request_id: str
    tracking_id: str
    due_at: datetime
    state: State = State.WAITING
    attempts: list[str] = field(default_factory=list)  # an HTTP status, or the error's name


@dataclass(frozen=True, slots=True)
class Result:
    """How one try ended; status 0: it could not be made."""

    text: str
    status: int = 0
    content: bytes = b""

    @property
    def answered(self) -> bool:
        return self.status in (200, 204)

    @property
    def may_retry(self) -> bool:
        return self.status >= _SERVER_ERROR


Action = Literal["hold", "drop", "duplicate", "delay"]


@dataclass(slots=True)
class Rule:
    """What happens to the next `times` events of that name (`*` and `?` match); None: to all."""

    event: str
    action: Action
    times: int | None = None
    by_s: float = 0.0
    copies: int = 2


def sign(secret: str, timestamp: str, body: bytes) -> str:
    digest = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256)
    return f"v0={digest.hexdigest()}"


class Postman:
    """All webhooks ever emitted, in order of emission."""

    def __init__(self, world: World, http: ClientSession, secret: str, url: str | None) -> None:
        self.url = url
        self.secret = secret
        self.retry_at_once = False
        self.loose_spacing = False
        self.deliveries: list[Delivery] = []
        self.rules: list[Rule] = []
        self._world = world
        self._http = http
        self._waiting: list[Delivery] = []
        self._queue: asyncio.Queue[Delivery] = asyncio.Queue()

    def post(self, event: str, body: JsonObject, *, late: timedelta = timedelta()) -> None:
        """Emits an event; `late` is how long after now, by the clock, Zoom gets round to it."""
        delivery = Delivery(
            event,
            self._written(body),
            str(self._world.new_uuid()).replace("-", "_"),
            f"v=2.0;clid=us02;rid=WEB_{self._world.new_uuid().hex}",
            self._world.clock() + late,
        )
        self.deliveries.append(delivery)
        self._waiting.append(delivery)
        rule = self._rule_for(event)
        if rule is not None:
            self._apply(rule, delivery)
        self.send_due()

    def _written(self, body: JsonObject) -> bytes:
        if self.loose_spacing:  # as valid, and other bytes than a parser would write again
            return json.dumps(body, separators=(" , ", ": ")).encode()
        return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()

    def _rule_for(self, event: str) -> Rule | None:
        for rule in self.rules:
            if fnmatchcase(event, rule.event):
                if rule.times is not None:
                    rule.times -= 1
                    if rule.times <= 0:
                        self.rules.remove(rule)
                return rule
        return None

    def _apply(self, rule: Rule, delivery: Delivery) -> None:
        match rule.action:
            case "hold":
                delivery.state = State.HELD
            case "drop":
                delivery.state = State.DROPPED
            case "delay":
                delivery.due_at += timedelta(seconds=rule.by_s)
            case "duplicate":
                copies = [_copy(delivery) for _ in range(rule.copies - 1)]
                self.deliveries += copies
                self._waiting += copies

    def release(self, order: Literal["kept", "reversed", "shuffled"] = "kept") -> int:
        """Sends what was held back."""
        held = [one for one in self.deliveries if one.state is State.HELD]
        arranged: dict[str, Callable[[], list[Delivery]]] = {
            "kept": lambda: held,
            "reversed": lambda: held[::-1],
            "shuffled": lambda: self._world.shuffled(held),
        }
        for delivery in arranged[order]():
            self._enqueue(delivery)
        return len(held)

    def send_due(self) -> int:
        """Sends what waits and whose time has come by the clock."""
        now = self._world.clock()
        candidates = [one for one in self._waiting if one.state is State.WAITING]
        due = [one for one in candidates if one.due_at <= now]
        self._waiting = [one for one in candidates if one.due_at > now]
        for delivery in due:
            self._enqueue(delivery)
        return len(due)

    def _enqueue(self, delivery: Delivery) -> None:
        delivery.state = State.QUEUED
        self._queue.put_nowait(delivery)

    async def watch_the_clock(self) -> None:
        """Retries and late events go out when the clock says so, whoever moves it."""
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            self.send_due()

    async def deliver(self) -> None:
        """One lane: sends one webhook after another."""
        while True:
            delivery = await self._queue.get()
            try:
                await self._try(delivery)
            finally:
                self._queue.task_done()

    async def settled(self) -> dict[str, int]:
        """Waits until all that is due has been answered, lost or put off; counts by state."""
        self.send_due()
        await self._queue.join()
        return self.counts()

    def counts(self) -> dict[str, int]:
        states = Counter(one.state for one in self.deliveries)
        return {state.value: states[state] for state in State}

    async def _try(self, delivery: Delivery) -> None:
        result = await self._send(delivery.body, delivery.request_id, delivery.tracking_id)
        delivery.attempts.append(result.text)
        if result.answered:
            delivery.state = State.ANSWERED
        elif not result.may_retry or len(delivery.attempts) > len(RETRIES):
            delivery.state = State.LOST
        elif self.retry_at_once:
            self._enqueue(delivery)
        else:
            delivery.due_at = self._world.clock() + RETRIES[len(delivery.attempts) - 1]
            delivery.state = State.WAITING
            self._waiting.append(delivery)

    async def _send(self, body: bytes, request_id: str, tracking_id: str) -> Result:
        if self.url is None:
            return Result("no webhook address")
        timestamp = str(int(self._world.clock().timestamp()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Zoom Marketplace/1.0a",
            "x-zm-request-id": request_id,
            "x-zm-request-timestamp": timestamp,
            "x-zm-signature": sign(self.secret, timestamp, body),
            "x-zm-trackingid": tracking_id,
        }
        timeout = ClientTimeout(total=PATIENCE_S)
        try:
            async with self._http.post(
                self.url, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                content = await response.read()
                return Result(str(response.status), response.status, content)
        except (ClientError, TimeoutError, OSError) as error:
            return Result(type(error).__name__, _SERVER_ERROR)

    async def challenge(self) -> str:
        """Asks the receiver to prove itself as Zoom does at set-up and every 72 hours.

        Returns what is wrong with its answer; empty if nothing is.
        """
        token = self._world.new_word(22)
        body: JsonObject = {
            "payload": {"plainToken": token},
            "event_ts": int(self._world.clock().timestamp() * 1000),
            "event": "endpoint.url_validation",
        }
        request_id = str(self._world.new_uuid()).replace("-", "_")
        result = await self._send(self._written(body), request_id, f"WEB_{request_id}")
        if not result.answered:
            return f"answered {result.text}"
        encrypted = hmac.new(self.secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        try:
            answer = json.loads(result.content)
        except ValueError:
            return "not JSON"
        right = {"plainToken": token, "encryptedToken": encrypted}
        return "" if answer == right else "the wrong tokens"


def _copy(delivery: Delivery) -> Delivery:
    return Delivery(
        delivery.event,
        delivery.body,
        delivery.request_id,
        delivery.tracking_id,
        delivery.due_at,
    )
