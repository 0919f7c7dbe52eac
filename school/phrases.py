"""The single phrases of what teachers type: a day, a time, a length, a group, a repeat.

A pattern says what a phrase looks like; whether there is such a time or day is said when its
value is asked for. Digits may be of any script. Month and weekday names are English.
"""

import re
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, time, timedelta
from enum import StrEnum

from school.errors import NotUnderstood
from school.names import clean_name

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_SHORTEST_NAME = 3  # "mon", "thurs", "sept": three letters tell them all apart
_YEARS = range(2000, 3000)
_YEARS_TO_A_LEAP_DAY = 8  # at most, as around 2100
_MAX_MINUTES = 24 * 60  # what Zoom allows
_DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)

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


def _beginnings(names: tuple[str, ...]) -> str:
    """A pattern for a name or any beginning of it that is long enough."""
    return "|".join(
        name[:end] for name in names for end in range(len(name), _SHORTEST_NAME - 1, -1)
    )


_WEEKDAY = rf"(?:{_beginnings(_WEEKDAYS)})"
_MONTH = rf"(?:{_beginnings(_MONTHS)})"
_ISO_DATE = r"\d{4}-\d{1,2}-\d{1,2}"
_DAY_MONTH = rf"\d{{1,2}}(?:st|nd|rd|th)? ?{_MONTH}\.?(?:,? ?\d{{4}})?"
_MONTH_DAY = rf"{_MONTH}\.? ?\d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?"
_DATE = rf"(?:{_ISO_DATE}|{_DAY_MONTH}|{_MONTH_DAY})"
_WEEKDAY_LIST = rf"{_WEEKDAY}s?(?:(?: ?, ?| ?& ?| and | ){_WEEKDAY}s?)*"

_PATTERNS = {
    Kind.DAY: re.compile(
        r"(?:(?:on|from) )?(?:today|tomorrow"
        rf"|(?:(?:this|next) )?{_WEEKDAY}|(?:{_WEEKDAY},? )?{_DATE})"
    ),
    Kind.TIME: re.compile(
        r"(?:at )?(?P<hour>\d{1,2})(?::(?P<minute>\d{2}))?(?: ?(?P<half>[ap])\.?m\.?)?"
    ),
    Kind.LENGTH: re.compile(
        r"(?:for )?(?:(?P<minutes>\d{1,9}) ?(?:m|mins?|minutes?)"
        r"|(?P<hours>\d{1,9})(?:[.,](?P<tenths>\d))? ?(?:h|hrs?|hours?)"
        r"(?: ?(?P<more>\d{1,2}) ?(?:m|mins?|minutes?)?)?)"
    ),
    Kind.GROUP: re.compile(rf"#(?:[{_QUOTES}](?P<quoted>.+)[{_QUOTES}]|(?P<word>[^{_QUOTES}\s]+))"),
    Kind.REPEAT: re.compile(
        rf"daily|weekly|monthly|every (?:\d+ )?(?:days?|weeks?|months?|weekdays?|{_WEEKDAY_LIST})"
    ),
    Kind.REPEAT_END: re.compile(rf"[x×] ?\d{{1,3}}|\d{{1,3}} ?(?:x|×|times)|until {_DATE}"),
}
LONGEST_PHRASE = 10
"""In words; "every Mon and Tue and Wed and Thu and Fri" is as far as anybody went."""


def folded(text: str) -> str:
    """As phrases are compared: case, width of characters and spaces do not count."""
    return " ".join(unicodedata.normalize("NFKC", clean_name(text)).casefold().split())


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
        return re.search(rf"today|tomorrow|{_ISO_DATE}", folded(text)) is not None
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


def is_bare_weekday(text: str) -> bool:
    """Whether a day is said by its weekday alone, which may mean today or a week from now."""
    return re.fullmatch(rf"(?:(?:on|from) )?{_WEEKDAY}", folded(text)) is not None


def day_of(text: str, *, today: date) -> date:
    """The day that `text` says; a weekday is the next one from today on."""
    plain = re.sub(r"^(?:on|from) ", "", folded(text))
    if plain in {"today", "tomorrow"}:
        return today if plain == "today" else today + _DAY
    if found := re.fullmatch(rf"(?:(this|next) )?({_WEEKDAY})", plain):
        return _coming_weekday(found[1], _index(_WEEKDAYS, found[2]), today)
    if found := re.fullmatch(rf"(?:({_WEEKDAY}),? )?({_DATE})", plain):
        day = _date_of(found[2], clean_name(text), today)
        if found[1] and _index(_WEEKDAYS, found[1]) != day.weekday():
            raise NotUnderstood(
                "{day} is another weekday than “{text}” says. Which day did you mean?",
                day=day,
                text=clean_name(text),
            )
        return day
    raise NotUnderstood(
        "“{text}” is not a day. Write it like {tomorrow}, {weekday}, {date} or {iso_date}.",
        text=clean_name(text),
        tomorrow="tomorrow",
        weekday="Friday",
        date="1 Dec",
        iso_date="2026-12-01",
    )


def _coming_weekday(which: str | None, weekday: int, today: date) -> date:
    if which == "next":  # of the next week, which begins on Monday
        return today - today.weekday() * _DAY + _WEEK + weekday * _DAY
    return today + (weekday - today.weekday()) % 7 * _DAY


def _index(names: tuple[str, ...], beginning: str) -> int:
    return next(index for index, name in enumerate(names) if name.startswith(beginning))


def _date_of(plain: str, typed: str, today: date) -> date:
    if re.fullmatch(_ISO_DATE, plain):
        year, month, day = (int(part) for part in plain.split("-"))
        candidates = _existing(day, month, [year])
    else:
        name = re.search(_MONTH, plain)
        assert name is not None
        day, *years = (int(number) for number in re.findall(r"\d+", plain))
        month = _index(_MONTHS, name[0]) + 1
        candidates = _existing(day, month, years or _coming_years(today))
        if not years:
            candidates = [candidate for candidate in candidates if candidate >= today]
    if not candidates:
        raise NotUnderstood("There is no “{date}” in the calendar. Which day?", date=typed)
    return candidates[0]


def _coming_years(today: date) -> range:
    return range(today.year, today.year + _YEARS_TO_A_LEAP_DAY + 1)


def _existing(day: int, month: int, years: Iterable[int]) -> list[date]:
    """That day of that month in each of the years that has it."""
    found = []
    for year in years:
        with suppress(ValueError):
            found.append(date(year, month, day))
    return [one for one in found if one.year in _YEARS]
