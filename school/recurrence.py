"""The dates of repeating classes.

Weeks begin on Sunday, as Zoom counts them: "every 2 weeks on Sat and Sun" is a Sunday and the
Saturday six days later. A class keeps its local time when the clocks change.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import dropwhile, islice, takewhile
from typing import Literal
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from dateutil.rrule import DAILY, MONTHLY, SU, WEEKLY, rrule

from school.errors import NotUnderstood
from school.names import clean_name, folded
from school.phrases import LONGEST_PHRASE, Kind, end_of, kind_of, not_a_repeat, rhythm_of
from school.repeat import Frequency, Repeat, says, says_end, says_whole
from school.text import Text

__all__ = [
    "MOST_CLASSES",
    "MOST_DATES_AT_ZOOM",
    "Frequency",
    "Repeat",
    "after",
    "check_repeat",
    "count_within",
    "days",
    "first_day",
    "following_day",
    "parse_end",
    "parse_repeat",
    "says",
    "says_end",
    "says_whole",
    "shifted",
    "starts",
]

MOST_DATES_AT_ZOOM = 60
"""That one meeting can have; longer series are continued by another meeting."""

MOST_CLASSES = 365
"""That a series can be told to have; one without an end may go on longer."""

_LONGEST = relativedelta(years=2)
_LAST_DAY_OF_EVERY_MONTH = 28
_DAY = timedelta(days=1)
_DAYS_A_WEEK = 7
_FREQUENCIES: dict[Frequency, Literal[1, 2, 3]] = {
    Frequency.DAILY: DAILY,
    Frequency.WEEKLY: WEEKLY,
    Frequency.MONTHLY: MONTHLY,
}
_LONGEST_INTERVALS = {Frequency.DAILY: 99, Frequency.WEEKLY: 50, Frequency.MONTHLY: 10}  # Zoom's


def parse_repeat(text: str, *, first: date) -> Repeat:
    """The rule that is typed: "every Mon,Wed x10", "daily until 2027-01-31", "x10 weekly".

    `first` is the day from which on it holds. Raises NotUnderstood where the text makes no sense
    and where `check_repeat` does.
    """
    rhythm, end = _rhythm_and_end(text)
    repeat = rhythm_of(rhythm, first=first)
    return _ended(repeat, end, first) if end else check_repeat(repeat, first=first)


def parse_end(text: str, repeat: Repeat, *, first: date) -> Repeat:
    """The rule with the end that is typed for it: "x10", "until 31 Jan", "31 Jan", "10".

    Raises NotUnderstood where the text makes no sense and where `check_repeat` does.
    """
    plain = folded(text)
    for end in (plain, f"x{plain}", f"until {plain}"):
        if kind_of(end) is Kind.REPEAT_END:
            return _ended(repeat, end, first)
    raise NotUnderstood(
        "I do not understand until when “{text}” is. Write it like {count} or {last_day}.",
        text=clean_name(text),
        count="x10",
        last_day="until 31 Jan",
    )


def _ended(repeat: Repeat, end: str, first: date) -> Repeat:
    last = end_of(end, first=first)
    if isinstance(last, date):
        return check_repeat(replace(repeat, count=None, until=last), first=first)
    return check_repeat(replace(repeat, count=last, until=None), first=first)


def _rhythm_and_end(text: str) -> tuple[str, str]:
    words = folded(text).split()[: 2 * LONGEST_PHRASE]
    for index in range(1, len(words) + 1):
        before, behind = " ".join(words[:index]), " ".join(words[index:])
        kinds = kind_of(before), kind_of(behind)
        if kinds == (Kind.REPEAT, Kind.REPEAT_END) or (kinds[0] is Kind.REPEAT and not behind):
            return before, behind
        if kinds == (Kind.REPEAT_END, Kind.REPEAT):
            return behind, before
    raise not_a_repeat(text)


def check_repeat(repeat: Repeat, *, first: date) -> Repeat:
    """The rule, if a series can have it from `first` on; else NotUnderstood says what to change."""
    _check_interval(repeat)
    if repeat.frequency is Frequency.MONTHLY:
        _check_day_of_month(first)
    if repeat.count is not None and not 1 <= repeat.count <= MOST_CLASSES:
        raise NotUnderstood(
            "A series can have from 1 to {most} classes, not {count}. How many will there be?",
            most=MOST_CLASSES,
            count=repeat.count,
        )
    if repeat.until is not None:
        _check_until(repeat.until, first_day(repeat, first))
    return repeat


def _check_interval(repeat: Repeat) -> None:
    count = _LONGEST_INTERVALS[repeat.frequency]
    if 1 <= repeat.interval <= count:
        return
    most = {
        Frequency.DAILY: Text("{count} day", plural="{count} days", count=count),
        Frequency.WEEKLY: Text("{count} week", plural="{count} weeks", count=count),
        Frequency.MONTHLY: Text("{count} month", plural="{count} months", count=count),
    }
    raise NotUnderstood(
        "A class can be repeated every 1 to {most}, not every {interval}. How often will it be?",
        most=most[repeat.frequency],
        interval=repeat.interval,
    )


def _check_day_of_month(first: date) -> None:
    if first.day > _LAST_DAY_OF_EVERY_MONTH:
        raise NotUnderstood(
            "Not every month has a day {day}. Choose a day from 1 to {last} for a monthly class.",
            day=first.day,
            last=_LAST_DAY_OF_EVERY_MONTH,
        )


def _check_until(until: date, first: date) -> None:
    if until < first:
        raise NotUnderstood(
            "The first class would be on {first}, but the last day is {until}."
            " Choose a later last day.",
            first=first.isoformat(),  # with its year, which may be what is wrong
            until=until.isoformat(),
        )
    if until > first + _LONGEST:
        raise NotUnderstood(
            "A series can go on for two years, until {last}. Choose an earlier last day than"
            " {until}, or none.",
            last=(first + _LONGEST).isoformat(),
            until=until.isoformat(),
        )


def first_day(repeat: Repeat, since: date) -> date:
    """The first day of the rule from `since` on, whether or not the rule has ended by then."""
    waits = ((weekday - since.weekday()) % _DAYS_A_WEEK for weekday in repeat.weekdays)
    return since + min(waits, default=0) * _DAY


def following_day(repeat: Repeat, day: date) -> date:
    """The day that such a class could begin on instead of `day`, the next one after it."""
    if repeat.frequency is Frequency.MONTHLY:
        return day + relativedelta(months=1)
    return first_day(repeat, day + _DAY)


def days(repeat: Repeat, first: date) -> Iterator[date]:
    """The local days of the classes, in order.

    They begin with the first fitting day from `first` on, and with several weeks between, they
    are counted from that day's week. Months without such a day are passed over.
    """
    rule = rrule(
        _FREQUENCIES[repeat.frequency],
        dtstart=datetime.combine(first_day(repeat, first), time()),
        interval=repeat.interval,
        wkst=SU,
        count=repeat.count,
        until=datetime.combine(repeat.until, time()) if repeat.until else None,
        byweekday=repeat.weekdays or None,
    )
    return (moment.date() for moment in rule)


def count_within(repeat: Repeat, first: date, length: timedelta) -> int:
    """How many classes there are in so many days from the first one on."""
    end = first_day(repeat, first) + length
    return sum(1 for _ in takewhile(lambda day: day < end, days(repeat, first)))


def starts(repeat: Repeat, first: date, at: time, zone: ZoneInfo) -> Iterator[datetime]:
    """When the classes start, in UTC: at `at` on clocks in `zone`, also after they change.

    A time that the clocks skip is as much later as they skip (02:30 becomes 03:30); of a time
    that they show twice it is the first. No two classes start at once, not even where a zone
    skips a whole day.
    """
    before = None
    for day in days(repeat, first):
        start_at = datetime.combine(day, at.replace(fold=0), tzinfo=zone).astimezone(UTC)
        if start_at != before:
            yield start_at
        before = start_at


def after(
    repeat: Repeat, anchor_at: datetime, zone: ZoneInfo, last: datetime, most: int
) -> tuple[datetime, ...]:
    """The next starts after `last`, at most `most`; fewer, or none, where the rule ends.

    `anchor_at` is the planned start of the first class: its day and time in `zone` are the
    rule's, and `count` counts from it.
    """
    anchor = anchor_at.astimezone(zone)
    every = starts(repeat, anchor.date(), anchor.time(), zone)
    return tuple(islice(dropwhile(lambda start_at: start_at <= last, every), most))


def shifted(repeat: Repeat, by_days: int, first: date) -> Repeat:
    """The rule of a series that moves by so many days; `first` is its first day before that.

    It has as many classes as before. Raises NotUnderstood where no rule says the new days.
    """
    day = first_day(repeat, first)
    moved = replace(repeat, weekdays=_shifted_weekdays(repeat, by_days))
    if repeat.frequency is Frequency.MONTHLY:
        _check_day_of_month(day + by_days * _DAY)
    if repeat.until is None:
        return moved
    until = repeat.until + by_days * _DAY
    if repeat.frequency is Frequency.MONTHLY:  # months differ in length: only counting tells
        endless = days(replace(moved, until=None), day + by_days * _DAY)
        as_many = [new for _, new in zip(days(repeat, day), endless, strict=False)]
        until = max(as_many, default=until)
    return replace(moved, until=until)


def _shifted_weekdays(repeat: Repeat, by_days: int) -> tuple[int, ...]:
    from_sunday = [(weekday + 1) % _DAYS_A_WEEK + by_days for weekday in repeat.weekdays]
    weeks = {number // _DAYS_A_WEEK for number in from_sunday}
    if repeat.interval > 1 and len(weeks) > 1:
        raise NotUnderstood(
            "The days of “{repeat}” would no longer be in one week, which begins on Sunday."
            " Move the classes one by one, or make a new series.",
            repeat=says(repeat),
        )
    return tuple(sorted((weekday + by_days) % _DAYS_A_WEEK for weekday in repeat.weekdays))
