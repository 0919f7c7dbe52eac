"""What pages say, in the language of the person who reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from gettext import NullTranslations

from aiohttp import web
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, get_day_names
from babel.lists import format_list
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from school.money import Money, decimals_of
from school.text import Moment, Text, Value, Weekdays

Translations = Mapping[str, NullTranslations]
"""The catalogue of each language that the program speaks, by its code: "en", "ar"…"""

_MOST_LANGUAGES_READ = 20  # of an Accept-Language header
_DAY, _HOUR, _MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Wording:
    """One language: its words, and how it writes dates and numbers."""

    language: str
    locale: Locale
    translations: NullTranslations

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`, as HTML's `dir` wants it."""
        return self.locale.text_direction

    @property
    def name(self) -> str:
        """What its speakers call it."""
        return self.locale.get_display_name() or self.language

    def say(self, msgid: str, **values: Value) -> Markup:
        """A translated sentence; its own HTML stands, what fills its {placeholders} is escaped."""
        return Markup(self.translations.gettext(msgid)).format(**self._shown(values))  # noqa: S704  # ours

    def sentence(self, text: Text) -> Markup:
        """A sentence that a use case handed up."""
        if text.plural is None or text.count is None:
            return self.say(text.msgid, **text.values)
        form = self.translations.ngettext(text.msgid, text.plural, text.count)
        return Markup(form).format(**self._shown({**text.values, "count": text.count}))  # noqa: S704  # ours

    def plain(self, text: Text) -> str:
        """The same where no HTML is read; `text` has none of its own."""
        return self.sentence(text).unescape()

    def _shown(self, values: Mapping[str, Value]) -> dict[str, Markup]:
        return {name: self._formatted(value) for name, value in values.items()}

    def _formatted(self, value: Value) -> Markup:
        match value:
            case str():
                return escape(value)  # HTML of ours, being Markup, stays as it is
            case Text():
                return self.sentence(value)
            case int() | Decimal() | Money():
                return escape(self._number(value))
            case timedelta():
                return self.sentence(_length(value))
            case Moment(at, zone):
                return self._day_and_time(at.astimezone(zone))
        return self._calendar(value)

    def _number(self, value: int | Decimal | Money) -> str:
        if isinstance(value, Money):
            pattern = "#,##0." + "0" * decimals_of(value.currency)
            amount = format_decimal(value.rounded.amount, pattern, self.locale)
            return f"{amount} {value.currency}"
        return format_decimal(value, locale=self.locale)

    def _calendar(self, value: date | time | Weekdays) -> Markup:
        match value:
            case Weekdays(numbers):
                names = get_day_names("abbreviated", context="stand-alone", locale=self.locale)
                listed = format_list([names[number] for number in numbers], locale=self.locale)
                return escape(listed)
            case datetime():
                return self._day_and_time(value)
            case date():
                return escape(format_date(value, "long", locale=self.locale))
            case time():
                return escape(format_time(value, "HH:mm", locale=self.locale))

    def _day_and_time(self, at: datetime) -> Markup:
        day = format_skeleton("yMMMd", at, locale=self.locale)
        return self.say("{day}, {time}", day=day, time=at.time())


def _length(value: timedelta) -> Text:
    """In the largest unit that leaves no rest, or else in minutes."""
    if not value % _DAY:
        return Text("{count} day", plural="{count} days", count=value // _DAY)
    if not value % _HOUR:
        return Text("{count} hour", plural="{count} hours", count=value // _HOUR)
    return Text("{count} minute", plural="{count} minutes", count=round(value / _MINUTE))


class Wordings:
    """Every language of the program, and which of them a reader wants."""

    def __init__(self, translations: Translations, school_language: str) -> None:
        known = {_tag(code).lower(): _wording(code, found) for code, found in translations.items()}
        english = known.get("en") or _wording("en", NullTranslations())
        self._known = known
        self._default = known.get(_tag(school_language).lower(), english)

    @property
    def all(self) -> Sequence[Wording]:
        """By their codes."""
        return [self._known[code] for code in sorted(self._known)]

    def asked_for(self, request: web.BaseRequest) -> Wording | None:
        """The language that the address names (`?lang=ar`), if we have it."""
        return self._nearest(_tag(request.query.get("lang", "")).lower())

    def for_reader(self, request: web.BaseRequest) -> Wording:
        """The first language of the browser that we have, or else the school's."""
        for code in _accepted(request.headers.get("Accept-Language", "")):
            if found := self._nearest(code):
                return found
        return self._default

    def in_language(self, code: str | None) -> Wording:
        """That language, such as `ar` or `pt_BR`; the school's where we do not have it."""
        return self._nearest(_tag(code or "").lower()) or self._default

    def _nearest(self, code: str) -> Wording | None:
        return self._known.get(code) or self._known.get(code.partition("-")[0])


def _wording(code: str, translations: NullTranslations) -> Wording:
    try:
        locale = Locale.parse(_tag(code), sep="-")
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    return Wording(_tag(code), locale, translations)


def _tag(code: str) -> str:
    """As HTML and HTTP write a language: pt-BR, where gettext has pt_BR."""
    return code.replace("_", "-")


def _accepted(header: str) -> list[str]:
    """The language codes of an Accept-Language header, most wanted first."""
    wanted: list[tuple[float, str]] = []
    for part in header.split(",")[:_MOST_LANGUAGES_READ]:
        code, _, weight = part.partition(";")
        wanted.append((_weight(weight), code.strip().lower()))
    return [code for weight, code in sorted(wanted, key=lambda one: -one[0]) if weight > 0]


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
