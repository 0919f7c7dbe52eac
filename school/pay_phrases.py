"""What admins type about money: "Aisha 250 ETB per hour from 2026-11-01", "500 birr Ramadan".

The order is free, digits may be of any script, and what is not about money is left over: a name.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from school.day_phrases import DATE, DAY, WEEKDAY, nearest_day_of
from school.errors import NotUnderstood
from school.money import decimals_of
from school.names import clean_name
from school.pay import AdjustmentKind
from school.pay_rules import LatenessTier, Per

_CODES = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD "
    "BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN "
    "ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD "
    "IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD "
    "MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD "
    "OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP "
    "SLE SOS SRD SSP STN SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU "
    "UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG"
)
CURRENCIES = frozenset(_CODES.split())
"""Of ISO 4217, those that are somebody's money today."""

_NAMES = {"birr": "ETB", "ብር": "ETB", "br": "ETB", "$": "USD", "€": "EUR", "£": "GBP", "₹": "INR"}
_LARGEST = Decimal(10_000_000)
_FAR = timedelta(days=62)
_YEAR = re.compile(r"\d{4}")
_GROUP = 3  # digits that stand in a group
_LONGEST_FREE = 180  # minutes

_NUMBER = r"\d(?:[\d,.'’]*\d)?"
_CURRENCY = "|".join([*sorted(CURRENCIES), *(re.escape(name) for name in _NAMES)])
# "All 250" begins with a name, not with Albanian money.
_NO_NAME = rf"(?-i:{_CURRENCY}|{_CURRENCY.lower()})"
_AMOUNT = re.compile(
    rf"(?<![\w-])(?:(?P<before>{_NO_NAME}) ?)?(?P<number>{_NUMBER})"
    rf"(?: ?(?P<after>{_CURRENCY})(?![^\W\d]))?(?![\d-])",
    re.IGNORECASE,
)
_PER = re.compile(
    r"(?:/ ?|\b(?:per|an?|each|every|for an|for each) )"
    r"(?P<per>hours?|hrs?|h|class(?:es)?|lessons?)(?!\w)|(?<!\w)(?P<adverb>hourly)(?!\w)",
    re.IGNORECASE,
)
# "from Sun 1 Nov" is not "from Sunday", and a 1.
_SINCE = re.compile(
    rf"(?<!\w)(?:from|since|as of|starting) (?:on )?(?P<day>{WEEKDAY},? {DATE}|{DAY})(?!\w)",
    re.IGNORECASE,
)
_KINDS = {
    "bonus": AdjustmentKind.BONUS,
    "deduction": AdjustmentKind.DEDUCTION,
    "deduct": AdjustmentKind.DEDUCTION,
    "waiver": AdjustmentKind.WAIVER,
    "waive": AdjustmentKind.WAIVER,
}
_KIND = re.compile(rf"(?<!\w)(?P<kind>{'|'.join(_KINDS)})(?!\w)", re.IGNORECASE)
_OPENING = re.compile(r"^(?:of |[:=] ?|[–-] )", re.IGNORECASE)
_BECAUSE = re.compile(r"^(?:for|because(?: of)?|:|-|–|,) ?", re.IGNORECASE)
# "10 %", "3 missed classes": how many of something, not how much money.
_COUNTED = re.compile(
    r" ?(?:%|[x×](?!\w)|(?:per ?cent|times)\b"
    r"|(?:\w+ )?(?:m|min|h|hrs?|minutes?|hours?|days?|weeks?|months?|class(?:es)?|lessons?)\b)",
    re.IGNORECASE,
)
# Whole numbers, and no step back over what was read: else many digits would take hours.
_TIER = re.compile(
    r"(?<!\d)(?P<over>\d{1,4}+)(?!\d)\s*+(?:minutes?|mins?|m)?+\s*+[:=]?+\s*+"
    r"(?P<percent>\d{1,4}+)(?!\d)\s*+%"
)
_LONGEST_TIERS = 200  # characters


@dataclass(frozen=True, slots=True)
class RatePhrase:
    """What was said about a rate, None what was not; `rest` is a teacher, perhaps a class.

    `is_sure` is False where its day is far ahead, or is long ago and was said without a year.
    """

    amount: Decimal | None
    currency: str | None
    per: Per | None
    valid_from: date | None
    rest: str
    is_sure: bool


