"""What keeps a meeting from being settled with Zoom, and when trying again may help."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from school.errors import NotConnected, Reconnect, SchoolError
from zoom.errors import (
    DailyLimitReached,
    InvalidClient,
    InvalidGrant,
    Malformed,
    NotAllowed,
    ScopeMissing,
    TokenRejected,
    ZoomError,
    ZoomRefused,
    ZoomUncertain,
)

_FIRST_RETRY = timedelta(minutes=1)
_LONGEST_RETRY = timedelta(minutes=5)
_REFUSED_DELETION_RETRY = timedelta(minutes=30)  # Zoom deletes no meeting that is being held


class Problem(StrEnum):
    """Why a meeting is not settled; kept with it, and said to its teacher."""

    UNAVAILABLE = "unavailable"  # Zoom does not answer: tried again by itself
    RECONNECT = "reconnect"  # Zoom no longer lets the teacher in: goes on after /connect
    NOT_CONNECTED = "not_connected"  # the teacher has disconnected
    PERMISSION = "permission"  # the teacher did not allow this at Zoom: goes on after /connect
    NO_HOSTING = "no_hosting"  # the Zoom account may not host meetings
    DAILY_LIMIT = "daily_limit"  # 100 changes a day: tried again when it resets
    REFUSED = "refused"  # Zoom will not do it as it is
    TOO_LATE = "too_late"  # the class was over before it could be made


GONE_ON_WITH_AFTER_CONNECTING = frozenset(
    {Problem.RECONNECT, Problem.NOT_CONNECTED, Problem.PERMISSION}
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a try ended; `left_nothing`: it has certainly made no meeting."""

    problem: Problem | None = None
    retry_at: datetime | None = None
    left_nothing: bool = False


def outcome_of(
    error: SchoolError | ZoomError, *, now: datetime, attempts: int, is_deletion: bool
) -> Outcome:
    """What an error means for the meeting that was being settled."""
    problem = _problem_of(error)
    retry_at = None
    if isinstance(error, DailyLimitReached):
        retry_at = error.resets_at
    elif problem is Problem.UNAVAILABLE:
        retry_at = now + _pause(attempts)
    elif problem is Problem.REFUSED and is_deletion:
        retry_at = now + _REFUSED_DELETION_RETRY
    return Outcome(problem, retry_at, not isinstance(error, ZoomUncertain | Malformed))


def _problem_of(error: SchoolError | ZoomError) -> Problem:  # noqa: PLR0911  a table
    match error:
        case NotConnected():
            return Problem.NOT_CONNECTED
        case Reconnect() | TokenRejected() | InvalidGrant():
            return Problem.RECONNECT
        case ScopeMissing():
            return Problem.PERMISSION
        case NotAllowed():
            return Problem.NO_HOSTING
        case DailyLimitReached():
            return Problem.DAILY_LIMIT
        case ZoomRefused() if not isinstance(error, InvalidClient):
            return Problem.REFUSED
        case _:
            return Problem.UNAVAILABLE


def _pause(attempts: int) -> timedelta:
    return min(_LONGEST_RETRY, _FIRST_RETRY * (1 << min(attempts, 8)))
