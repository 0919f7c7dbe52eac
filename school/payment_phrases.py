"""What an admin types of a payment: "TR-1992", "3 Dec TR-1992", "yesterday, by bank"."""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from school.day_phrases import DATE, WEEKDAY, day_of
from school.errors import NotUnderstood
from school.names import clean_name, folded

_LONGEST_REFERENCE = 100
_DAY = timedelta(days=1)
_DAYS_AGO = {"tomorrow": -1, "today": 0, "yesterday": 1}
_ENDS = r"(?=[\s,;:]|$)"
_DAY_FIRST = re.compile(
    rf"(?:on )?(?:(?P<word>{'|'.join(_DAYS_AGO)})"
    rf"|(?:(?P<weekday>{WEEKDAY}),? )?(?P<date>{DATE})){_ENDS}",
    re.IGNORECASE,
)
_PERHAPS_A_DAY = re.compile(
    rf"(?:on )?(?:(?:last |this |next )?{WEEKDAY}"
    r"|\d{1,2}(?:st|nd|rd|th)"
    r"|\d{1,4}([-./])\d{1,2}\1\d{1,4}|\d{1,2}/\d{1,2}|\d{1,2}\.\d{1,2}\."
    r"|(?![4-9]\d)\d{1,2}\.? [^\W\d_]{3,}"  # a month that is misspelt, or of another language
    rf"){_ENDS}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PaymentSaid:
    """What was typed; None or empty where nothing was said of it."""

    paid_on: date | None
    reference: str = field(repr=False)


def parse_payment(text: str, *, since: date, today: date) -> PaymentSaid:
    """A day, if one stands first, and the reference.

    A day without a year is the latest that it can be. Raises NotUnderstood for a day before
    `since` or after `today`, and for what may be a day and cannot be read: none is guessed.
    """
    words = clean_name(text)
    if found := _DAY_FIRST.match(words):
        day = _day(found, since, today)
        if not since <= day <= today:
            raise NotUnderstood(
                "“{text}” is not a day from {since}, when the month ended, to today. Type the day "
                "it was paid on, such as {example}, and then the reference.",
                text=found[0],
                since=since.isoformat(),
                example=today.isoformat(),
            )
        return PaymentSaid(day, words[found.end() :].lstrip(" ,;:–—-")[:_LONGEST_REFERENCE])
    if found := _PERHAPS_A_DAY.match(words):
        raise NotUnderstood(
            "I cannot tell whether “{text}” is a day. Begin with the day it was paid on, written "
            "like {example}, and then type the reference.",
            text=found[0],
            example=today.isoformat(),
        )
    return PaymentSaid(None, words[:_LONGEST_REFERENCE])


def _day(found: re.Match[str], since: date, today: date) -> date:
    if found["word"]:
        return today - _DAYS_AGO[folded(found["word"])] * _DAY
    day = day_of(found["date"], today=since)
    while day < (later := day_of(found["date"], today=day + _DAY)) <= today:
        day = later
    if found["weekday"]:  # raises where it is another
        return day_of(f"{found['weekday']} {day.isoformat()}", today=today)
    return day
