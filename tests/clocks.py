"""A clock that tests set."""

from datetime import UTC, datetime, timedelta


class SettableClock:
    """A school.model.Clock that stands still until it is moved."""

    def __init__(self, now: datetime = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, by: timedelta) -> None:
        self.now += by
