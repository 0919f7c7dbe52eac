"""The single phrases of what teachers type: a day, a time, a length, a group, a repeat.

A pattern says what a phrase looks like; whether there is such a time or day is said when its
value is asked for. Digits may be of any script. Month and weekday names are English.
"""

import re
from datetime import date, time, timedelta
from enum import StrEnum

from school.day_phrases import CALENDAR_DAY, DAY, ISO_DATE, WEEKDAY_LIST, day_of, weekdays_of
from school.errors import NotUnderstood
from school.names import clean_name, folded
from school.repeat import Frequency, Repeat

_WORKDAYS = (0, 1, 2, 3, 4)
_MAX_MINUTES = 24 * 60  # what Zoom allows

_QUOTES = '"“”„«»'
TOKEN = re.compile(rf"#?[{_QUOTES}][^{_QUOTES}]+[{_QUOTES}](?!\S)|\S+")
"""A word, or several in quotes, perhaps after #."""


class Kind(StrEnum):
    """What a phrase says."""

    DAY = "day"
    TIME = "time"
    LENGTH = "length"
    GROUP = "group"
    REPEAT = "repeat"
    REPEAT_END = "repeat_end"  # means something only beside a repeat


_NUMBER = r"\d{1,9}|other"
# Lengths are shown in people's languages, so they are also understood as they are shown.
_MINUTES = "m|mins?|minutes?|د|دقيقة|دقائق|ደ|ደቂቃ"
_HOURS = "h|hrs?|hours?|س|ساعة|ساعات|ሰ|ሰዓት"

_PATTERNS = {
    Kind.DAY: re.compile(DAY),
    Kind.TIME: re.compile(
        r"(?:at )?(?P<hour>\d{1,2})(?::(?P<minute>\d{2}))?(?: ?(?P<half>[ap])\.?m\.?)?"
    ),
    Kind.LENGTH: re.compile(
        rf"(?:for )?(?:(?P<minutes>\d{{1,9}}) ?(?:{_MINUTES})"
        rf"|(?P<hours>\d{{1,9}})(?:[.,](?P<tenths>\d))? ?(?:{_HOURS})"
        rf"(?: ?(?P<more>\d{{1,2}}) ?(?:{_MINUTES})?)?)"
    ),
    Kind.GROUP: re.compile(rf"#(?:[{_QUOTES}](?P<quoted>.+)[{_QUOTES}]|(?P<word>[^{_QUOTES}\s]+))"),
    Kind.REPEAT: re.compile(
        rf"daily|every (?:(?P<days>{_NUMBER}) )?days?"
        rf"|(?P<weekly>weekly|every (?:(?P<weeks>{_NUMBER}) )?weeks?)"
        rf"(?:(?: on)? (?P<on>{WEEKDAY_LIST}))?"
        rf"|(?P<monthly>monthly|every (?:(?P<months>{_NUMBER}) )?months?)"
        rf"|(?P<workdays>(?:every )?weekdays?)|every (?P<odd>{_NUMBER}) weekdays?"
        rf"|every (?:(?P<weeks_between>{_NUMBER}) )?(?P<each>{WEEKDAY_LIST})"
    ),
    Kind.REPEAT_END: re.compile(
        r"[x×] ?(?P<x>\d{1,9})|(?P<times>\d{1,9}) ?(?:x|×|times)"
        rf"|until (?P<last_day>{CALENDAR_DAY})"
    ),
}
LONGEST_PHRASE = 15
"""In words: "weekly on Mon and Tue and Wed and Thu and Fri and Sat and Sun"."""


def kind_of(text: str) -> Kind | None:
    """What `text`, as a whole, looks like."""
    plain = folded(text)
    for kind, pattern in _PATTERNS.items():
        found = pattern.fullmatch(plain)
        if found and not (kind is Kind.TIME and not _is_surely_time(found)):
            return kind
    return None


def is_odd_in_a_topic(kind: Kind, text: str) -> bool:
    """Whether a phrase hardly belongs to a topic; weekdays and dates like "1 Dec" may."""
    if kind is Kind.DAY:
        return re.search(rf"today|tomorrow|{ISO_DATE}", folded(text)) is not None
    if kind is Kind.GROUP:  # but "Lesson #3" is a topic
        return not group_of(text)[0].isdigit()
    return kind in {Kind.TIME, Kind.LENGTH}


