"""Our values as Zoom's JSON has them."""

import math
from datetime import UTC, datetime, timedelta


def utc_text(at: datetime) -> str:
    """In UTC, which is never ambiguous.

    A local time is, in the hour that a zone's autumn repeats; and in a zone that Zoom does not
    know, it would be taken for another zone's.
    """
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def whole_minutes(length: timedelta) -> int:
    """Zoom counts whole minutes; a part of one is rounded up."""
    return math.ceil(length / timedelta(minutes=1))


def without_none(**values: object) -> dict[str, object]:
    """What is to be sent; Zoom wants a field left out, not null."""
    return {name: value for name, value in values.items() if value is not None}
