"""How often a class is repeated: the rule itself, as it is stored and as people read it."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from school.text import Text, Weekdays

_SHORT_NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Frequency(StrEnum):
    """RFC 5545's words."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"


@dataclass(frozen=True, slots=True)
class Repeat:
    """A rule; its dates depend on the first day (school.recurrence.days).

    Monthly is on the first day's day of the month. Without `count` and `until` it goes on until
    somebody ends it. Raises ValueError for parts that do not fit together; what a school allows
    is checked by school.recurrence.check_repeat.
    """

    frequency: Frequency
    interval: int = 1
    weekdays: tuple[int, ...] = ()  # Monday is 0; in order; of a weekly rule, and only of it
    count: int | None = None
    until: date | None = None  # the last day that a class may be on, in the course's zone

    def __post_init__(self) -> None:
        if (self.frequency is Frequency.WEEKLY) != bool(self.weekdays):
            raise ValueError("weekdays belong to a weekly rule")
        if list(self.weekdays) != sorted(set(self.weekdays) & set(range(7))):
            raise ValueError("weekdays are from 0 to 6, in order, each once")
        if self.count is not None and self.until is not None:
            raise ValueError("count and until exclude each other")

    def to_text(self) -> str:
        """The rule as an RFC 5545 RRULE value: "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10".

        `until` is a local day there, UNTIL=20270131. WKST is written where it matters.
        """
        parts = [f"FREQ={self.frequency}"]
        if self.interval != 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.weekdays:
            parts.append("BYDAY=" + ",".join(_SHORT_NAMES[number] for number in self.weekdays))
        if self.count is not None:
            parts.append(f"COUNT={self.count}")
        if self.until is not None:
            parts.append(f"UNTIL={self.until:%Y%m%d}")
        if self.weekdays and self.interval != 1:
            parts.append("WKST=SU")
        return ";".join(parts)

    @classmethod
    def from_text(cls, text: str) -> "Repeat":
        """The rule that `to_text` wrote; ValueError for any other text."""
        parts = dict(_part(one) for one in text.split(";"))
        if parts.pop("WKST", "SU") != "SU":
            raise ValueError("weeks begin on Sunday")
        days = parts.pop("BYDAY", "")
        count, until = parts.pop("COUNT", None), parts.pop("UNTIL", None)
        found = cls(
            Frequency(parts.pop("FREQ", "")),
            interval=int(parts.pop("INTERVAL", "1")),
            weekdays=tuple(_SHORT_NAMES.index(day) for day in days.split(",") if day),
            count=int(count) if count else None,
            until=_day(until) if until else None,
        )
        if parts:
            raise ValueError(f"unknown parts of a rule: {sorted(parts)}")
        return found


def _part(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


def _day(text: str) -> date:
    if not re.fullmatch(r"[0-9]{8}", text):
        raise ValueError(f"not a day: {text}")
    return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 -- a day has no zone


def says(repeat: Repeat, first: date | None = None) -> Text:
    """How often, without the end: "every Mon and Wed".

    With its first day, a monthly rule says its day too: "every month on day 15".
    """
    count, weekdays = repeat.interval, Weekdays(repeat.weekdays)
    if repeat.frequency is Frequency.DAILY:
        if count == 1:
            return Text("every day")
        return Text("every {count} day", plural="every {count} days", count=count)
    if repeat.frequency is Frequency.WEEKLY:
        if count == 1:
            return Text("every {weekdays}", {"weekdays": weekdays})
        return Text(
            "every {count} week on {weekdays}",
            {"weekdays": weekdays},
            plural="every {count} weeks on {weekdays}",
            count=count,
        )
    months = Text("every {count} month", plural="every {count} months", count=count)
    often = Text("every month") if count == 1 else months
    return Text("{often} on day {day}", {"often": often, "day": first.day}) if first else often


def says_end(repeat: Repeat) -> Text | None:
    """Where it ends, if that is said: "10 classes", "until Sun 31 Jan"."""
    if repeat.count is not None:
        return Text("{count} class", plural="{count} classes", count=repeat.count)
    if repeat.until is not None:
        return Text("until {day}", {"day": repeat.until})
    return None


def says_whole(repeat: Repeat, first: date | None = None) -> Text:
    """How often and until when: "every Mon and Wed, 10 classes"."""
    often, end = says(repeat, first), says_end(repeat)
    return Text("{often}, {end}", {"often": often, "end": end}) if end else often
