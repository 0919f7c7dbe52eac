"""What is to go wrong with the next calls and updates."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sandbox.telegram.problems import NotPossible
from sandbox.wire import Json, as_integer, as_text


class FaultKind(StrEnum):
    TOO_MANY_REQUESTS = "too_many_requests"  # 429 with `retry_after`
    SERVER_ERROR = "server_error"  # 502, nothing was done
    ECHO = "echo"  # 400 with all that was asked, and the token, in its words
    DROP_BEFORE = "drop_before"  # the connection breaks, nothing was done
    DROP_AFTER = "drop_after"  # the connection breaks, but it was done
    SLOW = "slow"  # answered `seconds` later
    DUPLICATE_UPDATE = "duplicate_update"  # the next update comes twice
    UNREADABLE_UPDATE = "unreadable_update"  # the next update has nothing of what it must have
    REORDER_UPDATES = "reorder_updates"  # the next update comes after the one that follows it


@dataclass(slots=True)
class Fault:
    """`method` and `chat_id` narrow it: None means any. `times` is how often it still strikes."""

    kind: FaultKind
    times: int = 1
    method: str | None = None
    chat_id: int | None = None
    retry_after: int = 1
    seconds: float = 0.0

    def strikes(self, method: str, chat_id: int | None) -> bool:
        return self.times > 0 and self.method in (None, method) and self.chat_id in (None, chat_id)


class Faults:
    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._faults.append(fault)

    def clear(self) -> None:
        self._faults.clear()

    def take(self, *kinds: FaultKind, method: str = "", chat_id: int | None = None) -> Fault | None:
        """The first fault of these kinds that strikes now; it is used up by one."""
        for fault in self._faults:
            if fault.kind in kinds and fault.strikes(method, chat_id):
                fault.times -= 1
                return fault
        return None


def read_fault(values: Mapping[str, Json]) -> Fault:
    try:
        kind = FaultKind(as_text(values.get("kind")))
    except ValueError:
        raise NotPossible(f"no such fault; there are: {', '.join(FaultKind)}") from None
    seconds = values.get("seconds")
    return Fault(
        kind,
        times=as_integer(values.get("times", 1)) or 1,
        method=as_text(values.get("method")) or None,
        chat_id=as_integer(values.get("chat_id")),
        retry_after=as_integer(values.get("retry_after")) or 1,
        seconds=float(seconds) if isinstance(seconds, int | float) else 0.0,
    )
