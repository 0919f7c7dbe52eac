"""How often Zoom may be called: per second by plan, and 100 creates and updates a day.

Source: https://developers.zoom.us/docs/api/rate-limits/
"""

from collections import Counter, deque
from collections.abc import Callable
from datetime import date

from .errors import ApiProblem
from .model import BASIC, LICENSED, Clock, ZoomUser, stamp
from .scheduling import at_midnight_after

LIGHT = "light"
MEDIUM = "medium"
_PER_SECOND = {
    BASIC: {LIGHT: 4, MEDIUM: 2},
    LICENSED: {LIGHT: 30, MEDIUM: 20},
}
CHANGES_A_DAY = 100


class Limits:
    """Sliding windows of one second per account; days of the clock per user."""

    def __init__(self, clock: Clock, seconds: Callable[[], float]) -> None:
        self.per_second = True
        self._clock = clock
        self._seconds = seconds
        self._recent: dict[tuple[str, str], deque[float]] = {}
        self._changes: Counter[tuple[str, date]] = Counter()

    def admit(self, user: ZoomUser, weight: str, *, is_change: bool) -> None:
        """Counts the call, or refuses it with 429."""
        if self.per_second:
            self._admit_this_second(user, weight)
        if is_change:
            self._admit_today(user)

    def leave_today(self, user: ZoomUser, left: int) -> None:
        """As if the user had made all changes of the day but so many already."""
        self._changes[user.id, self._clock().date()] = CHANGES_A_DAY - left

    def _admit_this_second(self, user: ZoomUser, weight: str) -> None:
        now = self._seconds()
        recent = self._recent.setdefault((user.account_id, weight), deque())
        while recent and recent[0] <= now - 1:
            recent.popleft()
        if len(recent) >= _PER_SECOND[user.plan][weight]:
            raise too_many_per_second(weight)
        recent.append(now)

    def _admit_today(self, user: ZoomUser) -> None:
        now = self._clock()
        if self._changes[user.id, now.date()] >= CHANGES_A_DAY:
            raise ApiProblem(
                429,
                429,
                "You have exceeded the daily rate limit (100) of Meeting Create/Update API "
                "requests permitted for this particular user. "
                "You may resume these requests at GMT 00:00:00.",
                headers={
                    "X-RateLimit-Type": "Daily-limit",
                    "Retry-After": stamp(at_midnight_after(now)),
                },
            )
        self._changes[user.id, now.date()] += 1


def too_many_per_second(weight: str = LIGHT) -> ApiProblem:
    """Without Retry-After: Zoom mostly leaves it out here."""
    return ApiProblem(
        429,
        429,
        "You have reached the maximum per-second rate limit for this API. Try again later.",
        headers={"X-RateLimit-Type": "QPS", "X-RateLimit-Category": weight.capitalize()},
    )