@dataclass(frozen=True, slots=True)
class AdjustmentPhrase:
    """What was said about an adjustment: `teacher` before its kind, `reason` after the amount.

    `is_sure` is False where a number may mean something else than the amount. Where it cannot be
    told at all which one is, `amount` is None, and `reason` every word after the kind.
    """

    kind: AdjustmentKind | None
    amount: Decimal | None
    currency: str | None
    teacher: str
    reason: str
    is_sure: bool


def parse_rate(text: str, *, today: date) -> RatePhrase:
    """A day without a year is the nearest one: rates are often set late, and seldom a year ahead.

    Raises NotUnderstood for an amount or a day that cannot be.
    """
    words = _plain(text)
    words, since = _taken(_SINCE, words)
    words, per = _taken(_PER, words)
    words, sum_ = _taken(_AMOUNT, words)
    amount, currency = _sum(sum_)
    day = None if since is None else nearest_day_of(since["day"], today=today)
    return RatePhrase(
        amount=amount,
        currency=currency,
        per=None if per is None else _per(per),
        valid_from=day,
        rest=words,
        is_sure=since is None or day is None or _is_sure_day(day, since["day"], today),
    )


def is_far_ahead(day: date, today: date) -> bool:
    """Whether that is hardly the day from which a rate is to hold."""
    return day > today + _FAR


def _is_sure_day(day: date, said: str, today: date) -> bool:
    is_long_ago = day < today - _FAR
    return not is_far_ahead(day, today) and (not is_long_ago or _YEAR.search(said) is not None)


def parse_adjustment(text: str) -> AdjustmentPhrase:
    """`Aisha bonus 500 ETB Ramadan`; without a kind all of it is a teacher's name.

    Raises NotUnderstood for an amount that cannot be.
    """
    words = _plain(text)
    found = _KIND.search(words)
    if found is None:
        return AdjustmentPhrase(None, None, None, words, "", is_sure=True)
    kind = _KINDS[found["kind"].lower()]
    after = _OPENING.sub("", clean_name(words[found.end() :]))
    # A waiver is of no amount: a number in its reason is a part of that.
    numbers = [] if kind is AdjustmentKind.WAIVER else list(_AMOUNT.finditer(after))
    meant = _meant(numbers, after)
    amount, currency = _sum(meant)
    return AdjustmentPhrase(
        kind=kind,
        amount=amount,
        currency=currency,
        teacher=clean_name(words[: found.start()]),
        reason=_BECAUSE.sub("", after if meant is None else _without(meant, after)),
        is_sure=not numbers or (meant is not None and _is_sure(meant, numbers)),
    )


def _meant(numbers: list[re.Match[str]], words: str) -> re.Match[str] | None:
    """The amount of an adjustment: what stands first, or first has a currency; None if unclear."""
    if not numbers:
        return None
    first, *others = numbers
    is_split = re.match(r" ?\d", words[first.end() :]) is not None  # "1 500"
    is_rival = any(_has_currency(one) for one in others)
    is_in_front = first.start() == 0
    if _has_currency(first):
        is_clear = (is_in_front or not is_rival) and (bool(first["after"]) or not is_split)
    else:
        is_clear = is_in_front and not is_rival and not is_split
    return first if is_clear else None


def _is_sure(meant: re.Match[str], numbers: list[re.Match[str]]) -> bool:
    if _has_currency(meant):
        return sum(_has_currency(one) for one in numbers) == 1
    return len(numbers) == 1 and not _COUNTED.match(meant.string, meant.end())


def _has_currency(found: re.Match[str]) -> bool:
    return bool(found["before"] or found["after"])


def parse_amount(text: str) -> tuple[Decimal, str | None]:
    """A sum alone, perhaps with its currency. Raises NotUnderstood for anything else."""
    rest, found = _taken(_AMOUNT, _plain(text))
    amount, currency = _sum(found)
    if amount is None or rest:
        raise NotUnderstood(
            "“{text}” is not an amount. Write it like {example}.",
            text=clean_name(text),
            example="250 or 250 ETB",
        )
    return amount, currency