def _is_surely_time(found: re.Match[str]) -> bool:
    """A number alone may be anything: "Surah 18"."""
    return found["minute"] is not None or found["half"] is not None


def time_of(text: str) -> time:
    """The time that `text` says: "18:00", "6pm", "6:30 pm"."""
    found = _PATTERNS[Kind.TIME].fullmatch(folded(text))
    if not found or not _is_surely_time(found):
        raise _not_a_time(text)
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    if found["half"]:
        if not 1 <= hour <= 12:  # noqa: PLR2004 -- the hours on a clock's face
            raise _not_a_time(text)
        hour = hour % 12 + (12 if found["half"] == "p" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        raise _not_a_time(text) from None


def _not_a_time(text: str) -> NotUnderstood:
    return NotUnderstood(
        "“{text}” is not a time. Write it like {example} or {other_example}.",
        text=clean_name(text),
        example="18:00",
        other_example="6:30 pm",
    )


def length_of(text: str) -> timedelta:
    """The length that `text` says: "45m", "1h30", "90 min", "1.5 h"; a number is minutes."""
    plain = folded(text)
    found = _PATTERNS[Kind.LENGTH].fullmatch(f"{plain}m" if plain.isdecimal() else plain)
    if not found:
        raise NotUnderstood(
            "“{text}” is not a length. Write it like {example} or {other_example}.",
            text=clean_name(text),
            example="45m",
            other_example="1h30",
        )
    if found["minutes"]:
        return checked_length(int(found["minutes"]))
    minutes = int(found["hours"]) * 60 + int(found["tenths"] or 0) * 6 + int(found["more"] or 0)
    return checked_length(minutes)


def is_no_time(text: str) -> bool:
    """Whether `text` says that something lasted no time at all: "0", "0 min"."""
    return re.fullmatch(rf"0+(?: ?(?:{_MINUTES}))?", folded(text)) is not None


def checked_length(minutes: int) -> timedelta:
    """The length of a class; Zoom allows 1 minute to 24 hours."""
    if not 1 <= minutes <= _MAX_MINUTES:
        raise NotUnderstood(
            "A class can last from 1 to {most} minutes, not {minutes}. How long will it be?",
            most=_MAX_MINUTES,
            minutes=minutes,
        )
    return timedelta(minutes=minutes)


def group_of(text: str) -> str:
    """The name after #, without quotes."""
    found = _PATTERNS[Kind.GROUP].fullmatch(clean_name(text))
    assert found is not None
    return clean_name(found["quoted"] or found["word"])


def unquoted(text: str) -> str:
    """`text` without the quotes around it, if it is one quotation."""
    found = re.fullmatch(rf"[{_QUOTES}]([^{_QUOTES}]+)[{_QUOTES}]", text)
    return found[1] if found else text


def rhythm_of(text: str, *, first: date) -> Repeat:
    """The repeat that `text` says, without an end; "weekly" is on the weekday of `first`."""
    found = _PATTERNS[Kind.REPEAT].fullmatch(folded(text))
    if not found or found["odd"]:
        raise not_a_repeat(text)
    if found["workdays"]:
        return Repeat(Frequency.WEEKLY, weekdays=_WORKDAYS)
    if found["monthly"]:
        return Repeat(Frequency.MONTHLY, _number(found["months"]))
    if found["weekly"]:
        weekdays = weekdays_of(found["on"]) if found["on"] else (first.weekday(),)
        return Repeat(Frequency.WEEKLY, _number(found["weeks"]), weekdays)
    if found["each"]:
        return Repeat(Frequency.WEEKLY, _number(found["weeks_between"]), weekdays_of(found["each"]))
    return Repeat(Frequency.DAILY, _number(found["days"]))


def end_of(text: str, *, first: date) -> int | date:
    """How many classes `text` says, or the last day; without a year it is the next from `first`."""
    found = _PATTERNS[Kind.REPEAT_END].fullmatch(folded(text))
    if not found:
        raise not_a_repeat(text)
    if found["last_day"]:
        return day_of(found["last_day"], today=first)
    return int(found["x"] or found["times"])


def not_a_repeat(text: str) -> NotUnderstood:
    return NotUnderstood(
        "I do not understand how often “{text}” is. Write it like {weekly}, {daily} or {monthly}.",
        text=clean_name(text),
        weekly="every Mon,Wed x10",
        daily="daily until 31 Jan",
        monthly="monthly",
    )


def _number(typed: str | None) -> int:
    if typed == "other":
        return 2
    return int(typed or 1)
