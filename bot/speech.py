"""Sentences in people's languages: translated, with every value formatted and escaped.

A message id is a plain English sentence with {named} placeholders. It carries no markup, so that
a translator can reorder all of it and break none of it; emphasis comes in with the values:
`say("{topic} has moved", topic=say.bold(topic))`.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from gettext import NullTranslations
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import (
    format_interval,
    format_skeleton,
    format_time,
    get_day_names,
    get_timezone_location,
)
from babel.lists import format_list
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from bot.catalogues import FIRST_STRONG_ISOLATE, LOCALE, POP_ISOLATE, read_catalogues
from school.model import ClockFace, Planned
from school.money import Money, decimals_of
from school.text import Moment, Text, Value, Weekdays

_SOURCE_LANGUAGE = "en"
# The school writes "Tue 24 Nov, 18:00": the day first, 24 hours in every language. Digits are
# 0–9 in every language too: Babel's dates have no others, and a sentence is to have one kind.
_LOCALES = {"en": "en_GB"}
_24_HOURS = "HH:mm"

_DIRECTIONS = {"L": "left-to-right", "R": "right-to-left", "AL": "right-to-left"}

_MINUTE = timedelta(minutes=1)
_MINUTES_PER_HOUR = 60
_HOURS_ON_A_FACE = 12
_FIRST_HOUR = 6  # the Ethiopian day begins with the light: 7:00 is one o'clock

Shown = Value | Markup
"""What may stand in a placeholder here; a Markup stays as it is."""


class Say:
    """One language's voice. Sentences come out as HTML for Telegram.

    `clock` is how it tells the time of day.
    """

    def __init__(
        self, language: str, catalogue: NullTranslations, clock: ClockFace = ClockFace.DAY
    ) -> None:
        self.language = language
        self.clock = clock
        self.locale = Locale.parse(_LOCALES.get(language, language), sep="_")
        self.catalogue = catalogue

    @property
    def is_rtl(self) -> bool:
        """Whether the language is written from right to left."""
        return self.locale.text_direction == "right-to-left"

    def __call__(self, msgid: str, /, **values: Shown) -> Markup:
        """The sentence `msgid` in this language."""
        return self._filled(self.catalogue.gettext(msgid), values)

    def many(self, singular: str, plural: str, count: int, /, **values: Shown) -> Markup:
        """The form for `count`, which is {count} in both."""
        sentence = self.catalogue.ngettext(singular, plural, count)
        return self._filled(sentence, {"count": count, **values})

    def text(self, text: Text) -> Markup:
        """A sentence that came up from the rooms below."""
        return self._filled(self._sentence(text), _values(text))

    def label(self, msgid: str, /, **values: Value) -> str:
        """A sentence where Telegram takes no HTML: a button, an alert, a command's description."""
        return self.plain(Text(msgid, values))

    def plain(self, value: Value) -> str:
        """Any one value without HTML."""
        match value:
            case Text():
                shown = {name: self.plain(one) for name, one in _values(value).items()}
                return self._sentence(value).format_map(shown)
            case str():
                said = self._isolated(value)
            case Moment():
                said = self._moment(value)
            case timedelta():
                said = self._length(value)
            case Money():
                said = self._isolated(f"{self._coins(value)} {value.currency}")
            case datetime() | date() | time() | Weekdays():
                said = self._calendar(value)
            case _:
                said = format_decimal(value, locale=self.locale)
        return said

    def html(self, value: Shown) -> Markup:
        """Any one value as it stands in a sentence."""
        if isinstance(value, Markup):
            return value
        if isinstance(value, Text):
            return self.text(value)
        if isinstance(value, Moment):
            return self._local_time(value.at, "wDt", self._moment(value))
        return escape(self.plain(value))

    def bold(self, value: Shown) -> Markup:
        return Markup("<b>{}</b>").format(self.html(value))

    def code(self, value: Shown) -> Markup:
        """To be copied by a tap."""
        return Markup("<code>{}</code>").format(self.html(value))

    def time_range(self, planned: Planned, zone: ZoneInfo) -> Markup:
        """From start to end, shown to each reader in their own zone; old programs show `zone`."""
        if self.clock is ClockFace.ETHIOPIAN:
            return self.zoned_range(planned, zone)
        start = planned.starts_at.astimezone(zone)
        return self(
            "{start} – {end}",
            start=self._local_time(planned.starts_at, "wDt", self._day_and_time(start)),
            end=self._local_time(planned.ends_at, "t", self.zoned_time(planned.ends_at, zone)),
        )

    def zoned_range(self, planned: Planned, zone: ZoneInfo) -> Markup:
        """From start to end in `zone`, which is named: for whoever chose the time."""
        start, end = planned.starts_at.astimezone(zone), planned.ends_at.astimezone(zone)
        return self(
            "{day}, {start}–{end} ({city})",
            day=start.date(),
            start=start.time(),
            end=end.time(),
            city=self.city(zone),
        )

    def clock_time(self, at: datetime, zone: ZoneInfo) -> str:
        """`18:00`, for readers who know the zone."""
        return self.plain(at.astimezone(zone).time())

    def zoned_time(self, at: datetime, zone: ZoneInfo) -> str:
        """`18:00 (Cairo)`."""
        return self.label("{time} ({city})", time=at.astimezone(zone).time(), city=self.city(zone))

    def short_day(self, day: date) -> str:
        """`Wed 25`, for buttons."""
        return format_skeleton("Ed", day, locale=self.locale)

    def month(self, day: date) -> str:
        """`November 2026`."""
        return format_skeleton("yMMMM", day, locale=self.locale)

    def full_day(self, day: date) -> str:
        """`23 Nov 2026`: where the year matters."""
        return format_skeleton("yMMMd", day, locale=self.locale)

    def days(self, first: date, last: date) -> str:
        """`16–22 Nov 2026`, or one day of that kind."""
        if first == last:
            return self.full_day(first)
        return format_interval(first, last, "yMMMd", locale=self.locale)

    def listed(self, items: Sequence[Shown]) -> Markup:
        """`Beginners A, Beginners B and Sisters`."""
        return self._joined(items, "standard")

    def series(self, items: Sequence[Shown]) -> Markup:
        """`late 13 min, on several devices`: remarks that hold an "and" of their own."""
        return self._joined(items, "unit" if _has_units(self.locale) else "standard")

    def _joined(self, items: Sequence[Shown], style: Literal["standard", "unit"]) -> Markup:
        pattern = format_list(["{}"] * len(items), style, locale=self.locale)
        return escape(pattern).format(*(self.html(item) for item in items))

    def _sentence(self, text: Text) -> str:
        if text.plural is None or text.count is None:
            return self.catalogue.gettext(text.msgid)
        return self.catalogue.ngettext(text.msgid, text.plural, text.count)

    def _filled(self, sentence: str, values: Mapping[str, Shown]) -> Markup:
        shown = {name: self.html(value) for name, value in values.items()}
        return escape(sentence).format_map(shown)

    def _isolated(self, text: str) -> str:
        """Text that runs the other way is kept from turning the sentence around it.

        A name at the beginning would otherwise set the direction of the whole line.
        """
        directions = {_DIRECTIONS.get(unicodedata.bidirectional(letter)) for letter in text}
        runs_on = directions <= {None, self.locale.character_order}
        # Dates and times in figures alone would have their parts turned round, too.
        is_figures = directions == {None} and any(letter.isdigit() for letter in text)
        if runs_on and not (is_figures and self.locale.character_order == "right-to-left"):
            return text
        return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}"

    def _coins(self, money: Money) -> str:
        decimals = "0" * decimals_of(money.currency)
        return format_decimal(money.rounded.amount, f"#,##0.{decimals}", self.locale)

    def _length(self, length: timedelta) -> str:
        """Rounded once, here: half a minute counts as one."""
        hours, minutes = divmod(int(length / _MINUTE + 0.5), _MINUTES_PER_HOUR)
        if not hours:
            return self.label("{minutes} min", minutes=minutes)
        if not minutes:
            return self.label("{hours} h", hours=hours)
        return self.label("{hours} h {minutes} min", hours=hours, minutes=minutes)

    def _calendar(self, value: datetime | date | time | Weekdays) -> str:
        if isinstance(value, Weekdays):
            names = get_day_names("abbreviated", context="stand-alone", locale=self.locale)
            return format_list([names[number] for number in value.numbers], locale=self.locale)
        if isinstance(value, datetime):
            return self.label("{day}, {time}", day=self.full_day(value), time=value.time())
        if isinstance(value, date):
            return format_skeleton("MMMEd", value, locale=self.locale)
        if self.clock is ClockFace.ETHIOPIAN:
            return self._ethiopian(value)
        return format_time(value, _24_HOURS, locale=self.locale)

    def _ethiopian(self, value: time) -> str:
        """`1:00 in the morning` for 07:00: twelve hours from dawn, and twelve from dusk."""
        hour = (value.hour - _FIRST_HOUR) % _HOURS_ON_A_FACE or _HOURS_ON_A_FACE
        shown = f"{hour}:{value.minute:02}"
        match value.hour // 6:
            case 0:
                return self.label("{time} at night", time=shown)
            case 1:
                return self.label("{time} in the morning", time=shown)
            case 2:
                return self.label("{time} in the afternoon", time=shown)
            case _:
                return self.label("{time} in the evening", time=shown)

    def _local_time(self, at: datetime, pattern: str, otherwise: str) -> Markup:
        """A time in the reader's own zone and language, where their program can show one.

        It tells the time its own way, so a reader with the Ethiopian clock is shown our words in
        our zone instead: one sentence must not count the hours in two ways.
        https://core.telegram.org/bots/api#date-time-entity-formatting
        """
        if self.clock is ClockFace.ETHIOPIAN:
            return escape(otherwise)
        return Markup('<tg-time unix="{}" format="{}">{}</tg-time>').format(
            int(at.timestamp()), pattern, otherwise
        )

    def _day_and_time(self, local: datetime) -> str:
        return self.label("{day}, {time}", day=local.date(), time=local.time())

    def _moment(self, moment: Moment) -> str:
        local = moment.at.astimezone(moment.zone)
        return self.label(
            "{day}, {time} ({city})",
            day=local.date(),
            time=local.time(),
            city=self.city(moment.zone),
        )

    def city(self, zone: ZoneInfo) -> str:
        return get_timezone_location(zone, locale=self.locale, return_city=True)


