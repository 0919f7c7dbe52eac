"""How much may be sent: sliding windows over the loop's time, and what was refused by them.

Telegram publishes no exact figures. These are the measured ones: 30 a second over all chats; 20 a
minute in a group, sends and edits together; to one person one a second, more only as a short
burst. "Short burst" is played as at most 5 in any 3 seconds.
"""

import asyncio
import math
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sandbox.telegram.problems import bad_request, too_many_requests
from sandbox.wire import Json

COUNTED = frozenset(
    {
        "sendMessage",
        "sendPhoto",
        "sendDocument",
        "editMessageText",
        "editMessageCaption",
        "editMessageReplyMarkup",
    }
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Counts, each in a window of so many seconds."""

    overall: int = 30
    overall_seconds: float = 1.0
    group: int = 20
    group_seconds: float = 60.0
    private: int = 5
    private_seconds: float = 3.0


class Window:
    """The arrivals of the last `seconds`."""

    def __init__(self) -> None:
        self._arrivals: deque[float] = deque()

    def wait(self, now: float, limit: int, seconds: float) -> float:
        """Seconds until one more fits; 0 where it fits now."""
        while self._arrivals and self._arrivals[0] <= now - seconds:
            self._arrivals.popleft()
        if len(self._arrivals) < limit:
            return 0.0
        return self._arrivals[len(self._arrivals) - limit] + seconds - now

    def add(self, now: float) -> None:
        self._arrivals.append(now)


class Budgets:
    def __init__(self) -> None:
        self.limits = Limits()
        self.refused = 0  # answered 429 for lack of budget
        self.calls: Counter[str] = Counter()  # by method
        self.answers: Counter[int] = Counter()  # by code
        self._overall = Window()
        self._chats: dict[int, Window] = {}

    def spend(self, chat_id: int) -> None:
        """Counts a send or edit that has just arrived; 429 where a window is full."""
        now = asyncio.get_running_loop().time()
        limits, chat = self.limits, self._chats.setdefault(chat_id, Window())
        if chat_id < 0:
            wait = chat.wait(now, limits.group, limits.group_seconds)
        else:
            wait = chat.wait(now, limits.private, limits.private_seconds)
        wait = max(wait, self._overall.wait(now, limits.overall, limits.overall_seconds))
        if wait > 0:
            self.refused += 1
            raise too_many_requests(math.ceil(wait))
        chat.add(now)
        self._overall.add(now)

    def change(self, values: Mapping[str, Json]) -> Limits:
        """Sets some of the limits; those not named stay."""
        now = asdict(self.limits)
        for name, value in values.items():
            if name not in now or not isinstance(value, int | float):
                raise bad_request(f"no such limit: {name}")
            now[name] = value
        self.limits = Limits(**now)
        return self.limits

    def statistics(self) -> dict[str, Json]:
        return {
            "calls": dict(self.calls),
            "answers": {str(code): count for code, count in self.answers.items()},
            "refused_by_budget": self.refused,
        }
