"""What teachers type for a day: "tomorrow", "next Fri", "1 Dec", "2026-12-01".

Digits may be of any script. Month and weekday names are English.
"""

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date, timedelta

from school.errors import NotUnderstood
from school.names import clean_name, folded

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_SHORTEST_NAME = 3  # "mon", "thurs", "sept": three letters tell them all apart
_YEARS = range(2000, 3000)
_YEARS_TO_A_LEAP_DAY = 8  # at most, as around 2100
_OfNoYear = Callable[[int, int, date], list[date]]
"""The dates that a day and a month may be for somebody today, the likeliest first."""

_DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)


def _beginnings(names: tuple[str, ...]) -> str:
    """A pattern for a name or any beginning of it that is long enough."""
    return "|".join(
        name[:end] for name in names for end in range(len(name), _SHORTEST_NAME - 1, -1)
    )


WEEKDAY = rf"(?>{_beginnings(_WEEKDAYS)})"
_MONTH = rf"(?:{_beginnings(_MONTHS)})"
ISO_DATE = r"\d{4}-\d{1,2}-\d{1,2}"
_DAY_MONTH = rf"\d{{1,2}}(?:st|nd|rd|th)? ?{_MONTH}\.?(?:,? ?\d{{4}})?"
_MONTH_DAY = rf"{_MONTH}\.? ?\d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?"
DATE = rf"(?:{ISO_DATE}|{_DAY_MONTH}|{_MONTH_DAY})"
WEEKDAY_LIST = rf"{WEEKDAY}s?(?:(?: ?,? and | ?, ?| ?& ?| ){WEEKDAY}s?)*"
CALENDAR_DAY = rf"(?:{WEEKDAY}|(?:{WEEKDAY},? )?{DATE})"
DAY = (
    r"(?:(?:on|from) )?(?:today|tomorrow"
    rf"|(?:(?:this|next) )?{WEEKDAY}|(?:{WEEKDAY},? )?{DATE})"
)


def is_bare_weekday(text: str) -> bool:
    """Whether a day is said by its weekday alone, which may mean today or a week from now."""
    return re.fullmatch(rf"(?:(?:on|from) )?{WEEKDAY}", folded(text)) is not None


def day_of(text: str, *, today: date) -> date:
    """The day that `text` says; a weekday, or a day without a year, is the next from today on."""
    return _day_of(text, today, _coming)


def nearest_day_of(text: str, *, today: date) -> date:
    """The day that `text` says; one without a year is the nearest, though it be past."""
    return _day_of(text, today, _nearest)


def _day_of(text: str, today: date, of_no_year: _OfNoYear) -> date:
    plain = re.sub(r"^(?:on|from) ", "", folded(text))
    if plain in {"today", "tomorrow"}:
        return today if plain == "today" else today + _DAY
    if found := re.fullmatch(rf"(?:(this|next) )?({WEEKDAY})", plain):
        return _coming_weekday(found[1], _index(_WEEKDAYS, found[2]), today)
    if found := re.fullmatch(rf"(?:({WEEKDAY}),? )?({DATE})", plain):
        day = _date_of(found[2], clean_name(text), today, of_no_year)
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


def days_of(text: str, *, today: date) -> tuple[date, date | None]:
    """One day, or the first and the last of several: "2026-12-20 2027-01-05", "20 Dec - 5 Jan"."""
    with suppress(NotUnderstood):
        return day_of(text, today=today), None
    words = re.sub(r"(?i)\s[-–—]\s|\b(?:to|until)\b", " ", clean_name(text)).split()
    for end in range(1, len(words)):
        with suppress(NotUnderstood):
            first = day_of(" ".join(words[:end]), today=today)
            return first, day_of(" ".join(words[end:]), today=first)
    return day_of(text, today=today), None


def weekdays_of(text: str) -> tuple[int, ...]:
    """Each weekday that stands in `text`, once and in order; Monday is 0."""
    found = re.findall(rf"\b{WEEKDAY}", folded(text))
    return tuple(sorted({_index(_WEEKDAYS, name) for name in found}))


def _coming_weekday(which: str | None, weekday: int, today: date) -> date:
    if which == "next":  # of the next week, which begins on Monday
        return today - today.weekday() * _DAY + _WEEK + weekday * _DAY
    return today + (weekday - today.weekday()) % 7 * _DAY


def _index(names: tuple[str, ...], beginning: str) -> int:
    return next(index for index, name in enumerate(names) if name.startswith(beginning))


def _date_of(plain: str, typed: str, today: date, of_no_year: _OfNoYear) -> date:
    if re.fullmatch(ISO_DATE, plain):
        year, month, day = (int(part) for part in plain.split("-"))
        candidates = _existing(day, month, [year])
    else:
        name = re.search(_MONTH, plain)
        assert name is not None
        day, *years = (int(number) for number in re.findall(r"\d+", plain))
        month = _index(_MONTHS, name[0]) + 1
        candidates = _existing(day, month, years) if years else of_no_year(day, month, today)
    if not candidates:
        raise NotUnderstood("There is no “{date}” in the calendar. Which day?", date=typed)
    return candidates[0]


def _coming(day: int, month: int, today: date) -> list[date]:
    """The next first."""
    years = range(today.year, today.year + _YEARS_TO_A_LEAP_DAY + 1)
    return [one for one in _existing(day, month, years) if one >= today]


def _nearest(day: int, month: int, today: date) -> list[date]:
    """The nearest first; of two just as near, the coming one."""
    years = range(today.year - _YEARS_TO_A_LEAP_DAY, today.year + _YEARS_TO_A_LEAP_DAY + 1)
    found = _existing(day, month, years)
    return sorted(found, key=lambda one: (abs(one - today), one < today))


def _existing(day: int, month: int, years: Iterable[int]) -> list[date]:
    """That day of that month in each of the years that has it."""
    found = []
    for year in years:
        with suppress(ValueError):
            found.append(date(year, month, day))
    return [one for one in found if one.year in _YEARS]