class Speech:
    """Every language there is; whoever's is missing is spoken to in the school's."""

    def __init__(self, school_language: str, catalogues: Path = LOCALE) -> None:
        found = {_SOURCE_LANGUAGE: NullTranslations(), **read_catalogues(catalogues)}
        self._voices = {
            (language, clock): Say(language, catalogue, clock)
            for language, catalogue in sorted(found.items())
            for clock in ClockFace
        }
        self.catalogues: Mapping[str, NullTranslations] = found
        """The translations of each language, for whoever else speaks to people."""
        self.languages = tuple(sorted(found))
        """Codes of the languages that there are texts in."""
        school = self._nearest(school_language, ClockFace.DAY)
        self.school = school or self._voices[_SOURCE_LANGUAGE, ClockFace.DAY]
        """The language of groups, and of people whose own there is not."""

    def to(self, language: str | None, clock: ClockFace = ClockFace.DAY) -> Say:
        """The voice for a language code such as `ar` or `pt-br`, with that clock."""
        nearest = self._nearest(language or "", clock)
        return nearest or self._voices[self.school.language, clock]

    def _nearest(self, language: str, clock: ClockFace) -> Say | None:
        code = language.replace("-", "_")
        exact = self._voices.get((code, clock))
        return exact or self._voices.get((code.partition("_")[0], clock))


def _values(text: Text) -> Mapping[str, Value]:
    return text.values if text.count is None else {"count": text.count, **text.values}


def _has_units(locale: Locale) -> bool:
    """Amharic, for one, lists units with the words it lists everything with."""
    return "middle" in locale.list_patterns.get("unit", {})