def check_amount(amount: Decimal, currency: str) -> Decimal:
    """Raises NotUnderstood for a sum that has no coins, or that nobody means.

    With "1.500" many mean 1500, so that is one without coins too, unless there are such small ones.
    """
    if amount >= _LARGEST:
        raise NotUnderstood("That is too much money for me. Please check the amount.")
    places = decimals_of(currency)
    if places < _GROUP and amount.as_tuple().exponent == -_GROUP:
        raise NotUnderstood(
            "{currency} has no such small coins: {count} decimal places at most. Thousands are "
            "written like {example}.",
            currency=currency,
            count=places,
            example=f"{amount.scaleb(_GROUP):f}",
        )
    if amount != round(amount, places):
        raise NotUnderstood(
            "{currency} has no such small coins: {count} decimal places at most.",
            currency=currency,
            count=places,
        )
    return amount


def parse_tiers(text: str) -> tuple[LatenessTier, ...]:
    """`3 min 5 %, 10 min 10 %`: later than so many minutes, so much less. `none`: no tiers."""
    words = _plain(text[: _LONGEST_TIERS + 1]).casefold()
    if words in {"none", "no", "0", "-"}:
        return ()
    found = list(_TIER.finditer(words))
    rest = _TIER.sub("", words).replace(",", "").replace(";", "").replace("over", "").split()
    pairs = sorted((int(one["over"]), int(one["percent"])) for one in found)
    overs, percents = [over for over, _ in pairs], [percent for _, percent in pairs]
    is_rising = len(set(overs)) == len(overs) and percents == sorted(percents)
    is_long = len(text) > _LONGEST_TIERS
    if is_long or not pairs or set(rest) - {"and"} or not is_rising or overs[-1] > _LONGEST_FREE:
        raise NotUnderstood(
            "I do not understand these steps. Write, for example: {example}",
            example="3 min 5 %, 10 min 10 %, 20 min 25 %",
        )
    if percents[-1] > 100:  # noqa: PLR2004  per cent
        raise NotUnderstood("More than 100 % cannot be taken off.")
    return tuple(tier(over, percent) for over, percent in pairs)


def tier(minutes: int, percent: int) -> LatenessTier:
    """Who begins later than `minutes` loses `percent`."""
    return LatenessTier(timedelta(minutes=minutes), Decimal(percent))


def _plain(text: str) -> str:
    """With digits that the patterns know."""
    digits = (_digit(letter) for letter in unicodedata.normalize("NFKC", clean_name(text)))
    return "".join(digits).replace("٫", ".").replace("٬", ",")


def _digit(letter: str) -> str:
    value = unicodedata.decimal(letter, None)
    return letter if value is None else str(value)


def _taken(pattern: re.Pattern[str], words: str) -> tuple[str, re.Match[str] | None]:
    """The words without what the pattern found last, and that."""
    every = list(pattern.finditer(words))
    if not every:
        return words, None
    return _without(every[-1], words), every[-1]


def _without(found: re.Match[str], words: str) -> str:
    return clean_name(f"{words[: found.start()]} {words[found.end() :]}")


def _sum(found: re.Match[str] | None) -> tuple[Decimal | None, str | None]:
    if found is None:
        return None, None
    said = found["before"] or found["after"]
    currency = None if said is None else _NAMES.get(said.casefold(), said.upper())
    return _number(found["number"]), currency


def _number(text: str) -> Decimal:
    """The last mark is a decimal one, unless three digits follow it or it stands several times."""
    marks = re.findall(r"[,.'’]", text)
    if not marks:
        return Decimal(text)
    whole, _, rest = text.rpartition(marks[-1])
    is_group = len(rest) == _GROUP and (marks[-1] != "." or len(marks) > 1)
    digits = re.sub(r"\D", "", whole)
    return Decimal(digits + rest) if is_group else Decimal(f"{digits}.{rest}")


def _per(found: re.Match[str]) -> Per:
    said = (found["per"] or "hour").casefold()
    return Per.HOUR if said.startswith("h") else Per.LESSON
