"""Sentences for people that are not yet in anybody's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from school.money import Money


@dataclass(frozen=True, slots=True)
class Moment:
    """A time to be shown to readers in `zone`: a class's own, or the school's."""

    at: datetime
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Weekdays:
    """Days of the week, Monday being 0, to be listed by the names that readers have for them."""

    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A message id with the values of its {placeholders}.

    Rooms below bot/ and web/ cannot know the reader's language, so they hand up a Text; `msgid`
    is the English sentence. With `plural` and `count` the plural form is chosen by the reader's
    language, and {count} is available in both forms.
    """

    msgid: str
    values: Mapping[str, "Value"] = field(default_factory=dict)
    plural: str | None = None
    count: int | None = None


Value = str | int | Decimal | date | datetime | time | timedelta | Money | Moment | Weekdays | Text
"""What may stand in a placeholder; whoever renders it formats it for the reader's language."""
